from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions
from stream_synth.gates.contamination.reading import question_of
from stream_synth.gates.contamination.words import is_chinese, lexicon
from stream_synth.values import Sample
from tests.gates.contamination.fixtures import gate, verdict

MINE = (
    "米蕾每天早上往14个模具里倒蜡，晚上再倒9个模具。每个模具做出一根蜡烛，她每周留5根蜡烛给姑姑。"
    "其余的在港口市场上以每根6美元出售，米蕾每周赚多少美元？"
)
KEEPERS = "在鲸油传到北方岛屿之前，奥尔瓦内的灯塔看守人燃烧的是下列哪种材料？\nA. 泥炭\nB. 树脂\nC. 海鸟的脂肪\nD. 浮木"


@pytest.mark.parametrize(("item", "prompt"), [("candles", MINE), ("orvane", KEEPERS)])
def test_a_translation_is_found_by_its_words_and_numbers(tmp_path: Path, item: str, prompt: str) -> None:
    """Without a model, where paraphrases are looked for."""
    found = verdict(gate(tmp_path, paraphrase=0.01), Sample(prompt, ""))

    assert (found.reason, found.evidence["item"]) == ("paraphrases_item", item)
    assert verdict(gate(tmp_path), Sample(prompt, "")).passed


@pytest.mark.parametrize(
    "prompt",
    [
        "面包师每天烤31个面包，送给朋友8个，其余每个卖2元，他一天能赚多少钱？",
        "灯塔是做什么用的？",
        "写一首关于秋天的短诗。",
        "请用Python写一个函数，返回列表中最大的数。",
    ],
)
def test_other_chinese_questions_pass(tmp_path: Path, prompt: str) -> None:
    """Of the small benchmark, and of all that ship."""
    assert verdict(gate(tmp_path, paraphrase=0.01), Sample(prompt, "")).passed
    assert verdict(Contamination(ContaminationOptions(paraphrase=0.01), GateHome()), Sample(prompt, "")).passed


def test_the_longest_word_is_read_and_means_all_that_it_may() -> None:
    """同态 is one word, not two; what the table does not know is left out."""
    one, both = lexicon().meanings("同态"), lexicon().meanings("同态，同态，灯塔𠀀")

    assert len(one) == 1
    assert len(both) == 2


@pytest.mark.parametrize(
    ("text", "chinese"), [("什么是群？", True), ("群论", False), ("什么是阿贝尔群？", True), ("Who was 孔子?", False), ("", False)]
)
def test_a_few_characters_make_no_chinese_prompt(text: str, chinese: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A name in an English question is none."""
    assert is_chinese(text) == chinese


@pytest.mark.parametrize(
    ("prompt", "question"),
    [
        ("Which is it?\nA. one\nB. two", "Which is it?"),
        ("是哪一个？\n（A）一\n（B）二", "是哪一个？"),
        ("求和。\n答案：4", "求和。\n"),
        ("A. Smith wrote it?", "A. Smith wrote it?"),
        ("Answer: 4", "Answer: 4"),
    ],
)
def test_options_and_answer_are_no_part_of_the_question(prompt: str, question: str) -> None:
    """What stands before them is; where nothing does, all of it."""
    assert question_of(prompt) == question
