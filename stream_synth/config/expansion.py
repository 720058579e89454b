"""`${ENV}`, `${ENV:-default}` and `--set`: values that come from outside the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stream_synth.config.reading import read_yaml, scalar
from stream_synth.errors import ConfigError

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^{}$]|\{[^{}]*\})*))?\}")
_SECRET_WORDS = frozenset({"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "PWD", "PAT", "CREDENTIALS", "AUTHORIZATION"})
SHORTEST_SECRET = 6  # a shorter value occurs in honest text and is no secret worth the name


class Outside(str):
    """Text that came from the environment or the command line: it may stand for a number or another scalar."""

    __slots__ = ()


class Expander:
    """Fills in environment variables and remembers which of them were secrets."""

    def __init__(self, environ: Mapping[str, str], file: str) -> None:
        self.secrets: dict[str, str] = {}  # value -> "${NAME}"
        self._environ = environ
        self._file = file

    def expand(self, value: Any, path: str = "") -> Any:  # noqa: ANN401  # any YAML value
        """The value with every variable in it filled in; keys stay as they are. `$${` is `${`."""
        if isinstance(value, Mapping):
            return {key: self.expand(one, f"{path}.{key}" if path else str(key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self.expand(one, f"{path}.{index}") for index, one in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return self._text(value, path)
        return value

    def _text(self, text: str, path: str) -> str:
        outside = False

        def fill(match: re.Match[str]) -> str:
            nonlocal outside
            name, default = match[1], match[2]
            if name is None:
                return "${"
            found = self._environ.get(name) or default
            if found is None:
                raise ConfigError(f"{self._file}: {path} needs environment variable {name}: set it, or write ${{{name}:-default}}")
            outside = outside or bool(self._environ.get(name))
            if is_secret(name) and len(found) >= SHORTEST_SECRET:
                self.secrets[found] = f"${{{name}}}"
            return found

        filled = _VARIABLE.sub(fill, text)
        if "${" in _VARIABLE.sub("", text):
            raise ConfigError(f"{self._file}: {path}: cannot read the variable in {text!r}; write ${{NAME}} or ${{NAME:-default}}")
        # A default is the file's own word, but still stands for a scalar: "${N:-8}" is a number.
        return Outside(filled) if outside else Default(filled)


class Default(str):
    """Text that a variable's default gave: the file's own, and a scalar like any other."""

    __slots__ = ()


def is_secret(name: str) -> bool:
    """A variable or key of this name holds a secret: API_KEY, HF_TOKEN. One that names another variable or a file does not."""
    words = name.upper().replace("-", "_").split("_")
    return not _SECRET_WORDS.isdisjoint(words) and words[-1] not in {"ENV", "FILE", "PATH"}


def settled(value: Any, *, as_text: bool = False) -> Any:  # noqa: ANN401
    """The value with text from outside read as a YAML scalar, or left as text."""
    if isinstance(value, Mapping):
        return {key: settled(one, as_text=as_text) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [settled(one, as_text=as_text) for one in value]
    if isinstance(value, Outside | Default):
        return str(value) if as_text else scalar(str(value))
    return value


def with_overrides(values: dict[str, Any], overrides: Sequence[str], expander: Expander) -> dict[str, Any]:
    """The values with each `a.b.0.c=VALUE` put in; VALUE is YAML. Raises `ConfigError` for one that cannot be placed."""
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"--set {override}: write KEY=VALUE, such as --set run.seed=7")
        value = expander.expand(read_yaml(text, f"--set {key}"), key)
        steps = key.strip().split(".")
        values = _placed(values, steps, Outside(value) if isinstance(value, str) else value, key)
    return values


def _placed(container: Any, steps: Sequence[str], value: Any, key: str) -> Any:  # noqa: ANN401
    if not steps:
        return value
    step, *rest = steps
    if container is None:
        container = {}
    if isinstance(container, Mapping):
        return {**container, step: _placed(container.get(step), rest, value, key)}
    if isinstance(container, list):
        if not step.isdecimal() or int(step) > len(container):
            raise ConfigError(f"--set {key}: {step!r} is no place in a list of {len(container)}; write its number, from 0")
        grown = [*container, None] if int(step) == len(container) else list(container)
        grown[int(step)] = _placed(grown[int(step)], rest, value, key)
        return grown
    raise ConfigError(f"--set {key}: what stands before {step!r} is {container!r}, which holds no keys")
