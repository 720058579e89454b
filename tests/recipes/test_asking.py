from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Dropped, sound
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Rejected, Sample, Seed


@dataclass(frozen=True, kw_only=True)
class Halting(Asking):
    """One row, then the seed ends."""

    name = "halting"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """The seed's row; after it nothing can be had."""
        del ask, tools
        yield Sample("q", str(seed.fields["response"]), slot="0")
        raise Dropped(Sample("q", "", slot="1"), "step", "reason", 0.5, {"why": "没有"})


@pytest.mark.parametrize("response", ["short", "短"])
async def test_what_came_before_stays_and_the_rejection_comes_last(response: str) -> None:
    """A seed that is dropped ends with the rejection: step, reason, score and evidence."""
    first, last = await try_recipe(Halting(), {"response": response}, {})

    assert isinstance(first, Sample)
    assert first.response == response
    assert last == Rejected(Sample("q", "", slot="1"), "step", "reason", 0.5, {"why": "没有"})


async def test_the_users_check_is_made_of_every_good_row() -> None:
    """`verify` rejects a row that the method yields; the method's own rejections are not checked."""
    check = {"call": "tests.recipes.checks:is_short"}

    first, last = await try_recipe(Halting(verify=check), {"response": "a response of more than twenty characters"}, {})

    assert isinstance(first, Rejected)
    assert (first.step, first.reason) == ("verify", "too_long")
    assert isinstance(last, Rejected)
    assert last.step == "step"


def test_sound_hands_on_what_is_no_rejection() -> None:
    """A value comes back as it is; a rejection is raised."""
    assert sound("found") == "found"

    with pytest.raises(Dropped, match="seed/no_question"):
        sound(Rejected(Sample("", ""), "seed", "no_question"))
