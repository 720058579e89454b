"""Self-improvement in rounds: generate, export, train, and generate with what was trained."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import yaml

from stream_synth.assemble.session import Session, Summary, first_of_ours, signals_to
from stream_synth.assemble.trainer import Trained, train
from stream_synth.engine.changes import compare
from stream_synth.engine.settings import Config
from stream_synth.errors import ConfigError, RunError
from stream_synth.export import ExportOptions, export
from stream_synth.observe.door import query

STATE = "rounds.json"
TRAINED_ROLE = "teacher"  # whom every self-improvement method asks; judges stay who they are
_ENDED = frozenset({"finished", "source_exhausted"})  # a round that a target, a budget or Ctrl-C cut short is not trained on


@dataclass(frozen=True, slots=True)
class Round:
    """One that is over: how many rows there were to train on, where they lie, and what training made of them."""

    number: int  # from 1
    rows: int
    path: str
    trained: Trained = field(default_factory=Trained)


async def execute(
    config: Config,
    directory: Path,
    *,
    limit: int | None = None,
    accept_changes: bool = False,
    on_progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> Summary:
    """Run or resume `config` in `directory`, in rounds where it asks for them."""
    if limit is not None:
        config = replace(config, run=replace(config.run, limit=limit))
    session = Session(config, directory, accept_changes, on_progress)
    try:
        return await (session.run() if config.run.rounds is None else run_rounds(session, config.run.rounds))
    except BaseExceptionGroup as group:
        raise first_of_ours(group) from group


async def run_rounds(session: Session, rounds: int) -> Summary:
    """Go on until so many rounds are over, the dev metric gains less than `run.min_gain`, or a target, a budget or Ctrl-C ends it.

    A round is one pass over the source, then an export of all rows accepted so far to `rounds/N.jsonl`. With `run.train` the teacher's
    model follows and the next round begins; without it the invocation ends there, and the next one is the next round.
    """
    directory, options = session.directory, session.config.run
    if options.limit is not None:
        raise ConfigError("run.limit counts over all rounds and would cut the later ones short; leave it out, or shorten the source")
    done = read_rounds(directory)
    while True:
        is_over = len(done) >= rounds or not has_gained(done, options.min_gain)
        summary = await _generated(session, len(done) if is_over else len(done) + 1, done)
        if is_over or summary.outcome not in _ENDED:
            return summary
        finished = await _concluded(directory, len(done) + 1, options.train)
        if finished is None:
            counts = {**summary.counts, "outcome": "interrupted"}
            return Summary(counts, "interrupted", "interrupted; the same command trains again")
        if options.min_gain is not None and finished.trained.dev_metric is None:
            raise RunError('run.min_gain needs a dev metric: let run.train print JSON with "dev_metric"; the same command trains again')
        done = [*done, finished]
        write_rounds(directory, done)
        if not options.train or len(done) >= rounds or not has_gained(done, options.min_gain):
            return replace(summary, message=_told(done, rounds, options.min_gain))


async def _generated(session: Session, number: int, done: Sequence[Round]) -> Summary:
    """One round's rows; at its border the endpoint may be another one without the user's word, because that is what rounds are for."""
    config = session.config
    made = config_of(config, number, done[: number - 1])
    before = session.directory / "config.yaml"
    known = yaml.safe_load(before.read_text(encoding="utf-8")) if before.exists() else made.resolved
    only_endpoints = all(change.key.startswith("endpoints.") for change in compare(known, made.resolved).text)
    at_border = bool(done) and _passes(known) < number
    session.config, accepted = made, session.accept_changes
    session.accept_changes = accepted or (at_border and only_endpoints)
    try:
        return await session.run()
    finally:
        session.config, session.accept_changes = config, accepted


def config_of(config: Config, number: int, done: Sequence[Round]) -> Config:
    """The configuration of this round: so many passes over the sources, the teacher as trained by the rounds before it."""
    specs = tuple(replace(spec, source=replace(spec.source, passes=number)) for spec in config.recipes)  # type: ignore[type-var]
    model = next((one.trained.model for one in reversed(done) if one.trained.model), "")
    base_url = next((one.trained.base_url for one in reversed(done) if one.trained.base_url), "")
    changes: dict[str, Any] = {name: value for name, value in (("model", model), ("base_url", base_url)) if value}
    (teacher,) = config.endpoints[TRAINED_ROLE]
    endpoints = {**config.endpoints, TRAINED_ROLE: (replace(teacher, **changes),)}
    return replace(config, recipes=specs, endpoints=endpoints, resolved=_resolved(config.resolved, number, changes))


def _resolved(resolved: Mapping[str, Any], number: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    def passing(part: Mapping[str, Any]) -> dict[str, Any]:
        return {**part, "source": {**part["source"], "passes": number}} if "source" in part else dict(part)

    recipe = resolved["recipe"]
    endpoints = {**resolved["endpoints"], TRAINED_ROLE: {**resolved["endpoints"][TRAINED_ROLE], **changes}}
    several = [passing(one) for one in recipe] if isinstance(recipe, list) else recipe
    return {**passing(resolved), "recipe": several, "endpoints": endpoints}


def _passes(resolved: Mapping[str, Any]) -> int:
    recipe = resolved["recipe"]
    part = recipe[0] if isinstance(recipe, list) else resolved
    return int(part["source"]["passes"])


async def _concluded(directory: Path, number: int, command: Sequence[str]) -> Round | None:
    """The round exported and trained on; None when training was interrupted."""
    path = directory / "rounds" / f"{number}.jsonl"
    path.parent.mkdir(exist_ok=True)
    options = ExportOptions(format="messages", path=path)
    exported = await asyncio.to_thread(export, lambda statement: query(directory, statement).to_batches(), options)
    if not exported.rows:
        raise RunError(f"round {number} ended without an accepted row, so there is nothing to train on; `rejections` has the reasons")
    training = asyncio.create_task(train(command, path)) if command else None
    if training is None:
        return Round(number, exported.rows, str(path))
    try:
        with signals_to(training.cancel):
            await asyncio.wait([training])
    finally:
        training.cancel()  # where this itself was cancelled; else it is over
    return None if training.cancelled() else Round(number, exported.rows, str(path), training.result())


def has_gained(done: Sequence[Round], min_gain: float | None) -> bool:
    """The last round gained enough over the one before it, as far as both have a dev metric."""
    last = [one.trained.dev_metric for one in done[-2:]]
    if min_gain is None or len(last) < 2 or last[0] is None or last[1] is None:  # a gain is between two
        return True
    return last[1] - last[0] >= min_gain


def _told(done: Sequence[Round], rounds: int, min_gain: float | None) -> str:
    one = done[-1]
    told = f"round {one.number} of {rounds}: {one.rows} rows in {one.path}"
    if one.trained == Trained():
        return f"{told}; train on them, then give the same command with the new endpoint" if one.number < rounds else told
    said = ", ".join(f"{name} {value}" for name, value in asdict(one.trained).items() if value not in {"", None})
    gain = "" if has_gained(done, min_gain) else f"; the dev metric gained less than run.min_gain ({min_gain}), so this was the last one"
    return f"{told}; {said}{gain}"


def read_rounds(directory: Path) -> list[Round]:
    """Those that are over, in order."""
    path = directory / STATE
    listed = orjson.loads(path.read_bytes()) if path.exists() else []
    return [Round(**{**one, "trained": Trained(**one["trained"])}) for one in listed]


def write_rounds(directory: Path, done: Sequence[Round]) -> None:
    """All of them, or the file as it was."""
    beside = directory / f"{STATE}.new"
    beside.write_bytes(orjson.dumps([asdict(one) for one in done], option=orjson.OPT_INDENT_2))
    os.replace(beside, directory / STATE)  # noqa: PTH105  # atomic
