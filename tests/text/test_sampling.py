"""Sampling options that differ from call to call."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from random import Random
from typing import Any

import pytest

from stream_synth.engine.ask import SeedAsk
from stream_synth.errors import ConfigError
from stream_synth.recipes.distill import Distill
from stream_synth.text.sampling import check_spread, settled
from stream_synth.values import Call, Completion, Request, Seed


class Sent:
    """A chat that keeps what was sent."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """Always the same."""
        del role, rng
        return "m"

    async def complete(self, call: Call) -> Completion:
        """Any reply."""
        self.calls.append(call)
        return Completion("fine")


class Room:
    """A place in which calls may be made at any time."""

    calling = nullcontext


async def sent(params: dict[str, Any], seeds: int = 1, samples: int = 1) -> list[Any]:
    """The temperatures of a step's calls, seed after seed."""
    chat: Any = Sent()
    room: Any = Room()
    for ordinal in range(seeds):
        ask = SeedAsk(Seed(f"q{ordinal}", {}, ordinal=ordinal), chat, room, 7)
        await ask.many("answer", Request(({"role": "user", "content": "?"},), params=params), samples)
    return [call.request.params["temperature"] for call in chat.calls]


async def test_a_list_is_gone_through() -> None:
    """By the samples of a seed, and by seeds where each is asked once."""
    params = {"temperature": [0.2, 0.6, 1.0]}

    assert await sent(params, samples=3) == [0.2, 0.6, 1.0]
    assert await sent(params, seeds=4) == [0.2, 0.6, 1.0, 0.2]


async def test_a_range_is_drawn_from_and_drawn_alike_again() -> None:
    """Within the range, different, and the same for the same run."""
    params = {"temperature": {"uniform": [0.5, 1.0]}}
    drawn = await sent(params, seeds=10, samples=2)

    assert all(0.5 <= one <= 1.0 for one in drawn)
    assert len(set(drawn)) > 15
    assert await sent(params, seeds=10, samples=2) == drawn


async def test_a_schedule_moves_and_stays() -> None:
    """In straight lines from stop to stop, and at the last one ever after."""
    assert await sent({"temperature": {"schedule": [0.0, 1.0, 0.5], "over": 4}}, seeds=6) == [0.0, 0.5, 1.0, 0.75, 0.5, 0.5]


def test_other_lists_stay_as_they_are() -> None:
    """`stop` holds several strings, not one for each call."""
    assert settled({"stop": ["a", "b"], "top_p": [0.9]}, 5, Random(0)) == {"stop": ["a", "b"], "top_p": 0.9}


@pytest.mark.parametrize(
    "value",
    [
        [],
        ["hot"],
        {"uniform": [1]},
        {"uniform": [0, 1], "over": 3},
        {"uniform": [1.2, 0.6]},
        {"schedule": [0, 1]},
        {"ramp": [0, 1]},
        "hot",
        float("nan"),
        [0.5, float("inf")],
    ]
    + [{"schedule": [0, 1], "over": over} for over in (0, -1, True, 2.5)],
)
def test_another_form_is_refused(value: object) -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match="a list of numbers"):
        check_spread("temperature", value)
    with pytest.raises(ConfigError, match="a list of numbers"):
        Distill(params={"min_p": value})


@pytest.mark.parametrize("value", [-1, [0.5, -0.5], {"uniform": [-1, 1]}, {"schedule": [1, -1], "over": 5}])
def test_nothing_is_sampled_below_zero(value: object) -> None:
    """But penalties may be: they then reward what was said before."""
    with pytest.raises(ConfigError, match="below 0"):
        check_spread("temperature", value)
    check_spread("presence_penalty", value)
