"""Longer answers, as models give them when they think aloud: numbers, counts, yes and no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

NUMBER: dict[str, Any] = {"kind": "number", "value": 65.6, "minimum": 0, "maximum": 100}
NUMBER_QUESTION = "What score do the judges give the dive?"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "The diver executes a reverse 1.5 somersaults with 3.5 twists (code 5337D), degree of difficulty "
            "3.3. Seven judges award 7.0, 6.5, 7.0, 6.5, 6.5, 7.0 and 6.5. The sum of the middle three is 20. So "
            "20 x 3.3 = 66. The total is 66 points.",
            "pass",
        ),
        (
            "The diver starts in a handstand position, performs two somersaults, and enters the water with a "
            "small splash. I'd estimate the score at 65.6 out of 100.",
            "pass",
        ),
        ("Score: 65.6/100\nReason: clean entry, 2.5 somersaults.", "pass"),
        ("I would rate it 6.5 on a scale of 10.", "pass"),
        ("The execution deserves about a 65 to 66.", "pass"),
        ("Difficulty: 3.2\nExecution: 7/10\nFinal score: 65.6", "pass"),
        ("Difficulty: 65.6\nExecution: 7/10\nFinal score: 22", "fail"),
        ("The score of this dive is sixty five point six points.", "pass"),
        ("65.6 points for a 3.2 difficulty dive", "pass"),
        ("With 5 judges, each giving 7, the score is 65.6.", "pass"),
        ("The dive is worth 65.6.", "pass"),
        ("Approximately 65.6 (range: 60-70).", "pass"),
        ("I give it a score between 60 and 70, so let's say 65.6.", "pass"),
        ("My guess is 65, maybe 66.", "pass"),
        ("around 65.6, give or take 5", "pass"),
        ("The first judge gave 70. The second judge gave 60. The final score: 65.6", "pass"),
        ("The dive scored 65.6 in round 3 of the 2016 final.", "pass"),
        ("The dive got 90 points in 2016? No. It got 65.6 points.", "pass"),
        ("It's a 9.", "fail"),
        ("I don't think it is 65.6. It should be 40.", "fail"),
        ("Certainly! Based on the video, I would assign a score of 65.6 out of 100.", "pass"),
        ("To determine the score, we must consider: 1) take-off 2) flight 3) entry. Considering all 3 aspects, the score is 65.6.", "pass"),
        ("Perhaps 65.6", "undecided"),
        ("probably 65.6", "pass"),
        ("likely around 65", "pass"),
        ('{"difficulty": 3.2, "score": 65.6}', "pass"),
        ('{"score": 20, "difficulty": 65.6}', "fail"),
        ("The score is 65.6 points, which is 5 points less than the 70.6 of the previous dive.", "pass"),
        ("So I would conclude that the judges give 65.6 points to the dive, taking 4.3 seconds into account.", "pass"),
    ],
)
def test_number(answer: str, expected: str) -> None:
    assert outcome(NUMBER, answer, NUMBER_QUESTION) == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"value": 3.2}, "3.2", "What is the degree of difficulty?", "pass"),
        ({"value": 3.2}, "The degree of difficulty is 3.2, and the dive scored 65.6 points.", "What is the degree of difficulty?", "pass"),
        ({"value": 65.6}, "The degree of difficulty is 3.2, and the dive scored 65.6 points.", "What is the degree of difficulty?", "fail"),
        (
            {"value": 4.5, "unit": "seconds"},
            "It takes 4.5 seconds from take-off to entry over 3 phases.",
            "How long does the dive take?",
            "pass",
        ),
        ({"value": 4.5, "unit": "seconds"}, "It takes four and a half seconds.", "How long does the dive take?", "pass"),
        ({"value": 0.656, "minimum": 0, "maximum": 1}, "0.656", "What score do the judges give the dive?", "pass"),
        ({"value": 0.656, "minimum": 0, "maximum": 1}, "65.6%", "What score do the judges give the dive?", "pass"),
        ({"value": 10}, "Ten", "What score do the judges give the dive?", "pass"),
        ({"value": 10, "maximum": 10}, "a perfect 10", "What score do the judges give the dive?", "pass"),
        ({"value": 7.5, "maximum": 10}, "7.5 / 10", "What score do the judges give the dive?", "pass"),
        ({"value": 7.5}, "7½", "What score do the judges give the dive?", "pass"),
        ({"value": 8, "minimum": 0, "maximum": 10}, "8 out of 10, difficulty 3", "What score do the judges give the dive?", "pass"),
        ({"value": 1.5}, "The weight is 1.500 kg", "How heavy is it?", "pass"),
        ({"value": 1500}, "$1,500", "What score do the judges give the dive?", "pass"),
        ({"value": 1500000.0}, "1.5 million", "What score do the judges give the dive?", "pass"),
        ({"value": 0.0015}, "1.5e-3", "What score do the judges give the dive?", "pass"),
        ({"value": -3.5, "unit": "degrees"}, "-3.5 degrees", "What score do the judges give the dive?", "pass"),
        ({"value": 120, "unit": "km/h"}, "120 km/h", "How fast is the car?", "pass"),
        ({"value": 120, "unit": "km/h"}, "It drives at about 120 km/h on lane 2", "How fast is the car?", "pass"),
    ],
)
def test_number_of_other_labels(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "number", **row}, answer, question) == expected


COUNT: dict[str, Any] = {"kind": "count", "value": 3}
COUNT_QUESTION = "How many times does the man jump?"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The man jumps 3 times in total.", "pass"),
        ("He jumped thrice.", "pass"),
        ("The number of jumps is 3.", "pass"),
        ("3 jumps", "pass"),
        ("Three.", "pass"),
        ("There are three jumps: the first at 2 s, the second at 4 s and the third at 6 s.", "pass"),
        ("Jump 1: 2s. Jump 2: 4s. Jump 3: 6s. Total: 3", "pass"),
        ("I counted 3 jumps in the 10-second clip.", "pass"),
        ("I count three jumps by one man.", "pass"),
        ("Answer: three (3)", "pass"),
        ("3 (three) times", "pass"),
        ("one, two, three - three times", "pass"),
        ("The man jumps two times, then one more time, so 3 times.", "pass"),
    ],
)
def test_count(answer: str, expected: str) -> None:
    assert outcome(COUNT, answer, COUNT_QUESTION) == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"value": 0}, "zero times", "How many times does the man jump?", "pass"),
        ({"value": 0}, "He doesn't jump.", "How many times does the man jump?", "pass"),
        ({"value": 0}, "The man does not jump at all in the video.", "How many times does the man jump?", "pass"),
        ({"value": 1}, "a single time", "How many times does the man jump?", "pass"),
        ({"value": 1}, "just once", "How many times does the man jump?", "pass"),
        ({"value": 2}, "two", "How many people are visible?", "pass"),
        ({"value": 2}, "There are two people, one man and one woman.", "How many people are visible?", "pass"),
        ({"value": 3}, "I see 2 men and 1 woman, so 3 people.", "How many people are visible?", "pass"),
        ({"value": 0}, "No one is visible.", "How many people are visible?", "pass"),
        ({"value": 0}, "There is nobody.", "How many people are visible?", "pass"),
        ({"value": 1}, "just one person", "How many people are visible?", "pass"),
    ],
)
def test_count_of_other_labels(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "count", **row}, answer, question) == expected


BOOLEAN: dict[str, Any] = {"kind": "boolean", "value": True}
BOOLEAN_QUESTION = "Is the person playing tennis?"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Yes, the person is playing tennis. They hold a racket and there is no ball visible.", "pass"),
        ("It appears that the person is playing tennis.", "pass"),
        ("I think yes.", "pass"),
        ("I think so.", "pass"),
        ("Correct.", "pass"),
        ("Yes, that's right.", "pass"),
        ("Yes, although it is not very clear.", "pass"),
        ("The statement is true.", "pass"),
        ("It's true that the person is playing tennis.", "pass"),
        ("Definitely yes", "pass"),
        ("Definitely.", "pass"),
        ("Probably yes.", "pass"),
        ("The person is indeed playing tennis.", "pass"),
        ("Yes/No: Yes", "pass"),
        ("Answer: yes\nExplanation: no ball is visible", "pass"),
        ("Neither.", "undecided"),
        ("Yes, no doubt about it.", "pass"),
        ("No doubt, yes.", "pass"),
        ('"Yes"', "pass"),
    ],
)
def test_boolean(answer: str, expected: str) -> None:
    assert outcome(BOOLEAN, answer, BOOLEAN_QUESTION) == expected


@pytest.mark.parametrize(
    ("row", "answer", "question", "expected"),
    [
        ({"value": False}, "No. The person is hitting a baseball.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "The person is hitting a baseball, so no.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "The person is playing baseball, not tennis.", "Is the person playing tennis?", "pass"),
        (
            {"value": False},
            "Looking at the video, I don't see a tennis racket. Therefore the answer is no.",
            "Is the person playing tennis?",
            "pass",
        ),
        ({"value": False}, "The video doesn't show anyone playing tennis.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "There is no evidence of tennis in the video.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "I don't think so.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "Incorrect.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "No, that's not correct.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "no, the person is not playing tennis, yes they are playing baseball", "Is the person playing tennis?", "pass"),
        ({"value": False}, "The statement is not true.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "This is false.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "Certainly not.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "Likely not.", "Is the person playing tennis?", "pass"),
        ({"value": False}, "Nope, they're just standing around", "Is the person playing tennis?", "pass"),
        ({"value": False}, "**No.** The person", "Is the person playing tennis?", "pass"),
        (
            {"value": False},
            "Let me think. Is the person playing tennis? The person holds a bat. No, they are not.",
            "Is the person playing tennis?",
            "pass",
        ),
    ],
)
def test_boolean_of_other_labels(row: dict[str, Any], answer: str, question: str, expected: str) -> None:
    assert outcome({"kind": "boolean", **row}, answer, question) == expected
