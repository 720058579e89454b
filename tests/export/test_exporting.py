from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream_synth.export import ExportOptions, export
from stream_synth.export.exporting import PAGE_ROWS, PAGE_TOKENS, ranges
from tests.export.samples import query_over, sample


def read_lines(path: Path) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_rows_come_in_the_order_of_decision(tmp_path: Path) -> None:
    """The same rows make the same file, in whatever order they were stored."""
    out = tmp_path / "rows.jsonl"
    query = query_over([sample(3), sample(1), sample(2)])

    report = export(query, ExportOptions(format="reasoning", path=out))

    assert report.rows == 3
    assert [row["content"] for row in read_lines(out)] == ["答案是 2。", "答案是 3。", "答案是 4。"]


def test_chinese_is_written_as_itself(tmp_path: Path) -> None:
    """No escapes for letters, and escapes for the two Unicode line breaks that cut rows in half."""
    out = tmp_path / "rows.jsonl"
    query = query_over([sample(1, response="中文\u2028第二行\u0085x\u2029y")])

    export(query, ExportOptions(format="text", path=out, think="drop"))

    written = out.read_text(encoding="utf-8")
    assert "中文\\u2028第二行\\u0085x\\u2029y" in written
    assert len(written.splitlines()) == 1


def test_the_better_scored_twin_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """Only where the gate says so, only with a score, and in the order of decision."""
    out = tmp_path / "rows.jsonl"
    twin = {"gate": "near_duplicate", "reason": "near_duplicate"}
    best = {"keep": "best", "similarity": 0.9}
    rejections = [
        sample(4, score=0.9, response="better", **twin, evidence={"duplicate_of": "id000001", **best}),
        sample(5, score=0.5, response="good", **twin, evidence={"duplicate_of": "id000001", **best}),
        sample(6, score=None, response="unscored", **twin, evidence={"duplicate_of": "id000002", **best}),
        sample(7, score=0.9, response="not asked for", **twin, evidence={"duplicate_of": "id000003"}),
    ]
    query = query_over([sample(1, score=0.2), sample(2, score=0.2), sample(3, score=0.2)], rejections)

    report = export(query, ExportOptions(format="reasoning", path=out))

    assert report.rows == 3
    assert [row["content"] for row in read_lines(out)] == ["答案是 3。", "答案是 4。", "better"]


def test_pages_join_without_loss(tmp_path: Path) -> None:
    """More rows than a page holds: each is written once."""
    out = tmp_path / "rows.jsonl"
    count = 2 * PAGE_ROWS + 1

    report = export(query_over(sample(n) for n in range(count)), ExportOptions(format="text", path=out))

    assert report.rows == count
    assert len({row["text"] for row in read_lines(out)}) == count


@pytest.mark.parametrize(
    ("places", "pages"),
    [
        ([], []),
        ([(7, 1)], [(7, 7)]),
        ([(n, 1) for n in range(PAGE_ROWS + 1)], [(0, PAGE_ROWS - 1), (PAGE_ROWS, PAGE_ROWS)]),
        ([(n, PAGE_TOKENS) for n in range(3)], [(0, 0), (1, 1), (2, 2)]),
        ([(1, 1)] * PAGE_ROWS * 2 + [(2, 1)], [(1, 1), (2, 2)]),
    ],
)
def test_pages_are_bounded_in_rows_and_tokens(places: list[tuple[int, int]], pages: list[tuple[int, int]]) -> None:
    """Many rows or few long ones close a page; the rows of one seed are never torn apart."""
    assert list(ranges(places)) == pages


def test_where_chooses_rows(tmp_path: Path) -> None:
    """An SQL condition, even one that ends in a comment."""
    out = tmp_path / "rows.json"

    report = export(query_over(sample(n) for n in range(10)), ExportOptions(format="text", path=out, where="score > 0.6 -- the best"))

    assert report.rows == 3
    assert len(orjson.loads(out.read_bytes())) == 3


def test_licences_choose_rows(tmp_path: Path) -> None:
    """Only rows made from questions under one of these licences; the report counts them."""
    free: dict[str, Any] = {"origin": {"licence": "mit"}}
    closed: dict[str, Any] = {"origin": {}}
    query = query_over([sample(1, meta=free), sample(2, meta=closed), sample(3)])

    some = export(query, ExportOptions(format="text", path=tmp_path / "some.jsonl", licences=("mit", "it's")))
    every = export(query, ExportOptions(format="text", path=tmp_path / "all.jsonl"))

    assert some.licences == {"mit": 1}
    assert every.licences == {"mit": 1, "not stated": 1, "apache-2.0": 1}


def test_what_a_format_cannot_express_is_counted(tmp_path: Path) -> None:
    """Rows without a pair stay out of dpo and are reported with the reason."""
    out = tmp_path / "pairs.jsonl"
    query = query_over([sample(1, chosen="a", rejected="b"), sample(2), sample(3)])

    report = export(query, ExportOptions(format="dpo", path=out))

    assert report.rows == 1
    assert report.left_out == {"no chosen and rejected answer": 2}


def test_parquet_says_what_its_columns_cannot_hold(tmp_path: Path) -> None:
    """Tools have no fixed columns; the row is counted, and fits JSON Lines."""
    rows = [sample(1, tools=[{"type": "function"}]), sample(2)]

    report = export(query_over(rows), ExportOptions(format="messages", path=tmp_path / "rows.parquet"))

    assert report.rows == 1
    assert report.left_out == {"tools in Parquet (use .jsonl)": 1}
    assert export(query_over(rows), ExportOptions(format="messages", path=tmp_path / "rows.jsonl")).rows == 2


def test_splits_keep_rows_of_one_parent_together(tmp_path: Path) -> None:
    """Eight answers to each question: no question stands in both files, shares are about right, and the seed decides."""
    rows = [sample(n, seed_id=f"q{n // 8}#2", prompt=f"q{n // 8}", meta={"origin": {"parent_ids": [f"q{n // 8}"]}}) for n in range(1600)]
    query = query_over(rows)
    options = {"format": "alpaca", "splits": (("train", 0.75), ("test", 0.25))}

    reports = [export(query, ExportOptions(path=tmp_path / f"{n}.jsonl", seed=seed, **options)) for n, seed in enumerate((5, 5, 6))]  # type: ignore[arg-type]

    parts = [[path.read_bytes() for path in report.files] for report in reports]
    train, test = ({row["instruction"] for row in read_lines(path)} for path in reports[0].files)
    assert not train & test
    assert 0.65 < len(train) / 200 < 0.85
    assert parts[0] == parts[1] != parts[2]


def test_a_folder_gets_a_card(tmp_path: Path) -> None:
    """The card names splits, rows, licences and the models' terms."""
    options = ExportOptions(format="messages", path=tmp_path / "set", terms=("teacher m at host: no resale",))

    export(query_over([sample(1)]), options)

    card = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert "split: train\n        path: train.parquet" in card
    assert "| train.parquet | 1 |" in card
    assert "apache-2.0: 1 rows" in card
    assert "no resale" in card


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.parquet"])
def test_no_rows_make_an_empty_file(tmp_path: Path, name: str) -> None:
    """Nothing accepted yet: a file that reads as zero rows."""
    out = tmp_path / name

    report = export(query_over([sample(1)]), ExportOptions(format="text", path=out, where="false"))

    assert report.rows == 0
    assert (pq.read_table(out).num_rows if out.suffix == ".parquet" else len(orjson.loads(out.read_bytes() or b"[]"))) == 0


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.parquet"])
def test_a_failed_export_leaves_the_old_file(tmp_path: Path, name: str) -> None:
    """An error in the middle keeps what stood there and leaves no half file."""
    out = tmp_path / name
    out.write_text("old")
    pages = query_over(sample(n) for n in range(2 * PAGE_ROWS))

    def breaks_on_the_second_page(sql: str) -> Iterable[pa.RecordBatch]:
        if f"BETWEEN {PAGE_ROWS}" in sql:
            raise OSError("the disk is gone")
        return pages(sql)

    with pytest.raises(OSError, match="disk is gone"):
        export(breaks_on_the_second_page, ExportOptions(format="text", path=out))

    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]
