"""Does a text speak of what a question asks: its numbers, names and rare words."""

from __future__ import annotations

import re

from stream_synth.gates.rules.reading import word_set

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ROUND = frozenset({"10", "20", "50", "100", "1000"})  # they stand in every second calculation
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_STEM = 5  # letters of a word that inflections share
# Words of four letters and more that say nothing of what a question is about.
_EVERYDAY = word_set(
    "about above according account across actually added adds after again against ahead alike almost alone along already also "
    "although altogether always among amount another answer anything applied around arrange asked asks assume available average away "
    "back based because become been before began begin being below best better between both bought bring brings brought buying buys "
    "calculate called came cannot case change choose come comes common compare compared complete consider contain contains correct "
    "corresponding cost costs could counted create current days decided decides describe describes determine difference different "
    "divide divided does doing dollar dollars done down during each early eight either else enough equal equally even evenly ever "
    "every everyone exactly example except explain express extra false feet fewer fifth figure fill find finds first five fold follow "
    "following four fourth fraction free friend friends from full further gave gets getting give given gives goes going gone good "
    "great greater greatest half have having help here high higher himself hold hour hours however hundred identify inch inches "
    "include including increase increased information initially inside instead into itself just keep kept kind know knows large "
    "larger largest last late later least leave leaves left length less level like list little long longer look made main make makes "
    "making many maximum mean means meter meters mile miles minimum minute minutes money month months more most much must name near "
    "need needed needs next nine none normal note number numbers object objects once ones only order original other others over part "
    "particular parts pays people percent person pick piece pieces place placed please point points position possible pound pounds "
    "present previous price probably problem product provide quarter question questions quite rate rather reach real receive received "
    "recently remain remaining remains required rest result right same save says second seconds seen select sell sells sent separate "
    "seven several shall share short should show shown shows side sides similar simplify since single situation size small smaller "
    "smallest sold some someone something spend spends spent stand start started starts state statement statements still stop such "
    "sums suppose sure take taken takes tell tells term terms than that their them then there these they thing things think third "
    "this those though thousand three through time times today together told took total toward tries true turn twelve twenty twice "
    "type under unit units until upon used uses using value values very wait want wanted wants ways week weekend weekly weeks well "
    "were what whatever when where whether which while whole whose will with within without word words work works worth would write "
    "written wrong year years yesterday your "
)
_EVERYDAY_PAIRS = word_set(
    "根据 进行 具有 使用 主要 认为 可能 一般 通过 首先 其次 因此 所以 情况 方面 问题 解释 现象 要求 符合 需要 表示 表明 采用 产生 存在 之间"
)
_FUNCTION_CHARACTERS = frozenset(
    "的一是了不在有和这中为上个我以要他她它时来用们到于出就对会可也能下过说而后多所得之着等都如起小大两从去把好还因由其些那与各你看又或但第此只没问最已并"
    "什么几哪列关正确误选项法属请谁吗呢怎样多少每共分别给让被将向比及且则即应该需者种类里内外前间再很更只总计算题答案"
)


def things(question: str) -> set[str]:
    """Numbers of two digits and more, rare words by their stem, and pairs of Chinese characters that are no function words."""
    found = {word.lower()[:_STEM] for word in _LATIN_WORD.findall(question) if word.lower() not in _EVERYDAY}
    found |= {number for number in _NUMBER.findall(question) if len(number) > 1 and number not in _ROUND}
    return found | {
        run[place : place + 2]
        for run in _HAN_RUN.findall(question)
        for place in range(len(run) - 1)
        if run[place : place + 2] not in _EVERYDAY_PAIRS
        and run[place] not in _FUNCTION_CHARACTERS
        and run[place + 1] not in _FUNCTION_CHARACTERS
    }
