"""What a model remembers of prompts that were read in parts, as one cache with room for the answers.

The library's own cache copies all of it for every new token, and once more whenever answers that are finished leave the batch. Here a
token goes into room that was taken before, and only the rows that fill a gap are moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer

ROOM = 64
"""Tokens that room is taken for at once: what is copied when it is used up falls on as many steps."""


class RoomyLayer(DynamicLayer):  # type: ignore[misc]  # transformers has no types
    """Keys and values (R, H, T, D) of one layer, each a view into memory for more tokens than T and maybe more rows than R."""

    def __init__(self, keys: Tensor, values: Tensor, length: int) -> None:
        """keys, values: (R, H, T + room, D), of which the first `length` tokens are there."""
        super().__init__()
        self.lazy_initialization(keys, values)
        self._held = (keys, values)
        self._show(len(keys), length)

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Write the new tokens' keys and values (R, H, t, D) behind the others, and give all of them."""
        rows, start = len(self.keys), self.get_seq_length()
        end = start + key_states.shape[-2]
        if end > self._held[0].shape[-2]:
            self._held = (_with_room(self.keys, end), _with_room(self.values, end))
        for held, states in zip(self._held, (key_states, value_states), strict=True):
            held[:rows, :, start:end] = states
        self._show(rows, end)
        return self.keys, self.values

    def batch_select_indices(self, indices: Tensor) -> None:
        """Make these rows the batch, in this order; at most as many as there are."""
        places = torch.arange(len(indices), device=indices.device)
        moved = (indices != places).nonzero()[:, 0].to(self.keys.device)
        sources = indices.to(self.keys.device)[moved]
        for tensor in (self.keys, self.values):
            tensor[moved] = tensor[sources]
        self._show(len(indices), self.get_seq_length())

    def _show(self, rows: int, length: int) -> None:
        self.keys, self.values = (held[:rows, :, :length] for held in self._held)


def can_join(model: Any) -> bool:
    """Whether every layer of the model remembers every token, so that what was read in parts can become one batch."""
    return all(type(layer) is DynamicLayer for layer in DynamicCache(config=model.config.get_text_config(decoder=True)).layers)


def joined(caches: Sequence[Cache], rows: Sequence[Sequence[int]]) -> Cache:
    """One cache of rows of several, those that `rows` names of each, a row as often as it is named; the caches are used up.

    Shorter prompts stand at the right, behind zeros.
    """
    return Cache(layers=[_joined_layer(layers, rows) for layers in zip(*(cache.layers for cache in caches), strict=True)])


def _joined_layer(layers: Sequence[DynamicLayer], rows: Sequence[Sequence[int]]) -> RoomyLayer:
    longest, count = max(layer.get_seq_length() for layer in layers), sum(map(len, rows))
    made = []
    for name in ("keys", "values"):
        first = getattr(layers[0], name)
        held = first.new_zeros(count, first.shape[1], longest + ROOM, first.shape[3])
        start = 0
        for layer, named in zip(layers, rows, strict=True):
            part = getattr(layer, name)
            part = part if list(named) == list(range(len(part))) else part[list(named)]
            held[start : start + len(named), :, longest - part.shape[2] : longest] = part
            start += len(named)
            setattr(layer, name, None)
        made.append(held)
    return RoomyLayer(made[0], made[1], longest)


def _with_room(tensor: Tensor, length: int) -> Tensor:
    """A copy (R, H, T, D) in memory for at least `length` tokens."""
    held = tensor.new_empty(*tensor.shape[:2], length + ROOM, tensor.shape[3])
    held[:, :, : tensor.shape[2]] = tensor
    return held
