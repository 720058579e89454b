from __future__ import annotations

import re
from typing import Any

import pytest

from stream_synth import arun
from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.topics import Topics
from stream_synth.simulate import Options, serve
from stream_synth.sources.grid import Grid
from stream_synth.values import Completion, Rejected, Request, Sample, Seed, Usage

LOST = ChatError("server_error", "500")


def dividing(request: Request, _: int) -> Completion:
    """A model that divides every topic in two."""
    way = re.search(r"^(.+)\n\n(?:Divide|请把)", str(request.messages[-1]["content"]), re.MULTILINE)
    assert way is not None
    path = way[1].split(" > ")
    one, other = {"海": ("甲", "乙", "东", "西"), "sea": (" up", " down", " east", " west")}[path[0]][2 * len(path) - 2 :][:2]
    return Completion(f"1. {path[-1]}{one}\n2. {path[-1]}{other}", model="m", cost_usd=1.0)


@pytest.mark.parametrize(("root", "lang", "leaf"), [("sea", "en", "sea up east"), ("海", "zh", "海甲东")])
async def test_a_tree_grows(root: str, lang: str, leaf: str) -> None:
    """Two levels of two: four leaves, each with its way, branch and depth; every call is charged once."""
    ask = ScriptedAsk({"divide/1": dividing, "divide/2": dividing})

    rows = await try_recipe(Topics(depth=2, breadth=2), {"topic": root}, ask)

    leaves = [row for row in rows if isinstance(row, Sample)]
    assert len(leaves) == len(rows) == len({row.slot for row in leaves}) == 4
    assert (leaves[0].response, leaves[0].lang, leaves[0].dedup_on, leaves[0].model) == (leaf, lang, "response", "m")
    assert (leaves[0].meta["depth"], leaves[0].meta["path"][0], leaves[0].meta["branch"]) == (
        2,
        root,
        " > ".join(leaves[0].meta["path"][:2]),
    )
    assert sum(row.cost_usd for row in leaves) == len(ask.asked) == 3
    assert set(leaves[0].meta) <= set(Topics.card.meta_keys)


async def test_neighbours_are_named_in_the_prompt() -> None:
    """A model that divides one topic is told what stands beside it, and not what it divides."""
    ask = ScriptedAsk({"divide/1": "1. Tides\n2. Waves", "divide/2": "INVALID"})

    await try_recipe(Topics(depth=2, breadth=2), {"topic": "sea"}, ask)

    asked = [str(request.messages[-1]["content"]) for step, _, _, request in ask.asked if step == "divide/2"]
    assert ["- Waves" in asked[0], "- Tides" in asked[0], "- Tides" in asked[1]] == [True, False, True]


async def test_nothing_is_said_twice() -> None:
    """Not in one list, not in two, not the root again; the row says what stood there before."""
    second = ["1. Pull of the moon\n2. Sea waves", "1. Moon's pull\n2. Wind"]
    ask = ScriptedAsk({"divide/1": "1. Tides\n2. Waves in the sea\n3. Tide\n4. The sea", "divide/2": second})

    rows = await try_recipe(Topics(depth=2, breadth=9), {"topic": "sea"}, ask)

    told = {row.sample.response: row.evidence["named_before"] for row in rows if isinstance(row, Rejected) and row.reason == "duplicate"}
    assert told["Tide"] == "Tides"
    assert told["The sea"] == "sea"
    assert told["Sea waves"] == "Waves in the sea"
    assert [row.response for row in rows if isinstance(row, Sample)] == ["Pull of the moon", "Moon's pull", "Wind"]


async def test_an_indivisible_topic_is_a_leaf() -> None:
    """At its own depth; and no list is longer than was asked for."""
    ask = ScriptedAsk({"divide/1": "1. Tides\n2. Waves\n3. Too many", "divide/2": ["INVALID", "1. Wind\n2. Foam"]})

    rows = await try_recipe(Topics(depth=2, breadth=2), {"topic": "sea"}, ask)

    assert [(row.response, row.meta["depth"]) for row in rows if isinstance(row, Sample)] == [("Tides", 1), ("Wind", 2), ("Foam", 2)]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Completion("1. half", finish_reason="length", usage=Usage(1, 5)), "divide/truncated"),
        (Completion("", finish_reason="content_filter"), "divide/refused"),
        (" ", "divide/empty"),
        ("<think>never closed", "divide/tag_damage"),
        (LOST, "divide/call_failed"),
        ("Nothing comes to mind.", "divide/no_list"),
        ("1. " + "word " * 20, "divide/not_a_topic"),
    ],
)
async def test_a_reply_that_fails_costs_its_branch_alone(reply: Any, reason: str) -> None:
    """The others grow on; the reason is a row."""
    ask = ScriptedAsk({"divide/1": "1. Tides\n2. Waves", "divide/2": [reply, "1. Wind\n2. Foam"]})

    rows = await try_recipe(Topics(depth=2, breadth=2), {"topic": "sea"}, ask)

    assert [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)] == [reason]
    assert [row.response for row in rows if isinstance(row, Sample)] == ["Wind", "Foam"]
    assert reason in Topics.card.rejects


async def test_no_root_and_own_check() -> None:
    """A seed without a topic costs no call."""
    (none,) = await try_recipe(Topics(), {"topic": ""}, {})
    rows = await try_recipe(
        Topics(depth=1, verify={"call": "tests.recipes.checks:is_short"}),
        {"topic": "sea"},
        {"divide/1": "1. A name that is rather long\n2. Wind"},
    )

    assert isinstance(none, Rejected)
    assert none.reason == "no_topic"
    assert [type(row) for row in rows] == [Rejected, Sample]


@pytest.mark.parametrize("options", [{"depth": 0}, {"breadth": 1}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        Topics(**options)


async def test_a_finished_tree_is_an_axis_of_a_grid(tmp_path: Any) -> None:
    """Read from the run's database; and table `metrics` tells how the leaves spread over the branches."""
    (tmp_path / "replies.jsonl").write_text(
        '{"last": "sea > (\\\\w+)\\n\\nDivide", "reply": "1. {g1} up\\n2. {g1} down"}\n{"last": "", "reply": "1. Tides\\n2. Waves"}'
    )
    async with serve(Options(latency="fixed:0", replies=tmp_path / "replies.jsonl")) as server:
        config = {
            "run": {"name": "t"},
            "recipe": {"name": "topics", "depth": 2, "breadth": 2},
            "endpoints": {"teacher": {"base_url": server.base_url, "model": "m"}},
            "gates": [],
        }
        run = await arun(config, source=[{"topic": "sea"}], run_dir=tmp_path / "run")
    source = {
        "kind": "sql",
        "attach": {"tree": str(tmp_path / "run/data.duckdb")},
        "query": "SELECT response AS topic, meta->>'branch' AS branch FROM tree.samples ORDER BY 1",
    }

    cells = [seed.fields for seed in Grid(axes={"t": {"source": source}, "for": ["x", "y"]}).seeds() if isinstance(seed, Seed)]

    assert [(cell["topic"], cell["for"]) for cell in cells[:3]] == [("Tides down", "x"), ("Tides down", "y"), ("Tides up", "x")]
    assert len(cells) == 8
    assert dict(run.sql("SELECT name, value FROM metrics WHERE name LIKE 'branch.%'").fetchall()) == {
        "branch.topics.sea > Tides": 2.0,
        "branch.topics.sea > Waves": 2.0,
    }
