"""The gate that asks the rules, one after the other, until one finds something."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Sequence

from stream_synth.errors import ConfigError
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.rules import characters, code, completeness, relation, repetition, requested, residue, thinking
from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule
from stream_synth.text import profiles
from stream_synth.values import Sample, Verdict

RULES: tuple[Rule, ...] = (
    *completeness.RULES,
    *residue.RULES,
    *characters.RULES,
    *repetition.RULES,
    *relation.RULES,
    *requested.RULES,
    *thinking.RULES,
    *code.RULES,
    *completeness.LAST,
)
_PASSED = Verdict("rules", passed=True)


class Rules(AsksNobody):
    """Rejects a row by the first rule that finds something; the reason is the rule's id. Remembers nothing."""

    name = "rules"
    remembers = False
    Options = RuleOptions

    def __init__(self, options: RuleOptions, home: GateHome) -> None:  # noqa: ARG002  # the same; rules keep no files
        known = [rule.id for rule in RULES]
        for disabled in options.disable:
            if disabled not in known:
                near = difflib.get_close_matches(disabled, known, 1)
                raise ConfigError(
                    f"rules.disable: no rule is called {disabled!r}"
                    + (f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}")
                )
        self.options = options
        self._rules = (*(rule for rule in RULES if rule.id not in options.disable), *map(_own_rule, options.add))

    def measure(self, batch: Sequence[Sample]) -> list[Verdict]:
        """The verdict on each row; rows are read together, judged alone."""
        texts = [text for sample in batch for text in (sample.prompt, sample.response, sample.reasoning)]
        read = profiles(texts)
        return [self._judge(Reading(sample, *read[3 * place : 3 * place + 3])) for place, sample in enumerate(batch)]

    def look(self, batch: Sequence[Sample], measured: Sequence[Verdict]) -> list[Verdict | None]:  # noqa: ARG002  # the signature of every gate
        """Rejections are final at once."""
        return [None if verdict.passed else verdict for verdict in measured]

    def admit(self, sample: Sample, measured: Verdict) -> Verdict:  # noqa: ARG002  # the same
        """What was measured."""
        return measured

    def remember(self, sample: Sample, measured: Verdict) -> None:
        """Nothing to remember."""

    def close(self) -> None:
        """Nothing to release."""

    def _judge(self, reading: Reading) -> Verdict:
        for rule in self._rules:
            evidence = rule.find(reading, self.options)
            if evidence is not None:
                return Verdict(self.name, passed=False, reason=rule.id, evidence=evidence)
        return _PASSED


def _own_rule(name: str) -> Rule:
    """A rule from `module:function`, a function `Sample -> str | None` that gives a reason."""
    module, _, attribute = name.partition(":")
    try:
        function: Callable[[Sample], str | None] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"rules.add: {name!r} cannot be imported as module:function: {error}") from error

    def find(reading: Reading, _options: RuleOptions) -> Evidence | None:
        reason = function(reading.sample)
        return {"reason": reason} if reason else None

    return Rule(attribute, find)
