from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_synth.errors import ConfigError
from stream_synth.sources import Memory, identified
from stream_synth.sources.identity import Repeats
from stream_synth.sources.made import Program
from stream_synth.values import BadRow, Seed


def ids(rows: Sequence[Mapping[str, Any]], *, passes: int = 1, prefix: str = "", **options: Any) -> list[str]:
    seeds = identified(Memory(given=rows, **options), passes=passes, prefix=prefix)
    return [seed.id for seed in seeds if isinstance(seed, Seed)]


def test_equal_rows_are_two_seeds() -> None:
    """The second of two equal rows carries its number; the order of columns does not matter."""
    first, second, other, third = ids([{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}])

    assert len(first) == 16
    assert (second, third) == (f"{first}~2", f"{first}~3")
    assert other != first


def test_the_id_column_names_the_seed() -> None:
    """Numbers and repeated ids are ids too; one that looks like a second pass, or like a repeat, stays its own row."""
    rows: list[dict[str, Any]] = [{"id": 7, "q": "a"}, {"id": "7", "q": "b"}, {"id": "7~2", "q": "c"}, {"id": "x#2", "q": "d"}]

    assert ids(rows, id="id") == ["7", "7~2", "7~2~2", "x#2~1"]


def test_an_id_does_not_depend_on_the_rows_around_it() -> None:
    """A row that is edited or moved changes no other row's id."""
    rows = [{"q": str(n)} for n in range(50)]

    assert set(ids(rows)[1:]) == set(ids([{"q": "edited"}, *rows[:0:-1]])[1:])


def test_a_second_pass_knows_its_parent() -> None:
    """Pass two reads the source again under ids of its own; ordinals go on rising."""
    seeds = [seed for seed in identified(Memory(given=[{"q": 1}, {"q": 2}], id="q"), passes=2, prefix="r:") if isinstance(seed, Seed)]

    assert [(seed.id, seed.parent_id, seed.pass_index, seed.ordinal) for seed in seeds] == [
        ("r:1", "r:1", 0, 0),
        ("r:2", "r:2", 0, 1),
        ("r:1#2", "r:1", 1, 2),
        ("r:2#2", "r:2", 1, 3),
    ]


def test_a_broken_row_is_reported_once() -> None:
    """Further passes do not report it again; its position carries the recipe's prefix, for it stands in one table with seed ids."""
    rows: list[Any] = [{"q": 1}, "no mapping"]

    bad = [row.position for row in identified(Memory(given=rows), passes=3, prefix="r:") if isinstance(row, BadRow)]

    assert bad == ["r:memory row 2"]


def test_an_endless_source_has_no_second_pass() -> None:
    """There is an end to wait for, or there are no passes."""
    with pytest.raises(ConfigError, match="never ends"):
        next(identified(Program(), passes=2))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "a~2", "b~2", "a~2~2", "c"]), max_size=30))
def test_names_never_collide(owns: list[str]) -> None:
    """Whatever ids a source brings, no two seeds share one, and the first of each keeps its own unless it was given away."""
    repeats = Repeats()

    names = [repeats.name(own) for own in owns]

    assert len(set(names)) == len(names)


def test_the_table_grows_without_forgetting() -> None:
    """Ids from before a growth are still known after it, at the documented memory per row."""
    repeats = Repeats()
    rows = 20_000

    names = [repeats.name(str(n)) for n in range(rows)]

    assert names == [str(n) for n in range(rows)]
    assert repeats.name("0") == "0~2"
    assert 8 * len(repeats._slots) <= 27 * rows
