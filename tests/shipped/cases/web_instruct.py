"""`configs/web_instruct.yaml`."""

from __future__ import annotations

from stream_synth.sources.documents import Documents
from stream_synth.values import Seed
from tests.shipped.case import Case
from tests.shipped.seeds import DATA

ZH = ("两镜之间", "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "听说", "寅", "卯")
EN = ("mirrors", "one", "two", "three", "four", "five", "six", "seven", "eight", "hearsay", "nine", "ten")
TWELVE = (
    "十二道题。" + "".join(f"第{n}题问的是什么数？第{n}题的答案是 12。\n" for n in ZH),
    "Twelve questions. " + "".join(f"What number does question {n} ask for? For question {n} the answer is 12.\n" for n in EN),
)
OTHERS = ("无问答", "乱答", "半截", "不许", "空白", "乱标", "No pairs", "Rambling", "Half a list", "Withheld", "Blank", "Tangled")
PAGES = [seed.fields for seed in Documents(path=str(DATA / "pages"), min_chars=200).seeds() if isinstance(seed, Seed)]

CASE = Case(
    config="web_instruct",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.judge=true", "recipe.max_pairs=12"),
    rows=[*({"text": text} for text in (*TWELVE, *OTHERS)), *PAGES, {"text": " "}],
    out_of_reach="抄自.*第两镜之间题|below were.*question mirrors|^对同一个问题.*第卯题|^Do these two.*question ten",
)
