from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog

from stream_synth.observe.log import HIDDEN, logging_to

KEY = "a-secret-of-mine-123"


def logged(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_an_event_is_one_line_of_json(tmp_path: Path) -> None:
    """Event, level, time and fields, in real Unicode."""
    path = tmp_path / "log.jsonl"

    with logging_to(path):
        structlog.get_logger().warning("event_loop_late", lag_s=0.3, 说明="迟到")

    (event,) = logged(path)
    assert event["event"] == "event_loop_late"
    assert event["level"] == "warning"
    assert event["lag_s"] == 0.3
    assert event["timestamp"].endswith("Z")
    assert "迟到" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        f"401 for key {KEY}",
        "Authorization: Bearer abc.def-ghi12345",
        "sk-proj1234567890abcdef1234",
        "AIzaSyA1234567890123456789012345678901",
    ],
)
def test_keys_never_reach_the_file(tmp_path: Path, text: str) -> None:
    """Registered values and whatever looks like a key are taken out, however deep they stand."""
    path = tmp_path / "log.jsonl"

    with logging_to(path, secrets=[KEY]):
        structlog.get_logger().error("call_failed", message=text, body={"headers": [text], KEY: (text, {"deep": text})})

    written = path.read_text(encoding="utf-8")
    assert HIDDEN in written
    assert not any(secret in written for secret in (KEY, "abc.def", "1234567890"))


def test_keys_are_taken_out_of_tracebacks(tmp_path: Path) -> None:
    """An exception is written with its traceback, its message redacted."""
    path = tmp_path / "log.jsonl"

    with logging_to(path, secrets=[KEY]):
        try:
            dict[str, str]()[f"bad header {KEY}"]
        except KeyError:
            structlog.get_logger().exception("bug")

    (event,) = logged(path)
    assert "Traceback" in event["exception"]
    assert KEY not in event["exception"]


def test_short_values_are_no_secrets(tmp_path: Path) -> None:
    """A placeholder such as `none` as key does not black out honest text."""
    path = tmp_path / "log.jsonl"

    with logging_to(path, secrets=["none", ""]):
        structlog.get_logger().info("none of them failed")

    assert logged(path)[0]["event"] == "none of them failed"


def test_lone_surrogates_are_written_as_escapes(tmp_path: Path) -> None:
    """Text of models may hold half a character; the log takes it."""
    path = tmp_path / "log.jsonl"

    with logging_to(path):
        structlog.get_logger().info("reply", text="half \ud83d")

    assert logged(path)[0]["text"] == "half \\ud83d"


def test_logs_are_continued(tmp_path: Path) -> None:
    """A resumed run appends, and what was configured before is back afterwards."""
    path = tmp_path / "log.jsonl"
    before = structlog.is_configured()

    for number in range(2):
        with logging_to(path):
            structlog.get_logger().info("started", number=number)

    assert [event["number"] for event in logged(path)] == [0, 1]
    assert structlog.is_configured() == before
