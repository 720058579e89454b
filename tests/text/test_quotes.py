from __future__ import annotations

import pytest

from stream_synth.text.quotes import not_in, quoted_spans

EN = "The tenant pays the rent by the third working day. A deposit may not exceed three months' rent."
ZH = "承租人应当在每月五日前支付租金，押金不得超过三个月的租金。"


@pytest.mark.parametrize(
    ("answer", "spans", "missing"),
    [
        ('It says "pays the rent by the third working day".', ["pays the rent by the third working day"], []),
        ("“A deposit may not exceed … three months' rent.”", ["A deposit may not exceed", "three months' rent"], []),
        (
            'He "pays the rent by the fifth working day".',
            ["pays the rent by the fifth working day"],
            ["pays the rent by the fifth working day"],
        ),
        ('The term "deposit" is not quoted.', [], []),
        ("No quotation at all.", [], []),
    ],
)
def test_spans_are_looked_up(answer: str, spans: list[str], missing: list[str]) -> None:
    """Three words or more; parts around an ellipsis on their own."""
    assert quoted_spans(answer) == spans
    assert not_in(EN, spans) == missing


@pytest.mark.parametrize(
    ("answer", "found"),
    [("应“在每月五日前支付租金”。", True), ("「押金不得超过三个月的租金。」", True), ("“押金不得超过两个月的租金”", False)],
)
def test_chinese_spans(answer: str, found: bool) -> None:  # noqa: FBT001
    """Curly and corner quotation marks."""
    spans = quoted_spans(answer)

    assert len(spans) == 1
    assert (not_in(ZH, spans) == []) == found
