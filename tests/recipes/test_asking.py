from __future__ import annotations

from dataclasses import dataclass

import pytest

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Rejected, Request, Sample, Seed

UNFIT = Rejected(Sample("q", "", slot="1"), "step", "reason", 0.5, {"why": "没有"})


@dataclass(frozen=True, kw_only=True)
class Echoing(Asking):
    """The seed's response as a row, and a rejection; a seed without a response is dropped."""

    name = "echoing"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """Two candidates, or none."""
        del ask, tools
        if "response" not in seed.fields:
            raise Dropped(UNFIT.sample, UNFIT.step, UNFIT.reason, UNFIT.score, UNFIT.evidence)
        return [Sample("q", str(seed.fields["response"]), slot="0"), UNFIT]


async def test_a_seed_that_is_dropped_has_that_rejection() -> None:
    """With step, reason, score and evidence."""
    candidates = await try_recipe(Echoing(), {}, {})

    assert candidates == [UNFIT]


async def test_the_users_check_is_made_of_every_good_row() -> None:
    """`verify` rejects a row that the method gives; the method's own rejections are not checked."""
    check = {"call": "tests.recipes.checks:is_short"}

    first, last = await try_recipe(Echoing(verify=check), {"response": "a response of more than twenty characters"}, {})

    assert isinstance(first, Rejected)
    assert (first.step, first.reason) == ("verify", "too_long")
    assert last == UNFIT


def test_sound_hands_on_what_is_no_rejection() -> None:
    """A value comes back as it is; a rejection is raised."""
    assert sound("found") == "found"

    with pytest.raises(Dropped, match="seed/no_question"):
        sound(Rejected(Sample("", ""), "seed", "no_question"))


@pytest.mark.parametrize("prompt", ["Why?", "为什么？"])
def test_a_request_is_made_of_a_prompt_or_of_turns(prompt: str) -> None:
    """A prompt alone is one user turn; `opening` puts the system turn of the options before it."""
    asking = Echoing(system="Be brief.")

    bare, opened = asking.request(prompt, stop=["."]), asking.request(asking.opening(prompt))

    assert bare == Request(({"role": "user", "content": prompt},), params={"stop": ["."]})
    assert opened.messages == ({"role": "system", "content": "Be brief."}, *bare.messages)
