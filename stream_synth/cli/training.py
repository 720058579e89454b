"""`train-scorer`: a light scorer out of rows that a judge, a reward model or people have scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stream_synth.cli import showing
from stream_synth.cli.looking import ask
from stream_synth.errors import ConfigError

# Rows of either fate; scores of scorers that cost something, which the heuristic's own are not.
_SCORES = """
SELECT r.prompt, r.response, r.lang, v.raw_score AS score
FROM verdicts v JOIN (
  SELECT id, prompt, response, lang FROM samples UNION ALL SELECT id, prompt, response, lang FROM rejections) r ON r.id = v.sample_id
WHERE v.gate = 'reward' AND v.raw_score IS NOT NULL AND v.scorer NOT LIKE 'heuristic%'"""
# Rows whose score is what they were made for: those of recipe quality_label.
_LABELS = "SELECT prompt, response, lang, score FROM samples WHERE meta->>'rubric' IS NOT NULL AND score IS NOT NULL ORDER BY id"

_RAW = """
SELECT v.scorer, r.lang, r.prompt, coalesce(nullif(r.response, ''), r.chosen, '') AS answer, v.raw_score
FROM verdicts v JOIN (
  SELECT id, lang, prompt, response, chosen FROM samples UNION ALL SELECT id, lang, prompt, response, chosen FROM rejections
) r ON r.id = v.sample_id
WHERE v.gate = 'reward' AND v.raw_score IS NOT NULL ORDER BY v.scorer"""


def train_scorer(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help="A run directory, or a JSONL file of prompt, response, score, or of text, score.")
    ],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The head's file, for reward: {head: FILE}.")],
    embedder: Annotated[
        str, typer.Option(help="A sentence-transformers model whose vectors help: hub id or path; or ngrams: hashed words, no model.")
    ] = "",
    scorer: Annotated[str, typer.Option(help="In a run directory: only scores of this scorer.")] = "",
) -> None:
    """Fit a light scorer, in a run of recipe quality_label on its labels; it is written only if it beats what there is without it."""
    from stream_synth.gates.reward.embedder import embedder as loaded  # noqa: PLC0415  # numpy, which `--help` must not load
    from stream_synth.training.reading import labelled_file  # noqa: PLC0415
    from stream_synth.training.scorer import train  # noqa: PLC0415

    rows = _stored(source, scorer) if source.is_dir() else list(labelled_file(source))
    trained = train(rows, f"heuristic:{output.stem}", embedder, loaded(embedder) if embedder else None)
    try:
        output.write_text(trained.head.to_json(), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}") from error
    showing.say(
        f"{output}: rank correlation {trained.unseen:.3f} on {trained.held_out} held-out of {trained.rows} rows; "
        f"{trained.baseline_name} {trained.baseline:.3f}, length alone {trained.length:.3f}"
    )


def fit_calibration(
    source: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory whose rows the gate reward has scored.")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file, for reward: {calibration: FILE}.")],
) -> None:
    """Fit what raw scores mean, from 0 to 1, for each scorer and language of a run: half of the rows come out above 0.5."""
    from stream_synth.gates.reward.scoring import language_of  # noqa: PLC0415  # numpy, which `--help` must not load
    from stream_synth.training.calibrating import as_json, fit  # noqa: PLC0415
    from stream_synth.values import Sample  # noqa: PLC0415

    rows = ask(source, _RAW).to_pylist()
    fits = fit((row["scorer"], language_of(Sample(row["prompt"], row["answer"], lang=row["lang"])), row["raw_score"]) for row in rows)
    try:
        output.write_text(as_json(fits), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}") from error
    for scorer, one in fits.items():
        showing.say(f"{output}: {scorer}, rows {', '.join(f'{lang} {count}' for lang, count in sorted(one.rows.items()))}")


def _stored(directory: Path, scorer: str) -> list[Any]:
    from stream_synth.training.reading import scored  # noqa: PLC0415  # the same

    wanted = [
        name for name in ask(directory, "SELECT DISTINCT scorer FROM verdicts WHERE raw_score IS NOT NULL").column(0).to_pylist() if name
    ]
    if scorer and scorer not in wanted:
        raise ConfigError(f"{directory} holds no score of {scorer!r}; there are {', '.join(sorted(wanted)) or 'none'}")
    if not scorer and (labels := ask(directory, _LABELS).to_pylist()):
        return [found for row in labels if (found := scored(row)) is not None]
    quoted = scorer.replace("'", "''")
    table = ask(directory, f"{_SCORES} AND v.scorer = '{quoted}'" if scorer else _SCORES)
    return [found for row in table.to_pylist() if (found := scored(row)) is not None]
