from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.simulate.options import Options
from stream_synth.simulate.replies import Replies
from stream_synth.simulate.tokens import count
from tests.simulate.asking import asked, chat


def replies(*rows: Mapping[str, Any], **options: Any) -> Replies:
    return Replies(Options(replies=rows, **options))


def test_the_first_rule_whose_patterns_are_all_found_answers() -> None:
    """Patterns on model, system and last message; what none matches is made up."""
    rules = replies({"model": "^r", "last": "加法", "reply": "甲"}, {"system": "judge", "reply": "乙"}, {"last": "加法", "reply": "丙"})
    judge = {"model": "m", "messages": [{"role": "system", "content": "You judge."}, {"role": "user", "content": "加法"}]}

    assert rules.say(asked(chat("学加法") | {"model": "r1"})).text == "甲"
    assert rules.say(asked(judge)).text == "乙"
    assert rules.say(asked(chat("学加法"))).text == "丙"
    assert count(rules.say(asked(chat("学减法"))).text) > 20


def test_a_route_can_be_named() -> None:
    """Raw completions and chat get different replies."""
    rules = replies({"path": "^/completions", "reply": "raw"}, {"path": "chat", "reply": "chat"})

    assert rules.say(asked({"model": "m", "prompt": "x"}, route="completions")).text == "raw"
    assert rules.say(asked(chat("x"))).text == "chat"


def test_places_are_filled_and_other_braces_stay() -> None:
    """Question, model, running number, groups; LaTeX and JSON are left alone."""
    rules = replies({"last": r"(?P<name>\w+) has (\d+)", "reply": r"{n} {model} {name} {g2} \boxed{72} {other} {question}"})

    said = [rules.say(asked(chat(f"Mia has {number}"))).text for number in (3, 4)]

    assert said == [r"1 m Mia 3 \boxed{72} {other} Mia has 3", r"2 m Mia 4 \boxed{72} {other} Mia has 4"]


def test_each_sample_of_a_request_gets_its_own_reply() -> None:
    """In order, from the start again at the end; a retry gets what the first try got."""
    rules = replies({"last": "x", "reply": ["a", "b", {"reply": "c", "finish_reason": "length"}]})

    said = [rules.say(asked(chat("x"), key=key)) for key in ("k1", "k2", "k1", "k3", "k4")]
    unkeyed = [rules.say(asked(chat("x2"))).text for _ in range(2)]

    assert [one.text for one in said] == ["a", "b", "a", "c", "a"]
    assert said[3].finish_reason == "length"
    assert unkeyed == ["a", "b"]


def test_what_stands_beside_a_list_holds_for_all() -> None:
    """Unless a reply says otherwise."""
    rules = replies({"reasoning": "想一想。", "reply": ["a", {"reply": "b", "reasoning": ""}], "note": "for readers"})

    first, second = (rules.say(asked(chat("x"), key=key)) for key in ("1", "2"))

    assert (first.reasoning, second.reasoning) == ("想一想。", "")
    assert (first.reasoning_tokens, first.completion_tokens) == (4, 5)


def test_made_up_replies_keep_to_max_tokens() -> None:
    """A limit below a sentence cuts it and says so."""
    short, whole = (replies().say(asked(chat("Tell me about rain.", max_tokens=most))) for most in (5, 100))

    assert (short.finish_reason, whole.finish_reason) == ("length", "stop")
    assert short.completion_tokens <= 5


def test_a_model_that_thinks_can_be_told_not_to() -> None:
    """The option is a default, the request decides."""
    thinks = replies(thinking=True)

    assert thinks.say(asked(chat("雨是什么？"))).reasoning.startswith("题目说的是“雨是什么？”")
    assert not thinks.say(asked(chat("雨是什么？", enable_thinking=False))).reasoning
    assert replies().say(asked(chat("雨是什么？", enable_thinking=True))).reasoning


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: no JSON"),
        ("[1]", "line 2: list instead of an object"),
        ('{"last": "x"}', "line 2: no reply"),
        ('{"last": "(", "reply": "x"}', "line 2: last is no regular expression"),
        ('{"last": 5, "reply": "x"}', "line 2: last is 5"),
        ('{"lats": "x", "reply": "x"}', "did you mean 'last'"),
        ('{"reply": []}', "line 2: reply is an empty list"),
        ('{"reply": [7]}', "line 2: a reply is 7"),
        ('{"reply": {"reply": "x", "finish": "stop"}}', "did you mean 'finish_reason'"),
        ('{"reply": "x", "finish_reason": 3}', "line 2: finish_reason is 3"),
        ('{"reply": "x", "logprobs": "none"}', "line 2: logprobs is 'none'"),
        ('{"reply": "x", "probs": ["a"]}', "line 2: probs is"),
    ],
)
def test_mistakes_are_named_by_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    """With what to write instead."""
    path = tmp_path / "replies.jsonl"
    path.write_text('{"last": "x", "reply": "y"}\n' + line + "\n\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        Replies(Options(replies=path))

    assert said in str(caught.value)
    assert "replies.jsonl line 2" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Before anything listens."""
    with pytest.raises(ConfigError, match=r"none\.jsonl cannot be read"):
        Replies(Options(replies=tmp_path / "none.jsonl"))
