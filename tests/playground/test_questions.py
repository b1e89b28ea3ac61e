"""Taught answers pass their own labels, and prompts are the package's own."""

from __future__ import annotations

import random
from itertools import product

from videostar.labels import parse_label
from videostar.playground.foreign import foreign
from videostar.playground.language import FILLER, text_of
from videostar.playground.lessons import LESSONS
from videostar.playground.questions import (
    NEXT_TURN,
    REPLY,
    WHY,
    chat_item,
    described_item,
    drill_item,
    given_item,
    long_item,
    named_item,
    reasoned_item,
    sample_of,
    short_item,
)
from videostar.playground.words import any_name, invented_word
from videostar.prompts import asked, rationalization
from videostar.types import Label


def _checked(label: Label) -> Label:
    """The label after a way through its JSON, where every field is checked."""
    return parse_label(label.to_json())


def test_short_answers_pass_the_labels_of_their_questions() -> None:
    rng = random.Random(0)
    kinds = set()
    for lesson, seed in product(LESSONS, range(200)):
        known = lesson.draw(seed).ask(rng)
        kinds.add(known.label.kind)
        assert _checked(known.label).judge(known.label.answer_text(), known.question).outcome == "pass", known
    assert kinds == {"category", "boolean", "count", "choice", "timestamp"}


def test_foreign_labels_are_of_many_kinds_and_pass_their_own_answers() -> None:
    rng = random.Random(1)
    kinds = set()
    for _ in range(400):
        question, label = foreign(rng)
        kinds.add(label.kind)
        explained = f"The red square goes up slowly. It turns clockwise and grows. So the answer is {label.answer_text()}."
        assert _checked(label).judge(explained, question).outcome == "pass", (question, label)
    assert len(kinds) == 12


def test_a_given_answer_is_repeated_to_the_letter_after_a_true_description() -> None:
    rng = random.Random(2)
    for lesson, seed in product(LESSONS, range(100)):
        clip = lesson.draw(seed)
        item = given_item(lesson, clip, rng)
        given = item.prompt.rpartition("The correct answer is: ")[2].partition(".\nExplain from what is visible")[0]
        text = text_of(item.answer)
        assert text.endswith(f" {given}.")
        assert all(clip.check(text[: -len(f" {given}.")]).values())


def test_a_second_turn_carries_the_first_and_answers_the_clip() -> None:
    rng = random.Random(8)
    for lesson, seed in product(LESSONS, range(60)):
        clip = lesson.draw(seed)
        item = chat_item(lesson, clip, rng)
        first, _, second = item.prompt.partition(REPLY)
        assert first
        assert second
        earlier, _, question = second.partition(NEXT_TURN)
        if question in WHY:
            text = text_of(item.answer)
            assert text.endswith(f" {earlier}.")
            assert all(clip.check(text[: -len(f" {earlier}.")]).values())


def test_prompts_are_those_of_a_run() -> None:
    rng = random.Random(3)
    for lesson in LESSONS:
        clip = lesson.draw(0)
        suffix = asked(sample_of("Q", clip.ask(rng).label), "reasoned").rsplit("\n", 1)[1]
        assert reasoned_item(lesson, clip, rng).prompt.endswith(suffix)
        assert named_item(lesson, clip, rng).prompt.endswith(suffix)
        told = rationalization(sample_of("Q", clip.ask(rng).label)).rsplit("\n", 1)[1]
        assert given_item(lesson, clip, rng).prompt.endswith(told)
        assert "correct answer" not in short_item(lesson, clip, rng).prompt


def test_a_drill_counts_the_repeated_answer_most() -> None:
    rng = random.Random(6)
    clip = LESSONS[0].draw(1)
    for explained in (False, True):
        item = drill_item(clip, rng, explained=explained)
        counted = "".join(piece.text for piece in item.answer if piece.weight > FILLER)
        given = item.prompt.split("The correct answer is: ")[1].split(".\n")[0].removesuffix(".")
        assert counted.endswith(f" {given}.")
        assert any(clip.check(counted).values()) is False
        assert all(clip.check(text_of(item.answer)).values()) is explained


def test_at_least_a_third_of_long_items_explain_a_given_answer() -> None:
    rng = random.Random(4)
    prompts = [long_item(lesson, lesson.draw(seed), rng).prompt for lesson in LESSONS for seed in range(100)]
    assert sum("The correct answer is: " in prompt for prompt in prompts) > 100


def test_items_come_from_their_generator_alone() -> None:
    for lesson in LESSONS:
        assert described_item(lesson, lesson.draw(0), random.Random(7)) == described_item(lesson, lesson.draw(0), random.Random(7))


def test_invented_words_hardly_ever_repeat() -> None:
    rng = random.Random(5)
    assert len({invented_word(rng) for _ in range(2000)}) > 1900
    assert all(any_name(rng).strip() for _ in range(500))
