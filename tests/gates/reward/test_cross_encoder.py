from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.values import Sample


def tiny_model(directory: Path, labels: int = 1) -> str:
    """A BERT of two layers and ten words with random weights, on disk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own deprecations
        from transformers import BertConfig, BertForSequenceClassification  # noqa: PLC0415  # seconds to import
        from transformers.models.bert.tokenization_bert import BertTokenizer  # noqa: PLC0415  # the same

        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "paris", "rome", "巴", "黎", "罗"]
        sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
        config = BertConfig.from_dict({"vocab_size": len(words), "num_labels": labels, **sizes})
        BertForSequenceClassification(config).save_pretrained(directory)
        BertTokenizer(vocab={word: place for place, word in enumerate(words)}).save_pretrained(directory)
    return str(directory)


@pytest.mark.filterwarnings("ignore")
def test_a_model_on_disk_scores_rows_in_batches(tmp_path: Path) -> None:
    """One raw logit and one score in 0..1 each; strange texts included."""
    gate = Reward(RewardOptions(scorer="cross_encoder", model=tiny_model(tmp_path), batch_size=2, max_tokens=32), GateHome())
    rows = [Sample("paris", "rome"), Sample("巴黎", "罗"), Sample("", ""), Sample("\ud800", "\x00"), Sample("rome " * 500, "paris")]

    verdicts = gate.measure(rows)

    assert all(verdict is not None and verdict.score is not None and 0 < verdict.score < 1 for verdict in verdicts)
    assert not gate.consults


@pytest.mark.filterwarnings("ignore")
def test_a_classifier_of_several_classes_is_no_scorer(tmp_path: Path) -> None:
    """The message says what it gives."""
    gate = Reward(RewardOptions(scorer="cross_encoder", model=tiny_model(tmp_path, labels=3)), GateHome())

    with pytest.raises(ConfigError, match="gives 3 numbers"):
        gate.measure([Sample("paris", "rome")])
