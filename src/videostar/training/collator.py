"""Conversations -> one training batch, through the same encoder that answering uses, on the very frames that were answered on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from videostar.encoding import IGNORED, Encoded, Encoder, TooLongError, batch, pad
from videostar.errors import DataError
from videostar.training.frozen import FrozenLooks
from videostar.training.lengths import blank
from videostar.types import Conversation
from videostar.video.frames import ClipRef, FrameFailure, Frames

BLANK_PIXELS = 64 * 64


class FrameSource(Protocol):
    """Where frames come from, such as `videostar.video.store.FrameStore`."""

    def load(self, clips: Iterable[ClipRef]) -> Iterator[Frames | FrameFailure]:
        """The frames of each clip, in order."""


class Collator:
    """Makes the batches of one training.

    root: what `Conversation.video` is relative to.
    logits_to_keep: whether the model can leave out the logits of positions that nothing is learned from.
    always_frames: put a blank clip that nothing is learned from into a batch without video: where the weights lie in pieces, all processes
        have to run the same layers, or they wait for each other for ever.
    frozen: the looks of a tower that does not learn, in place of pixels: it would make the same of a clip in every epoch.
    dropped: id -> reason of the conversations left out so far. A row is left out where it turns up, not in a pass before
    the training, which would have to look at every video first; a batch that loses all rows teaches nothing.
    """

    def __init__(
        self,
        encoder: Encoder,
        frames: FrameSource,
        root: Path,
        logits_to_keep: bool,
        always_frames: bool = False,
        frozen: FrozenLooks | None = None,
    ) -> None:
        self.dropped: dict[str, str] = {}
        self._encoder = encoder
        self._frames = frames
        self._root = root
        self._logits_to_keep = logits_to_keep
        self._always_frames = always_frames
        self._frozen = frozen

    def __call__(self, conversations: Sequence[Conversation | None]) -> dict[str, Any]:
        """A right-padded batch (B, L) with "labels"; None stands for a row that there is not.

        With `logits_to_keep`, that input names the K positions before an answer's token and labels are (B, 1 + K); else labels
        are (B, L). Either way logits[:, i] are to give labels[:, i + 1].
        Raises `DataError` when a conversation's frames, or the tokens made of them, are not those it was answered on.
        """
        there = [row for row in conversations if row is not None]
        found = [
            ("" if frames is None or isinstance(frames, FrameFailure) else frames.record.sha256, encoded)
            for row, frames in self._with_frames(there)
            if (encoded := self._encoded(row, frames)) is not None
        ]
        if self._always_frames and not any(row.visual for _, row in found):
            found.append(("", self._encoder.nothing(blank(BLANK_PIXELS))))
        found = found or [("", self._encoder.nothing())]
        rows = [row for _, row in found]
        try:
            tensors = self._frozen(found, self._encoder.pad_token_id) if self._frozen else batch(rows, self._encoder.pad_token_id, "right")
        except ValueError:
            raise DataError(
                "the clips of a batch have different sizes or numbers of frames, which this model family cannot take at once;"
                " set train.per_device_train_batch_size: 1"
            ) from None
        labels = pad([row.labels for row in rows], IGNORED, "right")
        if not self._logits_to_keep:
            return {**tensors, "labels": labels}
        kept = (labels[:, 1:] != IGNORED).any(dim=0).nonzero()[:, 0]
        first = torch.full_like(labels[:, :1], IGNORED)
        return {**tensors, "labels": torch.cat([first, labels[:, 1:][:, kept]], dim=1), "logits_to_keep": kept}

    def _with_frames(self, conversations: Sequence[Conversation]) -> Iterator[tuple[Conversation, Frames | FrameFailure | None]]:
        clips = (ClipRef(self._root / row.video, row.start_seconds, row.end_seconds) for row in conversations if row.video)
        loaded = list(self._frames.load(clips))
        for row in conversations:
            yield row, loaded.pop(0) if row.video else None

    def _encoded(self, row: Conversation, frames: Frames | FrameFailure | None) -> Encoded | None:
        if isinstance(frames, FrameFailure):
            self.dropped[row.id] = f"video: {frames.reason}"
            return None
        if frames is not None:
            _check_same_frames(row, frames)
        encode = partial(self._encoder.conversation, row.messages, frames)
        try:
            encoded = encode() if self._frozen is None or frames is None else self._frozen.encoded(row.id, frames.record.sha256, encode)
        except TooLongError as error:
            self.dropped[row.id] = f"longer than {error.limit} tokens"
            return None
        _check_same_tokens(row, encoded)
        return encoded


def answer_loss(outputs: Any, labels: Tensor, num_items_in_batch: Tensor | int | None = None) -> Tensor:
    """Mean cross entropy over the answer tokens of an optimizer step, so that gradient accumulation changes nothing.

    outputs.logits (B, K or more, V); labels (B, 1 + K): logits[:, i] are to give labels[:, i + 1].
    num_items_in_batch: answer tokens in the whole step; default: in these labels.
    """
    targets = labels[:, 1:]
    logits = outputs.logits[:, : targets.shape[1]].float()
    total = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten().to(logits.device), ignore_index=IGNORED, reduction="sum"
    )
    count = (targets != IGNORED).sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch)
    return total / count.clamp(min=1).to(total.device)


def _check_same_frames(row: Conversation, frames: Frames) -> None:
    answered_on = row.answer_ref.frames_sha256 if row.answer_ref is not None else ""
    if answered_on and answered_on != frames.record.sha256:
        raise DataError(
            f'conversation "{row.id}" was answered on other frames of {row.video} (sha256 {answered_on[:12]}...) than those read now'
            f" ({frames.record.sha256[:12]}..., {frames.record.policy}); the file or the frames settings have changed: set them back"
        )


def _check_same_tokens(row: Conversation, encoded: Encoded) -> None:
    answered_on = row.answer_ref.visual_tokens if row.answer_ref is not None else None
    if answered_on is not None and answered_on != encoded.visual_tokens:
        raise DataError(
            f'conversation "{row.id}" was answered on {answered_on} visual tokens of {row.video}, and the model to be trained makes'
            f" {encoded.visual_tokens} of the same frames; the processor of its folder is not the one that answered: set it back"
        )
