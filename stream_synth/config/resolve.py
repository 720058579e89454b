"""A checked configuration as plain values: complete, loadable, in a stable order, and without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

from stream_synth.config.expansion import is_secret

HASH_BYTES = 8  # tells configurations of one run directory apart
HIDDEN = "[hidden]"
_OPEN = frozenset({"env", "extra_body", "params", "attach", "args"})  # mappings whose keys are the user's own


def options_of(options: Any) -> dict[str, Any]:  # noqa: ANN401  # a dataclass instance, or anything without options
    """Every option with its value. Rows that were handed over from Python are left out."""
    if not is_dataclass(options):
        return {}
    kept = [one for one in fields(options) if one.init and not one.name.startswith("_") and not one.metadata.get("live")]
    return {one.name: plain(getattr(options, one.name)) for one in kept}


def plain(value: Any) -> Any:  # noqa: ANN401  # any option's value, as YAML can hold it
    """The value in mappings, lists and scalars."""
    if is_dataclass(value):
        return options_of(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence | set | frozenset):
        return [plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value


def without_secrets(value: Any, secrets: Mapping[str, str], *, open_keys: bool = False) -> Any:  # noqa: ANN401
    """The value with secret text as the variable it came from, and with what stands under a secret-looking key of the user's hidden."""
    if isinstance(value, Mapping):
        return {
            key: HIDDEN
            if open_keys and is_secret(key) and isinstance(one, str) and one not in secrets
            else without_secrets(one, secrets, open_keys=open_keys or key in _OPEN)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(one, secrets, open_keys=open_keys) for one in value]
    if isinstance(value, str):
        for secret, variable in secrets.items():
            value = value.replace(secret, variable)
        return value
    return value


def hash_of(resolved: Mapping[str, Any]) -> str:
    """16 hex digits over every value."""
    return blake2b(json.dumps(resolved, sort_keys=True, ensure_ascii=False).encode(), digest_size=HASH_BYTES).hexdigest()
