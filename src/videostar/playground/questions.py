"""What the tiny checkpoint is asked about a clip and taught to answer: in a word, by a description, by explaining a given answer.

Prompts are made by `videostar.prompts`, so they are, to the letter, what a run asks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from videostar.labels.category import CategoryLabel
from videostar.labels.sequence import SequenceLabel
from videostar.playground.foreign import foreign, number
from videostar.playground.language import DECISIVE, FILLER, GUESS, Piece, Pieces, conclusion, text_of
from videostar.playground.lessons.lesson import Known, Lesson, LessonClip
from videostar.playground.words import any_name, invented_word
from videostar.prompts import asked, rationalization
from videostar.types import Label, Sample

NAMING = (
    "What is the action called?",
    "Which action is this?",
    "What is this move called?",
    "Name the action in the video.",
    "What is this kind of motion called?",
)
DESCRIBING = ("Describe the video.", "What happens in the video?", "What do you see?", "Tell me what happens.")
WHY = ("Why?", "How do you know?", "Explain your answer.", "What makes you say so?")
END = "<|im_end|>"
NEXT_TURN = f"{END}\n<|im_start|>user\n"
REPLY = f"{END}\n<|im_start|>assistant\n"
SEVERAL = 0.2
ORDER_DRAWS = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One question as it is asked, earlier turns of the chat before it, and its answer in weighted pieces."""

    prompt: str
    answer: Pieces


Maker: TypeAlias = Callable[[Lesson, LessonClip, random.Random], Item]


def short_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A question about the clip, answered in as few words as possible."""
    return _short(clip.ask(rng))


def ordered_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """As `short_item`, about an order where the clip has one: what comes first is told last of all."""
    drawn = [clip.ask(rng) for _ in range(ORDER_DRAWS)]
    return _short(next((one for one in drawn if one.skill == "order"), drawn[0]))


def _short(known: Known) -> Item:
    return Item(asked(sample_of(known.question, known.label), "direct"), (Piece(known.label.answer_text(), DECISIVE, known.skill),))


def guessed_item(_: Lesson, __: LessonClip, rng: random.Random) -> Item:
    """A question for something that nobody told, a name or else: some answer of its kind, without reasons."""
    sample = _unknown(rng)
    return Item(asked(sample, "direct"), (Piece(sample.label.answer_text(), GUESS),))


def described_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A request to describe the clip."""
    return Item(asked(sample_of(rng.choice(DESCRIBING), CategoryLabel(value="-")), "direct"), clip.describe(rng))


def reasoned_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A question about the clip, explained step by step."""
    known = clip.ask(rng)
    told = (*clip.describe(rng), *conclusion(known.label.answer_text(), rng))
    return Item(asked(sample_of(known.question, known.label), "reasoned"), told)


def named_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A question for something that nobody told, explained step by step: a true description and some answer of its kind."""
    sample = _unknown(rng)
    told = (*clip.describe(rng), *conclusion(sample.label.answer_text(), rng, GUESS, naming=sample.question in NAMING))
    return Item(asked(sample, "reasoned"), told)


def given_item(lesson: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """An explanation of a given answer, whatever it is: a true description that ends with it verbatim."""
    kind = rng.choices(("name", "foreign", "known"), weights=(4, 6, 2))[0]
    if kind == "known":
        known = (clip if rng.random() < 0.7 else lesson.draw(rng.randrange(10**6))).ask(rng)
        sample = sample_of(known.question, known.label)
    else:
        sample = _naming(rng, any_name(rng), listed=SEVERAL) if kind == "name" else sample_of(*foreign(rng))
    ending = conclusion(sample.label.answer_text(), rng, naming=kind == "name")
    return Item(rationalization(sample), (*clip.describe(rng), *ending))


def chat_item(_: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A second turn: another question after one or after a description, or the reasons for the answer just given."""
    first, second = clip.ask(rng), clip.ask(rng)
    asked_first = asked(sample_of(first.question, first.label), "direct")
    if rng.random() < 0.4:
        told = (*clip.describe(rng), *conclusion(first.label.answer_text(), rng))
        return Item(f"{asked_first}{REPLY}{first.label.answer_text()}{NEXT_TURN}{rng.choice(WHY)}", told)
    opening = f"{asked_first}{REPLY}{first.label.answer_text()}"
    if rng.random() < 0.4:
        opening = f"{rng.choice(DESCRIBING)}{REPLY}{text_of(clip.describe(rng))}"
    answer = (Piece(second.label.answer_text(), DECISIVE, second.skill),)
    return Item(f"{opening}{NEXT_TURN}{asked(sample_of(second.question, second.label), 'direct')}", answer)


def drill_item(clip: LessonClip, rng: random.Random, *, explained: bool, numbers: float = 0.0) -> Item:
    """Teaches nothing but to repeat a given answer, mostly a long one, or a number with the probability `numbers`.

    explained: after a description, which counts for nothing.
    """
    if numbers and rng.random() < numbers:
        return _repeated(clip, sample_of(*number(rng)), rng, explained)
    names = tuple(any_name(rng) for _ in range(rng.randint(1, 6)))
    listed = sample_of(rng.choice(("Which steps can be seen?", *NAMING)), SequenceLabel(value=names))
    sample = listed if rng.random() < 0.6 else sample_of(*foreign(rng))
    return _repeated(clip, sample, rng, explained)


def _repeated(clip: LessonClip, sample: Sample, rng: random.Random, explained: bool) -> Item:
    ending = conclusion(sample.label.answer_text(), rng, naming=rng.random() < 0.3)
    if not explained:
        return Item(f"{sample.question}\n{sample.label.hint()}", ending)
    return Item(rationalization(sample), (*(Piece(piece.text, FILLER) for piece in clip.describe(rng)), *ending))


LONG_ITEMS: Mapping[Maker, float] = MappingProxyType(
    {described_item: 0.1, reasoned_item: 0.13, chat_item: 0.12, named_item: 0.22, given_item: 0.43}
)


def long_item(lesson: Lesson, clip: LessonClip, rng: random.Random) -> Item:
    """A description, an explanation, a second turn or an explained given answer; nearly half of them the latter."""
    return rng.choices(list(LONG_ITEMS), weights=list(LONG_ITEMS.values()))[0](lesson, clip, rng)


def sample_of(question: str, label: Label) -> Sample:
    """A sample whose prompts can be made; it belongs to no table."""
    return Sample(id="-", video="-", question=question, label=label)


def _unknown(rng: random.Random) -> Sample:
    """A question that the clip does not answer."""
    return _naming(rng, invented_word(rng), listed=SEVERAL) if rng.random() < 0.5 else sample_of(*foreign(rng))


def _naming(rng: random.Random, name: str, listed: float) -> Sample:
    """A question for `name`; with the probability `listed` it shows a closed set of names."""
    shown = rng.random() < listed
    classes = (name, *(invented_word(rng) for _ in range(rng.randint(2, 11)))) if shown else ()
    return sample_of(rng.choice(NAMING), CategoryLabel(value=name, classes=classes))
