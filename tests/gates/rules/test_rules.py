from __future__ import annotations

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.rules import RULES, RuleOptions, Rules
from stream_synth.values import Sample
from tests.gates.rules.judging import EN, ZH, reason


def shouts(sample: Sample) -> str | None:
    """A rule of somebody else's: no capitals only."""
    return "shouting" if sample.response.isupper() else None


def test_rules_can_be_switched_off() -> None:
    """A disabled rule finds nothing; the others still do."""
    assert reason("qwertyuiop") == "random_characters"
    assert reason("qwertyuiop", options={"disable": ("random_characters",)}) == ""
    assert reason("", options={"disable": ("random_characters",)}) == "empty"


def test_an_unknown_rule_is_refused_with_the_nearest_name() -> None:
    """A typing error in disable is a configuration error."""
    with pytest.raises(ConfigError, match="did you mean 'marketing'"):
        Rules(RuleOptions(disable=("marketting",)), GateHome())


def test_thresholds_out_of_range_are_refused() -> None:
    """Shares lie between 0 and 1, ratios at 1 and above."""
    with pytest.raises(ConfigError, match="min_distinct_share"):
        RuleOptions(min_distinct_share=1.5)
    with pytest.raises(ConfigError, match="max_compression_ratio"):
        RuleOptions(max_compression_ratio=0.5)


def test_rules_of_others_are_functions_of_a_sample() -> None:
    """`add` names a function; its reason is evidence, its name the reason code."""
    gate = Rules(RuleOptions(add=(f"{__name__}:shouts",)), GateHome())

    verdict, quiet = gate.measure([Sample("Hi", "HELLO THERE."), Sample("Hi", "Hello there.")])

    assert (verdict.reason, verdict.evidence, quiet.passed) == ("shouts", {"reason": "shouting"}, True)


@pytest.mark.parametrize("name", ["no_such_module_here:rule", "stream_synth.gates:no_such_rule", "nothing"])
def test_a_rule_that_cannot_be_found_is_refused(name: str) -> None:
    """The configuration error names it."""
    with pytest.raises(ConfigError, match=name):
        Rules(RuleOptions(add=(name,)), GateHome())


def test_a_batch_is_judged_as_its_rows() -> None:
    """Verdicts of a batch are those of its rows; look passes on rejections, admit repeats what was measured."""
    samples = [Sample("?", text) for text in (EN, "", ZH, "qwertyuiop", "加油" * 20, EN + ZH)]
    gate = Rules(RuleOptions(), GateHome())

    measured = gate.measure(samples)

    assert measured == [gate.measure([sample])[0] for sample in samples]
    assert gate.look(samples, measured) == [None if verdict.passed else verdict for verdict in measured]
    assert gate.admit(samples[1], measured[1]) is measured[1]


def test_every_rule_has_a_name_of_its_own() -> None:
    """Reason codes are unique and fit for SQL."""
    names = [rule.id for rule in RULES]

    assert len(names) == len(set(names))
    assert all(name.isidentifier() and name.islower() for name in names)


@pytest.mark.parametrize(
    "text",
    [
        *'a啊<(`*"\\|\n ',
        "\x00",
        "\ud800",
        "1. ",
        "- a\n",
        "```\n",
        "抱歉",
        "I'm sorry ",
        "$a ",
        "<div ",
        "\\boxed{",
        "😀",
        "a\u0301",
        "the answer is ",
        "if a and b or c: ",
        "```python\nx = (\n```\n",
        "```js\nf(f(\n```\n",
        "hErat ",
        "鈥",
        "杈撳嚭",
    ],
)
def test_a_megabyte_of_anything_gets_a_verdict(text: str) -> None:
    """Alone or as thinking, repeated to a million characters, nothing hangs or breaks."""
    long = text * (1_000_000 // len(text))

    found = Rules(RuleOptions(), GateHome()).measure([Sample("why?", long), Sample(long, "Because.", reasoning=long)])

    assert len(found) == 2
