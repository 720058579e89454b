"""Which walls this machine offers: tried once, told plainly."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.verify.sandbox.job import LAUNCH, Job, packed
from stream_synth.verify.sandbox.limits import Limits
from stream_synth.verify.sandbox.visible import links, visible_paths

_REMEDY = (
    "run it where user namespaces are allowed (sysctl user.max_user_namespaces above 0, "
    "kernel.apparmor_restrict_unprivileged_userns=0, containers with --security-opt seccomp=unconfined; Linux 5.12 or newer), "
    "or say allow_unprotected where the machine is itself a throw-away"
)


@dataclass(frozen=True, slots=True)
class Protections:
    """What stands between a program and this machine. `str()` says it in one line."""

    isolated: bool  # new user, network, mount, process, IPC and host-name namespaces; a root of its own
    filtered: bool  # a filter of system calls
    adds_up_memory: bool  # memory is limited over all processes, not only for each
    reason: str  # why it is not isolated

    def __str__(self) -> str:
        limits = "limits on CPU, memory, open files, file size, output and wall time; empty environment"
        calls = "a filter of system calls" if self.filtered else "no filter of system calls"
        memory = "over all processes" if self.adds_up_memory else "for each process"
        if self.isolated:
            walls = "own user, network, mount, process and IPC namespaces; read-only root without your files; private /tmp"
            return f"isolated: {walls}; {limits} (memory {memory}); a limit on processes; {calls}"
        network = "no new sockets" if self.filtered else "the network is open"
        danger = "it can read and change your files; processes are not counted"
        return f"NOT isolated ({self.reason}): {danger}; what holds: {limits}; {calls}; {network}"

    def require(self, *, allow_unprotected: bool) -> None:
        """`ConfigError` with the remedy when programs would run beside your files and nobody allowed that."""
        if not self.isolated and not allow_unprotected:
            raise ConfigError(f"sandbox: this machine gives no namespaces ({self.reason}), so nothing is run; {_REMEDY}")


@lru_cache(maxsize=1)
def protections() -> Protections:
    """What this machine offers, from a trial without a program; about 30 ms the first time."""
    if sys.platform != "linux":
        return Protections(isolated=False, filtered=False, adds_up_memory=False, reason=f"{sys.platform} has none")
    said, filtered = _trial(isolate=True)
    if "exit" in said:
        return Protections(isolated=True, filtered=filtered, adds_up_memory=said.startswith("proc"), reason="")
    _, filtered = _trial(isolate=False)
    return Protections(
        isolated=False, filtered=filtered, adds_up_memory=False, reason=said.removeprefix("failed ") or "the trial ended early"
    )


def _trial(*, isolate: bool) -> tuple[str, bool]:
    own = "/tmp" if isolate else tempfile.gettempdir()  # noqa: S108  # inside its own world
    report_r, report_w = os.pipe()
    shown = visible_paths((), Path(sys.executable))
    job = Job(argv=(), isolate=isolate, own=own, cwd=own, visible=shown, links=links(), limits=Limits())
    try:
        subprocess.run(  # noqa: S603  # our own launcher
            LAUNCH,
            input=packed(job, report_w),
            pass_fds=(report_w,),
            env={},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,  # 300 times what it takes
            check=False,
        )
    finally:
        os.close(report_w)
    with os.fdopen(report_r, "rb") as report:
        said = report.read().decode()
    return said, said.endswith("exit 0")
