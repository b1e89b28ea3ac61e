"""Draws answers: the prompt is read once whatever the number of candidates, and a candidate's noise comes from its own seed.

Prompts are read as the first step of transformers' `generate`, which prepares the inputs of every model family. The steps after that
are taken here: the library's own sampling draws all rows from one global generator, so that a row's text would hang on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from videostar.models.roomy import can_join, joined
from videostar.ports import Decoding

PER_TOKEN = ("attention_mask", "token_type_ids", "mm_token_type_ids")


class _Read(NamedTuple):
    """What is known after reading a part: scores of the next token (B, V) and what the model is called with from there."""

    logits: Tensor
    state: dict[str, Any]


def answer_tokens(
    model: Any,
    parts: Iterable[Mapping[str, Any]],
    seeds: Sequence[Sequence[Sequence[int]]],
    decoding: Decoding,
    end_token_ids: Collection[int],
    hear: Callable[[Sequence[int]], None] | None = None,
) -> list[list[int]]:
    """Generated tokens of every candidate, flat, in the order of the seeds; the end token, where one came, is the last.

    parts: left-padded batches (B, L), each with what belongs to its frames; they are read one after the other and answered together.
    More than one for a model that `can_join` only. seeds: of each part B sequences, one candidate for each seed.
    hear: given the first candidate's tokens so far, after each one.
    """
    parents = [[row for row, row_seeds in enumerate(part) for _ in row_seeds] for part in seeds]
    candidates = [seed for part in seeds for row_seeds in part for seed in row_seeds]
    with torch.inference_mode():
        read = [model.generate(**part, custom_generate=_read, max_new_tokens=decoding.max_new_tokens) for part in parts]
        logits, state = _together(model, read, parents)
        drawn = _Candidates(candidates, decoding, frozenset(end_token_ids), logits.device)
        while True:
            tokens = drawn.draw(logits)
            if hear is not None:
                hear(drawn.tokens[0])
            rows = drawn.keep()
            if not rows:
                return drawn.tokens
            if len(rows) < len(tokens):
                tokens = tokens[rows]
                _select(state, rows)
            step = model.prepare_inputs_for_generation(tokens[:, None], next_sequence_length=1, **state)
            outputs = model(**step, return_dict=True)
            state = model._update_model_kwargs_for_generation(outputs, state)
            logits = outputs.logits[:, -1].float()


def _read(model: Any, input_ids: Tensor, **state: Any) -> _Read:
    """The prompts of one part, read; called by `generate`."""
    for unused in ("logits_processor", "stopping_criteria", "generation_config"):
        del state[unused]
    outputs = model(**model.prepare_inputs_for_generation(input_ids, is_first_iteration=True, **state), return_dict=True)
    return _Read(outputs.logits[:, -1].float(), _for_next_tokens(model._update_model_kwargs_for_generation(outputs, state)))


def _for_next_tokens(state: dict[str, Any]) -> dict[str, Any]:
    """Without what only the prompt needs: frames, and the places of tokens before the last."""
    wanted = (*PER_TOKEN, "position_ids", "past_key_values")
    kept = {name: value for name, value in state.items() if name in wanted or not isinstance(value, Tensor | dict)}
    if kept.get("position_ids") is not None:
        kept["position_ids"] = kept["position_ids"][..., -1:]
    return kept


def _together(model: Any, read: Sequence[_Read], parents: Sequence[Sequence[int]]) -> _Read:
    """One batch with a row for each candidate, of the parts' rows that `parents` names."""
    state = dict(read[0].state)
    logits = torch.cat([part.logits[list(rows)] for part, rows in zip(read, parents, strict=True)])
    if len(read) == 1 and not can_join(model):
        _select(state, parents[0])
        return _Read(logits, state)
    lengths = [part.state["past_key_values"].get_seq_length() + 1 for part in read]  # with the token that comes next
    if len(set(lengths)) > 1 or any(part.state.get("attention_mask") is not None for part in read):
        for part, length in zip(read, lengths, strict=True):  # the library leaves out a mask that hides nothing
            if part.state.get("attention_mask") is None:
                part.state["attention_mask"] = torch.ones(len(part.logits), length, dtype=torch.long, device=logits.device)
        state["attention_mask"] = read[0].state["attention_mask"]
    for name in PER_TOKEN:
        if state.get(name) is not None:
            padded = [
                torch.nn.functional.pad(tensor, (max(lengths) - tensor.shape[1], 0))[list(rows)]
                for tensor, rows in zip((part.state[name] for part in read), parents, strict=True)
            ]
            state[name] = torch.cat(padded)
    if state.get("position_ids") is not None:
        places = [part.state["position_ids"] for part in read]
        state["position_ids"] = torch.cat([_of_rows(tensor, rows) for tensor, rows in zip(places, parents, strict=True)], dim=-2)
    state["past_key_values"] = joined([part.state["past_key_values"] for part in read], parents)
    return _Read(logits, state)


class _Candidates:
    """The answers being drawn; `_live` maps rows of the running batch to candidates."""

    def __init__(self, seeds: Sequence[int], decoding: Decoding, end_token_ids: frozenset[int], device: torch.device) -> None:
        self.tokens: list[list[int]] = [[] for _ in seeds]
        self._decoding = decoding
        self._end_token_ids = end_token_ids
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self._live = list(range(len(seeds)))

    def draw(self, logits: Tensor) -> Tensor:
        """The next token (R,) of every row of the batch, from logits (R, V)."""
        generators = [self._generators[candidate] for candidate in self._live]
        drawn = pick(logits, self._decoding.temperature, self._decoding.top_p, generators)
        for candidate, token in zip(self._live, drawn.tolist(), strict=True):
            if not self._is_done(candidate):
                self.tokens[candidate].append(token)
        return drawn

    def keep(self) -> list[int]:
        """Rows to go on with, none when all are done: all of them until an eighth are done, so that memory is not moved at every step.

        Then the last rows fill the gaps, so that few are moved.
        """
        live = [row for row, candidate in enumerate(self._live) if not self._is_done(candidate)]
        if live and 8 * len(live) > 7 * len(self._live):
            return list(range(len(self._live)))
        staying = [row for row in live if row < len(live)]
        fillers = iter(live[len(staying) :])
        still = set(staying)
        rows = [row if row in still else next(fillers) for row in range(len(live))]
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
    """Make the running batch consist of these rows; where the cache is the library's own, a row may come several times."""
    for name in PER_TOKEN:
        if state.get(name) is not None:
            state[name] = state[name][list(rows)]
    if state.get("position_ids") is not None:
        state["position_ids"] = _of_rows(state["position_ids"], rows)
    state["past_key_values"].batch_select_indices(torch.tensor(rows))


def _of_rows(positions: Tensor, rows: Sequence[int]) -> Tensor:
    """Of (B, L), or (axes, B, L) where positions have several axes."""
    return positions[..., list(rows), :]
