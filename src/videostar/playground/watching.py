"""Second stage of building: the text model adds up what the tower saw of each pair of frames, before it learns to speak of it.

Readers at the end of the clip must tell everything that the clip shows; readers after every pair of frames how far it has got.
They read what goes into the last two layers, so that a question's tokens can look it up there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from videostar.playground.architecture import FRAME_SIZE, FRAMES_PER_PATCH, HIDDEN_SIZE, TOKENS_PER_TUBELET, patchify, video_grid
from videostar.playground.degrade import degrade
from videostar.playground.lessons.lesson import Lesson, LessonClip
from videostar.playground.reading import Targets, read_loss, targets
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.seeds import seed_for

TUBELETS = NUM_FRAMES // FRAMES_PER_PATCH
TIME_SLACK = 0.15
PROGRESS_SCALE = 0.3
PROGRESS_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Watched:
    """Clips of one lesson as the frozen tower sees them. seen: (B, visual tokens, hidden). progress: (B, tubelets), scaled."""

    lesson: str
    clips: tuple[LessonClip, ...]
    seen: Tensor
    facts: Targets
    progress: Tensor


class WatchReaders(nn.Module):
    """Readers of the text model's states, by lesson. Thrown away after building."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(HIDDEN_SIZE)
        self.facts = nn.ModuleDict({one.name: nn.Linear(HIDDEN_SIZE, one.facts.outputs) for one in lessons})
        self.progress = nn.ModuleDict({one.name: nn.Linear(HIDDEN_SIZE, 1) for one in lessons})


def watch(visual: Any, lesson: Lesson, first_seed: int, count: int) -> Watched:
    """`count` fresh clips of a lesson, from consecutive seeds, through the tower `visual` without gradients."""
    rng = np.random.Generator(np.random.PCG64(seed_for("watched", lesson.name, first_seed)))
    clips = tuple(lesson.draw(first_seed + index) for index in range(count))
    frames = np.empty((count, NUM_FRAMES, FRAME_SIZE, FRAME_SIZE, 3), dtype=np.uint8)
    progress = []
    for index, clip in enumerate(clips):
        times = (np.arange(NUM_FRAMES) + 0.5 + rng.uniform(-TIME_SLACK, TIME_SLACK)) / NUM_FRAMES
        frames[index] = degrade(clip.render(times, FRAME_SIZE), rng)
        progress.append(clip.progress(times[FRAMES_PER_PATCH - 1 :: FRAMES_PER_PATCH]))
    with torch.no_grad():
        seen = visual(patchify(frames).flatten(0, 1), video_grid(TUBELETS, count)).pooler_output
    reached = torch.from_numpy((np.stack(progress) / PROGRESS_SCALE).astype(np.float32))
    facts = targets(lesson.facts, [clip.facts() for clip in clips])
    return Watched(lesson.name, clips, seen.view(count, TUBELETS * TOKENS_PER_TUBELET, -1), facts, reached)


def watch_loss(
    readers: WatchReaders, lesson: Lesson, watched: Watched, states: Tensor, visual_start: int
) -> tuple[Tensor, dict[str, tuple[float, float]]]:
    """What is read off the states (B, L, hidden) of rows whose visual tokens start at `visual_start`, and its loss."""
    end = visual_start + watched.seen.shape[1]
    normed = readers.norm(states[:, visual_start : end + 1])
    loss, probes = read_loss(lesson.facts, readers.facts[lesson.name](normed[:, -1]), watched.facts)
    told = readers.progress[lesson.name](normed[:, TOKENS_PER_TUBELET - 1 : -1 : TOKENS_PER_TUBELET]).squeeze(-1)
    error = functional.mse_loss(told, watched.progress)
    probes["progress error"] = (error.item(), 1.0)
    return loss + PROGRESS_WEIGHT * error, {f"{lesson.name} {name}": value for name, value in probes.items()}
