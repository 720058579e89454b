"""YAML as people mean it: YAML 1.2 scalars (`off` is a word, `1e-3` a number), and a repeated key is an error."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from stream_synth.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """The safe loader with other rules for plain scalars."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own way; filled below, replaced nowhere

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        """A mapping whose keys are all different."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise ConfigError(f"{_place(key.start_mark)}: key {key.value!r} stands here a second time; keep one of them")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# The core schema of YAML 1.2.
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+0123456789."),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [one.replace("\0", "") for one in _first])


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)


def read_yaml(text: str, name: str) -> Any:  # noqa: ANN401  # whatever the text says
    """The value. Raises `ConfigError` with file, line and column."""
    try:
        loader = _Loader(text)
        loader.name = name
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise ConfigError(f"{_place(where) if where else name}: not valid YAML: {problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: not valid YAML: {' '.join(str(error).split())}") from error


def read_file(path: Path) -> Any:  # noqa: ANN401
    """The value in a file. Raises `ConfigError` when it cannot be read."""
    try:
        return read_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    except FileNotFoundError as error:
        others = sorted(one.name for one in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        hint = f"; {path.parent.absolute()} holds {', '.join(others[:8])}" if others else "; write one with: stream-synth init -o my.yaml"
        raise ConfigError(f"there is no configuration {path}{hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as a configuration: {error}") from error


def scalar(text: str) -> Any:  # noqa: ANN401  # text, number, truth value or null
    """What this text is as a plain YAML scalar."""
    loader = _Loader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return loader.construct_object(yaml.ScalarNode(tag, text))


def _place(mark: yaml.Mark) -> str:
    return f"{mark.name} line {mark.line + 1}"
