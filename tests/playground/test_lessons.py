"""Lessons: truths that fit what they are read by, and descriptions that say nothing but the truth."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from videostar.playground.language import text_of
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import UNKNOWN_CLASS, Lesson, Read, Readable
from videostar.playground.reading import targets
from videostar.playground.worlds.drawing import sampled_times


def _fits(read: Read, readable: Readable) -> bool:
    classes = zip(read.classes, readable.classes.values(), strict=True)
    return all(index == UNKNOWN_CLASS or 0 <= index < count for index, count in classes) and len(read.measures) == len(readable.measures)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_truths_fit_their_readers_and_spread_alike(lesson: Lesson) -> None:
    clips = [lesson.draw(seed) for seed in range(300)]
    pairs = sampled_times().reshape(-1, 2)
    glimpses = [clip.glimpse(pairs[index % len(pairs)]) for index, clip in enumerate(clips)]
    facts = [clip.facts() for clip in clips]
    for readable, found in ((lesson.glimpses, glimpses), (lesson.facts, facts)):
        assert all(_fits(read, readable) for read in found)
        for column, count in enumerate(readable.classes.values()):
            drawn = {read.classes[column] for read in found} - {UNKNOWN_CLASS}
            assert drawn | {0} == set(range(count))  # a first and a second step are never missing
        scaled = targets(readable, found).measures.numpy()
        assert ((np.nanstd(scaled, axis=0) > 0.3) & (np.nanstd(scaled, axis=0) < 3)).all()
    progress = np.stack([clip.progress(sampled_times()) for clip in clips])
    assert np.abs(progress).max() <= 1.05
    assert (np.diff(np.abs(progress), axis=1) >= -1e-9).all()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_description_is_true_and_another_clip_s_is_not(lesson: Lesson) -> None:
    rng = random.Random(0)
    clips = [lesson.draw(seed) for seed in range(200)]
    for clip, other in pairwise(clips):
        assert all(clip.check(text_of(clip.describe(rng))).values())
        swapped = clip.check(text_of(other.describe(rng)))
        assert sum(swapped.values()) < len(swapped) or clip.facts() == other.facts()
        assert not any(clip.check("").values()) or lesson.name == "procedures"
