"""From a question of a world, with its label, to someone who knows what can be answered."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from videostar.labels.boolean import BooleanLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.labels.composite import CompositeLabel
from videostar.labels.count import CountLabel
from videostar.labels.interval import IntervalLabel
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.labels.set import SetLabel
from videostar.playground.judge_card.names import Class, Option, Order, Several
from videostar.playground.judge_card.phrases import Phrase, Role, Speaker
from videostar.playground.judge_card.quantities import Count, Measure, Named, Stretch
from videostar.playground.worlds.asking import Asked, World, WorldClip

ANSWERS_FOR_NONE = re.compile(r'answer "(\w+)"')
# A clause for yes and one for no; a question of no world known here is answered with yes or no alone.
CLAUSES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "procedure-dropped": (
            ("something was dropped", "one of the objects was dropped", "the tool dropped something"),
            ("nothing was dropped", "no object was dropped", "the tool did not drop anything"),
        ),
        "procedure-tremor": (
            ("the hand trembled", "the hand was trembling", "the hand trembles all the time"),
            ("the hand did not tremble", "the hand never trembled", "the hand stayed steady and did not tremble"),
        ),
        "procedure-pause": (
            ("there was an unneeded pause", "there is one unneeded pause", "an unneeded pause can be seen"),
            ("there was no unneeded pause", "no unneeded pause can be seen", "there is not a single unneeded pause"),
        ),
    }
)
NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "dive-phases": "phases",
        "dive-takeoff": "take-off",
        "dive-difficulty": "difficulty",
        "dive-score": "score",
        "dive-faults": "faults",
        "procedure-phases": "phases",
        "procedure-steadiness": "steadiness",
        "procedure-economy": "economy of motion",
        "procedure-order": "order of the steps",
        "procedure-object": "object",
        "move-action": "action",
    }
)
"""What a task asks for; "answer" for others."""
THINGS: Mapping[str, str] = MappingProxyType({"dive-count": "half somersaults"})


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """One of two answers, and clauses that say them."""

    value: bool
    clauses: tuple[tuple[str, ...], tuple[str, ...]]
    grammar: str = "yes or no"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """There is no near miss."""
        says = self.value if role == "right" else not self.value
        word = "yes" if says else "no"
        return Phrase(word, says == self.value, f'"{word}"', statement=rng.choice(self.clauses[0 if says else 1]))


def speaker(world: World, clip: WorldClip, asked: Asked) -> Speaker | None:
    """Who knows the truth of a question; None where nobody here can speak about its label."""
    found: Speaker | None
    match asked.label:
        case CategoryLabel() as label:
            found = _class(world, label)
        case ChoiceLabel() as label:
            found = Option(label.options, label.answer)
        case SequenceLabel() as label:
            found = _order(world, label)
        case SetLabel() as label:
            found = _several(world, asked, label)
        case IntervalLabel() as label:
            found = _stretch(clip, label)
        case BooleanLabel() as label:
            found = YesOrNo(label.value, CLAUSES.get(asked.task, (("yes",), ("no",))))
        case CountLabel() as label:
            found = Count(label.value, THINGS.get(asked.task, "times"))
        case NumberLabel() as label:
            found = _measure(label)
        case label:
            found = _named(label) if isinstance(label, CompositeLabel) else None
    return found


def _class(world: World, label: CategoryLabel) -> Speaker | None:
    names = label.classes or _alike(world, label.value)
    return Class(label.value, names) if len(names) > 1 else None


def _order(world: World, label: SequenceLabel) -> Speaker | None:
    names = {name for item in label.value for name in _alike(world, item)}
    return Order(label.value, tuple(sorted(names))) if len(names) > len(set(label.value)) else None


def _several(world: World, asked: Asked, label: SetLabel) -> Speaker | None:
    none = ANSWERS_FOR_NONE.search(asked.question)
    nothing = none.group(1) if none else ""
    meant = {meaning.split()[0] for meaning, name in world.names.items() if name in label.value} or {asked.task.split("-")[-1].rstrip("s")}
    names = tuple(name for meaning, name in world.names.items() if meaning.split()[0] in meant)
    return Several(label.value, names, nothing) if names else None


def _measure(label: NumberLabel) -> Measure:
    tolerance = max(label.relative_tolerance * abs(label.value), label.absolute_tolerance)
    if label.value == 0 and not label.absolute_tolerance and label.minimum is not None and label.maximum is not None:
        tolerance = 0.05 * (label.maximum - label.minimum)
    whole = all(value is None or value == int(value) for value in (label.value, label.minimum, label.maximum))
    digits = 0 if whole and tolerance < 1 else 1
    return Measure(label.value, tolerance, digits, label.unit, label.minimum, label.maximum)


def _named(label: CompositeLabel) -> Speaker | None:
    parts = tuple((name, _measure(part)) for name, part in label.parts.items() if isinstance(part, NumberLabel))
    return Named(parts) if len(parts) == len(label.parts) > 1 else None


def _stretch(clip: WorldClip, label: IntervalLabel) -> Speaker | None:
    if label.start_seconds is None or label.end_seconds is None:
        return None
    return Stretch(label.start_seconds, label.end_seconds, label.minimum_iou, clip.duration_seconds)


def _alike(world: World, name: str) -> tuple[str, ...]:
    """What could stand in the place of a name: names of meanings of the same sort, word by word; a number stays a number."""
    by_name = {said: meaning.split()[0] for meaning, said in world.names.items()}
    found = [""]
    for word in name.split():
        words = [said for said, sort in by_name.items() if sort == by_name.get(word)]
        words = words or ([str(number) for number in range(1, 7)] if word.isdigit() else [word])
        found = [f"{before} {said}".strip() for before in found for said in words]
    return tuple(found)
