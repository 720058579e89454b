"""Builds the Chinese-English dictionary that `contamination` translates with.

Usage: python benchmarks/lexicon.py cedict_ts.u8 stream_synth/gates/contamination/lexicon/zh_en.npz

The first argument is CC-CEDICT as https://www.mdbg.net/chinese/dictionary?page=cc-cedict gives it (CC BY-SA 4.0, and so is what is made
of it). Kept: words of up to five characters, and of their meanings the stems of content words, each meaning of at most three.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from stream_synth.gates.contamination.bag import STEM

LINE = re.compile(r"^\S+ (\S+) \[[^\]]*\] /(.*)/\s*$")
WORD = re.compile("[\u3400-\u9fff]{1,5}")  # longer ones are sayings and titles, made of words that are here
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
NO_MEANING = ("CL:", "also pr", "also written", "variant", "old variant", "surname", "see ", "abbr. for")
MOST_STEMS = 8  # the first meanings are the usual ones; more match by chance
LONGEST_MEANING = 3  # words: longer ones explain
EMPTY_WORDS = (
    "the not one ones sb sth etc also old variant see used this that these those his her their your you with from into out for and are was "
    "were its they them she him something somebody someone thing person kind sort type very after before who which what whose where when "
    "how than then same over down off lit fig abbr taiwan surname word particle esp usually form use can may make have has get give come "
    "take put any some all more most other about between such only often without within place name chinese china japan"
)
EMPTY = frozenset(EMPTY_WORDS.split())


def stems_of(gloss: str) -> list[str]:
    """Stems of the meanings of an entry, each once."""
    stems: dict[str, None] = {}
    for sense in gloss.split("/"):
        if sense.startswith(NO_MEANING):
            continue
        for meaning in re.split("[;,]", ASIDE.sub("", sense)):
            words = [word[:STEM] for word in re.findall("[a-z]+", meaning.lower()) if len(word) > 2 and word not in EMPTY]
            if len(words) <= LONGEST_MEANING:
                stems.update(dict.fromkeys(words))
    return list(stems)


def entries(path: Path) -> dict[str, list[str]]:
    """Stems of each simplified word, those of words that are spelled alike together."""
    found: dict[str, dict[str, None]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = LINE.match(line)
        if match and WORD.fullmatch(match[1]):
            found.setdefault(match[1], {}).update(dict.fromkeys(stems_of(match[2])))
    return {word: list(stems)[:MOST_STEMS] for word, stems in found.items() if stems}


def main() -> None:
    """Write the file."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    known = dict(sorted(entries(source).items()))
    stems = sorted({stem for each in known.values() for stem in each})
    place = {stem: number for number, stem in enumerate(stems)}
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        words=np.frombuffer("\n".join(known).encode(), np.uint8),
        stems=np.frombuffer("\n".join(stems).encode(), np.uint8),
        counts=np.array([len(each) for each in known.values()], np.uint8),
        which=np.array([place[stem] for each in known.values() for stem in each], np.uint16),
    )
    print(f"{len(known)} words, {len(stems)} stems, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
