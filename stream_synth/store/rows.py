"""Decided seeds as Arrow columns, and rows of the database back as samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
import pyarrow as pa

from stream_synth.journal.records import as_json, exact_json
from stream_synth.values import Decision, Sample, SeedRecord

TEXT, FLOAT, INTEGER, BIG, BOOL, TIME = pa.string(), pa.float64(), pa.int32(), pa.int64(), pa.bool_(), pa.timestamp("us")
NO_JSON = "{}"

# Columns of a sample in the order of the table, without seq and the JSON ones.
PLAIN = {
    **dict.fromkeys(("id", "seed_id", "parent_id", "slot", "recipe", "prompt", "response", "reasoning", "chosen", "rejected"), TEXT),
    **dict.fromkeys(("lang", "model", "finish_reason", "dedup_on"), TEXT),
    **dict.fromkeys(("prompt_tokens", "reasoning_tokens", "answer_tokens"), INTEGER),
    **dict.fromkeys(("score", "cost_usd"), FLOAT),
}
TYPES = {
    "calls": {"attempts": INTEGER, "sample": INTEGER, "cost_usd": FLOAT, "latency_s": FLOAT, "started_at": TIME, "estimated": BOOL}
    | dict.fromkeys(("prompt_tokens", "cached_tokens", "reasoning_tokens", "completion_tokens"), INTEGER),
    "attempts": {"attempt": INTEGER, "sent_at": TIME, "cost_upper_usd": FLOAT},
}
READ_SAMPLE = (
    "id, seed_id, parent_id, slot, recipe, prompt, response, reasoning, chosen, rejected, lang, model, finish_reason, dedup_on, "
    "prompt_tokens, reasoning_tokens, answer_tokens, score, cost_usd, messages, tools, meta, epoch_us(created_at) AS created_us"
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured value: `window` says over what it was measured (5s, run, 1000 rows)."""

    at: float
    name: str
    value: float
    window: str = ""


def tables_of(records: Sequence[SeedRecord], metrics: Sequence[Metric]) -> dict[str, pa.Table]:
    """Everything these seeds add to the database, by table; tables without new rows are left out."""
    decided = [(record.seq, decision) for record in records for decision in record.decisions]
    accepted = [pair for pair in decided if pair[1].accepted]
    rejected = [pair for pair in decided if not pair[1].accepted]
    done = [record for record in records if record.seed_id]
    failed = [record for record in records if record.failure is not None]
    tables = {
        "samples_log": pa.table(_samples(accepted)),
        "rejections_log": pa.table(_samples(rejected) | _reasons([decision for _, decision in rejected])),
        "verdicts": pa.table(_verdicts(decided)),
        "failures": pa.table(_failures(failed)),
        "seeds_done": pa.table(
            {
                **_columns(done, dict.fromkeys(("seed_id", "outcome", "recipe"), TEXT) | {"seq": BIG}),
                "at": _times([record.at for record in done]),
            }
        ),
        "metrics": pa.table(
            {
                "at": _times([metric.at for metric in metrics]),
                **_columns(metrics, {"name": TEXT, "value": FLOAT, "window": TEXT}),
            }
        ),
    }
    return {name: table for name, table in tables.items() if len(table)}


def journal_table(name: str, columns: Mapping[str, list[Any]]) -> pa.Table:
    """Rows of `calls` or `attempts` as the journal's reader gives them."""
    types = TYPES[name]
    return pa.table({column: _typed(values, types.get(column, TEXT)) for column, values in columns.items()})


def samples_of(batch: pa.RecordBatch) -> list[Sample]:
    """Rows of `READ_SAMPLE` as they went in; `created_at` to the microsecond."""
    rows: list[dict[str, Any]] = batch.to_pylist()
    return [_sample(row) for row in rows]


def _sample(row: dict[str, Any]) -> Sample:
    created_us = row.pop("created_us")
    for name in ("messages", "tools"):
        row[name] = tuple(orjson.loads(row[name])) if row[name] else ()
    row["meta"] = orjson.loads(row["meta"])
    return Sample(created_at=created_us / 1e6, **row)


def _samples(decided: Sequence[tuple[int, Decision]]) -> dict[str, pa.Array]:
    samples = [decision.sample for _, decision in decided]
    return {
        "seq": pa.array([seq for seq, _ in decided], BIG),
        **_columns(samples, PLAIN),
        "messages": pa.array([_json(sample.messages) if sample.messages else None for sample in samples], TEXT),
        "tools": pa.array([_json(sample.tools) if sample.tools else None for sample in samples], TEXT),
        "created_at": _times([sample.created_at for sample in samples]),
        "meta": pa.array([_json(sample.meta) if sample.meta else NO_JSON for sample in samples], TEXT),
    }


def _reasons(decisions: Sequence[Decision]) -> dict[str, pa.Array]:
    evidence = [_json(decision.evidence) if decision.evidence else NO_JSON for decision in decisions]
    return {**_columns(decisions, {"gate": TEXT, "reason": TEXT}), "evidence": pa.array(evidence, TEXT)}


def _verdicts(decided: Sequence[tuple[int, Decision]]) -> dict[str, pa.Array]:
    rows = [(seq, decision.sample.id, place, verdict) for seq, decision in decided for place, verdict in enumerate(decision.verdicts)]
    verdicts = [row[3] for row in rows]
    types = {"gate": TEXT, "passed": BOOL, "reason": TEXT, "score": FLOAT, "raw_score": FLOAT, "scorer": TEXT}
    return {
        "sample_id": pa.array([row[1] for row in rows], TEXT),
        **_columns(verdicts, types),
        "place": pa.array([row[2] for row in rows], pa.int16()),
        "seq": pa.array([row[0] for row in rows], BIG),
    }


def _failures(failed: Sequence[SeedRecord]) -> dict[str, pa.Array]:
    failures = [record.failure for record in failed]
    return {
        **_columns(failures, dict.fromkeys(("seed_id", "recipe", "step", "kind", "message"), TEXT)),
        "created_at": _times([record.at for record in failed]),
        "seq": pa.array([record.seq for record in failed], BIG),
    }


def _columns(objects: Sequence[object], types: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    return {name: _typed(list(map(attrgetter(name), objects)), kind) for name, kind in types.items()}


def _typed(values: list[Any], kind: pa.DataType) -> pa.Array:
    """A column; a value of another type (a recipe's mistake) must not stop the run, so it is made to fit or left out."""
    if kind is TIME:
        return pa.array(values, BIG).cast(TIME)
    if kind is BOOL:
        return pa.array(list(map(bool, values)), BOOL)
    if kind is FLOAT:
        values = [value if value is None or value - value == 0 else None for value in values]  # NaN, infinities: as JSON has them
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_fitting(value, kind) for value in values], kind)


def _fitting(value: object, kind: pa.DataType) -> object:
    if kind is TEXT:
        return value if value is None or isinstance(value, str) else as_json(value).decode()
    try:
        return pa.scalar(value, kind).as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None


def _times(seconds: Sequence[float]) -> pa.Array:
    return pa.array([round(value * 1e6) for value in seconds], BIG).cast(TIME)


def _json(value: object) -> str:
    return exact_json(value).decode()
