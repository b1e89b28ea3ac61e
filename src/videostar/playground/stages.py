"""The three stages of building: what two frames show, short decisive answers, then all of language with short answers kept.

Every batch is fresh: its scenes and questions come from the stage's name and the step alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from videostar.playground.architecture import FRAME_SIZE, patchify
from videostar.playground.degrade import degrade
from videostar.playground.packing import Packer, pack_loss
from videostar.playground.questions import Item, given_item, guessed_item, long_item, short_item
from videostar.playground.render import frame_times, render
from videostar.playground.scene import CLIP_SECONDS, Truth, draw_scene
from videostar.playground.tower import CLIP_FRAMES, TowerHeads, tower_loss, tubelet_batch
from videostar.seeds import rng_for, seed_for

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

TUBELETS_PER_STEP = 64
CLIPS_PER_STEP = 8
# Seeds below this are left to worlds, gates and tests: no clip that is trained on here is ever measured there.
FIRST_TRAINING_SEED = 1_000_000_000

Maker = Callable[[Truth, random.Random], Item]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the building time with one loss.

    share: of all the time. loss: step -> (loss, probes by name, each (right, of) or (error, 1)).
    """

    name: str
    share: float
    learning_rate: float
    loss: Callable[[int], tuple[Tensor, Mapping[str, tuple[float, float]]]]


def stages(model: Qwen2_5_VLForConditionalGeneration, heads: TowerHeads, packer: Packer) -> tuple[Stage, ...]:
    """The stages in their order; the shares add up to 1."""

    def tower(step: int) -> tuple[Tensor, Mapping[str, tuple[float, float]]]:
        loss, probes = tower_loss(model, heads, tubelet_batch(_first_seed("tower", step, TUBELETS_PER_STEP), TUBELETS_PER_STEP))
        return loss, {name: (value, 1.0) for name, value in probes.items()}

    def talking(name: str, makers: Sequence[Maker]) -> Callable[[int], tuple[Tensor, Mapping[str, tuple[float, float]]]]:
        def loss(step: int) -> tuple[Tensor, Mapping[str, tuple[float, float]]]:
            return _talk(model, packer, name, step, makers)

        return loss

    decisive = (*[short_item] * 8, given_item)
    everything = (*[short_item] * 4, guessed_item, long_item, long_item)
    return (
        Stage("tower", 0.33, 1.5e-3, tower),
        Stage("skills", 0.15, 1.0e-3, talking("skills", decisive)),
        Stage("language", 0.52, 1.0e-3, talking("language", everything)),
    )


def _talk(
    model: Qwen2_5_VLForConditionalGeneration, packer: Packer, name: str, step: int, makers: Sequence[Maker]
) -> tuple[Tensor, Mapping[str, tuple[float, float]]]:
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
