"""The card of `constitutional`."""

from __future__ import annotations

from stream_synth.recipes.card import Card
from stream_synth.recipes.question import QUESTION_FIELDS

CONSTITUTIONAL_CARD = Card(
    family="alignment",
    paper="Constitutional AI (arXiv:2212.08073)",
    summary="an answer is criticised by drawn principles and revised; the pair stays when a judge prefers the revision in both orders",
    fields_in=QUESTION_FIELDS,
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the user's turns",
        "response": "the preferred answer",
        "chosen": "the same",
        "rejected": "the other answer: with `pair: revised` the first one",
        "messages": "the whole conversation, the preferred answer last",
    },
    roles={"teacher": "answers, criticises, revises", "judge": "compares two answers by a principle"},
    meta_keys={
        "prompt_hash": "digest of the prompts used",
        "origin": "recipe and prompt digest; the engine adds source, licence, hosts",
        "pair": "revised or sampled",
        "principle": "the principles by which something was found, in order; with `sampled` the judge's",
        "critique": "what was found, one for each principle",
        "judge_principle": "the principle that the judge compared by",
        "judge": "the judge's model",
        "analysis": "its reasons, in the first order",
        "reference": "the seed's own answer",
        "format_reward": "of a rejected reply: thinking opened, closed, not empty, answer given",
        "tag_findings": "what was amiss with its thinking tags, where something was",
    },
    rejects={
        "seed/no_question": "the seed holds no question",
        "seed/bad_messages": "messages is no list of turns",
        **{
            f"{step}/{reason}": what
            for step, name in (("answer", "answer"), ("critique", "criticism"), ("revise", "revision"))
            for reason, what in (
                ("truncated", f"the {name} ran out of tokens"),
                ("refused", f"the provider withheld the {name}"),
                ("empty", f"the {name} is nothing but space, or thinking alone"),
                ("tag_damage", f"thinking and {name} cannot be told apart"),
            )
        },
        "answer/too_few": "`pair: sampled`: no second answer to compare with",
        "critique/call_failed": "the call failed for good",
        "critique/unreadable_verdict": "the criticism does not say whether there is an issue",
        "critique/no_issue": "no principle found an issue: no pair",
        "revise/call_failed": "the call failed for good",
        "revise/unchanged": "the last revision says what the first answer said (with `sampled`: both answers are the same)",
        "compare/lengths_differ": "one of the two is more than `max_length_ratio` times as long",
        "compare/prefers_original": "in both orders the judge prefers the first answer",
        "compare/order_dependent": "the judge's preference changes with the order",
        "compare/unreadable_verdict": "the judge's reply holds no single verdict",
        "compare/call_failed": "the judge could not be reached",
        "verify/failed": "your own check said no (or its own reason)",
    },
)
