from __future__ import annotations

from typing import Any

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.rules import RULES, RuleOptions, Rules
from stream_synth.values import Sample
from tests.gates.rules.judging import ASKS, EN, ZH

ADS = {"en": " Buy now and get 50% off! Free shipping.", "zh": "立即购买，限时优惠，全场包邮！"}
CODE = {"en": "```python\nprint(total(rows))\n```", "zh": "```python\nfor 行 in 数据:\n    print(行)\n```"}
CONFIG = '```python\nHOST = "localhost"\nPORT = 8080\nDEBUG = True\n```'
BRANCHES = "```python\ndef price(kind):\n" + "".join(f"    if kind == {n}:\n        return {n * n}\n" for n in range(12)) + "```"
SUM = {
    "en": "Ann has 12 marbles and Ben has 31 pencils in a drawer; how many pencils and marbles?",
    "zh": "小明有12颗弹珠，抽屉里还有31支铅笔，弹珠和铅笔共多少？",
}
AWAY = {
    "en": "Whales live in every ocean of the planet. They feed on krill and on fish, breathe air, and travel from the poles "
    "to warm seas each winter to breed, before they return in spring to where the food is.",
    "zh": "鲸鱼生活在世界各大洋之中，以磷虾和鱼群为食，用肺呼吸，每逢冬天就从极地游向温暖的海域繁殖后代，夏天再回到寒冷而食物丰富的海区。",
}
ENDS = {"en": "The answer is {}.", "zh": "答案是{}。"}
TABLE = "| | | |\n" * 6
BROKEN: dict[str, dict[str, Any]] = {
    "empty": {"en": {"response": "N/A"}, "zh": {"response": "待补充"}},
    "length": {"en": {"response": "a" * 200_001}, "zh": {"response": "好" * 200_001}},
    "truncated": {"en": {"response": EN, "finish_reason": "length"}, "zh": {"response": ZH, "finish_reason": "length"}},
    "refusal": {"en": {"response": "I'm sorry, but I cannot help with that."}, "zh": {"response": "抱歉，我无法回答这个问题。"}},
    "tags": {"en": {"response": "It is 4.</think>"}, "zh": {"response": "答案是四。<|im_end|>"}},
    "html": {"en": {"response": f"<div><p>{EN}</p></div>"}, "zh": {"response": f"<div><p>{ZH}</p></div>"}},
    "table_residue": {"en": {"response": f"Result:\n{TABLE}"}, "zh": {"response": f"结果：\n{TABLE}"}},
    "marketing": {"en": {"response": EN + ADS["en"]}, "zh": {"response": ZH + ADS["zh"]}},
    "garbled": {"en": {"response": EN + " na\ufffdve"}, "zh": {"response": ZH.encode().decode("gbk", "ignore")}},
    "random_characters": {
        "en": {"response": "qwertyuiop asdfghjkl"},
        "zh": {"response": ZH[::-1][1::2] + "，。" + ZH[::3] + "。，" + ZH[1::3] + "，！"},
    },
    "emoji_run": {"en": {"response": EN + "🎉🎉🎊😀😀😀😀"}, "zh": {"response": ZH + "😀😀😀😀😀😀😀"}},
    "repeats": {
        "en": {"response": "It is what it is and that is all. " * 9},
        "zh": {"response": "节约能源是一种美德，我们要节约能源。" * 9},
    },
    "blanks": {"en": {"response": EN + " " * 400 + "End."}, "zh": {"response": ZH + "\n" * 400 + "完。"}},
    "stacked": {"en": {"response": "go go go go go go go go go!"}, "zh": {"response": "加油加油加油加油加油加油加油加油！"}},
    "copied_prompt": {"en": {"response": EN, "prompt": EN}, "zh": {"response": ZH, "prompt": ZH}},
    "foreign_language": {"en": {"response": ZH}, "zh": {"response": EN}},
    "not_json": {
        "en": {"prompt": "Name the seasons. Wrap your entire response in JSON format.", "response": "Spring, summer, autumn and winter."},
        "zh": {"prompt": "列出四季，以 JSON 格式输出。", "response": "春天、夏天、秋天和冬天。"},
    },
    "foreign_thinking": {"en": {"response": EN, "reasoning": ZH * 2}, "zh": {"response": ZH, "reasoning": EN}},
    "think_empty": {"en": {"response": EN, "reasoning": "..."}, "zh": {"response": ZH, "reasoning": "。。。"}},
    "think_copied": {"en": {"response": EN, "reasoning": EN}, "zh": {"response": ZH, "reasoning": ZH}},
    "think_repeats": {
        "en": {"response": EN, "reasoning": "Let me check it again. " * 20},
        "zh": {"response": ZH, "reasoning": "让我再检查一遍。" * 30},
    },
    "think_contradicts": {
        lang: {"prompt": SUM[lang], "reasoning": ENDS[lang].format(43), "response": ENDS[lang].format(44)} for lang in ("en", "zh")
    },
    "think_off_topic": {lang: {"prompt": SUM[lang], "reasoning": AWAY[lang], "response": ENDS[lang].format(43)} for lang in ("en", "zh")},
    "not_self_contained": {"en": {"response": CODE["en"]}, "zh": {"response": CODE["zh"]}},
    "trivial": {"en": {"response": CONFIG}, "zh": {"response": CONFIG}},
    "uncommented": {"en": {"response": BRANCHES}, "zh": {"response": BRANCHES}},
    "unfinished": {"en": {"response": EN + " For example, turn off the"}, "zh": {"response": ZH + "另外，您还可以在不使用电器的时候"}},
}


def test_no_rule_is_without_an_example() -> None:
    """Whoever adds a rule shows what it rejects, in both languages."""
    assert set(BROKEN) == {rule.id for rule in RULES}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_every_rule_speaks_both_languages_and_can_be_switched_off(rule: str, lang: str) -> None:
    """The reason is the rule's id, with evidence; sound rows pass; without the rule the row passes too."""
    others = tuple(one.id for one in RULES if one.id != rule)
    row = Sample(**{"prompt": ASKS[lang], **BROKEN[rule][lang]})
    sound = Sample(ASKS[lang], {"en": EN, "zh": ZH}[lang])

    broken, fine = Rules(RuleOptions(disable=others), GateHome()).measure([row, sound])
    off = Rules(RuleOptions(disable=(*others, rule)), GateHome()).measure([row])[0]

    assert (broken.reason, bool(broken.evidence)) == (rule, True)
    assert fine.passed
    assert off.passed
