"""Programs run against tests in the sandbox: which pass, what they return, what each line does, and which tests are worth keeping."""

from __future__ import annotations

from stream_synth.verify.programs.mutants import mutants
from stream_synth.verify.programs.reading import (
    called_in,
    code_blocks,
    defined_in,
    is_assertion,
    parsed,
    program_in,
    read_tests,
    split_tests,
)
from stream_synth.verify.programs.running import CHECK_S, Result, UnitTest, outputs_of, run_tests, same_output, steps_of, values_of

__all__ = [
    "CHECK_S",
    "Result",
    "UnitTest",
    "called_in",
    "code_blocks",
    "defined_in",
    "is_assertion",
    "mutants",
    "outputs_of",
    "parsed",
    "program_in",
    "read_tests",
    "run_tests",
    "same_output",
    "split_tests",
    "steps_of",
    "values_of",
]
