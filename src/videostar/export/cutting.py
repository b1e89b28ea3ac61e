"""A part of a video as a file of its own, encoded again: the same frames at the same times from the part's start."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from videostar.video.write import BIT_EXACT, X264

TIME_BASE = Fraction(1, 90_000)
MAX_SECONDS = 600.0
"""Wall time for one part."""


class CutError(Exception):
    """A part that cannot be cut out, and why."""


def cut(source: Path, target: Path, start_seconds: float, end_seconds: float | None) -> None:
    """Write the frames of [start, end) as H.264; the file appears whole or not at all. Raises `CutError`.

    Sound is left out. A frame that a player would turn is turned; an odd height or width loses its last row or column.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with av.open(f"file:{os.path.abspath(source)}") as container:
            _encode(unfinished, _frames(container, start_seconds, end_seconds))
        unfinished.replace(target)
    except (av.FFmpegError, ValueError, IndexError, OSError) as error:
        raise CutError(" ".join(str(error).split())[:100]) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _frames(container: InputContainer, start: float, end: float | None) -> Iterator[av.VideoFrame]:
    """Frames shown within [start, end), seconds from the first frame of the file, decoded from the key frame before."""
    stream = container.streams.video[0]
    offset = float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
    if start > 0 and stream.time_base:
        container.seek(int((start + offset) / stream.time_base), stream=stream, backward=True)
    deadline = time.monotonic() + MAX_SECONDS
    for frame in container.decode(stream):
        if time.monotonic() > deadline:
            raise ValueError(f"it took more than {MAX_SECONDS:g} seconds")
        seconds = None if frame.time is None else frame.time - offset
        if seconds is None or seconds < start - 1e-6:
            continue
        if end is not None and seconds >= end:
            return
        yield frame


def _encode(path: Path, frames: Iterator[av.VideoFrame]) -> None:
    first: float | None = None
    with av.open(f"file:{os.path.abspath(path)}", "w", format="mp4", options=BIT_EXACT) as container:
        stream = container.add_stream("libx264", rate=30, options=X264)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        for frame in frames:
            pixels = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4)
            pixels = pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2]
            if first is None:
                first = frame.time or 0.0
                stream.height, stream.width = pixels.shape[:2]
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            shown.pts, shown.time_base = round(((frame.time or 0.0) - first) / TIME_BASE), TIME_BASE
            container.mux(stream.encode(shown))
        if first is None:
            raise ValueError("it holds no frame")
        container.mux(stream.encode(None))
