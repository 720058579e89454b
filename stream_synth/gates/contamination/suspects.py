"""Rows that come near an item of a benchmark whose text was kept, and a model that decides whether they give it away.

Indexes hold no text, and those that ship never do: only what the user added with `evals add --keep-text` can be asked about.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

from stream_synth.errors import ChatError
from stream_synth.gates.contamination.index import Item, ItemIndex
from stream_synth.gates.contamination.paraphrase import Paraphrases
from stream_synth.gates.contamination.translation import Translations
from stream_synth.gates.contamination.words import is_chinese
from stream_synth.journal.naming import call_key, text_hash
from stream_synth.protocols import Chat
from stream_synth.values import Call, Completion, Request, Sample
from stream_synth.verify import split_thinking

_SHARE = 0.01
# Below what counts by itself: half of the MATH rewrites that are missed come so near, and 2.7 % of other MATH problems.
_SLACK = 0.13
_SLACK_TRANSLATED = 0.3
_LONGEST = 6000  # characters of a row that the judge reads
_PARAMS = {"temperature": 0.0, "max_tokens": 1024}  # one short line, with room for a judge that thinks
_ANSWER = re.compile(r"restates[\"*]*\s*[:：=]\s*[\"*]*(yes|no|是|否)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """An item that a row may restate."""

    benchmark: str
    item: Item
    similarity: float


class Suspects:
    """The items with text."""

    def __init__(self, indexes: Sequence[ItemIndex], paths: Sequence[Path]) -> None:
        kept = [(index, texts) for index, path in zip(indexes, paths, strict=True) if (texts := load_texts(path, len(index)))]
        self._items = [(index.name, item) for index, texts in kept for item in texts]
        known = [index for index, _ in kept]
        self._stages = (Paraphrases(known, _SHARE, slack=_SLACK), Translations(known, slack=_SLACK_TRANSLATED)) if known else ()

    def __len__(self) -> int:
        """How many items can be asked about."""
        return len(self._items)

    def near(self, prompts: Sequence[str]) -> Iterator[tuple[int, Suspicion]]:
        """Row and the item that it comes nearest to, for each prompt that comes near one."""
        found = set()
        for stage in self._stages:
            for likeness in stage.alike(prompts):
                if likeness.row not in found:
                    found.add(likeness.row)
                    benchmark, item = self._items[likeness.item]
                    yield likeness.row, Suspicion(benchmark, item, round(likeness.similarity, 4))


def texts_file(index: Path) -> Path:
    """Where the texts of an index stand."""
    return index.with_suffix(".texts.gz")


def save_texts(index: Path, items: Sequence[Item]) -> None:
    """The items in the order of the index."""
    with gzip.open(texts_file(index), "wt", encoding="utf-8") as file:
        json.dump([[item.id, item.question, item.rest] for item in items], file, ensure_ascii=False)


def load_texts(index: Path, count: int) -> list[Item]:
    """The items of an index, none where no text was kept, or that of another index."""
    path = texts_file(index)
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        items = [Item(*each) for each in json.load(file)]
    return items if len(items) == count else []


async def restates(sample: Sample, suspicion: Suspicion, chat: Chat, role: str) -> tuple[bool | None, str]:
    """Whether the model finds that the row gives the item away, None where it did not say, and who said so or what went wrong."""
    request = Request(({"role": "user", "content": question(sample, suspicion.item)},), params=_PARAMS)
    path = f"gate:contamination:judge:{sample.slot}"
    model = chat.draw_model(role, lambda: Random(f"{sample.seed_id}:{path}"))  # noqa: S311  # reproducible draws, no secrets
    key = call_key(sample.seed_id, path, 0)
    try:
        reply = await chat.complete(Call(key, text_hash(model, request), sample.seed_id, path, 0, role, model, request))
    except ChatError as error:
        return None, f"{error.kind}: {error}"
    answer = read_answer(reply)
    return answer, reply.text[:500] if answer is None else reply.model


def read_answer(reply: Completion) -> bool | None:
    """Yes or no; None for a reply that says neither, or was cut off."""
    found = None if reply.truncated or reply.refused else _ANSWER.search(split_thinking(reply.text, reply.reasoning).answer)
    return found[1].lower() in {"yes", "是"} if found else None


def question(sample: Sample, item: Item) -> str:
    """What the judge is asked, in the language of the row."""
    row = "\n".join(text for text in (sample.prompt, sample.response or sample.chosen) if text)[:_LONGEST]
    texts = {"item": f"{item.question}\n{item.rest}".strip(), "row": row}
    return re.sub(r"\{(\w+)\}", lambda match: texts.get(match[1], match[0]), _template("zh" if is_chinese(row) else "en"))


@cache
def _template(language: str) -> str:
    return (files("stream_synth.gates.contamination") / "judging" / language / "restates.txt").read_text(encoding="utf-8")
