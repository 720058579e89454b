from __future__ import annotations

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import REGISTRY, GateHome
from stream_synth.gates.quota import Quota, QuotaOptions, value_of
from stream_synth.values import Sample, Verdict


def row(topic: str | None) -> Sample:
    return Sample("问题", "answer", meta={} if topic is None else {"topic": topic})


def judge(gate: Quota, sample: Sample) -> Verdict:
    """As the lane does."""
    (measured,) = gate.measure([sample])
    early = gate.look([sample], [measured])[0]
    verdict = early or gate.admit(sample, measured)
    if verdict.passed:
        gate.remember(sample, measured)
    return verdict


def test_a_count_is_kept_exactly() -> None:
    """Three rows of a topic, the fourth is rejected with what it met; another topic has its own count."""
    gate = Quota(QuotaOptions(max_count=3), GateHome())

    verdicts = [judge(gate, row("数学")) for _ in range(4)]

    assert [verdict.passed for verdict in verdicts] == [True, True, True, False]
    assert verdicts[-1].reason == "count"
    assert verdicts[-1].evidence == {"by": "topic", "value": "数学", "rows": 3, "limit": 3, "of": 3}
    assert judge(gate, row("诗歌")).passed


def test_a_share_is_kept_over_a_long_stream() -> None:
    """Nine in ten rows are about maths; in what is accepted they are three in ten."""
    gate = Quota(QuotaOptions(shares={"maths": 0.3}, settle_rows=10), GateHome())

    kept = [topic for n in range(3000) if judge(gate, row(topic := "poetry" if n % 10 == 0 else "maths")).passed]

    assert kept.count("poetry") == 300
    assert 0.29 <= kept.count("maths") / len(kept) <= 0.30


def test_a_share_leaves_room_for_the_first_rows() -> None:
    """Below `settle_rows` a share counts of that many."""
    gate = Quota(QuotaOptions(max_share=0.5, settle_rows=4), GateHome())

    assert [judge(gate, row("a")).passed for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("missing", "passed"), [("pass", [True, True]), ("reject", [False, False]), ("count", [True, False])])
def test_rows_without_the_field(missing: str, passed: list[bool]) -> None:
    """Let through, rejected, or counted like one more value."""
    gate = Quota(QuotaOptions(max_count=1, missing=missing), GateHome())  # type: ignore[arg-type]  # one of the three

    assert [judge(gate, row(None)).passed for _ in range(2)] == passed


@pytest.mark.parametrize(
    ("by", "value"),
    [("topic", "a"), ("meta.topic", "a"), ("lang", "zh"), ("origin.licence", "mit"), ("plain.dots", "yes"), ("no.where", "")],
)
def test_a_field_is_a_column_or_a_key_of_meta(by: str, value: str) -> None:
    """Dots reach inside; what is not there is empty."""
    sample = Sample("p", "r", lang="zh", meta={"topic": "a", "origin": {"licence": "mit"}, "plain.dots": "yes"})

    assert value_of(sample, by) == value


@pytest.mark.parametrize("options", [{"max_share": 1.5}, {"shares": {"a": -1}}, {"max_count": -1}, {"settle_rows": 0}])
def test_limits_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match=r"quota\."):
        QuotaOptions(**options)  # type: ignore[arg-type]


def test_it_is_registered_and_not_in_the_default_chain() -> None:
    """A limit is somebody's decision."""
    from stream_synth.gates import DEFAULT_CHAIN  # noqa: PLC0415  # beside its use

    assert REGISTRY["quota"] is Quota
    assert "quota" not in DEFAULT_CHAIN
