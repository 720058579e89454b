from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources import Decided, Files, identified
from stream_synth.values import BadRow, Seed
from tests.cli.finished import finished_run


def test_files_of_several_kinds_are_read_in_order(tmp_path: Path) -> None:
    """JSONL with a broken line, then CSV; broken lines are told apart by their file."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"q": "一"}) + "\n{broken\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("q\ntwo\n", encoding="utf-8")
    source = Files(paths=(str(tmp_path / "a.jsonl"), str(tmp_path / "b.csv")), fields={"prompt": "{q}"})

    rows = list(source.seeds())

    assert [row.fields["prompt"] if isinstance(row, Seed) else row.position for row in rows] == ["一", "a.jsonl line 2", "two"]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two broken lines in two folders have two positions: each is one row of seeds_done."""
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jsonl").write_text('{"q": 1}\n{broken\n', encoding="utf-8")
    source = Files(paths=tuple(str(tmp_path / folder / "a.jsonl") for folder in ("x", "y")))

    assert [row.position for row in source.seeds() if isinstance(row, BadRow)] == ["1:a.jsonl line 2", "2:a.jsonl line 2"]


@pytest.mark.parametrize("paths", [(), ("rows.docx",), ("rows",), ("a.jsonl", "b.gz")])
def test_endings_that_nobody_reads_are_refused(paths: tuple[str, ...]) -> None:
    """Before anything is opened."""
    with pytest.raises(ConfigError, match=r"ending is none of|empty"):
        Files(paths=paths)


def test_decided_seeds_come_in_order_with_their_ids(tmp_path: Path) -> None:
    """Those that ended without a candidate are left out; ids and recipe are those of the run."""
    directory = finished_run(tmp_path / "run")

    seeds = [row for row in identified(Decided(path=str(directory))) if isinstance(row, Seed)]

    assert [(seed.id, seed.recipe, len(seed.fields["decisions"])) for seed in seeds] == [("s1", "reasoning", 1), ("s2", "reasoning", 2)]


def test_no_run_no_seeds(tmp_path: Path) -> None:
    """The message names the directory."""
    with pytest.raises(ConfigError, match="no run directory"):
        list(Decided(path=str(tmp_path)).seeds())
