from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import stream_synth as ss
from stream_synth.observe.status import status_of
from tests.metrics.streams import FIXED, varied

VARIED, COPIES = 2_000, 12_000


def rows() -> Iterator[dict[str, str]]:
    """Varied rows, then one row again and again, which no gate looks at here."""
    rng = Random(1)
    for prompt, response in [*(varied(rng, "zh") for _ in range(VARIED)), *[FIXED["zh"]] * COPIES]:
        yield {"prompt": prompt, "response": response}


def config(**run: Any) -> dict[str, Any]:
    return {"run": run, "source": {"fields": {"prompt": "{prompt}", "response": "{response}"}}, "recipe": "given", "gates": []}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> ss.Run:
    """A run that collapses and is told to stop there."""
    return ss.run(config(stop_on_collapse=True), source=rows(), run_dir=tmp_path_factory.mktemp("run"))


def test_a_collapse_ends_the_run_where_that_is_wished(stopped: ss.Run) -> None:
    """It can be resumed, exit code 1; the message says what fell."""
    assert stopped.summary is not None
    assert (stopped.summary.outcome, stopped.summary.exit_code) == ("error", 1)
    assert "given: " in stopped.summary.message
    assert VARIED < stopped.counts["accepted"] < VARIED + COPIES


def test_a_collapse_is_a_metric_a_log_line_and_a_word_in_status(stopped: ss.Run) -> None:
    """The share that was lost stands under the recipe's name in view `diversity`."""
    ((lost,),) = stopped.sql("SELECT value FROM diversity WHERE metric = 'collapse:given'").fetchall()
    log = [json.loads(line) for line in (Path(stopped.directory) / "log.jsonl").read_text(encoding="utf-8").splitlines()]

    assert lost > 0.5
    assert [line["recipe"] for line in log if line["event"] == "diversity_collapse"] == ["given"]
    assert status_of(stopped.directory)["collapsed"] == {"given": pytest.approx(lost, abs=1e-4)}


def test_the_same_command_goes_on_after_it(stopped: ss.Run) -> None:
    """An alarm that stands is no reason to stop again."""
    again = ss.run(config(stop_on_collapse=True), source=rows(), run_dir=stopped.directory)

    assert again.counts["outcome"] == "finished"
    assert again.counts["accepted"] == VARIED + COPIES


def test_a_refused_seed_costs_nothing_and_is_a_failure(tmp_path: Path) -> None:
    """Outcome `rejected_input`, the reason in `failures`, no candidate; the same after a resume, and by a changed limit."""
    given = [{"prompt": f"第{n % 40}个问题是什么？", "response": "这是它的回答。"} for n in range(60)]
    screened = config(limit=50) | {"source": {"fields": {"prompt": "{prompt}", "response": "{response}"}, "gates": ["exact_duplicate"]}}
    first = ss.run(screened, source=given, run_dir=tmp_path)

    run = ss.run(screened | {"run": {}}, source=given, run_dir=tmp_path)

    assert (first.counts["accepted"], first.counts["failed"]) == (40, 10)
    assert run.sql("SELECT outcome, count(*) FROM seeds_done GROUP BY ALL ORDER BY ALL").fetchall() == [
        ("done", 40),
        ("rejected_input", 20),
    ]
    assert run.sql("SELECT DISTINCT step, kind FROM failures").fetchall() == [("source:exact_duplicate", "rejected_input")]
