from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources.pool import Pool
from stream_synth.values import BadRow, Seed

ZH = ("天鹅", "河狸", "松鼠", "刺猬")


def tasks(path: Path, more: Sequence[Any] = ()) -> str:
    """Six English seed tasks and four Chinese ones."""
    en = [
        {"id": f"e{n}", "name": f"n{n}", "instruction": f"Name {n} birds.", "instances": [{"input": "", "output": "…"}]} for n in range(6)
    ]
    zh = [{"id": f"z{n}", "instruction": f"请介绍一下{word}。", "input": "", "output": "……"} for n, word in enumerate(ZH)]
    path.write_bytes(b"\n".join(map(orjson.dumps, [*en, *zh, *more])))
    return str(path)


def drawn(source: Pool, count: int) -> list[Any]:
    """The first seeds."""
    return list(islice(source.seeds(), count))


def test_seeds_hold_examples_of_one_language(tmp_path: Path) -> None:
    """Different tasks, the same ones after every restart, in the documents' form."""
    source = Pool(path=tasks(tmp_path / "tasks.jsonl"), examples=3)

    seeds = drawn(source, 40)

    assert seeds == drawn(source, 40)
    assert source.endless
    assert {seed.fields["lang"] for seed in seeds} == {"zh", "en"}
    assert all(len({one["id"][0] for one in seed.fields["examples"]}) == 1 for seed in seeds)
    assert all(len({one["id"] for one in seed.fields["examples"]}) == 3 for seed in seeds)
    assert len({tuple(one["id"] for one in seed.fields["examples"]) for seed in seeds}) > 20
    first = next(one for seed in seeds for one in seed.fields["examples"] if one["id"] == "z0")
    assert first == {
        "id": "z0",
        "name": "",
        "instruction": "请介绍一下天鹅。",
        "instances": [{"input": "", "output": "……"}],
        "is_classification": False,
    }


def test_a_counted_pool_ends_and_another_draw_seed_draws_others(tmp_path: Path) -> None:
    """Each draw depends on its number and the draw seed."""
    path = tasks(tmp_path / "tasks.jsonl")

    one, other = (drawn(Pool(path=path, examples=3, count=5, draw_seed=seed), 9) for seed in (0, 1))

    assert len(one) == len(other) == 5
    assert [seed.fields for seed in one] != [seed.fields for seed in other]


def test_rows_of_one_instruction_are_one_task(tmp_path: Path) -> None:
    """Rows of a grown pool, an instance each, come together again."""
    rows = [{"instruction": "Name a fish.", "input": place, "output": "cod"} for place in ("sea", "lake")]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))

    (seed,) = drawn(Pool(path=str(tmp_path / "rows.jsonl"), examples=1, count=1), 1)

    assert isinstance(seed, Seed)
    assert seed.fields["examples"][0]["instances"] == [{"input": "sea", "output": "cod"}, {"input": "lake", "output": "cod"}]


def test_tasks_that_cannot_be_read_are_reported_first(tmp_path: Path) -> None:
    """With their place and what is wrong."""
    path = tasks(tmp_path / "tasks.jsonl", [{"instruction": " "}, {"instruction": "Sing.", "instances": "none"}])

    bad = drawn(Pool(path=path, examples=3, count=1), 9)

    assert [(one.position, one.problem) for one in bad if isinstance(one, BadRow)] == [
        ("tasks.jsonl line 11", "no seed task: it has no instruction"),
        ("tasks.jsonl line 12", "instances is no list of {input, output}"),
    ]


def test_too_few_tasks_and_impossible_options(tmp_path: Path) -> None:
    """Named with the remedy."""
    path = tasks(tmp_path / "tasks.jsonl")

    with pytest.raises(ConfigError, match="no 7 seed tasks of one language"):
        drawn(Pool(path=path, examples=7), 1)
    for examples, count in ((0, None), (3, 0)):
        with pytest.raises(ConfigError, match="at least 1"):
            Pool(path=path, examples=examples, count=count)
