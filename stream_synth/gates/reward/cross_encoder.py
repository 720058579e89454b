"""A sequence-classification model on this machine: a cross-encoder of one number for prompt and answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.scoring import Score, answer_of
from stream_synth.values import Sample

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class LocalCrossEncoder:
    """Loaded at the first batch, on the GPU where there is one. Raw logits, so that nothing saturates."""

    bounds = None

    def __init__(self, model: str, batch_size: int, max_tokens: int) -> None:
        self.name = f"cross_encoder:{model}"
        self._path = model
        self._batch_size = batch_size
        self._max_tokens = max_tokens

    def scores(self, batch: Sequence[Sample]) -> list[Score]:
        """One score for each sample; a number that is none comes back as the reason `not_a_number`."""
        if not batch:
            return []
        pairs = [(_clean(sample.prompt), _clean(answer_of(sample))) for sample in batch]
        raw = self._predicted(pairs)
        return [Score(one) if math.isfinite(one) else Score(None, "not_a_number") for one in raw]

    def _predicted(self, pairs: list[tuple[str, str]]) -> list[float]:
        from torch import nn  # noqa: PLC0415  # a second to import, and only this scorer wants it

        predicted: Any = self._model.predict(pairs, batch_size=self._batch_size, activation_fn=nn.Identity(), show_progress_bar=False)
        return [float(one) for one in predicted.reshape(len(pairs), -1)[:, 0]]

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder  # noqa: PLC0415  # the same

        try:
            model: CrossEncoder = CrossEncoder(self._path, max_length=self._max_tokens)
        except (OSError, ValueError) as error:
            raise ConfigError(f"reward.model {self._path} cannot be loaded: {str(error).splitlines()[0]}") from error
        labels = model.num_labels
        if labels != 1:
            raise ConfigError(f"reward.model {self._path} gives {labels} numbers a row; a scorer gives one")
        return model


def _clean(text: str) -> str:
    """Without what a tokeniser refuses: lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")
