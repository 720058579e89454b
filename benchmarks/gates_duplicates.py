"""How well the duplicate gates tell copies, paraphrases and template twins from other rows, and what they cost.

Usage: python benchmarks/gates_duplicates.py [--data FOLDER] [--model NAME ...] [--part near|semantic|speed|index ...] [--rows N]

FOLDER (default: the environment variable STREAM_SYNTH_DATA) holds `seeds/`, `pairs/` and `benchmarks/` as JSONL files;
what is missing is said and left out. `--model` adds sentence-transformers models to the table of the bundled one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from datasketch import MinHash, MinHashLSH

from stream_synth.gates import GateHome
from stream_synth.gates.embedding import Bundled, Embedder, load_embedder, thresholds
from stream_synth.gates.near_duplicate import NearDuplicate, NearOptions
from stream_synth.gates.numerals import numbers
from stream_synth.gates.semantic_duplicate import SemanticDuplicate, SemanticOptions
from stream_synth.gates.template_twin import SHARED, TemplateTwins
from stream_synth.gates.vector_index import VectorIndex
from stream_synth.protocols import Gate
from stream_synth.text import language, normalise, shingle_hashes, tokens
from stream_synth.values import Sample

BATCH = 256
Pairs = list[tuple[str, str]]


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a JSONL file; says when it is missing."""
    path = folder / name
    if not path.exists():
        print(f"    ({name} is not there: left out)")
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judged(gate: Gate, samples: list[Sample], *, remember: bool) -> list[str]:
    """For each row the id of its twin, "" where it passes."""
    found = []
    for start in range(0, len(samples), BATCH):
        part = samples[start : start + BATCH]
        measured = gate.measure(part)
        for sample, finding, verdict in zip(part, measured, gate.look(part, measured), strict=True):
            final = verdict or gate.admit(sample, finding)
            if final.passed and remember:
                gate.remember(sample, finding)
            found.append(str(final.evidence.get("duplicate_of", "")))
    return found


# ---------------------------------------------------------------------- near_duplicate


def edited(text: str, rng: random.Random, vocabulary: list[str]) -> str:
    """A copy with some words replaced, dropped or added, and sometimes a line moved."""
    words = re.findall(r"[\u3400-\u9fff]|\s+|[^\s\u3400-\u9fff]+", text)
    for _ in range(rng.randint(1, max(1, len(words) // 30))):
        place, act = rng.randrange(len(words)), rng.random()
        words[place : place + 1] = [rng.choice(vocabulary)] if act < 0.5 else [] if act < 0.75 else [words[place], rng.choice(vocabulary)]
        if not words:
            break
    lines = "".join(words).split("\n")
    if len(lines) > 3 and rng.random() < 0.3:
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    return "\n".join(lines)


def jaccard(one: str, other: str) -> float:
    """True similarity of the 5-gram sets."""
    first, second = (set(shingle_hashes([normalise(text)]).hashes.tolist()) for text in (one, other))
    return len(first & second) / max(1, len(first | second))


def near_quality(folder: Path) -> None:
    """Recall by true Jaccard, and precision, of edited copies among all originals of their kind."""
    sets = {
        "en": [row["output"] for row in read(folder, "seeds/alpaca_gpt4_en_999.jsonl")],
        "zh": [row["output"] for row in read(folder, "seeds/alpaca_gpt4_zh_1000.jsonl")],
        "code": [row["code"] for row in read(folder, "benchmarks/mbpp.jsonl")],
    }
    print(f"\nnear_duplicate{'':10}{'copies':>8}{'J>=0.80':>9}{'recall':>8}{'J>=0.85':>9}{'recall':>8}{'flagged':>9}{'precision':>10}")
    for name, texts in sets.items():
        originals = [text for text in dict.fromkeys(texts) if len(tokens(normalise(text))) >= NearOptions().min_tokens]
        if not originals:
            continue
        rng = random.Random(5)
        vocabulary = re.findall(r"[\u3400-\u9fff]|\w+", " ".join(originals))
        gate = NearDuplicate(NearOptions(), GateHome())
        judged(gate, [Sample("", text, id=f"o{place}", dedup_on="response") for place, text in enumerate(originals)], remember=True)
        copies = [(place, edited(text, rng, vocabulary)) for _ in range(3) for place, text in enumerate(originals)]
        rows = [Sample("", text, id=f"c{number}", dedup_on="response") for number, (_, text) in enumerate(copies)]
        twins = judged(gate, rows, remember=False)
        truth = np.array([jaccard(originals[place], text) for place, text in copies])
        caught = np.array([bool(twin) for twin in twins])
        sound = [jaccard(originals[int(twin[1:])], text) >= 0.8 for twin, (_, text) in zip(twins, copies, strict=True) if twin]
        above, well = truth >= 0.8, truth >= 0.85
        print(
            f"  {name:22}{len(copies):8}{above.sum():9}{caught[above].mean():8.3f}{well.sum():9}{caught[well].mean():8.3f}"
            f"{len(sound):9}{np.mean(sound):10.3f}"
        )


# ---------------------------------------------------------------------- semantic_duplicate


def other_numbers(text: str, rng: random.Random) -> str | None:
    """The same text with every number in digits changed, or None when it has none."""
    if not re.search(r"\d", text):
        return None
    changed = re.sub(r"\d+", lambda match: str(int(match[0][:9]) + rng.randint(1, 9)), text)
    return changed if numbers(changed) != numbers(text) else None


def chinese_problems() -> list[str]:
    """Chinese problems made here, whose numbers can be changed."""
    shapes = (
        "小明有{}个苹果，又买了{}个，现在一共有多少个？",
        "一辆汽车每小时行驶{}千米，{}小时能行驶多少千米？",
        "学校图书馆有{}本故事书，借出{}本，还剩多少本？",
        "一件衣服原价{}元，打折后便宜了{}元，现价是多少元？",
        "某工厂有{}名工人，每人每天生产{}个零件，一天一共生产多少个零件？",
    )
    rng = random.Random(11)
    return [rng.choice(shapes).format(rng.randint(10, 99), rng.randint(2, 9)) for _ in range(300)]


def pair_sets(folder: Path) -> dict[str, tuple[str, Pairs]]:
    """Name to (what each pair is, the pairs)."""
    rng = random.Random(3)
    gsm = [(row["text_a"], row["text_b"]) for row in read(folder, "pairs/gsm8k_rewrites.dev.jsonl")]
    lcqmc = [(row["text_a"], row["text_b"], row["label"]) for row in read(folder, "pairs/lcqmc_dev.jsonl")]
    sts = [(row["text_a"], row["text_b"]) for row in read(folder, "pairs/stsb_zh_dev.jsonl") if row["score"] >= 4.5]
    alpaca = [row["instruction"] for row in read(folder, "seeds/alpaca_gpt4_zh_1000.jsonl")]
    english = list(dict.fromkeys(one for one, _ in gsm))
    chinese = list(dict.fromkeys(one for one, _, _ in lcqmc))
    numbered = [text for text in [*chinese, *alpaca] if re.search(r"\d", text)] + chinese_problems()
    return {
        "en  rewrites of GSM8K": ("paraphrase", rng.sample(gsm, min(3000, len(gsm)))),
        "zh  LCQMC, same": ("paraphrase", [(one, other) for one, other, label in lcqmc if label == 1]),
        "zh  STS-B >= 4.5": ("paraphrase", sts),
        "zh  LCQMC, related": ("(hard)", [(one, other) for one, other, label in lcqmc if label == 0]),
        "en  unrelated GSM8K": ("unrelated", drawn(english, rng)),
        "zh  unrelated LCQMC": ("unrelated", drawn(chinese, rng)),
        "zh  unrelated Alpaca": ("unrelated", drawn(alpaca, rng)),
        "en  other numbers": ("template", changed_numbers(english, rng)),
        "zh  other numbers": ("template", changed_numbers(numbered, rng)),
    }


def drawn(texts: list[str], rng: random.Random) -> Pairs:
    """Pairs of different texts."""
    return [(one, other) for one, other in (rng.sample(texts, 2) for _ in range(20_000))] if len(texts) > 1 else []


def changed_numbers(texts: Iterable[str], rng: random.Random) -> Pairs:
    """Each text with its template twin."""
    twins = [(text, other_numbers(text, rng)) for text in texts]
    return [(text, twin) for text, twin in twins if twin is not None]


def called_same(embedder: Embedder, templates: TemplateTwins, pairs: Pairs) -> list[bool]:
    """As the gate decides on a pair: near by the calibrated threshold of its languages, and no template twins."""
    limits = thresholds(embedder)
    first, second = (embedder.encode([pair[side] for pair in pairs]) for side in (0, 1))
    answers = []
    for (one, other), cosine in zip(pairs, (first * second).sum(axis=1).tolist(), strict=True):
        least = limits.of(language(one), language(other))
        first_read, second_read = templates.wording(one), templates.wording(other)
        near = (
            least is not None
            and cosine >= least
            and (not isinstance(embedder, Bundled) or templates.shared(first_read, second_read) >= SHARED)
        )
        answers.append(near and not templates.difference(first_read, second_read))
    return answers


def semantic_quality(folder: Path, models: list[str]) -> None:
    """Pairs of each kind called the same, by model; then rows dropped from sets of different texts."""
    sets, templates = pair_sets(folder), TemplateTwins(Bundled())
    distinct = {
        "en  GSM8K train": [row["question"] for row in read(folder, "benchmarks/gsm8k_train.jsonl")],
        "en  Alpaca": [f"{row['instruction']}\n{row['input']}" for row in read(folder, "seeds/alpaca_5000.jsonl")],
        "zh  Alpaca-GPT4": [f"{row['instruction']}\n{row['input']}" for row in read(folder, "seeds/alpaca_gpt4_zh_1000.jsonl")],
    }
    for model in models:
        embedder = load_embedder(model)
        print(f"\nsemantic_duplicate, {model}: thresholds {thresholds(embedder)}\n  {'pairs':26}{'kind':12}{'n':>7}{'called same':>13}")
        small = 400 if model != "bundled" else 1 << 30  # of each: a neural model embeds some 100 texts a second here
        for name, (kind, pairs) in sets.items():
            chosen = pairs[:small]
            if chosen:
                print(f"  {name:26}{kind:12}{len(chosen):7}{np.mean(called_same(embedder, templates, chosen)):13.4f}")
        for name, texts in distinct.items():
            chosen_texts = list(dict.fromkeys(texts))[:small]
            if chosen_texts:
                rows = [Sample(text, "", id=str(place), seed_id=str(place), dedup_on="prompt") for place, text in enumerate(chosen_texts)]
                dropped = judged(SemanticDuplicate(SemanticOptions(model), GateHome()), rows, remember=True)
                print(
                    f"  {name:26}{'all differ':12}{len(rows):7}{np.mean([bool(twin) for twin in dropped]):13.4f}  (share of rows dropped)"
                )
        print(f"  {'rewrites of one parent':26}{'exempt':12}{400:7}{siblings_dropped(model, sets['en  rewrites of GSM8K'][1][:200]):13.4f}")


def siblings_dropped(model: str, pairs: Pairs) -> float:
    """Share of rows dropped for a row of the same parent, of pairs that are each one family."""
    families = [
        Sample(text, "", id=f"{place}/{side}", seed_id=str(place), dedup_on="prompt")
        for place, pair in enumerate(pairs)
        for side, text in enumerate(pair)
    ]
    twins = judged(SemanticDuplicate(SemanticOptions(model), GateHome()), families, remember=True)
    return float(np.mean([twin.partition("/")[0] == row.seed_id for twin, row in zip(twins, families, strict=True)]))


# ---------------------------------------------------------------------- speed


def rows_of(folder: Path, lang: str, count: int, chars: int = 300) -> list[Sample]:
    """Rows of about `chars` characters cut from answers at different places, all different."""
    file = {"en": "seeds/alpaca_gpt4_en_999.jsonl", "zh": "seeds/alpaca_gpt4_zh_1000.jsonl"}[lang]
    text = " ".join(row["output"] for row in read(folder, file))
    rng = random.Random(2)
    cuts = [rng.randrange(max(1, len(text) - chars)) for _ in range(count)]
    pieces = ["".join(text[place : place + chars // 4] for place in rng.sample(cuts, 4)) for _ in range(count)] if text else []
    return [Sample(piece[:60], piece[60:], id=str(number), seed_id=str(number)) for number, piece in enumerate(pieces)]


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """(wall, CPU) seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def plain_datasketch(samples: list[Sample]) -> int:
    """Tokens, joined 5-grams, one MinHash and the dict-based index: what one writes first."""
    index, kept = MinHashLSH(threshold=0.8, num_perm=128), 0
    for sample in samples:
        words = tokens(normalise(f"{sample.prompt}\n{sample.response}"))
        signature = MinHash(num_perm=128, hashfunc=xxhash.xxh32_intdigest)
        signature.update_batch({" ".join(words[place : place + 5]).encode() for place in range(max(1, len(words) - 4))})
        if not index.query(signature):
            index.insert(sample.id, signature)
            kept += 1
    return kept


def gate_speeds(folder: Path) -> None:
    """Rows a second through each gate on one core, plain datasketch beside them."""
    for lang in ("en", "zh"):
        samples = rows_of(folder, lang, 8000)
        if not samples:
            continue
        print(f"\n  {'rows of 300 characters, ' + lang:34}{'rows/s (wall)':>15}{'per CPU s':>12}")
        works: dict[str, Callable[[], object]] = {
            "near_duplicate": lambda rows=samples: judged(NearDuplicate(NearOptions(), GateHome()), rows, remember=True),  # type: ignore[misc]
            "plain datasketch loop": lambda rows=samples: plain_datasketch(rows[:2000]),  # type: ignore[misc]
            "bundled embedding alone": lambda rows=samples: Bundled().encode([f"{row.prompt}{row.response}" for row in rows]),  # type: ignore[misc]
            "semantic_duplicate, bundled": lambda rows=samples: judged(
                SemanticDuplicate(SemanticOptions(), GateHome()), rows, remember=True
            ),  # type: ignore[misc]
        }
        for name, work in works.items():
            wall, cpu = seconds(work)
            count = 2000 if "datasketch" in name else len(samples)
            print(f"  {name:34}{count / wall:15,.0f}{count / cpu:12,.0f}")


def fed(index: VectorIndex, batches: Sequence[Any], *, search: bool) -> None:
    """The batches into the index, each looked up before if wanted, as a stream does."""
    for batch in batches:
        if search:
            index.search(batch, 0.84)
        index.add(batch, np.arange(len(index), len(index) + len(batch)))


def index_speed(count: int) -> None:
    """Adds and searches in batches at the end of `count` rows, and how many planted neighbours are found."""
    dim, rng = 128, np.random.default_rng(0)
    basis = rng.standard_normal((32, dim)).astype(np.float32)
    topics = rng.standard_normal((5000, 32)).astype(np.float32)

    def made(number: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Clustered, of low rank, and some noise."""
        inner = topics[rng.integers(0, len(topics), number)] + 0.7 * rng.standard_normal((number, 32)).astype(np.float32)
        near = inner @ basis + 1.5 * rng.standard_normal((number, dim)).astype(np.float32)
        unit: np.ndarray[Any, np.dtype[np.float32]] = near / np.linalg.norm(near, axis=1, keepdims=True)
        return unit

    index, kept = VectorIndex(dim), made(20_000)
    index.add(kept, np.arange(20_000))
    for start in range(20_000, count, 1024):
        index.add(made(1024), np.arange(start, start + 1024))
    print(f"\n  vector index at {len(index):,} rows of 128, {index.nbytes / len(index):.0f} bytes a row; a second, and (a CPU second):")
    for size in (BATCH, 4 * BATCH):
        for name, searched in (("adds alone", False), ("searches and adds", True)):
            batches = [made(size) for _ in range(8)]
            wall, cpu = seconds(partial(fed, index, batches, search=searched))
            print(f"    {name + f', batches of {size:,}':36}{8 * size / wall:10,.0f} ({8 * size / cpu:,.0f})")
    for cosine in (0.86, 0.9, 0.92, 0.95):
        aside = made(1000)
        aside -= (aside * kept[:1000]).sum(axis=1, keepdims=True) * kept[:1000]
        aside /= np.linalg.norm(aside, axis=1, keepdims=True)
        queries = (cosine * kept[:1000] + (1 - cosine**2) ** 0.5 * aside).astype(np.float32)
        found = sum(row in hits.rows for row, hits in enumerate(index.search(queries, cosine - 0.02)))
        print(f"    planted neighbours at cosine {cosine}: {found / 1000:.3f} found")


def restart_speed(folder: Path, count: int) -> None:
    """Seconds until the state of `count` rows is back, and bytes a row on disk."""
    samples = rows_of(folder, "en", count)
    if not samples:
        return
    gates: dict[str, Callable[[GateHome], Any]] = {
        "near_duplicate": lambda home: NearDuplicate(NearOptions(), home),
        "semantic_duplicate": lambda home: SemanticDuplicate(SemanticOptions(), home),
    }
    for name, build in gates.items():
        with tempfile.TemporaryDirectory() as folder_name:
            home = GateHome(Path(folder_name))
            gate = build(home)
            for start in range(0, count, BATCH):
                part = samples[start : start + BATCH]
                for sample, finding in zip(part, gate.measure(part), strict=True):
                    gate.remember(sample, finding)
            gate.close()
            size = sum(path.stat().st_size for path in home.directory.iterdir()) if home.directory else 0
            again = build(home)
            wall, cpu = seconds(lambda gate=again: [gate.recall(samples[start : start + 1024]) for start in range(0, count, 1024)])  # type: ignore[misc]
            back = f"{count:,} rows back in {wall:.2f} s ({cpu:.2f} of CPU): {wall * 1e6 / count:.1f} ({cpu * 1e6 / count:.1f}) s a million"
            print(f"  {name:22}{back}; {size / count:.0f} bytes a row on disk")
            again.close()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--part", action="append", choices=["near", "semantic", "speed", "index"])
    parser.add_argument("--rows", type=int, default=200_000)
    arguments = parser.parse_args()
    if arguments.data is None:
        raise SystemExit("name the folder with the data by --data or STREAM_SYNTH_DATA")
    parts = arguments.part or ["near", "semantic", "speed", "index"]
    if "near" in parts:
        near_quality(arguments.data)
    if "semantic" in parts:
        semantic_quality(arguments.data, ["bundled", *arguments.model])
    if "speed" in parts:
        gate_speeds(arguments.data)
        restart_speed(arguments.data, min(arguments.rows, 300_000))
    if "index" in parts:
        index_speed(arguments.rows)


if __name__ == "__main__":
    main()
