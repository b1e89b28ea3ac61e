"""Taught answers pass their own labels, and prompts are the package's own."""

from __future__ import annotations

import random

from videostar.labels import parse_label
from videostar.playground.foreign import foreign
from videostar.playground.language import read_description, text_of
from videostar.playground.questions import (
    described_item,
    drill_item,
    given_item,
    known_question,
    long_item,
    named_item,
    reasoned_item,
    sample_of,
    short_item,
)
from videostar.playground.scene import draw_scene
from videostar.playground.words import any_name, invented_word
from videostar.prompts import asked, rationalization
from videostar.types import Label


def _checked(label: Label) -> Label:
    """The label after a way through its JSON, where every field is checked."""
    return parse_label(label.to_json())


def test_short_answers_pass_the_labels_of_their_questions() -> None:
    rng = random.Random(0)
    kinds = set()
    for seed in range(300):
        known = known_question(draw_scene(seed).truth, rng)
        kinds.add(known.label.kind)
        assert _checked(known.label).judge(known.label.answer_text(), known.question).outcome == "pass", known
    assert kinds == {"category", "boolean", "count", "choice"}


def test_foreign_labels_are_of_many_kinds_and_pass_their_own_answers() -> None:
    rng = random.Random(1)
    kinds = set()
    for _ in range(400):
        question, label = foreign(rng)
        kinds.add(label.kind)
        explained = f"The red square goes up slowly. It turns clockwise and grows. So the answer is {label.answer_text()}."
        assert _checked(label).judge(explained, question).outcome == "pass", (question, label)
    assert len(kinds) == 11


def test_a_given_answer_is_repeated_to_the_letter_after_a_true_description() -> None:
    rng = random.Random(2)
    for seed in range(200):
        truth = draw_scene(seed).truth
        item = given_item(truth, rng)
        given = item.prompt.rpartition("The correct answer is: ")[2].partition(".\nExplain from what is visible")[0]
        text = text_of(item.answer)
        assert text.endswith(f" {given}.")
        told = text[: -len(f" {given}.")]
        said = read_description(told)
        assert said["colour"] == truth.colour
        assert said["path"] == truth.path


def test_prompts_are_those_of_a_run() -> None:
    rng = random.Random(3)
    truth = draw_scene(0).truth
    suffix = asked(sample_of("Q", known_question(truth, rng).label), "reasoned").rsplit("\n", 1)[1]
    assert reasoned_item(truth, rng).prompt.endswith(suffix)
    assert named_item(truth, rng).prompt.endswith(suffix)
    told = rationalization(sample_of("Q", known_question(truth, rng).label)).rsplit("\n", 1)[1]
    assert given_item(truth, rng).prompt.endswith(told)
    assert "correct answer" not in short_item(truth, rng).prompt


def test_a_drill_counts_the_repeated_answer_and_not_the_description() -> None:
    rng = random.Random(6)
    for explained in (False, True):
        item = drill_item(draw_scene(1).truth, rng, explained=explained)
        counted = "".join(piece.text for piece in item.answer if piece.weight)
        given = item.prompt.split("The correct answer is: ")[1].split(".\n")[0].removesuffix(".")
        assert counted.endswith(f" {given}.")
        assert read_description(counted) == {}
        assert bool(read_description(text_of(item.answer))) is explained


def test_at_least_a_third_of_long_items_explain_a_given_answer() -> None:
    rng = random.Random(4)
    prompts = [long_item(draw_scene(seed).truth, rng).prompt for seed in range(300)]
    assert sum("The correct answer is: " in prompt for prompt in prompts) > 100


def test_items_come_from_their_generator_alone() -> None:
    truth = draw_scene(0).truth
    assert described_item(truth, random.Random(7)) == described_item(truth, random.Random(7))


def test_invented_words_hardly_ever_repeat() -> None:
    rng = random.Random(5)
    assert len({invented_word(rng) for _ in range(2000)}) > 1900
    assert all(any_name(rng).strip() for _ in range(500))
