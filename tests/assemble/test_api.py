from __future__ import annotations

from pathlib import Path

import stream_synth as ss
from tests.assemble.rig import Echo, questions, rig


async def test_run_works_where_a_loop_is_running(tmp_path: Path) -> None:
    """As in a notebook, with a recipe that asks nobody: the endpoint stands still meanwhile, its loop is this one."""
    async with rig(tmp_path) as here:
        done = ss.run(here.settings(), source=questions(3), recipe=Echo(), run_dir=here.directory)

    assert (done.counts["outcome"], done.counts["accepted"]) == ("finished", 3)


async def test_a_run_answers_questions_and_exports(tmp_path: Path) -> None:
    """SQL over what it made, and rows in a file."""
    async with rig(tmp_path) as here:
        done = await ss.arun(here.settings(), source=questions(5), run_dir=here.directory)
    exported = done.export(tmp_path / "rows.jsonl", format="messages", where="lang = 'zh'")

    assert done.counts["accepted"] == 5
    assert done.sql("SELECT count(*) FROM samples").fetchall() == [(5,)]
    assert exported == len((tmp_path / "rows.jsonl").read_text().splitlines()) == 2
