"""`evals`: the benchmarks that training data is kept clear of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stream_synth.cli import showing
from stream_synth.errors import ConfigError

evals = typer.Typer(help="Benchmarks that training data is kept clear of: indexes of hashes, no text.", no_args_is_help=True)


@evals.command(name="list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every index by the name that `contamination.benchmarks` takes."""
    from stream_synth.evals import listed  # noqa: PLC0415  # numpy, which `--help` must not load

    rows = list(listed())
    if as_json:
        showing.print_json([{"name": one.name, "items": one.items, "whose": one.whose, "path": str(one.path)} for one in rows])
        return
    cells = [(one.name, one.items, one.ngrams, one.kilobytes, one.whose, one.about) for one in rows]
    showing.show(showing.table(("benchmark", "items", "n-grams", "KB", "whose", "about"), cells))


@evals.command()
def add(  # noqa: PLR0913  # each parameter is an option of the command
    name: Annotated[str, typer.Argument(help="What configurations will call it.")],
    file: Annotated[str, typer.Argument(help="JSONL, JSON, CSV or Parquet; or a hub data set, owner/name.")],
    *,
    text: Annotated[str, typer.Option(metavar="EXPR", help='Column or template of the question: question, "{stem}\\n{context}".')],
    rest: Annotated[str, typer.Option(metavar="EXPR", help="Column or template of options or reference code.")] = "",
    id_: Annotated[str, typer.Option("--id", metavar="EXPR", help="Column that names an item; default: its number.")] = "",
    split: Annotated[str, typer.Option(help="Of a hub data set.")] = "test",
    keep_text: Annotated[
        bool, typer.Option(help="Keep the items' text beside the index, so that `contamination.judge` can show it.")
    ] = False,
) -> None:
    """Index your own benchmark; `contamination: {benchmarks: [NAME, gsm8k]}` then names it."""
    from stream_synth.evals import Columns, add_benchmark  # noqa: PLC0415
    from stream_synth.gates.contamination.shelf import SHIPPED  # noqa: PLC0415

    columns = Columns(text.replace("\\n", "\n"), rest.replace("\\n", "\n"), id_)
    index, path = add_benchmark(name, file, columns, split=split, keep_text=keep_text)
    showing.show(f"{len(index)} items of {name} in {path}")
    if (SHIPPED / path.name).exists():
        showing.say(f"warning: it stands in place of the shipped {name}, in every run; delete {path} to have that again")


@evals.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Folder with the benchmark files (JSONL).")],
    *,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where the indexes go; default: your own shelf.")] = None,
    model: Annotated[str, typer.Option(help="Embedding model whose vectors of the questions are made too.")] = "",
) -> None:
    """Make the shipped indexes anew from benchmark files: gsm8k_test.jsonl, math_test.jsonl, and so on."""
    from stream_synth.evals import SHIPPED_SETS, build_shipped  # noqa: PLC0415
    from stream_synth.gates.contamination import user_shelf  # noqa: PLC0415
    from stream_synth.gates.embedding import load_embedder  # noqa: PLC0415

    made = 0
    embedder = load_embedder(model) if model else None
    for index in build_shipped(folder, out or user_shelf(), embedder):
        showing.show(f"{index.name}: {len(index)} items")
        made += 1
    if not made:
        wanted = [f"{file}.jsonl" for one in SHIPPED_SETS.values() for file in one.files.values()]
        raise ConfigError(f"{folder} holds no benchmark; looked for {', '.join(wanted)}")
