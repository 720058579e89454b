from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The bundled test endpoint in a process of its own; its base URL."""
    command = [sys.executable, "-m", "stream_synth", "simulate", "--latency", "fixed:0.01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command line
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


@pytest.fixture
def config(tmp_path: Path, endpoint: str) -> Path:
    """A configuration of twelve questions, and the questions."""
    rows = [{"id": f"q{n}", "q": f"第 {n} 个问题：{n} 乘 {n} 等于多少？"} for n in range(12)]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    path = tmp_path / "my.yaml"
    path.write_text(
        f"""\
run: {{name: small, seed: 3}}
source: {{kind: jsonl, path: {tmp_path}/questions.jsonl, id: id, fields: {{question: "{{q}}"}}}}
recipe: {{name: distill, max_tokens: 64}}
endpoints:
  teacher: {{base_url: "{endpoint}", model: my-model, price: {{input: 1, output: 2}}}}
gates: []
""",
        encoding="utf-8",
    )
    return path
