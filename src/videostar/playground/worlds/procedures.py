"""Procedures: an instrument works on objects that stand on a bench, seen from the side. All is drawn from one seed.

Lengths and places are shares of the frame's width, x to the right, y down; times are shares of the clip unless named in seconds.

A procedure is two or three steps: touch an object, move it, or stir in it. A touch and a stirring are one phase each; moving an
object is three: grasp, carry, release - or drop, where the object falls. Between steps the instrument is at its resting height.

Skill is rated from 1 (poor) to 5 (excellent) on three items, from the truth alone:

    steadiness = 5 without tremor, 3 with a slight one, 1 with a strong one
    economy    = 5, less 2 for an unneeded pause, less 1 for a detour, less 1 for a dropped object
    order      = 5, less 2 for each pair of steps in the wrong order, but at least 1; the right order is touch, move, stir
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.worlds.drawing import COLOUR_NAMES, NUM_FRAMES, Look, Values, draw_look
from videostar.playground.worlds.timeline import FALLING, Spot, Timeline, Work, lay_out
from videostar.seeds import rng_for

VERBS = ("touch", "move", "stir")  # in the right order
SHAPES = ("bowl", "box", "flask")
IDLES = ("none", "pause", "detour")
TREMORS = ("none", "slight", "strong")
TILTS = (0.0, math.radians(7), math.radians(15))
# Steps that fit the clip with an idle stretch, and those that need all of it.
LOOSE = (
    *(plan for plan in itertools.product(("touch", "stir"), repeat=3) if plan.count("stir") < 3),
    ("move", "touch"),
    ("touch", "move"),
    ("move", "stir"),
    ("stir", "move"),
)
TIGHT = (("move", "touch", "touch"), ("touch", "move", "touch"), ("touch", "touch", "move"))
SLOTS = (0.15, 0.385, 0.615, 0.85)
BENCH = 0.84
MOVING_SHARE, TIGHT_SHARE, DROPPED_SHARE = 0.75, 0.25, 0.6


@dataclass(frozen=True, slots=True)
class Kind:
    """What an object looks like."""

    colour: str
    shape: str


KINDS = tuple(Kind(colour, shape) for colour in COLOUR_NAMES[:4] for shape in SHAPES)


@dataclass(frozen=True, slots=True)
class Step:
    """A verb of `VERBS` and the number of the object."""

    verb: str
    item: int


@dataclass(frozen=True, slots=True)
class ProcedureTruth:
    """What can be said about a clip. items: the objects on the bench. dropped: whether the object that is moved falls."""

    items: tuple[Kind, ...]
    steps: tuple[Step, ...]
    dropped: bool
    idle: str
    tremor: str

    @property
    def phases(self) -> tuple[tuple[str, int], ...]:
        """(phase, number of the object) in order."""
        last = "drop" if self.dropped else "release"
        parts = {"move": ("grasp", "carry", last)}
        return tuple((phase, step.item) for step in self.steps for phase in parts.get(step.verb, (step.verb,)))

    @property
    def steadiness(self) -> int:
        """From 1 to 5, as the module says."""
        return 5 - 2 * TREMORS.index(self.tremor)

    @property
    def economy(self) -> int:
        """From 1 to 5, as the module says."""
        return 5 - {"none": 0, "pause": 2, "detour": 1}[self.idle] - self.dropped

    @property
    def order(self) -> int:
        """From 1 to 5, as the module says."""
        ranks = [VERBS.index(step.verb) for step in self.steps]
        return max(1, 5 - 2 * sum(one > two for one, two in itertools.combinations(ranks, 2)))


@dataclass(frozen=True, slots=True)
class Sight:
    """The bench at T moments, as anybody sees it.

    x, y: (T,) the instrument's tip. tilt: (T,) its lean in radians. jaws: (T,) from 0, closed, to 1. items_x, items_y: (T, items) centres.
    """

    x: Values
    y: Values
    tilt: Values
    jaws: Values
    items_x: Values
    items_y: Values


@dataclass(frozen=True, slots=True)
class Procedure:
    """One clip before rendering. radius: of the objects. shifts: the instrument's lean at equal steps of time, in [-1, 1]."""

    seed: int
    truth: ProcedureTruth
    duration_seconds: float
    spots: tuple[Spot, ...]
    radius: float
    timeline: Timeline
    shifts: tuple[float, ...]
    look: Look

    def sight(self, times: Values) -> Sight:
        """Instrument and objects at `times` in [0, 1]."""
        keys = np.array([(key.time, key.x, key.y, key.jaws) for key in self.timeline.keys])
        x, y, jaws = (np.asarray(np.interp(times, keys[:, 0], keys[:, column])) for column in (1, 2, 3))
        steps = np.minimum((times * len(self.shifts)).astype(np.int64), len(self.shifts) - 1)
        tilt = np.array(self.shifts)[steps] * TILTS[TREMORS.index(self.truth.tremor)]
        items_x, items_y = self._items(times, x, y)
        return Sight(x, y, tilt, jaws, items_x, items_y)

    def seconds(self, phase: int) -> tuple[float, float]:
        """Start and end of a phase in seconds from the clip's start, to a hundredth."""
        found = self.timeline.phases[phase]
        return round(found.start * self.duration_seconds, 2), round(found.end * self.duration_seconds, 2)

    def _items(self, times: Values, x: Values, y: Values) -> tuple[Values, Values]:
        level = BENCH - self.radius
        items_x = np.repeat(np.array([[spot.x for spot in self.spots]]), len(times), axis=0)
        items_y = np.full(items_x.shape, level)
        carries = [(place, phase) for place, phase in enumerate(self.timeline.phases) if phase.name == "carry"]
        for place, carry in carries:
            held, after = (times >= carry.start) & (times < carry.end), times >= carry.end
            items_x[:, carry.item] = np.where(held, x, np.where(after, self.timeline.landing, items_x[:, carry.item]))
            if self.timeline.phases[place + 1].name == "drop":
                fallen = np.minimum((times - carry.end) / FALLING, 1) ** 2
                height = self.timeline.drop_height
                items_y[:, carry.item] = np.where(held, y, np.where(after, height + (level - height) * fallen, level))
            else:
                items_y[:, carry.item] = np.where(held, y, level)
        return items_x, items_y


def draw_procedure(
    seed: int,
    pairs: Collection[tuple[str, Kind]],
    wanted: Collection[tuple[str, Kind]] = (),
    duration_seconds: float = CLIP_SECONDS,
) -> Procedure:
    """A procedure from a seed alone, whose steps are all of `pairs` (verb and object); at least one of `wanted`, if any are."""
    rng = rng_for("procedure", seed)
    kinds = sorted({kind for _, kind in pairs}, key=lambda kind: (kind.colour, kind.shape))
    while True:
        truth = _truth(rng, kinds)
        done = {(step.verb, truth.items[step.item]) for step in truth.steps}
        if _clear(truth) and done <= set(pairs) and (not wanted or done & set(wanted)):
            break
    while True:
        procedure = _staged(seed, truth, rng, duration_seconds)
        if procedure is not None:
            return procedure


def _truth(rng: random.Random, kinds: Sequence[Kind]) -> ProcedureTruth:
    items = tuple(rng.sample(kinds, rng.choices((2, 3), weights=(1, 4))[0]))
    moving = rng.random() < MOVING_SHARE
    plan = rng.choice(TIGHT) if moving and rng.random() < TIGHT_SHARE else rng.choice([p for p in LOOSE if ("move" in p) == moving])
    return ProcedureTruth(
        items=items,
        steps=tuple(Step(verb, rng.randrange(len(items))) for verb in plan),
        dropped=moving and rng.random() < DROPPED_SHARE,
        idle=rng.choices(IDLES, weights=(3, 5, 2))[0] if plan in LOOSE else "none",
        tremor=rng.choices(TREMORS, weights=(8, 5, 5))[0],
    )


def _clear(truth: ProcedureTruth) -> bool:
    """Whether no step repeats, and none stays where the last one was, which would look like a pause."""
    steps = truth.steps
    return len(set(steps)) == len(steps) and all(one.item != two.item for one, two in itertools.pairwise(steps))


def _staged(seed: int, truth: ProcedureTruth, rng: random.Random, duration_seconds: float) -> Procedure | None:
    """The procedure with places and times; None where the drawn places leave no room for its detour."""
    slots = rng.sample(SLOTS, len(truth.items) + 1)
    spots = tuple(Spot(slot + rng.uniform(-0.02, 0.02)) for slot in slots[:-1])
    radius = rng.uniform(0.09, 0.105)
    work = [Work(step.verb, step.item, truth.dropped) for step in truth.steps]
    timeline = lay_out(work, spots, slots[-1], BENCH - radius, truth.idle, rng)
    if timeline is None:
        return None
    return Procedure(
        seed=seed,
        truth=truth,
        duration_seconds=duration_seconds,
        spots=spots,
        radius=radius,
        timeline=timeline,
        shifts=tuple(rng.choice((-1, 1)) * rng.uniform(0.65, 1.0) for _ in range(4 * NUM_FRAMES)),
        look=draw_look(seed, rng),
    )


def procedure_json(procedure: Procedure) -> dict[str, Any]:
    """The full truth as plain JSON values; times in seconds from the clip's start. carried_to: "" where nothing is moved."""
    truth = procedure.truth
    moved = next((step.item for step in truth.steps if step.verb == "move"), None)
    side = "" if moved is None else "right" if procedure.timeline.landing > procedure.spots[moved].x else "left"
    return {
        "items": [f"{kind.colour} {kind.shape}" for kind in truth.items],
        "steps": [[step.verb, step.item] for step in truth.steps],
        "phases": [[name, item, *procedure.seconds(place)] for place, (name, item) in enumerate(truth.phases)],
        "dropped": truth.dropped,
        "carried_to": side,
        "idle": truth.idle,
        "idle_seconds": [round(time * procedure.duration_seconds, 2) for time in procedure.timeline.idle],
        "tremor": truth.tremor,
        "steadiness": truth.steadiness,
        "economy": truth.economy,
        "order": truth.order,
        "seed": procedure.seed,
    }
