from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from stream_synth import arun
from stream_synth.cli import app
from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.training.calibrating import as_json, fit
from stream_synth.values import Sample

ROWS = {
    "zh": ("第 {} 颗行星离太阳有多远？", "它离太阳大约有 {} 百万公里，绕行一圈要好几年的时间。"),
    "en": ("How far is planet {} from the sun?", "It is about {} million kilometres away, and one orbit takes it several years."),
}


def scores(scorer: str = "judge") -> list[tuple[str, str, float]]:
    """Chinese rows score twice as high as English ones."""
    return [(scorer, lang, scale * number / 200) for lang, scale in (("zh", 2.0), ("en", 1.0)) for number in range(200)]


def test_the_median_row_has_one_half_in_every_language() -> None:
    """The map never falls, and languages with few rows share that of all."""
    calibration = fit([*scores(), ("judge", "ko", 0.4)])["judge"].calibration

    assert (calibration(1.0, "zh"), calibration(0.5, "en")) == (0.5, 0.5)
    assert "ko" not in calibration.knots
    assert calibration(0.5, "ko") == calibration(0.5, "") != calibration(0.5, "zh")
    climb = [calibration(raw / 50, "zh") or 0.0 for raw in range(-10, 110)]
    assert climb == sorted(climb)
    assert climb[-1] == 1.0


def test_each_scorer_has_its_own_map() -> None:
    """One with too few rows has none, and a run of only such scorers is refused with the counts."""
    fits = fit([*scores(), *scores("served:rerank"), ("other", "en", 1.0), ("judge", "en", float("nan"))])

    assert list(fits) == ["judge", "served:rerank"]
    with pytest.raises(ConfigError, match="other: 1"):
        fit([("other", "en", 1.0)])


def test_the_gate_reads_the_part_of_its_scorer(tmp_path: Path) -> None:
    """A file for another scorer, or none at all, is a configuration error."""
    path = tmp_path / "scale.json"
    path.write_text(as_json(fit(scores("judge"))), encoding="utf-8")

    Reward(RewardOptions(scorer="judge", calibration=str(path)), GateHome())

    with pytest.raises(ConfigError, match="holds judge"):
        Reward(RewardOptions(calibration=str(path)), GateHome())
    path.write_text("[]")
    with pytest.raises(ConfigError, match="fit-calibration writes one"):
        Reward(RewardOptions(scorer="judge", calibration=str(path)), GateHome())


async def test_scores_of_a_run_become_a_scale(tmp_path: Path) -> None:
    """A run, the command, and a gate that reads the file."""
    rows = [{"prompt": ask.format(n), "response": say.format(n * 7)} for n in range(110) for ask, say in ROWS.values()]
    config: dict[str, Any] = {"run": {"name": "scored"}, "recipe": "given", "gates": ["reward"]}
    config["source"] = {"fields": {"prompt": "{prompt}", "response": "{response}"}}
    await arun(config, source=rows, run_dir=tmp_path / "run")
    path = tmp_path / "scale.json"

    done = CliRunner().invoke(app, ["fit-calibration", str(tmp_path / "run"), "-o", str(path)])

    assert done.exit_code == 0, done.output
    assert "en 110, zh 110" in done.output.replace("\n", " ")
    gate = Reward(RewardOptions(calibration=str(path)), GateHome())
    found = [v.score for v in gate.measure([Sample(row["prompt"], row["response"]) for row in rows]) if v and v.score is not None]
    assert len(found) == 220
    assert 0 < min(found) < 0.5 < max(found) <= 1
