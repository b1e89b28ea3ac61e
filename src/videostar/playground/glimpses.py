"""First stage of building: the vision tower learns what two consecutive frames show, before any language.

Linear readers of its four tokens must tell who is where and how it is bent, turned and coloured; so must readers of their mean,
since that is what the text model's attention finds first. Two frames a sample, since they are what the tower sees at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from videostar.playground.architecture import FRAME_SIZE, FRAMES_PER_PATCH, HIDDEN_SIZE, TOKENS_PER_TUBELET, patchify, video_grid
from videostar.playground.degrade import degrade
from videostar.playground.lessons.lesson import Lesson, Read
from videostar.playground.reading import Targets, read_loss, targets
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.seeds import seed_for

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

TUBELETS_PER_CLIP = 4


@dataclass(frozen=True, slots=True)
class GlimpseBatch:
    """patches: (N, 64, 864), those of the lessons one after the other. targets: of each lesson's part, by its name."""

    patches: Tensor
    targets: Mapping[str, Targets]


class GlimpseReaders(nn.Module):
    """Linear readers of the visual tokens of two frames, by lesson. Thrown away after building."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        super().__init__()
        self.together = nn.ModuleDict({one.name: nn.Linear(HIDDEN_SIZE * TOKENS_PER_TUBELET, one.glimpses.outputs) for one in lessons})
        self.mean = nn.ModuleDict({one.name: nn.Linear(HIDDEN_SIZE, one.glimpses.outputs) for one in lessons})

    def forward(self, lesson: str, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 4, hidden) -> predictions (N, K) from all tokens and from their mean."""
        return self.together[lesson](tokens.flatten(1)), self.mean[lesson](tokens.mean(1))


def glimpse_batch(shares: Sequence[tuple[Lesson, int]], first_seed: int) -> GlimpseBatch:
    """A few pairs of neighbouring frames of so many fresh clips of each lesson, from consecutive seeds."""
    rng = np.random.Generator(np.random.PCG64(seed_for("glimpses", first_seed)))
    patches, wanted = [], {}
    for lesson, clips in shares:
        shown: list[NDArray[np.uint8]] = []
        read: list[Read] = []
        for index in range(clips):
            clip = lesson.draw(first_seed + index)
            times = _pairs(rng)
            shown.append(degrade(clip.render(times, FRAME_SIZE), rng))
            read.extend(clip.glimpse(pair) for pair in times.reshape(-1, FRAMES_PER_PATCH))
        patches.append(patchify(np.stack(shown)))
        wanted[lesson.name] = targets(lesson.glimpses, read)
    return GlimpseBatch(torch.cat(patches), wanted)


def _pairs(rng: np.random.Generator) -> NDArray[np.float64]:
    """(2 * TUBELETS_PER_CLIP,) times of pairs of frames as far apart as sampled ones are."""
    first = rng.uniform(0, 1 - 1 / NUM_FRAMES, TUBELETS_PER_CLIP)
    return np.asarray(np.stack([first, first + 1 / NUM_FRAMES], axis=1).reshape(-1))


def glimpse_loss(
    model: Qwen2_5_VLForConditionalGeneration, readers: GlimpseReaders, shares: Sequence[tuple[Lesson, int]], batch: GlimpseBatch
) -> tuple[Tensor, dict[str, tuple[float, float]]]:
    """The stage's loss, and what all tokens together got right."""
    count = len(batch.patches)
    seen = model.model.visual(batch.patches.flatten(0, 1), video_grid(1, count)).pooler_output.view(count, TOKENS_PER_TUBELET, -1)
    loss, probes = seen.new_zeros(()), {}
    for (lesson, _), tokens in zip(shares, seen.split([TUBELETS_PER_CLIP * clips for _, clips in shares]), strict=True):
        wanted = batch.targets[lesson.name]
        together, mean = readers(lesson.name, tokens)
        part, found = read_loss(lesson.glimpses, together, wanted)
        loss = loss + part + 0.5 * read_loss(lesson.glimpses, mean, wanted)[0]
        probes.update({f"{lesson.name} {name}": value for name, value in found.items()})
    return loss / len(shares), probes
