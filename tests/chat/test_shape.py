from __future__ import annotations

from typing import Any

import pytest

from stream_synth.chat.shape import Dialect, told
from stream_synth.errors import ConfigError

SCHEMA = {"type": "object", "required": ["答案"]}
FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}}}


@pytest.mark.parametrize(
    ("dialect", "shape", "body"),
    [
        ("openai", {"json": SCHEMA}, FORMAT),
        ("openai", {"regex": "a+"}, {}),
        ("vllm", {"regex": "a+"}, {"structured_outputs": {"regex": "a+"}}),
        ("vllm", {"choice": ["是", "否"]}, {"structured_outputs": {"choice": ["是", "否"]}}),
        ("vllm_guided", {"json": SCHEMA}, {"guided_json": SCHEMA}),
        ("sglang", {"grammar": "root ::= [0-9]+"}, {"ebnf": "root ::= [0-9]+"}),
        ("sglang", {"choice": ["1+1", "2"]}, {"regex": r"(1\+1|2)"}),
        ("llama_cpp", {"choice": ["是", 'a "b"']}, {"grammar": 'root ::= "是" | "a \\"b\\""'}),
        ("llama_cpp", {"json": SCHEMA}, FORMAT),
        ("none", {"json": SCHEMA}, {}),
    ],
)
def test_each_server_is_told_in_its_own_words(dialect: Dialect, shape: dict[str, Any], body: dict[str, Any]) -> None:
    """What it cannot be told is left out."""
    assert told(shape, dialect) == body


@pytest.mark.parametrize("shape", [{}, {"yaml": "x"}, {"json": {}, "regex": "a"}])
def test_a_shape_is_exactly_one_of_the_kinds(shape: dict[str, Any]) -> None:
    """The message names them."""
    with pytest.raises(ConfigError, match="give exactly one of json, regex, choice, grammar"):
        told(shape, "openai")
