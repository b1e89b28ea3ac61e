"""What a model is shown of a video instead of its frames: a black clip, or its frames in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from videostar.config import FramesConfig
from videostar.seeds import seed_for
from videostar.video.frames import ClipRef, FrameFailure, Frames, frames_sha256
from videostar.video.store import FrameStore


class ChangedFrames(FrameStore):
    """A frame store whose clips are changed on their way out. What is cached on disk stays as it is in the file."""

    def __init__(self, settings: FramesConfig, change: Callable[[Frames], Frames]) -> None:
        super().__init__(settings)
        self._change = change

    def load(self, clips: Iterable[ClipRef], keep: bool = True) -> Iterator[Frames | FrameFailure]:
        """As the store itself, every clip changed."""
        for found in super().load(clips, keep):
            yield found if isinstance(found, FrameFailure) else self._change(found)


def black(frames: Frames) -> Frames:
    """As many black frames at the same times."""
    return _with_pixels(frames, np.zeros_like(frames.pixels), "black")


def shuffled(frames: Frames) -> Frames:
    """The same frames in an order drawn by their content, at the times of the old ones."""
    order = np.random.default_rng(seed_for("shuffled frames", frames.record.sha256)).permutation(len(frames.pixels))
    return _with_pixels(frames, np.ascontiguousarray(frames.pixels[order]), "shuffled")


def _with_pixels(frames: Frames, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], how: str) -> Frames:
    sha256 = frames_sha256(pixels, frames.timestamps_seconds)
    return replace(frames, pixels=pixels, record=replace(frames.record, sha256=sha256, policy=f"{frames.record.policy}, {how}"))


LOOKS: Mapping[str, Callable[[Frames], Frames]] = MappingProxyType({"black": black, "shuffled": shuffled})
