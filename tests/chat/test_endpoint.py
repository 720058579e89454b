from pathlib import Path

import pytest

from stream_synth.chat import Endpoint, read_key
from stream_synth.errors import ConfigError

URL = "https://host.example:8000/v1"


def test_a_key_comes_from_the_environment() -> None:
    """Without the newline that copying left behind."""
    assert read_key(Endpoint(base_url=URL, model="m", api_key_env="KEY"), {"KEY": "abc\n"}) == "abc"


def test_a_key_comes_from_a_file(tmp_path: Path) -> None:
    """Secrets mounted by a scheduler."""
    (tmp_path / "key").write_text("abc\n")

    assert read_key(Endpoint(base_url=URL, model="m", api_key_file=str(tmp_path / "key")), {}) == "abc"


def test_no_key_is_asked_of_a_local_server() -> None:
    """Neither variable nor file named."""
    assert not read_key(Endpoint(base_url=URL, model="m"), {})


@pytest.mark.parametrize("environ", [{}, {"KEY": " "}, {"KEY": "schlüssel"}])
def test_a_missing_or_broken_key_names_its_place(environ: dict[str, str]) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match=r"KEY|header"):
        read_key(Endpoint(base_url=URL, model="m", api_key_env="KEY"), environ)


def test_a_key_file_that_is_missing_is_named() -> None:
    """With the remedy."""
    with pytest.raises(ConfigError, match="/nowhere/key"):
        read_key(Endpoint(base_url=URL, model="m", api_key_file="/nowhere/key"), {})


@pytest.mark.parametrize(
    "options",
    [{"base_url": "host/v1"}, {"base_url": ""}, {"base_url": URL, "concurrency": 0}, {"base_url": URL, "timeout_s": 0.0}]
    + [{"base_url": URL, name: {"temperature": [0.6, 1.0]}} for name in ("params", "extra_body")],
)
def test_what_could_never_work_is_refused(options: dict[str, object]) -> None:
    """At construction."""
    with pytest.raises(ConfigError):
        Endpoint(model="m", **options)  # type: ignore[arg-type]


def test_host_leaves_credentials_out() -> None:
    """It goes into every row's provenance."""
    assert Endpoint(base_url="https://me:secret@host.example/v1", model="m").host == "host.example"
