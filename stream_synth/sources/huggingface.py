"""Data sets of the Hugging Face hub, and folders in its forms."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow


@dataclass(frozen=True, kw_only=True)
class HuggingFace(Rows):
    """A hub data set, streamed; or a folder that `save_to_disk` or an export wrote."""

    path: str = field(metadata={"help": "hub id such as openai/gsm8k, or a folder", "path_or_name": True})
    name: str | None = field(default=None, metadata={"help": "configuration of the data set: main"})
    split: str = field(default="train", metadata={"help": "split"})
    revision: str | None = field(default=None, metadata={"help": "commit or tag: pins what the run read"})

    @property
    def described(self) -> str:
        """Id and split."""
        return f"{self.path} ({self.split})"

    def rows(self) -> Iterator[Row | BadRow]:
        """Row by row as they arrive."""
        for number, columns in enumerate(self._load(), 1):
            yield Row(columns, self.path, f"{self.split} row {number}")

    def _load(self) -> Any:  # noqa: ANN401  # an iterable data set; its library ships no types
        if importlib.util.find_spec("datasets") is None:
            raise ConfigError("source.kind huggingface needs the datasets package: pip install datasets")
        import datasets  # noqa: PLC0415  # seconds of import that only its users should pay

        try:
            if (Path(self.path) / "dataset_dict.json").exists():
                return datasets.load_from_disk(self.path)[self.split]
            if (Path(self.path) / "state.json").exists():
                return datasets.load_from_disk(self.path)
            return datasets.load_dataset(self.path, self.name, split=self.split, revision=self.revision, streaming=True)
        except (OSError, ValueError, KeyError) as error:  # not found, no such split, no network, damaged
            words = " ".join(str(error).split())[:300]
            raise ConfigError(f"data set {self.described} cannot be loaded: {words or type(error).__name__}") from error
