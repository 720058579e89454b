from __future__ import annotations

import asyncio
from math import inf

import pytest

from stream_synth.verify.programs import UnitTest, run_tests, steps_of
from stream_synth.verify.programs.running import race
from stream_synth.verify.sandbox import Limits, Sandbox, protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
_LIMITS = Limits(wall_s=20, cpu_s=3, output_kb=4096)
_WRONG = "\ndef f(x): return 0"
_SAYS = '{"outcome": "passed", "said": "", "seconds": 0.1}\\n'

DECEIVING = {
    "prints_a_result": f"print('{_SAYS}', flush=True)",
    "writes_to_every_descriptor": f"import os\nfor n in range(64):\n    try: os.write(n, b'{_SAYS}')\n    except OSError: pass",
    "writes_to_the_checker": f"import os\nopen(f'/proc/{{os.getppid()}}/fd/1', 'wb').write(b'{_SAYS}')",
    "reads_the_tests": "import os\nopen(f'/proc/{os.getppid()}/fd/0').read()\nf = lambda x: x + 1",
    "leaves": "import os\nos._exit(0)",
    "exits": "raise SystemExit(0)",
    "exits_when_called": "import sys\ndef f(x): sys.exit(0)",
    "exec_does_nothing": "import builtins\nbuiltins.exec = lambda *a: None",
    "builtins_say_yes": "import builtins\nbuiltins.all = builtins.isinstance = lambda *a: True",
    "json_says_passed": f"import json\njson.dumps = lambda *a, **k: '{_SAYS}'",
    "excepthook": "import sys, os\nsys.excepthook = lambda *a: os._exit(0)",
    "kills_the_checker": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "equals_everything": "class E:\n    def __eq__(self, other): return True\ndef f(x): return E()",
    "equal_items": "from unittest.mock import ANY\ndef f(x): return [ANY, ANY]",
    "child_reports": "import os\nif os.fork(): os._exit(0)",
}
_TESTS = {"equal_items": "assert f(1) == [1, 2]", "builtins_say_yes": "assert all([f(1) == 2])"}


async def test_what_only_looks_like_a_pass_is_none() -> None:
    """Reports of the program's own, early ends, replaced builtins, values that equal everything."""
    sandbox = Sandbox(_LIMITS)
    found = await asyncio.gather(
        *(
            run_tests(
                sandbox,
                program if "f" in program.split("def ")[-1][:1] else program + _WRONG,
                [UnitTest(_TESTS.get(name, "assert f(1) == 2"))],
                check_s=0.5,
            )
            for name, program in DECEIVING.items()
        )
    )

    assert [name for name, (result,) in zip(DECEIVING, found, strict=True) if result.passed] == []


async def test_honest_values_pass() -> None:
    """Classes that compare, also with other types only; sets, floats, texts, an array's elements; `==` that fails on strangers."""
    program = (
        "from fractions import Fraction\nfrom collections import Counter, namedtuple\nP = namedtuple('P', 'x y')\n"
        "class Near:\n    def __eq__(self, other): return abs(other - 1) < 0.1\n"
        "class V:\n    def __init__(self, *c): self.c = c\n    def __eq__(self, other): return self.c == getattr(other, 'c', other)"
    )
    honest = ["Near() == 1.05", "V(1, 2) == V(1, 2)", "V(1, 2) == (1, 2)", "Fraction(1, 2) == 0.5", "P(1, 2) == (1, 2)"]
    honest += [
        "Counter('aa') == {'a': 2}",
        "{1, 2} == {2, 1}",
        "[] == []",
        "{} == {}",
        "'一' == '一'",
        "[[1.0], -2] == [[1], -2]",
        "None == None",
    ]

    results = await run_tests(Sandbox(_LIMITS), program, [UnitTest(f"assert {one}") for one in honest])

    assert [(test, result.said) for test, result in zip(honest, results, strict=True) if not result.passed] == []


async def test_a_program_that_speaks_for_itself_cannot_stop_the_caller() -> None:
    """One that finds the means to report: what it says in place of times or steps is read as none."""
    search = "import sys\nframe = sys._getframe()\nwhile 'tell' not in frame.f_locals: frame = frame.f_back\n"
    sandbox, test = Sandbox(_LIMITS), UnitTest("f(1)")

    for said in ("'x'", "'[1]'", "'[[\"a\", 1]]'", "'[' * 19_000 + ']'"):
        program = f"{search}frame.f_locals['tell']('passed', {said}){_WRONG}"
        assert await race(sandbox, (program, program), [test]) == (inf, inf)
        assert await steps_of(sandbox, program, test) is None
