"""The format reward."""

from __future__ import annotations

import pytest

from stream_synth.verify import format_reward, split_thinking


@pytest.mark.parametrize(
    ("text", "reward"),
    [
        ("<think>a</think>b", 1.0),
        ("<think>a<answer>b</answer>", 0.75),
        ("Hm<think>a</think>b", 0.75),
        ("<think>a</think>", 0.75),
        ("b", 0.25),
        ("", 0.0),
        ("<think>a", 0.0),
    ],
)
def test_reward_counts_four_quarters(text: str, reward: float) -> None:
    """Opened, closed, thought, answered: a quarter each; damage earns nothing."""
    assert format_reward(split_thinking(text)) == reward


def test_template_may_open_the_thinking() -> None:
    """A missing opening tag costs a quarter unless the chat template writes it."""
    split = split_thinking("a</think>b")

    assert format_reward(split) == 0.75
    assert format_reward(split, opened_by_template=True) == 1.0
