"""UTF-8 that somebody read as another code: Latin-1, Windows-1252 or GBK."""

from __future__ import annotations

import re

from stream_synth.gates.rules.reading import Evidence, Reading, excerpt
from stream_synth.text import Kind, is_common

# UTF-8 read as Latin-1 or Windows-1252: a lead byte followed by the right number of tail bytes. Two-byte leads are only
# those of Latin letters and marks, as â or é before a closing quote is ordinary French.
_TAIL = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MISREAD = re.compile(
    f"â[€\u0080]{_TAIL}|Ã{_TAIL}|Â[\u0080-\u00bf]|[ä-é]{_TAIL}{_TAIL}|ï¼{_TAIL}|ð\u009f{_TAIL}|ðŸ{_TAIL}|ã€{_TAIL}|ã\u0080{_TAIL}"
)
_MISREAD_LEADS = re.compile("[âÃÂä-éïðã]")
# The same read as GBK: an apostrophe or a quotation mark before a letter becomes 鈥 and a rare character; Chinese becomes rare characters,
# which read as UTF-8 are Chinese again. Undoing it is the proof; looking for the most frequent ones is what long texts need.
_MARK_AS_GBK = re.compile("鈥[\u4e00-\u9fff\ue000-\uf8ff\ufffd?]?")
_HAN_RUN = re.compile("[\u4e00-\u9fff]{3,60}")
_MAX_UNDONE = 20  # runs that are read back; a text that was misread shows it in the first
# UTF-8 Chinese read as GBK: these stand for the full-width comma, the full stop, 的, the dash, 是, 不, 在 and other most frequent ones.
_RARE_PAIRS = 0.08  # share of common pairs: prose has 0.2
_AS_GBK = "锛銆鐨鈥涓鏄浜鍦鍙鎴浠湪绋绀閿"


def misread(reading: Reading) -> Evidence | None:
    """As what the answer was misread, and how that shows."""
    return _as_latin(reading) or (_as_gbk(reading) if reading.response.kinds[Kind.HAN] else None)


def _as_latin(reading: Reading) -> Evidence | None:
    text = reading.sample.response
    if not reading.response.kinds[Kind.LATIN] or not _MISREAD_LEADS.search(text):
        return None
    found = _MISREAD.findall(text[:20_000])
    return {"misread_as": "latin-1", "text": excerpt(" ".join(found[:8])), "count": len(found)} if found else None


def _as_gbk(reading: Reading) -> Evidence | None:
    text, profile = reading.sample.response, reading.response
    if profile.kinds[Kind.LATIN] > profile.kinds[Kind.HAN] and "鈥" in text and "鈥" not in reading.sample.prompt:
        return {"misread_as": "gbk", "text": excerpt(" ".join(_MARK_AS_GBK.findall(text[:20_000])[:8]))}
    if profile.han_pairs < 2 or profile.han_common >= _RARE_PAIRS:
        return None
    undone = _undone(text)
    if undone:
        return {"misread_as": "gbk", "text": undone}
    count = sum(text.count(character) for character in _AS_GBK)
    return {"misread_as": "gbk", "count": count} if count >= 3 and count >= 0.04 * profile.kinds[Kind.HAN] else None


def _undone(text: str) -> str:
    """Common Chinese that a run of the text becomes when its bytes in GBK are read as UTF-8, "" when none does."""
    for run in _HAN_RUN.findall(text[:20_000])[:_MAX_UNDONE]:
        raw = run.encode("gbk", "ignore")
        back = raw.decode("utf-8", "ignore")
        if len(back) >= 2 and 3 * len(back) >= 0.6 * len(raw) and all(is_common(character) for character in back):
            return excerpt(back)
    return ""
