"""The lesson of procedures: where the tool and the objects are, what was done to which in which order, and that in words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from videostar.playground.language import Pieces
from videostar.playground.lessons.lesson import UNKNOWN, UNKNOWN_CLASS, Known, Lesson, Read, Readable
from videostar.playground.lessons.statements import checked, stated_of_procedure
from videostar.playground.worlds.drawing import COLOUR_NAMES, Values
from videostar.playground.worlds.language import describe_procedure, procedure_question
from videostar.playground.worlds.procedure_frames import render_procedure
from videostar.playground.worlds.procedures import BENCH, IDLES, KINDS, SHAPES, SLOTS, TREMORS, VERBS, Kind, Procedure, draw_procedure

PAIRS = tuple((verb, kind) for verb in VERBS for kind in KINDS)
COLOURS = COLOUR_NAMES[:4]
MOST_STEPS = 3
MEAN_STARTS = (0.1, 0.45, 0.65)
MOST_PHASES = 5
SLOT_REACH = 0.06
ON_BENCH = 0.02
PHASES = ("none", "touch", "stir", "grasp", "carry", "release", "drop")
SIDES = ("none", "left", "right")
GLIMPSES: Mapping[str, float] = MappingProxyType(
    {f"{name}{frame}": scale for frame in (1, 2) for name, scale in (("x", 0.25), ("y", 0.15), ("lean", 0.1), ("jaws", 0.4))}
)


@dataclass(frozen=True, slots=True)
class ProcedureClip:
    """A procedure as a lesson's clip."""

    procedure: Procedure

    def render(self, times: Values, size: int) -> NDArray[np.uint8]:
        """Times in [0, 1] -> (T, size, size, 3) uint8 RGB."""
        return render_procedure(self.procedure, times, size)

    def glimpse(self, times: Values) -> Read:
        """What the two frames at `times` (2,) show."""
        sight = self.procedure.sight(times)
        measures: list[float] = []
        for frame in range(len(times)):
            measures += [float(sight.x[frame]) - 0.5, float(sight.y[frame]) - 0.55, float(sight.tilt[frame]), float(sight.jaws[frame])]
        standing = [self._standing(slot, sight.items_x[-1], sight.items_y[-1]) for slot in SLOTS]
        phase, slot = self._doing(float(times[-1]), sight.items_x[-1].tolist())
        named = [index for kind in standing for index in kind]
        return Read((*named, phase, slot), tuple(measures))

    def facts(self) -> Read:
        """What the whole clip shows; what a third step would say is class 0 where there is none."""
        truth = self.procedure.truth
        steps = [(step.verb, truth.items[step.item]) for step in truth.steps]
        named: list[int] = []
        for number in range(MOST_STEPS):
            done = number < len(steps)
            named += [VERBS.index(steps[number][0]) + 1, *_kind(steps[number][1])] if done else [0, 0, 0]
        moved = next((step.item for step in truth.steps if step.verb == "move"), None)
        side = 0 if moved is None else 1 + int(self.procedure.timeline.landing > self.procedure.spots[moved].x)
        named += [len(truth.items) - 2, int(truth.dropped), IDLES.index(truth.idle), TREMORS.index(truth.tremor), side]
        starts = [phase.start for phase in self.procedure.timeline.phases if phase.name in ("touch", "stir", "grasp")]
        return Read(tuple(named), tuple(starts[n] - mean if n < len(starts) else UNKNOWN for n, mean in enumerate(MEAN_STARTS)))

    def progress(self, times: Values) -> Values:
        """(T,) phases ended so far, five of them as 1."""
        ends = np.array([phase.end for phase in self.procedure.timeline.phases])
        return np.asarray((times[:, None] >= ends).sum(1) / MOST_PHASES)

    def describe(self, rng: random.Random) -> Pieces:
        """A true description, its wording drawn from `rng`."""
        return describe_procedure(self.procedure, rng)

    def ask(self, rng: random.Random) -> Known:
        """A question that the clip answers."""
        return procedure_question(self.procedure, rng)

    def check(self, text: str) -> dict[str, bool]:
        """For every fact of a description, whether the text states it, once and right."""
        truth, phases = self.procedure.truth, self.procedure.truth.phases
        things = [f"{truth.items[item].colour} {truth.items[item].shape}" for phase, item in phases if phase in ("touch", "stir", "grasp")]
        moved = [item for phase, item in phases if phase == "carry"]
        sides = ["right" if self.procedure.timeline.landing > self.procedure.spots[item].x else "left" for item in moved]
        true = {
            "steps": ", ".join(phase for phase, _ in phases),
            "things": ", ".join(things),
            "side": ", ".join(sides),
            "tremor": truth.tremor,
            "waiting": truth.idle,
        }
        return checked(true, stated_of_procedure(text))

    def _standing(self, slot: float, x: Values, y: Values) -> tuple[int, int]:
        """Colour and shape of what stands at a slot, 0 for nothing; unknown for what is in the air there."""
        level = BENCH - self.procedure.radius
        for number, kind in enumerate(self.procedure.truth.items):
            if abs(x[number] - slot) < SLOT_REACH:
                return _kind(kind) if abs(y[number] - level) < ON_BENCH else (UNKNOWN_CLASS, UNKNOWN_CLASS)
        return 0, 0

    def _doing(self, time: float, x: Sequence[float]) -> tuple[int, int]:
        """The phase at a time, 0 for none, and the slot of its object, counted from 1; unknown while it is carried."""
        for phase in self.procedure.timeline.phases:
            if phase.start <= time < phase.end:
                number = PHASES.index(phase.name)
                if phase.name == "carry":
                    return number, UNKNOWN_CLASS
                return number, 1 + min(range(len(SLOTS)), key=lambda slot: abs(SLOTS[slot] - x[phase.item]))
        return 0, 0


def _kind(kind: Kind) -> tuple[int, int]:
    return COLOURS.index(kind.colour) + 1, SHAPES.index(kind.shape) + 1


def _kinds(names: Sequence[str]) -> dict[str, int]:
    return {f"{name} {part}": count for name in names for part, count in (("colour", len(COLOURS) + 1), ("shape", len(SHAPES) + 1))}


def _steps() -> dict[str, int]:
    found: dict[str, int] = {}
    for number in range(1, MOST_STEPS + 1):
        found[f"verb {number}"] = len(VERBS) + 1
        found.update(_kinds([f"step {number}"]))
    return found


def _drawn(seed: int) -> ProcedureClip:
    return ProcedureClip(draw_procedure(seed, PAIRS))


PROCEDURES = Lesson(
    "procedures",
    Readable({**_kinds([f"slot {number}" for number in range(1, 5)]), "phase": len(PHASES), "at slot": len(SLOTS) + 1}, GLIMPSES),
    Readable(
        {**_steps(), "things": 2, "dropped": 2, "idle": len(IDLES), "tremor": len(TREMORS), "carried": len(SIDES)},
        {"start 1": 0.02, "start 2": 0.18, "start 3": 0.13},
    ),
    _drawn,
)
