from __future__ import annotations

from typing import Any

import pytest

from stream_synth.export.formats import FORMATS, Inexpressible, Row, Style, fitting
from stream_synth.values import Json, Message

PLAIN = Row("二加二？", "四。", "2 + 2 = 4", (), (), None, None)
SYSTEM: Message = {"role": "system", "content": "Be brief."}
DIALOGUE: tuple[Message, ...] = tuple(
    {"role": role, "content": content}
    for role, content in (("user", "Hi"), ("assistant", "Hello"), ("user", "二加二？"), ("assistant", "四。"))
)


def shaped(name: str, row: Row = PLAIN, **style: str) -> Json:
    return FORMATS[name].shape(row, Style(**style))


def changed(**changes: Any) -> Row:
    fields = {name: getattr(PLAIN, name) for name in Row.__slots__}
    return Row(**(fields | changes))


def test_messages_put_thinking_before_the_answer() -> None:
    """Inline thinking stands in think tags on lines of their own."""
    row = shaped("messages")

    assert row == {
        "messages": [{"role": "user", "content": "二加二？"}, {"role": "assistant", "content": "<think>\n2 + 2 = 4\n</think>\n四。"}],
    }


def test_messages_can_keep_thinking_in_a_field() -> None:
    """Every assistant turn has the field, so that a reader infers one type."""
    row = shaped("messages", changed(messages=DIALOGUE), think="field")

    assert [turn.get("reasoning_content") for turn in row["messages"]] == [None, "", None, "2 + 2 = 4"]
    assert row["messages"][-1]["content"] == "四。"


def test_dropped_thinking_leaves_no_trace() -> None:
    """`drop` writes the bare answer."""
    row = shaped("messages", think="drop")

    assert row["messages"][-1] == {"role": "assistant", "content": "四。"}


def test_messages_of_a_row_are_not_edited() -> None:
    """Shaping a row leaves the row as it was."""
    row = changed(messages=DIALOGUE)

    shaped("messages", row)

    assert row.messages[-1]["content"] == "四。"


def test_prompt_messages_get_their_answer() -> None:
    """Messages that end with the question are completed by the response."""
    row = shaped("messages", changed(messages=(SYSTEM, {"role": "user", "content": "二加二？"})), think="drop")

    assert [turn["role"] for turn in row["messages"]] == ["system", "user", "assistant"]
    assert row["messages"][-1]["content"] == "四。"


def test_messages_carry_tools_where_there_are_some() -> None:
    """A row without tools has no such key; one with tools keeps them as objects."""
    tool = {"type": "function", "function": {"name": "add"}}

    row = shaped("messages", changed(tools=(tool,)))

    assert row["tools"] == [tool]


def test_sharegpt_names_its_speakers() -> None:
    """Roles become system, human and gpt."""
    row = shaped("sharegpt", changed(messages=(SYSTEM, *DIALOGUE)), think="drop")

    assert [turn["from"] for turn in row["conversations"]] == ["system", "human", "gpt", "human", "gpt"]


def test_sharegpt_says_that_it_has_no_tool_calls() -> None:
    """A tool call is not silently turned into an empty answer."""
    called: tuple[Message, ...] = ({"role": "user", "content": "?"}, {"role": "assistant", "content": None, "tool_calls": [{}]})

    with pytest.raises(Inexpressible, match="tool calls"):
        shaped("sharegpt", changed(messages=called, reasoning=""))


def test_alpaca_has_its_three_columns() -> None:
    """Instruction holds the whole prompt, input stays empty."""
    row = shaped("alpaca")

    assert row == {"instruction": "二加二？", "input": "", "output": "<think>\n2 + 2 = 4\n</think>\n四。"}


def test_a_system_turn_stands_before_the_prompt() -> None:
    """Formats with one prompt text keep the system turn in it."""
    row = shaped("alpaca", changed(messages=(SYSTEM, {"role": "user", "content": "二加二？"})))

    assert row["instruction"] == "Be brief.\n\n二加二？"


@pytest.mark.parametrize("name", ["alpaca", "prompt-completion", "reasoning", "text"])
def test_several_turns_do_not_fit_one_prompt(name: str) -> None:
    """A dialogue is left out with its reason rather than cut."""
    with pytest.raises(Inexpressible, match="several turns"):
        shaped(name, changed(messages=DIALOGUE))


def test_prompt_completion_ends_both_parts() -> None:
    """End-of-text tokens go where they were asked for."""
    row = shaped("prompt-completion", prompt_end="<eos>", completion_end="<eos>")

    assert row == {"prompt": "二加二？<eos>", "completion": "<think>\n2 + 2 = 4\n</think>\n四。<eos>"}


def test_prompt_completion_without_thinking_has_no_tags() -> None:
    """Empty thinking makes no empty think block."""
    row = shaped("prompt-completion", changed(reasoning=""))

    assert row["completion"] == "四。"


def test_reasoning_has_exactly_three_columns() -> None:
    """Input, reasoning_content, content."""
    row = shaped("reasoning")

    assert row == {"input": "二加二？", "reasoning_content": "2 + 2 = 4", "content": "四。"}


@pytest.mark.parametrize("name", ["reasoning", "qcr"])
def test_formats_of_thinking_need_thinking(name: str) -> None:
    """A row without thinking has no place in them."""
    with pytest.raises(Inexpressible, match="no thinking"):
        shaped(name, changed(reasoning=""))


def test_qcr_has_its_column_names() -> None:
    """Question, Complex_CoT, Response."""
    row = shaped("qcr")

    assert row == {"Question": "二加二？", "Complex_CoT": "2 + 2 = 4", "Response": "四。"}


def test_dpo_needs_a_pair() -> None:
    """Both answers make a row; one alone does not."""
    pair = shaped("dpo", changed(chosen="四。", rejected="五。"))

    assert pair == {"prompt": "二加二？", "chosen": "四。", "rejected": "五。"}
    with pytest.raises(Inexpressible, match="chosen and rejected"):
        shaped("dpo", changed(chosen="四。"))


def test_text_is_one_column() -> None:
    """Question, blank line, answer."""
    row = shaped("text", think="drop")

    assert row == {"text": "二加二？\n\n四。"}


def test_a_row_that_teaches_its_text_alone() -> None:
    """A corpus row holds the assistant's turn only: what the model was asked is no part of the text."""
    row = Row("Write about tides.", "The sea comes up.", "", ({"role": "assistant", "content": "The sea comes up."},), (), None, None)

    assert FORMATS["text"].shape(row, Style()) == {"text": "The sea comes up."}
    assert FORMATS["messages"].shape(row, Style()) == {"messages": [{"role": "assistant", "content": "The sea comes up."}]}


def test_tasks_whose_input_was_told_apart_stay_so() -> None:
    """In Alpaca's columns and as seed tasks; a row without that knowledge is one instruction."""
    told = changed(
        prompt="排序。\nb a",
        reasoning="",
        response="a b",
        id="r1",
        meta={"instruction": "排序。", "input": "b a", "is_classification": True},
    )

    assert shaped("alpaca", told) == {"instruction": "排序。", "input": "b a", "output": "a b"}
    assert shaped("seed-tasks", told) == {
        "id": "r1",
        "name": "",
        "instruction": "排序。",
        "instances": [{"input": "b a", "output": "a b"}],
        "is_classification": True,
    }
    assert shaped("seed-tasks")["instances"] == [{"input": "", "output": "四。"}]


def test_labels_stand_beside_their_texts() -> None:
    """Only rows that were labelled have one."""
    assert shaped("label", changed(response="好", meta={"label": "好"})) == {"text": "二加二？", "label": "好"}
    with pytest.raises(Inexpressible, match="no label"):
        shaped("label")


def test_steps_of_a_labelled_solution_have_a_label_each() -> None:
    """Hard labels for a classifier, soft ones beside them."""
    told = [{"text": "先算二加二。", "hard": 1, "soft": 0.5}, {"text": "得五。", "hard": 0, "soft": 0.0}]

    row = shaped("steps", changed(meta={"steps": told}))

    assert row == {"prompt": "二加二？", "completions": ["先算二加二。", "得五。"], "labels": [True, False], "values": [0.5, 0.0]}


def test_steps_of_a_search_are_labelled_by_their_worth() -> None:
    """Above 0 a right end is the likelier one."""
    row = shaped("steps", changed(meta={"steps": ["one", "two", "three"], "q": [0.2, 0.0, -1.0]}))

    assert (row["labels"], row["values"]) == ([True, False, False], [0.2, 0.0, -1.0])


def test_a_solution_with_code_keeps_its_blocks() -> None:
    """In order, by kind."""
    blocks = [{"kind": "text", "content": "算。"}, {"kind": "code", "content": "print(4)"}, {"kind": "execution", "content": "4"}]

    assert shaped("lce", changed(meta={"blocks": blocks})) == {"prompt": "二加二？", "blocks": blocks}


def test_a_proof_stands_beside_its_statement_and_problem() -> None:
    """The problem in words is the row's own where it kept one, else the prompt."""
    told = {"statement": "x $p |- ps $.", "proof": "ax-mp", "checker": "metamath"}

    assert shaped("proof", changed(meta=told | {"problem": "证明。"})) == told | {"problem": "证明。"}
    assert shaped("proof", changed(meta=told))["problem"] == "二加二？"


@pytest.mark.parametrize(
    ("name", "meta", "reason"),
    [
        ("steps", {}, "no steps"),
        ("steps", {"steps": ["one"]}, "steps without labels"),
        ("steps", {"steps": ["one"], "q": [1.0, 1.0]}, "steps without labels"),
        ("steps", {"steps": [{"text": "one"}]}, "steps without labels"),
        ("lce", {}, "no blocks"),
        ("proof", {"statement": "x", "checker": "lean"}, "no proof"),
    ],
)
def test_rows_of_other_methods_have_no_place_there(name: str, meta: dict[str, Any], reason: str) -> None:
    """Left out with their reason."""
    with pytest.raises(Inexpressible, match=reason):
        shaped(name, changed(meta=meta))


@pytest.mark.parametrize(
    ("name", "meta"),
    [
        ("steps", {"steps": ["one"], "q": [1.0]}),
        ("lce", {"blocks": [{"kind": "text", "content": "x"}]}),
        ("proof", {"statement": "x", "proof": "y", "checker": "lean"}),
    ],
)
def test_lists_have_their_arrow_type(name: str, meta: dict[str, Any]) -> None:
    """So that Parquet holds them as they are."""
    import pyarrow as pa  # noqa: PLC0415

    row = shaped(name, changed(meta=meta))

    assert pa.Table.from_pylist([row], FORMATS[name].schema(Style())).to_pylist() == [row]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (PLAIN, "messages"),
        (changed(messages=DIALOGUE), "messages"),
        (changed(chosen="四。", rejected="五。"), "dpo"),
        (changed(meta={"steps": ["一", "二"], "q": [0.5, 1.0], "blocks": [{"kind": "text", "content": "一"}]}), "steps"),
        (changed(meta={"blocks": [{"kind": "text", "content": "一"}]}), "lce"),
        (changed(meta={"statement": "S", "proof": "P", "checker": "lean"}), "proof"),
        (changed(meta={"label": "好"}), "label"),
        (changed(messages=({"role": "assistant", "content": "一篇课文。"},)), "text"),
    ],
)
def test_the_fitting_format_keeps_what_is_particular_to_a_row(row: Row, name: str) -> None:
    """Pairs, steps with their worth, blocks of code, proofs, labels, texts alone; messages for all else."""
    assert fitting(row) == name
    FORMATS[fitting(row)].shape(row, Style())
