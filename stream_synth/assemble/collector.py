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
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *OLDER_GENERATIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        # Thawed objects are old ones, which Python looks at only when a quarter as many have joined them: without this, each run of a
        # process left its gates' memory behind, 80 MB with the default chain.
        gc.collect()
