"""When the instrument of a procedure is where: key positions, joined by straight lines, and the phases between them.

Durations are drawn in sixteenths of the clip, the distance of two sampled frames, so that every phase is seen in two at least.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from videostar.playground.worlds.drawing import NUM_FRAMES

REST = 0.36  # y of the tip between steps
CARRY = 0.49  # y of the tip while it carries
SWING = 0.09  # of the tip to either side while it stirs
FRAME = 1 / NUM_FRAMES
FALLING = 0.7 * FRAME  # time that a dropped object takes to the bench
# Fewest sixteenths: phases, way to the next object, idle stretches.
LEAST = {"touch": 2.4, "stir": 3.7, "grasp": 2.4, "carry": 2.7, "release": 2.4, "drop": 2.4}
WAY = 1.05
PAUSE = 2.2
DETOUR = 1.6
LEAST_EXCESS = 0.4  # of a detour's way over the straight one
FAR_ENDS = (0.06, 0.94)
LEAD, TAIL = 0.2, 0.2
LONGEST_LEAD = 1.5


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an object stands at the start."""

    x: float


@dataclass(frozen=True, slots=True)
class Work:
    """One step: what is done to which object. dropped: whether a moved one falls."""

    verb: str
    item: int
    dropped: bool

    @property
    def phases(self) -> tuple[str, ...]:
        """The step's phases."""
        return ("grasp", "carry", "drop" if self.dropped else "release") if self.verb == "move" else (self.verb,)


@dataclass(frozen=True, slots=True)
class Key:
    """The instrument's tip at one time, and its jaws from 0, closed, to 1."""

    time: float
    x: float
    y: float
    jaws: float


@dataclass(frozen=True, slots=True)
class Phase:
    """A named stretch of time and the number of its object."""

    name: str
    item: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """keys: in order of time. landing: x where a moved object ends. drop_height: y from which it falls. idle: start and end, if any."""

    keys: tuple[Key, ...]
    phases: tuple[Phase, ...]
    landing: float
    drop_height: float
    idle: tuple[float, ...]


class _Hand:
    """Where the instrument has got to while a timeline is laid out. `frames` are sixteenths of the clip."""

    def __init__(self, x: float) -> None:
        self.frames = 0.0
        self.x, self.y, self.jaws = x, REST, 0.0
        self.keys: list[Key] = []
        self.phases: list[Phase] = []
        self._mark()

    def go(self, frames: float, x: float | None = None, y: float | None = None, jaws: float | None = None) -> None:
        """Be at the new place `frames` later; what is not given stays."""
        self.frames += frames
        self.x = self.x if x is None else x
        self.y = self.y if y is None else y
        self.jaws = self.jaws if jaws is None else jaws
        self._mark()

    def did(self, name: str, item: int, since: float) -> None:
        """Note a phase from `since` until now."""
        self.phases.append(Phase(name, item, since * FRAME, self.frames * FRAME))

    def _mark(self) -> None:
        self.keys.append(Key(self.frames * FRAME, self.x, self.y, self.jaws))


def lay_out(work: Sequence[Work], spots: Sequence[Spot], free: float, level: float, idle: str, rng: random.Random) -> Timeline | None:
    """The timeline of the steps; None where no two of them leave room for a detour that is asked for.

    free: x where nothing stands. level: y of the objects' centres.
    """
    idle_before = _idle_before(work, [spot.x for spot in spots], free, idle, rng)
    if idle_before is None:
        return None
    names = [name for step in work for name in step.phases]
    wasted = {"none": 0.0, "pause": PAUSE, "detour": DETOUR}[idle]
    room = NUM_FRAMES - LEAD - TAIL - WAY * len(work) - wasted
    least = [LEAST[name] for name in names]
    waiting = rng.uniform(0, min(LONGEST_LEAD, 0.4 * (room - sum(least))))
    lengths = _stretched(least, room - waiting, rng)
    places = [spot.x for spot in spots]
    hand = _Hand(_start(places, work[0].item, rng))
    hand.go(LEAD + waiting)
    stretch: tuple[float, ...] = ()
    for number, step in enumerate(work):
        if number == idle_before and number:
            stretch = _waste(hand, idle, places[step.item])
        hand.go(WAY, x=places[step.item], jaws=1.0 if step.verb == "move" else 0.0)
        taken = [lengths.pop(0) for _ in step.phases]
        _DOING[step.verb](hand, step, taken, level, free)
        if step.verb == "move":
            places[step.item] = free
    hand.go(max(0.0, NUM_FRAMES - hand.frames))
    return Timeline(tuple(hand.keys), tuple(hand.phases), free, CARRY, stretch)


def _stretched(least: Sequence[float], room: float, rng: random.Random) -> list[float]:
    """Lengths that fill `room`, none under its least: what is left over is dealt out at random."""
    spare = room - sum(least)
    if spare < 0:
        raise ValueError(f"the steps need {sum(least):.1f} sixteenths of the clip, there is room for {room:.1f}")
    shares = [rng.uniform(0.3, 1.0) * length for length in least]
    return [length + spare * share / sum(shares) for length, share in zip(least, shares, strict=True)]


def _start(places: Sequence[float], first: int, rng: random.Random) -> float:
    """Somewhere that is not above the first object."""
    while True:
        x = rng.uniform(0.1, 0.9)
        if abs(x - places[first]) > 0.2:
            return x


def _idle_before(work: Sequence[Work], places: list[float], free: float, idle: str, rng: random.Random) -> int | None:
    """The number of the step before which time is wasted, 0 for none; None where a detour fits nowhere."""
    if idle == "none":
        return 0
    places, fitting = list(places), []
    for number, (before, after) in enumerate(itertools.pairwise(work), 1):
        if before.verb == "move":
            places[before.item] = free
        if idle == "pause" or _far_end(places[before.item], places[after.item])[0] >= LEAST_EXCESS:
            fitting.append(number)
    return rng.choice(fitting) if fitting else None


def _far_end(start: float, target: float) -> tuple[float, float]:
    """(excess of the way over the straight one, x) of the end of the bench that lies farther out of the way."""
    return max((abs(far - start) + abs(far - target) - abs(start - target), far) for far in FAR_ENDS)


def _waste(hand: _Hand, idle: str, target: float) -> tuple[float, ...]:
    since = hand.frames
    if idle == "pause":
        hand.go(PAUSE)
    else:
        # Never quite still, so that it is no pause.
        far = _far_end(hand.x, target)[1]
        hand.go(DETOUR - 1.05, x=far, y=REST - 0.05)
        hand.go(1.05, x=far + (0.04 if far < 0.5 else -0.04), y=REST)
    return since * FRAME, hand.frames * FRAME


def _touch(hand: _Hand, step: Work, taken: Sequence[float], level: float, _: float) -> None:
    since = hand.frames
    hand.go(0.5, y=level - 0.1)
    hand.go(taken[0] - 1.0)
    hand.go(0.5, y=REST)
    hand.did("touch", step.item, since)


def _stir(hand: _Hand, step: Work, taken: Sequence[float], level: float, _: float) -> None:
    since, middle = hand.frames, hand.x
    quarter = (taken[0] - 1.0) / 4
    hand.go(0.5, y=level)
    hand.go(quarter, x=middle + SWING)
    hand.go(2 * quarter, x=middle - SWING)
    hand.go(quarter, x=middle)
    hand.go(0.5, y=REST)
    hand.did("stir", step.item, since)


def _move(hand: _Hand, step: Work, taken: Sequence[float], level: float, free: float) -> None:
    since = hand.frames
    hand.go(0.6, y=level)
    hand.go(0.7, jaws=0.35)
    hand.go(taken[0] - 1.3)
    hand.did("grasp", step.item, since)
    since = hand.frames
    hand.go(0.5, y=CARRY)
    if step.dropped:
        hand.go(taken[1] - 0.5, x=free)
    else:
        hand.go(taken[1] - 1.0, x=free)
        hand.go(0.5, y=level)
    hand.did("carry", step.item, since)
    since = hand.frames
    hand.go(0.25, jaws=1.0)
    hand.go(taken[2] - 0.85)
    hand.go(0.6, y=REST)
    hand.did(step.phases[-1], step.item, since)


_DOING = {"touch": _touch, "stir": _stir, "move": _move}
