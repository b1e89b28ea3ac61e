"""The world of dives: label names, questions, and which dives are never trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from videostar.labels.category import CategoryLabel
from videostar.labels.composite import CompositeLabel
from videostar.labels.count import CountLabel
from videostar.labels.interval import IntervalLabel
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.labels.set import SetLabel
from videostar.playground.worlds.asking import UNSEEN_SHARE, Asked, Part, WorldClip
from videostar.playground.worlds.dive_frames import render_dive
from videostar.playground.worlds.dives import (
    COMBINATIONS,
    COSTS,
    HIGHEST_DIFFICULTY,
    HIGHEST_SCORE,
    LOWEST_DIFFICULTY,
    POSITIONS,
    TAKE_OFF_POINTS,
    Combination,
    Dive,
    dive_json,
    draw_dive,
)
from videostar.playground.worlds.naming import invented_names
from videostar.seeds import rng_for

TAKE_OFFS = tuple(f"take-off {facing} {turning}" for facing, turning in TAKE_OFF_POINTS)
ENTRIES = tuple(f"entry {end} {splash}" for end in ("head", "feet") for splash in ("small", "big"))
FAULTS = tuple(f"fault {name}" for name in COSTS)
MEANINGS = (*TAKE_OFFS, *(f"position {position}" for position in POSITIONS), *ENTRIES, *FAULTS)
CLEAN = "clean"
LONG_IOU, SHORT_IOU = 0.75, 0.5


@dataclass(frozen=True)
class DiveWorld:
    """The world of dives of one seed. names: the label name of each of `MEANINGS`. unseen: dives that are never trained."""

    seed: int
    name: str = "dives"
    names: dict[str, str] = field(init=False)
    unseen: frozenset[Combination] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", invented_names(self.seed, self.name, MEANINGS))
        object.__setattr__(self, "unseen", _unseen(self.seed))

    def clip(self, seed: int, part: Part) -> WorldClip:
        """A dive that may stand in `part`, with its questions."""
        dive = draw_dive(seed, [one for one in COMBINATIONS if (one in self.unseen) == (part == "test-unseen")])
        return WorldClip(dive.duration_seconds, partial(render_dive, dive), tuple(self.questions(dive)), dive_json(dive))

    def phases(self, dive: Dive) -> tuple[str, str, str]:
        """The names of take-off, position with its half turns, and entry, such as ("zorvek", "dapli 5", "mounk")."""
        truth, combination = dive.truth, dive.truth.dive
        take_off = self.names[f"take-off {combination.facing} {combination.turning}"]
        position = self.names[f"position {combination.position}"]
        end, splash = "head" if combination.head_first else "feet", "big" if "splash" in truth.faults else "small"
        return take_off, f"{position} {combination.half_turns}", self.names[f"entry {end} {splash}"]

    def questions(self, dive: Dive) -> list[Asked]:
        """One question of each task; "when" is drawn from those that fit."""
        truth = dive.truth
        take_off, *_ = phases = self.phases(dive)
        difficulty = NumberLabel(value=truth.difficulty, unit="points", minimum=LOWEST_DIFFICULTY, maximum=HIGHEST_DIFFICULTY)
        score = NumberLabel(value=truth.score, unit="points", minimum=0, maximum=HIGHEST_SCORE)
        faults = tuple(self.names[f"fault {fault}"] for fault in truth.faults)
        classes = tuple(sorted(self.names[meaning] for meaning in TAKE_OFFS))
        stretches = _stretches(dive)
        question, when = rng_for("when", dive.seed).choices(stretches, weights=(1, 1, 3)[: len(stretches)])[0]
        return [
            Asked(
                "dive-phases", "Which take-off, position with half somersaults, and entry does the dive have?", SequenceLabel(value=phases)
            ),
            Asked("dive-takeoff", "Which take-off is it?", CategoryLabel(value=take_off, classes=classes)),
            Asked("dive-difficulty", "How difficult is the dive?", difficulty),
            Asked("dive-score", "What score does the dive get?", score),
            Asked(
                "dive-rating",
                "What are the difficulty and the score of the dive?",
                CompositeLabel(parts={"difficulty": difficulty, "score": score}),
            ),
            Asked(
                "dive-faults",
                f'Which faults does the dive have? If it has none, answer "{CLEAN}".',
                SetLabel(value=faults or (CLEAN,)),
            ),
            Asked("dive-count", "How many half somersaults does the diver make?", CountLabel(value=truth.dive.half_turns)),
            Asked("dive-when", question, when),
        ]


def _stretches(dive: Dive) -> list[tuple[str, IntervalLabel]]:
    """What lasts long must be told more exactly: otherwise one stretch would be right for all clips."""
    straight, late = dive.truth.dive.position == "straight", "late" in dive.truth.faults
    found = [("When is the diver in the water?", (dive.entry, 1.0), LONG_IOU)]
    if not straight:
        found.append(("When is the body of the diver folded?", (dive.take_off, dive.opening), LONG_IOU))
    if not (straight or late):
        found.append(("When is the body stretched again in the air?", (dive.opening, dive.entry), SHORT_IOU))
    labelled = []
    for question, stretch, overlap in found:
        start, end = dive.seconds(*stretch)
        labelled.append((question, IntervalLabel(start_seconds=start, end_seconds=end, minimum_iou=overlap)))
    return labelled


def _unseen(seed: int) -> frozenset[Combination]:
    """A fifth of all dives; every take-off, number of half turns and position is still seen, and every pair of the latter two."""
    rng = rng_for("dives unseen", seed)
    while True:
        kept = frozenset(rng.sample(COMBINATIONS, round(UNSEEN_SHARE * len(COMBINATIONS))))
        seen = [one for one in COMBINATIONS if one not in kept]
        pairs = {(one.half_turns, one.position) for one in seen}
        if len(pairs) == len({(one.half_turns, one.position) for one in COMBINATIONS}):
            return kept
