"""Fresh clips of the worlds as a model sees them: written as MP4, read back by the decoder, sampled as runs sample."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.lessons.lesson import Lesson, LessonClip
from videostar.playground.measures.asking import Shown
from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.worlds.asking import Part, World
from videostar.playground.worlds.drawing import NUM_FRAMES, VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS, draw_clips, samples
from videostar.seeds import seed_for
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling
from videostar.video.write import write_mp4

SAMPLING = Sampling(num_frames=NUM_FRAMES)
HELD_OUT: tuple[Part, ...] = ("test-seen", "test-unseen")


def world_clips(seed: int, videos: int, questions: int, tasks: Sequence[str] = (), parts: Sequence[Part] = HELD_OUT) -> list[Shown]:
    """Held-out label questions about fresh videos of every world of a seed: `videos` of each part, at most `questions` about each."""
    shown: list[Shown] = []
    for made in WORLDS.values():
        world = made(seed)
        for part in parts:
            shown += clips_of(world, part, (videos, questions), tasks)
    return shown


def clips_of(world: World, part: Part, size: tuple[int, int], tasks: Sequence[str] = ()) -> list[Shown]:
    """Questions about fresh videos of one part of a world. size: how many videos, and at most how many questions about each."""
    clips = list(draw_clips(world, part, size[0]))
    frames = {}
    with tempfile.TemporaryDirectory() as folder:
        for video, clip in clips:
            pixels = clip.frames(video_times(clip.duration_seconds), FRAME_SIZE)
            frames[video] = through_file(Path(folder) / "clip.mp4", pixels)
    return [Shown(sample, frames[sample.video]) for sample in samples(world, part, clips, size[1], tasks)]


def lesson_clips(lesson: Lesson, seed: int, count: int) -> Iterator[tuple[LessonClip, Frames]]:
    """Fresh clips of a lesson that no training has seen."""
    with tempfile.TemporaryDirectory() as folder:
        for index in range(count):
            clip = lesson.draw(seed_for("measures", lesson.name, seed, index))
            yield clip, through_file(Path(folder) / "clip.mp4", clip.render(video_times(CLIP_SECONDS), FRAME_SIZE))


def through_file(path: Path, pixels: NDArray[np.uint8]) -> Frames:
    """Frames (T, H, W, 3) as they come back from a video file."""
    write_mp4(path, pixels, VIDEO_FPS)
    frames = decode_clip(ClipRef(path), SAMPLING)
    if not isinstance(frames, Frames):
        raise ValueError(f"a rendered clip cannot be read: {frames.reason}: {frames.message}")
    return frames
