"""Leaf tools for text in any script: one spelling, tokens, shingles, language, repetition, sentences."""

from __future__ import annotations

from stream_synth.text.characters import Kind
from stream_synth.text.language import language, language_shares, prose, shares_of_counts
from stream_synth.text.normal import normalise, squeezed
from stream_synth.text.plausible import is_common
from stream_synth.text.profile import Profile, profiles
from stream_synth.text.repetition import WINDOW, compression_ratio, repeated_share, tail_loop, windows
from stream_synth.text.sentences import sentences
from stream_synth.text.shingles import VERSION, Shingles, shingle_hashes
from stream_synth.text.tokens import TokenHashes, token_hashes, tokens

__all__ = [
    "VERSION",
    "WINDOW",
    "Kind",
    "Profile",
    "Shingles",
    "TokenHashes",
    "compression_ratio",
    "is_common",
    "language",
    "language_shares",
    "normalise",
    "profiles",
    "prose",
    "repeated_share",
    "sentences",
    "shares_of_counts",
    "shingle_hashes",
    "squeezed",
    "tail_loop",
    "token_hashes",
    "tokens",
    "windows",
]
