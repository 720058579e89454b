from __future__ import annotations

import re

import orjson
from typer.testing import CliRunner

from stream_synth.cli import app
from stream_synth.simulate import FAULT_KINDS, Options
from stream_synth.simulate.faults import read_faults
from stream_synth.simulate.replies import Replies

HELP = CliRunner().invoke(app, ["simulate", "--help"]).stdout


def test_help_shows_examples_that_work() -> None:
    """Each line of JSON is a row that the endpoint reads."""
    rows = [orjson.loads(line) for line in HELP.splitlines() if line.strip().startswith("{")]
    faults = [row for row in rows if "kind" in row]
    replies = [row for row in rows if "kind" not in row]

    assert len(read_faults(Options(faults=faults)).rows) == len(faults) >= 3
    assert len(replies) >= 3
    Replies(Options(replies=replies))


def test_help_names_every_kind_of_fault() -> None:
    """And says which are charged."""
    free, charged = re.findall(r"charged:\s+([a-z_,\s]+?)(?:\n  \S|\Z)", HELP)

    assert set(re.split(r",\s*", free.strip())) == {kind for kind, costs in FAULT_KINDS.items() if not costs}
    assert set(re.split(r",\s*", charged.strip())) == {kind for kind, costs in FAULT_KINDS.items() if costs}
