"""What each executed line of a program did to its variables. It runs inside the sandbox, beside the checker: standard library only."""

from __future__ import annotations

import re
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any

MOST_STEPS = 1_000  # an endless loop is told by its first steps as well
VALUE_CHARS = 60
_NO_VARIABLES = (ModuleType, FunctionType, BuiltinFunctionType, type)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Enough(BaseException):
    """No `except Exception` of the program may catch it."""


class Trace:
    """(line, what changed) for each step within functions of one file, in order, at most `MOST_STEPS`; `whole`: outside of them too.

    The line of a `def` tells the arguments, the last line of a call what it returns or raises. `entered` is for `sys.settrace`. A
    variable whose `repr` fails ends the trace.
    """

    def __init__(self, filename: str, *, whole: bool) -> None:
        self.steps = list[tuple[int, str]]()
        self._filename = filename
        self._whole = whole
        self._at: dict[FrameType, tuple[int, dict[str, str]]] = {}

    def entered(self, frame: FrameType, _event: str, _value: Any) -> Any:  # noqa: ANN401  # as sys.settrace wants it
        """A call begins: followed where it is one of the program's functions."""
        if frame.f_code.co_filename != self._filename:
            return None
        if frame.f_code.co_name == "<module>":
            return self._within if self._whole else None
        self._add(frame.f_code.co_firstlineno, [f"{name}={value}" for name, value in _written(frame).items()])
        return self._within

    def _within(self, frame: FrameType, event: str, value: Any) -> Any:  # noqa: ANN401
        if event == "line":
            self._end_of_line(frame)
            self._at[frame] = (frame.f_lineno, _written(frame))
        elif event == "exception":
            kind, error, _ = value
            self._end_of_line(frame, f"raises {kind.__name__}: {str(error)[:VALUE_CHARS]}")
        elif event == "return":
            self._end_of_line(frame, f"return {_short(value)}")
        return self._within

    def _end_of_line(self, frame: FrameType, *also: str) -> None:
        line, before = self._at.pop(frame, (0, {}))
        if line:
            self._add(line, [*(f"{name}={value}" for name, value in _written(frame).items() if before.get(name) != value), *also])

    def _add(self, line: int, changes: list[str]) -> None:
        self.steps.append((line, "; ".join(changes)))
        if len(self.steps) >= MOST_STEPS:
            raise Enough


def _written(frame: FrameType) -> dict[str, str]:
    variables = frame.f_locals.items()
    return {name: _short(value) for name, value in variables if not name.startswith("__") and not isinstance(value, _NO_VARIABLES)}


def _short(value: Any) -> str:  # noqa: ANN401
    text = _ADDRESS.sub("", repr(value))
    return text if len(text) <= VALUE_CHARS else f"{text[: VALUE_CHARS - 1]}…"
