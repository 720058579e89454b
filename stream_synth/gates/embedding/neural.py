"""Any sentence-transformers model, and the bundled one in their form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.embedding.embedder import of_unit_length, readable
from stream_synth.gates.embedding.static import Bundled
from stream_synth.gates.embedding.words import TOKENIZER

if TYPE_CHECKING:  # torch takes seconds to import
    from sentence_transformers import SentenceTransformer

_BATCH = 64  # texts in one pass; sentence-transformers sorts a call's texts by length, so passes hold texts of one length


class SentenceTransformers:
    """A model by its hub id or folder, on a GPU where there is one."""

    def __init__(self, model: str, device: str | None = None) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # imports torch: 7 s

        try:
            self._model = SentenceTransformer(model, device=device)
        except (OSError, ValueError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ConfigError(f"embedding model {model!r} cannot be loaded: {first}; name a hub id, a folder, or bundled") from error
        self.name = model
        self.dim = int(self._model.encode(["a"], show_progress_bar=False).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`. Blank texts become zeros, whatever the model makes of them."""
        read = [readable(text) for text in texts]
        if not read:
            return np.zeros((0, self.dim), np.float32)
        vectors = np.asarray(self._model.encode(read, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True), np.float32)
        vectors[[place for place, text in enumerate(read) if not text.strip()]] = 0
        return of_unit_length(vectors)

    def unread(self, texts: Sequence[str]) -> float:
        """See `HasVocabulary`; 0 for vocabularies of bytes or without a token for the unknown."""
        tokenizer: Any = self._model.tokenizer
        unknown = getattr(tokenizer, "unk_token_id", None)
        if unknown is None:
            return 0.0
        tokens = [token for text in texts for token in tokenizer(readable(text), add_special_tokens=False)["input_ids"]]
        return tokens.count(unknown) / max(1, len(tokens))


def bundled_sentence_transformer() -> SentenceTransformer:
    """The bundled model as a sentence-transformers `StaticEmbedding`: to save, train or use elsewhere.

    Its vectors are those of `Bundled` but for their length and a few Chinese words that its tokeniser segments another way.
    """
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    module = StaticEmbedding(Tokenizer.from_file(str(TOKENIZER)), embedding_weights=torch.from_numpy(Bundled().table))
    return SentenceTransformer(modules=[module], device="cpu")
