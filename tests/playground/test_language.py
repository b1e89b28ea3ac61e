"""Descriptions say the truth in every wording, can be read back, and end with the answer to the letter."""

from __future__ import annotations

import random

from videostar.playground.language import DECISIVE, FILLER, conclusion, description, read_description, text_of, usual_description
from videostar.playground.scene import Truth, draw_scene

SLOW_TURN = Truth("red", "square", "up", "clockwise", "grows", "slow", 0)


def test_the_usual_description() -> None:
    assert usual_description(SLOW_TURN) == "The red square goes up slowly. It turns clockwise and grows."


def test_every_wording_reads_back_as_the_truth() -> None:
    rng = random.Random(0)
    texts = set()
    for seed in range(600):
        truth = draw_scene(seed).truth
        text = text_of(description(truth, rng))
        texts.add(text)
        stated = truth.to_json() | {"distractors": None}
        assert read_description(text) == {name: value for name, value in stated.items() if value}
    assert len(texts) > 400


def test_a_contradiction_or_silence_settles_nothing() -> None:
    said = read_description("The red blue square goes up and goes down.")
    assert said == {"shape": "square"}
    assert read_description("The recorder grown") == {}


def test_a_conclusion_repeats_the_answer_to_the_letter() -> None:
    rng = random.Random(1)
    for answer in ("zorvek", "3.25 seconds", "[0.10, 0.20, 0.30, 0.40]", "a, then b", "(B) left", "Über Ünit"):
        assert text_of(conclusion(answer, rng)).endswith(f" {answer}.")
        assert text_of(conclusion(answer, rng, naming=True)).endswith(f" {answer}.")


def test_what_the_clip_decides_weighs_more_than_the_words_around_it() -> None:
    weights = {piece.text.strip(): piece.weight for piece in description(SLOW_TURN, random.Random(3))}
    assert weights["red"] == weights["square"] == DECISIVE
    assert min(weights.values()) == FILLER
