from __future__ import annotations

import pytest

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
    ],
)
def test_json_that_is_there_or_only_spoken_of(prompt: str, response: str) -> None:
    """JSON in the answer, questions about JSON, and programs that write it."""
    assert reason(response, prompt=prompt) != "not_json"
