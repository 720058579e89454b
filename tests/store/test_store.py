# ruff: noqa: S608  # the names of tables and views stand in this file
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import StoreError
from stream_synth.journal import Journal
from stream_synth.store import Metric, Store
from stream_synth.store.store import COPIED_ROWS
from stream_synth.values import Decision, Failure, Sample, SeedRecord, Verdict
from tests.journal.rows import AT, accepted, call, promotion_of, record_of, rejected, reply_of, sample_of, surplus_of

VIEWS = ("samples", "rejections", "runs", "funnel", "yield_by_recipe", "cost", "tiers", "scores", "diversity", "duplicates", "throughput")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def rows(store: Store, statement: str) -> list[tuple[Any, ...]]:
    cursor = store.cursor()
    found: list[tuple[Any, ...]] = cursor.execute(statement).fetchall()
    cursor.close()
    return found


def all_accepted(store: Store, *, surplus: bool = False) -> list[Sample]:
    return [sample for batch in store.accepted(2, surplus=surplus) for sample in batch]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers_on_an_empty_database(store: Store, view: str) -> None:
    """A run that has just begun can be asked anything."""
    assert rows(store, f"SELECT * FROM {view}") == []


def test_an_older_file_gains_views(store: Store, tmp_path: Path) -> None:
    """Those that this version added, when a run goes on in it."""
    store.cursor().execute("DROP VIEW scores").close()
    store.close()
    reopened = Store.open(tmp_path)

    found = rows(reopened, "FROM scores")
    reopened.close()

    assert found == []


def test_a_sample_comes_back_as_it_went_in(store: Store, journal: Journal) -> None:
    """Every field, also the empty ones, pairs, tools and text of every plane."""
    odd = "a\0b\u2028😀中文"
    samples = [
        sample_of("q1", prompt=odd, meta={"note": odd, "deep": {"list": [1, None, 0.5]}}),
        Sample("p", "r", id="bare", seed_id="q1"),
        replace(sample_of("q1", "2"), chosen="good", rejected="bad", tools=({"type": "function"},), score=None, dedup_on="response"),
    ]

    store.commit([record_of(1, [accepted(sample) for sample in samples])], journal)

    assert all_accepted(store) == samples


def test_rejections_carry_their_reason_and_evidence(store: Store, journal: Journal) -> None:
    """All columns of a sample, and why it was turned down, as JSON one can ask."""
    store.commit([record_of(1)], journal)

    found = rows(store, "SELECT id, gate, reason, evidence->>'duplicate_of', (evidence->>'similarity')::DOUBLE FROM rejections")

    assert found == [("q1/1", "near_duplicate", "duplicate", "q0/0", 0.9)]
    assert rows(store, "FROM duplicates") == [("q1/1", "q0/0", 0.9, "near_duplicate", "distill")]


def test_what_the_contract_names_is_there(store: Store) -> None:
    """Names and order of columns that users rely on."""
    samples = (
        "id, seed_id, recipe, prompt, response, reasoning, messages, tools, chosen, rejected, score, lang, prompt_tokens, "
        "reasoning_tokens, answer_tokens, cost_usd, model, created_at, meta"
    )
    expected = {
        "samples": samples,
        "rejections": f"{samples}, gate, reason, evidence",
        "verdicts": "sample_id, gate, passed, reason, score, raw_score, scorer",
        "failures": "seed_id, recipe, step, kind, message, created_at",
        "calls": "key, seed_id, step, endpoint, model, attempts, status, finish_reason, prompt_tokens, cached_tokens, reasoning_tokens, "
        "completion_tokens, cost_usd, latency_s, started_at",
        "attempts": "call_key, attempt, endpoint, outcome, sent_at, cost_upper_usd",
        "seeds_done": "seed_id, outcome",
        "metrics": '"at", name, value, "window"',
        "reviews": 'sample_id, verdict, note, reviewer, "at"',
        "runs": "started_at, ended_at, config_hash, version, outcome",
        "funnel": 'stage, "in", passed, rejected, share',
        "diversity": 'metric, value, "at"',
    }

    found = {table: rows(store, f"SELECT {columns} FROM {table}") for table, columns in expected.items()}

    assert set(map(str, found.values())) == {"[]"}


async def test_calls_and_attempts_are_copied_once(store: Store, journal: Journal, tmp_path: Path) -> None:
    """Each commit brings over what was journalled since the last, also after reopening and without decisions."""
    await call(journal, "a")
    store.commit([record_of(1)], journal)
    await call(journal, "b", seed_id="open")
    store.commit([], journal)
    store.commit([], journal)
    store.close()
    reopened = Store.open(tmp_path)
    reopened.commit([], journal)

    found = rows(reopened, "SELECT seed_id, step, attempts, status, estimated, cost_usd, epoch(started_at) FROM calls")
    attempts = rows(reopened, "SELECT attempt, endpoint, outcome, epoch(sent_at), cost_upper_usd FROM attempts")
    reopened.close()

    assert found == [("q1", "answer", 1, "ok", False, 0.25, AT), ("open", "answer", 1, "ok", False, 0.25, AT)]
    assert attempts == [(1, "e", "ok", AT, 0.5)] * 2


def test_the_funnel_follows_the_chain(store: Store, journal: Journal) -> None:
    """The recipe's checks first, the gates as they stand in the chain, the target last; each takes in what the one before let through."""
    decisions = [
        accepted(sample_of("q1", "0")),
        rejected(sample_of("q1", "1"), "recipe:verify", "wrong_answer", {"expected": "5", "got": "6"}),
        rejected(sample_of("q1", "2")),
        rejected(sample_of("q1", "3"), "target", "surplus", {}),
    ]

    store.commit([record_of(1, decisions)], journal)

    assert rows(store, "FROM funnel") == [
        ("recipe:verify", 4, 3, 1, 0.75),
        ("rules", 3, 3, 0, 1.0),
        ("near_duplicate", 3, 2, 1, 2 / 3),
        ("target", 2, 1, 1, 0.5),
    ]


def test_scores_lie_in_twentieths(store: Store, journal: Journal) -> None:
    """By scorer and language, with how many passed; a gate without a scorer has no histogram, 1.0 belongs to the last twentieth."""
    scored = [(0.31, "zh", False), (0.34, "zh", True), (0.99, "zh", True), (1.0, "zh", True), (0.31, "en", True)]
    decisions = []
    for slot, (score, lang, passed) in enumerate(scored):
        sample = replace(sample_of("q1", str(slot)), lang=lang)
        verdicts = (Verdict("rules", passed=True, score=0.5), Verdict("reward", passed, "", score, 3 * score, "judge/v1"))
        decisions.append(Decision(sample, verdicts) if passed else Decision(sample, verdicts, "reward", "low_score", {}))

    store.commit([record_of(1, decisions)], journal)

    assert rows(store, "FROM scores") == [
        ("reward", "judge/v1", "en", 0.3, 1, 1),
        ("reward", "judge/v1", "zh", 0.3, 2, 1),
        ("reward", "judge/v1", "zh", 0.95, 2, 2),
    ]


async def test_cost_is_per_accepted_row_and_per_million_tokens(store: Store, journal: Journal) -> None:
    """What a recipe's models took, over what it brought in."""
    await call(journal, "a", seed_id="q1")
    await call(journal, "b", seed_id="q2")

    store.commit([record_of(1), record_of(2)], journal)

    assert rows(store, "FROM cost") == [("distill", "m", 2, 20, 10, 30, 0.5, 2, 40, 0.25, 12_500.0)]
    assert rows(store, "FROM yield_by_recipe") == [("distill", 2, 4, 2, 2, 0, 40, 0.5)]
    assert rows(store, "SELECT calls, completion_tokens, seeds, accepted, rejected FROM throughput") == [(2, 40, 2, 2, 2)]


def test_failures_and_metrics_are_kept(store: Store, journal: Journal) -> None:
    """A seed without candidates leaves its reason; measured diversity shows in its view."""
    failure = Failure("q1", "distill", "answer", "chat", "400: too long")
    metrics = [Metric(AT, "diversity.distinct_2", 0.5, "1000 rows"), Metric(AT, "in_flight", float("inf"), "5s")]

    store.commit([record_of(1, (), failure)], journal, metrics)

    assert rows(store, "SELECT seed_id, kind, message FROM failures") == [("q1", "chat", "400: too long")]
    assert rows(store, "SELECT outcome FROM seeds_done") == [("failed",)]
    assert rows(store, 'SELECT metric, value, epoch("at") FROM diversity') == [("distinct_2", 0.5, AT)]
    assert rows(store, "SELECT yield_by_recipe.failed FROM yield_by_recipe") == [(1,)]


def test_surplus_is_taken_oldest_first_and_promoted(store: Store, journal: Journal) -> None:
    """A promoted row leaves the rejections and joins the accepted; everything else about it stays."""
    store.commit([surplus_of(1), surplus_of(2), surplus_of(3)], journal)
    waiting = [row.id for row in store.surplus()][:2]
    before = {sample.id: sample for sample in all_accepted(store, surplus=True)}
    store.commit([promotion_of(4, waiting)], journal)

    assert waiting == ["q1/0", "q2/0"]
    assert all_accepted(store) == [before["q1/0"], before["q2/0"]]
    assert rows(store, "SELECT id FROM rejections") == [("q3/0",)]
    assert [row.id for row in store.surplus()] == ["q3/0"]
    assert sorted(store.done_ids()) == ["q1", "q2", "q3"]


def test_the_resume_point_counts_what_is_committed(store: Store, journal: Journal, tmp_path: Path) -> None:
    """The same before and after reopening."""
    failure = Failure("q3", "distill", "answer", "bug", "Traceback")
    store.commit([record_of(1), record_of(2), record_of(3, (), failure)], journal)
    point = store.resume_point()
    store.close()
    reopened = Store.open(tmp_path)

    assert point == reopened.resume_point()
    assert (point.last_seq, point.accepted, point.rejected, point.failed, point.seeds_done) == (3, 2, 2, 1, 3)
    assert (point.accepted_tokens, point.accepted_by_recipe) == (40, {"distill": 2})
    reopened.close()


@pytest.mark.parametrize("seqs", [(2, 1), (1, 1), (0,)])
def test_seeds_out_of_order_are_a_bug(store: Store, journal: Journal, seqs: tuple[int, ...]) -> None:
    """A seq that does not grow would be lost on resume: nothing of the batch is committed."""
    with pytest.raises(ValueError, match="in order"):
        store.commit([record_of(seq) for seq in seqs], journal)

    assert store.resume_point().last_seq == 0


def test_odd_values_never_stop_the_store(store: Store, journal: Journal) -> None:
    """Lone surrogates, huge integers and NaN are stored the way the journal stores them."""
    odd: dict[Any, Any] = {"big": 2**90, 3: {1}}
    sample = replace(sample_of("q1", prompt="\ud800", meta=odd), score=float("nan"))

    store.commit([record_of(1, [accepted(sample)])], journal)

    (kept,) = all_accepted(store)
    assert (kept.prompt, kept.score) == ("\ufffd", None)
    assert kept.meta == {"big": str(2**90), "3": [1], "surrogates_replaced": 1}


async def test_more_calls_than_one_statement_takes(store: Store, journal: Journal) -> None:
    """A journal far ahead of the database is brought over in pages."""
    await asyncio.gather(*(journal.finish(reply_of(str(number))) for number in range(COPIED_ROWS + 1)))

    store.commit([record_of(1)], journal)

    assert rows(store, "SELECT count(*), count(DISTINCT key) FROM calls") == [(COPIED_ROWS + 1, COPIED_ROWS + 1)]


def test_a_recipe_that_mixes_up_types_does_not_stop_the_run(store: Store, journal: Journal) -> None:
    """What is not text becomes its JSON, a number that does not fit is left out."""
    mixed: dict[str, Any] = {"response": 5, "lang": ["en"], "prompt_tokens": 2**40}
    sample = replace(sample_of("q1"), **mixed)

    store.commit([record_of(1, [accepted(sample)])], journal)

    assert rows(store, "SELECT response, lang, prompt_tokens FROM samples") == [("5", '["en"]', None)]


def test_runs_say_how_they_ended(store: Store) -> None:
    """One row for each invocation; one that was killed has no end."""
    store.run_started(config_hash="a", version="1", at=AT)
    store.run_started(config_hash="b", version="1", at=AT + 10)
    store.run_ended("target", AT + 20)

    found = rows(store, "SELECT epoch(started_at), epoch(ended_at), config_hash, version, outcome FROM runs")

    assert found == [(AT, None, "a", "1", None), (AT + 10, AT + 20, "b", "1", "target")]


def test_a_damaged_file_names_the_remedy(tmp_path: Path) -> None:
    """One line, with the command that rebuilds it."""
    (tmp_path / "data.duckdb").write_bytes(b"not a database" * 1_000)

    with pytest.raises(StoreError, match=r"verify .* --repair") as raised:
        Store.open(tmp_path)

    assert "\n" not in str(raised.value)


def test_a_failed_commit_is_a_store_error_and_leaves_nothing_half(store: Store, journal: Journal, tmp_path: Path) -> None:
    """The transaction is whole or not at all; the next opening goes on from before it."""
    store.commit([record_of(1)], journal)
    store._connection.execute("ALTER TABLE verdicts DROP COLUMN place")

    with pytest.raises(StoreError, match="cannot be used"):
        store.commit([record_of(2)], journal)
    store.close()

    reopened = Store.open(tmp_path)
    assert (reopened.resume_point().last_seq, len(all_accepted(reopened))) == (1, 1)
    reopened.close()


def test_no_statement_reaches_another_file(store: Store) -> None:
    """The connection has no file access beyond its own database."""
    with pytest.raises(Exception, match="disabled by configuration"):
        rows(store, "SELECT * FROM read_text('/etc/hostname')")


def test_records_are_not_changed(store: Store, journal: Journal) -> None:
    """Committing reads values, it does not edit them."""
    record = record_of(1)

    store.commit([record], journal)

    assert record == record_of(1)
    assert isinstance(record, SeedRecord)
