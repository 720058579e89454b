"""At most so many accepted rows, or so large a share of them, with one value of a field: topics, languages, sources.

Memory: one counter for each different value, 100-200 bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.values import Sample, Verdict

_PASSED = Verdict("quota", passed=True)
_COLUMNS = frozenset(one.name for one in fields(Sample)) - {"meta"}
MISSING = ""


@dataclass(frozen=True, slots=True)
class QuotaOptions:
    """Limits for every value of `by`, and others for the values that `shares` and `counts` name."""

    by: str = field(default="topic", metadata={"help": "a key of meta (dots reach inside), or a column: recipe, lang, model, ..."})
    max_share: float | None = field(default=None, metadata={"help": "of the accepted rows, for each value"})
    max_count: int | None = field(default=None, metadata={"help": "accepted rows with each value"})
    shares: Mapping[str, float] | None = field(default=None, metadata={"help": "{maths: 0.3}: for these values instead of max_share"})
    counts: Mapping[str, int] | None = field(default=None, metadata={"help": "{poetry: 500}: for these values instead of max_count"})
    missing: Literal["pass", "reject", "count"] = field(
        default="pass", metadata={"help": "rows without the field: let through, rejected, or counted like one more value"}
    )
    settle_rows: int = field(
        default=100, metadata={"help": "a share counts as if there were at least so many rows: else none could be first"}
    )

    def __post_init__(self) -> None:
        for name, share in {"max_share": self.max_share, **{f"shares.{value}": one for value, one in (self.shares or {}).items()}}.items():
            if share is not None and not 0 <= share <= 1:
                raise ConfigError(f"quota.{name} is {share}: a share lies between 0 and 1")
        for name, count in {"max_count": self.max_count, **{f"counts.{value}": one for value, one in (self.counts or {}).items()}}.items():
            if count is not None and count < 0:
                raise ConfigError(f"quota.{name} is {count}: give 0 or more")
        if self.settle_rows < 1:
            raise ConfigError(f"quota.settle_rows is {self.settle_rows}: give at least 1")


class Quota(AsksNobody):
    """Rejects a row whose value has its fill: reasons `count`, `share`, `missing`. Evidence: `by`, `value`, `rows`, `limit`, `of`.

    Shares are of what this gate let into the accepted rows, in order of decision. Put it last: a row that a later gate rejects
    is not counted, and one that is rejected here has cost its calls already.
    """

    name = "quota"
    Options = QuotaOptions

    def __init__(self, options: QuotaOptions, home: GateHome) -> None:
        del home  # counts come back with the rows when a run resumes
        self.options = options
        self._rows: dict[str, int] = {}
        self._total = 0

    def measure(self, batch: Sequence[Sample]) -> list[str]:
        """The value of each row."""
        return [value_of(sample, self.options.by) for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[str]) -> list[Verdict | None]:
        """Only counts are final: a share that is full now may have room a row later."""
        del batch
        return [verdict if (verdict := self._against(value)) and verdict.reason != "share" else None for value in measured]

    def admit(self, sample: Sample, measured: str) -> Verdict:
        """Against everything accepted so far."""
        del sample
        return self._against(measured) or _PASSED

    def remember(self, sample: Sample, measured: str) -> None:
        """One more row with this value."""
        del sample
        self._total += 1
        self._rows[measured] = self._rows.get(measured, 0) + 1

    def close(self) -> None:
        """Nothing to release."""

    def _against(self, value: str) -> Verdict | None:
        options, rows = self.options, self._rows.get(value, 0)
        if value == MISSING and options.missing != "count":
            return None if options.missing == "pass" else self._rejected("missing", value, 0)
        count = (options.counts or {}).get(value, options.max_count)
        if count is not None and rows >= count:
            return self._rejected("count", value, count)
        share = (options.shares or {}).get(value, options.max_share)
        if share is not None and rows + 1 > share * max(self._total + 1, options.settle_rows):
            return self._rejected("share", value, share)
        return None

    def _rejected(self, reason: str, value: str, limit: float) -> Verdict:
        evidence = {"by": self.options.by, "value": value, "rows": self._rows.get(value, 0), "limit": limit, "of": self._total}
        return Verdict(self.name, passed=False, reason=reason, evidence=evidence)


def value_of(sample: Sample, name: str) -> str:
    """A column's or meta key's value as text; empty where there is none."""
    if name in _COLUMNS:
        return _as_text(getattr(sample, name))
    found: Any = sample.meta
    steps = name.removeprefix("meta.").split(".")
    for place, step in enumerate(steps):
        if not isinstance(found, Mapping):
            return MISSING
        rest = ".".join(steps[place:])
        if rest in found:
            return _as_text(found[rest])
        found = found.get(step)
    return _as_text(found)


def _as_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return MISSING if value is None else str(value).strip()
