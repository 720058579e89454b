"""Who is who: keys of calls, ids of samples, and the randomness that belongs to a seed."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

from stream_synth.journal.naming import call_key, text_hash

__all__ = ["call_key", "sample_id", "seed_rng", "text_hash"]

SAMPLE_ID_BYTES = 12  # 96 bits as 24 hex digits: the birthday bound lies at 10^14 rows


def sample_id(seed_id: str, recipe: str, slot: str) -> str:
    """24 hex digits, unique over the run: a seed may not yield the same slot twice."""
    return blake2b(f"{seed_id}\0{recipe}\0{slot}".encode("utf-8", "surrogatepass"), digest_size=SAMPLE_ID_BYTES).hexdigest()


def seed_rng(run_seed: int, seed_id: str, step: str, sample: int) -> Random:
    """The generator that belongs to this place in this seed; a seed id carries its pass."""
    return Random(f"{run_seed}:{seed_id}:{step}:{sample}")  # noqa: S311  # reproducible draws, no secrets
