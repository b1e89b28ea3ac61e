"""Any local or hub checkpoint that transformers loads for images or videos and text, as a `VideoModel`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, TypeAlias

from videostar import checkpoints
from videostar.config import ModelConfig
from videostar.encoding import Encoded, Encoder, batch
from videostar.errors import OutOfMemoryError
from videostar.looks import Looks, can_look, with_looks
from videostar.models.decoding import answer_tokens
from videostar.models.remembered import Remembered
from videostar.models.roomy import can_join
from videostar.ports import Decoding, Reply, Request

READ_TOGETHER = 32
"""Prompts of about the same length that are read at once: enough to keep a GPU busy, and little padding."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """looks: None for a family that takes pixels only. in_parts: whether prompts can be read in parts and answered together.

    prepared: what the processor made of the last videos, where it has a part for videos.
    """

    model: Any
    encoder: Encoder
    context: int | None
    looks: Looks | None
    in_parts: bool
    prepared: Remembered | None

    def forget_clips(self) -> None:
        """Let go of what was made of clips."""
        if self.looks is not None:
            self.looks.clear()
        if self.prepared is not None:
            self.prepared.clear()


_Part: TypeAlias = Sequence[tuple[Request, Encoded]]


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
            parts = _parts(encoded, group, loaded.in_parts)
            answers = iter(self._generate(loaded, [[(requests[index], encoded[index]) for index in part] for part in parts], decoding))
            for index in chain.from_iterable(parts):
                replies[index] = [_reply(loaded.encoder, next(answers), encoded[index].visual_tokens) for _ in requests[index].seeds]
        return replies

    def say(self, request: Request, decoding: Decoding, hear: Callable[[str], None]) -> Reply:
        """Answer one request for its first seed, handing over every piece of text as it comes; together they are the reply's text."""
        loaded = self._load()
        row = _encoded(loaded, request, decoding.max_new_tokens)
        if row is None:
            return Reply("", "error", 0)
        spoken = _Spoken(loaded.encoder, hear)
        first = replace(request, seeds=request.seeds[:1])
        tokens = self._generate(loaded, [[(first, row)]], decoding, spoken.so_far)[0]
        reply = _reply(loaded.encoder, tokens, row.visual_tokens)
        spoken.rest(reply.text)
        return reply

    def forget_clips(self) -> None:
        """Let go of what was made of clips: the next question about one prepares and looks at it anew."""
        if self._loaded is not None:
            self._loaded.forget_clips()

    def close(self) -> None:
        """Free the memory; the next `answer` loads again."""
        self._loaded = None
        checkpoints.free_memory()

    def _load(self) -> _Loaded:
        if self._loaded is None:
            processor = checkpoints.load_processor(self._name, self._config.trust_remote_code)
            model = checkpoints.load_model(self._name, self._config.dtype, self._config.trust_remote_code)
            ends = checkpoints.end_token_ids(processor, model)
            prepared = Remembered(processor.video_processor) if getattr(processor, "video_processor", None) is not None else None
            if prepared is not None:
                processor.video_processor = prepared
            checkpoints.forget_sampling(model)
            looks = Looks() if can_look(model) else None
            self._loaded = _Loaded(model, Encoder(processor, ends), checkpoints.context_length(model), looks, can_join(model), prepared)
        return self._loaded

    def _generate(
        self, loaded: _Loaded, parts: Sequence[_Part], decoding: Decoding, hear: Callable[[Sequence[int]], None] | None = None
    ) -> list[list[int]]:
        seeds = [[request.seeds for request, _ in part] for part in parts]
        try:
            return answer_tokens(loaded.model, _inputs(loaded, parts), seeds, decoding, loaded.encoder.end_token_ids, hear)
        except (RuntimeError, MemoryError) as error:
            if not checkpoints.is_out_of_memory(error):
                raise
            message = str(error)
        # Outside the except block: while the error lives, its traceback holds the tensors that filled the memory.
        loaded.forget_clips()
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
    row = loaded.encoder.prompt(request.messages, request.frames, request.start)
    return None if loaded.context is not None and row.length + max_new_tokens > loaded.context else row


def _parts(encoded: dict[int, Encoded], group: Sequence[int], in_parts: bool) -> list[list[int]]:
    """The group's indices, the shorter prompts first, in parts that are read together."""
    if not in_parts:
        return [list(group)]
    ordered = sorted(group, key=lambda index: encoded[index].length)
    return [ordered[start : start + READ_TOGETHER] for start in range(0, len(ordered), READ_TOGETHER)]


def _inputs(loaded: _Loaded, parts: Sequence[_Part]) -> Iterator[dict[str, Any]]:
    """What `generate` takes for each part; every clip is looked at before the first, so that no limit on what is kept matters."""
    padding = loaded.encoder.pad_token_id
    if loaded.looks is None:
        for part in parts:
            tensors = batch([row for _, row in part], padding, "left")
            yield {name: tensor.to(loaded.model.device) for name, tensor in tensors.items()}
        return
    named = [(_name_of_frames(request), row) for part in parts for request, row in part]
    looks = iter(loaded.looks.of(loaded.model, named))
    for part in parts:
        yield with_looks(loaded.model, [row for _, row in part], list(islice(looks, len(part))), padding)


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
