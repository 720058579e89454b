from __future__ import annotations

from stream_synth.verify.programs import annotated, parsed

PROGRAM = 'def f(n):\n    text = """a\nb"""\n    for i in range(\n        n):\n        t = i + \\\n            1\n    return t  # done'


def test_comments_tell_the_order_and_the_changes() -> None:
    """The first two steps of a loop and its last one."""
    traced = annotated("def f(n):\n    n += 1", [(1, "n=0"), *((2, f"n={turn}") for turn in range(1, 6))])

    assert traced == "def f(n):  # (1) n=0\n    n += 1  # (2) n=1; (3) n=2; ...; (6) n=5"


def test_lines_that_cannot_take_a_comment_stay() -> None:
    """Within texts of several lines and before a backslash; the program still means the same."""
    traced = annotated(PROGRAM, [(line, "变了") for line in range(1, 9)])

    assert parsed(traced) is not None
    assert "a\nb" in traced
    assert "i + \\\n" in traced
    assert traced.endswith("# done  # (8) 变了")
