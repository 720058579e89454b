"""A world of its own for the program: namespaces, and a root that holds only what was named."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from stream_synth.verify.sandbox.inside import kernel

SETUP_ID, PROGRAM_ID, NOBODY = 1000, 2000, 65534
_DEVICES = ("null", "zero", "full", "random", "urandom")


def enter(job: dict[str, Any]) -> bool:
    """Returns in the first process of the new world only; True: /proc is mounted. The outer process waits for it and exits.

    Raises `OSError` where the kernel refuses.
    """
    _unshare_with_ids()
    inner = os.fork()
    if inner:
        os.waitpid(inner, 0)
        os._exit(0)
    kernel.die_with_parent()
    kernel.hide_from_debuggers()
    _refuse_nesting()
    kernel.name_host("sandbox")
    _build_root(job)
    proc = _mount_proc()
    _close_root()
    return proc


def _unshare_with_ids() -> None:
    """New namespaces whose user numbers a helper in the old ones writes, because only it may write more than its own."""
    uid, gid, outer = os.geteuid(), os.getegid(), os.getpid()
    ready_r, ready_w = os.pipe()
    done_r, done_w = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(ready_w)
        os.read(ready_r, 1)
        failure = _write_ids(outer, uid, gid)
        os.write(done_w, failure.encode() or b"ok")
        os._exit(0)
    try:
        kernel.unshare(kernel.NEW_NAMESPACES)
        os.write(ready_w, b"1")
        said = os.read(done_r, 1000).decode()
    finally:
        for pipe in (ready_r, ready_w, done_r, done_w):
            os.close(pipe)
        os.waitpid(helper, 0)
    if said != "ok":
        raise OSError(1, said)


def _write_ids(pid: int, uid: int, gid: int) -> str:
    more = f"\n{PROGRAM_ID} {NOBODY} 1" if uid == 0 else ""
    try:
        if uid:
            _write(f"/proc/{pid}/setgroups", "deny")
        _write(f"/proc/{pid}/uid_map", f"{SETUP_ID} {uid} 1{more}")
        _write(f"/proc/{pid}/gid_map", f"{SETUP_ID} {gid} 1{more}")
    except OSError as error:
        return f"user numbers: {error.strerror} ({error.filename})"
    return ""


def _write(path: str, text: str) -> None:
    # One write: the kernel takes the whole map or nothing.
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error
    finally:
        os.close(file)


def _refuse_nesting() -> None:
    """No user namespaces inside this one. Where /proc cannot be written they remain: over mounts that they cannot undo."""
    with contextlib.suppress(OSError):
        _write("/proc/sys/user/max_user_namespaces", "0")


def _build_root(job: dict[str, Any]) -> None:
    scratch = job["scratch"]
    kernel.mount("none", "/", flags=kernel.MS_SLAVE_ALL)
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=4m")  # noqa: S108  # covered by the new root
    os.mkdir("/tmp/.old")  # noqa: S108
    kernel.pivot_root("/tmp", "/tmp/.old")  # noqa: S108
    os.chdir("/")
    os.umask(0)
    os.mkdir("/tmp", 0o755)  # noqa: S108
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, f"mode=1777,size={scratch},nr_inodes=20000")  # noqa: S108
    for path, target in job["links"].items():
        os.symlink(target, path)
    for path, source in job["visible"].items():
        _show(f"/.old{source}", path)
        kernel.make_read_only(path)
    for device in _DEVICES:
        _show(f"/.old/dev/{device}", f"/dev/{device}")
    os.symlink("/tmp", "/dev/shm")  # noqa: S108
    os.makedirs("/proc", exist_ok=True)
    os.makedirs(job["cwd"], 0o755, exist_ok=True)
    for name, text in job["files"].items():
        place(os.path.join(job["own"], name), text)


def place(path: str, text: str) -> None:
    """One of the program's files, its folders included; everybody may change it."""
    folder = os.path.dirname(path)
    made: list[str] = []
    while not os.path.isdir(folder):
        made.append(folder)
        folder = os.path.dirname(folder)
    for one in reversed(made):
        os.mkdir(one)
        os.chmod(one, 0o777)  # noqa: S103  # inside the sandbox's own folder
    with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(text)
    os.chmod(path, 0o666)  # noqa: S103


def _show(source: str, path: str) -> None:
    if os.path.isdir(source):
        os.makedirs(path, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(source, path, flags=kernel.MS_BIND_ALL)


def _mount_proc() -> bool:
    # Before the old root goes: the kernel gives a new /proc only to who sees an old one whole.
    try:
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC, "subset=pid")
    except OSError:
        mounted = False  # a container that hides parts of its own /proc
    else:
        mounted = True
    return mounted


def _close_root() -> None:
    kernel.detach("/.old")
    os.rmdir("/.old")
    # The root itself, not what is mounted on it: /tmp stays writable.
    kernel.mount("none", "/", flags=0x1000 | 0x20 | 1 | kernel.MS_NOSUID | kernel.MS_NODEV)  # bind, remount, read-only
