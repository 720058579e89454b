"""Words that the features look for, in English and Chinese."""

from __future__ import annotations

import re

ANSWERS_ITSELF = 3.0  # words: fewer is a label or a number, right for some prompts
REFUSALS = (
    *("i cannot", "i can't", "i can not", "i'm sorry, but", "i am sorry, but", "i apologize, but", "as an ai", "as a language model"),
    *("i'm unable to", "i am unable to", "i'm not able to", "i am not able to", "i don't have access", "i won't"),
    *("抱歉", "对不起", "很遗憾", "我无法", "我不能", "作为一个人工智能", "作为人工智能", "作为一个ai", "作为ai", "作为一个语言模型"),
)
OPENINGS = ("sure", "certainly", "of course", "absolutely", "here is", "here are", "here's", "当然", "好的", "以下是", "下面是", "没问题")
CONNECTIVES = (
    *("however", "because", "therefore", "for example", "such as", "additionally", "first", "finally", "overall", "in addition"),
    *("by ", "while", "this can", "as well as"),
    *("因此", "因为", "例如", "比如", "首先", "其次", "最后", "此外", "然而", "总之", "同时", "以及", "通过", "并且", "另外"),
)
# First letters of words that stand in any prompt and bind it to no answer.
EMPTY_WORDS = frozenset(
    (
        *("what", "which", "when", "where", "there", "these", "those", "this", "that", "with", "from", "have", "your", "about", "their"),
        *("would", "could", "should", "please", "given", "provid", "follow", "input", "output", "write", "create", "genera", "explai"),
        *("descri", "answer", "questi"),
    )
)
# A new turn or a new task inside an answer: the model did not stop.
ROLE_LINES = re.compile(
    r"^\s*(?:#+\s*)?(?:Input|Output|Instruction|Human|User|Assistant|Task|Example|Question|Q|A|Answer|Response"
    r"|输入|输出|指令|用户|助手|人类|问题|问|答|任务)\s*\d*\s*[:：]",
    re.MULTILINE,
)
