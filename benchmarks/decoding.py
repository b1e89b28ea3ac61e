"""What sampling by seeking, the processes and the cache save, as ratios within one run.

    python benchmarks/decoding.py [--minutes 10] [--write]

Yardsticks for 8 frames of a long file: PyAV's seek to each moment, and torchcodec where it can be imported. Both take the same moments
and scale the same (torchcodec hands over full size) and take the digest that is stored with an answer; neither looks whether the file is
whole. The best of a few runs counts, in processor time where all work is in this
process. `--write` puts the ratios into docs/performance.md.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray
from sections import table, write_section

from videostar.config import FramesConfig
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, FrameFailure, frames_sha256
from videostar.video.images import upright_rgb
from videostar.video.sampling import Sampling, frame_size, plan
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


def handed_over(kept: list[NDArray[np.uint8]]) -> str:
    """One array and its digest, which every answer stores: a yardstick without it would be no whole work."""
    pixels = np.stack(kept)
    return frames_sha256(pixels, (0.0,) * len(pixels))


def decode_everything(path: Path, settings: Sampling) -> None:
    """The yardstick: every frame is decoded, on one thread, and as many as are wanted are scaled."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        size = frame_size(stream.width, stream.height, settings.max_pixels)
        step, scaler = stream.frames / (settings.num_frames or 1), VideoReformatter()
        wanted = {int((index + 0.5) * step) for index in range(settings.num_frames or 1)}
        kept = [upright_rgb(frame, size, scaler) for number, frame in enumerate(container.decode(stream)) if number in wanted]
        handed_over(kept)


def decode_sampled(path: Path, settings: Sampling) -> None:
    """Ours, in this process."""
    found = decode_clip(ClipRef(path), settings)
    if isinstance(found, FrameFailure):
        raise SystemExit(f"{path}: {found}")


def decode_by_pyav_seek(path: Path, settings: Sampling) -> None:
    """The yardstick: seek to each moment, decode on to it, scale."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        size, scaler, kept = frame_size(stream.width, stream.height, settings.max_pixels), VideoReformatter(), []
        for moment in plan(settings, float(stream.duration * stream.time_base)).timestamps_seconds:
            ticks = int(moment / stream.time_base)
            container.seek(ticks, stream=stream)
            shown = None
            for frame in container.decode(stream):
                if shown is not None and frame.pts > ticks:
                    break
                shown = frame
            kept.append(upright_rgb(shown, size, scaler))
        handed_over(kept)


def decode_by_torchcodec(path: Path, settings: Sampling) -> None:
    """The yardstick: the frames on screen at each moment, at full size."""
    from torchcodec.decoders import VideoDecoder

    decoder = VideoDecoder(str(path), num_ffmpeg_threads=1)
    found = decoder.get_frames_played_at(list(plan(settings, decoder.metadata.duration_seconds).timestamps_seconds))
    handed_over(list(found.data.numpy()))


def yardsticks() -> dict[str, Callable[[Path, Sampling], None]]:
    """By name; torchcodec only where it works."""
    found: dict[str, Callable[[Path, Sampling], None]] = {"PyAV seek": decode_by_pyav_seek}
    try:
        importlib.import_module("torchcodec.decoders")
    except (ImportError, OSError, RuntimeError) as error:
        print(f"torchcodec is left out: {str(error).strip().splitlines()[0] if str(error) else type(error).__name__}")
    else:
        found["torchcodec"] = decode_by_torchcodec
    return found


def compare_long(path: Path) -> list[list[str]]:
    """8 frames of a long file: ours beside the best of the yardsticks."""
    settings = Sampling(num_frames=8)
    works = {"ours": decode_sampled, **yardsticks()}
    taken: dict[str, float] = {name: float("inf") for name in works}
    for _ in range(4 * REPEATS):  # in turn, so that other work on the machine meets all alike
        for name, work in works.items():
            taken[name] = min(taken[name], seconds_of(partial(work, path, settings), repeats=1))
    best = min(seconds for name, seconds in taken.items() if name != "ours")
    lines = [
        [f"8 frames of a long file, {name}", f"{seconds:.3f} s", f"{seconds / best:.2f} of the best other"]
        for name, seconds in taken.items()
    ]
    for line in lines:
        print(": ".join(line))
    return lines


def compare_short(path: Path, name: str) -> list[list[str]]:
    """A short clip: never slower than decoding everything."""
    lines = []
    for count in (1, 8, 32):
        settings = Sampling(num_frames=count)
        everything = ours = float("inf")
        for _ in range(8 * REPEATS):
            everything = min(everything, seconds_of(partial(decode_everything, path, settings), repeats=1))
            ours = min(ours, seconds_of(partial(decode_sampled, path, settings), repeats=1))
        lines.append([f"{count} frames of {name}", f"{ours:.3f} s", f"{ours / everything:.2f} of decoding everything"])
        print(": ".join(lines[-1]))
    return lines


def seconds_of(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Processor time of the best of a few runs."""
    taken = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=10, help="length of the long file")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        long = render(Path(folder) / "long.mp4", arguments.minutes * 60)
        lines = compare_long(long)
        for seconds in (2, 10):
            lines += compare_short(render(Path(folder) / f"short-{seconds}.mp4", seconds), f"{seconds} s")
        if arguments.write:
            head = [f"H.264, {WIDTH} x {HEIGHT}, a keyframe every 250 frames; long: {arguments.minutes} minutes", "processor time", "ratio"]
            write_section("benchmarks/decoding.py", "Decoding", table(head, lines))
        compare_seeking(f"{arguments.minutes} minutes of {WIDTH} x {HEIGHT}", long)
        compare_store(Path(folder), long)


if __name__ == "__main__":
    main()
