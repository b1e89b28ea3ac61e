"""Which codecs are read, and a video made on the spot and read back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from videostar.config import FramesConfig
from videostar.doctor import Finding

DECODERS = ("h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "mpeg2video", "mjpeg", "gif", "wmv2", "prores")
FRAMES, SIDE, FPS = 16, 64, 8.0
MOST_DIFFERENCE = 12.0  # mean absolute grey level that compression may cost


def decoders() -> Iterator[Finding]:
    """PyAV, the FFmpeg that it carries, and the codecs that it reads."""
    try:
        import av
        from av.codec import Codec
    except ImportError as error:
        yield Finding("PyAV", "bad", f"cannot be imported: {error}", "pip install --constraint constraints.txt av")
        return
    libraries = {name: ".".join(map(str, number)) for name, number in av.library_versions.items()}
    yield Finding("PyAV", "ok", f"{av.__version__} with its own FFmpeg (libavcodec {libraries.get('libavcodec', 'unknown')})")
    missing = []
    for name in DECODERS:
        try:
            Codec(name, "r")
        except (ValueError, LookupError, av.FFmpegError):
            missing.append(name)
    text = f"reads {', '.join(name for name in DECODERS if name not in missing)}"
    if missing:
        yield Finding("decoders", "note", f"{text}; not {', '.join(missing)}", "videos of those are quarantined; convert them to H.264")
    else:
        yield Finding("decoders", "ok", text)


def sample_decode(frames: FramesConfig) -> Iterator[Finding]:
    """A clip of known pictures through the very processes that a run decodes in."""
    try:
        import numpy as np

        from videostar.video.frames import ClipRef, Frames
        from videostar.video.store import FrameStore
        from videostar.video.write import write_mp4
    except ImportError as error:
        yield Finding("sample clip", "bad", f"cannot be decoded: {error}")
        return
    shades = np.linspace(30, 220, FRAMES).astype(np.uint8)
    pictures = np.broadcast_to(shades[:, None, None, None], (FRAMES, SIDE, SIDE, 3)).copy()
    settings = frames.model_copy(update={"num_frames": FRAMES, "max_pixels": SIDE * SIDE, "cache_gib": 0.0})
    with tempfile.TemporaryDirectory() as folder, FrameStore(settings) as store:
        path = Path(folder) / "sample.mp4"
        write_mp4(path, pictures, FPS)
        next(store.load([ClipRef(path)]))  # the processes are up
        started = time.monotonic()
        found = next(store.load([ClipRef(path, end_seconds=FRAMES / FPS)]))
        seconds = time.monotonic() - started
    if not isinstance(found, Frames):
        yield Finding("sample clip", "bad", f"a clip made here could not be read: {found.reason}: {found.message}")
        return
    difference = float(np.abs(found.pixels.astype(int) - pictures).mean())
    if found.pixels.shape != pictures.shape or difference > MOST_DIFFERENCE:
        yield Finding("sample clip", "bad", f"other pictures came back ({found.pixels.shape}, difference {difference:.1f})")
        return
    yield Finding("sample clip", "ok", f"{FRAMES} frames of {SIDE} x {SIDE} written as H.264 and read back in {1000 * seconds:.0f} ms")
