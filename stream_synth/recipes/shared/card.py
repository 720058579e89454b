"""What a method says of itself: where it comes from, what goes in, what comes out. It stands beside its prompts, in `card.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeAlias

import yaml

from stream_synth.errors import ConfigError

Family: TypeAlias = Literal[
    "distillation", "instructions", "textbooks", "maths with gold answers", "self-evolution", "tools", "alignment", "programs"
]
Need: TypeAlias = Literal["gold answer", "stronger model", "tool", "raw completions", "training between rounds", "documents"]
PACKAGE = "stream_synth.recipes"
_COMPOSED = ("fields_in", "meta_keys", "rejects")  # sections whose entries many methods share


@dataclass(frozen=True, slots=True)
class Card:
    """A recipe's card. `stream-synth recipes` prints it; the configuration is checked against `one_of`.

    `meta_keys` lists every key that the recipe writes into `Sample.meta`; a test holds it to that.
    """

    family: Family
    paper: str
    summary: str
    fields_in: Mapping[str, str]  # seed field -> what it holds
    fields_out: Mapping[str, str]  # Sample field -> what the recipe puts there
    meta_keys: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)  # endpoint role -> what it does; empty: no model
    needs: tuple[Need, ...] = ()
    one_of: tuple[str, ...] = ()  # at least one of these seed fields must be mapped
    needed: tuple[str, ...] = ()  # with the options as they are by default, these too: else every seed is rejected
    rejects: Mapping[str, str] = field(default_factory=dict)  # "step/reason" -> what was wrong
    source: Mapping[str, str] = field(default_factory=dict)  # of a starter, as written in YAML, where a file of questions is not it

    def as_json(self) -> dict[str, Any]:
        """For `recipes --json`."""
        return asdict(self)


class CardFile:
    """The class attribute `card`: `prompts/<name>/card.yaml`, read when somebody asks. A recipe from elsewhere names its `package`.

    A class of another name without a file has the card of the class it is made from; where none has one, there is no such attribute.
    """

    def __init__(self, package: str = PACKAGE) -> None:
        self.package = package

    def __get__(self, recipe: object, kind: type[Any]) -> Card:
        names = (getattr(one, "name", "") for one in kind.__mro__)
        name = next((one for one in names if one and _file(self.package, one).is_file()), "")
        if not name:
            raise AttributeError(f"{kind.__qualname__} has no card: there is no {_file(self.package, kind.name)}")
        return read_card(name, self.package)


@lru_cache(maxsize=128)  # each card once
def read_card(name: str, package: str = PACKAGE) -> Card:
    """The card in that file; `ConfigError` when it is none.

    In its sections, `like` names groups of `shared/card.yaml`; an entry of the card's own comes before theirs. Among `rejects`,
    `no_reply: {step: what}` stands for the reasons why a reply is none, `no_later_reply` for these and a failed call,
    `no_verdict: {step: kind}` for those of a judge.
    """
    try:
        written: dict[str, Any] = dict(_read(package, name))
        written |= {section: _whole(section, written.get(section, {})) for section in _COMPOSED}
        written |= {name: tuple(value) for name, value in written.items() if isinstance(value, list)}
        return Card(**written)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{_file(package, name)} is no card: {error!r}; compare it with that of a method of ours") from error


def _file(package: str, name: str) -> Traversable:
    return files(package) / "prompts" / name / "card.yaml"


@lru_cache(maxsize=128)
def _read(package: str, name: str) -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(_file(package, name).read_text(encoding="utf-8"))
    return read


def _whole(section: str, written: Mapping[str, Any]) -> dict[str, str]:
    """A section with what it is like written out."""
    whole: dict[str, str] = {}
    for group in written.get("like", ()):
        whole |= _whole(section, _read(PACKAGE, "shared")[section][group])
    for step, name in written.get("no_reply", {}).items():
        whole |= _no_reply(step, name)
    for step, name in written.get("no_later_reply", {}).items():
        whole |= _no_reply(step, name) | {f"{step}/call_failed": "the call failed for good"}
    for step, kind in written.get("no_verdict", {}).items():
        whole[f"{step}/unreadable_{kind}"] = f"the judge's reply holds no single {kind}"
        whole[f"{step}/call_failed"] = "the judge could not be reached"
    return whole | {key: text for key, text in written.items() if isinstance(text, str)}


def _no_reply(step: str, name: str) -> dict[str, str]:
    """The reasons why a reply of this step is no candidate."""
    return {
        f"{step}/truncated": f"the {name} ran out of tokens",
        f"{step}/refused": f"the provider withheld the {name}",
        f"{step}/empty": f"the {name} is nothing but space, or thinking alone",
        f"{step}/tag_damage": f"thinking and {name} cannot be told apart",
    }
