"""Methods written in YAML give the rows of the built-in ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth import arun
from tests.shipped.case import Case
from tests.shipped.rig import CONFIGS, endpoint

PAIRS = {
    "steps_fobar": ("metamath", ("recipe.types=[FOBAR]", "recipe.samples=20")),
    "steps_magpie": ("magpie", ()),
    "steps_self_instruct": ("self_instruct", ("recipe.machine=0",)),
}


@pytest.mark.parametrize("name", PAIRS)
async def test_the_rows_are_those_of_the_built_in(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prompt and response of every row that is accepted, in Chinese and English."""
    built_in, overrides = PAIRS[name]
    rows = {}
    for config, changed in ((name, ()), (built_in, overrides)):
        async with endpoint(Case(config=built_in), tmp_path / config, monkeypatch):
            settings = [*changed, "run.max_open_seeds=1", "gates=[]"]
            run = await arun(CONFIGS / f"{config}.yaml", run_dir=tmp_path / config / "run", overrides=settings)
        rows[config] = set(run.sql("SELECT prompt, response FROM samples").fetchall())

    assert rows[name] == rows[built_in]
    assert {prompt.isascii() for prompt, _ in rows[name]} == {True, False}
