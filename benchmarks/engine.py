"""What the engine costs: calls/s and CPU per call of bare aiohttp, the engine, and the openai SDK, in one run against one endpoint.

    python benchmarks/engine.py [--in-flight 100 1000 4000] [--seconds 10] [--repeat 1]

Every candidate runs in a process of its own against the same simulated endpoint (another process). Only the steady state
counts: the clock starts after the warm-up and stops before the drain. CPU is user and system time of the whole client process,
all threads. The last table gives the gates' cost per row, measured on the replies of the same endpoint.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import orjson
import uvloop

WARM_UP_S = 4.0  # connections are open and the adaptive parts are settled
LATENCY = "fixed:0.2"
QUESTION = "Question {n}: a shop sells {n} boxes of {m} pencils each; describe how you would count the pencils, step by step."


def question(n: int) -> str:
    """A distinct short question."""
    return QUESTION.format(n=n, m=n * 7919 % 1_000_003)


def cpu_s() -> float:
    """User and system seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Window:
    """Calls and CPU between the end of the warm-up and `seconds` later."""

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic() + WARM_UP_S
        self._end = self._start + seconds
        self._first: tuple[float, int, float] | None = None
        self._last: tuple[float, int, float] | None = None

    @property
    def over(self) -> bool:
        """The measured time has passed."""
        return time.monotonic() > self._end

    def note(self, calls: int) -> None:
        """`calls` have been answered by now."""
        now = time.monotonic()
        if now >= self._start and self._first is None:
            self._first = (now, calls, cpu_s())
        if self._first is not None and now <= self._end + 1:
            self._last = (now, calls, cpu_s())

    def result(self) -> dict[str, float]:
        """Calls per second and milliseconds of CPU per call."""
        assert self._first is not None
        assert self._last is not None
        seconds, calls = self._last[0] - self._first[0], self._last[1] - self._first[1]
        return {"calls_per_s": calls / seconds, "cpu_ms": (self._last[2] - self._first[2]) / max(calls, 1) * 1e3}


async def pump(window: Window, in_flight: int, ask: Callable[[int], Awaitable[Any]]) -> dict[str, float]:
    """`in_flight` workers that ask one question after another."""
    answered = 0

    async def worker(first: int) -> None:
        nonlocal answered
        n = first
        while not window.over:
            await ask(n)
            n += in_flight
            answered += 1

    async def watch() -> None:
        while not window.over:
            window.note(answered)
            await asyncio.sleep(0.25)

    await asyncio.gather(watch(), *(worker(n) for n in range(in_flight)))
    return window.result()


async def bare_aiohttp(base_url: str, in_flight: int, seconds: float) -> dict[str, float]:
    """What a careful user would write without an engine: one session, no connection limit, orjson both ways."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(n: int) -> object:
            body = {"model": "m", "messages": [{"role": "user", "content": question(n)}], "max_tokens": 256}
            headers = {"Content-Type": "application/json", "Authorization": "Bearer none"}
            async with session.post(f"{base_url}/chat/completions", data=orjson.dumps(body), headers=headers) as reply:
                return orjson.loads(await reply.read())["choices"][0]["message"]["content"]

        return await pump(Window(seconds), in_flight, ask)


async def openai_sdk(base_url: str, in_flight: int, seconds: float) -> dict[str, float]:
    """The official client as it comes, without retries (its pool allows 1,000 connections)."""
    import openai  # noqa: PLC0415  # a second of import that only this candidate needs

    async with openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0, timeout=120) as client:

        async def ask(n: int) -> object:
            return await client.chat.completions.create(model="m", messages=[{"role": "user", "content": question(n)}], max_tokens=256)

        return await pump(Window(seconds), in_flight, ask)


async def engine(base_url: str, in_flight: int, seconds: float, gates: list[Any] | None) -> dict[str, float]:
    """The whole run: source, recipe, journal, gates, store."""
    from stream_synth.assemble import Session  # noqa: PLC0415
    from stream_synth.config import load  # noqa: PLC0415

    window = Window(seconds)
    rows = ({"question": question(n)} for n in range(100_000_000))
    endpoint = {"base_url": base_url, "model": "m", "concurrency": in_flight, "params": {"max_tokens": 256}}
    settings: dict[str, Any] = {
        "run": {"name": "bench", "max_seconds": WARM_UP_S + seconds + 2},
        "recipe": {"name": "distill"},
        "endpoints": {"teacher": endpoint},
    }
    if gates is not None:
        settings["gates"] = gates
    with tempfile.TemporaryDirectory() as folder:
        session = Session(load(settings, source=rows), Path(folder) / "run", on_progress=lambda progress: window.note(progress["calls"]))
        await session.run()
    return window.result()


CANDIDATES: dict[str, Callable[..., Any]] = {
    "bare aiohttp": bare_aiohttp,
    "engine, gates: []": lambda url, many, seconds: engine(url, many, seconds, gates=[]),
    "engine, near_duplicate": lambda url, many, seconds: engine(url, many, seconds, gates=[{"near_duplicate": {}}]),
    "engine, default gates": lambda url, many, seconds: engine(url, many, seconds, gates=None),
    "openai SDK": openai_sdk,
}


def measured(name: str, base_url: str, in_flight: int, seconds: float) -> dict[str, float]:
    """One candidate in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (name, base_url, in_flight, seconds))


def _run(name: str, base_url: str, in_flight: int, seconds: float) -> dict[str, float]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    result: dict[str, float] = uvloop.run(CANDIDATES[name](base_url, in_flight, seconds))
    return result


@contextmanager
def endpoint() -> Iterator[str]:
    """The simulated endpoint in its own process."""
    command = [sys.executable, "-m", "stream_synth", "simulate", "--port", "0", "--latency", LATENCY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command line
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


def gate_costs(base_url: str) -> dict[str, float]:
    """Microseconds per row of each default gate, on replies of the same endpoint, in batches of 256."""
    from stream_synth.gates import DEFAULT_CHAIN, REGISTRY, GateHome  # noqa: PLC0415
    from stream_synth.values import Sample  # noqa: PLC0415

    async def replies() -> list[Sample]:
        async with aiohttp.ClientSession() as session:

            async def sample(n: int) -> Sample:
                body = {"model": "m", "messages": [{"role": "user", "content": question(n)}], "max_tokens": 256}
                async with session.post(f"{base_url}/chat/completions", json=body) as reply:
                    text = (await reply.json())["choices"][0]["message"]["content"]
                return Sample(question(n), text, id=str(n), seed_id=str(n), parent_id=str(n), recipe="distill", lang="en")

            return list(await asyncio.gather(*map(sample, range(2_048))))

    samples = asyncio.run(replies())
    costs = {}
    for name in DEFAULT_CHAIN:
        gate = REGISTRY[name](REGISTRY[name].Options(), GateHome(None))
        gate.look(samples[:1], gate.measure(samples[:1]))  # loads indexes and models, once a run
        started = time.thread_time()
        for at in range(0, len(samples), 256):
            batch = samples[at : at + 256]
            found = gate.measure(batch)
            gate.look(batch, found)
            for sample, one in zip(batch, found, strict=True):
                if gate.admit(sample, one).passed:
                    gate.remember(sample, one)
        costs[name] = (time.thread_time() - started) / len(samples) * 1e6
    return costs


def main() -> None:
    """Print one table per number of calls in flight, and the gates' costs."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--in-flight", type=int, nargs="+", default=[100, 1_000, 4_000])
    arguments.add_argument("--seconds", type=float, default=10.0)
    arguments.add_argument("--repeat", type=int, default=1)
    arguments.add_argument("--only", nargs="+", default=list(CANDIDATES))
    options = arguments.parse_args()
    with endpoint() as base_url:
        for in_flight in options.in_flight:
            runs: dict[str, list[dict[str, float]]] = {name: [] for name in options.only}
            for _ in range(options.repeat):  # in turn, so that a drift of the machine touches all alike
                for name in options.only:
                    runs[name].append(measured(name, base_url, in_flight, options.seconds))
            base = median(one["calls_per_s"] for one in runs[options.only[0]])
            print(f"\n{in_flight} in flight, {LATENCY} s latency, {options.seconds:g} s steady state, median of {options.repeat}")
            print(f"{'':26}{'calls/s':>10}{'CPU ms/call':>13}{'of ' + options.only[0]:>20}")
            for name, results in runs.items():
                rate, cpu = median(one["calls_per_s"] for one in results), median(one["cpu_ms"] for one in results)
                print(f"{name:26}{rate:10.0f}{cpu:13.3f}{rate / base:20.2f}", flush=True)
        print("\ngate, µs per row (batches of 256, one thread):")
        print(json.dumps({name: round(cost, 1) for name, cost in gate_costs(base_url).items()}))


if __name__ == "__main__":
    main()
