"""Held-out questions of the worlds with frames that nobody renders, and a model that is a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from videostar.playground.measures.asking import Ask, Question, Shown
from videostar.playground.worlds.tables import WORLDS, draw_clips, samples
from videostar.types import FrameRecord
from videostar.video.frames import Frames, frames_sha256

SEED = 3


def numbered_frames(number: int, count: int = 8) -> Frames:
    """Frames whose grey levels count up, and which differ by their number."""
    pixels = np.zeros((count, 4, 4, 3), dtype=np.uint8)
    pixels[:] = (np.arange(count) * 20)[:, None, None, None]
    pixels[:, 0, 0, :2] = number % 256, number // 256
    times = tuple(index / 2 for index in range(count))
    return Frames(pixels, times, 2.0, FrameRecord("test", times, frames_sha256(pixels, times)))


@pytest.fixture(scope="session")
def held_out() -> list[Shown]:
    """Every task of every world, twelve videos of each."""
    shown: list[Shown] = []
    for place, made in enumerate(WORLDS.values()):
        clips = list(draw_clips(made(SEED), "test-seen", 12))
        frames = {video: numbered_frames(number + 100 * place) for number, (video, _) in enumerate(clips)}
        shown += [Shown(sample, frames[sample.video]) for sample in samples(made(SEED), "test-seen", clips, 12)]
    return shown


def answering(answer: Callable[[Question], str]) -> Ask:
    """A model that answers each question by itself."""

    def ask(questions: Sequence[Question]) -> list[str]:
        return [answer(one) for one in questions]

    return ask
