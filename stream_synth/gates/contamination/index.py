"""The index of one benchmark: hashes of what each item says, and nothing that could be read.

An item has two parts: the question, and the rest (options, reference code). N-grams of the rest are those of question and
rest together that the question alone does not have. Within a part they are sorted: the order of the text is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination.bag import bags
from stream_synth.gates.contamination.bag_pairs import Pieces
from stream_synth.gates.contamination.code import code_bags
from stream_synth.gates.contamination.reading import READING, grams, plain, short

_BATCH = 1024  # items read together
_ARRAYS = ("grams", "sizes", "tokens", "bag", "bag_sizes", "code", "code_sizes")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a benchmark, as text. It never reaches a file."""

    id: str
    question: str
    rest: str = ""  # options, one a line; or reference code


@dataclass(frozen=True, slots=True)
class ItemIndex:
    """Part p of item i is part `2 * i + p`; its n-grams are `grams[starts[2 * i + p]:starts[2 * i + p + 1]]`."""

    name: str
    ids: tuple[str, ...]
    grams: NDArray[np.uint32]
    sizes: NDArray[np.int32]  # n-grams in each part
    tokens: NDArray[np.int32]  # tokens of each item's question, and of all of it
    bag: NDArray[np.uint32]  # words of each question, then its formula pieces
    bag_sizes: NDArray[np.int32]
    code: NDArray[np.uint32]  # words of each item that holds a program, then its structure
    code_sizes: NDArray[np.int32]
    about: dict[str, Any]  # licence, source

    def __len__(self) -> int:
        """How many items."""
        return len(self.ids)

    def save(self, path: Path) -> None:
        """One compressed file of arrays, made whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {"name": self.name, "reading": READING, "about": self.about, "ids": self.ids}
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                facts=np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8),
                grams=self.grams,
                sizes=_narrow(self.sizes),
                tokens=_narrow(self.tokens),
                bag=self.bag,
                bag_sizes=_narrow(self.bag_sizes),
                code=self.code,
                code_sizes=_narrow(self.code_sizes),
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> ItemIndex:
        """Raises `ConfigError` for a file that is no index, or one of another reading."""
        try:
            with np.load(path, allow_pickle=False) as file:
                facts = json.loads(file["facts"].tobytes())
                arrays = {name: file[name] for name in _ARRAYS}
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(f"{path} is no index of a benchmark ({error}); make one with `stream-synth evals add`") from error
        if facts["reading"] != READING:
            raise ConfigError(f"{path} was made by another version; make it anew with `stream-synth evals add`")
        numbers = {key: arrays[key].astype(np.int32) for key in ("sizes", "tokens", "bag_sizes", "code_sizes")}
        others = {key: arrays[key] for key in ("grams", "bag", "code")}
        return cls(facts["name"], tuple(facts["ids"]), about=facts["about"], **others, **numbers)


def build_index(name: str, items: Iterable[Item], about: dict[str, Any] | None = None) -> ItemIndex:
    """The index of these items, read in batches."""
    ids: list[str] = []
    parts: list[NDArray[np.uint32]] = []
    tokens: list[NDArray[np.int64]] = []
    contents: list[Pieces] = []
    programs: list[Pieces] = []
    for batch in _batches(items):
        ids += [item.id for item in batch]
        questions = grams([plain(item.question) for item in batch])
        wholes = grams([plain(f"{item.question}\n{item.rest}") for item in batch])
        for place in range(len(batch)):
            question = np.unique(short(questions.of(place)))
            parts += [question, np.setdiff1d(short(wholes.of(place)), question)]
        tokens.append(np.stack([questions.tokens, wholes.tokens], axis=1).ravel())
        contents.append(bags([item.question for item in batch]))
        programs.append(code_bags([f"{item.question}\n{item.rest}" for item in batch]))
    if not ids:
        raise ConfigError(f"the benchmark {name!r} has no items")
    sizes = np.fromiter(map(len, parts), np.int32, len(parts))
    bag, bag_sizes = _all(contents)
    code, code_sizes = _all(programs)
    return ItemIndex(
        name,
        tuple(ids),
        grams=np.concatenate(parts),
        sizes=sizes,
        tokens=np.concatenate(tokens).astype(np.int32),
        bag=bag,
        bag_sizes=bag_sizes,
        code=code,
        code_sizes=code_sizes,
        about=about or {},
    )


def _all(batches: Sequence[Pieces]) -> Pieces:
    return np.concatenate([pieces for pieces, _ in batches]), np.concatenate([sizes for _, sizes in batches])


def _narrow(counts: NDArray[np.int32]) -> NDArray[Any]:
    return counts.astype(np.uint16) if counts.max(initial=0) < 1 << 16 else counts


def _batches(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        yield batch
