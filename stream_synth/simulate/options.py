"""Everything that can be set on the simulated endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from stream_synth.errors import ConfigError
from stream_synth.simulate.distribution import quantile

Script: TypeAlias = Path | str | Sequence[Mapping[str, Any]]  # a JSONL file, or its rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the endpoint behaves. The same options, requests and keys give the same texts, latencies and faults in any order of arrival.

    Only what a script counts follows the order of arrival: lists of replies, `{n}`, and a fault's `skip` and `times`.
    """

    host: str = field(default="127.0.0.1", metadata={"help": "address to listen on"})
    port: int = field(default=0, metadata={"help": "0: any free one"})
    latency: str = field(default="fixed:0.2", metadata={"help": "seconds to the first token: fixed, uniform, lognormal or exp"})
    rpm: float | None = field(default=None, metadata={"help": "requests a minute; more are refused with 429"})
    tpm: float | None = field(default=None, metadata={"help": "tokens a minute, prompt and reply as they turn out; more are refused"})
    quantised: bool = field(default=False, metadata={"help": "limits hold in every second (a sixtieth each), not in every minute"})
    slots: int | None = field(default=None, metadata={"help": "requests served at once; others wait in order"})
    tokens_per_second: float | None = field(default=None, metadata={"help": "speed of one slot; without it a reply comes in one go"})
    faults: Script | None = field(default=None, metadata={"help": "JSONL of scripted faults"})
    replies: Script | None = field(default=None, metadata={"help": "JSONL of rules: pattern to reply"})
    ledger: Path | str | None = field(default=None, metadata={"help": "JSONL of every charge is appended there"})
    seed: int = field(default=0, metadata={"help": "of latencies, texts and probable faults"})
    reply_tokens: str = field(default="uniform:40,80", metadata={"help": "length of replies that no rule gives, in tokens"})
    thinking: bool = field(default=False, metadata={"help": "think unless the request says enable_thinking: false"})
    refuse_unstreamed_thinking: bool = field(default=False, metadata={"help": "400 for thinking without stream: true"})
    idempotency: bool = field(default=False, metadata={"help": "a known Idempotency-Key gets its first reply again, without a charge"})
    models: tuple[str, ...] = field(default=("my-model",), metadata={"help": "what /v1/models lists; any name is answered"})

    def __post_init__(self) -> None:
        for name in ("rpm", "tpm", "slots", "tokens_per_second"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"{name} is {value}; it must be positive, or left out for no limit")
        if not 0 <= self.port <= 65_535:
            raise ConfigError(f"port is {self.port}; choose 0 to 65535, 0 for any free one")
        for name in ("latency", "reply_tokens"):
            quantile(name, getattr(self, name))
