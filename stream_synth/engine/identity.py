"""Who is who: keys of calls, ids of samples, and the randomness that belongs to a seed."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import orjson

from stream_synth.values import Request

KEY_BYTES = 16  # 128 bits: no collision to be expected before 10^16 calls
SAMPLE_ID_BYTES = 12  # 96 bits as 24 hex digits: the birthday bound lies at 10^14 rows


def call_key(seed_id: str, step: str, sample: int) -> bytes:
    """16 bytes that name one logical call: the same after every restart, whatever endpoint answers it."""
    return blake2b(f"{seed_id}\0{step}\0{sample}".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def text_hash(model: str, request: Request) -> bytes:
    """16 bytes over everything that changes the reply's text; a known key with another text hash has diverged."""
    said = orjson.dumps([model, request.messages, request.prompt, request.params], default=_plain, option=orjson.OPT_SORT_KEYS)
    return blake2b(said, digest_size=KEY_BYTES).digest()


def sample_id(seed_id: str, recipe: str, slot: str) -> str:
    """24 hex digits, unique over the run: a seed may not yield the same slot twice."""
    return blake2b(f"{seed_id}\0{recipe}\0{slot}".encode("utf-8", "surrogatepass"), digest_size=SAMPLE_ID_BYTES).hexdigest()


def seed_rng(run_seed: int, seed_id: str, step: str, sample: int) -> Random:
    """The generator that belongs to this place in this seed; a seed id carries its pass."""
    return Random(f"{run_seed}:{seed_id}:{step}:{sample}")  # noqa: S311  # reproducible draws, no secrets


def _plain(value: object) -> object:
    """Read-only mappings as the dicts that orjson knows."""
    return dict(value)  # type: ignore[call-overload]
