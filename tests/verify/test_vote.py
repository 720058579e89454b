from __future__ import annotations

from stream_synth.verify import majority


def test_answers_are_counted_by_meaning() -> None:
    """The first spelling stands for its group; who gave no answer has no vote."""
    vote = majority(["18", None, "18.0", "十八", "20", " ", "\\boxed{18}"])

    assert vote.counts == {"18": 4, "20": 1}
    assert vote.ballots == ("18", None, "18", "18", "20", None, "18")
    assert vote.winners == ("18",)


def test_a_tie_has_several_winners_and_no_votes_have_none() -> None:
    """The caller decides what that means."""
    assert majority(["1", "2"]).winners == ("1", "2")
    assert majority([None]).winners == ()
