"""What a program sees of this machine's files: the system's programs and libraries, this Python, and what was named."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from stream_synth.errors import ConfigError

# Programs and libraries. No /etc but what the loader and the clock read; no /home, /root, /var, /run, /opt.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
_SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


def visible_paths(read: Sequence[Path], python: Path) -> dict[str, str]:
    """Path inside -> real path outside, all of them read-only; no path lies below another. Missing `read` raises `ConfigError`."""
    for path in read:
        if not path.exists():
            raise ConfigError(f"sandbox: {path} is to be readable and does not exist")
        if path.resolve() == Path("/"):
            raise ConfigError("sandbox: read names /, that is everything; name what the program needs")
    system = [path for name in (*_SYSTEM, *_SETTINGS) if (path := Path(name)).exists() and not _is_link_to_system(path)]
    wanted = [*system, *_python(python), *(path.absolute() for path in read)]
    found = {str(one): str(one.resolve()) for path in wanted for one in (path, path.resolve())}
    return {path: found[path] for path in sorted(found) if not any(str(above) in found for above in Path(path).parents)}


def links() -> dict[str, str]:
    """Where /bin and its kind are links into /usr, as on most systems: path -> target."""
    return {name: str(Path(name).readlink()) for name in _SYSTEM if _is_link_to_system(Path(name))}


def _is_link_to_system(path: Path) -> bool:
    return path.is_symlink() and path.parent == Path("/")


def _python(python: Path) -> list[Path]:
    """The environment, the Python it was made from, and each link on the way from one to the other."""
    steps = [python]
    while steps[-1].is_symlink():
        steps.append(steps[-1].parent / steps[-1].readlink())
    return [path for path in (Path(sys.prefix), Path(sys.base_prefix), *steps) if path != Path("/usr")]
