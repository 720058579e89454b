from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources.identity import identified
from stream_synth.sources.made import FromCallable, Memory, Program
from stream_synth.values import BadRow, Seed


def numbers(upto: int) -> Iterator[dict[str, Any]]:
    return ({"question": str(n)} for n in range(upto))


def fields(source: Any) -> list[Any]:
    return [dict(seed.fields) for seed in source.seeds() if isinstance(seed, Seed)]


def test_blank_seeds_are_numbered() -> None:
    """A counter gives seeds without fields, or with constants and its number."""
    plain, dressed = Program(count=2), Program(count=2, fields={"lang": "zh", "n": "{n}"})

    assert fields(plain) == [{}, {}]
    assert [row.id for row in identified(plain) if isinstance(row, Seed)] == ["1", "2"]
    assert fields(dressed) == [{"lang": "zh", "n": 1}, {"lang": "zh", "n": 2}]


def test_without_a_count_it_never_ends() -> None:
    """An endless source says so and is read lazily."""
    source = Program()

    assert source.endless
    assert len(list(islice(source.seeds(), 1_000))) == 1_000


def test_your_own_callable_gives_rows() -> None:
    """`module:callable` is called with its arguments; each reading calls it again."""
    source = FromCallable(call="tests.sources.test_made:numbers", args={"upto": 3})

    assert fields(source) == fields(source) == [{"question": "0"}, {"question": "1"}, {"question": "2"}]


@pytest.mark.parametrize("call", ["no_such_module:rows", "tests.sources.test_made:nothing"])
def test_a_callable_that_is_not_there_is_named(call: str) -> None:
    """The mistake is in the configuration, and the message says where."""
    with pytest.raises(ConfigError, match="cannot be loaded"):
        list(FromCallable(call=call).seeds())


def test_rows_from_python_are_a_source() -> None:
    """Templates work on them as on files; what is no mapping costs one row."""
    rows: list[Any] = [{"x": "a"}, 7]

    read = list(Memory(given=rows, fields={"question": "{x}?"}).seeds())

    assert isinstance(read[0], Seed)
    assert read[0].fields == {"question": "a?"}
    assert read[1] == BadRow("memory row 2", "a int, not a mapping of columns")
