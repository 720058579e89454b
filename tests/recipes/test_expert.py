from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
import uvloop

from stream_synth.errors import ConfigError
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.shared.expert import check_of, expert_check
from stream_synth.recipes.shared.scripted import ScriptedTools
from stream_synth.values import Rejected, Sample
from stream_synth.verify.sandbox import protections

_CHECKER = """
import json, sys
row = json.load(sys.stdin)
if "循环" in row["response"]:
    while True: pass
if "crash" in row["response"]:
    raise ValueError("一行")
dose = "毫克" in row["response"] or "mg" in row["response"]
print(json.dumps({"passed": dose, "reason": "no_dose", "score": 0.5, "evidence": {"lang": row["lang"]}}))
"""


def _verify(folder: Path, **more: Any) -> dict[str, Any]:
    """A checker in a file; where the machine has no namespaces it is run bare, because the test says so."""
    script = folder / "check.py"
    script.write_text(_CHECKER, encoding="utf-8")
    script.chmod(0o644)
    return {"command": ["python", str(script)], "timeout_s": 2, "allow_unprotected": not protections().isolated, **more}


async def test_a_command_passes_and_rejects(tmp_path: Path) -> None:
    """Row JSON in, verdict JSON out, in both languages; the verdict is asked for once."""
    verify, tools = _verify(tmp_path), ScriptedTools()
    kept = Sample(prompt="剂量?", response="每日 5 毫克", lang="zh")
    refused = Sample(prompt="dose?", response="a little", lang="en", slot="1")

    assert await expert_check(kept, verify, tools) == kept
    assert await expert_check(refused, verify, tools) == Rejected(refused, "verify", "no_dose", 0.5, {"lang": "en"})
    (tmp_path / "check.py").write_text("1 / 0", encoding="utf-8")
    assert await expert_check(kept, verify, tools) == kept


async def test_a_command_that_stumbles_costs_the_row(tmp_path: Path) -> None:
    """Too long: `timeout`. A crash: `no_verdict` with what it wrote."""
    endless = await expert_check(Sample(prompt="p", response="循环"), _verify(tmp_path, timeout_s=0.5), ScriptedTools())
    crashed = await expert_check(Sample(prompt="p", response="crash"), _verify(tmp_path), ScriptedTools())

    assert isinstance(endless, Rejected)
    assert isinstance(crashed, Rejected)
    assert (endless.step, endless.reason, crashed.reason) == ("verify", "timeout", "no_verdict")
    assert "ValueError: 一行" in str(crashed.evidence["stderr"])


def test_it_runs_on_the_engines_loop(tmp_path: Path) -> None:
    """uvloop, many rows at a time, and a second loop after the first."""
    verify = _verify(tmp_path)

    async def rows() -> list[Sample | Rejected]:
        asked = [Sample(prompt="p", response=f"{n} mg", slot=str(n)) for n in range(6)]
        return await asyncio.gather(*(expert_check(one, verify, ScriptedTools()) for one in asked))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        first = runner.run(rows())

    assert all(isinstance(one, Sample) for one in first)
    assert all(isinstance(one, Sample) for one in asyncio.run(rows()))


@pytest.mark.parametrize(
    ("verify", "said"),
    [
        ({"comand": ["x"]}, "verify holds comand"),
        ({"call": "json:loads", "command": ["x"]}, "write verify"),
        ({"command": "python check.py"}, "write a list of words: .'python', 'check.py'"),
        ({"call": "json:load_all"}, "cannot load"),
        ({"command": [sys.executable], "read": ["/no/such"], "allow_unprotected": True}, "/no/such"),
    ],
)
def test_a_wrong_check_is_named_before_anything_is_asked(verify: dict[str, Any], said: str) -> None:
    """Each mistake in the configuration, with its remedy, from the recipe's options."""
    with pytest.raises(ConfigError, match=said):
        Distill(verify=verify)


def test_a_word_may_be_longer_than_a_file_name() -> None:
    """A whole checker on the command line."""
    verify = {"command": [sys.executable, "-c", "pass\n" * 2000], "allow_unprotected": True}

    assert check_of(verify).command[1] == "-c"


def test_without_namespaces_a_command_is_refused() -> None:
    """Only where the machine gives none; elsewhere the check stands."""
    verify = {"command": [sys.executable, "-c", "1"]}
    if protections().isolated:
        assert check_of(verify).command[-1] == "1"
    else:
        with pytest.raises(ConfigError, match="allow_unprotected"):
            check_of(verify)
