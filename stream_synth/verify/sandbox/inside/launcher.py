"""Runs one program under its limits and reports how it ended. Started by path, without the package around it."""

from __future__ import annotations

import contextlib
import errno
import marshal
import os
import resource
import select
from typing import Any

from stream_synth.verify.sandbox.inside import kernel, world

_SIGXCPU, _SIGKILL = 24, 9
_LOOK_MS = 50  # how often the memory of all processes is added up: 512 MB take about 100 ms to fill


def main() -> None:
    """Reads a job (its length on a line, then the job) and runs it."""
    kernel.die_with_parent()
    job = _read_job()
    if os.getppid() != job["parent"]:
        return  # it ended before it could take us along
    report = job["report"]
    os.set_inheritable(report, False)  # noqa: FBT003  # positional only
    try:
        watch = world.enter(job) if job["isolate"] else _without_walls(job)
        ending = _supervise(_start(job), job["limits"], report, watch=watch)
        os.write(report, f"{'proc' if watch else 'no-proc'} {ending}".encode())
    except OSError as error:
        with contextlib.suppress(BrokenPipeError):
            os.write(report, f"failed {error.strerror}".encode())
    if not job["isolate"]:
        os.killpg(0, _SIGKILL)  # what the program left running; in a world of its own the kernel ends it with this process
    os._exit(0)


def _read_job() -> dict[str, Any]:
    length = b""
    while not length.endswith(b"\n"):
        length += _read(1)
    left, parts = int(length), []
    while left:
        parts.append(_read(left))
        left -= len(parts[-1])
    job: dict[str, Any] = marshal.loads(b"".join(parts))  # noqa: S302  # from the caller, who started us
    return job


def _read(most: int) -> bytes:
    return os.read(0, most) or os._exit(0)  # nothing: the caller gave up


def _without_walls(job: dict[str, Any]) -> bool:
    kernel.hide_from_debuggers()
    for name, text in job["files"].items():
        world.place(os.path.join(job["own"], name), text)
    return False


def _start(job: dict[str, Any]) -> int:
    program = os.fork()
    if program:
        return program
    try:
        _become(job)
    except OSError as error:
        os.write(job["report"], f"failed {job['argv'][:1]}: {error.strerror}; ".encode())
    os._exit(127)


def _become(job: dict[str, Any]) -> None:
    """The program itself: from here on nothing comes back."""
    if job["isolate"]:
        os.setsid()
        if job["own_user"]:  # the kernel lets root have any number of processes
            os.setgroups([])
            os.setresgid(*[world.PROGRAM_ID] * 3)
            os.setresuid(*[world.PROGRAM_ID] * 3)
    kernel.give_up_privileges()
    kernel.die_with_parent()
    os.umask(0o022)
    os.chdir(job["cwd"])
    if job["stdin"] is not None:
        _feed(job["stdin"], job["own"])
    for name, wanted in job["limits"].items():
        # Outside a namespace all processes of the user count, those that were there before too.
        if job["isolate"] or name != "NPROC":
            _limit(getattr(resource, f"RLIMIT_{name}"), wanted)
    filtered = kernel.forbid(isolated=job["isolate"])
    if not job["argv"]:
        os._exit(0 if filtered else 3)  # a trial: are the walls there?
    os.execvpe(job["argv"][0], job["argv"], job["env"])  # noqa: S606  # that is the task


def _feed(text: bytes, folder: str) -> None:
    """Standard input as a file without a name, so that nobody has to write while it reads."""
    name = os.path.join(folder, ".stdin")
    file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.unlink(name)
    left = text
    while left:
        left = left[os.write(file, left) :]
    os.lseek(file, 0, os.SEEK_SET)
    os.dup2(file, 0)


def _limit(which: int, wanted: int) -> None:
    hard = resource.getrlimit(which)[1]
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    # One second more before SIGKILL: SIGXCPU names the reason.
    most = soft + 1 if which == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else soft
    resource.setrlimit(which, (soft, most))


def _supervise(program: int, limits: dict[str, int], report: int, *, watch: bool) -> str:
    """Waits for the program; `exit N`, `signal N`, `cpu` or `memory`. Nothing is waited for when nobody reads the report any more."""
    poll = select.poll()
    poll.register(os.pidfd_open(program), select.POLLIN)
    poll.register(report, 0)  # POLLERR alone: the caller is gone, and was so before the kernel was told to take us along
    while True:
        if any(happened & select.POLLERR for _, happened in poll.poll(_LOOK_MS if watch else None)):
            raise BrokenPipeError(errno.EPIPE, "the caller is gone")
        while True:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == program:
                return _ending(status, used.ru_utime + used.ru_stime, limits["CPU"])
            if pid == 0:
                break
        if watch and _resident_bytes() > limits["AS"]:
            return "memory"


def _ending(status: int, cpu_s: float, limit_s: int) -> str:
    if not os.WIFSIGNALED(status):
        return f"exit {os.WEXITSTATUS(status)}"
    signal = os.WTERMSIG(status)
    if signal == _SIGXCPU or (signal == _SIGKILL and cpu_s >= limit_s):
        return "cpu"
    return f"signal {signal}"


def _resident_bytes() -> int:
    """What all processes of this world but the first hold in memory; pages they share count for each."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit() or name == "1":
            continue
        try:
            with open(f"/proc/{name}/statm", "rb") as file:
                resident = file.read().split()[1]
        except (OSError, ValueError):
            continue  # it ended meanwhile
        total += int(resident)
    return total * resource.getpagesize()
