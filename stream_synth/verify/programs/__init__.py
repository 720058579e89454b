"""Programs run against tests in the sandbox: which pass, what they return, what each line does, and which tests are worth keeping."""

from __future__ import annotations

from stream_synth.verify.programs.annotating import annotated
from stream_synth.verify.programs.mutants import mutants
from stream_synth.verify.programs.reading import (
    any_block,
    called_in,
    code_blocks,
    is_assertion,
    program_in,
    read_tests,
    split_at_docstring,
    split_tests,
)
from stream_synth.verify.programs.running import CHECK_S, Result, UnitTest, outputs_of, run_tests, same_output, steps_of, values_of
from stream_synth.verify.programs.speed import speeds
from stream_synth.verify.programs.syntax import parsed

__all__ = [
    "CHECK_S",
    "Result",
    "UnitTest",
    "annotated",
    "any_block",
    "called_in",
    "code_blocks",
    "is_assertion",
    "mutants",
    "outputs_of",
    "parsed",
    "program_in",
    "read_tests",
    "run_tests",
    "same_output",
    "speeds",
    "split_at_docstring",
    "split_tests",
    "steps_of",
    "values_of",
]
