"""`init` and `recipes`: what there is to begin with."""

from __future__ import annotations

import sys
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from stream_synth.cli import showing
from stream_synth.errors import ConfigError


def init(
    *,
    recipe: Annotated[str, typer.Option(metavar="NAME", help="The method to start from.")] = "distill",
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write there; default: stdout.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False,
) -> None:
    """Write a commented starter configuration."""
    from stream_synth.config import starter  # noqa: PLC0415  # pydantic and YAML, which `--help` must not load

    find_here()
    text = starter(recipe)
    if out is None:
        sys.stdout.write(text)
        return
    if out.exists() and not force:
        raise ConfigError(f"{out} exists; choose another -o, or add --force to replace it")
    out.write_text(text, encoding="utf-8")
    showing.say(f"wrote {out}; next: stream-synth preview {out}")


def recipes(
    name: Annotated[str | None, typer.Argument(help="One method in detail.", show_default=False)] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the methods and their configurations; with NAME one in detail: paper, fields in and out, roles, reasons, options."""
    from stream_synth.recipes import REGISTRY, find_recipe  # noqa: PLC0415  # `--help` must not load every method
    from stream_synth.recipes.methods import METHODS  # noqa: PLC0415

    find_here()
    kinds = REGISTRY if name is None else {name: find_recipe(name)}
    stated = [stated_by(one, kind) for one, kind in kinds.items()]
    if as_json:
        showing.print_json(stated if name is None else stated[0])
    elif name is None:
        rows = [[one["name"], one["summary"]] for one in stated]
        read(showing.table(("recipe", "what it does"), rows))
        methods = [[one.title, one.recipe, f"configs/{one.config}.yaml"] for one in METHODS]
        read("", showing.table(("method", "recipe", "configuration"), methods))
    else:
        show_recipe(stated[0])


def find_here() -> None:
    """Let `module:Class` be a file of the working directory, as it may stand beside a configuration."""
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # last, so that it hides nothing


def stated_by(name: str, kind: Any) -> dict[str, Any]:  # noqa: ANN401  # a recipe class; cards and options are not in the protocol
    """What a method says of itself: its card, where it has one, and its options with their defaults."""
    from stream_synth.recipes.methods import METHODS  # noqa: PLC0415

    card = kind.card.as_json() if hasattr(kind, "card") else dict.fromkeys(("summary", "paper"), "") | {"fields_in": {}, "fields_out": {}}
    own = [field for field in fields(kind) if not field.name.startswith("_")] if is_dataclass(kind) else []
    options = [{"name": field.name, "default": default_of(field), "help": field.metadata.get("help", "")} for field in own]
    configs = {one.config: one.title for one in METHODS if one.recipe == name}
    return {"name": name, **card, "configs": configs, "options": options}


def default_of(field: Field[Any]) -> object:
    """The default as a configuration would write it; None where a value must be given."""
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else None


def show_recipe(stated: dict[str, Any]) -> None:
    """One method: what it is, then a table for each part of its card, then its options."""
    showing.show(showing.visible(f"{stated['name']}: {stated['summary']}"))
    for key, value in stated.items():
        title = key.replace("_", " ")
        if isinstance(value, dict) and value:
            read("", showing.table((title, ""), value.items()))
        elif key not in {"name", "summary", "options"} and value:
            showing.show(showing.visible(f"{title}: {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"))
    rows = [[one["name"], showing.to_json(one["default"]), one["help"]] for one in stated["options"]]
    read("", showing.table(("option", "default", ""), rows))


def read(*things: Any) -> None:  # noqa: ANN401  # what rich renders, which `--help` must not load
    """Print what is read and never parsed: `--json` is for programs."""
    showing.show(*things, file_width=showing.READING_WIDTH)
