from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.geometry import Geometry
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Sample
from stream_synth.verify.sandbox import protections
from tests.recipes.solutions import BROKEN, LOST, fates

INSTALLED = find_spec("newclid") is not None and shutil.which("yuclid") is not None
needs_engine = pytest.mark.skipif(
    not INSTALLED, reason="the extra `geometry` (newclid, yuclid on PATH) is not installed: nothing was proved"
)
ANYWHERE: dict[str, Any] = {"allow_unprotected": not protections().isolated}
MIDLINE = "a b c = triangle; d = midpoint a b; e = midpoint a c ? para d e b c"
# Gauss's line through the midpoints of three diagonals: true, and out of the engine's reach.
DIAGONALS = (
    "a b c = triangle; d = on_line a b; e = on_line a c; f = intersection_ll b e c d; g = midpoint a f; h = midpoint b c; i = midpoint d e "
    "? coll g h i"
)
# In a trapezoid (b, c, e, d) the line from where the legs meet through where the diagonals meet halves the base. Found by trying: the
# engine does not reach it by itself, and does with the midpoint of the other base.
TRAPEZOID = (
    "a b c = triangle; d = on_line a b; x = on_pline d b c; e = intersection_ll d x a c; f = intersection_ll b e c d; m = midpoint b c "
    "? coll a f m"
)
FALSE = "a b c = triangle; d = on_line b c ? perp a d b c"  # not so in every figure


@pytest.mark.parametrize("options", [{"points": 1}, {"min_steps": 0}, {"tries": -1}, {"languages": ()}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """With what to give."""
    with pytest.raises(ConfigError, match="give 2 to 12"):
        Geometry(**options)


@pytest.mark.skipif(INSTALLED, reason="the extra is installed")
async def test_without_the_engine_it_says_what_to_install() -> None:
    """Before anything is paid for."""
    with pytest.raises(ConfigError, match=r"stream-synth\[geometry\]"):
        await try_recipe(Geometry(), {}, {})


@needs_engine
async def test_a_theorem_of_a_random_figure_is_the_same_for_the_same_seed() -> None:
    """Statement, proof and premises; no call."""
    rows = [await try_recipe(Geometry(**ANYWHERE), {"lang": "zh"}, {}, seed_id="x3") for _ in range(2)]

    assert rows[0] == rows[1]
    (row,) = rows[0]
    assert isinstance(row, Sample)
    assert "求证：" in row.prompt
    assert row.meta["steps"] >= 3
    assert len(row.meta["premises"]) >= 2
    assert row.meta["proof"] == row.response
    assert set(row.meta) <= set(Geometry.card.meta_keys)


@needs_engine
@pytest.mark.parametrize(("lang", "shown"), [("zh", "求证：DE ∥ BC。"), ("en", "Show that DE ∥ BC.")])
async def test_a_given_problem_that_the_engine_closes_costs_no_call(lang: str, shown: str) -> None:
    """Told in either language."""
    (row,) = await try_recipe(Geometry(prove=True, **ANYWHERE), {"problem": MIDLINE, "lang": lang}, {})

    assert isinstance(row, Sample)
    assert row.prompt.endswith(shown)
    assert (row.meta["attempts"], row.meta["constructions"], row.meta["checker"]) == (0, [], "newclid")


@needs_engine
@pytest.mark.parametrize(
    ("fields", "reply", "fate"),
    [
        ({"problem": ""}, "", "seed/no_problem"),
        ({"problem": "a b c = triangle; d = midpoint a b"}, "", "seed/no_problem"),
        ({"problem": FALSE}, "", "draw/degenerate"),
    ],
)
async def test_problems_that_are_none_are_rejected(fields: dict[str, Any], reply: str, fate: str) -> None:
    """Without a goal, or with a goal that the figure contradicts."""
    rows = await try_recipe(Geometry(prove=True, **ANYWHERE), fields, {"construct": reply})

    assert fates(rows) == [fate]


@needs_engine
@pytest.mark.parametrize(
    ("reply", "fate"),
    [*((reply, f"construct/{reason}") for reply, reason in BROKEN), (LOST, "construct/call_failed"), ("no idea", "construct/unreadable")],
)
async def test_a_point_that_is_none_ends_the_search(reply: Any, fate: str) -> None:
    """With its reason."""
    rows = await try_recipe(Geometry(prove=True, **ANYWHERE), {"problem": DIAGONALS}, {"construct": reply})

    assert fates(rows) == [fate]


@needs_engine
@pytest.mark.parametrize(
    ("lang", "replies", "shown"),
    [
        ("zh", ["先作 DE 的中点。\nn = midpoint d e"], "作辅助点：N 是线段 DE 的中点"),
        ("en", ["y = midpoint b d", "n = midpoint d e"], "Auxiliary points: "),
    ],
)
async def test_a_point_that_the_model_adds_brings_the_goal_within_reach(lang: str, replies: list[str], shown: str) -> None:
    """What closure alone does not prove is proved with the point, which the proof names first and the statement does not have."""
    (row,) = await try_recipe(Geometry(prove=True, tries=2, **ANYWHERE), {"problem": TRAPEZOID, "lang": lang}, {"construct": replies})
    (open_,) = await try_recipe(Geometry(prove=True, tries=0, **ANYWHERE), {"problem": TRAPEZOID, "lang": lang}, {})

    assert isinstance(row, Sample)
    assert row.meta["constructions"] == ["n = midpoint n d e"]
    assert row.meta["attempts"] == len(replies)
    assert "midpoint n d e" not in row.meta["statement"]
    assert row.response.startswith(shown)
    assert row.meta["steps"] > 20
    assert fates([open_]) == ["prove/open"]


@needs_engine
async def test_points_that_do_not_help_leave_the_goal_open() -> None:
    """After `tries` of them."""
    rows = await try_recipe(Geometry(prove=True, tries=1, **ANYWHERE), {"problem": DIAGONALS}, {"construct": "x = on_line a b"})

    assert fates(rows) == ["prove/open"]
