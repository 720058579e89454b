from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources.columnar import Parquet, Sql
from stream_synth.sources.delimited import Csv
from stream_synth.sources.huggingface import HuggingFace
from stream_synth.values import BadRow, Seed


def test_parquet_values_become_json(tmp_path: Path) -> None:
    """Dates, decimals, nested values and not-a-number have a JSON form; exact numbers stay exact."""
    table = pa.table(
        {
            "question": ["a", "b"],
            "at": [dt.date(2025, 1, 2), None],
            "price": [decimal.Decimal("1.10"), None],
            "turns": [[{"role": "user"}], []],
            "share": [float("nan"), 0.5],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")

    seeds = [seed for seed in Parquet(path=str(tmp_path / "a.parquet")).seeds() if isinstance(seed, Seed)]

    assert seeds[0].fields == {"question": "a", "at": "2025-01-02", "price": "1.10", "turns": [{"role": "user"}], "share": None}
    assert seeds[1].origin == {"source": "a.parquet", "place": "row 2"}


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    """Wrong kind of file: one line."""
    (tmp_path / "a.parquet").write_text("text", encoding="utf-8")

    with pytest.raises(ConfigError, match="cannot be read as Parquet"):
        list(Parquet(path=str(tmp_path / "a.parquet")).seeds())


def test_csv_keeps_quotes_breaks_and_positions(tmp_path: Path) -> None:
    """Quoted line breaks belong to the cell; rows of another width or another encoding are bad rows with their line."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbfquestion,answer\n"two\nlines, one cell",7\nonly one\n\xff,x\n"a"b,c\n\xe9\x97\xae,8\n')

    rows = list(Csv(path=str(path)).seeds())

    assert [dict(row.fields) if isinstance(row, Seed) else row.position for row in rows] == [
        {"question": "two\nlines, one cell", "answer": "7"},
        "a.csv line 4",
        "a.csv line 5",
        "a.csv line 6",
        {"question": "问", "answer": "8"},
    ]


def test_tsv_and_own_delimiters(tmp_path: Path) -> None:
    """A tab by the file's ending, anything else by option."""
    (tmp_path / "a.tsv").write_text("question\tanswer\nq\ta\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("question;answer\nq;a\n", encoding="utf-8")

    tabs, semicolons = Csv(path=str(tmp_path / "a.tsv")), Csv(path=str(tmp_path / "b.csv"), delimiter=";")

    for source in (tabs, semicolons):
        (seed,) = source.seeds()
        assert isinstance(seed, Seed)
        assert seed.fields == {"question": "q", "answer": "a"}


def test_a_query_reads_files_and_databases(tmp_path: Path) -> None:
    """Relative files are found beside the configuration; databases are attached read-only."""
    (tmp_path / "rows.csv").write_text("q,n\none,1\ntwo,2\n", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "old.duckdb")) as database:
        database.execute("CREATE TABLE extra AS SELECT 'three' AS q, 3 AS n")
    query = "SELECT q AS question, n FROM 'rows.csv' UNION ALL SELECT * FROM old.extra ORDER BY n"

    seeds = list(Sql(query=query, attach={"old": "old.duckdb"}, folder=str(tmp_path)).seeds())

    assert [dict(seed.fields) for seed in seeds if isinstance(seed, Seed)] == [
        {"question": "one", "n": 1},
        {"question": "two", "n": 2},
        {"question": "three", "n": 3},
    ]


def test_a_large_result_is_fetched_as_it_is_needed() -> None:
    """The first row of a billion arrives without the others."""
    seeds = Sql(query="SELECT range AS n, repeat('x', 1000) AS question FROM range(1000000000)").seeds()

    first = next(seeds)

    assert isinstance(first, Seed)
    assert first.fields["n"] == 0


def test_a_broken_query_says_what_is_wrong() -> None:
    """DuckDB's own words, one line."""
    with pytest.raises(ConfigError, match="no_such_table"):
        list(Sql(query="SELECT * FROM no_such_table").seeds())


def test_no_rows_is_a_mistake() -> None:
    """A query that finds nothing would make an empty run."""
    with pytest.raises(ConfigError, match="is empty"):
        list(Sql(query="SELECT 1 AS question WHERE false").seeds())


def test_bytes_that_are_no_text_cost_their_row() -> None:
    """A picture in a column is not silently turned into something else."""
    (row,) = Sql(query="SELECT 'q' AS question, '\\xFF'::BLOB AS image").seeds()

    assert isinstance(row, BadRow)
    assert "bytes" in row.problem


def test_a_saved_data_set_is_read_from_its_folder(tmp_path: Path) -> None:
    """What `save_to_disk` wrote, and a folder of data files, both by split."""
    datasets = pytest.importorskip("datasets")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "train.jsonl").write_text('{"question": "a"}\n{"question": "b"}\n', encoding="utf-8")
    datasets.DatasetDict({"test": datasets.Dataset.from_list([{"question": "c"}])}).save_to_disk(str(tmp_path / "saved"))

    files, saved = HuggingFace(path=str(tmp_path / "files")), HuggingFace(path=str(tmp_path / "saved"), split="test")

    assert [seed.fields["question"] for seed in files.seeds() if isinstance(seed, Seed)] == ["a", "b"]
    assert [seed.fields["question"] for seed in saved.seeds() if isinstance(seed, Seed)] == ["c"]


def test_a_split_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message names data set and split."""
    datasets = pytest.importorskip("datasets")
    datasets.DatasetDict({"test": datasets.Dataset.from_list([{"question": "c"}])}).save_to_disk(str(tmp_path))

    with pytest.raises(ConfigError, match="dev"):
        list(HuggingFace(path=str(tmp_path), split="dev").seeds())
