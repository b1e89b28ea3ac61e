"""An embedding model behind a server that speaks the OpenAI embeddings protocol."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from videostar.config import EmbedderConfig
from videostar.models.endpoint import Endpoint
from videostar.models.unit_rows import unit_rows

MOST_REPLY_BYTES = 16 << 20


class EmbeddingServer:
    """A `ports.Embedder`. wait_seconds: before the first retry; doubled before each further one."""

    def __init__(self, settings: EmbedderConfig, wait_seconds: float = 0.5) -> None:
        self._model = settings.model or ""
        self._embeddings = Endpoint(settings, "embeddings", MOST_REPLY_BYTES, wait_seconds)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """One call for all texts; None where the reply is not one vector for each of them."""
        body = self._embeddings.reply({"model": self._model, "input": list(texts), "encoding_format": "float"})
        return None if body is None else unit_rows(_vectors(body), len(texts))


def _vectors(body: bytes) -> Any:
    """The vectors in the order of the texts, not yet checked."""
    try:
        reply: Any = json.loads(body)
        rows = {row["index"]: row["embedding"] for row in reply["data"]}
        return [rows[index] for index in range(len(reply["data"]))]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
