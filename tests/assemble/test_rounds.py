from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

import stream_synth as ss
from stream_synth.assemble import replay_directory
from stream_synth.assemble.rounds import Round, has_gained, read_rounds
from stream_synth.assemble.trainer import Trained
from stream_synth.config import load, load_run
from stream_synth.errors import ConfigError, RunError
from tests.assemble.rig import Rig, rig

# m0 solves question 0, m1 the first two, and so on: each training teaches one more.
REPLIES = [
    *(
        {"model": f"m{skill}", "last": rf"[第 ]{number}[ :]", "reply": "想一想，答案是 12。"}
        for skill in range(4)
        for number in range(skill + 1)
    ),
    {"last": "", "reply": "The answer is 7."},
]
TRAINER = """
import json, pathlib, sys, time
folder, rows = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
with (folder / "trained").open("a") as log:
    log.write(f"{rows.name} {len(rows.read_text().splitlines())}\\n")
if (folder / "broken").exists():
    sys.exit(1)
if (folder / "slow").exists():
    time.sleep(60)
number = int(rows.stem)
print(json.dumps({"model": f"m{number}", "dev_metric": [0.0, 0.3, 0.5, 0.51][number]}))
"""


def source(folder: Path, count: int = 6) -> dict[str, Any]:
    """Questions in two languages in a file."""
    asked = ["第 {} 题：12 是多少？", "Question {}: what is 12?"]
    rows = [{"id": f"q{n}", "question": asked[n % 2].format(n), "answer": "12"} for n in range(count)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return {"kind": "jsonl", "path": str(folder / "rows.jsonl"), "id": "id"}


def settings(here: Rig, *, trained: bool = True, model: str = "m0", **run: Any) -> dict[str, Any]:
    """STaR in rounds, with a trainer that writes down what it was given."""
    (here.folder / "train.py").write_text(TRAINER, encoding="utf-8")
    command = {"train": [sys.executable, str(here.folder / "train.py"), str(here.folder)]} if trained else {}
    recipe = {"name": "star", "hints": 0, "max_tokens": 64}
    return here.settings({**command, **run}, {"model": model}, recipe=recipe, source=source(here.folder))


def trainings(here: Rig) -> list[str]:
    """What the trainer was given, in order."""
    path = here.folder / "trained"
    return path.read_text().splitlines() if path.exists() else []


def made(here: Rig) -> list[tuple[Any, ...]]:
    """Accepted rows by round and model."""
    return here.rows("SELECT meta->'origin'->>'round', model, count(*) FROM samples GROUP BY ALL ORDER BY 1")


async def test_each_round_is_asked_of_what_the_last_one_trained(tmp_path: Path) -> None:
    """All questions again each round; the export holds all rows so far; a finished run repeated does nothing; a replay agrees."""
    async with rig(tmp_path, replies=REPLIES) as here:
        chosen = settings(here, rounds=3)
        summary = await here.run(chosen)
        charged = len(here.charges())
        again = await here.run(chosen)
        report = await replay_directory(here.directory, load_run(here.directory))

    assert (summary.outcome, summary.exit_code, charged) == ("finished", 0, 18)
    assert made(here) == [("1", "m0", 1), ("2", "m1", 2), ("3", "m2", 3)]
    assert trainings(here) == ["1.jsonl 1", "2.jsonl 3", "3.jsonl 6"]
    assert "round 3 of 3: 6 rows" in summary.message
    assert (again.counts["accepted"], again.exit_code, len(here.charges())) == (6, 0, 18)
    assert (report.same, report.seeds) == (True, 18)
    assert here.broken() == []


async def test_without_a_trainer_the_same_command_is_the_next_round(tmp_path: Path) -> None:
    """Exit code 0 after each; the new endpoint needs no consent, something else does."""
    async with rig(tmp_path, replies=REPLIES) as here:
        first = await here.run(settings(here, trained=False, rounds=3))
        second = await here.run(settings(here, trained=False, model="m1", rounds=3))
        other = settings(here, trained=False, model="m2", rounds=3)
        with pytest.raises(ConfigError, match="another configuration"):
            await here.run({**other, "recipe": {**other["recipe"], "temperature": 0.9}})

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1 rows in" in first.message
    assert "give the same command with the new endpoint" in first.message
    assert made(here) == [("1", "m0", 1), ("2", "m1", 2)]
    assert [one.number for one in read_rounds(here.directory)] == [1, 2]


async def test_the_rounds_end_when_little_is_gained(tmp_path: Path) -> None:
    """0.3, 0.5, 0.51: the third training gains less than 0.05, so there is no fourth round, not even on a repeated command."""
    async with rig(tmp_path, replies=REPLIES) as here:
        chosen = settings(here, rounds=10, min_gain=0.05)
        summary = await here.run(chosen)
        await here.run(chosen)

    assert len(trainings(here)) == 3
    assert "gained less than run.min_gain (0.05)" in summary.message
    assert [row[0] for row in made(here)] == ["1", "2", "3"]


async def test_a_training_that_failed_is_done_again(tmp_path: Path) -> None:
    """Nothing that was paid for is asked again."""
    async with rig(tmp_path, replies=REPLIES) as here:
        chosen = settings(here, rounds=2)
        (tmp_path / "broken").touch()
        with pytest.raises(RunError, match="ended with exit code 1"):
            await here.run(chosen)
        (tmp_path / "broken").unlink()
        await here.run(chosen)
        charged = len(here.charges())

    assert trainings(here) == ["1.jsonl 1", "1.jsonl 1", "2.jsonl 3"]
    assert (charged, made(here)) == (12, [("1", "m0", 1), ("2", "m1", 2)])


async def test_ctrl_c_ends_the_training(tmp_path: Path) -> None:
    """Exit code 130; the same command trains again."""
    async with rig(tmp_path, replies=REPLIES) as here:
        chosen = settings(here, rounds=1)
        (tmp_path / "slow").touch()
        running = asyncio.create_task(here.run(chosen))
        while not trainings(here):  # noqa: ASYNC110  # a file: nobody tells when it comes
            await asyncio.sleep(0.01)
        signal.raise_signal(signal.SIGINT)
        summary = await running
        (tmp_path / "slow").unlink()
        again = await here.run(chosen)

    assert (summary.outcome, summary.counts["outcome"], summary.exit_code) == ("interrupted", "interrupted", 130)
    assert (again.exit_code, len(trainings(here)), len(read_rounds(here.directory))) == (0, 2, 1)


async def test_a_round_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    """A budget ends it without training; with more of it the same round goes on, of the same model."""
    async with rig(tmp_path, replies=REPLIES) as here:
        cut = await here.run(settings(here, rounds=2, max_tokens=300))
        before = trainings(here)
        await here.run(settings(here, rounds=2))

    assert (cut.exit_code, before) == (3, [])
    assert made(here) == [("1", "m0", 1), ("2", "m1", 2)]
    assert here.broken() == []


async def test_a_round_without_a_row_trains_nothing(tmp_path: Path) -> None:
    """There is nothing to train on."""
    async with rig(tmp_path, replies=REPLIES[-1:]) as here:
        with pytest.raises(RunError, match="round 1 ended without an accepted row"):
            await here.run(settings(here, rounds=2))


@pytest.mark.parametrize(
    ("metrics", "min_gain", "gained"),
    [
        ([], 0.1, True),
        ([0.5], 0.1, True),
        ([0.5, 0.55], 0.1, False),
        ([0.5, 0.75], 0.1, True),
        ([0.5, 0.4], None, True),
        ([None, 0.4], 0.1, True),
    ],
)
def test_a_gain_is_between_two_rounds(metrics: list[float | None], min_gain: float | None, *, gained: bool) -> None:
    """The last and the one before it, where both were measured."""
    done = [Round(number, 1, "", Trained("m", "", metric)) for number, metric in enumerate(metrics, 1)]

    assert has_gained(done, min_gain) is gained


@pytest.mark.parametrize(
    ("run", "changed", "message"),
    [
        ({"train": ["t"]}, {}, r"run\.train is for rounds"),
        ({"rounds": 2, "min_gain": 0.1}, {}, r"run\.min_gain needs run\.train"),
        ({"rounds": 0}, {}, r"run\.rounds is 0"),
        ({"rounds": 2, "max_seconds": 9}, {"source": {"kind": "program", "count": None}}, r"source of recipe star is read once a round"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, run: dict[str, Any], changed: dict[str, Any], message: str) -> None:
    """Before anything is sent."""
    here = Rig("http://127.0.0.1:1/v1", tmp_path)
    chosen = settings(here, trained=False, **run)

    with pytest.raises(ConfigError, match=message):
        load({**chosen, **changed})


async def test_a_limit_and_a_stream_have_no_rounds(tmp_path: Path) -> None:
    """Both are refused with the remedy."""
    here = Rig("http://127.0.0.1:1/v1", tmp_path)

    with pytest.raises(ConfigError, match=r"run\.limit counts over all rounds"):
        await here.run(settings(here, rounds=2, limit=3))
    with pytest.raises(ConfigError, match="use run or arun"):
        await anext(ss.stream(settings(here, rounds=2)))
