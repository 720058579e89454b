"""The shape of the package: floors, lengths, no swallowed errors, cheap imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "stream_synth"
FLOORS = (
    {"values", "protocols", "errors"},
    {"text", "verify", "metrics", "journal"},
    {"chat", "gates", "recipes", "sources", "store", "simulate"},
    {"engine", "export", "report", "review", "dashboard", "tune", "evals", "training", "observe"},
    {"config", "assemble", "distributed"},
    {"cli", "__main__", "__init__"},
)
FLOOR_OF = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
BESIDE = {
    ("protocols", "values"),  # the vocabulary is one thing in two files
}
MAX_FILE, MAX_FUNCTION, P95_FUNCTION, MAX_PUBLIC_METHODS, MAX_PARAMETERS = 400, 60, 40, 10, 6
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "datasets",
    "openai",
    "duckdb",
    "pyarrow",
    "aiohttp",
    "numpy",
    "pydantic",
    "yaml",
    "rich",
}
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def parts_imported(tree: ast.AST) -> Iterator[str]:
    """Parts of the package that a file imports, lazily or not. Relative imports are banned below."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE.name:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            root, _, rest = name.partition(".")
            if root == PACKAGE.name and rest:
                yield rest.partition(".")[0]


def functions() -> Iterator[tuple[Path, Function]]:
    """Every function of the package."""
    for path, tree in TREES.items():
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, Function))


def lines_of(function: Function) -> int:
    """Its length, signature and docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_every_part_stands_on_a_floor() -> None:
    """A new part must be named in the table of floors."""
    parts = {part_of(path) for path in TREES}

    assert parts <= FLOOR_OF.keys()


def test_imports_run_downwards() -> None:
    """No part knows one beside or above it, but for the pairs named in BESIDE."""
    upwards = [
        f"{path.relative_to(PACKAGE)} imports {part}"
        for path, tree in TREES.items()
        for part in parts_imported(tree)
        if part != part_of(path) and (part_of(path), part) not in BESIDE and FLOOR_OF.get(part, len(FLOORS)) >= FLOOR_OF[part_of(path)]
    ]

    assert not upwards


def test_imports_are_absolute() -> None:
    """One spelling, so that the floors can be read off."""
    relative = [str(path) for path, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]

    assert not relative


def test_files_are_one_idea_long() -> None:
    """No file over the limit."""
    long = [path.name for path in TREES if len(path.read_text(encoding="utf-8").splitlines()) > MAX_FILE]

    assert not long


def test_functions_are_one_step_long() -> None:
    """None over the limit, and nearly all well below it."""
    lengths = sorted(lines_of(function) for _, function in functions())
    long = [f"{path.name}: {function.name}" for path, function in functions() if lines_of(function) > MAX_FUNCTION]

    assert not long
    assert lengths[int(len(lengths) * 0.95)] <= P95_FUNCTION


def test_functions_take_few_parameters() -> None:
    """Commands of the command line take as many as they have options; nothing else does."""
    crowded = [
        f"{path.name}: {function.name}"
        for path, function in functions()
        if part_of(path) != "cli" and len(function.args.args) + len(function.args.kwonlyargs) > MAX_PARAMETERS
    ]

    assert not crowded


def test_classes_have_few_public_methods() -> None:
    """A class that offers more is two classes."""
    broad = [
        node.name
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(m, Function) and not m.name.startswith("_") for m in node.body) > MAX_PUBLIC_METHODS
    ]

    assert not broad


def test_no_error_is_swallowed_whole() -> None:
    """Whoever catches everything raises again."""
    swallowed = [
        f"{path.name}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} & {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]

    assert not swallowed


@pytest.mark.parametrize("name", ["stream_synth", "stream_synth.cli"])
def test_imports_stay_cheap(name: str) -> None:
    """Neither the package nor its command line loads a heavy library before it is needed."""
    script = f"import sys, {name}; print(*{{module.partition('.')[0] for module in sys.modules}})"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30).stdout.split()  # noqa: S603

    assert not HEAVY & set(loaded)
