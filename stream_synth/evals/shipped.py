"""The indexes that ship with the package, made from a folder of benchmark files. No text of a benchmark is kept.

The files, JSONL: gsm8k_test, math_test, humaneval, mbpp, mmlu_test, ceval_val, ceval_test, arc_challenge_test,
truthfulqa_questions, ifeval_input_data. A file that is missing leaves its index as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stream_synth.evals.reading import Columns, read_items
from stream_synth.gates.contamination import Item, ItemIndex, build_index
from stream_synth.gates.contamination.meaning import save_vectors, vectors_file
from stream_synth.gates.embedding import Embedder


def _every(item: Item) -> Item | None:
    return item


@dataclass(frozen=True, slots=True)
class ShippedSet:
    """One benchmark: its files by the prefix of their items' ids, its columns, and what is known of it."""

    files: Mapping[str, str]
    columns: Columns
    about: str  # split and licence
    kept: Callable[[Item], Item | None] = _every


def _mbpp_test(item: Item) -> Item | None:
    """Tasks 11 to 510 are the test split; the others are for training and prompts."""
    return item if 11 <= int(item.id) <= 510 else None


def _options_apart(item: Item) -> Item:
    """These files give the options inside the question."""
    question, _, options = item.question.partition("\nOptions are:\n")
    return replace(item, question=question, rest=options)


def _upstream_id(item: Item) -> Item:
    """The files at hand call tasks Python/N; everybody else HumanEval/N."""
    return replace(item, id=item.id.replace("Python/", "HumanEval/"))


SHIPPED_SETS: dict[str, ShippedSet] = {
    "gsm8k": ShippedSet({"test": "gsm8k_test"}, Columns("question"), "test, MIT"),
    "math": ShippedSet({"test": "math_test"}, Columns("problem", id="idx"), "test, MIT"),
    "humaneval": ShippedSet({"": "humaneval"}, Columns("prompt", "canonical_solution", "task_id"), "MIT", _upstream_id),
    "mbpp": ShippedSet({"": "mbpp"}, Columns("text", "code", "task_id"), "tasks 11-510, CC-BY-4.0", _mbpp_test),
    "mmlu": ShippedSet({"test": "mmlu_test"}, Columns("question", "choices"), "test, MIT"),
    "ceval": ShippedSet(
        {"val": "ceval_val", "test": "ceval_test"},
        Columns("question", "{A}\n{B}\n{C}\n{D}", "{subject}/{id}"),
        "val and test, CC BY-NC-SA 4.0",
    ),
    "arc": ShippedSet({"challenge": "arc_challenge_test"}, Columns("question"), "ARC-Challenge test, CC BY-SA 4.0", _options_apart),
    "truthfulqa": ShippedSet({"": "truthfulqa_questions"}, Columns("question"), "questions, Apache-2.0"),
    "ifeval": ShippedSet({"": "ifeval_input_data"}, Columns("prompt", id="key"), "Apache-2.0"),
}


def build_shipped(folder: Path, out: Path, embedder: Embedder | None = None) -> Iterator[ItemIndex]:
    """Makes each index whose files the folder holds, writes it to `out` and yields it; with a model, the vectors too."""
    for name, shipped in SHIPPED_SETS.items():
        if all((folder / f"{file}.jsonl").exists() for file in shipped.files.values()):
            items = list(_items(shipped, folder))
            index = build_index(name, items, {"split": shipped.about})
            index.save(out / f"{name}.npz")
            if embedder is not None:
                path = vectors_file(out / f"{name}.npz", embedder.name)
                save_vectors(path, [item.question for item in items], embedder)
            yield index


def _items(shipped: ShippedSet, folder: Path) -> Iterator[Item]:
    for prefix, file in shipped.files.items():
        for item in read_items(str(folder / f"{file}.jsonl"), shipped.columns):
            kept = shipped.kept(item)
            if kept:
                yield replace(kept, id=f"{prefix}/{kept.id}" if prefix else kept.id)
