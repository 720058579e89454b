from __future__ import annotations

import pytest

from stream_synth.errors import ConfigError
from stream_synth.sources.domains import Domains
from stream_synth.values import Seed


def cells(**options: object) -> list[Seed]:
    """All seeds."""
    return [seed for seed in Domains(**options).seeds() if isinstance(seed, Seed)]  # type: ignore[arg-type]


def test_every_cell_once_in_a_mixed_order() -> None:
    """Both languages, three domains; the first hundred hold some of each, and every start gives the same order."""
    seeds = cells()

    assert len({seed.id for seed in seeds}) == len(seeds) == 2520
    assert seeds == cells()
    assert {(seed.fields["lang"], seed.fields["domain"]) for seed in seeds[:100]} == {
        *(("en", name) for name in ("law", "finance", "medicine")),
        *(("zh", name) for name in ("法律", "金融", "医学")),
    }
    assert set(seeds[0].fields) == {"lang", "domain", "subdomain", "type", "asker"}


def test_a_part_of_them() -> None:
    """By domain, language and count; another draw seed gives another order."""
    law = cells(domains=["law"], languages=["zh"], count=7)

    assert len(law) == 7
    assert {(seed.fields["lang"], seed.fields["domain"]) for seed in law} == {("zh", "法律")}
    assert law != cells(domains=["law"], languages=["zh"], count=7, draw_seed=1)


@pytest.mark.parametrize("options", [{"domains": ["poetry"]}, {"languages": ["fr"]}, {"domains": []}, {"count": 0}])
def test_impossible_options(options: dict[str, object]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="source"):
        cells(**options)
