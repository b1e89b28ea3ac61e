"""What sampling by seeking, the processes and the cache save, as ratios within one run. `python benchmarks/decoding.py`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from videostar.config import FramesConfig
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, FrameFailure
from videostar.video.images import upright_rgb
from videostar.video.sampling import Sampling, frame_size
from videostar.video.store import FrameStore

HEIGHT, WIDTH, FPS = 480, 854, 25
REPEATS = 3


def render(path: Path, seconds: int) -> Path:
    """A moving pattern with noise, H.264 with x264's usual keyframes (every 250 frames)."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (HEIGHT * 2, WIDTH * 2, 3), np.uint8) // 8
    across = np.linspace(0, 220, WIDTH * 2, dtype=np.uint8)[None, :, None]
    scene = noise + across
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS), options={"preset": "ultrafast", "g": "250", "bf": "2"})
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        for number in range(seconds * FPS):
            top, left = number % HEIGHT, number * 2 % WIDTH
            picture = np.ascontiguousarray(scene[top : top + HEIGHT, left : left + WIDTH])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def decode_everything(path: Path, settings: Sampling) -> None:
    """The yardstick: every frame is decoded, on one thread, and as many as are wanted are scaled."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        size = frame_size(stream.width, stream.height, settings.max_pixels)
        step, scaler = stream.frames / (settings.num_frames or 1), VideoReformatter()
        wanted = {int((index + 0.5) * step) for index in range(settings.num_frames or 1)}
        kept = [upright_rgb(frame, size, scaler) for number, frame in enumerate(container.decode(stream)) if number in wanted]
        np.stack(kept)


def decode_sampled(path: Path, settings: Sampling) -> None:
    """Ours, in this process."""
    found = decode_clip(ClipRef(path), settings)
    if isinstance(found, FrameFailure):
        raise SystemExit(f"{path}: {found}")


def seconds_of(work: Callable[[], object]) -> float:
    """The best of a few runs."""
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def compare_seeking(name: str, path: Path) -> None:
    """Sampling against decoding everything, for several numbers of frames."""
    for count in (1, 8, 64):
        settings = Sampling(num_frames=count)
        everything = seconds_of(partial(decode_everything, path, settings))
        sampled = seconds_of(partial(decode_sampled, path, settings))
        print(f"{name}, {count} frames: {sampled:.3f} s = {sampled / everything:.3f} of decoding everything ({everything:.2f} s)")


def compare_store(folder: Path, path: Path) -> None:
    """Many spans of one file through the processes, then again from disk."""
    clips = [ClipRef(path, float(start), start + 10.0) for start in range(0, 200, 10)]
    cached = FramesConfig(cache=folder / "cache")
    started = time.perf_counter()
    for clip in clips:
        decode_clip(clip, Sampling.of(cached))
    direct = time.perf_counter() - started
    print(f"{len(clips)} spans of 10 s of one file of {path.stat().st_size / 2**20:.0f} MiB: in this process {direct:.2f} s")
    bare = cached.model_copy(update={"cache_gib": 0})
    for name, settings in (("in processes", bare), ("hashing the file and filling the cache", cached), ("from the cache", cached)):
        with FrameStore(settings) as store:
            started = time.perf_counter()
            for _ in store.load(clips):
                pass
            taken = time.perf_counter() - started
        print(f"  {name} {taken:.2f} s = {taken / direct:.2f} of it")


def main() -> None:
    """Render, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10, help="length of the long file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        long = render(Path(folder) / "long.mp4", arguments.minutes * 60)
        compare_seeking(f"{arguments.minutes} minutes of {WIDTH} x {HEIGHT}", long)
        compare_seeking("10 seconds", render(Path(folder) / "short.mp4", 10))
        compare_store(Path(folder), long)


if __name__ == "__main__":
    main()
