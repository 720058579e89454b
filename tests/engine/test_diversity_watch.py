from __future__ import annotations

from pathlib import Path
from random import Random

from stream_synth.engine.diversity import FILE, DiversityWatch
from stream_synth.metrics import WINDOW
from stream_synth.values import Decision, Sample, SeedRecord
from tests.metrics.streams import FIXED, Row, varied


def accepted(rows: list[Row], recipe: str = "made", start: int = 0) -> list[SeedRecord]:
    return [
        SeedRecord(n, str(n), recipe, "done", (Decision(Sample(*row, id=f"{n:024x}", recipe=recipe)),), at=float(n))
        for n, row in enumerate(rows, start)
    ]


def varied_rows(count: int) -> list[Row]:
    rng = Random(1)
    return [varied(rng, "zh") for _ in range(count)]


def test_figures_stand_under_the_recipe_and_in_total() -> None:
    """Two recipes: each has its own windows, the total has both; names are what view `diversity` shows."""
    watch = DiversityWatch(("a", "b"))

    metrics = watch.take(accepted(varied_rows(WINDOW), "a") + accepted(varied_rows(WINDOW), "b", WINDOW))

    assert {"diversity.vendi", "diversity.vendi:a", "diversity.vendi:b"} <= {metric.name for metric in metrics}
    assert {metric.window for metric in metrics} == {f"{WINDOW} rows", "run"}


def test_rejected_rows_are_not_counted() -> None:
    """Only what is accepted is measured."""
    lost = [SeedRecord(1, "1", "made", "done", (Decision(Sample("p", "r"), gate="rules", reason="length"),))]
    watch = DiversityWatch(("made",))

    assert watch.take(lost * 300) == []
    assert watch.last(1.0) == []


def test_a_run_of_one_recipe_is_measured_once() -> None:
    """Both names hold the same values; the few rows of a short run are told at its end."""
    watch = DiversityWatch(("made",))
    watch.take(accepted(varied_rows(30)))

    told = {metric.name: metric.value for metric in watch.last(9.0)}

    assert told["diversity.rows"] == told["diversity.rows:made"] == 30
    assert told["diversity.distinct_2"] > 0


def test_a_collapse_is_told_within_2000_rows_and_outlives_a_restart(tmp_path: Path) -> None:
    """An alarm, a metric row, and after a resume the alarm stands without going off again."""
    watch = DiversityWatch(("made",), tmp_path)
    watch.take(accepted(varied_rows(3_000)))
    quiet = dict(watch.alarms)

    told = watch.take(accepted([FIXED["zh"]] * 2_000, start=3_000))
    watch.last(5_000.0)
    again = DiversityWatch(("made",), tmp_path)
    more = again.take(accepted([FIXED["zh"]] * 1_000, start=5_000))

    assert quiet == {}
    assert [metric.name for metric in told if "collapse" in metric.name] == ["diversity.collapse:made"]
    assert watch.alarms.keys() == watch.raised.keys() == again.alarms.keys() == {"made"}
    assert again.raised == {}
    assert not [metric for metric in more if "collapse" in metric.name]


def test_taking_turns_is_no_collapse() -> None:
    """A recipe of one template that comes after a varied one raises no alarm: each is compared with itself."""
    watch = DiversityWatch(("varied", "sums"))
    rng = Random(3)
    sums: list[Row] = [(f"{a}+{a + 1}等于多少？", f"答案是{2 * a + 1}。") for a in (rng.randrange(10_000) for _ in range(3_000))]

    watch.take(accepted(varied_rows(3_000), "varied"))
    watch.take(accepted(sums, "sums", 3_000))

    assert watch.alarms == {}


def test_a_damaged_file_is_no_loss(tmp_path: Path) -> None:
    """The streams begin anew."""
    (tmp_path / FILE).write_bytes(b"not an archive")

    watch = DiversityWatch(("made",), tmp_path)

    assert watch.take(accepted(varied_rows(WINDOW)))
    assert watch.alarms == {}
