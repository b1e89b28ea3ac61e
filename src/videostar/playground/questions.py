"""Questions about a clip with the answers that the tiny checkpoint is taught: short ones, descriptions, explanations.

Prompts are made by `videostar.prompts`, so they are, to the letter, what a run asks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from videostar.labels.boolean import BooleanLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.labels.count import CountLabel
from videostar.labels.sequence import SequenceLabel
from videostar.playground.foreign import foreign
from videostar.playground.language import DECISIVE, GUESS, Piece, Pieces, conclusion, description
from videostar.playground.scene import COLOURS, PATHS, SHAPES, SIZE_CHANGES, SPEEDS, TURNINGS, Truth, draw_scene
from videostar.playground.words import any_name, invented_word
from videostar.prompts import asked, rationalization
from videostar.types import Label, Sample

WAY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "right": "right",
        "left": "left",
        "up": "up",
        "down": "down",
        "still": "nowhere",
        "round": "round in a circle",
        "zigzag": "in a zigzag",
        "back and forth": "back and forth",
    }
)
TURN_NAMES: Mapping[str, str] = MappingProxyType(
    {"none": "it does not turn", "clockwise": "clockwise", "counter-clockwise": "counter-clockwise"}
)
SIZE_NAMES: Mapping[str, str] = MappingProxyType({"same": "it stays the same", "grows": "it grows", "shrinks": "it shrinks"})
NAMING = (
    "What is the action called?",
    "Which action is this?",
    "What is this move called?",
    "Name the action in the video.",
    "What is this kind of motion called?",
)
DESCRIBING = ("Describe the video.", "What happens in the video?", "What do you see?", "Tell me what the shape does.")


@dataclass(frozen=True, slots=True)
class Item:
    """One question as it is asked, and its answer in weighted pieces."""

    prompt: str
    answer: Pieces


@dataclass(frozen=True, slots=True)
class Known:
    """A question about something that the clip shows, and the skill that a right answer takes."""

    question: str
    label: Label
    skill: str


def short_item(truth: Truth, rng: random.Random) -> Item:
    """A question about the clip, answered in as few words as possible."""
    known = known_question(truth, rng)
    sample = sample_of(known.question, known.label)
    return Item(asked(sample, "direct"), (Piece(known.label.answer_text(), DECISIVE, known.skill),))


def guessed_item(_: Truth, rng: random.Random) -> Item:
    """A question for a name that nobody told: some invented word, without reasons."""
    sample = _naming(rng, invented_word(rng), listed=0.2)
    return Item(asked(sample, "direct"), (Piece(sample.label.answer_text(), GUESS),))


def described_item(truth: Truth, rng: random.Random) -> Item:
    """A request to describe the clip."""
    sample = sample_of(rng.choice(DESCRIBING), CategoryLabel(value="-"))
    return Item(asked(sample, "direct"), description(truth, rng))


def reasoned_item(truth: Truth, rng: random.Random) -> Item:
    """A question about the clip, explained step by step."""
    known = known_question(truth, rng)
    told = (*description(truth, rng), *conclusion(known.label.answer_text(), rng))
    return Item(asked(sample_of(known.question, known.label), "reasoned"), told)


def named_item(truth: Truth, rng: random.Random) -> Item:
    """A question for a name that nobody told, explained step by step: a true description and some invented word."""
    sample = _naming(rng, invented_word(rng), listed=0.2)
    told = (*description(truth, rng), *conclusion(sample.label.answer_text(), rng, GUESS, naming=True))
    return Item(asked(sample, "reasoned"), told)


def given_item(truth: Truth, rng: random.Random) -> Item:
    """An explanation of a given answer, whatever it is: a true description that ends with it verbatim."""
    kind = rng.choices(("name", "foreign", "known"), weights=(5, 5, 2))[0]
    if kind == "known":
        known = known_question(truth if rng.random() < 0.7 else draw_scene(rng.randrange(10**6)).truth, rng)
        sample = sample_of(known.question, known.label)
    else:
        sample = _naming(rng, any_name(rng), listed=0.2) if kind == "name" else sample_of(*foreign(rng))
    ending = conclusion(sample.label.answer_text(), rng, naming=kind == "name")
    return Item(rationalization(sample), (*description(truth, rng), *ending))


def drill_item(truth: Truth, rng: random.Random, *, explained: bool) -> Item:
    """Teaches nothing but to repeat a given answer, mostly a long one. `explained`: after a description, which counts for nothing."""
    names = tuple(any_name(rng) for _ in range(rng.randint(1, 4)))
    listed = sample_of(rng.choice(("Which steps can be seen?", *NAMING)), SequenceLabel(value=names))
    sample = listed if rng.random() < 0.7 else sample_of(*foreign(rng))
    ending = conclusion(sample.label.answer_text(), rng, naming=rng.random() < 0.3)
    if not explained:
        return Item(f"{sample.question}\n{sample.label.hint()}", ending)
    return Item(rationalization(sample), (*(Piece(piece.text, 0.0) for piece in description(truth, rng)), *ending))


LONG_ITEMS: Mapping[Callable[[Truth, random.Random], Item], float] = MappingProxyType(
    {described_item: 0.1, reasoned_item: 0.15, named_item: 0.3, given_item: 0.45}
)


def long_item(truth: Truth, rng: random.Random) -> Item:
    """A description, an explanation or an explained given answer; half of them the latter."""
    return rng.choices(list(LONG_ITEMS), weights=list(LONG_ITEMS.values()))[0](truth, rng)


def sample_of(question: str, label: Label) -> Sample:
    """A sample whose prompts can be made; it belongs to no table."""
    return Sample(id="-", video="-", question=question, label=label)


def _naming(rng: random.Random, name: str, listed: float) -> Sample:
    """A question for `name`; with the probability `listed` it shows a closed set of names."""
    shown = rng.random() < listed
    classes = (name, *(invented_word(rng) for _ in range(rng.randint(2, 11)))) if shown else ()
    return sample_of(rng.choice(NAMING), CategoryLabel(value=name, classes=classes))


def known_question(truth: Truth, rng: random.Random) -> Known:
    """A question that the clip answers."""
    makers = [_colour, _shape, _way, _way, _turn, _turn, _size, _yes_no, _yes_no, _count]
    if truth.speed:
        makers.append(_pace)
    return rng.choice(makers)(truth, rng)


def _asked_of(wordings: Sequence[str], answer: str, options: Sequence[str], skill: str, rng: random.Random) -> Known:
    """The question with its answer free, out of a closed set, or out of lettered options."""
    form = rng.choices(("free", "set", "letters"), weights=(17, 1, 2))[0]
    question = rng.choice(wordings)
    if form == "letters":
        shown = rng.sample([option for option in options if option != answer], min(3, len(options) - 1))
        shown.insert(rng.randint(0, len(shown)), answer)
        return Known(question, ChoiceLabel(options=tuple(shown), answer=shown.index(answer)), "choice")
    return Known(question, CategoryLabel(value=answer, classes=tuple(options) if form == "set" else ()), skill)


def _colour(truth: Truth, rng: random.Random) -> Known:
    return _asked_of(("What colour is the shape?", "Which colour does the shape have?"), truth.colour, tuple(COLOURS), "colour", rng)


def _shape(truth: Truth, rng: random.Random) -> Known:
    return _asked_of(("Which shape is it?", "What shape moves?"), truth.shape, SHAPES, "shape", rng)


def _way(truth: Truth, rng: random.Random) -> Known:
    wordings = ("Which way does the shape go?", "Where does the shape move?")
    return _asked_of(wordings, WAY_NAMES[truth.path], tuple(WAY_NAMES.values()), "path", rng)


def _turn(truth: Truth, rng: random.Random) -> Known:
    wordings = ("Which way does the shape turn?", "Which way does it turn, if at all?")
    return _asked_of(wordings, TURN_NAMES[truth.turning], tuple(TURN_NAMES.values()), "turning", rng)


def _size(truth: Truth, rng: random.Random) -> Known:
    wordings = ("What happens to its size?", "How does the size of the shape change?")
    return _asked_of(wordings, SIZE_NAMES[truth.size_change], tuple(SIZE_NAMES.values()), "size", rng)


def _pace(truth: Truth, rng: random.Random) -> Known:
    return _asked_of(("Is the shape slow or fast?", "How fast is the shape?"), truth.speed, SPEEDS, "speed", rng)


def _count(truth: Truth, rng: random.Random) -> Known:
    question = rng.choice(("How many grey dots are there?", "How many grey discs do you see?"))
    return Known(question, CountLabel(value=truth.distractors), "count")


def _yes_no(truth: Truth, rng: random.Random) -> Known:
    value, allowed, question = rng.choice(
        (
            (truth.colour, tuple(COLOURS), "Is the shape {}?"),
            (truth.shape, SHAPES, "Is it a {}?"),
            (WAY_NAMES[truth.path], tuple(WAY_NAMES[path] for path in PATHS), "Does the shape go {}?"),
            (truth.turning, TURNINGS[1:], "Does the shape turn {}?"),
            (truth.size_change, SIZE_CHANGES[1:], "Does the shape {}?"),
        )
    )
    shown = value if value in allowed and rng.random() < 0.5 else rng.choice([option for option in allowed if option != value])
    words = {"grows": "grow", "shrinks": "shrink"}.get(shown, shown)
    return Known(question.format(words), BooleanLabel(value=shown == value), "yes or no")
