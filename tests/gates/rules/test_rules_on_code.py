from __future__ import annotations

import pytest

from stream_synth.gates.rules import RULES
from stream_synth.values import Verdict
from tests.gates.rules import judging

ASKS = {"en": "Write a program that reports sales.", "zh": "写一个统计销售额的程序。"}
CONFIG = 'HOST = "localhost"\nPORT = 8080\nDEBUG = True\nWORKERS = 4\n'
BRANCHY = "def price(kind, age, day):\n" + "".join(
    f"    if kind == {number} and age > {number * 7}:\n        return {number}\n" for number in range(7)
)


CODE_RULES = {"not_self_contained", "trivial", "uncommented"}
OTHERS = tuple(rule.id for rule in RULES if rule.id not in CODE_RULES)


def verdict(response: str, *, prompt: str, **options: int) -> Verdict:
    """What the rules on code say."""
    return judging.verdict(response, prompt=prompt, options={"disable": OTHERS, **options})


def reason(response: str, *, prompt: str, **options: int) -> str:
    """The id of the rule on code that rejects it."""
    return verdict(response, prompt=prompt, **options).reason


def fenced(code: str, language: str = "python") -> str:
    """The code as models write it."""
    return f"```{language}\n{code}\n```"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_from_nowhere_are_found(lang: str) -> None:
    """Neither bound, nor built in, nor mentioned: the code cannot be learnt from, whether fenced or bare."""
    code = "def report(rows):\n    frame = load_frame(rows)\n    return frame.groupby(KEY).sum()\n"

    found = verdict(fenced(code), prompt=ASKS[lang])

    assert (found.reason, found.evidence["names"]) == ("not_self_contained", ["KEY", "load_frame"])
    assert reason(code, prompt=ASKS[lang]) == "not_self_contained"
    assert reason(fenced(code), prompt=ASKS[lang], max_unresolved_names=2) == ""


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (
            ASKS["en"],
            "import os\nfrom math import sqrt as root\n\ndef f(a, *b, c=1, **d):\n    global g\n    g = [x for x in b if x]\n"
            "    with open(os.devnull) as h:\n        print(h, root(a), c, d, g)\n    try:\n        del g\n    except OSError as e:\n"
            "        print(e)\n    match a:\n        case {'k': v, **rest}:\n            print(v, rest)\n"
            "    return lambda y: (z := y) + z\n",
        ),
        ("The list numbers holds what was measured. Print its sum.", "print(sum(numbers))\nprint(len(numbers))"),
        ("函数 load_rows 已经写好，请打印它的结果。", "for row in load_rows():\n    print(row)"),
        (ASKS["zh"], "from pandas import *\nframe = read_csv('a.csv')\nprint(frame)"),
        (ASKS["en"], "for row in rows\n    print row"),
    ],
)
def test_what_is_bound_or_mentioned_resolves(prompt: str, answer: str) -> None:
    """Scopes of every kind, names of the prompt, star imports; what does not parse is another rule's business."""
    assert reason(fenced(answer), prompt=prompt) == ""


def test_earlier_turns_belong_to_the_row() -> None:
    """What a dialogue has defined before needs no second definition."""
    turns = (
        {"role": "user", "content": "我有一个列表 numbers。"},
        {"role": "assistant", "content": None},
        {"role": "user", "content": "求和"},
    )

    assert judging.reason(fenced("print(sum(numbers))"), prompt="求和", messages=turns, options={"disable": OTHERS}) == ""
    assert judging.reason(fenced("print(sum(numbers))"), prompt="求和", options={"disable": OTHERS}) == "not_self_contained"


def test_blocks_of_one_answer_are_one_program() -> None:
    """A later block may use what an earlier one defines."""
    answer = fenced("def area(r):\n    return 3 * r * r") + "\nNow use it.\n" + fenced("print(area(2))")

    assert reason(answer, prompt=ASKS["en"]) == ""


def test_javascript_is_read_by_its_tokens() -> None:
    """A function called by its bare name and written nowhere; methods, globals and imports are known or unknowable."""
    calls = "const total = sumRows(rows);\nconsole.log(total);\nfunction show(x) { return x.map(String).join(); }\nshow(rows);"

    found = verdict(fenced(calls, "javascript"), prompt=ASKS["zh"])

    assert (found.reason, found.evidence["names"]) == ("not_self_contained", ["sumRows"])
    assert reason(fenced("import { sumRows } from './rows';\n" + calls, "js"), prompt=ASKS["en"]) == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_constants_alone_are_trivial(lang: str) -> None:
    """Names for constants, in Python by its tree, in other languages by their tokens."""
    assert verdict(fenced(CONFIG), prompt=ASKS[lang]).evidence == {"statements": 4, "min_trivial_statements": 3}
    assert reason(fenced("int a = 1;\nint b = 2;\nint c = 3;", "java"), prompt=ASKS[lang]) == "trivial"
    assert reason("import os\n" + CONFIG, prompt=ASKS[lang]) == "trivial"
    assert reason(fenced(CONFIG), prompt=ASKS[lang], min_trivial_statements=5) == ""


def test_constants_that_are_wanted_pass() -> None:
    """Asked for, explained at length, fewer than three, or with something done to them."""
    assert reason(fenced(CONFIG), prompt="Write a config file for a server.") == ""
    assert reason(fenced(CONFIG), prompt="给出服务器的配置") == ""
    assert reason(fenced(CONFIG) + "\n" + "这些值决定服务器监听的地址和端口，以及是否打印调试信息。" * 4, prompt=ASKS["zh"]) == ""
    assert reason(fenced("a = 1\nb = 2"), prompt=ASKS["en"]) == ""
    assert reason(fenced(CONFIG + "URL = HOST + str(PORT)"), prompt=ASKS["en"]) == ""
    assert reason("x = 2\ny = 3\nz = 5", prompt=ASKS["en"]) == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_many_branches_want_a_comment(lang: str) -> None:
    """Beyond McCabe's ten, without a comment, a docstring or an explanation around the code."""
    found = verdict(fenced(BRANCHY), prompt=ASKS[lang])

    assert (found.reason, found.evidence["branches"]) == ("uncommented", 14)
    assert reason(fenced(BRANCHY + "    return 0  # nobody pays\n"), prompt=ASKS[lang]) == ""
    assert reason(fenced(BRANCHY.replace(":\n", ':\n    """What one visitor pays."""\n', 1)), prompt=ASKS[lang]) == ""
    assert (
        reason(fenced(BRANCHY) + "\n" + "The price depends on the kind of ticket and on the visitor's age. " * 4, prompt=ASKS[lang]) == ""
    )


def test_branches_of_other_languages_are_counted_by_tokens() -> None:
    """Words in strings and comments are no branches."""
    code = "int f(int n) {\n" + "".join(f"  if (n == {i}) return {i};\n" for i in range(12)) + "  return 0;\n}"

    assert reason(fenced(code, "c"), prompt=ASKS["en"]) == "uncommented"
    assert reason(fenced(code.replace("return 0;", "return 0; // none"), "c"), prompt=ASKS["zh"]) == ""
    assert reason(fenced('char *s = "if if if if if if if if if if if if";\nputs(s);', "c"), prompt=ASKS["en"]) == ""


@pytest.mark.parametrize(
    "text",
    ["```python\n" + "(" * 9000, "```python\nx = '\\d'\n```", "```python\n\x00\n```", "```nolanguage\nif if\n```", "import " + "a." * 5000],
)
def test_code_that_is_none_gets_a_verdict(text: str) -> None:
    """What no parser takes passes these rules."""
    assert reason(text, prompt=ASKS["en"]) not in {"not_self_contained", "trivial", "uncommented"}


def test_a_chain_of_elif_is_branches_too() -> None:
    """One `if` with fourteen `elif` and no comment is as hard to follow as fifteen `if`."""
    chain = "def grade(mark):\n    if mark == 0:\n        return 'a'\n" + "".join(
        f"    elif mark == {number}:\n        return 'b{number}'\n" for number in range(1, 15)
    )

    assert reason(fenced(chain), prompt=ASKS["en"]) == "uncommented"
