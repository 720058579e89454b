from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stream_synth.errors import StoreError
from stream_synth.journal import Journal, JournalReader
from tests.journal.rows import call, intent_of, key_of, promotion_of, record_of, reply_of


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path)
    yield opened
    opened.close()


def outcomes(journal: JournalReader) -> list[str]:
    return journal.outcomes_after(0, 1_000)[1].get("outcome", [])


async def test_a_settled_call_is_found_by_its_key(journal: Journal) -> None:
    """The whole reply comes back; other keys get a no."""
    reply = await call(journal, "a")

    assert journal.reply(key_of("a")) == reply
    assert journal.reply(key_of("b")) is None


async def test_replies_survive_reopening(tmp_path: Path) -> None:
    """A new process finds what an earlier one journalled, answered or failed."""
    journal = Journal.open(tmp_path)
    failed = reply_of("bad", status="client_error", body={"error": "context too long", "http_status": 400})
    good = await call(journal, "good")
    await journal.finish(failed)
    journal.close()

    reader = JournalReader(tmp_path)

    assert (reader.reply(key_of("good")), reader.reply(key_of("bad"))) == (good, failed)
    reader.close()


async def test_many_calls_at_once_are_all_kept(journal: Journal) -> None:
    """Groups larger than one statement lose nothing and keep bodies apart."""
    names = [f"call {number}" for number in range(500)]

    replies = await asyncio.gather(*(call(journal, name) for name in names))

    assert [journal.reply(key_of(name)) for name in names] == replies
    assert journal.totals().calls == 500
    assert journal.unsettled() == 0


async def test_long_bodies_are_spread_over_packs(journal: Journal) -> None:
    """Bodies of a group beyond 64 KB lie in several packs, each found by its place."""
    replies = [reply_of(f"long {number}", body={"text": str(number) * 30_000}) for number in range(9)]

    await asyncio.gather(*(journal.finish(reply) for reply in replies))

    assert [journal.reply(reply.key) for reply in replies] == replies
    assert sqlite3.connect(journal._path).execute("SELECT count(*) FROM bodies").fetchone()[0] > 1


async def test_the_newest_reply_under_a_key_counts(journal: Journal) -> None:
    """A call finished twice gives its last reply."""
    await journal.finish(reply_of("a", body={"text": "first"}))
    await journal.finish(reply_of("a", body={"text": "second"}))

    found = journal.reply(key_of("a"))

    assert found is not None
    assert found.body == {"text": "second"}


async def test_tool_values_are_kept(tmp_path: Path) -> None:
    """A note is found at once and after reopening; the newest counts."""
    journal = Journal.open(tmp_path)
    await journal.note(key_of("draw"), b"[1]")
    await journal.note(key_of("draw"), b"[2]")
    found = journal.noted(key_of("draw"))
    journal.close()

    reopened = Journal.open(tmp_path)

    assert (found, reopened.noted(key_of("draw")), reopened.noted(key_of("other"))) == (b"[2]", b"[2]", None)
    reopened.close()


async def test_attempts_left_open_become_ambiguous(tmp_path: Path) -> None:
    """An intent without an outcome is listed when the journal is opened again, once."""
    journal = Journal.open(tmp_path)
    await call(journal, "answered")
    await journal.intend(intent_of(journal, "in flight"))
    journal.close()

    Journal.open(tmp_path).close()
    journal = Journal.open(tmp_path)

    assert outcomes(journal) == ["ok", "ambiguous"]
    assert journal.totals().ambiguous == 1
    assert journal.next_attempt_id() == 3
    journal.close()


async def test_an_attempt_that_failed_has_an_outcome_and_no_reply(journal: Journal) -> None:
    """A retry leaves a row for each attempt and one reply."""
    first, second = intent_of(journal, "a"), intent_of(journal, "a")
    await journal.intend(first)
    await journal.settle(first.id, "rejected")
    await journal.intend(second)
    await journal.settle(second.id, "ok", reply_of("a"))

    assert outcomes(journal) == ["rejected", "ok"]
    assert journal.totals().calls == 1


async def test_a_cancelled_task_loses_only_its_acknowledgement(journal: Journal) -> None:
    """The row is written although nobody waits for it, and the others of its group are acknowledged."""
    waiting = asyncio.create_task(journal.finish(reply_of("cancelled")))
    await asyncio.sleep(0)
    waiting.cancel()

    await call(journal, "neighbour")

    assert waiting.cancelled()
    assert journal.reply(key_of("cancelled")) == reply_of("cancelled")


def test_rows_of_a_loop_that_ended_are_written_at_close(tmp_path: Path) -> None:
    """A loop that stops before its group left loses nothing, and another loop can go on."""
    opened = Journal.open(tmp_path)

    async def leave() -> None:
        task = asyncio.create_task(opened.finish(reply_of("left")))
        await asyncio.sleep(0)
        task.cancel()

    async def stay() -> None:
        await opened.finish(reply_of("stayed"))

    asyncio.run(leave())
    asyncio.run(stay())
    asyncio.run(leave())
    opened.close()

    reader = JournalReader(tmp_path)
    assert reader.totals().calls == 3
    reader.close()


async def test_a_full_disk_fails_everyone_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Waiting calls and later ones get the remedy; what was acknowledged is there after reopening."""
    journal = Journal.open(tmp_path)
    kept = await call(journal, "kept")
    journal._writer._connection.execute("PRAGMA max_page_count=1")  # SQLite then reports a full disk

    failed = await asyncio.gather(*(call(journal, f"lost {number}") for number in range(100)), return_exceptions=True)

    assert {type(error) for error in failed} == {StoreError}
    with pytest.raises(StoreError, match="free disk space"):
        await journal.decide([record_of(1)])
    journal.close()
    reopened = Journal.open(tmp_path)
    assert reopened.reply(key_of("kept")) == kept
    assert reopened.totals().calls == 1
    reopened.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_bug_in_the_writer_leaves_nobody_waiting(tmp_path: Path) -> None:
    """Rows of the broken group, of the one behind it and later ones all raise; the thread's own traceback is shown."""
    journal = Journal.open(tmp_path)
    impossible = replace(reply_of("a"), attempts=2**70)  # no integer of SQLite's

    first = asyncio.gather(*(journal.finish(impossible) for _ in range(100)), return_exceptions=True)
    errors = await asyncio.wait_for(first, 5)

    assert {type(error) for error in errors} == {StoreError}
    with pytest.raises(StoreError):
        await asyncio.wait_for(journal.finish(reply_of("b")), 5)
    journal.close()


async def test_decisions_come_back_in_order(journal: Journal) -> None:
    """All of them, or those after a seq, also from the middle of a pack."""
    records = [record_of(seq) for seq in range(1, 301)]
    await journal.decide(records[:290])
    await journal.decide([])
    await journal.decide([*records[290:], promotion_of(301, ["q1/1"])])

    assert [record.seq for record in journal.decisions()] == list(range(1, 302))
    assert next(iter(journal.decisions(after_seq=5))) == records[5]
    assert [record.seq for record in journal.decisions(after_seq=295)] == list(range(296, 302))
    assert list(journal.decisions(after_seq=301)) == []
    assert journal.totals().last_seq == 301


async def test_odd_text_never_stops_the_journal(journal: Journal) -> None:
    """Lone surrogates in ids and bodies are replaced; NUL and separators stay."""
    odd = "a\0b\u2028😀\ud800"

    await journal.finish(reply_of("odd", seed_id=odd, body={"text": odd}))
    await call(journal, "next")

    found = journal.reply(key_of("odd"))
    assert found is not None
    assert found.seed_id == found.body["text"] == "a\0b\u2028😀\ufffd"
    assert journal.replies_after(0, 10)[1]["seed_id"] == ["a\0b\u2028😀\ufffd", "q1"]


async def test_rows_are_read_in_pages_in_commit_order(journal: Journal) -> None:
    """Each page starts after the last row of the one before; the end is an empty page."""
    for name in "abc":
        await call(journal, name)

    first, columns = journal.replies_after(0, 2)
    second, rest = journal.replies_after(first, 2)

    assert columns["key"] == [key_of("a").hex(), key_of("b").hex()]
    assert rest["key"] == [key_of("c").hex()]
    assert journal.replies_after(second, 2) == (second, {})
    assert journal.outcomes_after(0, 2)[1]["call_key"] == columns["key"]


async def test_totals_are_sums_over_all_invocations(tmp_path: Path) -> None:
    """Budgets on resume start from what was spent before."""
    for name in "ab":
        journal = Journal.open(tmp_path)
        await call(journal, name)
        journal.close()

    journal = Journal.open(tmp_path)

    totals = journal.totals()
    assert (totals.calls, totals.prompt_tokens, totals.completion_tokens, totals.reasoning_tokens, totals.cost_usd) == (2, 20, 40, 10, 0.5)
    journal.close()


@pytest.mark.parametrize(("durability", "level"), [("process", 1), ("power", 2)])
def test_durability_sets_how_often_sqlite_syncs(tmp_path: Path, durability: str, level: int) -> None:
    """NORMAL survives kill -9, FULL a loss of power; free pages can be given back in both."""
    journal = Journal.open(tmp_path, durability=durability)
    journal.sync()

    connection = journal._writer._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
    assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    journal.close()
    journal.close()


def test_an_unknown_durability_is_named(tmp_path: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(StoreError, match="process, power"):
        Journal.open(tmp_path, durability="paper")


def test_a_missing_or_broken_journal_is_one_line(tmp_path: Path) -> None:
    """No folder, no file, or a file that is not SQLite: the path and a remedy."""
    with pytest.raises(StoreError, match="journal cannot be used"):
        JournalReader(tmp_path)
    with pytest.raises(StoreError, match="journal cannot be used"):
        Journal.open(tmp_path / "nowhere")
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="journal cannot be used"):
        Journal.open(tmp_path)
