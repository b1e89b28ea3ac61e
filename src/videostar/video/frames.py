"""What a model sees of a clip, and what stands in its place when it cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from videostar.types import Clip, FrameRecord

Reason: TypeAlias = Literal["missing", "empty", "unreadable", "no video stream", "ends early", "decoder error", "time limit"]


@dataclass(frozen=True, slots=True)
class ClipRef:
    """A span of a video file. Times are file time in seconds, half open; `end_seconds` None means the end of the file."""

    path: Path
    start_seconds: float = 0.0
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class FrameFailure:
    """Why a clip cannot be seen. `message` is the decoder's own, or says what was found."""

    reason: Reason
    message: str

    @property
    def record(self) -> FrameRecord:
        """What an answer stores instead of frames."""
        return FrameRecord(error=f"{self.reason}: {self.message}")


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file's header and first frame say.

    duration_seconds: None where the header does not tell. num_frames: None likewise.
    width, height: as shown: upright, with square pixels. fps: mean rate, 0.0 where unknown.
    codec: the decoder's name, such as "h264".
    """

    duration_seconds: float | None
    width: int
    height: int
    fps: float
    num_frames: int | None
    codec: str


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Sampled frames of one clip.

    pixels: (T, H, W, 3) uint8, RGB, upright, square pixels, at most `max_pixels` = H x W.
    timestamps_seconds: T values, ascending, counted from the Sample's start: when each frame came on screen. A frame on
        screen since before the start counts from 0; a frame looked at twice is there twice.
    fps: rate of the sampled frames, T / clip duration (for processors that want a rate).
    record: what answers store about these frames.
    duration_seconds: of the clip, once its end is known.
    width, height: of the source as shown (upright, square pixels), before downscaling.
    """

    pixels: NDArray[np.uint8]
    timestamps_seconds: tuple[float, ...]
    fps: float
    record: FrameRecord
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None

    def __post_init__(self) -> None:
        expected = (len(self.timestamps_seconds), *self.pixels.shape[1:3], 3)
        if self.pixels.shape != expected or self.pixels.dtype != np.uint8:
            raise ValueError(f"frames must be uint8 {expected}, got {self.pixels.dtype} {self.pixels.shape}")

    def __repr__(self) -> str:
        return f"Frames{self.pixels.shape} at {self.timestamps_seconds} s"

    @property
    def clip(self) -> Clip:
        """What a judge may know about the clip."""
        return Clip(self.duration_seconds, self.width, self.height)


def frames_sha256(pixels: NDArray[np.uint8], timestamps_seconds: Sequence[float]) -> str:
    """Hex digest of shape, pixels and timestamps: equal for the same frames, however they were come by."""
    digest = hashlib.sha256(repr((pixels.shape, [float(moment) for moment in timestamps_seconds])).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
