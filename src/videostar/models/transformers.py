"""Any local or hub checkpoint that transformers loads for images or videos and text, as a `VideoModel`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from videostar import checkpoints
from videostar.config import ModelConfig
from videostar.encoding import Encoded, Encoder, batch
from videostar.errors import OutOfMemoryError
from videostar.models.decoding import answer_tokens
from videostar.ports import Decoding, Reply, Request


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: Any
    encoder: Encoder
    context: int | None


class TransformersModel:
    """Answers with a checkpoint, loaded at the first question.

    name: folder or hub name. config: dtype of the weights on a GPU (a CPU computes in float32), and whether its code is trusted.
    """

    def __init__(self, name: str, config: ModelConfig) -> None:
        self._name = name
        self._config = config
        self._loaded: _Loaded | None = None

    @property
    def name(self) -> str:
        """The checkpoint as it was named."""
        return self._name

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        """One batch: for each request, one reply per seed. A question that does not fit the context gets "error" replies."""
        loaded = self._load()
        replies: list[list[Reply]] = [[Reply("", "error", 0) for _ in request.seeds] for request in requests]
        encoded = {
            index: row for index, request in enumerate(requests) if (row := _encoded(loaded, request, decoding.max_new_tokens)) is not None
        }
        for group in _that_share_a_batch(encoded):
            seeds = [requests[index].seeds for index in group]
            answers = iter(self._generate(loaded, [encoded[index] for index in group], seeds, decoding))
            for index in group:
                replies[index] = [_reply(loaded.encoder, next(answers)) for _ in requests[index].seeds]
        return replies

    def close(self) -> None:
        """Free the memory; the next `answer` loads again."""
        self._loaded = None
        checkpoints.free_memory()

    def _load(self) -> _Loaded:
        if self._loaded is None:
            processor = checkpoints.load_processor(self._name, self._config.trust_remote_code)
            model = checkpoints.load_model(self._name, self._config.dtype, self._config.trust_remote_code)
            ends = checkpoints.end_token_ids(processor, model)
            checkpoints.forget_sampling(model)
            self._loaded = _Loaded(model, Encoder(processor, ends), checkpoints.context_length(model))
        return self._loaded

    def _generate(self, loaded: _Loaded, rows: Sequence[Encoded], seeds: Sequence[Sequence[int]], decoding: Decoding) -> list[list[int]]:
        encoder = loaded.encoder
        try:
            inputs = {name: tensor.to(loaded.model.device) for name, tensor in batch(rows, encoder.pad_token_id, "left").items()}
            return answer_tokens(loaded.model, inputs, seeds, decoding, encoder.end_token_ids)
        except (RuntimeError, MemoryError) as error:
            if not checkpoints.is_out_of_memory(error):
                raise
            message = str(error)
        # Outside the except block: while the error lives, its traceback holds the tensors that filled the memory.
        checkpoints.free_memory()
        raise OutOfMemoryError(message)


def _encoded(loaded: _Loaded, request: Request, max_new_tokens: int) -> Encoded | None:
    """None where prompt and answer do not fit the context together."""
    row = loaded.encoder.prompt(request.messages, request.frames)
    return None if loaded.context is not None and row.length + max_new_tokens > loaded.context else row


def _that_share_a_batch(encoded: dict[int, Encoded]) -> list[list[int]]:
    """Indices in groups whose frames can be concatenated; rows without frames go with any."""
    groups: dict[object, list[int]] = {}
    for index, row in encoded.items():
        groups.setdefault(row.visual_shape, []).append(index)
    text_only = groups.pop((), [])
    if not groups:
        return [text_only] if text_only else []
    first, *others = groups.values()
    return [sorted(first + text_only), *others]


def _reply(encoder: Encoder, tokens: list[int]) -> Reply:
    return Reply(encoder.text(tokens), "stop" if tokens[-1] in encoder.end_token_ids else "length", len(tokens))
