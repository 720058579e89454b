from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.export import ExportOptions, parse_splits


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "shareGPT"}, "it has messages, sharegpt"),
        ({"path": Path("rows.csv")}, "rows.csv"),
        ({"format": "reasoning", "think": "drop"}, "--think drop does not fit reasoning"),
        ({"format": "alpaca", "think": "field"}, "choose from inline, drop"),
        ({"eos": "completion", "eos_token": "x"}, "prompt-completion only"),
        ({"format": "prompt-completion", "eos": "both"}, "--tokenizer"),
        ({"format": "prompt-completion", "eos": "yes"}, "choose from none, completion, both"),
        ({"splits": (("train", 0.9), ("test", 0.2))}, "sum to 1.1"),
        ({"splits": (("a/b", 0.5), ("test", 0.5))}, "plain words"),
        ({"splits": (("test", 0.5), ("test", 0.5))}, "must differ"),
    ],
)
def test_wrong_options_name_themselves(changes: dict[str, Any], said: str) -> None:
    """Each mistake is told with its value and what to write instead."""
    options: dict[str, Any] = {"format": "messages", "path": Path("rows.jsonl")} | changes

    with pytest.raises(ConfigError, match=said):
        ExportOptions(**options)


def test_splits_are_read_as_written() -> None:
    """Names and shares in order."""
    splits = parse_splits("train=0.98, test=0.02")

    assert splits == (("train", 0.98), ("test", 0.02))


@pytest.mark.parametrize("written", ["train", "train=most", ""])
def test_unreadable_splits_are_refused(written: str) -> None:
    """The part that cannot be read is shown."""
    with pytest.raises(ConfigError, match="NAME=SHARE"):
        parse_splits(written)


def test_files_of_splits_stand_side_by_side() -> None:
    """The split name goes before the suffix; a folder holds one Parquet file a split."""
    splits = (("train", 0.5), ("test", 0.5))

    beside = ExportOptions(format="text", path=Path("out/rows.jsonl"), splits=splits).files()
    inside = ExportOptions(format="text", path=Path("out"), splits=splits).files()

    assert beside == {"train": Path("out/rows.train.jsonl"), "test": Path("out/rows.test.jsonl")}
    assert inside == {"train": Path("out/train.parquet"), "test": Path("out/test.parquet")}
