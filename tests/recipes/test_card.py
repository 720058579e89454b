from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.card import CardFile


@dataclass(frozen=True, kw_only=True)
class Mine(Distill):
    """A method of ours under another name."""

    name = "mine"


@dataclass(frozen=True, kw_only=True)
class Bare(Asking):
    """A method that says nothing of itself."""

    name = "bare"


def test_a_class_made_from_a_method_has_its_card() -> None:
    """Under its own name too, where no file of that name says otherwise."""
    assert Mine().card == Distill.card


def test_a_method_without_a_file_has_no_card() -> None:
    """So `getattr(recipe, "card", None)` is None, and nothing breaks."""
    assert getattr(Bare(), "card", None) is None
    assert not hasattr(Asking(), "card")


@pytest.mark.parametrize("written", ["family: [", "- a list", "family: tools", "", "family: tools\nrejects: {like: [nobody]}"])
def test_a_file_that_is_no_card_is_named(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """YAML that cannot be read, keys that are missing, groups that are not there."""
    package = f"cards_{abs(hash(written))}"
    home = tmp_path / package / "prompts" / "theirs"
    home.mkdir(parents=True)
    (tmp_path / package / "__init__.py").touch()
    (home / "card.yaml").write_text(written)
    monkeypatch.syspath_prepend(str(tmp_path))
    kind = type("Theirs", (), {"name": "theirs", "card": CardFile(package)})

    with pytest.raises(ConfigError, match=r"theirs/card\.yaml is no card"):
        getattr(kind(), "card")  # noqa: B009  # read for the error
