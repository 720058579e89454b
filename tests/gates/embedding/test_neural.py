from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates.embedding import load_embedder, thresholds
from stream_synth.gates.embedding.neural import bundled_sentence_transformer

TEXTS = ["How do plants make sugar from light?", "植物怎样利用光制造糖？", "", "\ud800"]


@pytest.mark.filterwarnings("ignore")  # of torch and transformers, which this package does not own
def test_a_sentence_transformers_model_on_disk_is_an_embedder(tmp_path: Path) -> None:
    """The bundled model in their form, saved and loaded by its folder, gives the bundled vectors and is calibrated by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bundled_sentence_transformer().save(str(tmp_path / "model"))
        model = load_embedder(str(tmp_path / "model"), "cpu")

    vectors = model.encode(TEXTS)

    assert model.dim == 128
    assert vectors.shape == (4, 128)
    assert vectors.dtype == np.float32
    assert ((vectors * load_embedder("bundled").encode(TEXTS)).sum(axis=1) > [0.95, 0.95, -1, -1]).all()
    assert not vectors[2].any()
    assert all(0.5 < (limit or 0) < 0.9 for limit in thresholds(model).by_language.values())
    with pytest.raises(ConfigError, match="hub id, a folder, or bundled"):
        load_embedder(str(tmp_path / "nothing"), "cpu")
