"""A sample with what its rules ask for again and again, counted once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.snippets import Snippet, snippets
from stream_synth.text import Kind, Profile, language_shares, shares_of_counts
from stream_synth.values import Sample

Evidence: TypeAlias = Mapping[str, Any]
SHOWN = 80  # characters of text in evidence
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_MARKS_OF_CODE = re.compile(r"[`$\\@]|://")
_LETTERS = (
    Kind.LATIN,
    Kind.HAN,
    Kind.KANA,
    Kind.HANGUL,
    Kind.CYRILLIC,
    Kind.ARABIC,
    Kind.INDIC,
    Kind.THAI,
    Kind.GREEK,
    Kind.HEBREW,
    Kind.LETTER,
)


@dataclass(frozen=True)
class Reading:
    """One sample and the profiles of its texts."""

    sample: Sample
    prompt: Profile
    response: Profile
    reasoning: Profile

    @cached_property
    def outside_code(self) -> str:
        """The answer without code, fenced or inline."""
        return _CODE.sub(" ", self.sample.response) if "`" in self.sample.response else self.sample.response

    @cached_property
    def snippets(self) -> list[Snippet]:
        """The code in the answer."""
        return snippets(self.sample.response)

    @cached_property
    def prompt_languages(self) -> Mapping[str, float]:
        """Shares of words by language in the prompt."""
        return _shares(self.sample.prompt, self.prompt)

    @cached_property
    def response_languages(self) -> Mapping[str, float]:
        """Shares of words by language in the answer."""
        return _shares(self.sample.response, self.response)

    @cached_property
    def reasoning_languages(self) -> Mapping[str, float]:
        """Shares of words by language in the thinking."""
        return _shares(self.sample.reasoning, self.reasoning)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with a name. The name is the reason code of the rows it rejects."""

    id: str
    find: Callable[[Reading, RuleOptions], Evidence | None]


def letters(profile: Profile) -> int:
    """Letters of any script."""
    return sum(profile.kinds[kind] for kind in _LETTERS)


def excerpt(text: str) -> str:
    """A piece of text fit for evidence."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _shares(text: str, profile: Profile) -> Mapping[str, float]:
    return language_shares(text) if _MARKS_OF_CODE.search(text) else shares_of_counts(profile.kinds)


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(text.split())
