"""Classes and options: pretence, places of answers, doers, lists of letters, captions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {"kind": "category", "value": "backflip"},
        "Which trick does the skater do?",
        ["It is a backflip."],
        [
            "The trick is this: a kickflip. He only fakes a backflip.",
            "He pretends to do a backflip.",
            "He feigns a backflip and then stops.",
            "The answer is: a kickflip. A backflip looks different.",
        ],
    ),
    (
        {"kind": "category", "value": "painting"},
        "What is the man doing?",
        ["He paints the wall."],
        ["The paint bucket is empty and he sings.", "He looks at the paint shop window."],
    ),
    (
        {"kind": "category", "value": "golf driving", "classes": ["golf putting", "golf driving", "golf chipping"]},
        "What kind?",
        ["A long drive.", "The golfer drives the ball."],
        ["He is putting."],
    ),
    (
        {"kind": "category", "value": "skiing slalom", "classes": ["skiing slalom", "skiing crosscountry", "dancing"]},
        "?",
        ["The skier goes slalom.", "slalom skiing"],
        [],
    ),
    ({"kind": "category", "value": "swimming", "classes": ["swimming", "running"]}, "?", [], ["Two runners race."]),
    (
        {"kind": "choice", "options": ["turning on the light", "turning off the light", "opening the window"], "answer": 0},
        "What does she do?",
        ["Option A fits better than option B.", "She turns on the light.", "She turns the light on."],
        ["A or B", "Either A or C.", "She turns the light off.", "B over A"],
    ),
    (
        {"kind": "choice", "options": ["The ball is rising", "The ball is falling", "The ball stays still"], "answer": 0},
        "Describe the video.",
        [
            "A red ball on a table slowly moves upwards until it leaves the picture.",
            "The red ball ascends towards the ceiling of the large hall.",
        ],
        [
            "A red ball drops from the table and rolls over the floor of the room.",
            "A red ball lies on the table in a large room with windows.",
            "The ball goes up, and then it goes down again and stays on the floor.",
            "The red ball is not rising at all in this video of a room.",
        ],
    ),
    (
        {
            "kind": "choice",
            "options": [
                "The man sits down and then the dog barks",
                "The dog barks and then the man sits down",
                "Both happen at the same time",
            ],
            "answer": 0,
        },
        "Describe the video.",
        [
            "A man comes into the room and sits down on a chair. After that, a dog starts barking at him.",
            "A dog barks after the man has sat down on the chair in the kitchen.",
            "A man sits down on the sofa, followed by a dog barking at him.",
        ],
        [
            "A dog barks loudly at the door, then a man sits down on the chair.",
            "A man sits down on a chair while a dog is barking next to him.",
        ],
    ),
    (
        {"kind": "choice", "options": ["changing from red to green", "changing from green to red", "staying red"], "answer": 0},
        "Describe the video.",
        [
            "The video shows a leaf whose colour is changing from red to green over time.",
            "The light goes from a bright red to a deep green within seconds.",
        ],
        ["The leaf turns from green into red as the days go by in the garden."],
    ),
    (
        {"kind": "category", "value": "javelin throw"},
        "Which event?",
        [
            "The athlete throws a javelin.",
            "It's a javelin throw, not a discus throw.",
            "It is hard to tell, but I believe it is the javelin throw.",
        ],
        ["A discus thrower spins.", "javelin"],
    ),
    (
        {"kind": "category", "value": "skiing"},
        "What is the person doing?",
        ["The skier is skiing down.", "A person skis."],
        ["A skier rests on a bench.", "He does not ski; he snowboards."],
    ),
    (
        {"kind": "category", "value": "brushing teeth", "classes": ["brushing teeth", "brushing hair", "washing hands"]},
        "?",
        [
            "The child is brushing, with toothpaste, its teeth.",
            "The toothbrush goes back and forth; the child is brushing its teeth.",
            "First the hands are washed, then the teeth are brushed. The main action is brushing teeth.",
        ],
        ["The child brushes its hair and later its teeth.", "Hands are washed."],
    ),
    (
        {"kind": "choice", "options": ["red", "blue", "green"], "answer": 1},
        "What colour is the car?\nA. red\nB. blue\nC. green",
        [
            "B",
            "B.",
            "(B)",
            "b",
            "Blue",
            "The car is blue.",
            "B. blue",
            "It's blue, not red.",
            "A. red... no, B. blue",
            "The answer is (B) blue.",
            "Option 2",
            "The second option.",
            "Not red or green, so blue.",
            "Neither red nor green; it must be blue.",
            "\\boxed{B}",
            "<answer>B</answer>",
            "**B**",
            "Answer: B because the car is blue and the bus is red.",
        ],
        ["B) red", "It could be red or blue.", "I think the answer is A or B", "It is definitely not B."],
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
