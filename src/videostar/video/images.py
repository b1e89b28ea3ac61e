"""A decoded frame as people see it: upright, with square pixels, in RGB."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

# Bit exact: the same pixels on every processor.
SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
SQUARE_WITHIN = 0.01  # 640:639 and the like are rounding in the encoder, not a shape


def upright_size(frame: av.VideoFrame, pixel_aspect: float) -> tuple[int, int]:
    """(width, height) as shown, before downscaling. pixel_aspect: width / height of a stored pixel."""
    width, height = _square(frame, pixel_aspect)
    return (height, width) if _turned(_matrix(frame)) else (width, height)


def upright_rgb(frame: av.VideoFrame, size: tuple[int, int], scaler: VideoReformatter) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 for `size` = (W, H) as shown; keeping the aspect ratio is up to the caller.

    scaler: one for all frames of a video, since making one takes a quarter of the time.
    """
    matrix = _matrix(frame)
    width, height = size[::-1] if _turned(matrix) else size
    scaled = scaler.reformat(frame, width, height, "rgb24", interpolation=SCALING, threads=1)
    return _oriented(np.asarray(scaled.to_ndarray(), np.uint8), matrix)


def _square(frame: av.VideoFrame, pixel_aspect: float) -> tuple[int, int]:
    if abs(pixel_aspect - 1) <= SQUARE_WITHIN or not 0.1 <= pixel_aspect <= 10:
        return frame.width, frame.height
    return max(1, round(frame.width * pixel_aspect)), frame.height


def _matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """(a, b, c, d) of the display matrix: the pixel at (x, y) is shown at (a x + c y, b x + d y)."""
    stored = frame.side_data.get(Type.DISPLAYMATRIX)
    if stored is None or len(raw := bytes(stored)) != 36:
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = struct.unpack("=9i", raw)
    return a, b, c, d


def _turned(matrix: tuple[int, int, int, int]) -> bool:
    """Whether rows are shown as columns. Angles between quarter turns go to the nearest."""
    a, b, _, _ = matrix
    return abs(b) > abs(a)


def _oriented(pixels: NDArray[np.uint8], matrix: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    a, b, c, d = matrix
    if _turned(matrix):
        pixels = pixels.transpose(1, 0, 2)
        across, down = c, b
    else:
        across, down = a, d
    return np.ascontiguousarray(pixels[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1])
