"""A text encoder in a local Hugging Face folder (BERT, MiniLM, E5, BGE, GTE and their like), on the CPU, one text at a time.

One at a time, so that a text has the same vector whatever it is asked with. Where the folder says how the vectors of the tokens
become one (`1_Pooling/config.json`, as sentence-transformers writes it), that is done; else their mean is taken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from videostar import checkpoints
from videostar.errors import CheckpointError
from videostar.models.unit_rows import unit_rows

POOLING = Path("1_Pooling") / "config.json"
LONGEST_TOKENS = 512


class TextEncoder:
    """A `ports.Embedder`, loaded at the first text. A folder that cannot be used raises `CheckpointError`."""

    def __init__(self, folder: Path) -> None:
        self._name = str(folder)
        self._folder = folder.expanduser()
        self._loaded: tuple[Any, Any, str] | None = None

    @property
    def name(self) -> str:
        """The folder as it was named."""
        return self._name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """The pooled vector of each text."""
        return unit_rows([self._vector(text) for text in texts], len(texts))

    def _vector(self, text: str) -> NDArray[np.float32]:
        if self._loaded is None:
            self._loaded = (*checkpoints.load_text_encoder(str(self._folder)), _pooling(self._folder))
        tokenizer, model, pooling = self._loaded
        longest = min(LONGEST_TOKENS, tokenizer.model_max_length)
        try:
            with torch.inference_mode():
                inputs = tokenizer(text, truncation=True, max_length=longest, return_tensors="pt")
                tokens = model(**inputs).last_hidden_state[0]
        except checkpoints.BROKEN as error:
            raise CheckpointError(f'"{self._folder}" cannot be used as a text encoder: {type(error).__name__}: {error}') from error
        return np.asarray(_POOLED[pooling](tokens).float().numpy())


_POOLED = {
    "mean": lambda tokens: tokens.mean(dim=0),
    "cls": lambda tokens: tokens[0],
    "lasttoken": lambda tokens: tokens[-1],
    "max": lambda tokens: tokens.amax(dim=0),
}


def _pooling(folder: Path) -> str:
    path = folder / POOLING
    if not path.is_file():
        return "mean"
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        chosen = [said["pooling_mode"]] if "pooling_mode" in said else [mode for key, mode in _MODES.items() if said.get(key)]
    except (OSError, ValueError, AttributeError, TypeError):
        raise CheckpointError(f"{path} cannot be read") from None
    if len(chosen) != 1 or chosen[0] not in _POOLED:
        raise CheckpointError(f"{path} asks for {len(chosen)} ways of pooling, {chosen}; known are {', '.join(_POOLED)}, one of them")
    return str(chosen[0])


_MODES = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len",
    "pooling_mode_weightedmean_tokens": "weightedmean",
}
