"""The one place where messages and frames become model inputs: answering and training both go through it.

A conversation is cut at its answers, and every piece is turned into tokens by itself. So what training shows before an answer is,
token for token, what generation shows before giving one. The checkpoint's own processor decides how a video looks in a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from jinja2 import TemplateError
from torch import Tensor

from videostar.errors import CheckpointError
from videostar.types import Message
from videostar.video.frames import Frames

IGNORED = -100


class TooLongError(Exception):
    """A conversation that does not fit; it is left out whole, never cut."""

    def __init__(self, tokens: int, limit: int) -> None:
        self.tokens = tokens
        self.limit = limit
        super().__init__(f"{tokens} tokens where {limit} are allowed")


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """One row of model inputs.

    sequence: int64 tensors (L,) with one value per token: "input_ids", "attention_mask" and what else the family wants.
    labels: (L,) int64, `IGNORED` outside the answers.
    visual: what belongs to the frames; a batch concatenates them on their first axis.
    visual_tokens: how many of the L tokens stand for frames.
    """

    sequence: dict[str, Tensor]
    labels: Tensor
    visual: dict[str, Tensor]
    visual_tokens: int

    @property
    def length(self) -> int:
        """L, visual tokens included."""
        return len(self.labels)

    @property
    def visual_shape(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """What must agree for rows to share a batch: the visual tensors' shapes behind the first axis. () for text-only rows."""
        return tuple((name, tuple(tensor.shape[1:])) for name, tensor in sorted(self.visual.items()))


class _Piece(NamedTuple):
    text: str
    is_answer: bool


class Encoder:
    """Encodes for one checkpoint.

    processor: from `checkpoints.load_processor`.
    end_token_ids: the tokens that end an answer.
    max_length: longest row in tokens; None allows any.
    """

    def __init__(self, processor: Any, end_token_ids: Collection[int], max_length: int | None = None) -> None:
        self.max_length = max_length
        self.pad_token_id = int(processor.tokenizer.pad_token_id)
        self.end_token_ids = frozenset(end_token_ids)
        self._processor = processor
        self._as_video = getattr(processor, "video_processor", None) is not None
        self._placeholder = getattr(processor, "video_token" if self._as_video else "image_token", None)
        self._control_tokens = _control_token_pattern(processor)

    def prompt(self, messages: Sequence[Message], frames: Frames | None, start: str = "") -> Encoded:
        """Inputs up to the point where the next answer starts, or goes on after `start`; the frames stand in the first user turn.

        Raises `TooLongError`, and `CheckpointError` for a chat template that leaves the video out.
        """
        if not messages or messages[-1].role != "user":
            raise ValueError("a prompt ends with a user's message")
        return self._fitting(self._encode(messages, frames, start))

    def conversation(self, messages: Sequence[Message], frames: Frames | None) -> Encoded:
        """Inputs and labels of a whole conversation: the loss is on every answer and its end token, and on nothing else."""
        if not messages or messages[-1].role != "assistant":
            raise ValueError("a conversation to train on ends with an answer")
        return self._fitting(self._encode(messages, frames))

    def nothing(self, frames: Frames | None = None) -> Encoded:
        """A row to learn nothing from, of any length: what is left of a training batch that lost all its rows."""
        return self._encode([Message("user", "")], frames)

    def text(self, token_ids: Sequence[int]) -> str:
        """The words of generated tokens, without control tokens."""
        return str(self._processor.tokenizer.decode(token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _encode(self, messages: Sequence[Message], frames: Frames | None, start: str = "") -> Encoded:
        first, *rest = self._pieces(messages, frames)
        if start:
            rest.append(_Piece(self._harmless(start), False))
        inputs = self._first_piece(first.text, frames)
        ids = inputs["input_ids"]
        sequence = {name: tensor[0] for name, tensor in inputs.items() if tensor.shape == ids.shape}
        visual = {name: tensor for name, tensor in inputs.items() if name not in sequence}
        labels = [torch.full_like(sequence["input_ids"], IGNORED)]
        tails = [self._tail(piece) for piece in rest]
        for tail, tail_labels in tails:
            labels.append(tail_labels)
            sequence = {
                name: torch.cat([values, tail if name == "input_ids" else _same_for_all(name, tail)]) for name, values in sequence.items()
            }
        return Encoded(sequence, torch.cat(labels), visual, self._count_visual(sequence["input_ids"]) if visual else 0)

    def _fitting(self, row: Encoded) -> Encoded:
        if self.max_length is not None and row.length > self.max_length:
            raise TooLongError(row.length, self.max_length)
        return row

    def _first_piece(self, text: str, frames: Frames | None) -> dict[str, Tensor]:
        """Everything before the first answer, with the frames; a batch of one."""
        bos = self._processor.tokenizer.bos_token
        options = {"text_kwargs": {"add_special_tokens": False}} if bos and text.startswith(bos) else {}
        media = {} if frames is None else self._media(frames)
        if frames is not None and self._placeholder and self._placeholder not in text:
            raise CheckpointError(f"the chat template leaves the video out: {self._placeholder} is not in {text[:200]!r}")
        inputs = self._processor(text=[text], return_tensors="pt", **media, **options)
        tensors = {name: value for name, value in inputs.items() if isinstance(value, Tensor)}
        if frames is not None and not any(name.startswith("pixel_values") for name in tensors):
            raise CheckpointError(f"the processor {type(self._processor).__name__} took no pixels from the frames")
        return tensors

    def _media(self, frames: Frames) -> dict[str, Any]:
        """The frames as the processor takes them: decoded, sampled, with their times."""
        pixels = np.require(frames.pixels, requirements=["C", "W"])  # frames out of a cache are read-only, which torch warns about
        if not self._as_video:
            return {"images": [list(pixels)]}
        fps = frames.fps if frames.fps > 0 else 1.0
        duration = frames.duration_seconds or len(pixels) / fps
        times = list(frames.timestamps_seconds)
        # Some processors refuse fewer frames than share a patch; what they do with odd ones is done here.
        missing = getattr(self._processor.video_processor, "temporal_patch_size", 1) - len(pixels)
        if missing > 0:
            pixels = np.concatenate([pixels, np.repeat(pixels[-1:], missing, axis=0)])
            times += times[-1:] * missing
        count, height, width, _ = pixels.shape
        metadata = {
            "total_num_frames": count,
            "fps": fps,
            "width": width,
            "height": height,
            "duration": duration,
            # Processors read a frame's time as index / fps, so these need not be whole numbers.
            "frames_indices": [seconds * fps for seconds in times],
        }
        options: dict[str, Any] = {"do_sample_frames": False, "video_metadata": [metadata]}
        if hasattr(self._processor.video_processor, "cap_pixels_per_frame"):
            options["cap_pixels_per_frame"] = False  # the frames are within the config's own cap already
        return {"videos": [pixels], "videos_kwargs": options}

    def _tail(self, piece: _Piece) -> tuple[Tensor, Tensor]:
        """A later piece as (token ids, labels), each (L,)."""
        ids = list(self._processor.tokenizer(piece.text, add_special_tokens=False)["input_ids"])
        if not piece.is_answer:
            return torch.tensor(ids, dtype=torch.long), torch.full((len(ids),), IGNORED, dtype=torch.long)
        end = next((index for index, token in enumerate(ids) if token in self.end_token_ids), None)
        if end is None:  # Some templates (Video-LLaVA's) end no answer; without an end token the model would never stop.
            ids.append(int(self._processor.tokenizer.eos_token_id))
            end = len(ids) - 1
        labels = [*ids[: end + 1], *[IGNORED] * (len(ids) - end - 1)]
        return torch.tensor(ids, dtype=torch.long), torch.tensor(labels, dtype=torch.long)

    def _pieces(self, messages: Sequence[Message], frames: Frames | None) -> list[_Piece]:
        """The rendered conversation, cut before and after each answer."""
        chat = self._chat(messages, frames)
        pieces: list[_Piece] = []
        done = ""
        for index, message in enumerate(messages):
            if message.role == "assistant":
                before = self._render(chat[:index], done, generation=True)
                after = self._render(chat[: index + 1], before, generation=False)
                pieces += [_Piece(before[len(done) :], False), _Piece(after[len(before) :], True)]
                done = after
        if messages[-1].role == "user":
            pieces.append(_Piece(self._render(chat, done, generation=True)[len(done) :], False))
        return pieces

    def _render(self, chat: list[dict[str, Any]], start: str, generation: bool) -> str:
        try:
            text = str(self._processor.apply_chat_template(chat, tokenize=False, add_generation_prompt=generation))
        except TemplateError as error:
            raise CheckpointError(f"the chat template cannot be used: {error}") from error
        if not text.startswith(start):
            raise CheckpointError(
                "the chat template shows a finished turn otherwise than it was asked, so training would not see what generation sees: "
                f"{text[:200]!r} does not start with {start[:200]!r}"
            )
        return text

    def _chat(self, messages: Sequence[Message], frames: Frames | None) -> list[dict[str, Any]]:
        media: list[dict[str, str]] = []
        if frames is not None:
            media = [{"type": "video"}] if self._as_video else [{"type": "image"}] * len(frames.pixels)
        chat = []
        for message in messages:
            parts = [{"type": "text", "text": self._harmless(message.content)}]
            if message.role == "user":
                parts, media = [*media, *parts], []
            chat.append({"role": message.role, "content": parts})
        return chat

    def _harmless(self, text: str) -> str:
        """The text with a space inside every control token, so that no label or answer can end a turn or stand for a frame."""
        return self._control_tokens.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _count_visual(self, ids: Tensor) -> int:
        """Some families write a video with the tokens of images."""
        names = ("video_token_id", "image_token_id")
        tokens = [token for name in names if (token := getattr(self._processor, name, None)) is not None]
        return int(torch.isin(ids, torch.tensor(tokens, dtype=ids.dtype)).sum())


def batch(rows: Sequence[Encoded], pad_token_id: int, side: Literal["left", "right"]) -> dict[str, Tensor]:
    """Rows as one batch: `sequence` tensors padded to (B, L), visual tensors concatenated.

    Rows with and without frames mix freely; rows with frames must agree in `visual_shape`, else ValueError.
    """
    if len({row.visual_shape for row in rows if row.visual}) > 1:
        raise ValueError("frames of different shapes cannot share a batch with this model family")
    padding = {"input_ids": pad_token_id}
    tensors = {name: pad([row.sequence[name] for row in rows], padding.get(name, 0), side) for name in rows[0].sequence}
    for name in next((row.visual for row in rows if row.visual), {}):
        tensors[name] = torch.cat([row.visual[name] for row in rows if row.visual])
    return tensors


def pad(rows: Sequence[Tensor], value: int, side: Literal["left", "right"]) -> Tensor:
    """(L,) tensors as one (B, longest L)."""
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=value, padding_side=side)


def _same_for_all(name: str, tail: Tensor) -> Tensor:
    """The per-token values of plain text that is attended to."""
    return torch.ones_like(tail) if name == "attention_mask" else torch.zeros_like(tail)


def _control_token_pattern(processor: Any) -> re.Pattern[str]:
    tokenizer = processor.tokenizer
    tokens: Iterable[object] = (
        *tokenizer.all_special_tokens,
        *(token.content for token in tokenizer.added_tokens_decoder.values() if token.special),
        getattr(processor, "image_token", None),
        getattr(processor, "video_token", None),
    )
    longest_first = sorted({token for token in tokens if isinstance(token, str) and len(token) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
