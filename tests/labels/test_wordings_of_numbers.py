"""Numbers and counts: units, bounds, totals, the numbers of other things."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "number", "value": 2.0, "unit": "m"},
        "How wide is the table?",
        ["200 cm", "2000 mm", "two metres", "2m", "about 6.6 feet", "6.6 feet", "2"],
        ["2 cm"],
    ),
    (
        {"kind": "number", "value": 120, "unit": "seconds"},
        "How long does it take?",
        ["2 minutes", "2 min", "two minutes", "120 s", "2:00", "about two minutes in total"],
        ["120 minutes"],
    ),
    (
        {"kind": "number", "value": 75, "minimum": 0, "maximum": 100},
        "How good is the jump, from 0 to 100?",
        ["0-100: 75", "On the scale from 0 to 100 I'd go for 75.", "If 0 is awful and 100 perfect, then 74.", "just over 75"],
        ["more than 75", "at least 75", "75 or more"],
    ),
    (
        {"kind": "count", "value": 4},
        "How many times does the dog bark?",
        [
            "I replayed the video 3 times, and it barks four times.",
            "Twice at the door and twice at the gate, 4 in total.",
            "Two barks, then two more, which makes 4.",
        ],
        ["At least 4 times.", "4 or more", "I watched it 4 times; the dog barks twice.", "Fewer than 4 times.", "half a dozen"],
    ),
    ({"kind": "count", "value": 6}, "How many eggs?", ["half a dozen", "half a dozen eggs", "six. One is broken."], ["a dozen"]),
    (
        {"kind": "number", "value": 65.6, "minimum": 0, "maximum": 100},
        "What score does the dive get?",
        [
            "A 9.5 entry and 65.6 overall.",
            "65.6 with a 9.5 entry.",
            "I see a 3.5 tuck, a 9.5 entry and a 2.0 splash; 65.6.",
            "A clean 9.5 entry. Score 65.6.",
            "9.5 for the entry, 65.6 for the dive",
            "I'd say 65.6, given a height of 10 m and 3.2 difficulty",
            "It should get somewhere around the mid sixties, say 65.",
        ],
        [],
    ),
    (
        {"kind": "count", "value": 3},
        "How many people are in the room?",
        [
            "Three: a man, a woman and a child.",
            "There are 3 people and 2 dogs.",
            "There are 2 men and 1 woman, so 3 people.",
            "3 people, one of whom is sitting",
            "One person sits and two stand: three.",
            "There are three of them.",
            "I count 4, no, 3 people.",
            "not 4 but 3",
        ],
        ["Around 3 or 4.", "not 3 but 4"],
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
