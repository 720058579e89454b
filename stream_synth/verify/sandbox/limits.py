"""What a program may use, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from stream_synth.errors import ConfigError

Outcome = Literal["ok", "error", "timeout", "memory", "output", "killed"]
_MB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one run. The defaults fit short programs: tests of a function, a calculation."""

    wall_s: float = field(default=10.0, metadata={"help": "seconds until it is ended, waiting included"})
    cpu_s: int = field(default=5, metadata={"help": "seconds of CPU of each process"})
    memory_mb: int = field(default=512, metadata={"help": "address space of each process, and memory of all processes together"})
    processes: int = field(default=16, metadata={"help": "processes and threads at a time"})
    files: int = field(default=64, metadata={"help": "open files of each process"})
    file_mb: int = field(default=16, metadata={"help": "size of each file it writes"})
    scratch_mb: int = field(default=64, metadata={"help": "size of its private /tmp"})
    output_kb: int = field(default=256, metadata={"help": "standard output and standard error, each"})

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= 0:
                raise ConfigError(f"{name} is {value}; a limit of the sandbox is more than 0")

    def of_process(self) -> dict[str, int]:
        """The limits that the kernel keeps, by their names in `resource`."""
        return {
            "CPU": self.cpu_s,
            "AS": self.memory_mb * _MB,
            "NPROC": self.processes + 2,  # those that start it are counted with it
            "NOFILE": self.files,
            "FSIZE": self.file_mb * _MB,
            "CORE": 0,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """How a program ended.

    `ok`: exit code 0. `error`: another one. `timeout`: wall or CPU time. `memory`: stopped for all its processes together, or
    it ended with Python's `MemoryError`. `output`: more than the limit. `killed`: by a signal that is none of these.
    `exit_code` is None unless it exited by itself. What it wrote is cut at the limit; bytes that are no UTF-8 are replaced.
    """

    outcome: Outcome
    exit_code: int | None
    stdout: str
    stderr: str
    seconds: float
