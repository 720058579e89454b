from __future__ import annotations

import pytest

from stream_synth.recipes.shared.scripted import ScriptedTools
from stream_synth.verify.notebook import OUTPUT_CHARS, Notebook, run_once, sandbox_of
from stream_synth.verify.sandbox import protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")


async def test_names_come_back_after_a_restart() -> None:
    """Journalled blocks are not run for their results again, only to bring names back for a block that is new."""
    sandbox, tools = sandbox_of(5.0, 256, allow_unprotected=False), ScriptedTools()
    async with Notebook(sandbox, tools, "run") as first:
        before = [await first.run("x = 20\nprint('甲')"), await first.run("y = x / 0")]
    noted = dict(tools.notes)

    async with Notebook(sandbox, ScriptedTools(notes=noted), "run") as again:
        replayed = [await again.run("x = 20\nprint('甲')"), await again.run("y = x / 0")]
        opened = sandbox.sessions
        new = await again.run("x + 1")

    assert replayed == before
    assert [(one.outcome, one.failed) for one in before] == [("ok", False), ("error", True)]
    assert before[0].output == "甲"
    assert before[1].output.endswith("ZeroDivisionError: division by zero")
    assert opened == 0
    assert (new.outcome, new.output) == ("ok", "21")


async def test_a_block_that_was_ended_says_so() -> None:
    """The blocks after it see the names of those before it."""
    async with Notebook(sandbox_of(0.5, 256, allow_unprotected=False), ScriptedTools(), "run", ["x = 1"]) as notebook:
        ended = await notebook.run("print(x, flush=True)\nwhile True: pass")

    assert (ended.outcome, ended.output) == ("timeout", "1\n[ended: timeout]")


async def test_sessions_that_wait_are_bounded() -> None:
    """Beyond the bound a session ends with its block, and its names come back for the next one."""
    sandbox = sandbox_of(5.0, 256, allow_unprotected=False)
    tools = ScriptedTools()

    async with Notebook(sandbox, tools, "one", most_open=1) as one, Notebook(sandbox, tools, "two", most_open=1) as two:
        for notebook, value in ((one, 1), (two, 2)):
            await notebook.run(f"x = {value}")
        open_then = sandbox.sessions
        printed = [(await notebook.run("x")).output for notebook in (one, two)]

    assert (open_then, printed, sandbox.sessions) == (1, ["1", "2"], 0)


async def test_long_output_keeps_both_ends() -> None:
    """The last line is where a program prints its answer."""
    program = "for n in range(1000): print(n)\nraise ValueError('x' * 2000)"

    run = await run_once(sandbox_of(5.0, 256, allow_unprotected=False), ScriptedTools(), "run", program)

    assert len(run.output) <= OUTPUT_CHARS
    assert run.output.startswith("0\n1\n")
    assert "\n...\n" in run.output
    assert "\n999\n" in run.output
