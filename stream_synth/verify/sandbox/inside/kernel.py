"""The system calls that Python 3.11 has no name for."""

from __future__ import annotations

import ctypes
import os

NEW_NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # user, mount, pid, network, IPC, host name
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND_ALL = 0x1000 | 0x4000  # bind, with the mounts below it
MS_SLAVE_ALL = 0x80000 | 0x4000  # nothing mounted here is seen outside
MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)

# Calls that no program under test needs and that widen the kernel's surface or hold memory that no limit counts.
_FORBIDDEN = {
    "x86_64": {
        "arch": 0xC000003E,
        # memfd_create memfd_secret shmget msgget semget mq_open: memory beside the limits
        "memory": (319, 447, 29, 68, 64, 240),
        # ptrace process_vm_readv process_vm_writev mount umount2 pivot_root unshare setns open_by_handle_at
        "others": (101, 310, 311, 165, 166, 155, 272, 308, 304),
        # pidfd_getfd open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr: the newer ways to the same
        "newer": (438, 428, 429, 430, 431, 432, 433, 442),
        # add_key request_key keyctl bpf perf_event_open userfaultfd io_uring_setup kexec_load init_module finit_module
        "kernel": (248, 249, 250, 321, 298, 323, 425, 246, 175, 313),
        # socket setsid setpgid: where there are no namespaces
        "open": (41, 112, 109),
        "socket": 41,
    },
    "aarch64": {
        "arch": 0xC00000B7,
        "memory": (279, 447, 194, 186, 190, 180),
        "others": (117, 270, 271, 40, 39, 41, 97, 268, 265),
        "newer": (438, 428, 429, 430, 431, 432, 433, 442),
        "kernel": (217, 218, 219, 280, 241, 282, 425, 104, 105, 273),
        "open": (198, 157, 154),
        "socket": 198,
    },
}


# A network namespace holds these: AF_UNIX, AF_INET, AF_INET6. AF_VSOCK, for one, goes past it, to the host of a virtual machine.
_FAMILIES = (1, 2, 10)


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def _checked(name: str, result: int) -> None:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """New namespaces for this process; a new pid namespace holds its next child."""
    _checked("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """`mount(2)`."""
    _checked(f"mount {target}", _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()))


def make_read_only(path: str, *, devices: bool = False) -> None:
    """The mount and all below it: read-only, no set-uid, no device files unless asked. Linux 5.12 or newer."""
    read_only, nosuid, nodev = 1, 2, 4
    attributes = (ctypes.c_uint64 * 4)(read_only | nosuid | (0 if devices else nodev), 0, 0, 0)
    mount_setattr, at_cwd, recursive = 442, -100, 0x8000  # one number on every architecture
    call = (ctypes.c_long(mount_setattr), ctypes.c_int(at_cwd), path.encode(), ctypes.c_uint(recursive), attributes, ctypes.c_size_t(32))
    _checked(f"read-only {path}", _libc.syscall(*call))


def pivot_root(new: str, old: str) -> None:
    """`new` becomes the root, the old root appears at `old`."""
    _checked("pivot_root", _libc.pivot_root(new.encode(), old.encode()))


def detach(path: str) -> None:
    """The mount and all below it go out of reach."""
    _checked(f"umount {path}", _libc.umount2(path.encode(), MNT_DETACH))


def name_host(name: str) -> None:
    """The host name that programs see."""
    _checked("sethostname", _libc.sethostname(name.encode(), ctypes.c_size_t(len(name))))


def die_with_parent() -> None:
    """SIGKILL when the parent ends, however it ends."""
    _checked("prctl", _libc.prctl(1, ctypes.c_ulong(9), 0, 0, 0))


def hide_from_debuggers() -> None:
    """Nobody of the same user reads this process's memory or descriptors."""
    _checked("prctl", _libc.prctl(4, 0, 0, 0, 0))


def give_up_privileges() -> None:
    """No set-uid program gives any back."""
    _checked("prctl", _libc.prctl(38, ctypes.c_ulong(1), 0, 0, 0))


def forbid(*, isolated: bool) -> bool:
    """Filters system calls from now on; False where this machine's numbers are unknown or the kernel has no filters.

    Sockets are those of the families that a network namespace holds. Outside namespaces new sockets and leaving the process group
    are forbidden too.
    """
    table = _FORBIDDEN.get(os.uname().machine)
    if table is None:
        return False
    refused = [number for name in ("memory", "others", "newer", "kernel", *(() if isolated else ("open",))) for number in table[name]]  # type: ignore[attr-defined]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    kill, permission, allow = 0x80000000, 0x00050001, 0x7FFF0000
    end = len(refused) + len(_FAMILIES) + 2  # the refusal stands after the sockets, before the allowance
    code = [(load, 0, 0, 4), (equal, 1, 0, table["arch"]), (give, 0, 0, kill), (load, 0, 0, 0)]
    code.append((at_least, end, 0, 0x40000000))  # the second set of numbers of x86-64
    code += [(equal, end - 1 - place, 0, number) for place, number in enumerate(refused)]
    code += [(equal, 0, len(_FAMILIES) + 2, table["socket"]), (load, 0, 0, 16)]  # its first argument, the lower half
    code += [(equal, left, 0, family) for left, family in zip(range(len(_FAMILIES), 0, -1), _FAMILIES, strict=True)]
    code += [(give, 0, 0, permission), (give, 0, 0, allow)]
    instructions = (_Instruction * len(code))(*(_Instruction(*one) for one in code))
    return bool(_libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(_Filter(len(code), instructions)), 0, 0) == 0)
