"""The card of `backtranslation`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import JUDGED_META, META, Card, no_reply

BACKTRANSLATION_CARD = Card(
    family="instructions",
    paper="Instruction backtranslation, Humpback (arXiv:2308.06259)",
    summary="writes the instruction that a human text answers, rates the pair from 1 to 5, keeps 4.5 and above",
    fields_in={
        "text": "a piece of a document, 600 to 3,000 characters: the answer as it stands",
        "title": "optional: its header; empty, upper-case and boilerplate headers reject the text",
        "lang": "optional: zh, en, ...; else told by the script of the text",
    },
    one_of=("text",),
    fields_out={"prompt": "the instruction", "response": "the human text (output)", "score": "the rating", "messages": "both, tagged"},
    roles={"teacher": "writes instructions", "judge": "rates the pairs; in the paper the same model"},
    meta_keys={
        **META,
        "title": "the text's header",
        **JUDGED_META,
    },
    needs=("documents",),
    rejects={
        "seed/no_text": "the seed holds no text",
        "seed/too_short": "fewer than `min_chars` characters",
        "seed/too_long": "more than `max_chars` characters",
        "seed/bad_header": "the header is empty, upper-case or boilerplate",
        "seed/repeated_sentences": "a sentence stands there twice",
        **no_reply("instruct", "instruction"),
        "instruct/invalid": "the model says that the text answers nothing",
        "rate/low_score": "the pair is rated below `min_score`",
        "rate/unreadable_score": "the judge's reply holds no single score from 1 to 5",
        "rate/call_failed": "the judge could not be reached",
        "keep/over_keep": "good enough, but `keep` instructions of this text are rated as high",
        "verify/failed": "your own check said no (or its own reason)",
    },
)
