from __future__ import annotations

import pytest

from stream_synth.config.reading import read_yaml, scalar
from stream_synth.errors import ConfigError


def test_scalars_are_what_they_look_like() -> None:
    """YAML 1.2: `off` and `no` are words, `1e-3` is a number, `1:30` and a date are text."""
    text = "{a: off, b: no, c: 1e-3, d: 1:30, e: 2025-01-02, f: 007, g: true, h: ~, i: .5, j: 0x1F, k: '8', l: 1_000, m: -3}"

    assert read_yaml(text, "c.yaml") == {
        "a": "off",
        "b": "no",
        "c": 0.001,
        "d": "1:30",
        "e": "2025-01-02",
        "f": 7,
        "g": True,
        "h": None,
        "i": 0.5,
        "j": 31,
        "k": "8",
        "l": "1_000",
        "m": -3,
    }


@pytest.mark.parametrize(("text", "value"), [("8", 8), ("", None), ("off", "off"), ("true", True), ("a: b", "a: b"), ("[1]", "[1]")])
def test_a_scalar_from_outside_is_no_document(text: str, value: object) -> None:
    """Only scalars are read: text with colons or brackets stays text."""
    assert scalar(text) == value


def test_a_repeated_key_names_its_line() -> None:
    """The second one would silently win."""
    with pytest.raises(ConfigError, match=r"c\.yaml line 3: key 'seed' stands here a second time"):
        read_yaml("run:\n  seed: 1\n  seed: 2\n", "c.yaml")


@pytest.mark.parametrize("text", ["run: {a: 1", "a: b: c", "\tx: 1", "a: *b", "!!python/object:os.system {}", "a: \x00"])
def test_broken_yaml_is_one_line(text: str) -> None:
    """Whatever is wrong, the message names the file and fits on a line."""
    with pytest.raises(ConfigError, match=r"c\.yaml") as caught:
        read_yaml(text, "c.yaml")

    assert "\n" not in str(caught.value)
