"""Any local or hub checkpoint that transformers loads for images or videos and text, as a `VideoModel`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from videostar import checkpoints
from videostar.config import ModelConfig
from videostar.encoding import Encoded, Encoder, batch
from videostar.errors import OutOfMemoryError
from videostar.models.decoding import answer_tokens
from videostar.models.looks import Looks, can_look
from videostar.models.remembered import Remembered
from videostar.ports import Decoding, Reply, Request


@dataclass(frozen=True, slots=True)
class _Loaded:
    """looks: None for a family that takes pixels only."""

    model: Any
    encoder: Encoder
    context: int | None
    looks: Looks | None


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
        for group in _that_share_a_batch(encoded, loaded.looks is not None):
            seeds = [requests[index].seeds for index in group]
            rows = [(_name_of_frames(requests[index]), encoded[index]) for index in group]
            answers = iter(self._generate(loaded, rows, seeds, decoding))
            for index in group:
                replies[index] = [_reply(loaded.encoder, next(answers), encoded[index].visual_tokens) for _ in requests[index].seeds]
        return replies

    def say(self, request: Request, decoding: Decoding, hear: Callable[[str], None]) -> Reply:
        """Answer one request for its first seed, handing over every piece of text as it comes; together they are the reply's text."""
        loaded = self._load()
        row = _encoded(loaded, request, decoding.max_new_tokens)
        if row is None:
            return Reply("", "error", 0)
        spoken = _Spoken(loaded.encoder, hear)
        tokens = self._generate(loaded, [(_name_of_frames(request), row)], [request.seeds[:1]], decoding, spoken.so_far)[0]
        reply = _reply(loaded.encoder, tokens, row.visual_tokens)
        spoken.rest(reply.text)
        return reply

    def close(self) -> None:
        """Free the memory; the next `answer` loads again."""
        self._loaded = None
        checkpoints.free_memory()

    def _load(self) -> _Loaded:
        if self._loaded is None:
            processor = checkpoints.load_processor(self._name, self._config.trust_remote_code)
            model = checkpoints.load_model(self._name, self._config.dtype, self._config.trust_remote_code)
            ends = checkpoints.end_token_ids(processor, model)
            if getattr(processor, "video_processor", None) is not None:
                processor.video_processor = Remembered(processor.video_processor)
            checkpoints.forget_sampling(model)
            looks = Looks() if can_look(model) else None
            self._loaded = _Loaded(model, Encoder(processor, ends), checkpoints.context_length(model), looks)
        return self._loaded

    def _generate(
        self,
        loaded: _Loaded,
        rows: Sequence[tuple[str, Encoded]],
        seeds: Sequence[Sequence[int]],
        decoding: Decoding,
        hear: Callable[[Sequence[int]], None] | None = None,
    ) -> list[list[int]]:
        try:
            return answer_tokens(loaded.model, _inputs(loaded, rows), seeds, decoding, loaded.encoder.end_token_ids, hear)
        except (RuntimeError, MemoryError) as error:
            if not checkpoints.is_out_of_memory(error):
                raise
            message = str(error)
        # Outside the except block: while the error lives, its traceback holds the tensors that filled the memory.
        if loaded.looks is not None:
            loaded.looks.clear()
        checkpoints.free_memory()
        raise OutOfMemoryError(message)


class _Spoken:
    """Turns tokens into pieces of text; a character whose last bytes are still to come waits for them."""

    def __init__(self, encoder: Encoder, hear: Callable[[str], None]) -> None:
        self._encoder = encoder
        self._hear = hear
        self._said = ""

    def so_far(self, tokens: Sequence[int]) -> None:
        """All tokens up to now."""
        text = self._encoder.text(tokens)
        if not text.endswith("\ufffd"):
            self.rest(text)

    def rest(self, text: str) -> None:
        """All text up to now."""
        if text.startswith(self._said) and text != self._said:
            self._hear(text[len(self._said) :])
            self._said = text


def _encoded(loaded: _Loaded, request: Request, max_new_tokens: int) -> Encoded | None:
    """None where prompt and answer do not fit the context together."""
    row = loaded.encoder.prompt(request.messages, request.frames)
    return None if loaded.context is not None and row.length + max_new_tokens > loaded.context else row


def _inputs(loaded: _Loaded, rows: Sequence[tuple[str, Encoded]]) -> dict[str, Any]:
    """What `generate` takes for rows of (name of the frames, encoded)."""
    if loaded.looks is not None:
        return loaded.looks.inputs(loaded.model, rows, loaded.encoder.pad_token_id)
    tensors = batch([row for _, row in rows], loaded.encoder.pad_token_id, "left")
    return {name: tensor.to(loaded.model.device) for name, tensor in tensors.items()}


def _name_of_frames(request: Request) -> str:
    """What equal frames have in common; "" where that is not known."""
    return "" if request.frames is None else request.frames.record.sha256


def _that_share_a_batch(encoded: dict[int, Encoded], any_frames: bool) -> list[list[int]]:
    """Indices in groups that can be answered together: all, or those whose frames can be concatenated; rows without go with any."""
    if any_frames:
        return [list(encoded)] if encoded else []
    groups: dict[object, list[int]] = {}
    for index, row in encoded.items():
        groups.setdefault(row.visual_shape, []).append(index)
    text_only = groups.pop((), [])
    if not groups:
        return [text_only] if text_only else []
    first, *others = groups.values()
    return [sorted(first + text_only), *others]


def _reply(encoder: Encoder, tokens: list[int], visual_tokens: int) -> Reply:
    return Reply(encoder.text(tokens), "stop" if tokens[-1] in encoder.end_token_ids else "length", len(tokens), visual_tokens)
