"""What the launcher is told."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stream_synth.verify.sandbox.limits import Limits

# Without site-packages and without what the packages above import: empty modules stand for them.
_ABOVE = {"stream_synth.verify.sandbox": Path(__file__).parent}
_ABOVE |= {"stream_synth.verify": Path(__file__).parents[1], "stream_synth": Path(__file__).parents[2]}
_START = (
    f"import sys\nfor name, path in {[(name, str(path)) for name, path in _ABOVE.items()]!r}:\n"
    "    sys.modules[name] = type(sys)(name); sys.modules[name].__path__ = [path]\n"
    "from stream_synth.verify.sandbox.inside.launcher import main\nmain()"
)
LAUNCH = (sys.executable, "-I", "-S", "-c", _START)


def environment(own: str) -> dict[str, str]:
    """All the variables a program gets; none of them is the caller's."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": own,
        "TMPDIR": own,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the same program prints the same set twice
        "OMP_NUM_THREADS": "1",  # each thread counts as a process, and takes address space
        "OPENBLAS_NUM_THREADS": "1",
    }


@dataclass(frozen=True, kw_only=True)
class Job:
    """One program: what to run, on what, where."""

    argv: tuple[str, ...]  # empty: try the walls only
    isolate: bool
    own: str  # its private folder: for its files, and its home
    cwd: str
    visible: Mapping[str, str]
    links: Mapping[str, str]
    limits: Limits
    stdin: str | None = ""  # None: what is written to the launcher after the job
    files: Mapping[str, str] = field(default_factory=dict)


def packed(job: Job, report: int) -> bytes:
    """The job as the launcher reads it; `report` is the descriptor that it writes the ending to."""
    told = {
        "argv": list(job.argv),
        "isolate": job.isolate,
        "own": job.own,
        "cwd": job.cwd,
        "visible": dict(job.visible),
        "links": dict(job.links),
        "limits": job.limits.of_process(),
        "scratch": job.limits.scratch_mb << 20,
        "stdin": None if job.stdin is None else job.stdin.encode(errors="surrogatepass"),
        "files": dict(job.files),
        "env": environment(job.own),
        "own_user": os.geteuid() == 0,
        "parent": os.getpid(),
        "report": report,
    }
    body = marshal.dumps(told)
    return b"%d\n" % len(body) + body
