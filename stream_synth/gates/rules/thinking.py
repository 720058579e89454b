"""Is the thinking real: something in it, its own words, on the question, without going round in circles, ending where the answer does."""

from __future__ import annotations

import re
from collections import Counter

from stream_synth.gates.rules.aboutness import things
from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt
from stream_synth.gates.rules.relation import similar
from stream_synth.text import Kind, repeated_share, sentences, tail_loop
from stream_synth.verify import final_answer, same_answer

_MAX_READ = 40_000  # characters of thinking that are read; what follows is more of the same
_MIN_JUDGED = 200  # characters: shorter thinking cannot go round in circles, but it may end in a loop
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def think_empty(reading: Reading, options: RuleOptions) -> Evidence | None:
    """There is thinking, and nothing in it."""
    text = reading.sample.reasoning
    if not text:
        return None
    wordy = sum(reading.reasoning.kinds) - sum(
        reading.reasoning.kinds[kind] for kind in (Kind.SPACE, Kind.NEWLINE, Kind.PUNCTUATION, Kind.CONTROL, Kind.INVISIBLE, Kind.OTHER)
    )
    return {"text": excerpt(text.strip())} if wordy < options.min_thinking_chars else None


def think_copied(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The thinking is the answer again, or the question."""
    sample = reading.sample
    if len(sample.reasoning) < 25:
        return None
    for of, text in (("answer", sample.response), ("question", sample.prompt)):
        similarity = similar(sample.reasoning, text, options.max_prompt_similarity)
        if similarity:
            return {"copied_from": of, "similarity": round(similarity, 3)}
    return None


def think_repeats(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Sentences and 20-character windows of the thinking that stood in it before, digits masked."""
    text = reading.sample.reasoning[:_MAX_READ]
    loop = tail_loop(text)
    if loop is not None:
        return {"loop": excerpt(loop[0]), "times": loop[1]}
    if len(text) < _MIN_JUDGED:
        return None
    masked = _DIGITS.sub("0", text)
    repeated = repeated_share(masked)
    if repeated > options.max_repeated_windows:
        return {"repeated_windows": round(repeated, 3), "max_repeated_windows": options.max_repeated_windows}
    said = [sentence for sentence in sentences(masked) if len(sentence) >= 8]
    if len(said) < 6:
        return None
    share = 1 - len(Counter(said)) / len(said)
    return (
        {"repeated_sentences": round(share, 3), "max_repeated_sentences": options.max_repeated_sentences}
        if share > options.max_repeated_sentences
        else None
    )


def think_contradicts(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """Thinking and answer each state a conclusion, and the two differ."""
    sample = reading.sample
    if not sample.reasoning or sample.meta.get("answer_kind") == "open":  # open answers are never judged by equality
        return None
    got = final_answer(sample.response)
    if got is None or got.guessed:
        return None
    concluded = final_answer(sample.reasoning)
    if concluded is None or concluded.guessed or same_answer(got.text, concluded.text):
        return None
    # Only short conclusions can be compared by rule; a sentence put differently is no contradiction.
    if max(len(got.text), len(concluded.text)) > 40 or not (_comparable(got.text) and _comparable(concluded.text)):
        return None
    return {"thinking": excerpt(concluded.text), "answer": excerpt(got.text)}


def _comparable(answer: str) -> bool:
    """A number or an option letter."""
    return bool(re.fullmatch(r"\W*(?:[A-Ea-e]|[-−]?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?\s*%?)\W*", answer))


_MIN_THINGS = 5  # names, numbers and rare words of a question; fewer may all be put in other words
_FORMULA = re.compile(r"\$|\\[a-zA-Z(\[]")  # a derivation may speak of nothing but its variables
_MIN_OFF_TOPIC_CHARS = {"en": 150, "zh": 60}  # of thinking: a short thought may leave the question's words out


def think_off_topic(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The thinking shares no number, name or rare word with the question, though both are in one language."""
    thinking = reading.sample.reasoning[:_MAX_READ]
    shortest = _MIN_OFF_TOPIC_CHARS["zh" if reading.reasoning.kinds[Kind.HAN] > len(thinking) / 4 else "en"]
    if len(thinking) < shortest or set(reading.prompt_languages) - set(reading.reasoning_languages):
        return None
    if _FORMULA.search(reading.sample.prompt) and _FORMULA.search(thinking):
        return None
    wanted = things(reading.sample.prompt[:4000])
    if len(wanted) < _MIN_THINGS:
        return None
    lowered = thinking.lower()
    return None if any(thing in lowered for thing in wanted) else {"looked_for": sorted(wanted)[:8]}


RULES = (
    Rule("think_empty", think_empty),
    Rule("think_copied", think_copied),
    Rule("think_repeats", think_repeats),
    Rule("think_contradicts", think_contradicts),
    Rule("think_off_topic", think_off_topic),
)
