from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.simulate.ledger import Charge, Ledger
from tests.simulate.asking import rows_of

CHARGE = Charge("abc", "k", 1.5, 200, 10, 20)


def test_a_line_is_on_file_when_write_returns(tmp_path: Path) -> None:
    """Not when the ledger is closed; an older ledger is continued."""
    path = tmp_path / "new" / "ledger.jsonl"
    first = Ledger(path)
    first.write(CHARGE, answered_at=2.5, delivered=True)
    early = rows_of(path)
    first.close()
    second = Ledger(path)
    second.write(CHARGE, answered_at=3.5, delivered=False)
    second.close()
    second.write(CHARGE, answered_at=4.5, delivered=False)

    assert early == [{**CHARGE._asdict(), "answered_at": 2.5, "delivered": True}]
    assert [row["delivered"] for row in rows_of(path)] == [True, False]


def test_without_a_file_nothing_is_written() -> None:
    """And nothing fails."""
    ledger = Ledger(None)
    ledger.write(CHARGE, answered_at=2.5, delivered=True)
    ledger.close()


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder is no file."""
    with pytest.raises(ConfigError, match="cannot be written"):
        Ledger(tmp_path)
