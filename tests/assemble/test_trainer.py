from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from stream_synth.assemble.trainer import Trained, read_trained, train
from stream_synth.errors import RunError


@pytest.mark.parametrize(
    ("said", "trained"),
    [
        ("epoch 1\nepoch 2\nm2\n\n", Trained(model="m2")),
        ("http://127.0.0.1:8001/v1", Trained(base_url="http://127.0.0.1:8001/v1")),
        ('{"model": "m2", "dev_metric": 0.5}', Trained("m2", "", 0.5)),
        ('{"base_url": "https://h/v1"}', Trained("", "https://h/v1")),
    ],
)
def test_the_last_line_names_the_next_model(said: str, trained: Trained) -> None:
    """A word, an address, or JSON; what comes before it is the trainer's own talk."""
    assert read_trained(said) == trained


@pytest.mark.parametrize(
    "said",
    [
        "",
        "saved the model to disk",
        '{"model": "m2"',
        '{"modle": "m2"}',
        '{"dev_metric": 1}',
        '{"model": 7}',
        '{"model": "m2", "dev_metric": "high"}',
    ],
)
def test_anything_else_is_told_with_what_was_expected(said: str) -> None:
    """No model is guessed from it."""
    with pytest.raises(RunError, match=r"run\.train said"):
        read_trained(said)


async def test_the_rows_are_the_last_argument() -> None:
    """After those of the command."""
    command = [sys.executable, "-c", "import sys; print('-'.join(sys.argv[1:]))", "a"]

    trained = await train(command, Path("rows.jsonl"))

    assert trained == Trained(model="a-rows.jsonl")


@pytest.mark.parametrize(
    ("command", "message"),
    [(["no-such-trainer"], "no-such-trainer cannot be started"), ([sys.executable, "-c", "raise SystemExit(3)"], "ended with exit code 3")],
)
async def test_a_trainer_that_fails_is_an_error_to_mend(command: list[str], message: str) -> None:
    """One line, and the same command trains again."""
    with pytest.raises(RunError, match=message):
        await train(command, Path("rows.jsonl"))


async def test_a_cancelled_training_is_ended(tmp_path: Path) -> None:
    """The program does not go on by itself."""
    started, ended = tmp_path / "started", tmp_path / "ended"
    program = f"import time, pathlib\npathlib.Path({str(started)!r}).touch()\ntime.sleep(1)\npathlib.Path({str(ended)!r}).touch()"
    training = asyncio.create_task(train([sys.executable, "-c", program], Path("rows.jsonl")))
    while not started.exists():  # noqa: ASYNC110  # a file: nobody tells when it comes
        await asyncio.sleep(0.01)

    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training

    assert not ended.exists()
