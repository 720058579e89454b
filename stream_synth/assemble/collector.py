"""Python's cycle collector while thousands of calls are in flight."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A run's live objects (tasks, coroutines, open seeds) are no garbage, yet at Python's thresholds (700, 10, 10) each full collection
# walks all of them: with 1,000 calls in flight that was 40 % of the engine's time. Reference counts free nearly everything.
YOUNG_OBJECTS = 50_000  # container objects made since the last collection: about 10 MB
OLDER_GENERATIONS = (20, 50)


@contextmanager
def rarer_collections() -> Iterator[None]:
    """Collect cycles about a hundred times less often, and never among what was loaded before; as it was afterwards."""
    before = gc.get_threshold()
    # What an earlier run of this process left is old by now, and Python looks at old objects only when a quarter as many have joined
    # them: its gates' memory would stay, 80 MB a run with the default chain. At the beginning, since an interrupted end must not wait.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *OLDER_GENERATIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
