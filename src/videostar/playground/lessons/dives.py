"""The lesson of dives: where the body is and how it is bent, how far it has turned, and the dive in words."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from videostar.playground.language import Pieces
from videostar.playground.lessons.lesson import UNKNOWN, UNKNOWN_CLASS, Known, Lesson, Read, Readable
from videostar.playground.lessons.statements import checked, stated_of_dive
from videostar.playground.worlds.dive_frames import render_dive
from videostar.playground.worlds.dives import FACINGS, MOST_HALF_TURNS, POSITIONS, TURNINGS, Dive, draw_dive
from videostar.playground.worlds.drawing import COLOUR_NAMES, NUM_FRAMES, Values
from videostar.playground.worlds.language import describe_dive, dive_question

TILTS = ("", "over", "under")
MISSING_OR_SEEN = 2
STAGES = ("standing", "flying", "entered")
SINKING = 1 / NUM_FRAMES  # so long after the entry the body can still be seen
WHIRLS = ("none", "clockwise", "counter-clockwise")
GLIMPSES: Mapping[str, float] = MappingProxyType(
    {
        "x": 0.12,
        "y": 0.2,
        "dx": 0.02,
        "dy": 0.05,
        **{f"{name}{frame}": 0.7 for frame in (1, 2) for name in ("head_x", "head_y")},
        **{f"{name}{frame}": scale for frame in (1, 2) for name, scale in (("hip", 1.0), ("knee", 1.0), ("splash", 0.08))},
    }
)
FACTS: Mapping[str, int] = MappingProxyType(
    {
        "colour": len(COLOUR_NAMES),
        "facing": len(FACINGS),
        "turning": len(TURNINGS),
        "half turns": MOST_HALF_TURNS,
        "position": len(POSITIONS),
        "opening": MISSING_OR_SEEN,
        "knees": MISSING_OR_SEEN,
        "end": MISSING_OR_SEEN,
        "tilt": len(TILTS),
        "splash": MISSING_OR_SEEN,
    }
)


@dataclass(frozen=True, slots=True)
class DiveClip:
    """A dive as a lesson's clip."""

    dive: Dive

    def render(self, times: Values, size: int) -> NDArray[np.uint8]:
        """Times in [0, 1] -> (T, size, size, 3) uint8 RGB."""
        return render_dive(self.dive, times, size)

    def glimpse(self, times: Values) -> Read:
        """What the two frames at `times` (2,) show; of a body under water nothing is asked."""
        dive, moves = self.dive, self.dive.moves(times)
        sunk = times > dive.entry + SINKING
        (x1, x2), (y1, y2) = moves.x.tolist(), moves.y.tolist()
        way = [(x1 + x2) / 2 - 0.5, (y1 + y2) / 2 - 0.5, x2 - x1, y2 - y1]
        measures = way if not sunk.any() else [UNKNOWN] * len(way)
        for angle, gone in zip(moves.angle.tolist(), sunk, strict=True):
            measures += [UNKNOWN, UNKNOWN] if gone else [math.sin(angle), -math.cos(angle)]
        for hip, knee, splash, gone in zip(moves.hip.tolist(), moves.knee.tolist(), moves.splash.tolist(), sunk, strict=True):
            measures += [UNKNOWN if gone else hip, UNKNOWN if gone else knee, splash]
        stages = [int(time > dive.take_off) + int(time > dive.entry) for time in times.tolist()]
        whirl = (1 if dive.whirl > 0 else 2) if stages == [1, 1] else 0 if stages in ([0, 0], [2, 2]) else UNKNOWN_CLASS
        colour = UNKNOWN_CLASS if sunk[0] else COLOUR_NAMES.index(dive.truth.colour)
        front = UNKNOWN_CLASS if sunk[0] else int(dive.facing > 0)
        return Read((colour, front, int(dive.side > 0), stages[1], whirl), tuple(measures))

    def facts(self) -> Read:
        """What the whole clip shows."""
        dive, truth = self.dive, self.dive.truth
        combination = truth.dive
        tilt = next((TILTS.index(fault) for fault in truth.faults if fault in TILTS), 0)
        named = (
            COLOUR_NAMES.index(truth.colour),
            FACINGS.index(combination.facing),
            TURNINGS.index(combination.turning),
            combination.half_turns - 1,
            POSITIONS.index(combination.position),
            int("late" in truth.faults) if combination.position != "straight" else UNKNOWN_CLASS,
            int("knees" in truth.faults),
            int(combination.head_first),
            tilt,
            int("splash" in truth.faults),
        )
        return Read(named, (dive.take_off - 0.25, dive.opening - 0.5, dive.entry - 0.7))

    def progress(self, times: Values) -> Values:
        """(T,) half turns so far, six of them as 1."""
        return np.asarray(np.abs(self.dive.moves(times).angle) / (math.pi * MOST_HALF_TURNS))

    def describe(self, rng: random.Random) -> Pieces:
        """A true description, its wording drawn from `rng`."""
        return describe_dive(self.dive, rng)

    def ask(self, rng: random.Random) -> Known:
        """A question that the clip answers."""
        return dive_question(self.dive, rng)

    def check(self, text: str) -> dict[str, bool]:
        """For every fact of a description, whether the text states it, once and right."""
        truth, combination = self.dive.truth, self.dive.truth.dive
        true = {
            "colour": truth.colour,
            "facing": combination.facing,
            "turning": combination.turning,
            "half turns": str(combination.half_turns),
            "position": combination.position,
            "opening": str("late" in truth.faults),
            "knees": str("knees" in truth.faults),
            "end": str(combination.head_first),
            "tilt": next((fault for fault in truth.faults if fault in TILTS), ""),
            "splash": str("splash" in truth.faults),
        }
        if combination.position == "straight":
            del true["opening"]
        return checked(true, stated_of_dive(text))


def _drawn(seed: int) -> DiveClip:
    return DiveClip(draw_dive(seed))


DIVES = Lesson(
    "dives",
    Readable({"colour": len(COLOUR_NAMES), "front": 2, "side": 2, "stage": len(STAGES), "whirl": len(WHIRLS)}, GLIMPSES),
    Readable(FACTS, {"take-off": 0.1, "opened": 0.12, "entered": 0.12}),
    _drawn,
)
