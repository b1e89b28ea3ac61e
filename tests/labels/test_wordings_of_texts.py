"""Short texts and boxes: ellipsis, landmarks, prevention, boxes in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "text", "value": "right foot"},
        "Which foot does he kick with?",
        ["With the right one.", "right", "With his right foot.", "He stands on his left foot and kicks with his right foot."],
        ["He stands on his right foot and kicks with his left foot.", "left foot"],
    ),
    (
        {"kind": "text", "value": "the bench"},
        "What is the dog lying on?",
        ["It lies on the bench.", "On a bench.", "The dog is on the bench. It sleeps."],
        ["The dog lies on the grass next to the bench.", "There is a bench in the park. The dog is lying on a towel."],
    ),
    (
        {"kind": "text", "value": "to avoid getting wet"},
        "Why does she open the umbrella?",
        ["So that she does not get wet.", "To prevent getting wet."],
        ["to get wet"],
    ),
    (
        {"kind": "box", "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.6},
        "Where is the dog?",
        [
            "The dog spans 10% to 50% of the width and 20% to 60% of the height.",
            "It is centered at (0.3, 0.4), 0.4 wide and 0.4 tall.",
            "centre (0.3, 0.4), width 0.4, height 0.4",
            "The dog is at [0.1, 0.2, 0.5, 0.6], the cat at [0.7, 0.1, 0.9, 0.3].",
            "In pixels of the 200 x 100 frame: x from 20 to 100 and y from 20 to 60.",
        ],
        ["The cat is at [0.1, 0.2, 0.5, 0.6]; the dog is at [0.6, 0.6, 0.9, 0.9]."],
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
