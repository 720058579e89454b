from __future__ import annotations

import random

import pytest

from tests.gates.rules.judging import ASKS, EN, ZH, reason, verdict


def test_undecoded_bytes_are_garbled() -> None:
    """One replacement character is one too many, unless the limit says otherwise; private-use characters count from three."""
    assert verdict(EN + " na\ufffdve").evidence == {"undecoded_characters": 1}
    assert reason(EN + " na\ufffdve it was.", options={"max_replacement_chars": 3}) == ""
    assert reason(ZH + "\ue001\ue002\ue003", prompt=ASKS["zh"]) == "garbled"


@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_utf8_read_as_a_western_code_is_garbled(codec: str) -> None:
    """Chinese becomes rows of accents, an English apostrophe three strange signs."""
    chinese = ZH.encode().decode(codec, "ignore")

    assert reason("It’s so, and that is all.".encode().decode(codec, "replace").replace("\ufffd", "\x99")) == "garbled"
    assert reason(chinese, prompt="节能") == "garbled"


def test_utf8_read_as_gbk_is_garbled() -> None:
    """锟斤拷 and its relatives: rare characters in place of the most frequent ones."""
    assert reason(ZH.encode().decode("gbk", "ignore"), prompt=ASKS["zh"]) == "garbled"


@pytest.mark.parametrize(
    "text", ["Café au lait, voilà ! Où êtes-vous ?", "“Naïve” — it’s £5 à la carte… ça va «bien»", "他说：“好”。龘靐齉爩都是生僻字。"]
)
def test_accents_and_rare_characters_are_text(text: str) -> None:
    """French, typographic signs and rare Chinese characters are not garbled."""
    assert reason(text, prompt="请写一段话 text") == ""


def test_controls_are_garbled() -> None:
    """NUL, escape and bell in number; a form feed alone is harmless."""
    assert reason("a\x00b\x1bc\x07 and more") == "garbled"
    assert reason(EN + "\x0c") == ""


@pytest.mark.parametrize("text", ["qwertyuiop", "asdfghjkl qwertyuiop zxcvbnm", "hello qwertyuiop asdfgh"])
def test_keyboard_runs_are_random(text: str) -> None:
    """Rows of the keyboard are no words."""
    assert reason(text) == "random_characters"


def test_keyboard_mash_is_random() -> None:
    """Sixty letters in no language's order."""
    keys = random.Random(2).choices("qwrtpsdfghjkl;zxcvbnm", k=150)

    assert reason("".join(keys)) == reason(" ".join("".join(keys[i : i + 7]) for i in range(0, 150, 7))) == "random_characters"


def test_shuffled_letters_are_random() -> None:
    """English with the letters of its longer words in random order."""
    rng = random.Random(2)
    text = " ".join("".join(rng.sample(word, len(word))) if len(word) > 3 else word for word in (EN + " " + EN).split())

    assert reason(text, options={"disable": ("repeats", "unfinished")}) == "random_characters"


def test_shuffled_chinese_is_random() -> None:
    """Characters and marks in random order."""
    text = "".join(random.Random(2).sample(ZH, len(ZH)))

    assert reason(text, prompt=ASKS["zh"]) == "random_characters"


@pytest.mark.parametrize(
    "text",
    [
        "Der schnelle braune Fuchs springt über den faulen Hund und läuft durch die Straßen der Stadt nach Hause.",
        "Wǒmen jīntiān yào qù Shànghǎi kàn péngyou, ránhòu chīfàn. Women jintian yao qu Shanghai kan pengyou ranhou chifan.",
        "- Wetsuit\n- Dive mask\n- Snorkel\n- Fins\n- Regulator\n- Scuba tank\n- Dive computer\n- Compass",
        "关关雎鸠，在河之洲。窈窕淑女，君子好逑。参差荇菜，左右流之。窈窕淑女，寤寐求之。",
        "```python\nimport numpy as np\nxs = np.linspace(0, 1, 50)\nprint(xs.sum(), np.sqrt(xs).max())\n```",
    ],
)
def test_other_languages_lists_and_code_are_not_random(text: str) -> None:
    """What the tables do not know passes."""
    assert reason(text, prompt="请写一段话 text") == ""


def test_who_asks_for_randomness_gets_it() -> None:
    """Passwords and ciphers look random because they are."""
    assert reason("xkqzvwtr pqmzlkxj bvnxzqwr tghjklpq zxcvqwkj mnbvkqzx plkqjhzw", prompt="Generate random passwords.") == ""


def test_emoji_runs_are_found_unless_asked_for() -> None:
    """Six in a row, or more emoji than text; a few between words pass."""
    assert reason("Great 🎉🎉🎊😀😀😀😀 news for all of us.") == "emoji_run"
    assert reason("一😀二😀三😀四😀五😀六😀七😀八😀九😀十😀", prompt=ASKS["zh"]) == "emoji_run"
    assert reason("Good news 🎉 for you 😀 and me! 🌟") == ""
    assert reason("🎉🎉🎊😀😀😀😀", prompt="Give me seven emoji.") == ""


def test_an_apostrophe_read_as_gbk_is_garbled() -> None:
    """English keeps its letters; what stood between them becomes 鈥 and a rare character."""
    assert verdict("That’s what’s needed.".encode().decode("gbk", "ignore")).evidence["misread_as"] == "gbk"
    assert reason("The character 鈥 is rare.", prompt="What is 鈥?") == ""


def test_a_short_text_read_as_gbk_is_read_back() -> None:
    """Two characters are enough, where reading them back gives common ones; names of rare characters give none."""
    assert verdict("输出问题".encode().decode("gbk", "ignore") + ": 12", prompt=ASKS["zh"]).evidence["text"].startswith("输出")
    assert reason("郄鬯彧、邶祎旸、蒯懿羲和亓官燚都参加了会议。", prompt=ASKS["zh"]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "The sky is ebul and usnyn. The disrb are ingciphr in the esret, and the sgasr is nereg.",
        "ngsiiR cOnea usetrmTperae usaeC gattiDnaesv ffEesct rohghut arlCo gBnaciehl",
        "huesu trfh ;r lpiyy lyd ose;yae oredwpip",
    ],
)
def test_short_soup_is_random(text: str) -> None:
    """A sentence is enough: words in disorder, capitals inside them, semicolons where letters belong."""
    assert reason(text, options={"disable": ("unfinished",)}) == "random_characters"


@pytest.mark.parametrize(
    "text",
    [
        "60 min / 10 min per pizza = 6 pizzas. He makes 6 pizzas, 2 pizzas, and 2 more pizzas. So 10 pizzas are made.",
        "Join us in Yokohama: the DeNA BayStars and the SoftBank Hawks play, Takayuki Matsumiya pitches and Yuka Hakoyama sings.",
        "The date 15/10/2021 in European format (dd/mm/yyyy) is 10/15/2021 in American format (mm/dd/yyyy).",
    ],
)
def test_names_and_rare_words_are_no_soup(text: str) -> None:
    """A word said often, names of people and firms, abbreviations."""
    assert reason(text) == ""
