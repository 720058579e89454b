from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.against import rows_elsewhere
from stream_synth.gates.near_duplicate import NearDuplicate, NearOptions
from stream_synth.gates.semantic_duplicate import SemanticDuplicate, SemanticOptions
from stream_synth.protocols import Gate
from stream_synth.values import Sample

QUESTION = "How does the water cycle move water between the oceans, the air and the land of our planet?"
ANSWER = "Water evaporates from the sea, rises, cools and forms clouds, then falls as rain or snow and runs back in rivers."
ZH = "水从海面蒸发，上升以后冷却成云，再以雨雪的形式落回地面，最后沿着河流回到海洋，如此循环往复。"


def a_run(folder: Path) -> Path:
    """A finished run directory with one row."""
    folder.mkdir()
    with duckdb.connect(str(folder / "data.duckdb")) as connection:
        connection.execute(
            """CREATE TABLE samples AS SELECT 1 AS seq, 'old' AS id, ? AS prompt, ? AS response, NULL AS reasoning, 'response' AS dedup_on,
            '{}'::JSON AS meta""",
            ["循环", ZH],
        )
    return folder


def a_file(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """A data file."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    else:
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def twin_of(gate: Gate, sample: Sample) -> str:
    """What the row duplicates, "" when it passes."""
    measured = gate.measure([sample])
    verdict = gate.look([sample], measured)[0] or gate.admit(sample, measured[0])
    gate.close()
    return str(verdict.evidence.get("duplicate_of", ""))


def test_rows_of_another_run_are_duplicates(tmp_path: Path) -> None:
    """The evidence names the run and the row; its rows keep what they are compared by."""
    run = a_run(tmp_path / "run")
    options = NearOptions(against=(str(run),))

    found = twin_of(NearDuplicate(options, GateHome()), Sample("问题", ZH, id="a", dedup_on="response"))
    other_kind = twin_of(NearDuplicate(options, GateHome()), Sample("循环", ZH, id="a", dedup_on="both"))

    assert (found, other_kind) == (f"{run}/old", "")


@pytest.mark.parametrize(
    "row",
    [
        {"instruction": QUESTION, "input": "", "output": ANSWER},
        {"prompt": QUESTION, "response": ANSWER},
        {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]},
        {"conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]},
    ],
)
@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_rows_of_data_files_are_duplicates_by_either_side(tmp_path: Path, row: dict[str, object], ending: str) -> None:
    """The usual column names and dialogues are understood; a file's row stands for its prompt, its response and both."""
    path = a_file(tmp_path / f"real{ending}", [{**row, "id": 1}, {**row, "id": 2}])

    found = {sample.dedup_on: (sample.id, sample.prompt, sample.response) for batch in rows_elsewhere(str(path)) for sample in batch[:3]}

    assert found == dict.fromkeys(("both", "prompt", "response"), (f"{path}#1", QUESTION, ANSWER))


def test_paraphrases_of_a_data_file_are_duplicates_after_a_restart_too(tmp_path: Path) -> None:
    """The semantic gate takes the same option; a second start brings the file's rows back from its cache, each kind its own."""
    path = a_file(tmp_path / "real.jsonl", [{"question": QUESTION, "answer": ANSWER}])
    options = SemanticOptions(against=(str(path),))
    again = "How does the water cycle move water between the oceans, the air and the land of the planet Earth?"

    twins = [
        twin_of(SemanticDuplicate(options, GateHome(tmp_path)), Sample(again, "No.", id="a", dedup_on="prompt")),
        twin_of(SemanticDuplicate(options, GateHome(tmp_path)), Sample("Why?", again, id="a", dedup_on="response")),
        twin_of(SemanticDuplicate(options, GateHome(tmp_path)), Sample(again, "No.", id="a", dedup_on="prompt")),
    ]

    assert twins == [f"{path}#1", "", f"{path}#1"]


def test_what_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    """At once, before anything is asked of a model; a broken file when it is read."""
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")

    with pytest.raises(ConfigError, match=r"near_duplicate\.against"):
        NearDuplicate(NearOptions(against=(str(tmp_path / "missing.jsonl"),)), GateHome())
    with pytest.raises(ConfigError, match=r"broken\.parquet cannot be read"):
        list(rows_elsewhere(str(broken)))
