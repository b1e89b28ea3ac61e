"""A cheap imitation of what a video file does to frames, so that training on rendered arrays fits frames read from MP4."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BRIGHTNESS = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def degrade(frames: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blur colour over 2 x 2 pixels by a random share and round brightness coarsely: (T, H, W, 3) uint8 -> the same."""
    blurred, step = np.float32(rng.uniform(0.0, 0.8)), np.float32(rng.uniform(1.0, 5.0))
    pixels = frames.astype(np.float32)
    brightness = (pixels.reshape(-1, 3) @ BRIGHTNESS).reshape(*frames.shape[:3], 1)
    pixels -= brightness
    coarse = (pixels[:, ::2, ::2] + pixels[:, 1::2, ::2] + pixels[:, ::2, 1::2] + pixels[:, 1::2, 1::2]) * np.float32(0.25)
    pixels += blurred * (coarse.repeat(2, axis=1).repeat(2, axis=2) - pixels)
    pixels += np.round(brightness / step) * step + np.float32(0.5)
    return np.clip(pixels, 0, 255).astype(np.uint8)
