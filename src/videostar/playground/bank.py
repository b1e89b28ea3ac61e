"""Clips as the finished tower sees them: rendered and looked at once, read by every stage of the text model.

Rendering a clip and looking at it costs several times what the text model needs to read it, so what was seen is kept and met again with
other questions. A block of clips depends on its number alone; it is kept as float16, whole or not at all.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from videostar.playground.lessons.lesson import Lesson
from videostar.playground.reading import targets
from videostar.playground.watching import Watched, watch

BLOCK_CLIPS = 16


class Bank:
    """`blocks` blocks of clips of each lesson, kept in `folder`; `fill` before `draw`."""

    def __init__(self, folder: Path, visual: Any, lessons: Sequence[Lesson], blocks: int) -> None:
        self._folder, self._visual, self._lessons, self._blocks = folder, visual, lessons, blocks
        self._kept: dict[str, tuple[Tensor, Tensor]] = {}

    def fill(self, makers: int) -> None:
        """Look at the clips of all blocks that are not there yet, in `makers` processes, and hold everything in memory."""
        if self._kept:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = [block for block in range(self._blocks) if not self._path(block).exists()]
        context = "fork" if makers else None
        for _ in DataLoader(_Blocks(self), sampler=missing, batch_size=None, num_workers=makers, multiprocessing_context=context):
            pass
        blocks = [load_file(self._path(block)) for block in range(self._blocks)]
        for lesson in self._lessons:
            seen, progress = (torch.cat([block[f"{lesson.name}/{part}"] for block in blocks]) for part in ("seen", "progress"))
            self._kept[lesson.name] = seen, progress

    def draw(self, lesson: Lesson, rng: random.Random, count: int) -> Watched:
        """`count` clips of a lesson, all different."""
        seen, progress = self._kept[lesson.name]
        places = rng.sample(range(len(seen)), min(count, len(seen)))
        clips = tuple(lesson.draw(_first_seed(place // BLOCK_CLIPS) + place % BLOCK_CLIPS) for place in places)
        facts = targets(lesson.facts, [clip.facts() for clip in clips])
        return Watched(lesson.name, clips, seen[places].float(), facts, progress[places])

    def look(self, block: int) -> int:
        """Render and keep one block; its number."""
        found: dict[str, Tensor] = {}
        for lesson in self._lessons:
            one = watch(self._visual, lesson, _first_seed(block), BLOCK_CLIPS)
            found |= {f"{lesson.name}/seen": one.seen.half().contiguous(), f"{lesson.name}/progress": one.progress}
        part = self._path(block).with_suffix(".part")
        save_file(found, part)
        part.replace(self._path(block))
        return block

    def _path(self, block: int) -> Path:
        return self._folder / f"{block:05d}.safetensors"


class _Blocks(Dataset[int]):
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def __getitem__(self, block: int) -> int:
        return self._bank.look(block)


def _first_seed(block: int) -> int:
    """Clips of a block have consecutive seeds, far below those of worlds and gates."""
    return block * BLOCK_CLIPS
