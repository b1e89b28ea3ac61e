"""Free captions against candidate statements: what tells the statements apart decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "choice", "options": ["normal speed", "slow motion", "time-lapse"], "answer": 1},
        "Describe the video.",
        [
            "The video shows a man jumping into the pool in slow motion, with drops of water flying.",
            "A slow-motion shot of a ball hitting the water surface.",
        ],
        [
            "A flower opens in a time-lapse video over several days in a garden.",
            "A man is jumping into a pool with his friends on a sunny day.",
        ],
    ),
    (
        {
            "kind": "choice",
            "options": ["faster than the man below", "slower than the man below", "at the same speed as the man below"],
            "answer": 0,
        },
        "Describe the video.",
        [
            "Two men jump, and the man above jumps faster than the man below him.",
            "The upper man moves more quickly than the one at the bottom of the screen.",
        ],
        ["Two men are jumping, both at the same speed, on a split screen.", "Two men jump on a split screen. The upper one is slower."],
    ),
    (
        {"kind": "choice", "options": ["cooking soup", "eating an apple", "buying bread"], "answer": 2},
        "Describe the video.",
        [
            "A woman walks into a bakery, purchases some bread and leaves the shop.",
            "A young woman in a bakery is buying a loaf of bread from the seller.",
        ],
        [
            "A woman stands in a kitchen and stirs a large pot of soup while cooking.",
            "A woman in a red dress is munching an apple on a bench.",
        ],
    ),
    (
        {"kind": "choice", "options": ["clockwise", "counterclockwise", "not rotating"], "answer": 1},
        "Describe the video.",
        [
            "A wheel turns in an anti-clockwise direction on a white background.",
            "The wheel is spinning counter-clockwise while the camera stays still.",
        ],
        ["A wheel rotates clockwise on a white background in this short clip.", "A wheel stands on a table and is painted red all over."],
    ),
    (
        {"kind": "choice", "options": ["getting bigger", "getting smaller", "staying the same size"], "answer": 0},
        "Describe the video.",
        [
            "A balloon is inflated and expands until it fills the whole picture.",
            "A blue balloon keeps growing larger and larger over time.",
        ],
        [
            "A balloon slowly shrinks until nothing is left of it on the table.",
            "A balloon does not get bigger although the girl blows into it.",
        ],
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
