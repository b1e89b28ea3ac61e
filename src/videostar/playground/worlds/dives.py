"""Dives: a diver leaves a platform, turns, and falls into water, seen from the side. All is drawn from one seed.

Lengths and places are shares of the frame's width, x to the right, y down; times are shares of the clip unless named in seconds.
Angles are radians, clockwise as seen; 0 is upright.

Judging, from the truth alone:

    difficulty = 1.0 + take-off (0.0 to 0.6) + 0.4 x half somersaults (1 to 6) + position (0.0 to 0.5)     from 1.4 to 4.5 points
    execution  = 10 - the costs of all faults (0.5 to 3.0 each, three at most)                             from 3.0 to 10 points
    score      = difficulty x execution, in whole points                                                   from 0 to 45 points

Whole points, since nobody can tell from a clip what would stand behind the point.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.worlds.drawing import COLOUR_NAMES, NUM_FRAMES, Look, Values, draw_look
from videostar.seeds import rng_for

FACINGS = ("water", "platform")
TURNINGS = ("forwards", "backwards")
POSITIONS = ("tuck", "pike", "straight")
MOST_HALF_TURNS = 6
TAKE_OFF_POINTS: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("water", "forwards"): 0.0,
        ("platform", "backwards"): 0.2,
        ("water", "backwards"): 0.4,
        ("platform", "forwards"): 0.6,
    }
)
POSITION_POINTS: Mapping[str, float] = MappingProxyType({"tuck": 0.0, "pike": 0.3, "straight": 0.5})
COSTS: Mapping[str, float] = MappingProxyType({"late": 1.0, "knees": 0.5, "over": 2.0, "under": 1.5, "splash": 3.0})
MOST_FAULTS = 3
LOWEST_DIFFICULTY, HIGHEST_DIFFICULTY = 1.4, 4.5
HIGHEST_SCORE = 45.0

FRAME = 1 / NUM_FRAMES
EARLIEST, LATEST = 0.05, 0.87  # of take-off and of entry: standing and splash are seen in a sampled frame at least
SHORTEST_FLIGHT, SHORTEST_HALF_TURN = 0.45, 0.12  # the latter keeps a turn between sampled frames under 120 degrees
CLOSING = 0.8 * FRAME
SLOWED = 0.4  # speed of the turn once the body is open again, as a share of the speed before
MISSED = math.radians(34)
FOLDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"tuck": (math.radians(125), math.radians(135)), "pike": (math.radians(120), 0.0), "straight": (0.0, 0.0)}
)
SOFT_KNEES = math.radians(85)
SPLASHES: Mapping[bool, tuple[float, float]] = MappingProxyType({False: (0.045, 0.065), True: (0.2, 0.26)})
# Share of the figure's length, from the hip.
TRUNK, HEAD, HEAD_RADIUS, THIGH, SHANK, FOOT = 0.32, 0.42, 0.095, 0.24, 0.23, 0.09


@dataclass(frozen=True, slots=True)
class Combination:
    """What a dive is: which way the diver faces, which way and how far the body turns, and its position meanwhile."""

    facing: str
    turning: str
    half_turns: int
    position: str

    @property
    def head_first(self) -> bool:
        """Whether the head meets the water first."""
        return self.half_turns % 2 == 1


COMBINATIONS = tuple(
    Combination(facing, turning, half_turns, position)
    for facing in FACINGS
    for turning in TURNINGS
    for half_turns in range(1, MOST_HALF_TURNS + 1)
    for position in POSITIONS
)


@dataclass(frozen=True, slots=True)
class DiveTruth:
    """What can be said about a clip. faults: keys of `COSTS`, in their order. `late` needs a position that folds the body."""

    dive: Combination
    faults: tuple[str, ...]
    colour: str

    @property
    def difficulty(self) -> float:
        """In points, as the module says."""
        dive = self.dive
        parts = TAKE_OFF_POINTS[dive.facing, dive.turning] + 0.4 * dive.half_turns + POSITION_POINTS[dive.position]
        return round(1.0 + parts, 1)

    @property
    def score(self) -> float:
        """In points, as the module says."""
        return float(round(self.difficulty * (10 - sum(COSTS[fault] for fault in self.faults))))


@dataclass(frozen=True, slots=True)
class Moves:
    """A diver at T moments, as anybody sees it: (T,) each. x, y: centre of mass. angle: of the trunk. hip, knee: how far bent."""

    x: Values
    y: Values
    angle: Values
    hip: Values
    knee: Values
    splash: Values


@dataclass(frozen=True, slots=True)
class Dive:
    """One clip before rendering.

    side: 1 where the water lies to the right of the platform, else -1. take_off, opening, entry: times. length: of the figure.
    edge: x of the platform's end. platform, water: y of their tops. leap: upward speed. travel: x covered in the air.
    splash: its greatest height.
    """

    seed: int
    truth: DiveTruth
    duration_seconds: float
    side: int
    take_off: float
    opening: float
    entry: float
    length: float
    edge: float
    platform: float
    water: float
    leap: float
    travel: float
    splash: float
    look: Look

    @property
    def facing(self) -> int:
        """1 where the diver's front looks right at the start, else -1."""
        return self.side if self.truth.dive.facing == "water" else -self.side

    @property
    def whirl(self) -> int:
        """1 where the body turns clockwise as seen, else -1."""
        return self.facing if self.truth.dive.turning == "forwards" else -self.facing

    @property
    def final_angle(self) -> float:
        """Of the trunk as it meets the water, unwrapped."""
        missed = {"over": MISSED, "under": -MISSED}
        return self.whirl * (math.pi * self.truth.dive.half_turns + sum(missed.get(fault, 0.0) for fault in self.truth.faults))

    @property
    def fault_times(self) -> dict[str, float]:
        """When each fault shows, in seconds from the clip's start."""
        starts = {"late": self.opening, "knees": self.opening, "over": self.entry, "under": self.entry, "splash": self.entry}
        return {fault: round(starts[fault] * self.duration_seconds, 2) for fault in self.truth.faults}

    def moves(self, times: Values) -> Moves:
        """The diver at `times` in [0, 1]."""
        hip, knee = self._folds(times)
        x, y = self._way(times)
        return Moves(x, y, self._angle(times), hip, knee, self._splash_height(times))

    def seconds(self, *times: float) -> tuple[float, ...]:
        """Shares of the clip in seconds, to a hundredth."""
        return tuple(round(time * self.duration_seconds, 2) for time in times)

    def _angle(self, times: Values) -> Values:
        quick = self.opening - self.take_off
        whole = quick + SLOWED * (self.entry - self.opening)
        turned = np.interp(times, (self.take_off, self.opening, self.entry), (0, quick / whole, 1))
        return np.asarray(self.final_angle * turned)

    def _folds(self, times: Values) -> tuple[Values, Values]:
        hip, knee = FOLDS[self.truth.dive.position]
        end_knee = SOFT_KNEES if "knees" in self.truth.faults else 0.0
        edges = (self.take_off, self.take_off + CLOSING, self.opening - 0.15 * FRAME, self.opening + 0.15 * FRAME)
        return (
            np.asarray(np.interp(times, edges, (0, hip, hip, end_knee * 0.45))),
            np.asarray(np.interp(times, edges, (0, knee, knee, end_knee))),
        )

    def _way(self, times: Values) -> tuple[Values, Values]:
        standing = Moves(*(np.zeros(1) for _ in range(6)))
        first = self.platform - float(lowest(standing, self.facing, self.length)[0])
        entering = Moves(np.zeros(1), np.zeros(1), np.array([self.final_angle]), *self._folds(np.array([1.0])), np.zeros(1))
        last = self.water - float(lowest(entering, self.facing, self.length)[0])
        share = np.clip((times - self.take_off) / (self.entry - self.take_off), 0, 1)
        pull = last - first + self.leap
        speed = (2 * pull - self.leap) / (self.entry - self.take_off)
        sunk = 0.3 * speed * (1 - np.exp(-np.maximum(times - self.entry, 0) / 0.3))
        x = self.edge - self.side * 0.025 + self.side * self.travel * share
        return np.asarray(x), np.asarray(first - self.leap * share + pull * share * share + sunk)

    def _splash_height(self, times: Values) -> Values:
        since = (times - self.entry) / FRAME
        return np.asarray(self.splash * np.interp(since, (0, 0.8, 3.5, 6.5), (0, 1, 1, 0)))


Points = dict[str, tuple[Values, Values]]


def joints(moves: Moves, facing: int, length: float) -> Points:
    """Where the joints are: "hip", "neck", "head", "knee", "ankle" and "toe", each (x, y) of (T,)."""
    legs = moves.angle + math.pi - facing * moves.hip
    shanks = legs + facing * moves.knee
    ways = {"neck": (moves.angle, TRUNK), "head": (moves.angle, HEAD), "knee": (legs, THIGH)}
    found = {name: _steps(angle, share * length) for name, (angle, share) in ways.items()}
    found["ankle"] = _added(found["knee"], _steps(shanks, SHANK * length))
    found["toe"] = _added(found["ankle"], _steps(shanks - facing * math.radians(65), FOOT * length))
    # The centre of mass of trunk and legs goes along the way, not the hip.
    mass = tuple(0.5 * found["neck"][axis] * 0.6 + 0.3 * found["knee"][axis] + 0.15 * found["ankle"][axis] for axis in (0, 1))
    hip = (moves.x - mass[0], moves.y - mass[1])
    return {"hip": hip, **{name: _added(hip, point) for name, point in found.items()}}


def lowest(moves: Moves, facing: int, length: float) -> Values:
    """(T,) y of the lowest part of the figure."""
    points = joints(moves, facing, length)
    downs = [points[name][1] for name in ("hip", "ankle", "toe", "knee")] + [points["head"][1] + HEAD_RADIUS * length]
    return np.asarray(np.max(downs, axis=0))


def _steps(angle: Values, reach: float) -> tuple[Values, Values]:
    return np.asarray(np.sin(angle) * reach), np.asarray(-np.cos(angle) * reach)


def _added(one: tuple[Values, Values], two: tuple[Values, Values]) -> tuple[Values, Values]:
    return one[0] + two[0], one[1] + two[1]


def draw_dive(seed: int, combinations: Sequence[Combination] = COMBINATIONS, duration_seconds: float = CLIP_SECONDS) -> Dive:
    """A dive from a seed alone, one of `combinations`."""
    rng = rng_for("dive", seed)
    dive = rng.choice(combinations)
    truth = DiveTruth(dive, _faults(rng, dive), rng.choice(COLOUR_NAMES))
    side = rng.choice((-1, 1))
    shortest = max(SHORTEST_FLIGHT, SHORTEST_HALF_TURN * dive.half_turns)
    entry = rng.uniform(EARLIEST + shortest, LATEST)
    take_off = rng.uniform(EARLIEST, entry - shortest)
    open_frames = rng.uniform(0.5, 0.8) if "late" in truth.faults else rng.uniform(2.25, 2.6)
    edge = rng.uniform(0.2, 0.36)
    return Dive(
        seed=seed,
        truth=truth,
        duration_seconds=duration_seconds,
        side=side,
        take_off=take_off,
        opening=entry - open_frames * FRAME,
        entry=entry,
        length=rng.uniform(0.4, 0.47),
        edge=edge if side > 0 else 1 - edge,
        platform=rng.uniform(0.46, 0.52),
        water=rng.uniform(0.83, 0.89),
        leap=rng.uniform(0.2, 0.35),
        travel=rng.uniform(0.24, 0.36),
        splash=rng.uniform(*SPLASHES["splash" in truth.faults]),
        look=draw_look(seed, rng),
    )


def _faults(rng: random.Random, dive: Combination) -> tuple[str, ...]:
    """None to three faults; over- and under-rotation exclude each other."""
    pool = ["knees", rng.choice(("over", "under")), "splash", *(["late"] if dive.position != "straight" else [])]
    drawn = rng.sample(pool, rng.choices(range(MOST_FAULTS + 1), weights=(3, 6, 6, 4))[0])
    return tuple(fault for fault in COSTS if fault in drawn)


def dive_json(dive: Dive) -> dict[str, Any]:
    """The full truth as plain JSON values; times in seconds from the clip's start."""
    truth = dive.truth
    take_off, opening, entry = dive.seconds(dive.take_off, dive.opening, dive.entry)
    return {
        "facing": truth.dive.facing,
        "turning": truth.dive.turning,
        "half_turns": truth.dive.half_turns,
        "position": truth.dive.position,
        "faults": dive.fault_times,
        "colour": truth.colour,
        "difficulty": truth.difficulty,
        "score": truth.score,
        "take_off_seconds": take_off,
        "opening_seconds": opening,
        "entry_seconds": entry,
        "seed": dive.seed,
    }
