from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources.template import ABSENT, MissingColumn, Template


@pytest.mark.parametrize(
    ("template", "row", "filled"),
    [
        ("{instruction}\n{input}", {"instruction": "a", "input": ""}, "a"),
        ("{instruction}\n{input}", {"instruction": "a", "input": "b"}, "a\nb"),
        ("{instruction}\n{input}", {"instruction": " a", "input": None}, " a"),
        ("{turns}", {"turns": [{"role": "user"}]}, [{"role": "user"}]),
        ("{text}", {"text": "kept as it is \n"}, "kept as it is \n"),
        ("answer: {n}", {"n": 7}, "answer: 7"),
        ("{choices}!", {"choices": ["甲", 2]}, '["甲",2]!'),
        ("{instances.0.input}", {"instances": [{"input": "x"}]}, "x"),
        ("{a.b}", {"a.b": "flat", "a": {"b": "deep"}}, "flat"),
        ("{{literal}} {x}", {"x": 1}, "{literal} 1"),
        ("constant", {}, "constant"),
        ("{a}{b?}", {"a": "only"}, "only"),
        ("{b?}", {"a": "only"}, ABSENT),
    ],
)
def test_a_template_makes_a_field(template: str, row: dict[str, Any], filled: object) -> None:
    """One slot alone keeps the value; anything else makes text with nothing blank at its end."""
    made = Template.parse(template).fill(row)

    assert made == filled


@pytest.mark.parametrize("text", ["{", "a}", "{}", "{a} {"])
def test_a_stray_brace_is_refused(text: str) -> None:
    """A template that cannot be meant is told at once."""
    with pytest.raises(ConfigError, match="names no column"):
        Template.parse(text)


def test_a_missing_column_names_those_there() -> None:
    """The message holds what is needed to mend it."""
    with pytest.raises(MissingColumn, match=r"no column 'input'; the row has instruction, output .*\{input\?\}"):
        Template.parse("{input}").fill({"instruction": "a", "output": "b"})
