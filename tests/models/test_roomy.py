"""A cache with room holds what the library's own would hold."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor
from transformers import Qwen2_5_VLConfig
from transformers.cache_utils import DynamicCache, DynamicLayer

from videostar.models.roomy import ROOM, can_join, joined


def _states(rows: int, tokens: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    keys, values = torch.randn(2, rows, 3, tokens, 4, generator=torch.Generator().manual_seed(seed))
    return keys, values


def _cache(rows: int, tokens: int, seed: int) -> DynamicCache:
    cache = DynamicCache()
    for layer in range(2):
        cache.update(*_states(rows, tokens, seed + layer), layer)
    return cache


def test_prompts_of_several_lengths_stand_at_the_right_behind_zeros() -> None:
    first, second = _cache(2, 5, 10), _cache(3, 9, 20)
    (keys, values), (others, other_values) = _states(2, 5, 11), _states(3, 9, 21)
    one = joined([first, second], [[0, 0, 1], [2, 0]])
    assert one.get_seq_length() == 9
    layer = one.layers[1]
    assert layer.keys is not None
    assert layer.values is not None
    assert torch.equal(layer.keys[:3, :, 4:], keys[[0, 0, 1]])
    assert torch.equal(layer.values[:3, :, 4:], values[[0, 0, 1]])
    assert not layer.keys[:3, :, :4].any()
    assert torch.equal(layer.keys[3:], others[[2, 0]])
    assert torch.equal(layer.values[3:], other_values[[2, 0]])


@pytest.mark.parametrize("selected", [[0, 1, 2, 3, 4], [0, 4, 2], [4, 3], [2]])
def test_tokens_and_rows_come_and_go_as_in_the_librarys_cache(selected: list[int]) -> None:
    """Also beyond the room that was taken at first, twice."""
    ours, theirs = joined([_cache(5, 7, 1)], [range(5)]).layers[0], DynamicLayer()
    theirs.update(*_states(5, 7, 1))
    for step in range(2 * ROOM + 3):
        if step == 2:
            for layer in (ours, theirs):
                layer.batch_select_indices(torch.tensor(selected))
        new = _states(5 if step < 2 else len(selected), 1, step)
        for mine, other in zip(ours.update(*new), theirs.update(*new), strict=True):
            assert torch.equal(mine, other)
    assert ours.get_mask_sizes(1) == theirs.get_mask_sizes(1)


@pytest.mark.parametrize("sliding", [False, True])
def test_layers_that_forget_are_left_to_the_library(sliding: bool) -> None:
    text = {"num_hidden_layers": 2, "use_sliding_window": sliding, "sliding_window": 16, "max_window_layers": 1}
    assert can_join(SimpleNamespace(config=Qwen2_5_VLConfig(text_config=text))) is not sliding
