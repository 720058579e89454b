from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_synth.config import load
from stream_synth.errors import ConfigError
from stream_synth.sources.packed import Packed, tokens_of
from stream_synth.values import BadRow, Seed


@pytest.fixture
def library(tmp_path: Path) -> str:
    """Forty documents of about 100 tokens."""
    rows = [
        {"title": f"t{n}", "text": f"document {n}. " + ("The sea is wide and deep. " * 15 if n % 2 else "大海又宽又深。" * 18)}
        for n in range(40)
    ]
    (tmp_path / "library.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(tmp_path / "library.jsonl")


def contexts(**options: Any) -> list[Any]:
    return list(Packed(**options).seeds())


def test_contexts_have_the_wanted_length(library: str) -> None:
    """None is longer, and none lacks more than a document; each document stands in one context only."""
    read = contexts(source={"kind": "jsonl", "path": library}, context_tokens=[500, 1000])

    seeds = [seed for seed in read if isinstance(seed, Seed)]
    sizes = [(sum(tokens_of(one["text"]) for one in seed.fields["documents"]), seed.fields["context_tokens"]) for seed in seeds]
    titles = [one["title"] for seed in seeds for one in seed.fields["documents"]]
    assert {wanted for _, wanted in sizes} == {500, 1000}
    assert all(wanted - 120 < size <= wanted for size, wanted in sizes[:-1])
    assert len(set(titles)) == len(titles)
    assert read == contexts(source={"kind": "jsonl", "path": library}, context_tokens=[500, 1000])


def test_windows_of_a_document_are_one_again_and_long_ones_are_cut(tmp_path: Path) -> None:
    """A book does not fill a context by itself."""
    book = "\n\n".join(f"Paragraph {n} tells of the sea and of the ships on it." for n in range(100))
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(book, encoding="utf-8")

    read = contexts(source={"kind": "documents", "path": str(tmp_path), "min_chars": 100, "max_chars": 400}, context_tokens=[900])

    first = read[0].fields["documents"]
    assert [one["title"] for one in first] == ["a", "a", "a"]
    assert all(200 < tokens_of(one["text"]) <= 300 for one in first)
    assert "Paragraph 0 " in first[0]["text"]
    assert "Paragraph 30 " in first[1]["text"]


def test_what_is_left_is_told(library: str, tmp_path: Path) -> None:
    """Too little for a context, and rows without text, are bad rows."""
    (tmp_path / "few.jsonl").write_text('{"text": "The sea."}\n{"text": 7}\n', encoding="utf-8")

    read = contexts(source={"kind": "jsonl", "path": str(tmp_path / "few.jsonl")}, context_tokens=[500])

    assert [row.problem.partition(" ")[0] for row in read if isinstance(row, BadRow)] == ["column", "1"]
    assert not isinstance(contexts(source={"kind": "jsonl", "path": library}, context_tokens=[900])[0], BadRow)


def test_tokens_are_about_those_of_a_model() -> None:
    """Four letters, or one and a half Chinese characters."""
    assert tokens_of("abcd" * 10) == 10
    assert tokens_of("海" * 15) == 10


def test_mistakes_are_named_and_the_runs_seed_draws(library: str) -> None:
    """In the inner source too, with the dotted path."""
    given: dict[str, Any] = {
        "run": {"name": "t", "seed": 5},
        "source": {"kind": "packed", "source": {"kind": "jsonl", "path": library}, "context_tokens": [500]},
        "recipe": "long_context_qa",
        "endpoints": {role: {"base_url": "http://127.0.0.1:1/v1", "model": "m"} for role in ("teacher", "reader")},
    }

    config = load(given, environ={})

    assert config.resolved["source"]["draw_seed"] == 5
    assert load(config.resolved, environ={}).config_hash == config.config_hash
    with pytest.raises(ConfigError, match=r"source\.source\.pth is unknown"):
        load({**given, "source": {"kind": "packed", "source": {"kind": "jsonl", "pth": library}}}, environ={})
    with pytest.raises(ConfigError, match="context_tokens"):
        Packed(source={"kind": "jsonl", "path": library}, context_tokens=[])
    with pytest.raises(ConfigError, match="jsnl"):
        Packed(source={"kind": "jsnl"})
