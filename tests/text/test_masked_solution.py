from __future__ import annotations

import pytest

from stream_synth.text.masked_solution import masked_solution


@pytest.mark.parametrize(
    ("question", "solution", "masked"),
    [
        (
            "She sold 48 clips, then half as many.",
            "48/2 = <<48/2=24>>24 in May. 48+24 = 72.\n#### 72",
            "48/M = N in May. 48+N = O.\n#### O",
        ),
        ("有9行树，每行12棵，又种20棵。", "9×12＝108（棵），108＋20＝１２８（棵）", "9×12＝M（棵），M＋20＝N（棵）"),
        ("Tom has 1,000 coins and M boxes.", "1000 - 250.50 = 749.5, and 749.50 it is", "1000 - N = O, and O it is"),
        ("小明有三十六箱。", "三十六箱乘十二是四百三十二，一共这么多", "三十六箱乘M是N，一共这么多"),
    ],
)
def test_numbers_of_the_question_stay(question: str, solution: str, masked: str) -> None:
    """All others become letters, one for each value, in either script."""
    assert masked_solution(solution, question) == masked


def test_more_numbers_than_letters() -> None:
    """Pairs of letters go on where single ones end."""
    masked = masked_solution(" ".join(map(str, range(30))), "")

    assert len(set(masked.split())) == 30
    assert not any(letter.isdigit() for letter in masked)
