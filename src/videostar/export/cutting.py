"""A part of a video as a file of its own, encoded again: the same frames at the same times from the part's start."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.reformatter import VideoReformatter

from videostar.video.images import upright_rgb, upright_size
from videostar.video.source import DECODING, OPENING
from videostar.video.write import BIT_EXACT, X264

TIME_BASE = Fraction(1, 90_000)
MAX_SECONDS = 600.0
"""Wall time for one part."""


class CutError(Exception):
    """A part that cannot be cut out, and why."""


def cut(source: Path, target: Path, start_seconds: float, end_seconds: float | None) -> None:
    """Write the frames of [start, end) as H.264; the file appears whole or not at all. Raises `CutError`.

    Sound is left out. Frames are as a player shows them: upright, with square pixels; an odd height or width shrinks by one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with av.open(f"file:{os.path.abspath(source)}", options=OPENING) as container:
            if not container.streams.video:
                raise ValueError("it has no video stream")
            stream = container.streams.video[0]
            stream.codec_context.options = DECODING
            aspect = float(stream.sample_aspect_ratio or 1)
            _encode(unfinished, _frames(container, start_seconds, end_seconds), aspect)
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


def _encode(path: Path, frames: Iterator[av.VideoFrame], pixel_aspect: float) -> None:
    first, size, scaler = 0.0, None, VideoReformatter()
    with av.open(f"file:{os.path.abspath(path)}", "w", format="mp4", options=BIT_EXACT) as container:
        stream = container.add_stream("libx264", rate=30, options=X264)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        for frame in frames:
            if size is None:
                width, height = upright_size(frame, pixel_aspect)
                first, size = frame.time or 0.0, (max(2, width // 2 * 2), max(2, height // 2 * 2))
                stream.width, stream.height = size
            shown = av.VideoFrame.from_ndarray(upright_rgb(frame, size, scaler), format="rgb24")
            shown.pts, shown.time_base = round(((frame.time or 0.0) - first) / TIME_BASE), TIME_BASE
            container.mux(stream.encode(shown))
        if size is None:
            raise ValueError("it holds no frame")
        container.mux(stream.encode(None))
