from __future__ import annotations

from decimal import Decimal

import pytest

from stream_synth.cli import showing


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 中文\n\ttext", "plain 中文\n\ttext"),
        ("clear \x1b[2J\r", "clear \\x1b[2J\\r"),
        ("right \u202eto left", "right \\u202eto left"),
        ("half \ud83d", "half \\ud83d"),
        ("nul \x00", "nul \\x00"),
    ],
)
def test_text_cannot_move_the_terminal(text: str, shown: str) -> None:
    """Control, format and surrogate characters are shown as escapes; everything else as itself."""
    assert showing.visible(text) == shown


def test_long_text_is_cut_with_its_length() -> None:
    """The reader knows how much is missing."""
    assert showing.visible("x" * 100, 3) == "xxx … (100 characters)"


def test_json_has_numbers_for_decimals() -> None:
    """Sums of integers come from SQL as decimals."""
    assert showing.to_json({"n": Decimal(12), "x": Decimal("0.5"), "b": b"\xff"}) == '{"n":12,"x":0.5,"b":"ff"}'


def test_markup_is_text() -> None:
    """Square brackets of a model's reply are not obeyed."""
    made = showing.table(("[b]c[/b]",), [("[red]x[/red] :smile:",)])

    assert "[red]x[/red] :smile:" in showing.as_text(made)
    assert "[b]c[/b]" in showing.as_text(made)


@pytest.mark.parametrize(("size", "shown"), [(12, "12 B"), (2_048, "2.0 KiB"), (3 << 20, "3.0 MiB"), (5 << 30, "5.0 GiB")])
def test_sizes_have_units(size: int, shown: str) -> None:
    """Powers of 1024."""
    assert showing.in_bytes(size) == shown
