from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions, Item, build_index
from stream_synth.gates.contamination.meaning import save_vectors, vectors_file
from stream_synth.values import Sample
from tests.gates.contamination.fixtures import verdict

ITEMS = (Item("tides", "When does the tide turn at Corran?"), Item("bells", "Who cast the bells of Saint Ebba?"))


class Topics:
    """An embedding model that knows two topics, in two languages."""

    name = "two/topics"
    dim = 2
    words = (("tide", "潮"), ("bell", "钟"))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One dimension a topic."""
        counts = np.array([[float(any(word in text for word in topic)) for topic in self.words] for text in texts], np.float32)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), np.float32)


def indexed(folder: Path) -> ContaminationOptions:
    path = folder / "coast.npz"
    build_index("coast", ITEMS).save(path)
    return ContaminationOptions(benchmarks=(str(path),))


def test_a_translation_is_found_by_a_model_that_understands_it(tmp_path: Path) -> None:
    """The evidence names the item and the cosine."""
    options = indexed(tmp_path)
    save_vectors(vectors_file(tmp_path / "coast.npz", Topics.name), [item.question for item in ITEMS], Topics())
    judge = Contamination(options, GateHome(), Topics())

    found = verdict(judge, Sample("这些钟是谁铸造的？", ""))

    assert (found.reason, found.evidence["item"]) == ("paraphrases_item", "bells")
    assert verdict(judge, Sample("今天天气怎么样？", "")).passed
    assert verdict(Contamination(options, GateHome()), Sample("这些钟是谁铸造的？", "")).passed


def test_an_index_without_vectors_of_the_model_is_a_configuration_error(tmp_path: Path) -> None:
    """With the command that makes them."""
    judge = Contamination(indexed(tmp_path), GateHome(), Topics())

    with pytest.raises(ConfigError, match="evals build --model"):
        judge.measure([Sample("a", "b")])
