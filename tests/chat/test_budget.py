import pytest

from stream_synth.chat.budget import Budget, Claim


def test_promises_count_until_they_are_settled() -> None:
    """Two calls of 0.6 do not fit into 1.0 together, one after the other they may."""
    budget, claim = Budget(max_cost_usd=1.0), Claim(0.6, 100)
    budget.reserve(claim)
    assert not budget.fits(claim)

    budget.settle(claim, Claim(0.2, 50))

    assert budget.fits(claim)
    assert budget.spent_usd == pytest.approx(0.2)


def test_what_an_earlier_invocation_spent_counts() -> None:
    """Budgets hold for the run directory."""
    assert not Budget(max_tokens=1_000, spent_tokens=950).fits(Claim(0.0, 100))


def test_without_a_limit_everything_fits() -> None:
    """And nothing needs to be worked out."""
    budget = Budget()

    assert budget.fits(Claim(1e9, 1e12))
    assert not budget.limited


def test_the_end_says_what_to_raise() -> None:
    """One line with the remedy."""
    error = Budget(max_cost_usd=1.0, spent_usd=0.98).exhausted(Claim(0.05, 10))

    assert "run.max_cost_usd 1: 0.9800 spent, the next call may cost 0.0500" in str(error)
