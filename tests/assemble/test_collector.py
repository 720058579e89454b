from __future__ import annotations

import gc
import weakref

from stream_synth.assemble.collector import rarer_collections


class Memory:
    """Something large that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_run_leaves_behind_is_taken_away_by_the_next() -> None:
    """Also cycles of it, which would else live as long as the process; the thresholds are as before."""
    before = gc.get_threshold()

    with rarer_collections():
        left = weakref.ref(Memory())
    alive = left() is not None
    with rarer_collections():
        taken = left() is None

    assert (alive, taken) == (True, True)
    assert gc.get_threshold() == before
