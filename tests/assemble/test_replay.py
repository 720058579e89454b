from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from stream_synth.assemble import replay_directory
from stream_synth.config import load
from stream_synth.engine.replay import ReplayReport
from stream_synth.journal.records import exact_json, packed, unpacked
from tests.assemble.rig import Rig, questions, rig


async def replayed(here: Rig, settings: dict[str, Any], count: int) -> ReplayReport:
    """Everything once more, without an endpoint."""
    return await replay_directory(here.directory, load(settings, source=questions(count)))


def tamper(path: Path, old: str, new: str) -> None:
    """Put other words into the first reply that holds the old ones."""
    with closing(sqlite3.connect(path)) as journal, journal:
        for row_id, pack in journal.execute("SELECT id, pack FROM bodies ORDER BY id").fetchall():
            bodies = unpacked(pack)
            found = next((body for body in bodies if old in json.dumps(body, ensure_ascii=False)), None)
            if found is not None:
                found["text"] = found["text"].replace(old, new)
                journal.execute("UPDATE bodies SET pack = ? WHERE id = ?", (packed([exact_json(body) for body in bodies]), row_id))
                return


async def test_a_finished_run_replays_to_the_same(tmp_path: Path) -> None:
    """Rejected and failed seeds as well; no charge is added."""
    faults = [{"kind": "length", "probability": 0.2}, {"kind": "status", "status": 400, "probability": 0.1}]
    async with rig(tmp_path, faults=faults) as here:
        await here.run(here.settings(), source=questions(40))
        charged = len(here.charges())
        report = await replayed(here, here.settings(), 40)

    assert (report.same, report.seeds, report.different) == (True, 40, [])
    assert len(here.charges()) == charged


async def test_what_a_gate_wrote_on_a_row_is_no_difference(tmp_path: Path) -> None:
    """The recipe yielded the row without it."""
    async with rig(tmp_path) as here:
        settings = {**here.settings(), "gates": [{"similar_instruction": {}}]}
        await here.run(settings, source=questions(3))
        report = await replayed(here, settings, 3)
        marked = here.rows("SELECT count(*) FROM samples WHERE json_exists(meta, '$.most_similar')")

    assert marked != [(0,)]
    assert report.same


async def test_a_tampered_reply_is_found(tmp_path: Path) -> None:
    """One reply of the journal was changed: that seed is named, no other."""
    async with rig(tmp_path, replies=[{"last": "", "reply": "原来的答案，一个字也没有改。"}]) as here:
        await here.run(here.settings(), source=questions(10))
        tamper(here.directory / "journal.sqlite", "原来的答案", "后来的答案")
        report = await replayed(here, here.settings(), 10)

    assert not report.same
    assert (report.seeds, report.different_count, len(report.different)) == (10, 1, 1)


async def test_a_seed_that_left_the_source_is_missed(tmp_path: Path) -> None:
    """The rows of a shorter source cannot be made again, and the report says how many."""
    async with rig(tmp_path) as here:
        await here.run(here.settings(), source=questions(10))
        report = await replayed(here, here.settings(), 8)

    assert (report.same, report.missing_count) == (False, 2)
