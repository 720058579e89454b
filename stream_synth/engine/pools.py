"""What a method may learn from its own decided rows: bounded samples of them, by label, to draw examples from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random

from stream_synth.protocols import Recipe
from stream_synth.store import Store, drawn_rows, fed_rows
from stream_synth.values import Decision, Json, SeedRecord

OWN = ("accepted", "rejected")  # of the method's own rows; any other pool is the whole run's
POOL_ROWS = 2_000  # of each pool: examples are drawn three to eight at a time, and prompts of 2,000 characters make 8 MB
DECIDED = "decided"  # of a pool that takes accepted and rejected rows
MAX_CHARS = 4_000  # of prompt and of response; longer ones are cut, an example need not be whole


class Pools:
    """A uniform sample of the decided rows of each pool that a label draws from; others are not kept.

    `rejected` holds what the method itself refused, with its reason, not what a gate did: a duplicate is no bad example. Named pools
    take the same rows, of any label, as their meta says.
    """

    def __init__(self, wanted: Mapping[str, Sequence[str]], run_seed: int) -> None:
        self._rows: dict[tuple[str, str], list[Json]] = {_key(label, name): [] for label, names in wanted.items() for name in names}
        self._seen = dict.fromkeys(self._rows, 0)
        self._random = Random(run_seed)  # noqa: S311  # which rows are kept; every draw from them is journalled

    @property
    def wanted(self) -> Iterable[tuple[str, str]]:
        """(label, pool) of what is kept; the label is empty where the pool is the whole run's."""
        return self._rows.keys()

    def add(self, record: SeedRecord) -> None:
        """Its rows, where somebody may draw them."""
        for decision in record.decisions if self._rows else ():
            came_to = "accepted" if decision.accepted else "rejected" if decision.gate.startswith("recipe:") else ""
            fed = decision.sample.meta.get("pools") if came_to else None
            named = fed.items() if isinstance(fed, Mapping) else ()  # else it is some other value of a method's own
            for label, name in ((record.recipe, came_to), *(("", name) for name, rows in named if rows in (came_to, DECIDED))):
                if (label, name) in self._rows:
                    self.put(label, name, _example(decision))

    def put(self, label: str, name: str, example: Json) -> None:
        """One row, kept with the same chance as every other of its pool."""
        rows, seen = self._rows[label, name], self._seen[label, name]
        self._seen[label, name] = seen + 1
        if len(rows) < POOL_ROWS:
            rows.append(example)
        elif (place := self._random.randrange(seen + 1)) < POOL_ROWS:
            rows[place] = example

    def draw(self, label: str, name: str, count: int, rng: Random, fits: Callable[[Json], bool]) -> list[Json]:
        """At most `count` different rows that fit."""
        if _key(label, name) not in self._rows:
            raise ValueError(f"the recipe {label!r} draws from {name!r} rows without saying so: name it in `draws_from`")
        fitting = [row for row in self._rows[_key(label, name)] if fits(row)]
        return rng.sample(fitting, min(count, len(fitting)))


def _key(label: str, name: str) -> tuple[str, str]:
    return (label if name in OWN else "", name)


def _example(decision: Decision) -> Json:
    sample = decision.sample
    reason = f"{decision.gate.removeprefix('recipe:')}/{decision.reason}" if decision.reason else ""
    return example(sample.id, sample.lang, sample.prompt, sample.response, dict(sample.meta), reason)


def example(sample_id: str, lang: str, prompt: str, response: str, meta: Json, reason: str) -> Json:
    """A row as it is drawn."""
    return {"id": sample_id, "lang": lang, "prompt": prompt[:MAX_CHARS], "response": response[:MAX_CHARS], "meta": meta, "reason": reason}


def pools_of(methods: Mapping[str, Recipe], run_seed: int, store: Store) -> Pools:
    """The pools that these recipes draw from, with rows of earlier invocations."""
    pools = Pools({label: getattr(recipe, "draws_from", ()) for label, recipe in methods.items()}, run_seed)
    for label, name in pools.wanted:
        rows = drawn_rows(store, label, POOL_ROWS, rejected=name == "rejected") if label else fed_rows(store, name, POOL_ROWS)
        for row in rows:
            pools.put(label, name, example(*row))
    return pools
