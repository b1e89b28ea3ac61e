"""First stage of building: the vision tower learns what two consecutive frames show, before any language.

Every visual token must tell, through one linear head, the colour, shape, place, size and motion of the moving shape; so must
all sixteen together. Two frames a sample, since one tubelet is what the tower sees at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from videostar.playground.architecture import FRAME_SIZE, FRAMES_PER_PATCH, TOKENS_PER_TUBELET, patchify, video_grid
from videostar.playground.degrade import degrade
from videostar.playground.render import render
from videostar.playground.scene import COLOURS, MOST_DISTRACTORS, SHAPES, TURNINGS, Scene, draw_scene
from videostar.seeds import seed_for

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

MEASURES = ("x", "y", "radius", "dx", "dy", "dradius", "dangle", "mark_x", "mark_y", "next_mark_x", "next_mark_y")
# What one unit of each measure stands for, so that all spread about equally.
SCALES = (0.25, 0.25, 0.04, 0.05, 0.05, 0.012, 0.9, 0.7, 0.7, 0.7, 0.7)
CLASSES = {"colour": len(COLOURS), "shape": len(SHAPES), "turning": len(TURNINGS), "distractors": MOST_DISTRACTORS + 1}
WEIGHTS = (1.0, 1.0, 1.5, 0.3)
CLIP_FRAMES = 8


@dataclass(frozen=True, slots=True)
class TubeletBatch:
    """patches: (N, 64, 384). classes: (N, 4) in the order of CLASSES. measures: (N, 11), scaled."""

    patches: Tensor
    classes: Tensor
    measures: Tensor


class TowerHeads(nn.Module):
    """Linear readers of the visual tokens: one shared by all tokens, one over all sixteen together. Thrown away after the stage."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        outputs = sum(CLASSES.values()) + len(MEASURES)
        self.each = nn.Linear(hidden, outputs)
        self.together = nn.Linear(hidden * TOKENS_PER_TUBELET, outputs)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 16, hidden) -> predictions of each token (N, 16, K) and of all together (N, K)."""
        return self.each(tokens), self.together(tokens.flatten(1))


def tubelet_batch(first_seed: int, count: int) -> TubeletBatch:
    """`count` fresh two-frame samples, from consecutive seeds."""
    rng = np.random.Generator(np.random.PCG64(seed_for("tubelets", first_seed)))
    frames = np.empty((count, FRAMES_PER_PATCH, FRAME_SIZE, FRAME_SIZE, 3), dtype=np.uint8)
    classes, measures = [], []
    for index in range(count):
        scene = draw_scene(first_seed + index)
        first = (rng.integers(CLIP_FRAMES - 1) + rng.uniform()) / CLIP_FRAMES
        times = (first, first + 1 / CLIP_FRAMES)
        frames[index] = degrade(render(scene, times, FRAME_SIZE, rng.uniform(0.8, 1.5)), rng)
        truth = scene.truth
        named = (list(COLOURS).index(truth.colour), SHAPES.index(truth.shape), TURNINGS.index(truth.turning), truth.distractors)
        classes.append(named)
        measures.append(_measures(scene, times))
    return TubeletBatch(patchify(frames), torch.tensor(classes), torch.from_numpy(np.stack(measures)))


def _measures(scene: Scene, times: tuple[float, float]) -> NDArray[np.float32]:
    one, two = scene.pose(times[0]), scene.pose(times[1])
    values = (
        (one.x + two.x) / 2 - 0.5,
        (one.y + two.y) / 2 - 0.5,
        (one.radius + two.radius) / 2 - 0.16,
        two.x - one.x,
        two.y - one.y,
        two.radius - one.radius,
        two.angle - one.angle,
        # Where the mark on the shape points in either frame: the turn between them is hard to learn without.
        math.cos(one.angle),
        math.sin(one.angle),
        math.cos(two.angle),
        math.sin(two.angle),
    )
    return np.asarray(np.array(values, dtype=np.float32) / np.array(SCALES, dtype=np.float32), dtype=np.float32)


def tower_loss(model: Qwen2_5_VLForConditionalGeneration, heads: TowerHeads, batch: TubeletBatch) -> tuple[Tensor, dict[str, float]]:
    """The stage's loss, and what all tokens together got right: accuracies and squared errors by name."""
    count = len(batch.patches)
    seen = model.model.visual(batch.patches.flatten(0, 1), video_grid(1, count)).pooler_output
    each, together = heads(seen.view(count, TOKENS_PER_TUBELET, -1))
    spread = each.flatten(0, 1)
    repeated = TubeletBatch(
        batch.patches, batch.classes.repeat_interleave(TOKENS_PER_TUBELET, 0), batch.measures.repeat_interleave(TOKENS_PER_TUBELET, 0)
    )
    loss = _loss(together, batch) + _loss(spread, repeated)
    return loss, _probes(together.detach(), batch)


def _loss(predicted: Tensor, batch: TubeletBatch) -> Tensor:
    *named, measured = torch.split(predicted, [*CLASSES.values(), len(MEASURES)], dim=-1)
    loss = 2 * functional.mse_loss(measured, batch.measures)
    for weight, logits, column in zip(WEIGHTS, named, batch.classes.unbind(-1), strict=True):
        loss = loss + weight * functional.cross_entropy(logits, column)
    return loss


def _probes(predicted: Tensor, batch: TubeletBatch) -> dict[str, float]:
    *named, measured = torch.split(predicted, [*CLASSES.values(), len(MEASURES)], dim=-1)
    probes = {
        name: (logits.argmax(-1) == column).float().mean().item()
        for name, logits, column in zip(CLASSES, named, batch.classes.unbind(-1), strict=True)
    }
    errors = (measured - batch.measures).square().mean(0).tolist()
    return probes | {f"{name}_error": error for name, error in zip(MEASURES, errors, strict=True)}
