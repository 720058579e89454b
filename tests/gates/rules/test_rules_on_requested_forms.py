from __future__ import annotations

import time

import pytest

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Reading
from stream_synth.gates.rules.requested import not_json
from stream_synth.text import profiles
from stream_synth.values import Sample
from tests.gates.rules.judging import EN, ZH, reason, verdict


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("Give advice on saving energy. I want the entire output in JSON format.", EN),
        (
            "Give advice on saving energy. Please wrap your entire answer in JSON format. You can use markdown ticks.",
            f"**Advice**\n\n- [ ] {EN}",
        ),
        ("Answer only in valid JSON: how can I save energy?", EN),
        ("怎么节约能源？请用JSON格式回答。", ZH),
        ("怎么节约能源？输出为 json 对象。", ZH),
        ("能否用JSON格式给出节约能源的建议？", ZH),
        ("Could you give advice on saving energy, your answer being a JSON object?", EN),
    ],
)
def test_prose_where_json_was_wanted(prompt: str, response: str) -> None:
    """Whatever else it is, a row teaches to ignore the form that was asked for."""
    assert reason(response, prompt=prompt) == "not_json"
    assert "json" in verdict(response, prompt=prompt).evidence["asked"].lower()


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("Name a colour. I want the entire output in JSON format.", '{"colour": "a very dark green, like moss"}'),
        ("列出两种颜色，以 JSON 数组输出。", '好的：["红色", "绿色"]'),
        ("How is JSON better than XML, and what is an answer in JSON good for?", EN),
        ("写一个函数，返回 JSON 格式的能源数据。", ZH),
        ("Explain what a script has to do so that its output is a JSON object.", EN),
        ("Answer this: what is the JSON format and where does it come from?", EN),
        ("How does the server's response differ when the request holds a JSON object?", EN),
        ("请回答：什么是JSON格式？", ZH),
        ("请问用JSON格式返回数据有什么好处？", ZH),
        ("Translate into Chinese: Please respond in JSON.", ZH),
        ("把下面这句话翻译成英文：请用JSON格式回答。", EN),
        (f"Sum this up. {EN * 40} Your answer must be a JSON object. {EN * 40}", EN),
    ],
)
def test_json_that_is_there_or_only_spoken_of(prompt: str, response: str) -> None:
    """JSON in the answer, questions about JSON, and programs that write it."""
    assert reason(response, prompt=prompt) != "not_json"


def test_in_a_conversation_the_last_turn_counts() -> None:
    """What was wanted of an earlier answer is not wanted of this one."""
    first, last = "Name a colour. Your answer must be a JSON object.", "Thank you. How can I save energy?"
    turns = [{"role": "user", "content": first}, {"role": "assistant", "content": "{}"}, {"role": "user", "content": last}]

    assert reason(EN, prompt=f"{first}\n\n{last}", messages=(*turns, {"role": "assistant", "content": EN})) != "not_json"


@pytest.mark.parametrize("text", ["json\n{}", "用json{}", "your answer {} json", "{}json"])
@pytest.mark.parametrize("blank", ["\n", " ", "\t", "\n "])
def test_a_page_of_blanks_is_read_at_once(text: str, blank: str) -> None:
    """A quarter of a million of them; what reads from each to the end of all would take hours."""
    sample = Sample(text.format(blank * 250_000), EN)
    begun = time.perf_counter()

    not_json(Reading(sample, *profiles(["", "", ""])), RuleOptions())

    assert time.perf_counter() - begun < 5
