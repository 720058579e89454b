"""The program that runs in a session. It reads blocks, one JSON object a line, and marks the end of what each has written."""

from __future__ import annotations

import ast
import json
import linecache
import os
import resource
import sys
from code import InteractiveInterpreter
from typing import Any


class Notebook(InteractiveInterpreter):
    """Runs blocks over one set of names; `failed`: the last one raised, and its traceback stands on standard error."""

    failed = False

    def run_block(self, text: str, name: str) -> None:
        """All statements; the value of a last expression is shown, as a notebook does."""
        self.failed = False
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)  # lines for tracebacks
        try:
            tree = ast.parse(text, name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.showsyntaxerror(name)
            return
        last: list[ast.stmt] = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
        for part, mode in ((tree, "exec"), (ast.Interactive(last), "single")):
            if part.body and not self.failed:
                self._run(part, name, mode)

    def _run(self, part: ast.Module | ast.Interactive, name: str, mode: str) -> None:
        try:
            self.runcode(compile(part, name, mode))
        except SystemExit as ended:
            self.failed = ended.code not in (None, 0)
        except (SyntaxError, ValueError, RecursionError):
            self.showsyntaxerror(name)

    def showtraceback(self) -> None:
        """Also notes that there is one."""
        self.failed = True
        super().showtraceback()

    def showsyntaxerror(self, filename: str | None = None, **more: Any) -> None:  # noqa: ANN401  # grew an argument in 3.13
        """Also notes that there is one."""
        self.failed = True
        super().showsyntaxerror(filename, **more)


def _allow_cpu(seconds: int) -> None:
    """For the next block; within what the session has."""
    used, most = resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_CPU)[1]
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until if most == resource.RLIM_INFINITY else min(until, most), most))


def main() -> None:
    """Until no more blocks come. A block sees an empty standard input."""
    told = os.fdopen(os.dup(0), "rb")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    notebook = Notebook({"__name__": "__main__"})
    for number, line in enumerate(told):  # the first is empty: it tells that this runs
        block = json.loads(line)
        _allow_cpu(block["cpu_s"])
        notebook.run_block(block["code"], f"<block {number}>")
        for stream, descriptor in ((sys.__stdout__, 1), (sys.__stderr__, 2)):
            assert stream is not None
            stream.flush()
            os.write(descriptor, bytes.fromhex(block["mark"]) + (b"1" if notebook.failed else b"0"))


if __name__ == "__main__":
    main()
