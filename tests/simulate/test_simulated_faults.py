from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.simulate.faults import KINDS, Faults, read_faults
from stream_synth.simulate.options import Options
from tests.simulate.asking import asked, chat


def faults(*rows: Mapping[str, Any]) -> Faults:
    return read_faults(Options(faults=rows))


def struck(script: Faults, keys: list[str], *, text: str = "x", age_s: float = 0.0) -> list[bool]:
    return [script.strike(asked(chat(text), key=key), age_s) is not None for key in keys]


def test_a_fault_can_strike_the_first_attempt_only() -> None:
    """Attempts are counted by Idempotency-Key."""
    script = faults({"kind": "status", "status": 500, "attempt": 1})

    assert struck(script, ["a", "a", "b", "a", "b"]) == [True, False, True, False, False]


def test_attempts_can_be_listed() -> None:
    """The first and the third."""
    assert struck(faults({"kind": "hang", "attempt": [1, 3]}), ["a"] * 4) == [True, False, True, False]


def test_a_fault_can_wait_and_end() -> None:
    """One request passes, two are struck, the rest pass."""
    assert struck(faults({"kind": "hang", "skip": 1, "times": 2}), list("abcde")) == [False, True, True, False, False]


def test_a_fault_has_its_window() -> None:
    """Seconds since the endpoint's start, the end excluded."""
    script = faults({"kind": "hang", "from_s": 1, "until_s": 2})

    assert [struck(script, ["a"], age_s=age)[0] for age in (0.5, 1.0, 1.9, 2.0)] == [False, True, True, False]


def test_a_probable_fault_strikes_its_share_and_the_same_requests_again() -> None:
    """Drawn from the hash, so that the order of arrival does not matter."""
    keys = [str(number) for number in range(2_000)]

    forwards = struck(faults({"kind": "hang", "probability": 0.1}), keys)
    backwards = struck(faults({"kind": "hang", "probability": 0.1}), keys[::-1])

    assert 150 < sum(forwards) < 250
    assert forwards == backwards[::-1]


def test_the_first_fault_that_strikes_wins() -> None:
    """Patterns are those of the replies."""
    script = faults({"kind": "hang", "last": "苹果"}, {"kind": "status", "status": 503})

    kinds = [fault.kind for fault in (script.strike(asked(chat(text)), 0.0) for text in ("苹果", "梨")) if fault]

    assert kinds == ["hang", "status"]


def test_statuses_come_with_the_words_of_the_services() -> None:
    """Unless the row has its own."""
    script = faults({"kind": "status", "status": 402, "last": "a"}, {"kind": "status", "status": 429, "code": "c", "message": "m"})
    poor, own = script.strike(asked(chat("a")), 0.0), script.strike(asked(chat("b")), 0.0)

    assert poor
    assert own
    assert (poor.code, poor.message, poor.retry_after_s) == ("insufficient_quota", "Insufficient Balance", None)
    assert (own.code, own.message, own.retry_after_s) == ("c", "m", 1.0)


def test_what_breaks_after_the_model_answered_is_charged() -> None:
    """A row may say otherwise."""
    charged = {kind: faults({"kind": kind, "status": 500, "from_s": 0, "until_s": 1}).rows[0].charged for kind in KINDS}

    assert charged == KINDS
    assert faults({"kind": "status", "status": 500, "charged": True}).rows[0].charged


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "explode"}, "choose one of status"),
        ({"status": 500}, "kind is None"),
        ({"kind": "status"}, "without a status"),
        ({"kind": "status", "status": 999}, "at most 599"),
        ({"kind": "status", "status": "500"}, "status is '500'"),
        ({"kind": "refuse_connections"}, "without a window"),
        ({"kind": "hang", "attempt": 0}, "count from 1"),
        ({"kind": "hang", "attempt": True}, "count from 1"),
        ({"kind": "hang", "probabilty": 1}, "did you mean 'probability'"),
        ({"kind": "hang", "probability": 2}, "probability is 2"),
        ({"kind": "hang", "charged": "no"}, "charged is 'no'"),
        ({"kind": "hang", "last": "["}, "no regular expression"),
        ({"kind": "hang", "from_s": 2, "until_s": 1}, "until_s is 1"),
    ],
)
def test_mistakes_are_named_by_row(row: Mapping[str, Any], said: str) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError) as caught:
        faults({"kind": "hang"}, row)

    assert said in str(caught.value)
    assert "faults row 2" in str(caught.value)
