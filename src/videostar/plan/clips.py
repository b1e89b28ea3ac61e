"""A look at the headers of the drawn videos: how long they are, what size, which cannot be read. Bounded in time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from videostar import shown
from videostar.config import Config
from videostar.plan.tables import Drawn, Tables
from videostar.video.frames import FrameFailure, VideoInfo
from videostar.video.sampling import Sampling, SamplingPlan, frame_size
from videostar.video.sampling import plan as sampling_plan
from videostar.video.store import FrameStore

SECONDS_PER_FILE = 5.0
SECONDS_IN_ALL = 60.0
MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """What will be read of one clip. width, height: of a frame as the model is handed it."""

    duration_seconds: float | None
    width: int
    height: int
    sampling: SamplingPlan

    @property
    def frame_bytes(self) -> int:
        """Of all its frames, as they are kept."""
        return self.sampling.num_frames * self.width * self.height * 3


@dataclass(frozen=True, slots=True)
class Look:
    """The readable ones of the drawn clips. words: what was looked at. problems: some of what could not be read."""

    clips: tuple[ClipPlan, ...]
    words: str
    problems: tuple[str, ...]


def look(config: Config, tables: Tables) -> Look:
    """Read the headers of the drawn rows' videos, until SECONDS_IN_ALL have passed."""
    infos = probed(config, sorted({item.folder / item.sample.video for item in tables.drawn}))
    settings = Sampling.of(config.frames)
    clips = [
        clip_plan(item, info, settings)
        for item in tables.drawn
        if isinstance(info := infos.get(item.folder / item.sample.video), VideoInfo)
    ]
    failures = {path: info for path, info in infos.items() if isinstance(info, FrameFailure)}
    reasons = Counter(failure.reason for failure in failures.values())
    told = "".join(f", {shown.count(number)} {reason}" for reason, number in reasons.most_common())
    words = f"headers of {shown.count(len(infos))} files drawn by seed: {shown.count(len(infos) - len(failures))} readable{told}"
    if config.frames.window_seconds is not None:
        words += "; a clip above frames.window_seconds is counted as one question here, and asked about once a window"
    problems = [f"{path}: {shown.one_line(failure.message, 120)}" for path, failure in list(failures.items())[:MOST_PROBLEMS]]
    return Look(tuple(clips), words, tuple(problems))


def probed(config: Config, paths: Sequence[Path], seconds_in_all: float = SECONDS_IN_ALL) -> dict[Path, VideoInfo | FrameFailure]:
    """The headers that could be read in time, by path."""
    settings = config.frames.model_copy(update={"decode_seconds": min(SECONDS_PER_FILE, config.frames.decode_seconds), "cache_gib": 0.0})
    end = time.monotonic() + seconds_in_all
    with FrameStore(settings) as frames, ThreadPoolExecutor(settings.decode_workers) as threads:

        def probe(path: Path) -> VideoInfo | FrameFailure | None:
            return frames.probe(path.absolute()) if time.monotonic() < end else None

        return {path: info for path, info in zip(paths, threads.map(probe, paths), strict=True) if info is not None}


def clip_plan(item: Drawn, info: VideoInfo, settings: Sampling) -> ClipPlan:
    """What will be read of a row's clip, by its file's header."""
    sample = item.sample
    end = sample.end_seconds if info.duration_seconds is None else min(sample.end_seconds or info.duration_seconds, info.duration_seconds)
    duration = None if end is None or end <= sample.start_seconds else end - sample.start_seconds
    width, height = frame_size(info.width, info.height, settings.max_pixels)
    return ClipPlan(duration, width, height, sampling_plan(settings, duration))
