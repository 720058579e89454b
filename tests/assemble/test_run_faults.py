from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.assemble.rig import questions, rig

STORM = [
    {"kind": "status", "status": 500, "probability": 0.1},
    {"kind": "status", "status": 429, "retry_after_s": 0.01, "probability": 0.1},
    {"kind": "close_before_reply", "probability": 0.05},
    {"kind": "truncated_body", "probability": 0.05},
    {"kind": "malformed_json", "probability": 0.05},
    {"kind": "content_filter", "probability": 0.05},
    {"kind": "missing_usage", "probability": 0.05},
]


async def test_a_storm_of_faults_costs_rows_and_never_the_books(tmp_path: Path) -> None:
    """Every seed ends once, and what was charged twice is listed as ambiguous."""
    async with rig(tmp_path, faults=STORM) as here:
        summary = await here.run(here.settings(), source=questions(150))

    charged = Counter(line["idempotency_key"] for line in here.charges())
    ambiguous = Counter(key for (key,) in here.rows("SELECT call_key FROM attempts WHERE outcome = 'ambiguous'"))
    assert (summary.outcome, summary.counts["seeds_done"]) == ("finished", 150)
    assert summary.counts["accepted"] + summary.counts["rejected"] + summary.counts["failed"] == 150
    assert summary.counts["accepted"] > 120
    assert all(count - 1 <= ambiguous[key] for key, count in charged.items())
    assert here.broken() == []


async def test_a_server_that_comes_back_is_used_by_the_same_command(tmp_path: Path) -> None:
    """A key that is refused half way stops the run with an error; the seeds stay open, and the next invocation makes them."""
    async with rig(tmp_path, faults=[{"kind": "status", "status": 401, "skip": 20, "message": "invalid key"}]) as here:
        first = await here.run(here.settings(), source=questions(60))
    async with rig(tmp_path) as here:
        second = await here.run(here.settings(), source=questions(60))

    assert (first.outcome, first.exit_code, first.counts["failed"]) == ("error", 1, 0)
    assert (second.outcome, second.counts["accepted"]) == ("finished", 60)
    assert len(here.charges()) == 60
    assert here.broken() == []
