"""The world of procedures: label names, questions, and which steps are never trained."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import partial

from videostar.labels.boolean import BooleanLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.labels.interval import IntervalLabel
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.playground.worlds.asking import UNSEEN_SHARE, Asked, Part, WorldClip
from videostar.playground.worlds.naming import invented_names
from videostar.playground.worlds.procedure_frames import render_procedure
from videostar.playground.worlds.procedures import KINDS, SHAPES, VERBS, Kind, Procedure, draw_procedure, procedure_json
from videostar.seeds import rng_for

PHASES = ("touch", "stir", "grasp", "carry", "release", "drop")
Pair = tuple[str, Kind]


@dataclass(frozen=True)
class ProcedureWorld:
    """The world of procedures of one seed.

    kinds: its six objects; no colour and no shape tells an object alone. names: the label name of "phase ..." for each of `PHASES`
    and of "object COLOUR SHAPE" for each kind. unseen: steps (verb and object) that are never trained.
    """

    seed: int
    name: str = "procedures"
    kinds: tuple[Kind, ...] = field(init=False)
    names: dict[str, str] = field(init=False)
    unseen: frozenset[Pair] = field(init=False)

    def __post_init__(self) -> None:
        kinds = _kinds(self.seed)
        meanings = (*(f"phase {phase}" for phase in PHASES), *(f"object {kind.colour} {kind.shape}" for kind in kinds))
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "names", invented_names(self.seed, self.name, meanings))
        object.__setattr__(self, "unseen", _unseen(self.seed, kinds))

    def clip(self, seed: int, part: Part) -> WorldClip:
        """A procedure that may stand in `part`, with its questions."""
        pairs = [(verb, kind) for verb in VERBS for kind in self.kinds]
        if part == "test-unseen":
            procedure = draw_procedure(seed, pairs, wanted=self.unseen)
        else:
            procedure = draw_procedure(seed, [pair for pair in pairs if pair not in self.unseen])
        asked = tuple(self.questions(procedure))
        return WorldClip(procedure.duration_seconds, partial(render_procedure, procedure), asked, procedure_json(procedure))

    def phases(self, procedure: Procedure) -> tuple[str, ...]:
        """The names of the phases with their objects in order, such as ("zorvek dapli", "mounk tirl")."""
        items = procedure.truth.items
        return tuple(f"{self.names[f'phase {phase}']} {self._object(items[item])}" for phase, item in procedure.truth.phases)

    def questions(self, procedure: Procedure) -> list[Asked]:
        """One question of each task that fits; what is asked about is drawn from the clip's seed."""
        truth, rng = procedure.truth, rng_for("procedure questions", procedure.seed)
        phases = self.phases(procedure)
        found = [
            Asked("procedure-phases", "Which phases does the procedure have?", SequenceLabel(value=phases)),
            Asked("procedure-dropped", "Was anything dropped?", BooleanLabel(value=truth.dropped)),
            Asked("procedure-tremor", "Did the hand tremble?", BooleanLabel(value=truth.tremor != "none")),
            Asked("procedure-pause", "Was there an unneeded pause?", BooleanLabel(value=truth.idle == "pause")),
            Asked("procedure-steadiness", "How do you rate the steadiness of the hand?", _rating(truth.steadiness)),
            Asked("procedure-economy", "How do you rate the economy of motion?", _rating(truth.economy)),
            Asked("procedure-order", "How do you rate the order of the steps?", _rating(truth.order)),
            *self._neighbours(procedure, phases, rng),
            *self._objects(procedure, rng),
        ]
        place = rng.randrange(len(phases))
        start, end = procedure.seconds(place)
        when = IntervalLabel(start_seconds=start, end_seconds=end)
        return [*found, Asked("procedure-when", f'When does "{phases[place]}" happen?', when)]

    def _neighbours(self, procedure: Procedure, phases: tuple[str, ...], rng: random.Random) -> list[Asked]:
        """What comes after a phase and before one, where the phase alone does not tell."""
        kinds = [phase for phase, _ in procedure.truth.phases]
        after = rng.choice([place for place in range(len(phases) - 1) if kinds[place] != "grasp"])
        before = rng.choice([place for place in range(1, len(phases)) if kinds[place] not in ("carry", "release", "drop")])
        return [
            Asked("procedure-after", f'What happens right after "{phases[after]}"?', CategoryLabel(value=phases[after + 1])),
            Asked("procedure-before", f'What happens right before "{phases[before]}"?', CategoryLabel(value=phases[before - 1])),
        ]

    def _objects(self, procedure: Procedure, rng: random.Random) -> list[Asked]:
        """Which of three objects a phase is about, for a phase that happens once."""
        truth = procedure.truth
        kinds = [phase for phase, _ in truth.phases]
        once = [place for place, phase in enumerate(kinds) if kinds.count(phase) == 1]
        if len(truth.items) < 3 or not once:
            return []
        phase, item = truth.phases[rng.choice(once)]
        order = rng.sample(range(len(truth.items)), len(truth.items))
        options = tuple(self._object(truth.items[number]) for number in order)
        question = f'Which object is the "{self.names[f"phase {phase}"]}" about?'
        return [Asked("procedure-object", question, ChoiceLabel(options=options, answer=order.index(item)))]

    def _object(self, kind: Kind) -> str:
        return self.names[f"object {kind.colour} {kind.shape}"]


def _rating(value: int) -> NumberLabel:
    return NumberLabel(value=value, minimum=1, maximum=5)


def _kinds(seed: int) -> tuple[Kind, ...]:
    """Three colours, each with two of the three shapes, so that every colour and every shape stands for two objects."""
    rng = rng_for("procedure objects", seed)
    colours = rng.sample(sorted({kind.colour for kind in KINDS}), len(SHAPES))
    lacking = rng.sample(SHAPES, len(SHAPES))
    return tuple(Kind(colour, shape) for colour, lacks in zip(colours, lacking, strict=True) for shape in SHAPES if shape != lacks)


def _unseen(seed: int, kinds: tuple[Kind, ...]) -> frozenset[Pair]:
    """A fifth of all steps, of different objects and with every verb among them; all objects and verbs are still seen."""
    rng = rng_for("procedures unseen", seed)
    count = round(UNSEEN_SHARE * len(kinds) * len(VERBS))
    verbs = [*VERBS, *rng.choices(VERBS, k=count - len(VERBS))]
    return frozenset(zip(verbs, rng.sample(kinds, count), strict=True))
