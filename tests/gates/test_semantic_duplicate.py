from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.semantic_duplicate import SemanticDuplicate, SemanticOptions
from stream_synth.values import DedupOn, Sample

PARAPHRASES = [
    ("What is the best way to keep bread fresh for a week?", "What is the best way of keeping bread fresh for a whole week?"),
    (
        "Lucy has 24 stickers and gives 8 of them to her brother. How many stickers does she have left?",
        "Lucy had 24 stickers. She gave 8 stickers to her brother. How many stickers are left?",
    ),
    ("手机充电很慢是什么原因造成的？", "手机充电慢是什么原因？"),
    ("小丽有24张贴纸，送给弟弟8张，还剩多少张？", "小丽一共有24张贴纸，送给了弟弟8张，她还剩下多少张？"),
]
TWINS = [
    (
        "Lucy has 24 stickers and gives 8 of them to her brother. How many are left?",
        "Lucy has 36 stickers and gives 9 of them to her brother. How many are left?",
    ),
    ("Lucy has three red balloons and buys five more of them.", "Lucy has seven red balloons and buys nine more of them."),
    (
        "What is the capital city of Portugal, and how many people live there?",
        "What is the capital city of Mongolia, and how many people live there?",
    ),
    ("Find the minimum of $x^2 + 3x$ for real $x$.", "Find the minimum of $x^2 - 3y$ for real $y$."),
    ("小丽有24张贴纸，送给弟弟8张，还剩多少张？", "小丽有30张贴纸，送给弟弟6张，还剩多少张？"),
    ("小丽有三本书，又买了五本书，一共有几本书？", "小丽有四本书，又买了九本书，一共有几本书？"),
    ("请介绍一下长城的历史和建筑特点。", "请介绍一下故宫的历史和建筑特点。"),
]
FEW_WORDS_SHARED = [
    (
        "The old harbour town lives from fishing, ship repair and summer guests; its narrow streets and small museums attract visitors.",
        "The young software company grows through research and cloud services; its open offices and modern laboratories attract engineers.",
    ),
    (
        "这座海边小城靠捕鱼、修船和夏季旅游为生，小博物馆吸引着喜欢音乐的游客。",
        "这家软件公司靠研究和云服务发展，现代的实验室吸引着喜欢数学的工程师。",
    ),
]


def row(name: str, prompt: str, *, response: str = "", on: DedupOn = "prompt", parent: str = "") -> Sample:
    """A row of its own seed, unless a parent is named."""
    return Sample(prompt, response, id=name, seed_id=parent or name, dedup_on=on)


def judged(gate: SemanticDuplicate, samples: Sequence[Sample], batch: int) -> list[str]:
    """The id of each row's twin, "" where it passes; judged in batches, remembered when passed."""
    found = []
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        measured = gate.measure(part)
        for sample, meant, verdict in zip(part, measured, gate.look(part, measured), strict=True):
            final = verdict or gate.admit(sample, meant)
            if final.passed:
                gate.remember(sample, meant)
            found.append(str(final.evidence.get("duplicate_of", "")))
    gate.close()
    return found


def gate(**options: object) -> SemanticDuplicate:
    """With nothing on disk."""
    return SemanticDuplicate(SemanticOptions(**options), GateHome())  # type: ignore[arg-type]  # each test names what it sets


@pytest.mark.parametrize(("one", "other"), PARAPHRASES)
def test_paraphrases_are_duplicates(one: str, other: str) -> None:
    """English and Chinese, with and without numbers; the evidence names the first row and the cosine."""
    judge = gate()
    first, second = row("a", one), row("b", other)
    judge.remember(first, judge.measure([first])[0])

    verdict = judge.look([second], judge.measure([second]))[0]

    assert verdict is not None
    assert (verdict.reason, verdict.evidence["duplicate_of"]) == ("semantic_duplicate", "a")
    assert 0.8 <= float(verdict.evidence["similarity"]) <= 1


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_template_twins_are_two_rows(one: str, other: str) -> None:
    """The same wording with other numbers, in digits or words, another formula, place or thing; unless one does not care."""
    guarded = judged(gate(), [row("a", one), row("b", other)], 2)
    unguarded = judged(gate(templates=False, threshold=0.6), [row("a", one), row("b", other)], 2)

    assert guarded == ["", ""]
    assert unguarded == ["", "a"]


@pytest.mark.parametrize(("one", "other"), FEW_WORDS_SHARED)
def test_texts_that_share_few_words_are_no_duplicates(one: str, other: str) -> None:
    """The mean of many words lies near the mean of others: however low the threshold, two fifths of the words must be common."""
    twins = judged(gate(threshold=0.2, templates=False), [row("a", one), row("b", other), row("c", one)], 3)

    assert twins == ["", "", "a"]


def test_unrelated_rows_pass() -> None:
    """One row of each pair: no two are called the same."""
    samples = [row(str(number), pair[0]) for number, pair in enumerate([*PARAPHRASES, *TWINS[2:4], *TWINS[6:]])]

    twins = judged(gate(), samples, 4)

    assert set(twins) == {""}


@pytest.mark.parametrize("batch", [1, 3, 22])
def test_batches_decide_as_one_row_at_a_time(batch: int) -> None:
    """Twins within a batch and across batches are found all the same."""
    texts = [text for pair in [*PARAPHRASES, *TWINS] for text in pair]
    samples = [row(str(number), text, response="yes", on=on) for on in ("prompt", "both") for number, text in enumerate(texts)]

    twins = judged(gate(), samples, batch)

    assert twins == judged(gate(), samples, 5)


def test_rows_of_one_parent_are_compared_by_their_answers_alone() -> None:
    """Their prompt is the same by design: on prompts nothing counts, on both sides the answers do."""
    prompt, answers = PARAPHRASES[1][0], PARAPHRASES[0]
    on_prompts = [row("a", prompt, parent="p"), row("b", prompt, parent="p"), row("c", PARAPHRASES[1][1])]
    on_both = [
        row("a", prompt, response=answers[0], on="both", parent="p"),
        row("b", prompt, response="She keeps 16 of them.", on="both", parent="p"),
        row("c", prompt, response=answers[1], on="both", parent="p"),
    ]

    assert judged(gate(), on_prompts, 3) == ["", "", "a"]
    assert judged(gate(), on_both, 3) == ["", "", "a"]


def test_another_answer_makes_another_row() -> None:
    """With both sides, a question asked again is a duplicate when its answer is related, not when it is about something else."""
    question, again = PARAPHRASES[0]
    samples = [
        row("a", question, response="Freeze it in slices and toast the slices.", on="both"),
        row("b", again, response="Freeze the bread in slices, then toast each slice.", on="both"),
        row("c", again, response="第三产业包括交通运输、金融和教育。", on="both"),
    ]

    assert judged(gate(), samples, 3) == ["", "a", ""]


@pytest.mark.parametrize("text", ["", "a", "\x00", "\ud800", "！！！", "Ελληνικά κείμενα", "x" * 1_000_000, "一" * 1_000_000])
def test_strange_texts_get_a_verdict(text: str) -> None:
    """Empty, one character, NUL, a lone surrogate, a script the model does not know, a megabyte: no crash, with and without a folder."""
    samples = [row("a", text, response=text, on="both"), row("b", text, response=text, on="response"), row("c", text)]

    assert judged(gate(), samples, 3) == ["", "", ""]


def test_texts_that_the_model_knows_nothing_of_pass() -> None:
    """Two equal texts without a known word are the exact gate's."""
    assert judged(gate(), [row("a", "Ωραία"), row("b", "Ωραία")], 2) == ["", ""]


def test_a_resumed_run_brings_its_rows_back_without_embedding(tmp_path: Path) -> None:
    """Rows recalled from the cache are found as before; a row that the cache lacks is not recalled."""
    samples = [row(str(number), pair[0], response="yes", on=on) for on in ("both", "prompt") for number, pair in enumerate(PARAPHRASES)]
    samples = [Sample(s.prompt, s.response, id=f"{s.dedup_on}{s.id}", seed_id=s.seed_id + s.dedup_on, dedup_on=s.dedup_on) for s in samples]
    judged(SemanticDuplicate(SemanticOptions(), GateHome(tmp_path)), samples, 4)
    again = SemanticDuplicate(SemanticOptions(), GateHome(tmp_path))

    recalled = again.recall(samples)

    assert recalled
    assert not again.recall([row("new", "new")])
    found = judged(again, [row("x", PARAPHRASES[1][1]), row("y", PARAPHRASES[2][1], response="yes", on="both")], 2)
    assert found == ["prompt1", "both2"]


def test_another_model_begins_anew(tmp_path: Path) -> None:
    """Vectors of one model are nothing to another: the cache of another stamp counts as empty."""
    sample = row("a", "What is the tallest mountain?")
    judged(SemanticDuplicate(SemanticOptions(), GateHome(tmp_path)), [sample], 1)
    cache = tmp_path / "semantic_duplicate.rows.cache"
    cache.write_bytes(b"other" + cache.read_bytes()[5:])
    again = SemanticDuplicate(SemanticOptions(), GateHome(tmp_path))

    recalled = again.recall([sample])

    assert not recalled
    again.close()


@pytest.mark.parametrize("wrong", [0, 1.5])
def test_impossible_thresholds_are_refused(wrong: float) -> None:
    """A configuration error names the option."""
    with pytest.raises(ConfigError, match="semantic_duplicate"):
        SemanticOptions(threshold=wrong)


def test_the_default_chain_imports_no_torch() -> None:
    """Seconds of start-up that nobody asked for."""
    program = (
        "import sys; from stream_synth.gates import DEFAULT_CHAIN, GateHome, build_gate, gate_class\n"
        "for name in DEFAULT_CHAIN: build_gate(name, gate_class(name).Options(), GateHome())\n"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603  # our own interpreter
