"""Counts: a whole number in digits or words, equal or not."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome, verdict

WAVES = "How many times does the boy wave his hands?"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (3, "3"),
        (3, "three"),
        (3, "Three times."),
        (3, "3 times"),
        (3, "The boy waves his hands 3 times."),
        (3, "He waves three times in 5 seconds."),
        (3, "thrice"),
        (2, "twice"),
        (1, "once"),
        (1, "Once, at the start."),
        (1, "only one time"),
        (0, "none"),
        (0, "zero"),
        (0, "0"),
        (0, "He never waves his hands."),
        (0, "No times."),
        (0, "The boy does not wave his hands at all."),
        (12, "a dozen"),
        (2, "a couple of times"),
        (2, "a pair"),
        (21, "twenty-one"),
        (3, "First wave, second wave, third wave. The total is 3."),
        (3, "I count 1, 2, 3. So 3 times."),
        (3, "1, 2, 3"),
        (3, "At 1 s he waves, at 2 s he waves, at 4 s he waves. In total, three times."),
        (3, "Answer: 3"),
        (3, "<answer>3</answer>"),
        (3, r"\boxed{3}"),
        (3, '{"count": 3}'),
        (3, "Not 2 but 3."),
        (3, "2, wait, no, 3."),
        (3, "3.0"),
        (3, "3x"),
        (3, "There are 3 waves in frame 10 to 40."),
        (3, "The boy in the video waves both hands a total of three times."),
        (3, "exactly 3"),
    ],
)
def test_the_count_is_said(value: int, answer: str) -> None:
    assert outcome({"kind": "count", "value": value}, answer, WAVES) == "pass"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (3, "4"),
        (3, "2 or 3"),
        (3, "2-3"),
        (3, "3.5"),
        (3, "twice"),
        (0, "1"),
        (3, "13"),
        (3, "1, 2, 3, 4, 5, 6"),
        (3, "thirty"),
        (1, "someone waves twice"),
    ],
)
def test_another_count_or_several(value: int, answer: str) -> None:
    assert outcome({"kind": "count", "value": value}, answer, WAVES) == "fail"


@pytest.mark.parametrize("answer", ["", "many times", "I cannot tell.", "several", "At 3 seconds.", "maybe 3", "The boy waves."])
def test_no_count(answer: str) -> None:
    assert outcome({"kind": "count", "value": 3}, answer, WAVES) == "undecided"


@pytest.mark.parametrize(
    ("value", "answer", "question"),
    [
        (3, "There are 3 people.", "How many people are in the room?"),
        (3, "Three people are in the room, 2 of them sitting.", "How many people are in the room?"),
        (0, "There are no people in the room.", "How many people are in the room?"),
        (1, "There is one person.", "How many people are in the room?"),
        (1, "There is a single person.", "How many people are in the room?"),
        (2, "Both, so two.", "How many people are in the room?"),
        (5, "5 seconds", "How many seconds does it take?"),
    ],
)
def test_what_is_counted(value: int, answer: str, question: str) -> None:
    assert outcome({"kind": "count", "value": value}, answer, question) == "pass"


def test_the_score_falls_with_distance() -> None:
    row = {"kind": "count", "value": 4}
    assert verdict(row, "4").score == 1
    assert 0 < verdict(row, "6").score < verdict(row, "5").score < 1
