"""The stages of building: what two frames show, short decisive answers, repeating what is given, then all of language.

Every batch is fresh: its scenes and questions come from the stage's name and the step alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from videostar.playground.architecture import FRAME_SIZE, patchify
from videostar.playground.degrade import degrade
from videostar.playground.packing import Packer, pack_loss
from videostar.playground.questions import Item, drill_item, given_item, guessed_item, long_item, short_item
from videostar.playground.render import frame_times, render
from videostar.playground.scene import CLIP_SECONDS, Truth, draw_scene
from videostar.playground.tower import CLIP_FRAMES, TowerHeads, tower_loss, tubelet_batch
from videostar.seeds import rng_for, seed_for

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

TUBELETS_PER_STEP = 64
CLIPS_PER_STEP = 8
DRILLS_PER_STEP = 32
EXPLAINED_DRILLS = 0.3
LATER_STEPS = 1_000_000
# Clips of training have seeds from here on; worlds and gates draw theirs out of 2**63 with `seed_for`.
FIRST_TRAINING_SEED = 1_000_000_000

Maker = Callable[[Truth, random.Random], Item]
Outcome = tuple[Tensor, Mapping[str, tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the building time with one loss.

    share: of all the time. loss: step -> (loss, probes by name, each (right, of) or (error, 1)).
    """

    name: str
    share: float
    learning_rate: float
    loss: Callable[[int], Outcome]


def stages(model: Qwen2_5_VLForConditionalGeneration, heads: TowerHeads, packer: Packer, text_packer: Packer) -> tuple[Stage, ...]:
    """The stages in their order; the shares add up to 1. Later ones repeat what earlier ones taught."""

    def tower(step: int) -> Outcome:
        loss, probes = tower_loss(model, heads, tubelet_batch(_first_seed("tower", step, TUBELETS_PER_STEP), TUBELETS_PER_STEP))
        return loss, {name: (value, 1.0) for name, value in probes.items()}

    def skills(step: int) -> Outcome:
        return _talk(model, packer, "skills", step, (*[short_item] * 8, given_item))

    def drill(step: int) -> Outcome:
        rng = rng_for("drill", step)
        explained = rng.random() < EXPLAINED_DRILLS
        truths = [draw_scene(rng.randrange(FIRST_TRAINING_SEED)).truth for _ in range(DRILLS_PER_STEP)]
        rows = [[drill_item(truth, rng, explained=explained)] for truth in truths]
        loss, probes = pack_loss(model, text_packer.pack(rows, torch.empty(0), CLIP_SECONDS))
        return loss, {f"drilled {name}": counts for name, counts in probes.items()}

    def copying(step: int) -> Outcome:
        return drill(step) if step % 4 else skills(LATER_STEPS + step)

    def language(step: int) -> Outcome:
        if step % 4 == 1:
            return drill(step)
        return _talk(model, packer, "language", step, (*[short_item] * 4, guessed_item, long_item, long_item))

    return (
        Stage("tower", 0.23, 1.5e-3, tower),
        Stage("skills", 0.105, 1.0e-3, skills),
        Stage("copying", 0.12, 1.5e-3, copying),
        Stage("language", 0.545, 1.0e-3, language),
    )


def _talk(model: Qwen2_5_VLForConditionalGeneration, packer: Packer, name: str, step: int, makers: Sequence[Maker]) -> Outcome:
    first = _first_seed(name, step, CLIPS_PER_STEP)
    rng = rng_for("items", name, step)
    noise = np.random.Generator(np.random.PCG64(seed_for("frames", name, step)))
    frames = np.empty((CLIPS_PER_STEP, CLIP_FRAMES, FRAME_SIZE, FRAME_SIZE, 3), dtype=np.uint8)
    rows = []
    for index in range(CLIPS_PER_STEP):
        scene = draw_scene(first + index)
        times = frame_times(CLIP_FRAMES, offset=0.5 + noise.uniform(-0.15, 0.15))
        frames[index] = degrade(render(scene, times, FRAME_SIZE, noise.uniform(0.8, 1.5)), noise)
        rows.append([maker(scene.truth, rng) for maker in makers])
    pack = packer.pack(rows, patchify(frames), CLIP_SECONDS)
    return pack_loss(model, pack)


def _first_seed(name: str, step: int, count: int) -> int:
    place = {"tower": 1, "skills": 2, "language": 3}[name]
    return FIRST_TRAINING_SEED * place + step * count
