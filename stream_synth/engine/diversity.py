"""Watches accepted rows get less diverse: figures for table `metrics`, and an alarm, per method and in total."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import structlog

from stream_synth.metrics import WINDOW, Collapse, Diversity, Figure, Tokens, read_characters
from stream_synth.store import Metric
from stream_synth.text.tokens import token_hashes
from stream_synth.values import Sample, SeedRecord

PREFIX = "diversity."  # view `diversity` shows what follows
FILE = "diversity.npz"
SAVE_EVERY_S = 20.0  # 0.5 MB for each stream; what a killed process loses is the memory of its last seconds
TOTAL = ""
READ_ONE_IN = 3  # rows, after a stream's first window: keeps the cost of long rows below 30 us


class DiversityWatch:
    """Runs in the store thread, beside the commit: no row waits for it but there. `alarms` may be read from any thread.

    The total is measured but raises no alarm: methods take turns, and a stretch of one of them is no collapse.
    """

    def __init__(self, labels: Sequence[str], directory: Path | None = None) -> None:
        self.alarms: Mapping[str, Collapse] = {}  # by method, while they last
        self.raised: Mapping[str, Collapse] = {}  # those that went off in this invocation: a reason to stop once
        self._only = labels[0] if len(labels) == 1 else None  # a run of one method has one stream, which is also the total
        self._path = None if directory is None else directory / FILE
        self._streams = {label: Diversity() for label in (labels if self._only else (TOTAL, *labels))}
        self._saved_at = 0.0
        self._restore()

    @property
    def nbytes(self) -> int:
        """Bytes held by all streams."""
        return sum(stream.nbytes for stream in self._streams.values())

    def take(self, records: Sequence[SeedRecord]) -> list[Metric]:
        """The accepted rows among these decisions; what they bring to table `metrics`."""
        rows = [decision.sample for record in records for decision in record.decisions if decision.accepted]
        if not rows:
            return []
        metrics: list[Metric] = []
        at = records[-1].at
        for label, stream in self._streams.items():
            own = rows if label in {TOTAL, self._only} else [row for row in rows if row.recipe == label]
            if own:
                metrics += self._named(label, _added(stream, own), at)
        if metrics:
            self._look_for_alarms()
            self.save(at)
        return metrics

    def last(self, at: float) -> list[Metric]:
        """At the end: what the rows since the last full window add."""
        metrics = [one for label, stream in self._streams.items() for one in self._named(label, stream.so_far(), at)]
        self.save(float("inf"))
        return metrics

    def save(self, at: float) -> None:
        """Keep the streams for the next invocation, at most every `SAVE_EVERY_S` of the records' time."""
        if self._path is None or at - self._saved_at < SAVE_EVERY_S:
            return
        self._saved_at = at
        packed = io.BytesIO()
        np.savez(packed, **{f"{place}/{name}": one for place, s in enumerate(self._streams.values()) for name, one in s.state().items()})
        beside = self._path.with_suffix(".new")
        beside.write_bytes(packed.getvalue())
        beside.replace(self._path)

    def _restore(self) -> None:
        """A file that is missing, damaged or of other methods is no loss: the streams begin anew."""
        if self._path is None or not self._path.exists():
            return
        try:
            with np.load(self._path, allow_pickle=False) as kept:
                for place, label in enumerate(self._streams):
                    state = {name.partition("/")[2]: kept[name] for name in kept.files if name.startswith(f"{place}/")}
                    self._streams[label] = Diversity.restored(state)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            structlog.get_logger().warning("diversity_begins_anew", file=str(self._path), problem=str(error))
        self.alarms = self._standing()

    def _named(self, label: str, figures: Sequence[Figure], at: float) -> list[Metric]:
        labels = (label, TOTAL) if self._only else (label,)
        return [
            Metric(at, f"{PREFIX}{figure.name}{f':{one}' if one else ''}", figure.value, f"{figure.rows} rows" if figure.rows else "run")
            for one in labels
            for figure in figures
            if not (figure.name == "collapse" and one == TOTAL)
        ]

    def _standing(self) -> dict[str, Collapse]:
        return {label: stream.alarm.collapse for label, stream in self._streams.items() if label != TOTAL and stream.alarm.collapse}

    def _look_for_alarms(self) -> None:
        standing = self._standing()
        for label in standing.keys() - self.alarms.keys():
            rows = self._streams[label].rows
            structlog.get_logger().warning("diversity_collapse", recipe=label, fell=str(standing[label]), rows=rows, window_rows=WINDOW)
        for label in self.alarms.keys() - standing.keys():
            structlog.get_logger().info("diversity_recovered", recipe=label, rows=self._streams[label].rows)
        self.raised = {**self.raised, **{label: fell for label, fell in standing.items() if label not in self.alarms}}
        self.alarms = standing


def _added(stream: Diversity, rows: Sequence[Sample]) -> list[Figure]:
    if stream.rows >= WINDOW:
        rows = [row for row in rows if crc32(row.id.encode()) % READ_ONE_IN == 0]
    sides = [read_characters(row.prompt, f"{row.reasoning}\n{row.response}" if row.reasoning else row.response) for row in rows]
    hashed = token_hashes([text for pair in sides for text in pair])
    return stream.add(Tokens(hashed.hashes, hashed.offsets), ["\n".join(pair) for pair in sides])
