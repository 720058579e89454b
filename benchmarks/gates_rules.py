"""What the rules catch and what they lose, and what the toxicity gate marks: one line a figure, with what is wanted.

Usage: python benchmarks/gates_rules.py --data DATA_FOLDER [--loops LOOPS.jsonl] [--show N]

The folder (or STREAM_SYNTH_DATA) holds `seeds/`, `noise/`, `preference/` and `benchmarks/`. Chinese loops are real replies of
a very small model, made by `python benchmarks/zh_loops.py LOOPS.jsonl --data DATA_FOLDER --rows 720` (about ten minutes).
`--show N` prints N rows of each figure that went wrong. What a file lacks is said in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stream_synth.gates import GateHome
from stream_synth.gates.rules import RuleOptions, Rules
from stream_synth.gates.toxicity import Toxicity, ToxicityOptions
from stream_synth.values import Sample, Verdict

BATCH = 256
LOOP_SHARE = 0.5  # of 4-grams that stood in the reply before (seq-rep-4, Welleck et al. 2019): sound Chinese answers stay below 0.45
LEGAL = ("professional_law", "jurisprudence", "international_law")
MEDICAL = (
    "anatomy",
    "clinical_knowledge",
    "college_medicine",
    "medical_genetics",
    "professional_medicine",
    "virology",
    "human_aging",
    "nutrition",
)
LEGAL_ZH, MEDICAL_ZH = ("law", "legal_professional"), ("basic_medicine", "clinical_medicine", "physician", "veterinary_medicine")


@dataclass(frozen=True)
class Figures:
    """Reads the folder, judges, prints."""

    folder: Path
    show: int

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a JSONL file; says so when it is missing."""
        path = self.folder / name
        if not path.exists():
            print(f"{'(missing: ' + name + ')':52}")
            return []
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def seeds(self, *names: str) -> list[Sample]:
        """Clean rows: questions and answers of people and of GPT-4."""
        return [
            Sample(f"{row['instruction']}\n{row['input']}".strip(), row["output"] or "")
            for name in names
            for row in self.rows(f"seeds/{name}.jsonl")
        ]

    def rejected(self, label: str, samples: Sequence[Sample], wanted: str, *, broken: bool) -> None:
        """One figure of the rules: the share they reject, by which of them, and some rows on the wrong side."""
        verdicts = judged(Rules(RuleOptions(), GateHome()).measure, samples)
        self._line(label, [bool(verdict.reason) for verdict in verdicts], wanted, Counter(v.reason for v in verdicts if v.reason))
        self._wrong([(s, v.reason) for s, v in zip(samples, verdicts, strict=True) if bool(v.reason) != broken])

    def marked(self, label: str, texts: Sequence[str], wanted: str, *, toxic: bool) -> None:
        """One figure of the toxicity gate: the share it marks, by category."""
        samples = [Sample("", text) for text in texts]
        verdicts = judged(Toxicity(ToxicityOptions(action="flag"), GateHome()).measure, samples)
        categories = Counter(category for verdict in verdicts for category in verdict.evidence.get("categories", ()))
        self._line(label, [bool(verdict.reason) for verdict in verdicts], wanted, categories)
        if not toxic:
            self._wrong([(s, str(v.evidence.get("text"))) for s, v in zip(samples, verdicts, strict=True) if v.reason])

    def _line(self, label: str, found: Sequence[bool], wanted: str, why: Counter[str]) -> None:
        share = f"{sum(found) / len(found):7.2%}" if found else "      –"
        print(f"{label:52}{len(found):6} {share}  {wanted:10} {dict(why.most_common(6))}")

    def _wrong(self, wrong: Sequence[tuple[Sample, str]]) -> None:
        for sample, reason in random.Random(0).sample(wrong, min(self.show, len(wrong))):
            print(f"    {reason or 'passed':18} {sample.prompt[:60]!r} -> {sample.response[:150]!r} … {sample.response[-60:]!r}")


def judged(measure: Callable[[Sequence[Sample]], Iterable[Verdict]], samples: Sequence[Sample]) -> list[Verdict]:
    """Verdicts, batch by batch."""
    return [verdict for start in range(0, len(samples), BATCH) for verdict in measure(samples[start : start + BATCH])]


def seq_rep_4(text: str) -> float:
    """Share of 4-grams of characters, blanks left out, that stood in the text before."""
    text = "".join(text.split())
    grams = [text[place : place + 4] for place in range(len(text) - 3)]
    return 1 - len(set(grams)) / max(1, len(grams))


def is_chinese(text: str) -> bool:
    """Two characters in five are Chinese."""
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text) > 0.4 * len(text)


def show_rules(figures: Figures, loops: Path) -> None:
    """Loss of clean rows, detection of broken ones."""
    figures.rejected("clean en: GPT-4 answers", figures.seeds("alpaca_gpt4_en_999"), "<= 1 %", broken=False)
    figures.rejected("clean zh: GPT-4 answers", figures.seeds("alpaca_gpt4_zh_1000"), "<= 1 %", broken=False)
    figures.rejected(
        "clean en: with Alpaca and Dolly", figures.seeds("alpaca_gpt4_en_999", "alpaca_5000", "dolly_2000"), "<= 1 %", broken=False
    )
    figures.rejected("clean zh: OpenAssistant, written by people", figures.seeds("oasst1_zh_sft.dev"), "", broken=False)
    steered = figures.rows("noise/steered_model_outputs.jsonl")
    figures.rejected(
        "broken en: steered models", [Sample(r["prompt"], r["response"]) for r in steered if r["broken_output"]], ">= 95 %", broken=True
    )
    figures.rejected(
        "  the same, not called broken", [Sample(r["prompt"], r["response"]) for r in steered if not r["broken_output"]], "", broken=False
    )
    show_corruptions(figures)
    if not loops.exists():
        print(f"(missing: {loops}; make it with benchmarks/zh_loops.py)")
        return
    with loops.open(encoding="utf-8") as lines:
        replies = [row for row in map(json.loads, lines) if is_chinese(row["response"])]
    for label, least, most, wanted in (
        ("loops", LOOP_SHARE, 1.1, ">= 95 %"),
        ("half loops", 0.4, LOOP_SHARE, ""),
        ("others", 0.0, 0.4, ""),
    ):
        chosen = [Sample(row["prompt"], row["response"]) for row in replies if least <= seq_rep_4(row["response"]) < most]
        figures.rejected(f"broken zh: {label} of a small model", chosen, wanted, broken=True)


def show_corruptions(figures: Figures) -> None:
    """Made corruptions. English of ASCII alone survives wrong decoding unchanged: such rows are counted apart, as they are clean."""
    clean = {sample.response for sample in figures.seeds("alpaca_gpt4_en_999", "alpaca_gpt4_zh_1000")} - {""}
    corrupted = figures.rows("noise/synthetic_corruptions.dev.jsonl")
    for lang in ("en", "zh"):
        mine = [row for row in corrupted if row["lang"] == lang]
        noisy = [row for row in mine if row["label"] != "clean"]
        changed = [row for row in noisy if row["text"] not in clean]
        figures.rejected(f"corrupted {lang}", [Sample(r["prompt"], r["text"]) for r in changed], ">= 95 %", broken=True)
        for kind in sorted({row["noise_type"] for row in changed}):
            figures.rejected(f"    {kind}", [Sample(r["prompt"], r["text"]) for r in changed if r["noise_type"] == kind], "", broken=True)
        same = [Sample(r["prompt"], r["text"]) for r in noisy if r["text"] in clean]
        if same:
            figures.rejected("    left unchanged by the corruption", same, "<= 1 %", broken=False)
        figures.rejected(
            f"    their clean neighbours {lang}", [Sample(r["prompt"], r["text"]) for r in mine if r["label"] == "clean"], "", broken=False
        )


def show_thinking(figures: Figures) -> None:
    """Rules on the thinking: sound solutions of people, and the same ones spoiled."""
    sums = [(row["question"], *clean_solution(row["answer"])) for row in figures.rows("benchmarks/gsm8k_train.jsonl")[:3000]]
    exams = [
        ("\n".join(row[key] for key in ("question", "A", "B", "C", "D")), row["explanation"], row["answer"])
        for row in figures.rows("benchmarks/ceval_dev.jsonl")
    ]
    for lang, says, solved, away in (("en", "The answer is {}.", sums, 1), ("zh", "答案是{}。", exams, len(exams) // 2)):
        others = solved[away:] + solved[:away]
        sound = [Sample(question, says.format(answer), reasoning=thinking) for question, thinking, answer in solved]
        figures.rejected(f"thinking {lang}: sound", sound, "<= 1 %", broken=False)
        spoiled = {
            "copied into the answer": [(q, t, t) for q, t, _ in solved],
            "in circles": [(q, f"{t}\n" * 4, says.format(a)) for q, t, a in solved],
            "concludes otherwise": [
                (q, t + says.format(a), says.format(b)) for (q, t, a), (_, _, b) in zip(solved, others, strict=True) if a != b
            ],
            "of another question": [(q, t, says.format(a)) for (q, _, a), (_, t, _) in zip(solved, others, strict=True)],
        }
        for label, rows in spoiled.items():
            wanted = "" if label == "of another question" else ">= 95 %"
            figures.rejected(f"    {label}", [Sample(q, response, reasoning=t) for q, t, response in rows], wanted, broken=True)
    solutions = [row for row in figures.rows("benchmarks/math_train_3000.jsonl") if "boxed" in row["solution"]]
    figures.rejected(
        "answers en: solutions of MATH", [Sample(row["problem"], row["solution"]) for row in solutions], "<= 1 %", broken=False
    )
    code = figures.rows("benchmarks/mbpp.jsonl")
    figures.rejected("answers en: code of MBPP", [Sample(row["text"], row["code"]) for row in code], "<= 1 %", broken=False)
    bare = [
        Sample(r["text"], "\n".join(line for line in r["code"].splitlines() if "import " not in line))
        for r in code
        if "import " in r["code"]
    ]
    figures.rejected("    the same without its imports", bare, "", broken=True)


def clean_solution(answer: str) -> tuple[str, str]:
    """Steps without the calculator's notes, and the final answer."""
    steps, _, final = answer.partition("####")
    return re.sub(r"<<.*?>>", "", steps).strip(), final.strip()


def show_toxicity(figures: Figures) -> None:
    """Both sides of the harmless pairs, and rows that name terrible things for good reasons."""
    pairs = figures.rows("preference/hh_harmless_base_test.dev.jsonl")
    for side, wanted in (("rejected", "> chosen"), ("chosen", "")):
        figures.marked(
            f"toxic, harmless pairs, {side} reply", [row[side].rsplit("\n\nAssistant:", 1)[-1] for row in pairs], wanted, toxic=True
        )
    english = [(row["subject"], f"{row['question']}\n" + "\n".join(row["choices"])) for row in figures.rows("benchmarks/mmlu_test.jsonl")]
    chinese = [
        (r["subject"], "\n".join(r[key] for key in ("question", "A", "B", "C", "D"))) for r in figures.rows("benchmarks/ceval_test.jsonl")
    ]
    for label, subjects, rows in (
        ("medical en", MEDICAL, english),
        ("legal en", LEGAL, english),
        ("medical zh", MEDICAL_ZH, chinese),
        ("legal zh", LEGAL_ZH, chinese),
    ):
        figures.marked(f"clean, {label}: exam questions", [text for subject, text in rows if subject in subjects], "<= 1 %", toxic=False)
    for lang, names in (("en", ("alpaca_gpt4_en_999", "alpaca_5000", "dolly_2000")), ("zh", ("alpaca_gpt4_zh_1000", "oasst1_zh_sft.dev"))):
        figures.marked(
            f"clean {lang}: questions and answers", [sample.response for sample in figures.seeds(*names)], "<= 0.5 %", toxic=False
        )


def show_speed(figures: Figures) -> None:
    """CPU time a row, at 300 characters of answer."""
    for lang, name in (("en", "alpaca_gpt4_en_999"), ("zh", "alpaca_gpt4_zh_1000")):
        long = [Sample(sample.prompt, sample.response[:300]) for sample in figures.seeds(name) if len(sample.response) >= 300]
        for gate in (Rules(RuleOptions(), GateHome()), Toxicity(ToxicityOptions(), GateHome())):
            gate.measure(long[:8])  # tables are made at the first use
            begin = time.process_time()
            judged(gate.measure, long)
            cost = 1e6 * (time.process_time() - begin) / max(1, len(long))
            label = f"{gate.name} {lang}, 300 characters"
            print(f"{label:52}{len(long):6} {cost:6.0f} µs a row, {1e6 / max(cost, 1):,.0f} rows a second")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("STREAM_SYNTH_DATA", "data")))
    parser.add_argument("--loops", type=Path, default=Path("zh_loops.jsonl"))
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    if not (arguments.data / "seeds").is_dir():
        raise SystemExit(f"there is no data in {arguments.data}: name its folder with --data or STREAM_SYNTH_DATA")
    figures = Figures(arguments.data, arguments.show)
    print(f"{'figure':52}{'rows':>6} {'found':>7}  {'wanted':10} by")
    show_rules(figures, arguments.loops)
    show_thinking(figures)
    show_toxicity(figures)
    show_speed(figures)


if __name__ == "__main__":
    main()
