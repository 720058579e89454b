import pytest

from stream_synth.chat.price import Price
from stream_synth.values import Usage


def test_thinking_and_cached_tokens_have_their_own_price() -> None:
    """Completion tokens include thinking, prompt tokens include cached ones."""
    price = Price(input=1.0, output=10.0, reasoning=5.0, cached=0.1)

    assert price.cost_usd(Usage(1_000_000, 300_000, 100_000, 500_000)) == pytest.approx(0.5 + 0.05 + 2.0 + 0.5)


def test_unlisted_prices_fall_back() -> None:
    """Thinking costs as output, cache hits as input."""
    assert Price(input=1.0, output=10.0).cost_usd(Usage(1_000_000, 300_000, 100_000, 500_000)) == pytest.approx(4.0)


def test_the_worst_case_uses_the_dearer_price() -> None:
    """Every allowed token may be a thinking token."""
    assert Price(input=0.0, output=1.0, reasoning=4.0).worst_usd(10, 1_000_000) == pytest.approx(4.0)
