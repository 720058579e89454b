"""The thresholds of every rule, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.errors import ConfigError

_DISTINCT_SHARES = ("min_distinct_share", "min_distinct_share_zh", "min_distinct_share_maths")
_RATIOS = ("max_compression_ratio", "max_compression_ratio_code", "max_compression_ratio_maths", "max_compression_ratio_zh")


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Thresholds in YAML override these; `disable` switches rules off by id; `add` names functions `Sample -> str | None`.

    "Clean" below are 999 English and 1,000 Chinese GPT-4 answers, "broken" 228 English outputs of steered models that fell into loops.
    """

    disable: tuple[str, ...] = ()
    add: tuple[str, ...] = ()  # "module:function"
    min_chars: int = 1  # of the answer; short answers are right answers to many questions
    max_chars: int = 200_000  # of the answer and of the thinking: 32 k tokens, R1's longest output, at 6 characters each
    # Deflate, in any 2,000 characters, runs of blanks as one: 1 answer of GPT-4 in 600 is above, comparisons and reviews among them.
    max_compression_ratio: float = 3.4
    max_compression_ratio_code: float = 2.8  # where most of the answer is in fences: broken JSON has 2.8 to 4; test code may want 4.5
    max_compression_ratio_maths: float = 6.0  # formulas repeat themselves line by line: 1 solution of MATH in 1,000 is above
    min_distinct_share_maths: float = 0.2
    min_distinct_share: float = 0.5  # of 8-character windows in any 2,000 characters: 1 clean row in 2,000 is below, 83 % of broken
    # The same two in Chinese, where eight characters are four words and not one and a half: 1 clean row in 250 is beyond either.
    max_compression_ratio_zh: float = 3.2
    min_distinct_share_zh: float = 0.7  # a small model's loops: 191 of 192 are below, or end in a loop
    max_blank_run: int = 300  # white space in a row; none of the clean rows has 100
    max_stacked: int = 5  # times a phrase may stand in a row; six are a chant
    max_tail_loop: bool = True  # an answer may not end in a loop: none of the clean rows does, 73 % of broken
    min_letter_score: float = 6.2  # plausibility of letter pairs: keyboard mash is below 5.6, base64 near 6, prose and code above 6.9
    min_common_pairs: float = 0.06  # share of common Chinese character pairs: prose has 0.2, random order 0.02
    max_replacement_chars: int = 0  # U+FFFD: none of the clean rows has one
    max_hollow_rows: float = 0.5  # of a table's rows, without a letter or digit; its rule of dashes is one in four
    max_html_tags: int = 1  # outside code, where the prompt asks for no markup
    max_emoji_run: int = 5  # emoji in a row
    max_marketing_phrases: int = 1  # different ones, where the prompt asks for no advertisement
    max_prompt_similarity: float = (
        0.95  # of answer and prompt, or thinking and answer (rapidfuzz ratio): OpenThoughts calls 0.95 the same text
    )
    max_foreign_share: float = 0.95  # words of the answer in another language than the prompt's: the rest may be names
    max_foreign_thinking: float = 0.5  # the same of the thinking: R1 refuses mixed languages without giving a figure; half is the mildest
    max_repeated_sentences: float = 0.5  # share of the thinking's sentences said before, digits masked
    max_repeated_windows: float = 0.6  # share of its 20-character windows seen before, digits masked: sound solutions stay below 0.45
    max_unresolved_names: int = 0  # in code, of names that the row neither defines nor mentions
    min_trivial_statements: int = 3  # constants given a name before code is trivial; fewer may be the whole answer
    max_uncommented_branches: int = 10  # McCabe's limit for one module (1976)
    min_thinking_chars: int = 2  # thinking that is there has something in it

    def __post_init__(self) -> None:
        for name in (
            *_DISTINCT_SHARES,
            "min_common_pairs",
            "max_hollow_rows",
            "max_prompt_similarity",
            "max_foreign_share",
            "max_foreign_thinking",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"rules.{name} is {getattr(self, name)}: a share lies between 0 and 1")
        for name in _RATIOS:
            if getattr(self, name) < 1:
                raise ConfigError(f"rules.{name} is {getattr(self, name)}: no text compresses by less than 1")
