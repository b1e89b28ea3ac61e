"""Sequences and sets: items in lists and in prose, order of time against order of mention, further items."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome, verdict

STEPS: dict[str, Any] = {"kind": "sequence", "value": ["open the door", "sit down", "drink water"]}
PETS: dict[str, Any] = {"kind": "set", "value": ["dog", "cat", "red ball"]}
DIVE: dict[str, Any] = {"kind": "sequence", "value": ["Inward", "3.5 Soms.Tuck", "Entry"]}


@pytest.mark.parametrize(
    "answer",
    [
        "open the door, then sit down, then drink water",
        "open the door, sit down, drink water",
        "Open the door -> sit down -> drink water",
        "open the door \u2192 sit down \u2192 drink water",
        "1. open the door\n2. sit down\n3. drink water",
        "1) Opening the door 2) Sitting down 3) Drinking water",
        "- Opens the door\n- Sits down\n- Drinks water",
        "Step 1: The person opens the door.\nStep 2: The person sits down.\nStep 3: The person drinks water.",
        "First, the person opens the door. Then she sits down. Finally, she drinks water.",
        "The person opens the door, sits down and drinks some water.",
        "After opening the door, the person sits down. Then he drinks water.",
        "The person sits down after opening the door, and then drinks water.",
        "Before sitting down, the person opens the door. Finally, he drinks water.",
        "The person opens the door before sitting down, and then drinks water.",
        "Opening the door is followed by sitting down, which is followed by drinking water.",
        '["open the door", "sit down", "drink water"]',
        '{"answer": ["open the door", "sit down", "drink water"]}',
        "<answer>open the door, sit down, drink water</answer>",
        "The order is: open the door, sit down, drink water.",
        "The person does not run. He opens the door, then sits down, then drinks water.",
        "I first thought he sits down first. The correct order is: open the door, sit down, drink water.",
        "open the door; sit down; drink water",
        "(1) open the door, (2) sit down, (3) drink water",
        "open the door > sit down > drink water",
        "Open door, sit down, drink water",
        "First he opens the door, second he sits down, third he drinks water.",
        "**Opening the door**, **sitting down**, **drinking water**",
    ],
)
def test_the_right_order(answer: str) -> None:
    assert outcome(STEPS, answer) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "sit down, open the door, drink water",
        "The person sits down, opens the door and drinks water.",
        "open the door, sit down",
        "open the door, sit down, drink water, run away",
        "1. open the door\n2. run\n3. sit down\n4. drink water",
        "The person opens the door after sitting down, and then drinks water.",
        "Before opening the door, the person sits down. Finally, he drinks water.",
        "drink water",
        "open the door, sit down, drink water, open the door",
        "He opens the door, sits down and does not drink water.",
        "<answer>sit down, open the door, drink water</answer>",
    ],
)
def test_another_order_or_other_steps(answer: str) -> None:
    assert outcome(STEPS, answer) == "fail"


@pytest.mark.parametrize(
    "answer", ["", "I cannot tell.", "The person does something.", "He might open the door, sit down and drink water."]
)
def test_no_steps(answer: str) -> None:
    assert outcome(STEPS, answer) == "undecided"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Inward, then 3.5 Soms.Tuck, then Entry", "pass"),
        ("Inward, 3.5 somersaults tuck, entry", "pass"),
        ("inward -> 3.5 Soms.Tuck -> entry", "pass"),
        ("Inward, 2.5 Soms.Tuck, Entry", "fail"),
        ("Entry, 3.5 Soms.Tuck, Inward", "fail"),
        ("Inward, 3.5 Soms.Pike, Entry", "fail"),
    ],
)
def test_dives(answer: str, expected: str) -> None:
    assert outcome(DIVE, answer) == expected


def test_repeated_steps_count() -> None:
    row = {"kind": "sequence", "value": ["jump", "turn", "jump"]}
    assert outcome(row, "jump, turn, jump") == "pass"
    assert outcome(row, "jump, then turn, then jump again") == "pass"
    assert outcome(row, "jump, turn") == "fail"


def test_the_sequence_score_is_edit_similarity() -> None:
    assert verdict(STEPS, "open the door, sit down, drink water").score == 1.0
    assert verdict(STEPS, "open the door, sit down").score == pytest.approx(2 / 3)
    assert verdict(STEPS, "drink water, sit down, open the door").score == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "answer",
    [
        "dog, cat, red ball",
        "a red ball, a cat and a dog",
        "There is a dog, a cat and a red ball.",
        "- a cat\n- a dog\n- a red ball",
        "1. Dog\n2. Cat\n3. Red ball",
        '["dog", "cat", "red ball"]',
        "The video shows a dog and a cat. There is also a red ball.",
        "dogs, cats and red balls",
        "Dog; cat; red ball",
        "There is no horse, only a dog, a cat and a red ball.",
        "<answer>dog, cat, red ball</answer>",
        "dog, dog, cat, red ball",
    ],
)
def test_the_right_members(answer: str) -> None:
    assert outcome(PETS, answer) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "dog, cat",
        "dog, cat, red ball, horse",
        "a dog and a cat but no red ball",
        "a blue ball, a dog and a cat",
        "- dog\n- cat\n- red ball\n- bird",
    ],
)
def test_members_missing_or_too_many(answer: str) -> None:
    assert outcome(PETS, answer) == "fail"


@pytest.mark.parametrize("answer", ["", "nothing", "I cannot see.", "There may be a dog, a cat and a red ball."])
def test_no_members(answer: str) -> None:
    assert outcome(PETS, answer) == "undecided"


def test_the_set_score_is_f1() -> None:
    assert verdict(PETS, "dog, cat").score == pytest.approx(0.8)
    assert verdict(PETS, "dog, cat, red ball, horse").score == pytest.approx(6 / 7)
