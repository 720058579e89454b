"""The card of `long_context_qa`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, Card, no_reply

LONG_CONTEXT_QA_CARD = Card(
    family="distillation",
    paper="evidence that is needed, at any depth: Lost in the Middle (arXiv:2307.03172); figures after LongWanjuan (arXiv:2402.13583)",
    summary="a question over many documents whose answer needs several of them: right with all, wrong or unknown without any one",
    fields_in={
        "documents": "list of {title, text}: source `packed` makes them to a length",
        "context_tokens": "optional: the length they were packed to",
        "lang": "optional: zh, en, ...; else told by the script of the documents",
    },
    one_of=("documents",),
    fields_out={"prompt": "all documents and the question", "response": "the answer of a model that read them all", "messages": "both"},
    roles={"teacher": "writes the question from the evidence", "reader": "answers it from the whole context, and without each document"},
    meta_keys={
        **META,
        "question": "the question alone",
        "gold": "the right answer",
        "got": "the final answer of the reader",
        "evidence": "document (place from 1), span and depth (0 beginning, 1 end) of each quotation",
        "without": "what the reader said without each of them",
        "documents": "how many there are",
        "context_tokens": "the length they were packed to",
        "coherence": "unity of the context, 0 to 1",
        "cohesion": "share of its sentences tied to the one before",
        "complexity": "share of distinct words in windows of 100",
    },
    needs=("documents",),
    rejects={
        "seed/too_few_documents": "fewer documents than evidence needs, and one more",
        **no_reply("question", "question"),
        "question/invalid": "the model finds nothing that joins the documents",
        "question/unreadable": "no question, answer and quotations in the reply",
        "question/not_quoted": "a quotation does not stand in its document",
        "question/one_document": "the quotations come from fewer than two documents",
        **no_reply("answer", later=True),
        "answer/wrong_answer": "the reader does not find the right answer with all documents",
        **no_reply("without", later=True),
        "without/still_right": "the answer is found without a document that should be needed",
        **EXPERT_CHECK,
    },
)
