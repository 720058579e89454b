from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
from typer.testing import CliRunner

from stream_synth import arun
from stream_synth.cli import app
from stream_synth.gates.reward.ngrams import DIMENSIONS, ngram_vectors
from stream_synth.training.reading import labelled_file

LESSONS = ("angle", "prime", "slope", "digit", "graph", "角度", "质数", "斜率", "分母", "抛物")
ADVERTS = ("offer", "price", "sales", "deals", "store", "红包", "打折", "优惠", "选购", "促销")


def documents(count: int) -> list[dict[str, object]]:
    """Lessons and advertisements of one length and form, told apart by their words alone."""
    rng = Random(3)
    rows: list[dict[str, object]] = []
    for number in range(count):
        good, chinese = number % 2 == 0, number % 4 > 1
        words = (LESSONS if good else ADVERTS)[5 * chinese : 5 * chinese + 5]
        rows.append({"text": " ".join([*rng.choices(words, k=9), str(1000 + number)]), "score": 4.0 if good else 0.0})
    return rows


def test_vectors_tell_what_a_text_is_about() -> None:
    """Unit length, the same every time, near for texts that share words, in either script; nothing for no text."""
    vectors = ngram_vectors(["the moon pulls the sea", "the sea, pulled by the moon", "红包优惠点击", ""])

    near, far = vectors[0] @ vectors[1], abs(vectors[0] @ vectors[2])
    assert vectors.shape == (4, DIMENSIONS)
    assert near > 4 * far
    assert near > 0.4
    assert np.allclose(np.linalg.norm(vectors[:3], axis=1), 1.0)
    assert not vectors[3].any()


def test_documents_without_a_prompt_are_labelled_rows(tmp_path: Path) -> None:
    """`text` and `score` are enough; a row with a response and no prompt is none."""
    path = tmp_path / "labels.jsonl"
    path.write_text('{"text": "a", "score": 1}\n{"prompt": "", "response": "b", "score": 2}\n{"response": "c", "score": 3}\n')

    assert [(row.sample.prompt, row.sample.response, row.score) for row in labelled_file(path)] == [("", "a", 1.0), ("", "b", 2.0)]


async def test_labels_train_a_classifier_that_screens_documents(tmp_path: Path) -> None:
    """A run of labels, the command, and the head as a gate of a source: what is bad goes before the first call."""
    labelled = {
        "run": {"name": "labels"},
        "recipe": "quality_label",
        "gates": [],
        "endpoints": {"teacher": {"base_url": "http://127.0.0.1:1/v1", "model": "m"}},
    }
    await arun(labelled, source=documents(240), run_dir=tmp_path / "labels")
    head = tmp_path / "quality.json"

    result = CliRunner().invoke(app, ["train-scorer", str(tmp_path / "labels"), "-o", str(head), "--embedder", "ngrams"])

    assert result.exit_code == 0, result.output
    assert json.loads(head.read_text())["facts"]["spearman"] > 0.8
    fresh = tmp_path / "fresh.jsonl"
    fresh.write_text("\n".join(json.dumps({"question": row["text"], "answer": str(row["score"])}) for row in documents(300)[240:]))
    screened = {
        "run": {"name": "screened"},
        "source": {
            "kind": "jsonl",
            "path": str(fresh),
            "gates": [{"reward": {"head": str(head), "calibration": {"": [[0, 0], [5, 1]]}, "min_score": 0.4}}],
        },
        "recipe": {"name": "given"},
        "gates": [],
    }
    run = await arun(screened, run_dir=tmp_path / "screened")
    assert {answer for (answer,) in run.sql("SELECT response FROM samples").fetchall()} == {"4.0"}
    assert run.counts["accepted"] >= 27  # of 30
