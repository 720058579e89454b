"""How much a text looks like language at all: neighbouring letters of English words, neighbouring Chinese characters.

Both tables are counts of general text, rounded: enough to tell words from keyboard mash and from characters in random
order, far too coarse to judge style.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

# Log probability (natural, joint, plus 13.5, rounded, 0 to 9) of a letter (line) followed by another (place) inside a word,
# counted over some 2 million letters of English answers and textbook chapters.
_LETTER_PAIRS = (
    "47885675847989373999776585"  # a
    "75338512750743720764721070"  # b
    "91638218807724944758710052"  # c
    "74369453842544732674754260"  # d
    "96898775735889676998677874"  # e
    "72327730801621810746701050"  # f
    "73138367702656740765603051"  # g
    "95439211801555832657613161"  # h
    "86988783536889975899583537"  # i
    "60016001431010610230600010"  # j
    "53348333712536440363403040"  # k
    "85579543815854860477754082"  # l
    "87329432800574880362722350"  # m
    "84899695856657863489763373"  # n
    "67776975646889772988978553"  # o
    "82348336721852870867722151"  # p
    "20000000201300000100700000"  # q
    "95779674927677962788765071"  # r
    "74749527816665874489835062"  # s
    "85639529921654960887737073"  # t
    "76777471724878570888231443"  # u
    "70119030801120610230200031"  # v
    "83338218803526710564203020"  # w
    "62506203600213360016200231"  # x
    "54447342500555860465303014"  # y
    "50116012501321500001411034"  # z
)
# Pairs of neighbouring characters that occur in most Chinese answers, by document frequency over 800 answers and chapters.
_COMMON_PAIRS = (
    "可以一个是一需要可能使用这些通过提供一些进行如果问题这个以下我们中的信息帮助其他包括数据一种没有不同重要的一们的因为根据他们例如它们学习作为时间方法模型因此选择的方具有任何以及用于自己所有通常这是方式"
    "的数同的影响的是能够实现之间如何每个下是好的各种能会们可计算网络要的注意处理语言相关个人不是技术情况为了了一更多由于这种部分的人大的间的理解工作过程希望对于为一或者非常然而主要支持应用用的确保的信解决"
    "创建了解什么许多然后系统有一现在在这内容代码建议目标人的面的保持能力关于开始您的获得函数输入首先同时世界方面己的研究简单结果训练性的智能知识深度包含并不有效应该量的考虑发展你的的时输出其中介绍生成们将"
    "服务领域定的复杂确定型的另一人类无法以在用户提高所以利用已经找到参数基本但是到的自然以通这样此外定义在一产生来说增加环境存在设计成为让我最后一步上的以使也可化的新的任务是否第一减少人们之前得到认为样的"
    "都是是在机器开发导致图像关系两个人工我的的情关键你可基于分析发现神经文本而不的问回答就是具体出现表示建一虽然更好数量这里不会生活质量以帮们在基础到了的地称为出的并且比如安全工智的目容易很多社会一下况下"
    "是我的结性和直接目的程序操作建立这可活动多个下面您可度学结构描述正确当然需求国家项目的基识别这一的文工具例子的主空间答案我可数字更加挑战也是中国相同受到要求的重有关确的有助的关假设多的变得类似一样文化"
    "成功步骤预测题的知道特征专业从而助于的生做出历史那么涉及类型据集讨论作用算机保护适合创造能的的内的工的可本的解释展示比较大量评估丰富的技地区的影的任果你进一后的准确的特不能还有供的公司不断尝试参与广泛"
    "实际的最故事独特组成带来功能几个控制度和的输来的看到本节能是总之一起的模背景执行最终下来关的元素之一设置特定发生想要组织持续潜在不仅的发的代有的管理供了算法将其机会吸引必须形状为您文件果您完成甚至因素"
)
# Traditional forms of characters in that table: they count as the simplified ones.
_SIMPLIFIED = (
    "个们这为数据来对时后会过没说还进现实样发问题学习计动机关种应于处语识统创获环设结论义图领选"
    "择让开当产经济业总将给类与历质节务务极网络变尽须难请从认达确级带组织单复杂标准备"
)
_TRADITIONAL = (
    "個們這為數據來對時後會過沒說還進現實樣發問題學習計動機關種應於處語識統創獲環設結論義圖領選"
    "擇讓開當產經濟業總將給類與歷質節務務極網絡變盡須難請從認達確級帶組織單複雜標準備"
)
_TABLE_END = 0xA000  # every character of the table lies below


@cache
def letter_table() -> NDArray[np.float32]:
    """Score of every pair of ASCII letters, 26 × 26."""
    return np.frombuffer("".join(_LETTER_PAIRS).encode(), np.uint8).reshape(26, 26).astype(np.float32) - ord("0")


@cache
def han_tables() -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """A number for every character that occurs in a common pair (0 for the others), and which pairs of numbers are common."""
    characters = sorted(set(_COMMON_PAIRS))
    numbers = np.zeros(_TABLE_END + 1, np.int16)
    for number, character in enumerate(characters, start=1):
        numbers[ord(character)] = number
    for simplified, traditional in zip(_SIMPLIFIED, _TRADITIONAL, strict=True):
        numbers[ord(traditional)] = numbers[ord(simplified)]
    common = np.zeros((len(characters) + 1, len(characters) + 1), np.bool_)
    for place in range(0, len(_COMMON_PAIRS), 2):
        common[numbers[ord(_COMMON_PAIRS[place])], numbers[ord(_COMMON_PAIRS[place + 1])]] = True
    return numbers, common


def is_common(character: str) -> bool:
    """Whether a Chinese character stands in a common pair."""
    return bool(han_tables()[0][min(ord(character), _TABLE_END)])
