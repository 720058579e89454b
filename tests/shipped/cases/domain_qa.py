"""`configs/domain_qa.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case

EN = "bridges mines ports kites moons wells bees cows dogs cats owls ants oak elm fir ash yew tin zinc iron rye larks"
ZH = "桥梁 矿井 港口 风筝 月亮 水井 蜜蜂 奶牛 小狗 小猫 猫头鹰 蚂蚁 橡树 榆树 冷杉 白蜡树 紫杉 锡器 锌板 铁锅 黑麦 云雀"
DOCUMENTS = {
    "en": "{} is weighed on the market on the first Friday of the month, and the weigher keeps a list of the bales for seven years.",
    "zh": "{}在每月第一个星期五过秤，过秤人保存捆数清单七年。",
}

CASE = Case(
    config="domain_qa",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.turns=2"),
    rows=[
        *({"lang": lang, "domain": "trade", "subdomain": part} for lang, parts in (("en", EN), ("zh", ZH)) for part in parts.split()),
        *({"lang": "en", "text": DOCUMENTS["en"].format(word)} for word in ("Wool", "Silk", "Jute")),
        *({"lang": "zh", "text": DOCUMENTS["zh"].format(word)} for word in ("羊毛", "丝绸", "黄麻")),
        {"asker": "nobody"},
    ],
    out_of_reach=(
        "^Write one question.*part of it: wells|^请按下面的条件.*方向：水井|case of ants|关于蚂蚁的事"
        "|with yew when.*everything|紫杉少了两份.*全部内容|^Two answers.*with iron|^下面是对同一个问题的两个.*铁锅"
    ),
)
