"""Readers of labelled preference data: which of two answers to one prompt is better."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from stream_synth.values import Sample


class Pair(NamedTuple):
    """Two answers to one prompt; somebody, or the way they were made, says which is better."""

    better: Sample
    worse: Sample


def folder_of(given: str | None) -> Path:
    """The data folder: as given, else `STREAM_SYNTH_DATA`. Ends the program with one line when there is none."""
    named = given or os.environ.get("STREAM_SYNTH_DATA", "")
    if not named or not Path(named).is_dir():
        raise SystemExit(f"no data: {named or '--data DIR or STREAM_SYNTH_DATA'} is missing; it holds preference/, noise/ and seeds/")
    return Path(named)


def rows(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """The rows of the files that match, none when there is no such file."""
    found = []
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return found


def pair(prompt: str, better: str, worse: str) -> Pair:
    """A pair from texts."""
    return Pair(Sample(prompt, better), Sample(prompt, worse))


def autoj(folder: Path) -> Iterator[Pair]:
    """Human preference over 58 scenarios, English; ties left out."""
    for row in rows(folder, "preference/autoj_human_pairwise*.jsonl"):
        first, second = row["response_1"], row["response_2"]
        if row["winner"] in {"response_1", "1", 1}:
            yield pair(row["prompt"], first, second)
        elif row["winner"] in {"response_2", "2", 2}:
            yield pair(row["prompt"], second, first)


def oasst_zh(folder: Path) -> Iterator[Pair]:
    """Human rankings, Chinese: the best reply against the last."""
    for row in rows(folder, "preference/oasst1_zh_ranked*.jsonl"):
        turns = [turn for exchange in row["history"] for turn in exchange]
        prompt = "\n".join([*turns[-2:], row["instruction"], row["input"]]).strip()
        yield pair(prompt, row["ranked_outputs"][0], row["ranked_outputs"][-1])


def davinci(folder: Path) -> Iterator[Pair]:
    """A tuned model against its base model on one task."""
    for row in rows(folder, "preference/davinci_vs_text_davinci_003*.jsonl"):
        yield pair(row["prompt"], row["chosen"], row["rejected"])


def dpo(language: str) -> Callable[[Path], Iterator[Pair]]:
    """Preferences of GPT-4 in the way of Orca and UltraFeedback."""

    def read(folder: Path) -> Iterator[Pair]:
        for row in rows(folder, f"preference/dpo_{language}_*.jsonl"):
            prompt = "\n".join(turn["value"] for turn in row["conversations"])
            yield pair(prompt, row["chosen"]["value"], row["rejected"]["value"])

    return read


def harmless(folder: Path) -> Iterator[Pair]:
    """Which of two replies is less harmful: a question no screen of form can answer, shown for honesty."""
    for row in rows(folder, "preference/hh_harmless*.jsonl"):
        prompt, _, better = row["chosen"].rpartition("\n\nAssistant:")
        _, _, worse = row["rejected"].rpartition("\n\nAssistant:")
        yield pair(prompt.rpartition("\n\nHuman:")[2], better.strip(), worse.strip())


def vicuna(folder: Path) -> Iterator[Pair]:
    """GPT-4 scores of four models' answers to 80 questions; pairs at least a point apart."""
    yield from _graded(rows(folder, "preference/vicuna_abs_gpt4*.jsonl"), "score_mean", 1.0)


def steered_graded(folder: Path) -> Iterator[Pair]:
    """Answers of a steered model with rubric scores in 0..1; pairs of one prompt at least 0.4 apart."""
    yield from _graded(rows(folder, "preference/phi3_steering*.jsonl"), "qual_score", 0.4)


def _graded(graded: list[dict[str, Any]], key: str, apart: float) -> Iterator[Pair]:
    prompts: dict[str, list[dict[str, Any]]] = {}
    for row in graded:
        if isinstance(row[key], int | float):
            prompts.setdefault(row["prompt"], []).append(row)
    for prompt, answers in prompts.items():
        for one in answers:
            for other in answers:
                if one[key] - other[key] >= apart:
                    yield pair(prompt, one["response"], other["response"])


def steered(folder: Path) -> tuple[list[Sample], list[Sample]]:
    """(sound, broken) outputs of steered models, by the flag that came with them."""
    found = rows(folder, "noise/steered_model_outputs*.jsonl")
    split: tuple[list[Sample], list[Sample]] = ([], [])
    for row in found:
        split[int(row["broken_output"])].append(Sample(row["prompt"], row["response"]))
    return split


NO_LANGUAGE = frozenset({"mojibake", "gbk", "loop", "shufchars", "html", "fffd", "mash"})  # against answers cut short, refused, empty


def corrupted(folder: Path, language: str, only: frozenset[str] = frozenset()) -> tuple[list[Sample], list[Sample]]:
    """(clean, corrupted) answers of one language. Bytes read in the wrong code leave plain ASCII as it was: such rows are left out."""
    split: tuple[list[Sample], list[Sample]] = ([], [])
    for row in rows(folder, "noise/synthetic_corruptions*.jsonl"):
        unharmed = row["noise_type"] in {"mojibake", "gbk"} and row["text"].isascii()
        unwanted = only and row["noise_type"] and row["noise_type"] not in only
        if row["lang"] == language and not unharmed and not unwanted:
            split[row["label"] != "clean"].append(Sample(row["prompt"], row["text"]))
    return split


def ordinary(folder: Path, language: str) -> list[Sample]:
    """Sound answers of everyday rows."""
    found = rows(folder, f"seeds/alpaca_gpt4_{language}_*.jsonl")
    return [Sample(f"{row['instruction']}\n{row['input']}".strip(), row["output"]) for row in found]


def brief(folder: Path, language: str) -> list[Sample]:
    """Sound answers to tasks that people wrote: many are one word."""
    found = rows(folder, "seeds/zh_seed_tasks.jsonl" if language == "zh" else "seeds/seed_tasks_en.jsonl")
    return [Sample(f"{row['instruction']}\n{one['input']}".strip(), one["output"]) for row in found for one in row["instances"][:1]]


def off_topic(sound: list[Sample], seed: int = 0) -> Iterator[Pair]:
    """Each prompt's own answer against the answer, of much the same length, that belongs to another prompt."""
    by_length = sorted(sound, key=lambda sample: len(sample.response))
    rng = random.Random(seed)
    for place, sample in enumerate(by_length):
        other = by_length[(place + rng.randrange(1, 6)) % len(by_length)]
        yield pair(sample.prompt, sample.response, other.response)


PAIRS: dict[str, tuple[str, Callable[[Path], Iterator[Pair]]]] = {
    "Auto-J human": ("en", autoj),
    "OpenAssistant human": ("zh", oasst_zh),
    "DPO GPT-4": ("en", dpo("en")),
    "DPO GPT-4, Chinese": ("zh", dpo("zh")),
    "Vicuna GPT-4": ("en", vicuna),
    "steered, graded": ("en", steered_graded),
    "davinci vs text-davinci-003": ("en", davinci),
    "HH harmless": ("en", harmless),
}
