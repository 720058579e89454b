from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream_synth.chat.endpoint import Endpoint, Serve
from stream_synth.errors import ConfigError
from stream_synth.observe import doctor
from stream_synth.observe.doctor import Diagnosis, examine, programs

NOW = 1_750_000_000.0


@asynccontextmanager
async def server(
    status: int = 200, models: tuple[str, ...] = ("qwen3-8b", "qwen3-32b"), *, date: float = NOW, body: bytes = b""
) -> AsyncIterator[str]:
    """A server that answers everything with this, and the base URL to ask it under."""
    content = body or orjson.dumps(
        {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in models]}
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nDate: {formatdate(date, usegmt=True)}\r\n"
        writer.write(f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"


async def examined(tmp_path: Path, environ: dict[str, str] | None = None, **options: Any) -> dict[str, Diagnosis]:
    endpoint = Endpoint(**({"model": "qwen3-8b"} | options))
    findings = await examine({"teacher": (endpoint,)}, tmp_path, environ=environ or {}, clock=lambda: NOW)
    return {finding.check.rpartition(": ")[2]: finding for finding in findings}


async def test_a_healthy_configuration_has_no_remedies(tmp_path: Path) -> None:
    """Key set, server reached, model listed, clock right, files and disk enough."""
    async with server() as base_url:
        found = await examined(tmp_path, {"KEY": "k"}, base_url=base_url, api_key_env="KEY", concurrency=8, requests_per_minute=60)

    assert {name: finding.state for name, finding in found.items() if name != "disk"} == dict.fromkeys(
        ("key", "reachable", "model", "clock", "limits", "open files"), "ok"
    )
    assert found["limits"].message == "concurrency 8, 60 requests a minute"


async def test_a_missing_key_names_its_variable(tmp_path: Path) -> None:
    """Nothing is asked of the server without it."""
    found = await examined(tmp_path, base_url="http://127.0.0.1:9/v1", api_key_env="DASHSCOPE_API_KEY")

    assert found["key"].state == "problem"
    assert "DASHSCOPE_API_KEY" in found["key"].message
    assert "reachable" not in found


async def test_a_wrong_key_names_where_it_came_from(tmp_path: Path) -> None:
    """401: the variable to check, and never the key."""
    async with server(401, body=b'{"error": {"message": "Incorrect API key: k-123456"}}') as base_url:
        found = await examined(tmp_path, {"KEY": "k-123456"}, base_url=base_url, api_key_env="KEY")

    assert found["key"].state == "problem"
    assert found["key"].remedy == "check KEY"
    assert "k-123456" not in str(found)


async def test_a_wrong_model_shows_the_names_nearest_to_it(tmp_path: Path) -> None:
    """A typing error is mended at a glance."""
    async with server(models=("bge-m3", "qwen3-8b-instruct")) as base_url:
        found = await examined(tmp_path, base_url=base_url, model="qwen3-8")

    assert found["model"].state == "problem"
    assert "qwen3-8b-instruct" in found["model"].remedy


async def test_an_unreachable_server_is_a_problem(tmp_path: Path) -> None:
    """Refused connection: one line with the host."""
    async with server() as base_url:
        pass

    found = await examined(tmp_path, base_url=base_url)

    assert found["reachable"].state == "problem"
    assert "127.0.0.1" in found["reachable"].message


@pytest.mark.parametrize(("status", "body"), [(404, b"{}"), (200, b"<html>hello</html>"), (200, b'{"data": null}'), (200, b"[]")])
async def test_a_server_without_a_list_is_only_a_warning(tmp_path: Path, status: int, body: bytes) -> None:
    """Some services list no models; preview tells more."""
    async with server(status, body=body) as base_url:
        found = await examined(tmp_path, base_url=base_url)

    assert found["model"].state == "warning"
    assert "preview" in found["model"].remedy


async def test_a_wrong_clock_is_noticed(tmp_path: Path) -> None:
    """An hour off the server's: costs per minute and signed requests go wrong."""
    async with server(date=NOW - 3_600) as base_url:
        found = await examined(tmp_path, base_url=base_url)

    assert found["clock"].state == "warning"
    assert "+3600 s" in found["clock"].message


@pytest.mark.parametrize(
    ("command", "state", "said"),
    [
        (("python3", "{package:stream_synth}/x"), "ok", "will be started"),
        (("no-such-program",), "problem", "no-such-program is not on the PATH"),
        (("python3", "{package:no_such_package}/x"), "problem", "no_such_package is not installed"),
    ],
)
async def test_a_local_server_is_looked_up(tmp_path: Path, command: tuple[str, ...], state: str, said: str) -> None:
    """Program and packages of a serve block must be there; the server is not started."""
    found = await examined(tmp_path, serve=Serve(command=command))

    assert found["server"].state == state
    assert said in found["server"].message


async def test_more_calls_than_files_is_a_warning(tmp_path: Path) -> None:
    """Each call in flight holds a socket."""
    found = await examined(tmp_path, serve=Serve(command=("python3",)), concurrency=100_000_000)

    assert found["open files"].state == "warning"
    assert "ulimit" in found["open files"].remedy


def test_a_disk_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "file").touch()

    assert doctor.disk(tmp_path / "file" / "run").state == "problem"


class Proving:
    """A method that needs a program."""

    def __init__(self, missing: str) -> None:
        self.missing = missing

    def check_installed(self) -> None:
        """As recipes do."""
        if self.missing:
            raise ConfigError(f"the program {self.missing} is not installed")


def test_a_program_that_a_method_needs_is_a_problem() -> None:
    """Found before the run; methods that need none are not mentioned."""
    found = programs({"whole": Proving(""), "broken": Proving("lean"), "plain": object()})

    assert [(one.check, one.state) for one in found] == [("whole: programs", "ok"), ("broken: programs", "problem")]
    assert "lean" in found[1].message
