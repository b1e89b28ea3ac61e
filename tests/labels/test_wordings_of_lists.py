"""Steps and members: pronouns, chains of before and after, further members, denials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "sequence", "value": ["wash carrot", "peel carrot", "cut carrot"]},
        "Steps?",
        [
            "He washes a carrot, peels it and cuts it.",
            "He washes the carrot. Then he peels it. Finally, he cuts it into pieces.",
            "Before he cuts the carrot he peels it, and before peeling it he washes it.",
            "He cuts the carrot after peeling it, and the carrot is washed first of all.",
            "The last thing he does is cut the carrot. Before that he peels it. The first thing is to wash the carrot.",
            "He washes it, it seems. In order: wash carrot, peel carrot, cut carrot.",
        ],
        [
            "He peels the carrot, washes it and cuts it.",
            "wash carrot, peel carrot, cut carrot, eat carrot",
            "He washes the carrot, peels it and cuts it. Then he eats a banana.",
            "Wash carrot, peel carrot, cut carrot and eat.",
        ],
    ),
    (
        {"kind": "set", "value": ["guitar", "drums"]},
        "Which instruments are played?",
        [
            "guitar and drums",
            "Guitars and drums are heard, no piano.",
            "Guitar and drums; the piano is not played.",
            "The guitar and the drums. The violin and the flute are left out.",
            "First I thought guitar, drums, flute. Final list: guitar, drums.",
        ],
        [
            "Guitar, drums and bass.",
            "The guitar, the drums and a flute.",
            "None of the instruments is played, though a guitar and drums are there.",
            "Only the guitar; the drums stay untouched.",
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
