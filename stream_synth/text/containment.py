"""How much of one text stands in another, word for word."""

from __future__ import annotations

from stream_synth.text.normal import normalise
from stream_synth.text.tokens import tokens

RUN = 3  # tokens: single ones stand in any page, longer runs break at every repaired word


def contained_share(part: str, whole: str, run: int = RUN) -> float:
    """Share of the part's runs of `run` tokens that the whole holds; of all its tokens where it is shorter. 1 for an empty part."""
    inner, outer = tokens(normalise(part)), tokens(normalise(whole))
    size = min(run, len(inner))
    if not size:
        return 1.0
    held = {tuple(outer[at : at + size]) for at in range(len(outer) - size + 1)}
    runs = [tuple(inner[at : at + size]) for at in range(len(inner) - size + 1)]
    return sum(one in held for one in runs) / len(runs)


def kept_share(part: str, whole: str) -> float:
    """Share of the part's distinct tokens that the whole holds, wherever; 1 for an empty part."""
    inner, outer = set(tokens(normalise(part))), set(tokens(normalise(whole)))
    return len(inner & outer) / len(inner) if inner else 1.0
