"""What is left over from pages, templates and advertisements."""

from __future__ import annotations

import re

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt

_ASKS_FOR_MARKUP = re.compile(
    r"html|xml|svg|css|markup|javascript|react|vue|jsx|\btags?\b|web ?(?:page|site)|网页|网站|标签|前端|<\w+", re.IGNORECASE
)
_HTML_TAG = re.compile(
    r"</?(?:html|head|body|div|span|p|a|ul|ol|li|table|thead|tbody|tr|td|th|script|style|nav|header|footer|section|article|img|iframe|form|input"
    r"|button|label|link|meta|font|center|h[1-6]|strong|em|noscript|aside|main)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|hellip|mdash|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_MAX_ENTITIES = 2


def html(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Tags or entities outside code, where the prompt asks for no markup."""
    text = reading.sample.response
    if "<" not in text and "&" not in text:
        return None
    plain = reading.outside_code[:20_000]
    found = _HTML_TAG.findall(plain)
    if len(found) > options.max_html_tags and not _ASKS_FOR_MARKUP.search(reading.sample.prompt):
        first = _HTML_TAG.search(plain)
        return {"tags": len(found), "text": excerpt(first.group() if first else "")}
    entities = _ENTITY.findall(plain)
    return {"entities": len(entities)} if len(entities) > _MAX_ENTITIES and not _ASKS_FOR_MARKUP.search(reading.sample.prompt) else None


_TABLE_LINE = re.compile(r"^[ \t]*[|｜][^\n]*$", re.MULTILINE)
_ASKS_FOR_TABLE = re.compile(r"table|template|blank|grid|表格|模板|空白|填", re.IGNORECASE)


def table_residue(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Table rows without content, or a table whose rows have no common width."""
    if reading.sample.response.count("|") + reading.sample.response.count("｜") < 8:
        return None
    rows = _TABLE_LINE.findall(reading.outside_code[:20_000])
    if len(rows) < 4 or _ASKS_FOR_TABLE.search(reading.sample.prompt):
        return None
    hollow = sum(not any(letter.isalnum() for letter in row) for row in rows)
    if hollow > options.max_hollow_rows * len(rows) and hollow > 2:
        return {"table_rows": len(rows), "without_content": hollow}
    widths = [row.count("|") + row.count("｜") for row in rows]
    usual = sum(width == max(set(widths), key=widths.count) for width in widths)
    return {"table_rows": len(rows), "of_usual_width": usual} if usual < 0.5 * len(rows) else None


_ASKS_FOR_ADVERTISEMENT = re.compile(
    r"\bads?\b|advert|slogan|market|campaign|promot|\bsales?\b|\bsell|commercial|landing page|product|brand|business|email"
    r"|tweet|social media|\bpost\b|\bcopy\b"
    r"|广告|营销|促销|推广|宣传|文案|标语|口号|销售|产品|品牌|电商|邮件|海报|店|公众号|直播|微博|朋友圈",
    re.IGNORECASE,
)
_MARKETING = re.compile(
    r"\b(?P<buy>buy now|order (?:now|today)|shop now|add to cart)\b"
    r"|\b(?P<click>click (?:here|the link below)|sign up (?:now|today)|subscribe (?:now|today|to our)|visit our (?:website|store|shop))\b"
    r"|\b(?P<offer>limited[- ]time offer|special offer|while supplies last|act now"
    r"|don'?t miss out|\d{1,2}% off|free shipping|promo code|coupon code|best price)\b"
    r"|\b(?P<call>call (?:us )?(?:now|today)|contact us (?:now|today)|money[- ]back guarantee|satisfaction guaranteed)\b"
    r"|(?P<购买>立即(?:购买|下单|抢购|订购|咨询|领取)|马上(?:抢|下单|购买|咨询)|点击(?:购买|下单|领取)|赶快(?:下单|抢购|行动))"
    r"|(?P<联系>加(?:我|微信|v信|vx|qq)|(?:微信|QQ|vx)(?:号|群)?\s*[:：]?\s*[a-zA-Z0-9_-]{5,}|扫(?:码|描二维码|一扫)|关注(?:我们的?|本)?(?:微信)?公众号|客服(?:电话|热线|微信)|免费咨询)"
    r"|(?P<优惠>限时(?:优惠|抢购|特价|折扣|秒杀)|全场\S{0,4}折|包邮|秒杀价|优惠券|满\d+减\d+|厂家直销|原价\d+|仅需\d+元|先到先得)"
    r"|(?P<夸>全网最低|史上最低|买一送一|百分百有效|无效退款|正品保证|震惊)",
    re.IGNORECASE,
)
# One of these stands in whatever the pattern finds: looking for them costs a tenth of the pattern, and most rows have at most one.
_MARKETING_HINTS = (
    *(
        "buy now",
        "order now",
        "order today",
        "shop now",
        "to cart",
        "click ",
        "sign up",
        "subscribe",
        "visit our",
        "time offer",
        "special offer",
    ),
    *("supplies last", "act now", "miss out", "% off", "shipping", "promo", "coupon", "best price", "call us", "call now", "call today"),
    *(
        "contact us",
        "guarantee",
        "立即",
        "马上",
        "点击",
        "赶快",
        "加我",
        "加微信",
        "加v",
        "加qq",
        "微信",
        "qq",
        "vx",
        "扫码",
        "扫描",
        "扫一扫",
    ),
    *("公众号", "客服", "咨询", "限时", "全场", "包邮", "秒杀", "优惠券", "满", "直销", "原价", "仅需", "先到先得", "最低", "买一送一"),
    *("百分百", "退款", "正品", "震惊"),
)


def marketing(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Calls to buy, offers and contact lines, of different sorts, where the prompt asks for no advertisement."""
    text = reading.sample.response
    lowered = text.lower()
    if sum(hint in lowered for hint in _MARKETING_HINTS) <= options.max_marketing_phrases:
        return None
    found: dict[str, str] = {}
    for match in _MARKETING.finditer(text[:20_000]):
        found.setdefault(match.lastgroup or "", match.group())
    if len(found) <= options.max_marketing_phrases or _ASKS_FOR_ADVERTISEMENT.search(reading.sample.prompt):
        return None
    return {"phrases": list(found.values())}


_TAG = re.compile(
    r"</?(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|answer|final_answer|solution|output|response|tool_call|tool_response)\s*/?>"
    r"|<\|[a-z_]{2,24}\|>|<｜[^<>\n]{2,40}｜>|\[/?INST\]|<</?SYS>>|</s>|<(?:eos|bos|pad|unk|end_of_turn|start_of_turn)>",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)


def tags(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """Thinking or answer tags and special tokens left in the answer or the thinking; those in code or named by the prompt pass."""
    sample = reading.sample
    for field, text in (("response", sample.response), ("reasoning", sample.reasoning)):
        if ("<" not in text and "[" not in text) or _TAG.search(text) is None:
            continue
        plain = _CODE.sub(" ", text) if "`" in text else text
        left = [tag for tag in _TAG.findall(plain) if tag.strip("</> ").lower() not in sample.prompt.lower()]
        if left:
            return {"field": field, "tags": left[:5]}
    return None


RULES = (Rule("tags", tags), Rule("html", html), Rule("table_residue", table_residue), Rule("marketing", marketing))
