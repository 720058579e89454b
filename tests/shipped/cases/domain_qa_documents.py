"""`configs/domain_qa_documents.yaml`."""

from __future__ import annotations

from stream_synth.recipes.domain_qa import DomainQA
from tests.shipped.case import Case

ZH = ["旱船", "灯塔", "钟楼", "古井", "水车", "风车"]
EN = ["sluice", "beacon", "tower", "well", "wheel", "windmill"]
ABOUT_DOCUMENTS = {
    *("question/invalid", "answer/invalid", "answer/no_quote", "answer/quote_not_found", "follow_up/answerable_alone"),
    *("verify/failed", "seed/no_domain"),
}
CASE = Case(
    config="domain_qa_documents",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=1", "recipe.turns=2", "source.fields={}"),
    rows=[
        *({"text": f"{one}每逢单日开放，门票五元。"} for one in ZH),
        *({"text": f"{one} opens on odd days, for five coins."} for one in EN),
        *({"text": one} for one in ("本页是空白页。", "This page is left blank.")),
        {"asker": "nobody"},
    ],
    undrawn={reason: "domain_qa draws it" for reason in DomainQA.card.rejects if reason not in ABOUT_DOCUMENTS},
)
