"""Runs per second of the sandbox: `python benchmarks/sandbox.py [--runs 200] [--concurrency 2]`."""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import time

from stream_synth.verify.sandbox import Sandbox, protections

PROGRAM = "def add(a, b):\n    return a + b\n\nassert add(2, 3) == 5\nprint('passed')"


async def main() -> None:
    """Prints the rate, the CPU of a run, and what a bare interpreter takes."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--concurrency", type=int, default=2)
    chosen = options.parse_args()
    print(protections())
    sandbox = Sandbox(concurrency=chosen.concurrency)
    before, cpu_before = time.perf_counter(), _children_cpu_s()
    runs = await asyncio.gather(*(sandbox.run(PROGRAM) for _ in range(chosen.runs)))
    wall_s, cpu_s = time.perf_counter() - before, _children_cpu_s() - cpu_before
    assert all(run.stdout == "passed\n" for run in runs)
    times = sorted(run.seconds for run in runs)
    print(f"{chosen.runs / wall_s:.1f} runs/s, {chosen.concurrency} at a time; CPU of a run {1000 * cpu_s / chosen.runs:.1f} ms")
    print(f"time of a run: median {1000 * times[len(times) // 2]:.0f} ms, 99th percentile {1000 * times[len(times) * 99 // 100]:.0f} ms")
    before = time.perf_counter()
    for _ in range(20):
        subprocess.run([sys.executable, "-s", "-c", PROGRAM], check=True, stdout=subprocess.DEVNULL)  # noqa: ASYNC221, S603
    print(f"a bare interpreter, one at a time: {20 / (time.perf_counter() - before):.1f} runs/s")
    await sessions(sandbox, chosen.runs // 5)


async def sessions(sandbox: Sandbox, count: int) -> None:
    """Prints what a session costs: to open with its first block, a block more, and the memory while it waits."""
    before = time.perf_counter()
    for _ in range(count):
        async with sandbox.session() as session:
            await session.run("1")
    opened_s = (time.perf_counter() - before) / count
    async with sandbox.session() as session:
        await session.run("def resident(): return int(open('/proc/self/statm').read().split()[1]) * 4096 >> 20")
        before = time.perf_counter()
        for _ in range(10 * count):
            await session.run("x = 1\nx")
        block_s = (time.perf_counter() - before) / (10 * count)
        bare = await session.run("resident()")
        loaded = await session.run("import sympy, numpy\nresident()")
    print(f"a session: opened with its first block in {1000 * opened_s:.0f} ms, a block more {1000 * block_s:.2f} ms")
    memory = [int(run.stdout) for run in (bare, loaded)]
    print(f"memory of its interpreter: {memory[0]} MB, with sympy and numpy {memory[1]} MB ({loaded.seconds:.1f} s to import)")


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asyncio.run(main())
