"""Format misses that a judge rescues, in the shipped configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth import arun
from tests.shipped.rig import CASES, CONFIGS, endpoint


async def test_open_r1_accepts_answers_that_the_rule_did_not_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese and in English, because the judge found them right; those that it found wrong stay out."""
    async with endpoint(CASES["open_r1"], tmp_path, monkeypatch):
        run = await arun(CONFIGS / "open_r1.yaml", run_dir=tmp_path / "run")

    rescued = run.sql("SELECT lang, response FROM samples WHERE meta->>'rescued' = 'no_answer' AND meta->>'verified' = 'judge'").fetchall()
    refused = run.sql("SELECT response FROM rejections WHERE meta->>'rescued' = 'no_answer' AND reason = 'judged_wrong'").fetchall()
    assert set(rescued) >= {("zh", "三个再加四个，一共七个。"), ("en", "Nine and then eight more make seventeen.")}
    assert ("这要看用的是哪一种历法。",) in refused
