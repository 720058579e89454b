import pytest

from stream_synth.chat.outcome import clean, of_status, retry_after_s


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "client_error"),
        (401, "auth"),
        (402, "auth"),
        (403, "auth"),
        (404, "client_error"),
        (413, "client_error"),
        (422, "client_error"),
        (429, "rejected"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "rejected"),
        (504, "server_error"),
        (302, "client_error"),
    ],
)
def test_every_status_has_its_outcome(status: int, outcome: str) -> None:
    """The table at the boundary."""
    assert of_status(status, {}, b"").outcome == outcome


def test_a_429_without_quota_is_no_rate_limit() -> None:
    """Waiting does not fill an account."""
    body = b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'

    assert of_status(429, {}, body).outcome == "auth"


@pytest.mark.parametrize(
    "words",
    [
        "parameter.enable_thinking must be set to false for non-streaming calls",
        "This model only support stream mode, please enable the stream parameter to access the model.",
    ],
)
def test_a_400_that_asks_for_a_stream_is_understood(words: str) -> None:
    """Thinking models on DashScope answer only as a stream."""
    failure = of_status(400, {}, f'{{"error": {{"message": "{words}"}}}}'.encode())

    assert failure.wants_stream


def test_other_400s_do_not_ask_for_a_stream() -> None:
    """A context length error is final."""
    assert not of_status(400, {}, b'{"error": {"message": "maximum context length is 4096 tokens"}}').wants_stream


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "Thu, 01 Jan 1970 00:01:40 GMT"}, 60.0),
        ({"Retry-After": "soon"}, 0.0),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "nan"}, 0.0),
        ({}, 0.0),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float) -> None:
    """Seconds, milliseconds, dates, and nonsense."""
    assert retry_after_s(headers, wall=40.0) == seconds


def test_foreign_words_are_made_fit_for_a_log() -> None:
    """No key, no control character, one line, 300 characters."""
    words = clean("key my-very-secret refused\x1b[31m\r\n\u202enext sk-abcdefghijkl " + "x" * 1_000, ("my-very-secret",))

    assert "my-very-secret" not in words
    assert "sk-abc" not in words
    assert "\x1b" not in words
    assert "\n" not in words
    assert words.startswith("key *** refused [31m next ***")
    assert len(words) == 300


def test_html_errors_lose_their_tags() -> None:
    """A proxy's page becomes its words."""
    assert of_status(502, {}, b"<html><h1>Bad Gateway</h1></html>").message == "Bad Gateway"
