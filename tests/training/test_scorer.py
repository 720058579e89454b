from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from typer.testing import CliRunner

from stream_synth.cli import app
from stream_synth.errors import ConfigError
from stream_synth.gates.reward.head import load_head
from stream_synth.training.reading import labelled_file
from stream_synth.training.scorer import NotBetter, Scored, spearman, train
from stream_synth.training.solve import met, ordered
from stream_synth.values import Sample

EN = ("river", "stone", "garden", "window", "letter", "bridge", "winter", "market", "doctor", "island")
ZH = ("河流", "石头", "花园", "窗户", "信件", "桥梁", "冬天", "市场", "医生", "岛屿")


def listed(count: int, *, noise: float = 0.3) -> list[Scored]:
    """Rows, English and Chinese, whose judge likes lists and nothing else."""
    rng = Random(0)
    rows = []
    for number in range(count):
        words, full = (EN, ". ") if number % 2 else (ZH, "。")
        lines = [full.join(rng.choices(words, k=4)) for _ in range(6)]
        bullets = rng.randrange(7)
        text = "\n".join(f"- {line}" if place < bullets else line for place, line in enumerate(lines))
        rows.append(Scored(Sample(f"{words[number % 10]} {number}", text), bullets + rng.gauss(0, noise)))
    return rows


def test_a_head_learns_what_the_judge_likes() -> None:
    """On prompts that it never saw, and better than the shipped head."""
    trained = train(listed(400), "lists")

    assert trained.unseen > 0.9
    assert trained.unseen > trained.baseline
    assert 40 <= trained.held_out <= 120


def test_a_head_that_learns_nothing_is_refused() -> None:
    """Scores that say nothing about the text are no ground for a scorer."""
    rng = Random(1)
    with_embedding = [Scored(row.sample, row.score) for row in listed(300)]

    with pytest.raises(NotBetter, match="not written"):
        train(with_embedding, "noise", "none", lambda texts: np.array([[rng.gauss(0, 0)] for _ in texts]))


def test_an_embedding_is_kept_where_it_helps() -> None:
    """The judge likes something that only the vectors show: here, numbers that three divides."""

    def liked(text: str) -> float:
        return float(int(text.split()[1]) % 3 == 0)

    rows = [Scored(row.sample, row.score + 5 * liked(row.sample.prompt)) for row in listed(400)]

    trained = train(rows, "topic", "mine", lambda texts: np.array([[liked(text), len(text) / 100] for text in texts]))

    assert trained.baseline_name == "features"
    assert trained.head.embedder == "mine"
    assert len(trained.head.embedding_weights) == 2


@pytest.mark.parametrize(("rows", "problem"), [(listed(10), "too few"), ([Scored(row.sample, 1.0) for row in listed(250)], "all the same")])
def test_rows_that_cannot_teach_are_refused(rows: list[Scored], problem: str) -> None:
    """With what is missing."""
    with pytest.raises(ConfigError, match=problem):
        train(rows, "x")


def test_the_command_writes_a_head_that_loads(tmp_path: Path) -> None:
    """From a labelled file; lines without a score are left out."""
    source, out = tmp_path / "labels.jsonl", tmp_path / "head.json"
    lines = [{"prompt": row.sample.prompt, "response": row.sample.response, "score": row.score} for row in listed(300)]
    source.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in [*lines, {"prompt": "no score"}]), encoding="utf-8")

    result = CliRunner().invoke(app, ["train-scorer", str(source), "-o", str(out)])

    assert result.exit_code == 0, result.output
    assert load_head(out).name == "heuristic:head"
    assert load_head(out).facts["rows"] == 300


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """By line where there is one."""
    path = tmp_path / "labels.jsonl"
    path.write_text('{"prompt": "a", "response": "b", "score": 1}\n{oops\n')

    with pytest.raises(ConfigError, match="line 2"):
        list(labelled_file(path))


def test_rank_correlation_knows_ties() -> None:
    """Equal values share their mean rank; a constant side has no order."""
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0])) == pytest.approx(1.0)
    assert spearman(np.array([1.0, 1.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0.8944, abs=1e-3)
    assert spearman(np.array([1.0, 1.0]), np.array([1.0, 2.0])) == 0.0


def test_the_solvers_find_what_made_the_numbers() -> None:
    """Ridge regression and ordered pairs recover the weights' direction; told weights stay at or above zero."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 3))
    truth = np.array([2.0, -1.0, 0.0])

    weights, bias = met(rows, rows @ truth + 4.0, 1e-6)
    pairs = rows * np.sign(rows @ truth)[:, None]
    signs = ordered(pairs, np.full(400, 1 / 400), np.full(3, 0.01), np.array([False, True, False]))

    assert np.allclose([*weights, bias], [2.0, -1.0, 0.0, 4.0], atol=1e-3)
    assert signs[0] > 0.5
    assert signs[1] == 0.0
