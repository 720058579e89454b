"""What a run directory says of itself: from the process that holds it, else from its files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stream_synth.observe.door import live_status, query

COUNTS = """
SELECT
  (SELECT count(*) FROM seeds_done) AS seeds_done,
  (SELECT count(DISTINCT seed_id) FROM calls WHERE seed_id NOT IN (SELECT seed_id FROM seeds_done)) AS seeds_open,
  (SELECT count(*) FROM samples) AS accepted,
  (SELECT count(*) FROM rejections) AS rejected,
  (SELECT count(*) FROM failures) AS failed,
  (SELECT count(*) FROM attempts WHERE outcome = 'ambiguous') AS ambiguous
"""
SPENT = """
SELECT count(*) AS calls, coalesce(sum(prompt_tokens), 0)::BIGINT AS prompt_tokens,
  coalesce(sum(reasoning_tokens), 0)::BIGINT AS reasoning_tokens,
  coalesce(sum(completion_tokens), 0)::BIGINT AS completion_tokens, coalesce(sum(cost_usd), 0)::DOUBLE AS cost_usd
FROM calls
"""
LAST_RUN = """
SELECT coalesce(outcome, '') AS outcome, greatest(epoch(ended_at) - epoch(started_at), 0) AS seconds,
  (SELECT count(*) FROM calls WHERE calls.started_at >= runs.started_at) AS calls
FROM runs ORDER BY started_at DESC LIMIT 1
"""
# The newest word on each recipe: the share by which a figure fell, 0 once it came back.
COLLAPSED = """
SELECT substr(name, 20) AS recipe, value FROM metrics WHERE name LIKE 'diversity.collapse:%'
QUALIFY row_number() OVER (PARTITION BY name ORDER BY "at" DESC) = 1 ORDER BY recipe
"""


def status_of(directory: Path) -> dict[str, Any]:
    """The contract's counts and `live`, `eta_s`, `target_accepted`, `collapsed` (recipe to share of diversity lost), `disk`.

    Raises `ConfigError` where there is no run.
    """
    counts = live_status(directory)
    live = counts is not None
    shown = dict(counts) if counts is not None else counts_in(directory)
    target = target_of(directory)
    shown.setdefault("target_accepted", target)
    shown.setdefault("eta_s", eta_s(shown, target) if live else None)
    shown["collapsed"] = {row["recipe"]: round(row["value"], 4) for row in query(directory, COLLAPSED).to_pylist() if row["value"]}
    return {**shown, "live": live, "disk": disk_of(directory, int(shown["accepted"]), target)}


def counts_in(directory: Path) -> dict[str, Any]:
    """The contract's counts, from the database."""
    counts, spent = (query(directory, sql).to_pylist()[0] for sql in (COUNTS, SPENT))
    runs = query(directory, LAST_RUN).to_pylist()
    last: Mapping[str, Any] = runs[0] if runs else {"outcome": "", "seconds": 0.0, "calls": 0}
    seconds = float(last["seconds"] or 0.0)
    return {
        "run_dir": str(directory),
        "outcome": last["outcome"],
        "seeds_read": counts["seeds_done"] + counts["seeds_open"],
        "seeds_done": counts["seeds_done"],
        "candidates": counts["accepted"] + counts["rejected"],
        "accepted": counts["accepted"],
        "rejected": counts["rejected"],
        "failed": counts["failed"],
        "calls": spent["calls"],
        "ambiguous": counts["ambiguous"],
        **{name: spent[name] for name in ("prompt_tokens", "reasoning_tokens", "completion_tokens")},
        "cost_usd": round(spent["cost_usd"], 6),
        "seconds": round(seconds, 3),
        "calls_per_second": round(last["calls"] / seconds, 2) if seconds else 0.0,
    }


def target_of(directory: Path) -> int | None:
    """`run.target_accepted` of the configuration the run was last started with."""
    path = directory / "config.yaml"
    config: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    target = ((config or {}).get("run") or {}).get("target_accepted")
    return int(target) if target is not None else None


def eta_s(counts: Mapping[str, Any], target: int | None) -> float | None:
    """Seconds to the target at the mean rate so far; None without a target or a rate."""
    if not target or not counts["accepted"] or not counts["seconds"]:
        return None
    accepted, seconds = int(counts["accepted"]), float(counts["seconds"])
    return round(max(target - accepted, 0) * seconds / accepted, 1)


def disk_of(directory: Path, accepted: int, target: int | None) -> dict[str, Any]:
    """Bytes of all files of the run, an accepted row's share of them, and what the target would take."""
    size = sum(size_of(path) for path in directory.rglob("*"))
    per_row = size / accepted if accepted else None
    return {
        "bytes": size,
        "bytes_per_accepted_row": round(per_row, 1) if per_row else None,
        "bytes_at_target": round(per_row * target) if per_row and target else None,
        "free_bytes": shutil.disk_usage(directory).free,
    }


def size_of(path: Path) -> int:
    """Bytes of a file; 0 for a folder, and for a file that a live run has just taken away."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
