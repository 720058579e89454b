"""`export`: accepted rows as training files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from stream_synth.cli import showing
from stream_synth.cli.looking import RunDirectory, ask, existing
from stream_synth.errors import ConfigError


def export(  # noqa: PLR0913  # each parameter is an option of the command
    directory: RunDirectory,
    *,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help="messages, sharegpt, alpaca, seed-tasks, prompt-completion, reasoning, qcr, dpo, label or text.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="PATH", help="A .jsonl, .json or .parquet file, or a folder.", show_default=False)
    ],
    where: Annotated[str, typer.Option(metavar="SQL", help="Condition on rows of `samples`: \"score > 0.6 AND lang = 'zh'\".")] = "",
    licence: Annotated[str, typer.Option(metavar="A,B", help="Only rows made from questions under these licences.")] = "",
    split: Annotated[str, typer.Option(metavar="NAME=SHARE,…", help="train=0.98,test=0.02; rows of one question stay together.")] = "",
    seed: Annotated[int, typer.Option(help="Of the split.")] = 0,
    think: Annotated[str, typer.Option(help="Where thinking goes: inline, field or drop.")] = "inline",
    eos: Annotated[str, typer.Option(help="prompt-completion: end-of-text token after completion, both, or none.")] = "none",
    tokenizer: Annotated[
        str, typer.Option(metavar="ID", help="Hub id or folder of the tokenizer whose end-of-text token --eos writes.")
    ] = "",
) -> None:
    """Write accepted rows of DIR in the shape a trainer reads. Works while the run is on."""
    from stream_synth.export import ExportOptions, parse_splits  # noqa: PLC0415  # with pyarrow, which `--help` must not load
    from stream_synth.export import export as write  # noqa: PLC0415

    options = ExportOptions(
        format=format_,
        path=out,
        where=where,
        licences=tuple(one.strip() for one in licence.split(",") if one.strip()),
        splits=parse_splits(split) if split else (),
        seed=seed,
        think=think,
        eos=eos,
        eos_token=end_token(tokenizer) if tokenizer and eos != "none" else "",
        terms=tuple(terms_of(existing(directory))),
    )
    report = write(lambda statement: ask(directory, statement).to_batches(), options)
    for path, count in report.files.items():
        showing.show(f"{count} rows in {path}")
    for reason, count in report.left_out.items():
        showing.say(f"left out {count} rows: {reason}")
    for line in options.terms:
        showing.say(f"terms: {line}")


def terms_of(directory: Path) -> Iterable[str]:
    """What the configuration of the run says of the models' terms."""
    import yaml  # noqa: PLC0415  # only this command reads it

    path = directory / "config.yaml"
    config: dict[str, Any] = (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    for role, endpoints in (config.get("endpoints") or {}).items():
        for endpoint in endpoints if isinstance(endpoints, list) else [endpoints]:
            if endpoint.get("terms"):
                yield f"{role} ({endpoint.get('model')}): {endpoint['terms']}"


def end_token(tokenizer: str) -> str:
    """The end-of-text token of a tokenizer. Raises `ConfigError` where there is none."""
    from transformers import AutoTokenizer  # noqa: PLC0415  # seconds that only --tokenizer should pay

    try:
        token = AutoTokenizer.from_pretrained(tokenizer).eos_token
    except (OSError, ValueError) as error:
        raise ConfigError(f"--tokenizer {tokenizer} cannot be loaded: {str(error).splitlines()[0]}") from error
    if not token:
        raise ConfigError(f"--tokenizer {tokenizer} has no end-of-text token")
    return str(token)
