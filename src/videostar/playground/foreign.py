"""Questions as other data sets ask them, with labels of every kind that no rendered clip can tell.

They teach to explain a given answer whatever it is; the labels' own words make the prompts.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from videostar.labels.boolean import BooleanLabel
from videostar.labels.box import BoxLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.labels.composite import CompositeLabel
from videostar.labels.count import CountLabel
from videostar.labels.interval import IntervalLabel
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.labels.set import SetLabel
from videostar.labels.text import TextLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.playground.words import NOUNS, VERBS, activity, any_name, invented_word
from videostar.types import Label

UNITS = ("", "", "seconds", "points", "metres", "degrees", "m")

Asked = tuple[str, Label]


def foreign(rng: random.Random) -> Asked:
    """A question and its label, of a random kind."""
    kind, *_ = rng.choices(list(_KINDS), weights=list(_KINDS.values()))
    return kind(rng)


def number(rng: random.Random) -> Asked:
    """A question for a number, with any number as its label."""
    value = round(rng.uniform(0, rng.choice((1, 5, 10, 50, 100))), rng.choice((0, 1, 1, 2, 2, 3)))
    bounds = rng.choice(({}, {"minimum": 0.0, "maximum": 100.0}, {"minimum": 0.0, "maximum": 10.0 if value <= 10 else 200.0}))
    question = rng.choice(
        (f"What score would you give for {activity(rng)}?", f"How far does the {rng.choice(NOUNS)} move?", "What is the score?")
    )
    return question, NumberLabel(value=value, unit=rng.choice(UNITS), **bounds)


def _category(rng: random.Random) -> Asked:
    question = rng.choice(("What is the person doing?", "Which activity is shown?", f"Which {rng.choice(NOUNS)} is this?", "What is it?"))
    return question, CategoryLabel(value=any_name(rng))


def _count(rng: random.Random) -> Asked:
    number = rng.choice((rng.randint(0, 9), rng.randint(0, 9), rng.randint(10, 999)))
    return f"How many times does the person start {activity(rng)}?", CountLabel(value=number)


def _timestamp(rng: random.Random) -> Asked:
    return f"When does the person start {activity(rng)}?", TimestampLabel(value_seconds=round(rng.uniform(0, 60), rng.choice((0, 1, 2))))


def _interval(rng: random.Random) -> Asked:
    start = round(rng.uniform(0, 30), rng.choice((0, 1, 2)))
    end = round(start + rng.uniform(0.5, 20), rng.choice((1, 2)))
    return f"When is the person {activity(rng)}?", IntervalLabel(start_seconds=start, end_seconds=end)


def _box(rng: random.Random) -> Asked:
    (left, right), (top, bottom) = (sorted(rng.sample(range(5, 96), 2)) for _ in range(2))
    return f"Where is the {rng.choice(NOUNS)}?", BoxLabel(x1=left / 100, y1=top / 100, x2=right / 100, y2=bottom / 100)


def _boolean(rng: random.Random) -> Asked:
    question = rng.choice((f"Is this a {invented_word(rng)}?", f"Is the person {activity(rng)}?"))
    return question, BooleanLabel(value=rng.random() < 0.5)


def _choice(rng: random.Random) -> Asked:
    options = tuple(dict.fromkeys(any_name(rng) for _ in range(rng.randint(2, 5))))
    question = rng.choice(("What is shown?", f"Which of these is {rng.choice(VERBS)}?"))
    return question, ChoiceLabel(options=(*options, invented_word(rng)), answer=rng.randrange(len(options)))


def _sequence(rng: random.Random) -> Asked:
    question = rng.choice((f"Which steps does {activity(rng)} take?", "Which parts does it have, in order?"))
    name = rng.choices((any_name, _numbered, _paired), weights=(4, 1, 1))[0]
    return question, SequenceLabel(value=tuple(rng.choice((any_name, name))(rng) for _ in range(rng.randint(2, 5))))


def _numbered(rng: random.Random) -> str:
    return f"{invented_word(rng)} {rng.randint(1, 9)}"


def _paired(rng: random.Random) -> str:
    return f"{invented_word(rng)} {invented_word(rng)}"


def _composite(rng: random.Random) -> Asked:
    names = rng.sample((*NOUNS, "difficulty", "level", "score", "grade"), 2)
    parts = {name: rng.choice((number, number, _category, _count))(rng)[1] for name in names}
    return f"What are the {names[0]} and the {names[1]}?", CompositeLabel(parts=parts)


def _set(rng: random.Random) -> Asked:
    names = tuple(
        dict.fromkeys(rng.choice((any_name, any_name, lambda source: source.choice(NOUNS)))(rng) for _ in range(rng.randint(1, 4)))
    )
    return rng.choice(("What can be seen?", f"What is used for {activity(rng)}?")), SetLabel(value=names)


def _text(rng: random.Random) -> Asked:
    place = rng.choice(("in", "near", "under", "behind"))
    return "What does the person do?", TextLabel(value=f"{activity(rng)} {place} the {rng.choice(NOUNS)}")


_KINDS: dict[Callable[[random.Random], Asked], float] = {
    _category: 6,
    number: 2,
    _count: 1,
    _timestamp: 1,
    _interval: 1,
    _box: 0.5,
    _boolean: 0.5,
    _choice: 1,
    _sequence: 2.5,
    _composite: 0.8,
    _set: 1,
    _text: 1,
}
