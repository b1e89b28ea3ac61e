"""Frames into an MP4: one that every player shows, or one that keeps every pixel. The same frames give the same bytes."""

from __future__ import annotations

import io
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

LARGEST_RATE_DENOMINATOR = 1001
# Without mbtree=0 the same small frames now and then give other bytes: its look-ahead reads beyond what was written.
X264 = {"crf": "17", "preset": "medium", "threads": "1", "x264-params": "mbtree=0"}
EXACT_X264 = {"qp": "0", "preset": "ultrafast", "threads": "1", "bf": "0"}  # without B-frames time starts at 0
SLOWEST = Fraction(1, LARGEST_RATE_DENOMINATOR)
BIT_EXACT = {"fflags": "+bitexact"}  # no library versions, no dates


def write_mp4(path: Path, frames: NDArray[np.uint8], fps: float) -> None:
    """Write (T, H, W, 3) uint8 RGB as H.264 in yuv420p at a constant rate; the file appears whole or not at all.

    Raises ValueError for other arrays, and for an odd height or width, which yuv420p cannot hold.
    """
    _check(frames)
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"height and width must be even, got {frames.shape[1]} x {frames.shape[2]}")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with av.open(f"file:{os.path.abspath(unfinished)}", "w", format="mp4", options=BIT_EXACT) as container:
            stream = container.add_stream("libx264", rate=_rate(fps), options=X264)
            stream.pix_fmt = "yuv420p"
            _encode(container, stream, frames)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def exact_mp4(frames: NDArray[np.uint8], fps: float) -> bytes:
    """(T, H, W, 3) uint8 RGB as an MP4 whose decoded frames are the same to the bit: H.264 in RGB, at a constant rate.

    What decodes in software reads it (FFmpeg, PyAV, OpenCV, torchcodec); hardware decoders and browsers mostly do not.
    """
    _check(frames)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=BIT_EXACT) as container:
        stream = container.add_stream("libx264rgb", rate=_rate(fps), options=EXACT_X264)
        stream.pix_fmt = "rgb24"
        _encode(container, stream, frames)
    return file.getvalue()


def _check(frames: NDArray[np.uint8]) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not len(frames):
        raise ValueError(f"frames must be uint8 (T, H, W, 3) with T > 0, got {frames.dtype} {frames.shape}")


def _rate(fps: float) -> Fraction:
    return max(SLOWEST, Fraction(fps).limit_denominator(LARGEST_RATE_DENOMINATOR))


def _encode(container: Any, stream: Any, frames: NDArray[np.uint8]) -> None:
    stream.height, stream.width = frames.shape[1:3]
    for pixels in frames:
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
    container.mux(stream.encode(None))
