"""What the journal holds, and how it becomes bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import orjson
import pyarrow as pa  # its codecs: Python 3.11 has no Zstandard

from stream_synth.values import Decision, Failure, Json, Sample, SeedRecord, Usage, Verdict

DURABILITY = {"process": "NORMAL", "power": "FULL"}  # survives kill -9; survives loss of power (an fsync for each group)
PACK_BYTES = 65_536  # of JSON in one compressed pack: a look-up unpacks about 0.2 ms of it
PACK_RECORDS = 256
WORTH_COMPRESSING = 200  # bytes; below that the header and the call cost more than they save
LARGEST_INT = 2**63  # of JSON as orjson and DuckDB read it
REPLACED = "surrogates_replaced"  # key of `Sample.meta` that notes it


@dataclass(frozen=True, slots=True)
class Intent:
    """One attempt of a call, written before its bytes leave."""

    id: int  # from `Journal.next_attempt_id`
    key: bytes
    attempt: int  # from 1
    endpoint: str
    sent_at: float
    cost_upper_usd: float


@dataclass(frozen=True, slots=True)
class Reply:
    """One finished call, answered or failed for good."""

    key: bytes
    text_hash: bytes
    seed_id: str
    step: str
    sample: int
    role: str
    model: str
    endpoint: str
    attempts: int
    status: str  # ok, truncated, refused, client_error, server_error, ambiguous, rejected, never_sent, too_large, unreadable
    finish_reason: str
    usage: Usage
    cost_usd: float
    latency_s: float
    started_at: float
    body: Json  # {"text", "reasoning", "refusal", "tool_calls", "logprobs", "host"} or {"error", "http_status"}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the whole journal."""

    calls: int = 0
    ambiguous: int = 0  # attempts whose outcome nobody knows: they may have been charged
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float = 0.0
    last_seq: int = 0  # of the newest decision


def packed(parts: Sequence[bytes]) -> bytes:
    """JSON texts as one array: `p` and the text, or `s`, its length in four bytes (big-endian), and zstd.

    Zstandard at level 1 takes a sixth of zlib's time for the same size (246 against 41 MB/s on Chinese answers).
    """
    text = b"[" + b",".join(parts) + b"]"
    if len(text) <= WORTH_COMPRESSING:
        return b"p" + text
    squeezed = cast("bytes", pa.Codec("zstd", compression_level=1).compress(text, asbytes=True))
    return b"s" + len(text).to_bytes(4, "big") + squeezed


def unpacked(pack: bytes) -> list[Any]:
    """The values of a pack."""
    text = pack[1:]
    if pack[:1] == b"s":
        size = int.from_bytes(pack[1:5], "big")
        text = cast("bytes", pa.Codec("zstd").decompress(pack[5:], size, asbytes=True))
    values: list[Any] = orjson.loads(text)
    return values


def as_json(value: object) -> bytes:
    """JSON of any value of ours; what JSON cannot hold is replaced the way `storable` does it."""
    try:
        return exact_json(value)
    except TypeError:
        return orjson.dumps(_clean(value))


def exact_json(value: object) -> bytes:
    """JSON of the value as it is; `TypeError` when JSON cannot hold it."""
    return orjson.dumps(value, default=_mapping)


def encoded(records: Sequence[SeedRecord]) -> Iterator[tuple[int, int, bytes]]:
    """(first seq, last seq, pack) for each pack of records."""
    for start in range(0, len(records), PACK_RECORDS):
        some = records[start : start + PACK_RECORDS]
        yield some[0].seq, some[-1].seq, packed([_record_json(record) for record in some])


def decoded(pack: bytes) -> Iterator[SeedRecord]:
    """The records of one pack."""
    for fields in unpacked(pack):
        failure = fields.pop("failure")
        yield SeedRecord(
            **fields
            | {
                "decisions": tuple(_decision(decision) for decision in fields["decisions"]),
                "failure": Failure(**failure) if failure else None,
                "promoted": tuple(fields["promoted"]),
            }
        )


def storable(record: SeedRecord) -> SeedRecord:
    """The record itself when JSON can hold it, else a copy that every store can hold; the same record always gives the same copy.

    Lone surrogates become U+FFFD (noted in the sample's `meta`), keys strings, integers beyond 64 bits and unknown objects text,
    numbers that are not finite None.
    """
    try:
        exact_json(record)
    except TypeError:
        return _replaced(record)
    return record


def _replaced(record: SeedRecord) -> SeedRecord:
    return replace(
        record,
        seed_id=clean_text(record.seed_id),
        recipe=clean_text(record.recipe),
        decisions=tuple(_storable_decision(decision) for decision in record.decisions),
        failure=Failure(**_clean(_fields(record.failure))) if record.failure else None,
        promoted=tuple(clean_text(name) for name in record.promoted),
    )


def clean_text(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _storable_decision(decision: Decision) -> Decision:
    fields = _fields(decision.sample)
    clean = _clean(fields)
    changed = sum(1 for name, value in fields.items() if isinstance(value, str) and clean[name] != value)
    if changed:
        clean["meta"] = clean["meta"] | {REPLACED: changed}
    return Decision(
        _sample(clean),
        tuple(Verdict(**_clean(_fields(verdict))) for verdict in decision.verdicts),
        clean_text(decision.gate),
        clean_text(decision.reason),
        _clean(decision.evidence),
    )


def _record_json(record: SeedRecord) -> bytes:
    try:
        return exact_json(record)
    except TypeError:
        return exact_json(_replaced(record))


def _decision(fields: dict[str, Any]) -> Decision:
    verdicts = tuple(Verdict(**verdict) for verdict in fields["verdicts"])
    return Decision(_sample(fields["sample"]), verdicts, fields["gate"], fields["reason"], fields["evidence"])


def _sample(fields: dict[str, Any]) -> Sample:
    return Sample(**fields | {"messages": tuple(fields["messages"]), "tools": tuple(fields["tools"])})


def _fields(value: object) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]


def _mapping(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {type(value)}")


def _clean(value: Any) -> Any:  # noqa: ANN401  # any JSON value and whatever else a recipe put into meta
    clean: Any = value
    match value:
        case None | bool():
            pass
        case int() if -LARGEST_INT <= value < LARGEST_INT:
            pass
        case float():
            clean = value if math.isfinite(value) else None
        case Mapping():
            clean = {clean_text(str(key)): _clean(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            clean = [_clean(inner) for inner in value]
        case _:
            clean = clean_text(str(value))
    return clean
