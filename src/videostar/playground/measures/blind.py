"""Every label task without the video, and with its frames in another order: what answers do not need to look for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from videostar.playground.measures.asking import Ask, Shown, passes, question, video_of
from videostar.playground.measures.outcomes import Outcome, accuracies
from videostar.prompts import asked
from videostar.seeds import seed_for
from videostar.types import Estimate
from videostar.video.frames import Frames, frames_sha256

SEEING, BLIND, SHUFFLED = "with the video", "without the video", "frames shuffled"


@dataclass(frozen=True, slots=True)
class Blinded:
    """Answers step by step in the order of the questions: without the video, and with its frames shuffled."""

    without: Sequence[str]
    shuffled: Sequence[str]


def blind(shown: Sequence[Shown], told: Mapping[str, str], blinded: Blinded) -> dict[str, Estimate]:
    """Accuracy of each way and what is lost by it, over all and by task. told: explained answers with the video, by sample."""
    outcomes = [
        Outcome(
            video_of(one.sample),
            one.sample.task,
            {
                SEEING: passes(one.sample, told[one.sample.id], one.frames),
                BLIND: passes(one.sample, without, one.frames),
                SHUFFLED: passes(one.sample, shuffled, one.frames),
            },
        )
        for one, without, shuffled in zip(shown, blinded.without, blinded.shuffled, strict=True)
    ]
    return accuracies(outcomes, [(SEEING, BLIND), (SEEING, SHUFFLED)])


def answered_blind(shown: Sequence[Shown], ask: Ask) -> Blinded:
    """The same questions twice: with nothing to look at, and with the frames in a drawn order."""
    prompts = [asked(one.sample, "reasoned") for one in shown]
    mixed: dict[str, Frames] = {}
    for one in shown:
        if one.frames.record.sha256 not in mixed:
            mixed[one.frames.record.sha256] = in_another_order(one.frames)
    frames = [mixed[one.frames.record.sha256] for one in shown]
    return Blinded(
        ask([question(prompt, None) for prompt in prompts]),
        ask([question(prompt, found) for prompt, found in zip(prompts, frames, strict=True)]),
    )


def in_another_order(frames: Frames) -> Frames:
    """The same pictures at the same times, in an order that the pictures themselves decide and that is never their own."""
    count = len(frames.pixels)
    rng = np.random.Generator(np.random.PCG64(seed_for("shuffled frames", frames.record.sha256)))
    order = rng.permutation(count)
    if count > 1 and (order == np.arange(count)).all():
        order = np.roll(order, 1)
    pixels = np.ascontiguousarray(frames.pixels[order])
    record = replace(frames.record, sha256=frames_sha256(pixels, frames.timestamps_seconds))
    return replace(frames, pixels=pixels, record=record)
