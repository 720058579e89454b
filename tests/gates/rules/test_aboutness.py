from __future__ import annotations

from stream_synth.gates.rules.aboutness import things


def test_numbers_names_and_rare_words_are_things() -> None:
    """Words by their stem, numbers of two digits and more; everyday words and round numbers say nothing."""
    found = things("How many marbles does Josephine have left after she gives 37 of 100 marbles to 5 friends?")

    assert found == {"marbl", "josep", "37"}


def test_pairs_of_chinese_characters_are_things() -> None:
    """Function words and what every question asks are left out."""
    found = things("下列关于光合作用的说法正确的是哪一个？")

    assert found == {"光合", "合作"}


def test_nothing_is_about_nothing() -> None:
    """Empty and everyday questions have no things."""
    assert things("") == things("What is this?") == things("这是什么？") == set()
