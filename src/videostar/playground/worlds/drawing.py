"""Drawing for the worlds: anti-aliased figures from signed distances, all frames of a clip at once, in numpy alone.

Places and lengths are shares of the frame's width, x to the right, y down. Per-frame values are (T,) float arrays.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from videostar.seeds import seed_for

Floats = NDArray[np.float32]
Values = NDArray[np.float64]
Colour = tuple[float, float, float]

VIDEO_FPS = 8  # the frames that are sampled, and as many between them
NUM_FRAMES = 16  # the frame policy that the worlds are made for
SMALLEST_SIZE = 64
FRAME_SIZE = 96  # height and width in pixels of what the embedded checkpoint is shown
COLOUR_NAMES = ("red", "green", "blue", "yellow", "purple")
MOST_DISTRACTORS = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What says nothing about the truth: backdrop, noise, camera.

    top, bottom: colours of the backdrop. discs: (x, y, radius, grey level) of things that do not move.
    noise: standard deviation in grey levels. shakes: whether the camera jumps by a 64th of the width now and then.
    softness: width in pixels over which an edge fades.
    """

    seed: int
    top: Colour
    bottom: Colour
    discs: tuple[tuple[float, float, float, float], ...]
    noise: float
    shakes: bool
    softness: float


def draw_look(seed: int, rng: random.Random) -> Look:
    """A look from `rng`; `seed` decides its noise and shakes."""
    tint = [rng.uniform(-18, 18) for _ in range(3)]
    levels = rng.uniform(15, 90), rng.uniform(15, 90)
    top, bottom = (tuple(max(0.0, level + shift) for shift in tint) for level in levels)
    discs = tuple(
        (rng.uniform(0.05, 0.95), rng.uniform(0.05, 0.95), rng.uniform(0.03, 0.05), rng.uniform(70, 130))
        for _ in range(rng.randint(0, MOST_DISTRACTORS))
    )
    return Look(
        seed=seed,
        top=(top[0], top[1], top[2]),
        bottom=(bottom[0], bottom[1], bottom[2]),
        discs=discs,
        noise=rng.uniform(0, 6),
        shakes=rng.random() < 0.4,
        softness=rng.uniform(0.8, 1.5),
    )


def varied(rng: random.Random, colour: Sequence[float], spread: float = 14.0) -> Colour:
    """The colour with a random shift in each channel, in [0, 255]."""
    red, green, blue = (min(255.0, max(0.0, channel + rng.uniform(-spread, spread))) for channel in colour)
    return red, green, blue


def sampled_times(num_frames: int = NUM_FRAMES) -> Values:
    """The moments in [0, 1] that the sampling policy looks at: the middles of equal segments."""
    return np.asarray((np.arange(num_frames) + 0.5) / num_frames)


def video_times(duration_seconds: float) -> Values:
    """The moments in [0, 1] at which the frames of a video of `VIDEO_FPS` come on screen."""
    count = round(duration_seconds * VIDEO_FPS)
    return np.asarray(np.arange(count) / count)


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of every frame that goes along with something that moves.

    left, top: (T,) first column and row. x: (T, 1, W) and y: (T, W, 1) pixel centres in shares. pixels: (T, W, W, 3), a copy.
    """

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    x: Floats
    y: Floats
    pixels: Floats


class Canvas:
    """T frames under the brush. `render` gives them as uint8."""

    def __init__(self, look: Look, num_frames: int, size: int) -> None:
        if size < SMALLEST_SIZE or size % 2:
            raise ValueError(f"the size must be even and at least {SMALLEST_SIZE} pixels, got {size}")
        self._look, self._size = look, size
        self._pad = round(size / SMALLEST_SIZE)
        ramp = np.linspace(0, 1, size + 2 * self._pad, dtype=np.float32)[:, None, None]
        top, bottom = (np.array(colour, dtype=np.float32) for colour in (look.top, look.bottom))
        backdrop = np.broadcast_to(top + ramp * (bottom - top), (len(ramp), len(ramp), 3))
        self.frames: Floats = backdrop[None].copy()
        for x, y, radius, level in look.discs:
            at = self.window(np.array([x]), np.array([y]), radius)
            self.paint(at, disc(at, x, y, radius), (level, level, level))
            self.put(at)
        self._count = num_frames

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill a level rectangle in all frames; edges at whole pixels."""
        (x1, x2), (y1, y2) = ([self._pixel(low), self._pixel(high)] for low, high in ((left, right), (top, bottom)))
        self.frames[:, y1:y2, x1:x2] = np.array(colour, dtype=np.float32)

    def veil(self, top: float, colour: Colour, opacity: float) -> None:
        """Cover everything below `top` by a see-through colour."""
        below = self.frames[:, self._pixel(top) :]
        below += np.float32(opacity) * (np.array(colour, dtype=np.float32) - below)

    def start_moving(self) -> None:
        """End of what stands still: one frame becomes T."""
        self.frames = np.repeat(self.frames, self._count, axis=0)

    def window(self, x: Values, y: Values, reach: float) -> Window:
        """The part of each frame within `reach` of (x, y)."""
        wide = self.frames.shape[1]
        width = min(wide, math.ceil(2 * reach * self._size) + 4)
        left, top = (np.clip(np.rint(centre * self._size + self._pad - width / 2), 0, wide - width).astype(np.int64) for centre in (x, y))
        steps = np.arange(width)
        across, down = (((first[:, None] + steps + 0.5 - self._pad) / self._size).astype(np.float32) for first in (left, top))
        pixels = np.stack(
            [frame[t : t + width, k : k + width] for frame, t, k in zip(self.frames, top.tolist(), left.tolist(), strict=True)]
        )
        return Window(left, top, across[:, None, :], down[:, :, None], pixels)

    def paint(self, window: Window, distance: Floats, colour: Colour, opacity: float = 1.0) -> None:
        """Fill where `distance` (T, W, W) is negative."""
        cover = np.clip(np.float32(0.5) - distance * np.float32(self._size / self._look.softness), 0, 1)[..., None]
        if opacity != 1.0:
            cover *= np.float32(opacity)
        pixels = window.pixels
        pixels += cover * (np.array(colour, dtype=np.float32) - pixels)

    def put(self, window: Window) -> None:
        """Put what was painted on a window back into the frames."""
        width = window.pixels.shape[1]
        for frame, top, left, pixels in zip(self.frames, window.top.tolist(), window.left.tolist(), window.pixels, strict=True):
            frame[top : top + width, left : left + width] = pixels

    def render(self) -> NDArray[np.uint8]:
        """(T, size, size, 3) uint8 RGB, shaken and with noise. Noise differs between renderings of other lengths or sizes."""
        rng = np.random.Generator(np.random.PCG64(seed_for("look", self._look.seed, len(self.frames), self._size)))
        size, pad = self._size, self._pad
        steps = rng.choice((-1, 0, 0, 1), (len(self.frames), 2)) * (pad if self._look.shakes else 0) + pad
        cut = np.stack(
            [frame[down : down + size, along : along + size] for frame, (down, along) in zip(self.frames, steps.tolist(), strict=True)]
        )
        if self._look.noise:
            cut += rng.standard_normal(cut.shape[:3], dtype=np.float32)[..., None] * np.float32(self._look.noise)
        np.clip(cut, 0, 255, out=cut)
        cut += np.float32(0.5)
        return cut.astype(np.uint8)

    def _pixel(self, share: float) -> int:
        return min(max(0, round(share * self._size) + self._pad), self._size + 2 * self._pad)


def disc(window: Window, x: Values | float, y: Values | float, radius: float) -> Floats:
    """Distance (T, W, W) from the edge of a disc."""
    return np.asarray(np.hypot(window.x - _column(x), window.y - _column(y)) - np.float32(radius))


def rod(window: Window, start: tuple[Values, Values], end: tuple[Values, Values], radius: float) -> Floats:
    """Distance (T, W, W) from the edge of a line with round ends from `start` to `end`, each (x, y)."""
    x, y = window.x - _column(start[0]), window.y - _column(start[1])
    along, down = _column(end[0] - start[0]), _column(end[1] - start[1])
    share = np.clip((x * along + y * down) / np.maximum(along * along + down * down, np.float32(1e-9)), 0, 1)
    across, depth = x - share * along, y - share * down
    return np.asarray(np.sqrt(across * across + depth * depth) - np.float32(radius))


def _column(values: Values | float) -> Floats:
    return np.asarray(values, dtype=np.float32).reshape(-1, 1, 1)
