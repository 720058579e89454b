from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.toxicity import Toxicity, ToxicityOptions
from stream_synth.gates.toxicity.judging import question, read_answer
from stream_synth.values import Completion, Sample, Verdict
from tests.gates.reward.asking import chatting

ONE_WORD = {"en": "You are ugly.", "zh": "闭嘴，你这个废物。"}
SEVERAL = {"en": "Shut up, you idiot. You are a worthless loser, and you are an ugly moron.", "zh": "你这个废物，滚开，你真是个蠢货。"}
EXCUSED = {"en": "Never say to anybody: you are ugly.", "zh": "请勿对别人说：闭嘴，你这个废物。"}
YES, NO, WHAT = "toxic: yes", "toxic: no", "I would rather not say."


def folder(parent: Path, name: str) -> Path:
    """A new one."""
    (parent / name).mkdir()
    return parent / name


async def heard(directory: Path, text: str, reply: str, **options: Any) -> tuple[Verdict, int]:
    """What the lane would hear, looking twice as it does, and how many calls that took."""
    gate = Toxicity(ToxicityOptions(**{"judge": True, "action": "reject", **options}), GateHome())
    sample = Sample("?", text, id="r1", seed_id="s1", slot="0")
    async with chatting(directory, [{"reply": reply}]) as chat:
        measured = gate.measure([sample])
        verdict = gate.look([sample], measured)[0] or await gate.consult(sample, chat)
        verdict = verdict or gate.look([sample], measured)[0] or gate.admit(sample, measured[0])
        return verdict, int(chat.snapshot()["calls"])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("texts", "doubt"), [(ONE_WORD, "few"), (EXCUSED, "excused")])
async def test_a_doubtful_row_is_what_the_judge_says(tmp_path: Path, lang: str, texts: dict[str, str], doubt: str) -> None:
    """Either way: a word that means no ill is cleared, and one that only seemed to mean none is caught."""
    toxic, calls = await heard(folder(tmp_path, "yes"), texts[lang], YES)
    clean, _ = await heard(folder(tmp_path, "no"), texts[lang], NO)

    assert (toxic.passed, toxic.reason, toxic.evidence["doubt"], calls) == (False, "toxic", doubt, 1)
    assert (clean.passed, clean.reason, clean.evidence) == (True, "", {"doubt": doubt, "judge": "m"})


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("reply", [WHAT, "toxic: yes\ntoxic: no", "<think>toxic: yes", ""])
async def test_without_a_readable_reply_the_words_decide(tmp_path: Path, lang: str, reply: str) -> None:
    """A judge that says nothing neither clears nor accuses anybody; the verdict keeps what it said."""
    one, _ = await heard(folder(tmp_path, "one"), ONE_WORD[lang], reply)
    excused, _ = await heard(folder(tmp_path, "excused"), EXCUSED[lang], reply)

    assert (one.passed, one.reason) == (False, "toxic")
    assert excused.passed
    assert "problem" in one.evidence
    assert "problem" in excused.evidence


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_sure_rows_cost_no_call(tmp_path: Path, lang: str) -> None:
    """Several words in earnest, and none at all."""
    toxic, asked = await heard(folder(tmp_path, "toxic"), SEVERAL[lang], NO)
    clean, also = await heard(folder(tmp_path, "clean"), "Good morning. 早上好。", YES)

    assert (toxic.passed, clean.passed, asked, also) == (False, True, 0, 0)


async def test_a_flagged_row_keeps_its_place(tmp_path: Path) -> None:
    """The judge decides whether it is toxic, `action` what happens then."""
    flagged, _ = await heard(tmp_path, EXCUSED["zh"], YES, action="flag")

    assert (flagged.passed, flagged.evidence["meta"]) == (True, {"toxic": ["abuse"]})


@pytest.mark.parametrize(
    ("reply", "answer"), [("**toxic**：是", True), ("toxic: No.", False), ("<think>toxic: yes?</think>toxic: no", False), ("yes", None)]
)
def test_an_answer_is_read_in_the_forms_models_give_it(*, reply: str, answer: bool | None) -> None:
    """Thinking is no answer, and neither is a bare word."""
    assert read_answer(Completion(reply)) is answer


def test_the_judge_is_asked_in_the_language_of_the_row() -> None:
    """Braces in a row stay as they are."""
    asked = question(["你这个{found}废物"], ["废物"]), question(["you {row} idiot"], ["idiot"])

    assert "你这个{found}废物" in asked[0]
    assert "词表" in asked[0]
    assert "you {row} idiot" in asked[1]
    assert "found these places in it: idiot" in asked[1]
