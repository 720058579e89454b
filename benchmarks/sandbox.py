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


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asyncio.run(main())
