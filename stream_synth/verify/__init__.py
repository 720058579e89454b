"""Checks that need no model: final answers and their equality, thinking and its tags, format, language."""

from __future__ import annotations

from stream_synth.verify.arithmetic import evaluate
from stream_synth.verify.calculator import Miscalculation, miscalculations
from stream_synth.verify.equality import same_answer
from stream_synth.verify.extract import FinalAnswer, final_answer, gold_answer, only_number
from stream_synth.verify.format import format_reward
from stream_synth.verify.hint import hint_words
from stream_synth.verify.json_reply import json_in
from stream_synth.verify.language import Mixing, language_mixing, language_of, language_share, names_a_language
from stream_synth.verify.leaks import leaked
from stream_synth.verify.masking import free_letter, masked, numbers_in
from stream_synth.verify.normal import normal_form
from stream_synth.verify.number import Number, read_number
from stream_synth.verify.thinking import Split, split_thinking
from stream_synth.verify.vote import Vote, majority
from stream_synth.verify.wording import same_words

__all__ = [
    "FinalAnswer",
    "Miscalculation",
    "Mixing",
    "Number",
    "Split",
    "Vote",
    "evaluate",
    "final_answer",
    "format_reward",
    "free_letter",
    "gold_answer",
    "hint_words",
    "json_in",
    "language_mixing",
    "language_of",
    "language_share",
    "leaked",
    "majority",
    "masked",
    "miscalculations",
    "names_a_language",
    "normal_form",
    "numbers_in",
    "only_number",
    "read_number",
    "same_answer",
    "same_words",
    "split_thinking",
]
