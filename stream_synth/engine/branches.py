"""How rows spread over the branches of a topic tree, for table `metrics`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from stream_synth.engine.parts import Method
from stream_synth.store import Metric, Store

PREFIX = "branch."  # branch.<recipe>.<branch>
_PER_BRANCH = """
SELECT meta->>'branch' AS branch, count(*) AS rows FROM samples WHERE recipe = ? AND meta->>'branch' IS NOT NULL
GROUP BY branch ORDER BY rows DESC, branch LIMIT ?"""
MOST = 1000  # branches of a recipe that are told, the largest first: twenty roots of fifty


def branch_metrics(store: Store, methods: Sequence[Method], at: float) -> list[Metric]:
    """Accepted rows of the whole run by `branch`, for recipes whose card names that key of meta. Reads their rows once."""
    counted = [method.label for method in methods if "branch" in getattr(getattr(method.recipe, "card", None), "meta_keys", ())]
    if not counted:
        return []
    with closing(store.cursor()) as cursor:
        return [
            Metric(at, f"{PREFIX}{label}.{branch}", float(rows), "run")
            for label in counted
            for branch, rows in cursor.execute(_PER_BRANCH, [label, MOST]).fetchall()
        ]
