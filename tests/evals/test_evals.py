from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from stream_synth.cli import app
from stream_synth.errors import ConfigError
from stream_synth.evals import SHIPPED_SETS, Columns, add_benchmark, build_shipped, listed, read_items
from stream_synth.gates.contamination import BENCHMARKS, ItemIndex, known_indexes
from stream_synth.gates.contamination.suspects import load_texts

ROWS = [
    {"key": "a1", "question": "What do the reed cutters of Lake Ilm sing at dusk?", "choices": ["A round", "A psalm"]},
    {"key": "b2", "question": "湖边割芦苇的人在傍晚唱什么歌？", "choices": ["轮唱曲", "圣歌"]},
]


def written(path: Path) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif path.suffix == ".csv":
        path.write_text("key,question,choices\n" + "".join(f'{r["key"]},"{r["question"]}",x\n' for r in ROWS), encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["reeds.jsonl", "reeds.csv", "reeds.parquet"])
def test_items_come_from_files_of_every_kind(tmp_path: Path, name: str) -> None:
    """Text by column, options by column, id by column."""
    items = list(read_items(str(written(tmp_path / name)), Columns("question", "choices", "key")))

    assert [item.id for item in items] == ["a1", "b2"]
    assert items[1].question == ROWS[1]["question"]
    assert items[0].rest == ("x" if name.endswith("csv") else "A round\nA psalm")


def test_a_template_joins_columns_and_rows_are_numbered_without_an_id(tmp_path: Path) -> None:
    """As sources write them."""
    items = list(read_items(str(written(tmp_path / "reeds.jsonl")), Columns("{key}: {question}")))

    assert [item.id for item in items] == ["0", "1"]
    assert items[0].question.startswith("a1: What do")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """With those that are there."""
    with pytest.raises(ConfigError, match=r"no column 'stem'.*question"):
        list(read_items(str(written(tmp_path / "reeds.jsonl")), Columns("stem")))


def test_an_index_holds_no_text(tmp_path: Path) -> None:
    """Hashes and ids only, and it reads back as it was."""
    index, path = add_benchmark(
        "reeds", str(written(tmp_path / "reeds.jsonl")), Columns("question", "choices", "key"), shelf=tmp_path / "shelf"
    )

    again = ItemIndex.load(path)

    assert again.ids == index.ids == ("a1", "b2")
    assert (again.grams == index.grams).all()
    assert all(word.encode() not in path.read_bytes() for word in ("reed", "Ilm", "芦苇"))


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    """With the command that makes one."""
    (tmp_path / "no.npz").write_bytes(b"PK nothing")

    with pytest.raises(ConfigError, match="evals add"):
        ItemIndex.load(tmp_path / "no.npz")


def test_every_default_benchmark_ships() -> None:
    """Its index lies in the package, and a set says how it is made."""
    shipped = {one.name for one in listed() if one.whose == "shipped"}

    assert set(BENCHMARKS) <= shipped
    assert set(BENCHMARKS) == SHIPPED_SETS.keys()
    assert sum(path.stat().st_size for path in known_indexes().values()) < 20 << 20


def test_shipped_indexes_are_made_from_whatever_files_there_are(tmp_path: Path) -> None:
    """MBPP only its test tasks; ARC with options apart from the question."""
    tasks = [{"task_id": number, "text": f"Write a function that counts herons {number}.", "code": "pass"} for number in (10, 11, 510, 511)]
    (tmp_path / "mbpp.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tasks), encoding="utf-8")
    arc = {"question": "Why do herons stand still?\nOptions are:\n(A): to rest\n(B): to hunt", "answer": "B"}
    (tmp_path / "arc_challenge_test.jsonl").write_text(json.dumps(arc) + "\n", encoding="utf-8")

    made = {index.name: index for index in build_shipped(tmp_path, tmp_path / "out")}

    assert made["mbpp"].ids == ("11", "510")
    assert made["arc"].tokens[0] == 5
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["arc.npz", "mbpp.npz"]


def test_the_command_adds_lists_and_the_gate_knows_it(tmp_path: Path) -> None:
    """One command, then its name serves in a configuration."""
    shelf = {"STREAM_SYNTH_EVALS": str(tmp_path / "shelf")}
    command = ["evals", "add", "reeds", str(written(tmp_path / "reeds.jsonl")), "--text", "question", "--rest", "choices", "--id", "key"]

    added = CliRunner().invoke(app, command, env=shelf)
    shown = CliRunner().invoke(app, ["evals", "list", "--json"], env=shelf)

    assert added.exit_code == 0
    assert "2 items of reeds" in added.stdout
    assert {"reeds": "yours", "gsm8k": "shipped"}.items() <= {one["name"]: one["whose"] for one in json.loads(shown.stdout)}.items()


def test_a_name_that_ships_is_taken_with_a_warning(tmp_path: Path) -> None:
    """Two items in place of a whole benchmark: said, with the file to delete."""
    shelf = tmp_path / "shelf"
    command = ["evals", "add", "gsm8k", str(written(tmp_path / "reeds.jsonl")), "--text", "question"]

    added = CliRunner().invoke(app, command, env={"STREAM_SYNTH_EVALS": str(shelf)})

    assert added.exit_code == 0
    assert f"warning: it stands in place of the shipped gsm8k, in every run; delete {shelf}" in added.stderr


def test_a_folder_without_benchmarks_is_an_error(tmp_path: Path) -> None:
    """That names the files looked for."""
    result = CliRunner().invoke(app, ["evals", "build", str(tmp_path), "-o", str(tmp_path)])

    assert result.exit_code == 2
    assert "gsm8k_test.jsonl" in result.stderr


def test_text_is_kept_only_where_it_is_asked_for(tmp_path: Path) -> None:
    """And goes again when the benchmark is added without it."""
    source, shelf = str(written(tmp_path / "reeds.jsonl")), tmp_path / "shelf"

    _, path = add_benchmark("reeds", source, Columns("question", "choices", "key"), shelf=shelf, keep_text=True)
    kept = load_texts(path, 2)
    add_benchmark("reeds", source, Columns("question", "choices", "key"), shelf=shelf)

    assert [item.question for item in kept] == [row["question"] for row in ROWS]
    assert load_texts(path, 2) == []
