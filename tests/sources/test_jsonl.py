from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from stream_synth.errors import ConfigError, RunError
from stream_synth.sources.files import MAX_LINE_BYTES
from stream_synth.sources.identity import identified
from stream_synth.sources.jsonl import Json, Jsonl
from stream_synth.values import BadRow, Seed


def compressed(text: str) -> dict[str, bytes]:
    return {
        "a.jsonl": text.encode(),
        "a.jsonl.gz": gzip.compress(text.encode()),
        "a.jsonl.zst": pa.compress(text.encode(), "zstd", asbytes=True),
    }


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_rows_are_read_through_compression(tmp_path: Path, name: str) -> None:
    """Plain, gzip and Zstandard files give the same rows."""
    text = "".join(json.dumps({"question": f"q{n}"}) + "\n" for n in range(5_000))
    (tmp_path / name).write_bytes(compressed(text)[name])

    seeds = list(Jsonl(path=str(tmp_path / name)).seeds())

    assert [seed.fields["question"] for seed in seeds if isinstance(seed, Seed)] == [f"q{n}" for n in range(5_000)]


def test_lines_end_at_line_feeds_only(tmp_path: Path) -> None:
    """Unicode line separators inside a text do not split it; a byte order mark and Windows line ends are tolerated."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + '{"question": "one\u2028two\u0085three"}\r\n\r\n{"question": "last"}'.encode())

    seeds = list(Jsonl(path=str(path)).seeds())

    assert [seed.fields["question"] for seed in seeds if isinstance(seed, Seed)] == ["one\u2028two\u0085three", "last"]


def test_broken_lines_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """Each line that is no JSON object comes as a bad row with its number, in order with the others."""
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b'{"question": "a"}\n{"question": \n[1]\n{"question": "\xff"}\n{"question": "\\ud800"}\n{"question": "b"}\n')

    rows = list(Jsonl(path=str(path)).seeds())

    assert [row.position if isinstance(row, BadRow) else row.fields["question"] for row in rows] == [
        "a",
        "questions.jsonl line 2",
        "questions.jsonl line 3",
        "questions.jsonl line 4",
        "questions.jsonl line 5",
        "b",
    ]
    assert all("JSON" in row.problem for row in rows if isinstance(row, BadRow))


def test_a_broken_line_stops_the_run_where_that_is_asked_for(tmp_path: Path) -> None:
    """`on_bad_row: stop` names file, line and the way to go on."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "a"}\nnonsense\n', encoding="utf-8")

    with pytest.raises(RunError, match=r"questions\.jsonl line 2: not valid JSON.*on_bad_row: skip"):
        list(Jsonl(path=str(path), on_bad_row="stop").seeds())


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    """A typo in a file name is answered with the name that is there."""
    (tmp_path / "questions.jsonl").write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"did you mean questions\.jsonl\?"):
        list(Jsonl(path=str(tmp_path / "question.jsonl")).seeds())


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    """A file without rows is a mistake worth a word."""
    path = tmp_path / "a.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="is empty"):
        list(Jsonl(path=str(path)).seeds())


def test_a_cut_compressed_file_ends_in_a_bad_row(tmp_path: Path) -> None:
    """What could be read is read; the damage is told, not raised."""
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress("".join(f'{{"question": "{n * n * 7919 % 1_000_003}"}}\n' for n in range(9_000)).encode())
    path.write_bytes(whole[: len(whole) // 2])

    rows = list(Jsonl(path=str(path)).seeds())

    assert isinstance(rows[0], Seed)
    assert isinstance(rows[-1], BadRow)
    assert "cut off" in rows[-1].problem


def test_a_line_beyond_the_limit_is_a_bad_row(tmp_path: Path) -> None:
    """An endless line is skipped without being held, and the next one is read."""
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"question": "a"}\n')
        file.seek(MAX_LINE_BYTES + 100, 1)  # a hole in the file: zero bytes without a line feed
        file.write(b'\n{"question": "b"}\n')

    rows = list(Jsonl(path=str(path)).seeds())

    assert [row.position if isinstance(row, BadRow) else row.fields["question"] for row in rows] == ["a", "a.jsonl line 2", "b"]


def test_huge_whole_numbers_are_kept_exactly(tmp_path: Path) -> None:
    """A gold answer of 30 digits is not rounded to a float."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "q", "answer": 123456789012345678901234567890}', encoding="utf-8")

    (seed,) = Jsonl(path=str(path)).seeds()

    assert isinstance(seed, Seed)
    assert seed.fields["answer"] == "123456789012345678901234567890"


def test_a_pattern_reads_all_its_files_in_name_order(tmp_path: Path) -> None:
    """Several files are one source; positions name the file."""
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"question": "{name}"}}', encoding="utf-8")

    seeds = list(Jsonl(path=str(tmp_path / "*.jsonl"), licence="CC0-1.0").seeds())

    assert [seed.origin for seed in seeds if isinstance(seed, Seed)] == [
        {"source": "a.jsonl", "place": "line 1", "licence": "CC0-1.0"},
        {"source": "b.jsonl", "place": "line 1", "licence": "CC0-1.0"},
    ]


@pytest.fixture
def json_list(tmp_path: Path) -> Callable[[str], list[Seed | BadRow]]:
    def read(text: str) -> list[Seed | BadRow]:
        path = tmp_path / "a.json"
        path.write_text(text, encoding="utf-8")
        return list(Json(path=str(path)).seeds())

    return read


def test_a_json_list_is_read_piece_by_piece(json_list: Callable[[str], list[Seed | BadRow]]) -> None:
    """Elements longer than a piece and borders inside characters change nothing."""
    elements = [{"question": "问" * (n * 997 % 70_000)} for n in range(1, 40)]

    rows = json_list(json.dumps(elements, ensure_ascii=False, indent=1))

    assert [dict(row.fields) for row in rows if isinstance(row, Seed)] == elements


def test_a_broken_json_list_gives_what_stood_before(json_list: Callable[[str], list[Seed | BadRow]]) -> None:
    """Where the syntax breaks the rest is one bad row that says after which element."""
    rows = json_list('[{"question": "a"}, 7, {"question" oops}]')

    assert isinstance(rows[0], Seed)
    assert [row.position for row in rows if isinstance(row, BadRow)] == ["a.json element 2", "a.json after element 2"]


def test_a_file_that_is_no_list_points_to_jsonl(json_list: Callable[[str], list[Seed | BadRow]]) -> None:
    """The usual mistake is told apart from damage."""
    rows = json_list('{"question": "a"}')

    assert [row.problem for row in rows if isinstance(row, BadRow)] == [
        "not valid JSON from here on: the file holds no list; use kind: jsonl for one object a line"
    ]


def test_a_file_is_never_held_whole(tmp_path: Path) -> None:
    """Reading 16 MB takes a small part of that in memory."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "' + "x" * 1_000 + '"}\n', encoding="utf-8")
    path.write_bytes(path.read_bytes() * 16_000)

    tracemalloc.start()
    count = sum(1 for _ in identified(Jsonl(path=str(path))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 16_000
    assert peak < 8 << 20
