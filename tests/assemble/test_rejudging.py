from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from stream_synth.assemble.rejudging import Recorded
from stream_synth.errors import RunError
from stream_synth.journal import JournalReader
from stream_synth.values import Call, Completion, Request
from tests.cli.finished import finished_run


class Asked:
    """A chat that counts what it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    async def complete(self, call: Call) -> Completion:
        """Always the same."""
        self.calls += 1
        return Completion("new")

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """Its only one."""
        return "m"

    def close_admission(self) -> None:
        """Nothing waits."""

    def abort(self) -> None:
        """Nothing is in flight."""

    def snapshot(self) -> Mapping[str, Any]:
        """No counters."""
        return {}


def call(number: int, text: bytes) -> Call:
    return Call(bytes([number]) * 16, text, f"s{number}", "judge", 0, "judge", "m", Request())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalReader]:
    """That of a run which paid for calls 1, 2 and 4."""
    with closing(JournalReader(finished_run(tmp_path / "run"))) as reader:
        yield reader


async def test_a_reply_that_was_paid_for_is_not_asked_for_again(journal: JournalReader) -> None:
    """Same key, same words: the recorded reply, whether calls are allowed or not."""
    asked = Asked()

    replies = [await Recorded(asked, journal, allowed).complete(call(1, bytes([1]) * 16)) for allowed in (False, True)]

    assert [reply.text for reply in replies] == ["x", "x"]
    assert asked.calls == 0


@pytest.mark.parametrize(("number", "text"), [(9, bytes([9]) * 16), (1, b"another prompt..")])
async def test_a_new_question_costs_only_where_that_is_allowed(journal: JournalReader, number: int, text: bytes) -> None:
    """Unknown calls, and known ones with other words, stop the run with the remedy, or are asked."""
    asked = Asked()

    with pytest.raises(RunError, match="--allow-calls"):
        await Recorded(asked, journal, allow_calls=False).complete(call(number, text))
    reply = await Recorded(asked, journal, allow_calls=True).complete(call(number, text))

    assert (reply.text, asked.calls) == ("new", 1)
