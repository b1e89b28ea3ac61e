"""Yes and no without the words: restatements, opposites, denials, late conclusions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "boolean", "value": True},
        "Is the woman swimming?",
        [
            "She is swimming.",
            "She swims across the pool.",
            "I can't see any other people. The woman is swimming.",
            "Indeed she is.",
            "I was going to say no, but she does swim.",
        ],
        [
            "The woman isn't swimming.",
            "She's not swimming, she is floating.",
            "That isn't what she is doing.",
            "It may look like swimming, but it is not.",
            "Yes, the arms move, and yes, the legs too. But her feet touch the ground. So the woman is not swimming.",
            "The swimming pool is empty.",
        ],
    ),
    (
        {"kind": "boolean", "value": False},
        "Does the door open?",
        ["The door closes.", "It doesn't.", "The door does not open.", "Not the case.", "The door never opens."],
        ["The door opens."],
    ),
    (
        {"kind": "boolean", "value": False},
        "Is the car moving from left to right?",
        ["The car moves from right to left.", "It is moving from the right to the left."],
        ["The car is moving left to right."],
    ),
    (
        {"kind": "boolean", "value": False},
        "Does the man wear a hat?",
        ["The man is hatless.", "No hat at all.", "There is no hat."],
        ["He does wear a hat.", "He wears a hat"],
    ),
    (
        {"kind": "boolean", "value": True},
        "Does the cat jump onto the table?",
        ["The cat jumps onto the table.", "Correct, it jumps on the table."],
        [
            "The cat jumps off the table.",
            "The cat jumps onto the chair.",
            "The cat is sitting near the table and does not jump.",
            "The answer is no, since the cat stays on the floor.",
            "Not once does the cat jump onto the table.",
        ],
    ),
    (
        {"kind": "boolean", "value": False},
        "Is anyone wearing glasses?",
        [
            "Nobody is wearing glasses.",
            "No one wears glasses.",
            "None of them wears glasses.",
            "The people do not wear glasses.",
            "Both people are without glasses.",
        ],
        ["Everyone wears glasses."],
    ),
    (
        {"kind": "boolean", "value": True},
        "Is the person running?",
        ["Running.", "They are running.", "A person is running in the park."],
        ["Not running.", "Walking.", "The person is walking."],
    ),
    (
        {"kind": "boolean", "value": True},
        "Is this a tutorial?",
        ["It is a tutorial.", "A tutorial."],
        ["It isn't a tutorial."],
    ),
]
PASSING = [(label, question, answer) for label, question, answers, _ in CASES for answer in answers]
OTHERS = [(label, question, answer) for label, question, _, answers in CASES for answer in answers]


@pytest.mark.parametrize(("label", "question", "answer"), PASSING)
def test_passes(label: dict[str, Any], question: str, answer: str) -> None:
    assert outcome(label, answer, question) == "pass"


@pytest.mark.parametrize(("label", "question", "answer"), OTHERS)
def test_does_not_pass(label: dict[str, Any], question: str, answer: str) -> None:
    assert outcome(label, answer, question) != "pass"
