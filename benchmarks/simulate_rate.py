"""How many requests a second the simulated endpoint serves on one core, and what each costs it.

    python benchmarks/simulate_rate.py [--connections 256] [--seconds 5] [--latency fixed:0] [--ledger]

Server and client are two processes. The client speaks over bare sockets: it sends prepared bytes and only counts replies, one
request in flight on each connection. The server's CPU time comes from the kernel. With latency 0 the rate is what one core can do,
as long as the client is the lesser load; with a latency, `connections` must be at least rate times latency.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import re
import signal
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import orjson
import uvloop

from stream_synth.simulate import Options, run_forever

WARM_UP_S = 1.0
_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")


class Asker(asyncio.Protocol):
    """One connection: the next request as soon as the last reply is whole."""

    def __init__(self, number: int, tally: list[int]) -> None:
        self._number = number
        self._tally = tally
        self._asked = 0
        self._got = 0
        self._wanted = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first."""
        self._transport = cast("asyncio.Transport", transport)  # what uvloop hands over is one in all but name
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Count whole replies."""
        if not self._wanted:
            found = _LENGTH.search(data)
            assert found is not None, data[:200]
            self._wanted = data.index(b"\r\n\r\n") + 4 + int(found[1])
        self._got += len(data)
        if self._got >= self._wanted:
            self._tally[0] += 1
            self._ask()

    def _ask(self) -> None:
        self._asked += 1
        self._got = self._wanted = 0
        question = f"Question {self._number}.{self._asked}: how many apples are left when 3 of 12 baskets with 17 apples each are sold?"
        body = orjson.dumps({"messages": [{"role": "user", "content": question}], "model": "m", "temperature": 0.6, "max_tokens": 256})
        assert self._transport is not None
        self._transport.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: */*\r\n"
            b"Idempotency-Key: %032d\r\nUser-Agent: rate\r\nContent-Length: %d\r\n\r\n%b"
            % (self._number << 32 | self._asked, len(body), body)
        )


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(port: int, pid: int, connections: int, seconds: float) -> dict[str, float]:
    """Rate and CPU of the server after a warm-up."""
    loop, tally = asyncio.get_running_loop(), [0]
    for number in range(connections):
        await loop.create_connection(lambda number=number: Asker(number, tally), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.sleep(WARM_UP_S)
    replies, server_s, client_s, started = tally[0], cpu_s(pid), time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    wall_s, count = time.perf_counter() - started, tally[0] - replies
    server_s, client_s = cpu_s(pid) - server_s, time.process_time() - client_s
    return {"per_s": count / wall_s, "server_ms": server_s / count * 1e3, "client_ms": client_s / count * 1e3, "busy": server_s / wall_s}


def _serve(options: Options, address: Connection) -> None:
    run_forever(options, address.send)


def main() -> None:
    """Print one line."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--connections", type=int, default=256)
    arguments.add_argument("--seconds", type=float, default=5.0)
    arguments.add_argument("--latency", default="fixed:0")
    arguments.add_argument("--ledger", action="store_true", help="write one, as the tests do")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(latency=chosen.latency, ledger=Path(folder) / "ledger.jsonl" if chosen.ledger else None)
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        server = context.Process(target=_serve, args=(options, there), daemon=True)  # ends with this process, whatever happens here
        server.start()
        port = int(here.recv().rpartition(":")[2].partition("/")[0])
        assert server.pid is not None
        found = uvloop.run(measured(port, server.pid, chosen.connections, chosen.seconds))
        os.kill(server.pid, signal.SIGTERM)
        server.join()
    print(
        f"{chosen.connections} connections, latency {chosen.latency}, ledger {'on' if chosen.ledger else 'off'}: "
        f"{found['per_s']:,.0f} requests/s; CPU per request: server {found['server_ms']:.3f} ms, client {found['client_ms']:.3f} ms; "
        f"server's core busy {found['busy']:.0%}"
    )


if __name__ == "__main__":
    main()
