"""What a model sees of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from videostar.types import FrameRecord


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Sampled frames of one clip.

    pixels: (T, H, W, 3) uint8, RGB, upright, at most `max_pixels` = H x W.
    timestamps_seconds: T values, ascending, counted from the Sample's start.
    fps: rate of the sampled frames, T / clip duration (for processors that want a rate).
    record: what answers store about these frames.
    """

    pixels: NDArray[np.uint8]
    timestamps_seconds: tuple[float, ...]
    fps: float
    record: FrameRecord

    def __post_init__(self) -> None:
        expected = (len(self.timestamps_seconds), *self.pixels.shape[1:3], 3)
        if self.pixels.shape != expected or self.pixels.dtype != np.uint8:
            raise ValueError(f"frames must be uint8 {expected}, got {self.pixels.dtype} {self.pixels.shape}")

    def __repr__(self) -> str:
        return f"Frames{self.pixels.shape} at {self.timestamps_seconds} s"
