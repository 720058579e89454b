"""Three figures of a long text after LongWanjuan (arXiv:2402.13583): does it hold together, are its sentences tied, how rich is it.

The paper measures the first two with trained models as well; these are statistical stand-ins, the same for Chinese and English, that
order texts of one kind. All lie between 0 and 1.
"""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import fmean

import numpy as np

from stream_synth.text.sentences import sentences
from stream_synth.text.tokens import token_hashes, tokens

SEGMENT = 300  # tokens: a page, long enough for its words to tell the subject
WINDOW = 100  # tokens: distinct words are compared over equal lengths, because longer texts repeat more
DIMENSIONS = 1024
MAX_CHARS = 120_000  # looked at, from the beginning: a longer context must not hold up other calls, and its documents stand in any order
MAX_SENTENCES = 400  # of them: some eight pages
# What ties a sentence to the one before: connectives and pronouns.
_TIES = re.compile(
    r"\b(?:however|therefore|thus|hence|because|since|although|moreover|furthermore|then|so|but|also|finally|instead|otherwise|meanwhile"
    r"|this|these|those|that|it|its|they|their|he|she|his|her|such)\b"
    r"|因此|所以|但是|然而|不过|而且|并且|此外|另外|于是|因为|由于|虽然|尽管|首先|其次|最后|同时|否则|反之|例如|这|那|其|它|他|她|此|该",
    re.IGNORECASE,
)
_CONTENT = 5  # letters: shorter English words are mostly function words


def long_text_figures(text: str) -> dict[str, float]:
    """`coherence`, `cohesion`, `complexity`; 0 for a text too short to say."""
    spelt = text[:MAX_CHARS].casefold()
    return {"coherence": coherence(spelt), "cohesion": cohesion(spelt), "complexity": complexity(spelt)}


def coherence(text: str) -> float:
    """Mean cosine between the words of a segment and those of all others together: thematic unity."""
    hashes = token_hashes([text]).hashes
    count = len(hashes) // SEGMENT
    if count < 2:
        return 0.0
    vectors = np.zeros((count, DIMENSIONS))
    for row in range(count):
        kinds, times = np.unique(hashes[row * SEGMENT : (row + 1) * SEGMENT], return_counts=True)
        np.add.at(vectors[row], (kinds % np.uint64(DIMENSIONS)).astype(np.int64), np.sqrt(times))
    others = vectors.sum(axis=0) - vectors
    cosines = (vectors * others).sum(axis=1) / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(others, axis=1))
    return round(float(cosines.mean()), 4)


def cohesion(text: str) -> float:
    """Share of sentences with a connective or pronoun, or with a content word (a pair of Chinese characters) of the sentence before."""
    read = sentences(text)[:MAX_SENTENCES]
    if len(read) < 2:
        return 0.0
    contents = [_content(sentence) for sentence in read]
    ties = [bool(before & after) or bool(_TIES.search(read[place])) for place, (before, after) in enumerate(pairwise(contents), 1)]
    return round(fmean(ties), 4)


def complexity(text: str) -> float:
    """Mean share of distinct words in windows of 100: richness of vocabulary."""
    words = tokens(text)
    shares = [len(set(words[at : at + WINDOW])) / WINDOW for at in range(0, len(words) - WINDOW + 1, WINDOW)]
    return round(fmean(shares), 4) if shares else 0.0


def _content(sentence: str) -> set[str]:
    words = tokens(sentence)
    long = {word for word in words if word.isascii() and len(word) >= _CONTENT}
    return long | {
        first + second for first, second in pairwise(words) if "\u3400" <= first[0] <= "\u9fff" and "\u3400" <= second[0] <= "\u9fff"
    }
