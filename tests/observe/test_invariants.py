from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from stream_synth.errors import LockedError, StoreError
from stream_synth.journal import Journal
from stream_synth.observe.invariants import Finding, check, repair
from stream_synth.observe.lock import RunLock
from stream_synth.store import Store
from stream_synth.values import Failure
from tests.journal.rows import call, intent_of, promotion_of, record_of, surplus_of


@pytest.fixture
async def run(tmp_path: Path) -> Path:
    """A finished run with calls, rejections, a failure, surplus and a promotion."""
    records = [record_of(1), record_of(2, (), Failure("q2", "distill", "answer", "chat", "500")), surplus_of(3), surplus_of(4)]
    records.append(promotion_of(5, ["q3/0"]))
    with closing(Journal.open(tmp_path)) as journal, closing(Store.open(tmp_path)) as store:
        for name in ("a", "b", "c"):
            await call(journal, name)
        await journal.decide(records)
        store.commit(records, journal)
    return tmp_path


def broken(findings: list[Finding]) -> set[str]:
    return {finding.name for finding in findings if not finding.ok}


def spoil(directory: Path, statement: str) -> None:
    """Change the database behind everyone's back."""
    with closing(Store.open(directory)) as store:
        store._connection.execute(statement)


async def test_a_sound_run_keeps_every_promise(run: Path) -> None:
    """Nothing to complain about, and every finding says what was counted."""
    findings = check(run)

    assert broken(findings) == set()
    assert len(findings) == 17
    assert all(finding.detail for finding in findings)


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("INSERT INTO seeds_done FROM seeds_done WHERE seed_id = 'q1'", {"seeds_once", "seeds_are_the_decisions"}),
        ("DELETE FROM seeds_done WHERE seed_id = 'q2'", {"failures_of_done_seeds", "seeds_are_the_decisions"}),
        ("INSERT INTO samples_log FROM samples_log WHERE seed_id = 'q1'", {"candidates_once", "accepted_are_the_decisions"}),
        ("DELETE FROM samples_log WHERE seed_id = 'q1'", {"accepted_are_the_decisions"}),
        ("UPDATE rejections_log SET gate = 'rules' WHERE id = 'q1/1'", {"rejected_failed_their_gate", "rejected_are_the_decisions"}),
        ("UPDATE rejections_log SET reason = '' WHERE id = 'q1/1'", {"rejections_have_a_reason", "rejected_are_the_decisions"}),
        ("UPDATE verdicts SET passed = false WHERE sample_id = 'q1/0'", {"accepted_passed_every_gate"}),
        ("DELETE FROM calls LIMIT 1", {"calls_are_the_replies", "sums_agree"}),
        ("INSERT INTO calls FROM calls LIMIT 1", {"calls_once", "calls_are_the_replies", "sums_agree"}),
        ("UPDATE calls SET cost_usd = cost_usd + 0.001", {"calls_are_the_replies", "sums_agree"}),
        ("UPDATE attempts SET outcome = 'ambiguous'", {"attempts_are_the_outcomes"}),
        ("DROP TABLE failures", {"database_reads"}),
    ],
)
async def test_every_kind_of_damage_is_found_and_repaired(run: Path, statement: str, names: set[str]) -> None:
    """Each change breaks the promises it should, and a rebuild from the journal mends them."""
    spoil(run, statement.replace("DELETE FROM calls LIMIT 1", "DELETE FROM calls WHERE key = (SELECT min(key) FROM calls)"))

    found = check(run)
    mended = repair(run)

    assert names <= broken(found)
    assert broken(mended) == set()
    assert mended[0].detail.startswith("rebuilt the database")


async def test_a_file_that_cannot_be_opened_is_a_finding(run: Path) -> None:
    """The check says so, the repair replaces it."""
    (run / "data.duckdb").write_bytes(b"garbage" * 1_000)  # nothing else is running

    found, mended = check(run), repair(run)

    assert broken(found) == {"database_opens"}
    assert broken(mended) == set()


async def test_what_a_killed_run_left_is_taken_in(run: Path) -> None:
    """Open attempts become ambiguous, decisions not yet stored are committed, without a rebuild."""
    journal = Journal.open(run)
    await journal.intend(intent_of(journal, "in flight"))
    await journal.decide([record_of(6)])
    journal.close()

    found, mended = check(run), repair(run)

    assert broken(found) == {"seeds_are_the_decisions", "accepted_are_the_decisions", "rejected_are_the_decisions", "no_open_attempts"}
    assert broken(mended) == set()
    assert mended[0].detail == "nothing to rebuild: 1 seeds brought over from the journal"
    assert mended[-1].detail.startswith("1 attempts may have been charged")


async def test_a_sound_run_needs_no_repair(run: Path) -> None:
    """Repairing changes nothing then."""
    mended = repair(run)

    assert mended[0].detail == "nothing to rebuild: 0 seeds brought over from the journal"
    assert broken(mended) == set()
    assert len(list(run.glob("data.duckdb*"))) == 1  # noqa: ASYNC240  # nothing else is running


async def test_a_live_run_is_not_checked(run: Path) -> None:
    """Its files change under the check."""
    with RunLock(run), pytest.raises(LockedError):
        check(run)


def test_a_directory_without_a_run_is_one_line(tmp_path: Path) -> None:
    """Says what is missing."""
    with pytest.raises(StoreError, match="no run there"):
        check(tmp_path)
    with pytest.raises(StoreError, match="no run there"):
        repair(tmp_path)
