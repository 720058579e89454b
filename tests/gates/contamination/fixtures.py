"""A small benchmark of our own: word problems, choices in English and Chinese, a programming task."""

from __future__ import annotations

from pathlib import Path

from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions, Item, build_index
from stream_synth.values import Sample, Verdict

CANDLES = (
    "Mireille pours wax into 14 moulds each morning and 9 moulds each evening. Every mould gives one candle, and she keeps 5 candles "
    "a week for her aunt. If the rest go to the harbour market at $6 apiece, how many dollars does Mireille earn in a week?"
)
CHOICE = "Which of these materials did the lighthouse keepers of Orvane burn before whale oil reached the northern islands?"
CHOICES = ("Dried peat from the inland bogs", "Resin of the dwarf pine", "Fat of seabirds", "Driftwood soaked in brine")
CHINESE = "下列关于古代竹简编连方法的叙述中，最符合考古发现的一项是"
CHINESE_CHOICES = ("先编后写，绳痕处留有空白", "只用铁钉固定竹片两端", "竹简从不使用绳索编连", "全部竹简都用漆粘合成板")
TASK = "Write a function that returns the widest gap between neighbouring tide marks in a list."
CODE = "def widest_gap(marks):\n    marks = sorted(marks)\n    return max(b - a for a, b in zip(marks, marks[1:]))"

ITEMS = (
    Item("candles", CANDLES),
    Item("orvane", CHOICE, "\n".join(CHOICES)),
    Item("竹简", CHINESE, "\n".join(CHINESE_CHOICES)),
    Item("tides", TASK, CODE),
    Item("short", "Who drained the Selmer marsh?"),
    Item("tiny", "Compute $\\dbinom{17}{4}$."),
    Item("stem", "Which of the following is true?", "Copper floats\nCopper conducts"),
    Item("stem-2", "Which of the following is true?", "Glass bends\nGlass breaks"),
    *(
        Item(f"other-{n}", f"Station {n} measures wind and rain {n + 3} times a day. How many readings are there in {n + 2} days?")
        for n in range(40)
    ),
)


def gate(folder: Path, **options: float) -> Contamination:
    """The gate against that benchmark alone."""
    path = folder / "harbour.npz"
    build_index("harbour", ITEMS, {"licence": "ours"}).save(path)
    return Contamination(ContaminationOptions(benchmarks=(str(path),), **options), GateHome())  # type: ignore[arg-type]


def verdict(judge: Contamination, sample: Sample) -> Verdict:
    """What becomes of one row."""
    (measured,) = judge.measure([sample])
    (looked,) = judge.look([sample], [measured])
    assert looked is None or looked == measured
    return judge.admit(sample, measured)
