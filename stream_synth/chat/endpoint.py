"""The options of one model endpoint, and its key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from stream_synth.chat.price import Price
from stream_synth.chat.shape import Dialect
from stream_synth.errors import ConfigError
from stream_synth.text.sampling import varies

Concurrency: TypeAlias = int | Literal["auto"]
Stream: TypeAlias = bool | Literal["auto"]
RetryAmbiguous: TypeAlias = Literal["once", "never", "only_with_idempotency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """A local server to start for the run. `{port}` in the command is a free port, `{package:NAME}` the folder of an installed package."""

    command: tuple[str, ...] = field(metadata={"help": "program and arguments"})
    health: str = field(default="/health", metadata={"help": "path that answers 200 once the model is loaded"})
    ready_timeout_s: float = field(default=120.0, metadata={"help": "seconds to wait for the health path; large models load for minutes"})
    env: Mapping[str, str] = field(default_factory=dict, metadata={"help": "environment variables added for the server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One OpenAI-compatible endpoint of a role. Keys come only from the environment or a file, never from the configuration."""

    base_url: str = field(default="", metadata={"help": "such as https://host/v1; empty with `serve`"})
    model: str = field(metadata={"help": "the model's name as the server spells it"})
    name: str = field(default="", metadata={"help": "shown in tables; default: the role, with a number where it lists several"})
    api_key_env: str = field(default="", metadata={"help": "environment variable that holds the key"})
    api_key_file: str = field(default="", metadata={"help": "file that holds the key"})
    requests_per_minute: float | None = field(default=None, metadata={"help": "the provider's limit; None: no limit known"})
    tokens_per_minute: float | None = field(default=None, metadata={"help": "the provider's limit on prompt and completion tokens"})
    concurrency: Concurrency = field(default="auto", metadata={"help": "calls in flight: a number, or auto to find it"})
    timeout_s: float = field(default=600.0, metadata={"help": "whole time of one attempt; thinking models write for minutes"})
    params: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "body fields a recipe may override: temperature, max_tokens"})
    extra_body: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "body fields that always win: enable_thinking"})
    price: Price | None = field(default=None, metadata={"help": "USD per 1M tokens: input, output, reasoning, cached"})
    weight: float = field(default=1.0, metadata={"help": "share of calls among the role's endpoints"})
    stream: Stream = field(default="auto", metadata={"help": "auto streams only where the server insists on it"})
    transport: Literal["aiohttp", "openai"] = field(default="aiohttp", metadata={"help": "openai: the official SDK, at 5-10 times the CPU"})
    max_attempts: int = field(default=6, metadata={"help": "tries that may cost something; at 30 % errors 1 call in 1,400 fails"})
    retry_ambiguous: RetryAmbiguous = field(default="once", metadata={"help": "resend when nobody knows whether the first was charged"})
    idempotency: bool = field(default=False, metadata={"help": "the server honours Idempotency-Key"})
    serve: Serve | None = field(default=None, metadata={"help": "start this local server for the run"})
    shapes: Dialect = field(default="openai", metadata={"help": "how this server is told the shape of a reply (params.shape)"})
    terms: str = field(default="", metadata={"help": "licence or terms of the model's output; repeated in exports"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        if not self.base_url and self.serve is None:
            raise ConfigError(f"endpoint of model {self.model!r}: base_url is missing; give the server's address, such as https://host/v1")
        if self.base_url and urlsplit(self.base_url).scheme not in {"http", "https"}:
            raise ConfigError(f"base_url {self.base_url!r} is no web address: it must begin with http:// or https://")
        if self.concurrency != "auto" and self.concurrency < 1:
            raise ConfigError(f"concurrency {self.concurrency} of {self.model!r}: give `auto` or a number of at least 1")
        for name, value in ({**self.params, **self.extra_body}).items():
            if varies({name: value}):
                raise ConfigError(f"{name} of {self.model!r} is {value!r}: give one number; several belong into the recipe's options")
        for name in ("timeout_s", "weight", "max_attempts", "requests_per_minute", "tokens_per_minute"):
            number = getattr(self, name)
            if number is not None and number <= 0:
                raise ConfigError(f"{name} {number} of {self.model!r}: give a number above 0, or leave it out")

    @property
    def host(self) -> str:
        """Host and port, for provenance."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def identity(self) -> tuple[str, ...]:
        """Endpoints of different roles with the same identity are one server: they share its limits and its health."""
        return (self.base_url, self.model, self.api_key_env, self.api_key_file, self.transport)


def read_key(endpoint: Endpoint, environ: Mapping[str, str] = os.environ) -> str:
    """The API key; empty where the endpoint asks for none. Raises `ConfigError` with the place to mend."""
    if endpoint.api_key_env:
        key = environ.get(endpoint.api_key_env, "").strip()
        if not key:
            raise ConfigError(
                f"environment variable {endpoint.api_key_env} is empty: set it to the key of {endpoint.host or endpoint.model}"
            )
    elif endpoint.api_key_file:
        try:
            key = Path(endpoint.api_key_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"api_key_file {endpoint.api_key_file} cannot be read ({type(error).__name__}): write the key into it"
            ) from error
        if not key:
            raise ConfigError(f"api_key_file {endpoint.api_key_file} is empty: write the key into it")
    else:
        return ""
    if not key.isascii() or not key.isprintable():
        raise ConfigError(f"the key of {endpoint.host or endpoint.model} holds characters that no header may carry: copy it again")
    return key
