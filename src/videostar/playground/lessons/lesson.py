"""What a lesson gives: endless clips of one world with all that a network can be asked to tell of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.playground.language import Pieces
from videostar.playground.worlds.drawing import Values
from videostar.types import Label

UNKNOWN_CLASS = -100
UNKNOWN = math.nan


@dataclass(frozen=True, slots=True)
class Known:
    """A question about something that the clip shows, and the skill that a right answer takes."""

    question: str
    label: Label
    skill: str


@dataclass(frozen=True, slots=True)
class Readable:
    """What is read off: by name the number of classes, and measures with what one unit of each stands for, so that all spread alike.

    weights: of classes by name in the loss, 1 where none is given.
    """

    classes: Mapping[str, int]
    measures: Mapping[str, float]
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def outputs(self) -> int:
        """How many numbers a reader gives."""
        return sum(self.classes.values()) + len(self.measures)


@dataclass(frozen=True, slots=True)
class Read:
    """The truth of one `Readable`: an index for each class or `UNKNOWN_CLASS`; a value for each measure, unscaled, or `UNKNOWN`."""

    classes: tuple[int, ...]
    measures: tuple[float, ...]


class LessonClip(Protocol):
    """A clip of a lesson, not yet rendered."""

    def render(self, times: Values, size: int) -> NDArray[np.uint8]:
        """Times in [0, 1] -> (T, size, size, 3) uint8 RGB."""

    def glimpse(self, times: Values) -> Read:
        """What the two frames at `times` (2,) show."""

    def facts(self) -> Read:
        """What the whole clip shows."""

    def progress(self, times: Values) -> Values:
        """(T,) how far something that must be added up has got by `times`; about -1 to 1."""

    def describe(self, rng: random.Random) -> Pieces:
        """A true description, its wording drawn from `rng`."""

    def ask(self, rng: random.Random) -> Known:
        """A question that the clip answers."""

    def check(self, text: str) -> dict[str, bool]:
        """For every fact of a description, whether the text states it, once and right."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One world's lesson. glimpses: what two frames show. facts: what a clip shows. draw: the clip of a seed."""

    name: str
    glimpses: Readable
    facts: Readable
    draw: Callable[[int], LessonClip]


def named_question(
    wordings: Sequence[str], answer: str, options: Sequence[str], skill: str, rng: random.Random, *, lettered: float = 0.1
) -> Known:
    """A question with its answer free, out of a closed set, or, with the probability `lettered`, out of lettered options."""
    question = rng.choice(tuple(wordings))
    drawn = rng.random()
    if drawn < lettered and len(options) > 1:
        shown = rng.sample([option for option in options if option != answer], min(3, len(options) - 1))
        shown.insert(rng.randint(0, len(shown)), answer)
        return Known(question, ChoiceLabel(options=tuple(shown), answer=shown.index(answer)), "choice")
    return Known(question, CategoryLabel(value=answer, classes=tuple(options) if drawn > 0.95 else ()), skill)
