from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import orjson
import pytest
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


def ask(address: str, *, key: str = "", **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and body of one chat reply."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "雨是什么？"}], **more}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    request = urllib.request.Request(f"{address}/chat/completions", body, headers)  # noqa: S310  # our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """It says where it listens, answers there as its options say, writes its ledger, and ends with 0."""
    ledger = tmp_path / "ledger.jsonl"
    command = [sys.executable, "-m", "stream_synth", "simulate", "--latency", "fixed:0", "--ledger", str(ledger)]
    command += ["--thinking", "--refuse-unstreamed-thinking", "--idempotency", "--reply-tokens", "fixed:30"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command line
        assert server.stdout is not None
        first = server.stdout.readline()
        address = first.split()[-1]
        refused, refusal = ask(address)
        answers = [ask(address, key="k", enable_thinking=False) for _ in range(2)]
        server.send_signal(number)
        _, errors = server.communicate(timeout=10)

    assert first.startswith("listening on http://127.0.0.1:")
    assert (refused, "stream" in refusal["error"]["message"]) == (400, True)
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["choices"][0]["finish_reason"]) == (200, "stop")
    assert (server.returncode, errors) == (0, "")
    assert len(ledger.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--latency", "slow", "slow"),
        ("--rpm", "0", "rpm"),
        ("--faults", "none.jsonl", "none.jsonl"),
        ("--replies", "none.jsonl", "none.jsonl"),
    ],
)
def test_what_it_cannot_use_is_a_usage_error(option: str, value: str, said: str) -> None:
    """One line that names it."""
    result = CliRunner().invoke(app, ["simulate", option, value])

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
