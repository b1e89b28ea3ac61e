"""The lesson of moves: where the shape is and points, which way it goes and turns, and that in words."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from videostar.labels.boolean import BooleanLabel
from videostar.labels.count import CountLabel
from videostar.playground.language import Pieces, description, read_description
from videostar.playground.lessons.lesson import Known, Lesson, Read, Readable, named_question
from videostar.playground.lessons.statements import checked
from videostar.playground.render import render
from videostar.playground.scene import COLOURS, MOST_DISTRACTORS, PATHS, SHAPES, SIZE_CHANGES, SPEEDS, TURNINGS, Scene, Truth, draw_scene
from videostar.playground.worlds.drawing import Values

WAY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "right": "right",
        "left": "left",
        "up": "up",
        "down": "down",
        "still": "nowhere",
        "round": "round in a circle",
        "zigzag": "in a zigzag",
        "back and forth": "back and forth",
    }
)
TURN_NAMES: Mapping[str, str] = MappingProxyType(
    {"none": "it does not turn", "clockwise": "clockwise", "counter-clockwise": "counter-clockwise"}
)
SIZE_NAMES: Mapping[str, str] = MappingProxyType({"same": "it stays the same", "grows": "it grows", "shrinks": "it shrinks"})
MOST_TURNS = 2.2
NO_SPEED = ""
MEAN_RADIUS = 0.17
STATED = ("colour", "shape", "path", "turning", "size_change", "speed")
GLIMPSES: Mapping[str, float] = MappingProxyType(
    {
        "x": 0.25,
        "y": 0.25,
        "radius": 0.03,
        "dx": 0.025,
        "dy": 0.025,
        "dradius": 0.004,
        **{f"{name}{frame}": 0.7 for frame in (1, 2) for name in ("mark_x", "mark_y")},
    }
)
# What two frames hide best: of all that is read off them, the turn between them is learned last.
TURN_FIRST: Mapping[str, float] = MappingProxyType({"turning": 3.0})
FACTS: Mapping[str, int] = MappingProxyType(
    {
        "colour": len(COLOURS),
        "shape": len(SHAPES),
        "path": len(PATHS),
        "turning": len(TURNINGS),
        "size": len(SIZE_CHANGES),
        "speed": len(SPEEDS) + 1,
        "distractors": MOST_DISTRACTORS + 1,
    }
)


@dataclass(frozen=True, slots=True)
class MoveClip:
    """A moving shape as a lesson's clip."""

    scene: Scene

    def render(self, times: Values, size: int) -> NDArray[np.uint8]:
        """Times in [0, 1] -> (T, size, size, 3) uint8 RGB."""
        return render(self.scene, times.tolist(), size)

    def glimpse(self, times: Values) -> Read:
        """What the two frames at `times` (2,) show."""
        truth, (one, two) = self.scene.truth, (self.scene.pose(time) for time in times.tolist())
        measures = [(one.x + two.x) / 2 - 0.5, (one.y + two.y) / 2 - 0.5, (one.radius + two.radius) / 2 - MEAN_RADIUS]
        measures += [two.x - one.x, two.y - one.y, two.radius - one.radius]
        # Where the mark on the shape points in either frame: the turn between them is hard to learn without.
        for pose in (one, two):
            measures += [math.cos(pose.angle), math.sin(pose.angle)]
        named = (list(COLOURS).index(truth.colour), SHAPES.index(truth.shape), TURNINGS.index(truth.turning), truth.distractors)
        return Read(named, tuple(measures))

    def facts(self) -> Read:
        """What the whole clip shows."""
        truth = self.scene.truth
        named = (
            list(COLOURS).index(truth.colour),
            SHAPES.index(truth.shape),
            PATHS.index(truth.path),
            TURNINGS.index(truth.turning),
            SIZE_CHANGES.index(truth.size_change),
            (NO_SPEED, *SPEEDS).index(truth.speed),
            truth.distractors,
        )
        return Read(named, ())

    def progress(self, times: Values) -> Values:
        """(T,) turns so far, clockwise positive, the most as 1."""
        return np.asarray(times * self.scene.turns / MOST_TURNS)

    def describe(self, rng: random.Random) -> Pieces:
        """A true description, its wording drawn from `rng`."""
        return description(self.scene.truth, rng)

    def ask(self, rng: random.Random) -> Known:
        """A question that the clip answers."""
        makers: list[Callable[[Truth, random.Random], Known]] = [_colour, _shape, _way, _way, _turn, _turn, _size, _yes_no, _yes_no, _count]
        if self.scene.truth.speed:
            makers.append(_pace)
        return rng.choice(makers)(self.scene.truth, rng)

    def check(self, text: str) -> dict[str, bool]:
        """For every fact of a description, whether the text states it, once and right."""
        truth = self.scene.truth
        true = {name: str(getattr(truth, name)) for name in STATED if getattr(truth, name)}
        return checked(true, read_description(text))


def _colour(truth: Truth, rng: random.Random) -> Known:
    return named_question(("What colour is the shape?", "Which colour does the shape have?"), truth.colour, tuple(COLOURS), "colour", rng)


def _shape(truth: Truth, rng: random.Random) -> Known:
    return named_question(("Which shape is it?", "What shape moves?"), truth.shape, SHAPES, "shape", rng)


def _way(truth: Truth, rng: random.Random) -> Known:
    wordings = ("Which way does the shape go?", "Where does the shape move?")
    return named_question(wordings, WAY_NAMES[truth.path], tuple(WAY_NAMES.values()), "path", rng)


def _turn(truth: Truth, rng: random.Random) -> Known:
    wordings = ("Which way does the shape turn?", "Which way does it turn, if at all?")
    return named_question(wordings, TURN_NAMES[truth.turning], tuple(TURN_NAMES.values()), "turning", rng)


def _size(truth: Truth, rng: random.Random) -> Known:
    wordings = ("What happens to its size?", "How does the size of the shape change?")
    return named_question(wordings, SIZE_NAMES[truth.size_change], tuple(SIZE_NAMES.values()), "size", rng)


def _pace(truth: Truth, rng: random.Random) -> Known:
    return named_question(("Is the shape slow or fast?", "How fast is the shape?"), truth.speed, SPEEDS, "speed", rng)


def _count(truth: Truth, rng: random.Random) -> Known:
    question = rng.choice(("How many grey dots are there?", "How many grey discs do you see?"))
    return Known(question, CountLabel(value=truth.distractors), "count")


def _yes_no(truth: Truth, rng: random.Random) -> Known:
    value, allowed, question = rng.choice(
        (
            (truth.colour, tuple(COLOURS), "Is the shape {}?"),
            (truth.shape, SHAPES, "Is it a {}?"),
            (WAY_NAMES[truth.path], tuple(WAY_NAMES[path] for path in PATHS), "Does the shape go {}?"),
            (truth.turning, TURNINGS[1:], "Does the shape turn {}?"),
            (truth.size_change, SIZE_CHANGES[1:], "Does the shape {}?"),
        )
    )
    shown = value if value in allowed and rng.random() < 0.5 else rng.choice([option for option in allowed if option != value])
    words = {"grows": "grow", "shrinks": "shrink"}.get(shown, shown)
    return Known(question.format(words), BooleanLabel(value=shown == value), "yes or no")


def _drawn(seed: int) -> MoveClip:
    return MoveClip(draw_scene(seed))


MOVES = Lesson(
    "moves",
    Readable(
        {"colour": len(COLOURS), "shape": len(SHAPES), "turning": len(TURNINGS), "distractors": MOST_DISTRACTORS + 1}, GLIMPSES, TURN_FIRST
    ),
    Readable(FACTS, {}),
    _drawn,
)
