from random import Random

import pytest

from stream_synth.chat.estimate import Estimator, max_tokens_of
from stream_synth.values import Usage


def test_bytes_per_token_are_learned() -> None:
    """From the provider's own counts."""
    estimator = Estimator()
    for _ in range(200):
        estimator.learn("answer", 1_000, Usage(200, 10))

    assert estimator.prompt_tokens(1_000) == pytest.approx(200, rel=0.01)


def test_most_replies_stay_under_the_estimate() -> None:
    """About seven in ten, whatever the bound."""
    estimator, rng = Estimator(), Random(0)
    lengths = [int(rng.lognormvariate(5, 1)) for _ in range(3_000)]
    under = 0
    for length in lengths:
        under += length <= estimator.reply_tokens("answer", 4_096)
        estimator.learn("answer", 100, Usage(25, length))

    assert 0.6 < under / len(lengths) < 0.8


def test_an_unknown_step_reserves_its_bound() -> None:
    """Careful until something is known."""
    assert Estimator().reply_tokens("answer", 300) == 300


def test_missing_usage_is_estimated_and_flagged() -> None:
    """From both lengths."""
    usage = Estimator().usage(300, 600)

    assert usage == Usage(100, 200, estimated=True)


@pytest.mark.parametrize(
    ("body", "bound"),
    [({}, None), ({"max_tokens": 5}, 5), ({"max_tokens": 9, "max_completion_tokens": 7}, 7), ({"max_tokens": 5, "n": 3}, 15)],
)
def test_the_bound_is_read_from_the_body(body: dict[str, object], bound: int | None) -> None:
    """In both spellings, for all choices."""
    assert max_tokens_of(body) == bound
