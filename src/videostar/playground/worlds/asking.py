"""What all worlds give: clips with the questions that can be asked about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from videostar.playground.worlds.drawing import Values
from videostar.types import Label

Part: TypeAlias = Literal["train", "validation", "test-seen", "test-unseen"]
PARTS: tuple[Part, ...] = ("train", "validation", "test-seen", "test-unseen")
UNSEEN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one task with its label."""

    task: str
    question: str
    label: Label


@dataclass(frozen=True, slots=True)
class WorldClip:
    """One clip of a world, not yet rendered.

    frames: times in [0, 1] and a size in pixels -> (T, size, size, 3) uint8. asked: one question of each task that fits the clip.
    truth: all there is to know, as plain JSON values.
    """

    duration_seconds: float
    frames: Callable[[Values, int], NDArray[np.uint8]]
    asked: tuple[Asked, ...]
    truth: dict[str, Any]


class World(Protocol):
    """A rendered world with its own label names; both come from its seed."""

    @property
    def seed(self) -> int:
        """What names, combinations and clips are drawn from."""

    @property
    def name(self) -> str:
        """What samples carry as their source."""

    @property
    def names(self) -> dict[str, str]:
        """The invented label name of each meaning."""

    def clip(self, seed: int, part: Part) -> WorldClip:
        """A clip that may stand in `part`: combinations that are kept unseen stand in `test-unseen` alone, which holds nothing else."""


@runtime_checkable
class Balanced(Protocol):
    """A world that keeps its classes equally frequent in every part, and not only on average."""

    def clip_seed(self, part: Part, index: int) -> int:
        """A seed for the clip at place `index` of a part: as the index counts up, classes take turns."""
