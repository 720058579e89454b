"""Twelve rows that stay the same, from degenerate to excellent, Chinese and English: a scorer that drifts gives them other scores."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from importlib.resources import files

from stream_synth.errors import StreamSynthError
from stream_synth.gates.reward.scoring import Asking, Score
from stream_synth.protocols import Chat
from stream_synth.values import Sample


@cache
def anchors() -> tuple[Sample, ...]:
    """The rows; ids are language and level, such as `zh/excellent`."""
    lines = files(__package__).joinpath("anchors.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    return tuple(Sample(row["prompt"], row["response"], id=f"{row['lang']}/{row['level']}", lang=row["lang"]) for row in told)


async def scored(scorer: Asking, chat: Chat, watch: str, turn: int) -> list[tuple[Sample, Score]]:
    """The anchors with their scores, all asked at once. Calls belong to the watch and its turn: a resumed run finds them in its journal."""
    rows = [Sample(row.prompt, row.response, id=row.id, lang=row.lang, seed_id=watch, slot=f"{turn}/{row.id}") for row in anchors()]

    async def heard(row: Sample) -> Score | StreamSynthError:
        try:
            return await scorer.score(row, chat)
        except StreamSynthError as error:
            return error

    async with asyncio.TaskGroup() as group:  # none is cancelled because another failed: all are paid for
        asked = [group.create_task(heard(row)) for row in rows]
    scores = []
    for row, task in zip(rows, asked, strict=True):
        score = task.result()
        if isinstance(score, StreamSynthError):
            raise score
        scores.append((row, score))
    return scores
