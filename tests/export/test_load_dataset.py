"""A real consumer reads what was written."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from stream_synth.export import FORMATS, ExportOptions, export
from tests.export.samples import query_over, sample

ROWS = [sample(1, chosen="二", rejected="三"), sample(2, chosen="三", rejected="四", messages=[{"role": "system", "content": "简短"}])]
ROWS[1]["messages"].append({"role": "user", "content": ROWS[1]["prompt"]})


def load(*args: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library, about itself
        import datasets  # noqa: PLC0415  # three seconds that only these tests should pay

        datasets.disable_progress_bars()
        return datasets.load_dataset(*args, **options)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["jsonl", "json", "parquet"])
def test_every_format_loads(tmp_path: Path, name: str, kind: str) -> None:
    """Rows and columns come back, Chinese included."""
    out = tmp_path / f"rows.{kind}"
    export(query_over(ROWS), ExportOptions(format=name, path=out))

    loaded = load("parquet" if kind == "parquet" else "json", data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))

    assert loaded.num_rows == 2
    assert tuple(loaded.column_names) == FORMATS[name].columns
    assert "加 1 等于多少" in str(loaded[0])


@pytest.mark.parametrize("name", ["messages", "sharegpt"])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_thinking_in_a_field_loads(tmp_path: Path, name: str, kind: str) -> None:
    """The extra field is one type in all rows."""
    out = tmp_path / f"rows.{kind}"
    export(query_over(ROWS), ExportOptions(format=name, path=out, think="field"))

    loaded = load("parquet" if kind == "parquet" else "json", data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))

    assert loaded[1][loaded.column_names[0]][-1]["reasoning_content"] == ROWS[1]["reasoning"]


def test_a_folder_loads_by_its_name(tmp_path: Path) -> None:
    """Splits are found through the card."""
    out = tmp_path / "set"
    rows = [sample(n) for n in range(40)]
    report = export(query_over(rows), ExportOptions(format="messages", path=out, splits=(("train", 0.5), ("test", 0.5))))

    loaded = load(str(out), cache_dir=str(tmp_path / "cache"))

    assert {name: part.num_rows for name, part in loaded.items()} == {path.stem: count for path, count in report.files.items()}
    assert sum(report.files.values()) == 40
