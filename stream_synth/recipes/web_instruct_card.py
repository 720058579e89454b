"""The card of `web_instruct`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, JUDGED_META, META, Card, no_reply, no_verdict

WEB_INSTRUCT_CARD = Card(
    family="instructions",
    paper="MAmmoTH2, WebInstruct (arXiv:2405.03548)",
    summary="finds questions with their answers on web pages, refines them with models in turn, keeps what stays faithful to the page",
    fields_in={
        "text": "a cleaned page, or a window of it",
        "url": "optional: its address, kept in meta",
        "title": "optional: its title, kept in meta",
        "lang": "optional: zh, en, ...; else told by the script of the text",
    },
    one_of=("text",),
    fields_out={"prompt": "the question, understood by itself", "response": "the answer with its reasoning", "messages": "both"},
    roles={
        "teacher": "finds the pairs",
        "refiner": "refines them: list several models with weights, as the paper does for diversity",
        "judge": "with `judge`: says whether both answers come to the same",
    },
    meta_keys={
        **META,
        "url": "of the page",
        "title": "of the page",
        "question_found": "as it stands on the page",
        "answer_found": "as it stands on the page",
        "extractor": "the model that found it",
        **JUDGED_META,
    },
    needs=("documents",),
    rejects={
        "seed/no_text": "the seed holds no text",
        **no_reply("extract", "list of pairs"),
        "extract/void": "the model says that the page holds no question with an answer",
        "extract/unreadable": "the reply holds no pair",
        "extract/no_answer": "a question without an answer on the page",
        "extract/not_on_page": "less than `least_found` of the pair stands on the page",
        **no_reply("refine", "refined pair", later=True),
        "refine/invalid": "the model says that the pair cannot be made good",
        "refine/unreadable": "the reply holds no pair",
        "refine/unfaithful": "another final answer, numbers lost, or less than `least_kept` of the words kept",
        "faithful/judged_different": "the judge says that the answers differ",
        **no_verdict("faithful"),
        **EXPERT_CHECK,
    },
)
