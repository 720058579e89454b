from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.assemble.rig import PRICE, Rig, questions, rig


def spent_usd(here: Rig) -> float:
    """The bill."""
    prices = (line["prompt_tokens"] * PRICE["input"] + line["completion_tokens"] * PRICE["output"] for line in here.charges())
    return float(sum(prices)) / 1e6


def used_tokens(here: Rig) -> int:
    """Prompt and completion together."""
    return sum(line["prompt_tokens"] + line["completion_tokens"] for line in here.charges())


@pytest.mark.parametrize("budget", [{"max_cost_usd": 0.002}, {"max_tokens": 1_500}])
async def test_a_budget_is_never_overdrawn(tmp_path: Path, budget: dict[str, Any]) -> None:
    """Every call's worst case fits before it is sent: the bill stays within, and most of the budget is used."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings(budget), source=questions(200))

    spent, allowed = (spent_usd(here), 0.002) if "max_cost_usd" in budget else (used_tokens(here), 1_500)
    assert (summary.outcome, summary.exit_code) == ("budget", 3)
    assert next(iter(budget)) in summary.message
    assert 0.8 * allowed < spent <= allowed
    assert here.broken() == []


@pytest.mark.parametrize("key", ["max_cost_usd", "max_tokens"])
async def test_a_raised_budget_goes_on(tmp_path: Path, key: str) -> None:
    """The same command with more money finishes; nothing is paid twice."""
    async with rig(tmp_path) as here:
        await here.run(here.settings({key: {"max_cost_usd": 0.002, "max_tokens": 1_500}[key]}), source=questions(60))
        summary = await here.run(here.settings({key: {"max_cost_usd": 1.0, "max_tokens": 100_000}[key]}), source=questions(60))

    assert (summary.outcome, summary.counts["accepted"]) == ("finished", 60)
    assert len(here.charges()) == 60
    assert here.broken() == []


async def test_a_spent_budget_asks_nothing(tmp_path: Path) -> None:
    """What earlier invocations spent counts: the same command again ends at once, without a call."""
    async with rig(tmp_path) as here:
        await here.run(here.settings({"max_cost_usd": 0.002}), source=questions(60))
        charged = len(here.charges())
        again = await here.run(here.settings({"max_cost_usd": 0.002}), source=questions(60))

    assert again.outcome == "budget"
    assert len(here.charges()) == charged


async def test_money_lost_on_faults_counts(tmp_path: Path) -> None:
    """Half the replies break on their way and are charged all the same: the bill stays within the budget."""
    async with rig(tmp_path, faults=[{"kind": "close_before_reply", "probability": 0.5}]) as here:
        summary = await here.run(here.settings({"max_cost_usd": 0.002}), source=questions(200))

    assert summary.outcome == "budget"
    assert spent_usd(here) <= 0.002


async def test_time_ends_a_run(tmp_path: Path) -> None:
    """A second after its time is up the run has ended, with what was in flight kept; the same command goes on."""
    async with rig(tmp_path, latency="fixed:0.1") as here:
        first = await here.run(here.settings({"max_seconds": 0.4}), source=questions(100))
        second = await here.run(here.settings({"max_seconds": 100}), source=questions(100))

    assert (first.outcome, first.exit_code) == ("budget", 3)
    assert first.counts["seconds"] < 1.4
    assert 0 < first.counts["seeds_done"] < 100
    assert (second.outcome, second.counts["accepted"]) == ("finished", 100)
    assert len(here.charges()) == 100
