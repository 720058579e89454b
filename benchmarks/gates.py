"""All measurements of the gates, one after the other: each part is a process of its own, and its time is printed.

Usage: python benchmarks/gates.py [--data FOLDER] [--quick] [--only NAME ...]

`--quick`: smaller samples, and without the parts that only measure speed and growth; some five minutes. What a part lacks
it says itself; a part that fails is named at the end, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
# name, arguments, arguments when quick (None: left out then)
RUNS: tuple[tuple[str, tuple[str, ...], tuple[str, ...] | None], ...] = (
    ("rules", (), ()),
    ("duplicates", ("--part", "near", "--part", "semantic"), ("--part", "near")),
    ("duplicates", ("--part", "speed"), None),
    ("duplicates", ("--part", "index", "--rows", "1000000"), None),
    ("instructions", (), None),
    ("contamination", ("--part", "copies"), ("--part", "copies", "--sample", "100")),
    ("contamination", ("--part", "false_positives"), None),
    ("contamination", ("--part", "paraphrases"), ("--part", "paraphrases")),
    ("contamination", ("--part", "translations"), ("--part", "translations")),
    ("contamination", ("--part", "code"), ("--part", "code")),
    ("contamination", ("--part", "speed"), ("--part", "speed")),
    ("diversity", (), ("--rows", "5000")),
    ("reward", (), ()),
    ("speed", (), ()),
    ("growth", (), None),
)


def main() -> int:
    """Run them, and tell which failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=sorted({name for name, _, _ in RUNS}))
    arguments = parser.parse_args()
    if arguments.data is None or not Path(arguments.data).is_dir():
        parser.error("give --data FOLDER, or set STREAM_SYNTH_DATA: these figures are made from labelled data that is not shipped")
    failed = []
    for name, full, quick in RUNS:
        chosen = quick if arguments.quick else full
        if chosen is None or (arguments.only and name not in arguments.only):
            continue
        if run(name, ("--data", str(arguments.data), *chosen)):
            failed.append(" ".join((name, *chosen)))
    if failed:
        print(f"\nfailed: {'; '.join(failed)}")
    return 1 if failed else 0


def run(name: str, arguments: tuple[str, ...]) -> int:
    """One part as a process; its exit code."""
    script = HERE / f"gates_{name}.py"
    print(f"\n== {name} {' '.join(arguments[2:])}".rstrip(), flush=True)
    begin = time.perf_counter()
    code = subprocess.run([sys.executable, str(script), *arguments], check=False).returncode  # noqa: S603  # our own scripts
    print(f"-- {time.perf_counter() - begin:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
