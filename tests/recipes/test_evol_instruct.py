from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.evol_instruct import EvolInstruct
from stream_synth.recipes.evol_operators import DEPTH, OperatorSet
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

OPERATORS = {*DEPTH, "breadth"}
TEA = {"question": "How do I make tea?"}
TASKS = {
    "zh": (
        {"question": "怎么泡茶？"},
        "怎么用六十度的水泡绿茶，并说明为什么？",
        "先烫杯，再放茶叶，注入六十度的水，等两分钟；水太热会发苦。",
    ),
    "en": (TEA, "How do I make green tea for three with one small pot?", "Warm the pot, brew twice, and pour the cups in turns."),
}
DIFFERENT = "The second one adds a limit.\nVerdict: different"
OLD, NEW, ANSWER = TEA["question"], TASKS["en"][1], TASKS["en"][2]
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))


def script(turn: int = 1, **steps: Any) -> dict[str, Any]:
    """One round's replies, all in favour of the row where nothing else is said."""
    replies = {"evolve": NEW, "equal": DIFFERENT, "answer": ANSWER, "difficulty": "Score: 6", **steps}
    return {"seed/difficulty": "Score: 2", **{f"round{turn}/{step}": reply for step, reply in replies.items()}}


@pytest.mark.parametrize("lang", TASKS)
async def test_task_is_evolved_and_answered(lang: str) -> None:
    """The row teaches the evolved task with its answer; parent, operator, round and both difficulties are on it."""
    fields, evolved, answer = TASKS[lang]
    verdict = "第二个多了条件。\n结论：不同" if lang == "zh" else DIFFERENT
    ask = ScriptedAsk(script(evolve=evolved, answer=answer, equal=verdict))

    (row,) = await try_recipe(EvolInstruct(rounds=1), fields, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.lang, row.slot) == (evolved, answer, lang, "0/1")
    assert [turn["content"] for turn in row.messages] == [evolved, answer]
    assert row.meta["op"] in OPERATORS
    assert (row.meta["round"], row.meta["parent"]) == (1, fields["question"])
    assert (row.meta["parent_difficulty"], row.meta["difficulty"]) == (2.0, 6.0)
    assert [role for _, _, role, _ in ask.asked] == ["judge", "teacher", "judge", "teacher", "judge"]
    assert [("任务" in request.messages[0]["content"]) == (lang == "zh") for step, _, _, request in ask.asked if "answer" not in step] == [
        True
    ] * 4


async def test_survivor_is_the_next_parent_and_a_failure_leaves_it() -> None:
    """Round two fails; round three starts from what round one made."""
    third = "How do I make green tea for five with no pot at all?"
    steps = {**script(), **script(2, equal="Verdict: equal"), **script(3, evolve=third, answer="Use a jar and a sieve.")}

    first, second, last = await try_recipe(EvolInstruct(rounds=3), TEA, steps)

    assert isinstance(first, Sample)
    assert isinstance(second, Rejected)
    assert isinstance(last, Sample)
    assert (second.sample.meta["parent"], last.meta["parent"]) == (NEW, NEW)
    assert last.meta["parent_difficulty"] == first.meta["difficulty"]


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({"evolve": CUT}, "evolve/truncated"),
        ({"evolve": Completion("", finish_reason="content_filter")}, "evolve/refused"),
        ({"evolve": " "}, "evolve/empty"),
        ({"evolve": "<think>never closed"}, "evolve/tag_damage"),
        ({"evolve": "#New Task#\nHow do I make tea on the moon?"}, "evolve/role_words"),
        ({"evolve": "Here is the rewritten prompt: how do I make tea at sea?"}, "evolve/role_words"),
        ({"evolve": "#新任务#\n在月球上怎么泡茶？"}, "evolve/role_words"),
        ({"evolve": " how do I make  TEA? "}, "equal/copied"),
        ({"equal": "Nothing new.\nVerdict: Equal"}, "equal/equal"),
        ({"equal": "**结论**：相同。"}, "equal/equal"),
        ({"equal": "I cannot tell."}, "equal/unreadable_verdict"),
        ({"equal": "Verdict: equal, or Verdict: different"}, "equal/unreadable_verdict"),
        ({"equal": Completion("Verdict: different", finish_reason="length")}, "equal/unreadable_verdict"),
        ({"equal": LOST}, "equal/call_failed"),
        ({"answer": CUT}, "answer/truncated"),
        ({"answer": Completion("", refusal="I cannot help.")}, "answer/refused"),
        ({"answer": ""}, "answer/empty"),
        ({"answer": "<think>never closed"}, "answer/tag_damage"),
        ({"answer": LOST}, "answer/call_failed"),
        ({"answer": "INVALID"}, "answer/invalid"),
        ({"answer": "**INVALID**, no table is given."}, "answer/invalid"),
        ({"answer": "I am sorry, that is beyond me."}, "answer/sorry"),
        ({"answer": "很抱歉，我无法回答。"}, "answer/sorry"),
        ({"answer": "It is what it was, and so be it not."}, "answer/stop_words"),
        ({"answer": "……"}, "answer/stop_words"),
        ({"answer": "是的，会有的。"}, "answer/stop_words"),
    ],
)
async def test_failed_rounds_are_eliminated(steps: dict[str, Any], fate: str) -> None:
    """By reply, by words of the prompt, by the judge, by an answer that is none; each with its reason, on the card."""
    (row,) = await try_recipe(EvolInstruct(rounds=1), TEA, script(**steps))

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == fate
    assert fate in EvolInstruct.card.rejects
    assert set(row.sample.meta) <= set(EvolInstruct.card.meta_keys)
    assert row.evidence


@pytest.mark.parametrize(
    ("evolved", "answer"),
    [
        (
            "Write a letter that says sorry to a guest.",
            "Dear guest, I am sorry that " + "the rain came through the roof and onto your bed, " * 9,
        ),
        ("写一封道歉信。", "对不起，" + "昨天的大雨从屋顶漏进来，把您的床打湿了，我们已经换好了新的被褥。" * 5),
        ("What does INVALID mean in a log?", "It means that INVALID lines were left out."),
    ],
)
async def test_long_apologies_and_quoted_words_stay(evolved: str, answer: str) -> None:
    """An apology of 80 words or more is an answer; the way out counts only at the beginning."""
    (row,) = await try_recipe(EvolInstruct(rounds=1), TEA, script(evolve=evolved, answer=answer))

    assert isinstance(row, Sample)


async def test_words_that_the_parent_had_are_no_slip() -> None:
    """A seed about prompts may keep speaking of a given prompt."""
    (row,) = await try_recipe(
        EvolInstruct(rounds=1), {"question": "Shorten the given prompt."}, script(evolve="Shorten the given prompt twice.")
    )

    assert isinstance(row, Sample)


async def test_failed_call_costs_a_later_round_but_raises_in_the_first() -> None:
    """Nothing is paid before the first evolution, so the seed comes again; later on only the round is lost."""
    steps = {**script(), **script(2, evolve=LOST)}

    first, second = await try_recipe(EvolInstruct(rounds=2), TEA, steps)

    assert isinstance(first, Sample)
    assert isinstance(second, Rejected)
    assert (second.step, second.reason) == ("evolve", "call_failed")
    with pytest.raises(ChatError):
        await try_recipe(EvolInstruct(rounds=1), TEA, script(evolve=LOST))


@pytest.mark.parametrize("said", [LOST, "hard to say", "Score: 11", "Score: 4-5", CUT])
async def test_row_does_not_depend_on_its_difficulty(said: Any) -> None:
    """A judge that gives none leaves the row without one."""
    (row,) = await try_recipe(EvolInstruct(rounds=1), TEA, {**script(difficulty=said), "seed/difficulty": said})

    assert isinstance(row, Sample)
    assert not {"difficulty", "parent_difficulty"} & set(row.meta)


async def test_chains_are_independent_and_every_call_is_charged_once() -> None:
    """The seed's own rating is paid by the first chain; a chain that cannot start leaves the other."""
    costly = {step: Completion(str(reply), cost_usd=1.0, model=step) for step, reply in script().items()}

    one, two = await try_recipe(EvolInstruct(rounds=1, samples=2), TEA, costly)
    (left,) = await try_recipe(EvolInstruct(rounds=1, samples=2), TEA, script(evolve=[LOST, NEW]))

    assert isinstance(one, Sample)
    assert isinstance(two, Sample)
    assert (one.cost_usd, two.cost_usd) == (5.0, 4.0)
    assert one.model == "round1/answer"
    assert left.slot == "1/1" if isinstance(left, Sample) else False


async def test_way_out_and_system_turn() -> None:
    """The answerer reads the way out, the row does not hold it; the system turn is sent and kept."""
    ask = ScriptedAsk(script())

    (row,) = await try_recipe(EvolInstruct(rounds=1, difficulty=False, system="Be brief."), TEA, ask)

    sent = next(request for step, _, _, request in ask.asked if step == "round1/answer")
    assert isinstance(row, Sample)
    assert "INVALID" in sent.messages[-1]["content"]
    assert "INVALID" not in str(row.messages)
    assert row.messages[0] == {"role": "system", "content": "Be brief."}
    assert len(ask.asked) == 3


async def test_all_six_operators_are_drawn() -> None:
    """Over many seeds, each with its own prompt; the draw is the seed's own."""
    drawn = []
    for number in range(120):
        (row,) = await try_recipe(EvolInstruct(rounds=1), TEA, script(), seed_id=f"s{number}")
        assert isinstance(row, Sample)
        drawn.append(row.meta["op"])

    assert set(drawn) == OPERATORS
    assert max(map(drawn.count, OPERATORS)) < 40


async def test_programs_have_ways_of_their_own_one_of_them_rare() -> None:
    """Five heuristics; more efficient programs are asked for half as often as the rest."""
    drawn = []
    for number in range(180):
        (row,) = await try_recipe(EvolInstruct(rounds=1, operators="code"), TEA, script(), seed_id=f"s{number}")
        assert isinstance(row, Sample)
        drawn.append(row.meta["op"])

    assert set(drawn) == {"code_constraint", "code_rarer", "code_steps", "code_misdirection", "code_complexity"}
    assert drawn.count("code_complexity") < min(drawn.count(way) for way in set(drawn) - {"code_complexity"})


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_maths_goes_down_twice_and_then_up_from_the_seed(lang: str) -> None:
    """The first harder problem is made from the seed, not from its easier variants."""
    seed = {"en": "Ann has 3 coins.", "zh": "小安有三枚硬币。"}[lang]
    evolved = [f"{seed} {number}?" for number in range(5)]
    steps = {name: reply for turn in range(5) for name, reply in script(turn + 1, evolve=evolved[turn]).items()}
    ask = ScriptedAsk(steps)

    rows = await try_recipe(EvolInstruct(rounds=5, operators="maths"), {"question": seed}, ask)

    parents = [row.meta["parent"] for row in rows if isinstance(row, Sample)]
    ways = [row.meta["op"] for row in rows if isinstance(row, Sample)]
    prompts = [request.messages[0]["content"] for step, _, _, request in ask.asked if step.endswith("evolve")]
    assert parents == [seed, evolved[0], seed, evolved[2], evolved[3]]
    assert [way.endswith("easier") for way in ways] == [True, True, False, False, False]
    assert [("harder" in prompt or "改得更难" in prompt) for prompt in prompts] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("operators", "seed", "more", "added"),
    [("general", "Make tea", " word" * 15, 15.0), ("code", "Sort a list", " word" * 15, 15.0), ("general", "怎么泡茶", "字" * 21, 15.0)],
)
async def test_added_words_are_counted_and_can_be_limited(operators: OperatorSet, seed: str, more: str, added: float) -> None:
    """Only where the prompt asks for 10 to 20; in Chinese, 14 characters are ten words."""
    fates = set()
    for number in range(24):
        steps = script(evolve=seed + more, equal="Verdict: different")
        for limits in ((10, 20), (16, 20)):
            recipe = EvolInstruct(rounds=1, operators=operators, words_added=limits)
            (row,) = await try_recipe(recipe, {"question": seed}, steps, seed_id=f"s{number}")
            sample, reason = (row.sample, row.reason) if isinstance(row, Rejected) else (row, "")
            fates.add((limits[0], sample.meta.get("added_words"), reason))

    assert fates == {(10, added, ""), (16, added, "words_added"), (10, None, ""), (16, None, "")}


async def test_seed_without_a_task_costs_no_call() -> None:
    """Rejected at step `seed`; own checks and impossible options are told as elsewhere."""
    (row,) = await try_recipe(EvolInstruct(), {"question": " "}, {})
    (long,) = await try_recipe(EvolInstruct(rounds=1, verify={"call": "tests.recipes.checks:is_short"}), TEA, script())

    assert isinstance(row, Rejected)
    assert isinstance(long, Rejected)
    assert (row.step, row.reason, long.step) == ("seed", "no_question", "verify")
    with pytest.raises(ConfigError, match="rounds is 0"):
        EvolInstruct(rounds=0)
