"""Frames into an MP4 that every player shows: rendered videos and tests. The same frames give the same bytes."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

LARGEST_RATE_DENOMINATOR = 1001
# Without mbtree=0 the same small frames now and then give other bytes: its look-ahead reads beyond what was written.
X264 = {"crf": "17", "preset": "medium", "threads": "1", "x264-params": "mbtree=0"}
BIT_EXACT = {"fflags": "+bitexact"}  # no library versions, no dates


def write_mp4(path: Path, frames: NDArray[np.uint8], fps: float) -> None:
    """Write (T, H, W, 3) uint8 RGB as H.264 in yuv420p at a constant rate; the file appears whole or not at all.

    Raises ValueError for other arrays, and for an odd height or width, which yuv420p cannot hold.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not len(frames):
        raise ValueError(f"frames must be uint8 (T, H, W, 3) with T > 0, got {frames.dtype} {frames.shape}")
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"height and width must be even, got {frames.shape[1]} x {frames.shape[2]}")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _encode(unfinished, frames, Fraction(fps).limit_denominator(LARGEST_RATE_DENOMINATOR))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _encode(path: Path, frames: NDArray[np.uint8], rate: Fraction) -> None:
    with av.open(f"file:{os.path.abspath(path)}", "w", format="mp4", options=BIT_EXACT) as container:
        stream = container.add_stream("libx264", rate=rate, options=X264)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
        container.mux(stream.encode(None))
