"""The process behind `Algebra`: a JSON pair of answers on each line in, `true` or `false` out. Ends with its standard input.

It ends itself, by an alarm, when a comparison takes twice as long as its caller waits: a caller that was killed cannot do it.
"""

from __future__ import annotations

import json
import logging
import resource
import signal
import sys

MEMORY_MB = 2048  # of address space: sympy and its grammar need 500, a tower of powers takes all there is


def main(alarm_s: float) -> None:
    """Answers until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    logging.disable()
    from math_verify import LatexExtractionConfig, parse, verify  # noqa: PLC0415  # half a second, and an extra

    # LaTeX only: the other reader hands text to Python's own.
    reading = {"extraction_config": [LatexExtractionConfig()], "fallback_mode": "no_fallback", "parsing_timeout": None}
    verify(parse("$2y=x$", **reading), parse("$x=2y$", **reading), timeout_seconds=None)  # loads the grammar, before the clock runs
    print("ready", flush=True)  # noqa: T201  # the protocol
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, alarm_s)
        got, expected = (parse(f"${answer.strip('$ ')}$", **reading) for answer in json.loads(line))
        same = bool(got and expected) and verify(expected, got, timeout_seconds=None, allow_set_relation_comp=True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print("true" if same else "false", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(float(sys.argv[1]))
