"""Videos whose every frame shows its own number, so that a test can read which frame it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 10
HEIGHT, WIDTH = 64, 160
TICKS = 1000


def numbered(number: int, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    """A red corner at the top left of an otherwise grey band; below it, `number` as white and black bars."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    pixels[: height // 4, : width // 4] = (220, 20, 20)
    for bit in range(BITS):
        left, right = width * bit // BITS, width * (bit + 1) // BITS
        pixels[height // 4 :, left:right] = 235 if number >> bit & 1 else 16
    return pixels


def number_of(pixels: NDArray[np.uint8]) -> int:
    """The number that a picture shows, which must be upright."""
    height, width, _ = pixels.shape
    corner = pixels[height // 8, width // 8].astype(int)
    assert corner[0] - corner[1:].max() > 80, f"the red corner is not at the top left: {corner}"
    row = pixels[height * 5 // 8].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if row[int((bit + 0.5) * width / BITS)] > 128)


@dataclass(frozen=True)
class Recipe:
    """How a numbered video is stored. `rotation`: degrees counterclockwise that players turn it by; `aspect`: of a pixel."""

    codec: str = "libx264"
    gop: int = 12
    rotation: int = 0
    aspect: Fraction = Fraction(1)
    options: Mapping[str, str] = field(default_factory=dict)
    codec_options: Mapping[str, str] = field(default_factory=dict)
    height: int = HEIGHT
    width: int = WIDTH


def write_numbered(path: Path, times: Sequence[float], recipe: Recipe = Recipe()) -> Path:
    """A video with frame i on screen from `times[i]` seconds."""
    with av.open(str(path), "w", options=dict(recipe.options)) as container:
        stream = container.add_stream(recipe.codec, rate=Fraction(25), options=dict(recipe.codec_options))
        stored = np.rot90(numbered(0, recipe.height, recipe.width), -recipe.rotation // 90)
        stream.height, stream.width = stored.shape[:2]
        stream.pix_fmt = "bgr8" if recipe.codec == "gif" else "yuv420p"
        stream.codec_context.gop_size = recipe.gop
        stream.codec_context.sample_aspect_ratio = recipe.aspect
        stream.codec_context.thread_count = 1
        ticks = Fraction(1, 25) if path.suffix == ".avi" else Fraction(1, TICKS)
        stream.codec_context.time_base = stream.time_base = ticks
        if recipe.rotation:
            stream.set_display_rotation(recipe.rotation)
        for number, seconds in enumerate(times):
            pixels = np.rot90(numbered(number, recipe.height, recipe.width), -recipe.rotation // 90)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.time_base, frame.pts = ticks, round(seconds / ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def steady(count: int, fps: float = 25.0) -> list[float]:
    """`count` times at a constant rate."""
    return [number / fps for number in range(count)]


def on_screen(times: Sequence[float], moment: float) -> int:
    """The number that is on screen at `moment`."""
    return max((number for number, seconds in enumerate(times) if seconds <= moment + 1e-6), default=0)
