"""Names of calls: what makes two of them the same, and what makes their texts the same."""

from __future__ import annotations

from hashlib import blake2b

import orjson

from stream_synth.values import Request

KEY_BYTES = 16  # 128 bits: no collision to be expected before 10^16 calls


def call_key(seed_id: str, step: str, sample: int) -> bytes:
    """16 bytes that name one logical call: the same after every restart, whatever endpoint answers it."""
    return blake2b(f"{seed_id}\0{step}\0{sample}".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def text_hash(model: str, request: Request) -> bytes:
    """16 bytes over everything that changes the reply's text; a known key with another text hash has diverged."""
    told = [model, request.messages, request.prompt, request.params, *([request.route] if request.route else [])]
    said = orjson.dumps(told, default=_plain, option=orjson.OPT_SORT_KEYS)
    return blake2b(said, digest_size=KEY_BYTES).digest()


def _plain(value: object) -> object:
    """Read-only mappings as the dicts that orjson knows."""
    return dict(value)  # type: ignore[call-overload]
