"""Diversity of accepted rows, while they are accepted: what is measured, in bounded memory, and when it falls away.

Everything works on token hashes that the caller makes once: this part knows no language and reads no file.
"""

from stream_synth.metrics.cardinality import Cardinality
from stream_synth.metrics.collapse import MIN_DROP, Collapse, CollapseAlarm
from stream_synth.metrics.compression import compression_ratio
from stream_synth.metrics.diversity import WINDOW, Diversity, Figure, read_characters
from stream_synth.metrics.features import HashedFeatures
from stream_synth.metrics.ngrams import NgramFigures, ngram_figures
from stream_synth.metrics.self_bleu import Reservoir, self_bleu
from stream_synth.metrics.tokens import Tokens, joined, ngrams
from stream_synth.metrics.topics import Topics, coverage, entropy_bits, in_effect
from stream_synth.metrics.vendi import RunningCovariance, unit, vendi_score

__all__ = [
    "MIN_DROP",
    "WINDOW",
    "Cardinality",
    "Collapse",
    "CollapseAlarm",
    "Diversity",
    "Figure",
    "HashedFeatures",
    "NgramFigures",
    "Reservoir",
    "RunningCovariance",
    "Tokens",
    "Topics",
    "compression_ratio",
    "coverage",
    "entropy_bits",
    "in_effect",
    "joined",
    "ngram_figures",
    "ngrams",
    "read_characters",
    "self_bleu",
    "unit",
    "vendi_score",
]
