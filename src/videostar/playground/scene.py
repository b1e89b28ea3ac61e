"""The truth of a rendered clip: which shape moves, how, over which background. Everything is drawn from one seed.

Lengths and places are shares of the frame's width, x to the right, y down; times are shares of the clip unless named in seconds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from videostar.seeds import rng_for

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "red": (225, 45, 40),
        "green": (50, 185, 60),
        "blue": (50, 90, 235),
        "yellow": (240, 215, 50),
        "purple": (165, 60, 205),
        "white": (240, 240, 240),
    }
)
SHAPES = ("circle", "square", "triangle", "cross")
PATHS = ("right", "left", "up", "down", "still", "round", "zigzag", "back and forth")
TURNINGS = ("none", "clockwise", "counter-clockwise")
SIZE_CHANGES = ("same", "grows", "shrinks")
SPEEDS = ("slow", "fast")
STRAIGHT = MappingProxyType({"right": (1.0, 0.0), "left": (-1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)})
MOST_DISTRACTORS = 3
CLIP_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What can be said about a clip, in words. `speed` is "" for a shape that stays where it is."""

    colour: str
    shape: str
    path: str
    turning: str
    size_change: str
    speed: str
    distractors: int

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Pose:
    """The moving shape at one instant: centre and radius as shares of the width, angle in radians, clockwise as seen."""

    x: float
    y: float
    radius: float
    angle: float


@dataclass(frozen=True, slots=True)
class Distractor:
    """A grey disc that does not move."""

    x: float
    y: float
    radius: float
    level: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One clip before rendering.

    travel: length of the way of a straight path. drift: its angle against the axis, in radians. cycles: rounds or swings
    of a path that repeats. reach: radius of a round path, amplitude of a swing. turns: signed full turns, clockwise positive.
    grain: standard deviation of a fixed pattern in grey levels. shake: standard deviation of the camera's jumps, as a share of the width.
    background: grey levels at the top left and bottom right, and a tint added to each channel.
    """

    seed: int
    truth: Truth
    duration_seconds: float
    start: tuple[float, float]
    radii: tuple[float, float]
    travel: float
    drift: float
    cycles: float
    reach: float
    angle: float
    turns: float
    grain: float
    shake: float
    background: tuple[float, float]
    tint: tuple[float, float, float]
    distractors: tuple[Distractor, ...]

    def pose(self, time: float) -> Pose:
        """The moving shape at `time` in [0, 1]."""
        dx, dy = self._offset(time)
        radius = self.radii[0] + (self.radii[1] - self.radii[0]) * time
        return Pose(self.start[0] + dx, self.start[1] + dy, radius, self.angle + 2 * math.pi * self.turns * time)

    def _offset(self, time: float) -> tuple[float, float]:
        path, phase = self.truth.path, self.cycles * time
        if path in STRAIGHT:
            ux, uy = STRAIGHT[path]
            along, across = math.cos(self.drift) * self.travel * time, math.sin(self.drift) * self.travel * time
            return ux * along - uy * across, uy * along + ux * across
        if path == "round":
            angle = self.drift + 2 * math.pi * phase
            return self.reach * math.cos(angle), self.reach * math.sin(angle)
        if path == "zigzag":
            return self.travel * (time - 0.5), self.reach * _swing(phase)
        if path == "back and forth":
            return self.reach * _swing(phase), 0.0
        return 0.0, 0.0


def _swing(phase: float) -> float:
    """A triangle wave of period 1 that starts at 0 and rises, in [-1, 1]."""
    return 1 - 4 * abs((phase + 0.25) % 1 - 0.5)


def draw_scene(seed: int, wanted: Mapping[str, Sequence[str]] = MappingProxyType({}), duration_seconds: float = CLIP_SECONDS) -> Scene:
    """A scene from a seed alone. `wanted` narrows the choice of a truth field, such as `{"path": ["left"]}`."""
    rng = rng_for("scene", seed)
    path = _pick(rng, wanted, "path", PATHS)
    speed = _pick(rng, wanted, "speed", SPEEDS) if path != "still" else ""
    truth = Truth(
        colour=_pick(rng, wanted, "colour", tuple(COLOURS)),
        shape=_pick(rng, wanted, "shape", SHAPES),
        path=path,
        turning=_pick(rng, wanted, "turning", TURNINGS),
        size_change=_pick(rng, wanted, "size_change", SIZE_CHANGES),
        speed=speed,
        distractors=rng.randint(0, MOST_DISTRACTORS),
    )
    return _staged(seed, truth, rng, duration_seconds)


def _pick(rng: random.Random, wanted: Mapping[str, Sequence[str]], name: str, allowed: Sequence[str]) -> str:
    choice = rng.choice(tuple(wanted.get(name, allowed)))
    if choice not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {choice!r}")
    return choice


def _staged(seed: int, truth: Truth, rng: random.Random, duration_seconds: float) -> Scene:
    fast = truth.speed == "fast"
    straight = truth.path in STRAIGHT
    per_second = rng.uniform(0.125, 0.155) if fast else rng.uniform(0.05, 0.08)
    zigzag_travel = rng.choice((-1, 1)) * rng.uniform(0.3, 0.45)
    radii = _radii(rng, truth.size_change)
    scene = Scene(
        seed=seed,
        truth=truth,
        duration_seconds=duration_seconds,
        start=(0.0, 0.0),
        radii=radii,
        travel=per_second * duration_seconds if straight else zigzag_travel,
        drift=rng.uniform(-0.2, 0.2) if straight else rng.uniform(0, 2 * math.pi),
        cycles=_cycles(rng, truth.path, fast=fast),
        reach=rng.uniform(0.14, 0.2),
        angle=rng.uniform(0, 2 * math.pi),
        turns={"none": 0.0, "clockwise": 1.0, "counter-clockwise": -1.0}[truth.turning] * rng.uniform(1.4, 2.2),
        grain=rng.uniform(0.0, 6.0),
        shake=rng.choice((0.0, rng.uniform(0.0, 0.008))),
        background=(rng.uniform(15, 85), rng.uniform(15, 85)),
        tint=(rng.uniform(-8, 8), rng.uniform(-8, 8), rng.uniform(-8, 8)),
        distractors=tuple(_distractor(rng) for _ in range(truth.distractors)),
    )
    return _placed(scene, rng)


def _radii(rng: random.Random, size_change: str) -> tuple[float, float]:
    small, large = rng.uniform(0.13, 0.145), rng.uniform(0.215, 0.24)
    if size_change == "same":
        steady = rng.uniform(0.14, 0.2)
        return steady, steady
    return (small, large) if size_change == "grows" else (large, small)


def _cycles(rng: random.Random, path: str, *, fast: bool) -> float:
    if path == "round":
        return rng.choice((-1, 1)) * (rng.uniform(1.3, 1.6) if fast else rng.uniform(0.7, 0.85))
    return rng.uniform(1.8, 2.1) if fast else rng.uniform(0.9, 1.1)


def _distractor(rng: random.Random) -> Distractor:
    return Distractor(rng.uniform(0.06, 0.94), rng.uniform(0.06, 0.94), rng.uniform(0.035, 0.05), rng.randint(120, 170))


def _placed(scene: Scene, rng: random.Random) -> Scene:
    """The scene moved so that the whole way lies in the frame, as far as it fits."""
    poses = [scene.pose(step / 16) for step in range(17)]
    start = tuple(
        _slot(rng, min(values), max(values), edge=max(scene.radii) * 0.9)
        for values in ([pose.x for pose in poses], [pose.y for pose in poses])
    )
    names = [name for name in Scene.__slots__ if name != "start"]
    return Scene(start=(start[0], start[1]), **{name: getattr(scene, name) for name in names})


def _slot(rng: random.Random, low: float, high: float, edge: float) -> float:
    first, last = edge - low, 1 - edge - high
    return rng.uniform(first, last) if first < last else (first + last) / 2
