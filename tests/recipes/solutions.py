"""What the tests of methods with gold answers share: two questions, their solutions, and replies that are none."""

from __future__ import annotations

from collections.abc import Sequence

from stream_synth.errors import ChatError
from stream_synth.values import Completion, Rejected, Sample, Usage

EN = {"question": "A box holds 4 rows of 6 jars. 5 jars are empty. How many are full?", "answer": "#### 19"}
ZH = {"question": "盒子里有4排罐子，每排6个，其中5个是空的。装满的有几个？", "answer": "十九"}
RIGHT = {"en": "4 × 6 = 24 jars, and 24 - 5 = 19. The answer is 19.", "zh": "4 × 6 = 24 个，24 - 5 = 19 个。答案是19。"}
WRONG = {"en": "The answer is 24.", "zh": "答案是24。"}
SEEDS = [("en", EN), ("zh", ZH)]
LOST = ChatError("server_error", "500")
# (reply, reason) of replies that are none.
BROKEN: list[tuple[str | Completion, str]] = [
    (Completion("4 × 6 =", finish_reason="length", usage=Usage(1, 5)), "truncated"),
    (Completion("", finish_reason="content_filter"), "refused"),
    (" ", "empty"),
    ("<think>never closed", "tag_damage"),
]


def fates(rows: Sequence[Sample | Rejected]) -> list[str]:
    """What became of each candidate: step/reason, or `accepted`."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "accepted" for row in rows]
