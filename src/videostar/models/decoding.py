"""Draws answers: the prompt is read once whatever the number of candidates, and a candidate's noise comes from its own seed.

Runs as the decoding loop of transformers' `generate`, which prepares the inputs of every model family; the library's own sampling
draws all rows from one global generator, so that a row's text would hang on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from videostar.ports import Decoding

PER_TOKEN = ("attention_mask", "token_type_ids", "mm_token_type_ids")


def answer_tokens(
    model: Any,
    inputs: Mapping[str, Any],
    seeds: Sequence[Sequence[int]],
    decoding: Decoding,
    end_token_ids: Collection[int],
    hear: Callable[[Sequence[int]], None] | None = None,
) -> list[list[int]]:
    """Generated tokens of every candidate, flat, in the order of the seeds; the end token, where one came, is the last.

    inputs: a left-padded batch (B, L) and what belongs to its frames. seeds: B sequences, one candidate for each seed.
    hear: given the first candidate's tokens so far, after each one.
    """
    parents = [row for row, row_seeds in enumerate(seeds) for _ in row_seeds]
    flat_seeds = [seed for row_seeds in seeds for seed in row_seeds]

    def loop(model: Any, input_ids: Tensor, **state: Any) -> list[list[int]]:
        for unused in ("logits_processor", "stopping_criteria", "generation_config"):
            del state[unused]
        candidates = _Candidates(flat_seeds, decoding, frozenset(end_token_ids), input_ids.device)
        outputs = model(**model.prepare_inputs_for_generation(input_ids, is_first_iteration=True, **state), return_dict=True)
        rows = parents
        while True:
            state = model._update_model_kwargs_for_generation(outputs, state)
            logits = outputs.logits[:, -1].float()
            if rows != list(range(len(input_ids))):
                input_ids, logits = input_ids[rows], logits[rows]
                _select(state, rows)
            tokens = candidates.draw(logits)
            if hear is not None:
                hear(candidates.tokens[0])
            if candidates.all_done:
                return candidates.tokens
            input_ids = torch.cat([input_ids, tokens[:, None]], dim=1)
            outputs = model(**model.prepare_inputs_for_generation(input_ids, next_sequence_length=1, **state), return_dict=True)
            rows = candidates.keep()

    with torch.inference_mode():
        generated: list[list[int]] = model.generate(**inputs, custom_generate=loop, max_new_tokens=decoding.max_new_tokens)
    return generated


class _Candidates:
    """The answers being drawn; `_live` maps rows of the running batch to candidates."""

    def __init__(self, seeds: Sequence[int], decoding: Decoding, end_token_ids: frozenset[int], device: torch.device) -> None:
        self.tokens: list[list[int]] = [[] for _ in seeds]
        self._decoding = decoding
        self._end_token_ids = end_token_ids
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self._live = list(range(len(seeds)))

    @property
    def all_done(self) -> bool:
        return all(self._is_done(candidate) for candidate in self._live)

    def draw(self, logits: Tensor) -> Tensor:
        """The next token (R,) of every row of the batch, from logits (R, V)."""
        generators = [self._generators[candidate] for candidate in self._live]
        drawn = pick(logits, self._decoding.temperature, self._decoding.top_p, generators)
        for candidate, token in zip(self._live, drawn.tolist(), strict=True):
            if not self._is_done(candidate):
                self.tokens[candidate].append(token)
        return drawn

    def keep(self) -> list[int]:
        """Rows to go on with: all of them until a quarter are done, so that the memory is not moved once more at every step."""
        rows = [row for row, candidate in enumerate(self._live) if not self._is_done(candidate)]
        if 4 * len(rows) > 3 * len(self._live):
            return list(range(len(self._live)))
        self._live = [self._live[row] for row in rows]
        return rows

    def _is_done(self, candidate: int) -> bool:
        tokens = self.tokens[candidate]
        return len(tokens) >= self._decoding.max_new_tokens or bool(tokens and tokens[-1] in self._end_token_ids)


def pick(logits: Tensor, temperature: float, top_p: float, generators: Sequence[torch.Generator]) -> Tensor:
    """One token id per row, (R,) from logits (R, V) float32. Temperature 0 takes the likeliest; else Gumbel noise decides,
    which draws from softmax(logits / temperature) cut to the smallest set that holds `top_p` of the probability.
    """
    if temperature == 0:
        return logits.argmax(dim=-1)
    scores = torch.log_softmax(logits / temperature, dim=-1)
    if top_p < 1:
        scores = _nucleus(scores, top_p)
    waits = torch.stack([torch.empty(scores.shape[1], device=scores.device).exponential_(generator=generator) for generator in generators])
    return (scores - waits.log()).argmax(dim=-1)


def _nucleus(scores: Tensor, top_p: float) -> Tensor:
    ordered, order = scores.sort(dim=-1, descending=True)
    before = ordered.exp().cumsum(dim=-1) - ordered.exp()
    outside = (before >= top_p).scatter(-1, order, before >= top_p)
    return scores.masked_fill(outside, -torch.inf)


def _select(state: dict[str, Any], rows: Sequence[int]) -> None:
    """Make the running batch consist of these rows; a row may come several times."""
    for name in PER_TOKEN:
        if state.get(name) is not None:
            state[name] = state[name][rows]
    positions = state.get("position_ids")
    if positions is not None:  # (B, L), or (axes, B, L) where positions have several axes
        state["position_ids"] = positions[:, rows] if positions.ndim == 3 else positions[rows]
    cache = state["past_key_values"]
    cache.batch_select_indices(torch.tensor(rows))
