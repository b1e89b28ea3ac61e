"""Answers in the manner of models, of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome

CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    (
        {
            "kind": "category",
            "value": "shooting basketball",
            "classes": ["shooting basketball", "playing basketball", "dribbling basketball", "dunking basketball", "playing volleyball"],
        },
        "What is the person doing?",
        [
            "Step 1: The video shows an indoor court. Step 2: A player holds a basketball near the free-throw line. "
            "Step 3: He bends his knees and releases the ball towards the hoop. Final answer: shooting basketball.",
            "The video shows a person on a basketball court. He dribbles twice, stops, and then shoots the ball. "
            "The main action being performed is shooting basketball.",
            'Based on the video, the action is most likely "shooting basketball" rather than "dunking basketball".',
            "The person is playing basketball. Specifically, they are shooting a basketball.",
            "### Answer\n**shooting basketball**",
            "It's not dunking, it's not dribbling: it's shooting basketball.",
        ],
        [
            "Although the clip starts with dribbling, the main action is dunking basketball.",
            "The person might be playing basketball, shooting basketball or dribbling basketball.",
            '{"answer": "dunking basketball", "reason": "not shooting basketball"}',
        ],
    ),
    (
        {"kind": "number", "value": 7.5, "minimum": 0, "maximum": 10},
        "How well is the dish plated, from 0 to 10?",
        [
            "I would give the plating a 7.5/10. The sauce is smeared (about 2 cm) and there are 3 leaves on top.",
            "Taste: 9/10. Plating: 7.5/10.",
            "Three elements, two sauces. Rating: seven and a half.",
            "**Score: 7.5**",
            "7,5",
            "75%",
            "7.5 stars out of 10",
            "15 out of 20",
            "It deserves 7.5, though a professional chef would get 9.",
            "I first thought 9, but on closer look it is 7.5.",
            "seven point five",
        ],
        ["Taste: 7.5/10. Plating: 9/10.", "Between 5 and 10"],
    ),
    (
        {"kind": "count", "value": 5},
        "How many push-ups does the man do?",
        [
            "Let me count: 1, 2, 3, 4, 5. So five push-ups.",
            "The man does 5 push-ups in 10 seconds.",
            "In the first set he does 3 push-ups and in the second set 2 push-ups, for a total of 5.",
            "The man does five.",
            "about five",
            "5x",
            "He performs exactly 5 repetitions.",
            "1) starts in plank 2) does 5 push-ups 3) stands up",
        ],
        [
            "He does push-ups for 5 seconds: 7 in total.",
            "5 sets of 3 push-ups",
            "The man, who wears number 5, does 8 push-ups.",
            "four or five",
        ],
    ),
    (
        {"kind": "timestamp", "value_seconds": 65.0, "tolerance_seconds": 2.0},
        "When does the bride enter the church?",
        [
            "The bride enters at 1:05.",
            "At around 1 minute and 5 seconds.",
            "The guests sit down at 0:40; the bride comes in at 1:05 and reaches the altar at 1:30.",
            "65th second",
            "She enters the church at 01:05 (65 seconds into the video).",
            "<think>maybe 30 s</think>65 s",
            "from 1:04 to 1:06",
            "between 1:04 and 1:06",
        ],
        ["The bride enters at 1:30, after the guests are seated at 1:05.", "At 1.05"],
    ),
    (
        {"kind": "boolean", "value": True},
        "Is there a dog in the video?",
        [
            "There is a brown dog running across the yard.",
            "A dog can be seen in the background.",
            "I see a dog.",
            "Yes, although it is only visible for a second, there is a dog.",
            "A dog appears at the end.",
            "I believe there is a dog.",
        ],
        [
            "There isn't a dog, only a cat.",
            "I don't see any dog.",
            "The video shows a cat and a bird.",
            "No dogs are visible.",
            "It is a wolf, not a dog.",
            "There might be a dog.",
        ],
    ),
    (
        {"kind": "boolean", "value": False},
        "Does the person use their left hand?",
        [
            "They use their right hand.",
            "The person uses the right hand, not the left.",
            "The left hand stays in the pocket, so no.",
            "The person is using his right hand to write.",
        ],
        ["The person uses their left hand."],
    ),
    (
        {"kind": "sequence", "value": ["crack eggs", "whisk eggs", "pour into pan"]},
        "List the steps.",
        [
            "1. Crack the eggs into a bowl\n2. Whisk the eggs\n3. Pour into the pan",
            "The person first cracks some eggs, then whisks them, and finally pours them into a pan.",
            "First, crack eggs. Second, whisk eggs. Third, pour into pan.",
            "The person cracks eggs into a bowl. Next, the eggs are whisked. Lastly, the mixture is poured into a pan.",
        ],
        [
            "Pour into pan → whisk eggs → crack eggs",
            "crack eggs, whisk eggs",
            "1. Preheat pan\n2. Crack eggs\n3. Whisk eggs\n4. Pour into pan",
        ],
    ),
    (
        {"kind": "set", "value": ["apple", "banana", "orange"]},
        "Which fruits are on the table?",
        [
            "There are three fruits: an apple, a banana, and an orange.",
            "I can see apples, bananas and oranges on the table.",
            "An apple and a banana lie beside an orange.",
            "apple\nbanana\norange",
            "The fruits are apple, banana and orange. The bowl is blue.",
            "An apple, a banana, an orange. No pear is visible.",
            "The apple is on the left, the banana in the middle and the orange on the right.",
            "All of them: apples, bananas, oranges.",
        ],
        ["Apple, banana, orange, and a knife.", "apple; banana; orange; pear"],
    ),
    (
        {"kind": "text", "value": "He is repairing a bicycle", "references": ["fixing a bike"]},
        "What is the man doing?",
        ["The man is fixing his bike.", "Repairing a bicycle in the garage.", "The man repairs the bicycle of his daughter with a wrench."],
        [
            "He is riding a bicycle.",
            "He isn't fixing a bike.",
            "He is repairing a car next to a bicycle.",
            "The man might be fixing a bike.",
        ],
    ),
    (
        {"kind": "choice", "options": ["The man picks up the cup", "The man puts down the cup", "The man breaks the cup"], "answer": 1},
        "What happens?\n(A) The man picks up the cup\n(B) The man puts down the cup\n(C) The man breaks the cup",
        [
            "(B)",
            "The correct answer is (B) The man puts down the cup.",
            "Looking at the video, the man holds the cup and then places it on the table, so the answer is B.",
            "The man puts the cup down.",
            "(A) is wrong because he already holds it. (C) is wrong too. Hence (B).",
            "I am torn between A and B, but B is more likely.",
            "Answer: b",
        ],
        [
            "The man picks the cup up.",
            "Option (A) is incorrect, option (C) is incorrect.",
            "A",
            "B, C",
            "The answer is C. The man does not put down the cup.",
        ],
    ),
    (
        {"kind": "interval", "start_seconds": 12.0, "end_seconds": 18.0},
        "When does the woman open the box?",
        [
            "The woman opens the box between 12 and 18 seconds.",
            "From approximately 0:12 to 0:18.",
            "She walks in from 0 to 5 s, sits down from 6 to 10 s and opens the box from 12 to 18 s.",
            "12.0 - 18.0 seconds",
            "[12.0, 18.0]",
            "starting at 12 seconds for about 6 seconds",
            "between the 12th and the 18th second",
        ],
        ["The event occurs from 40 to 50 seconds.", "12 to 18 frames"],
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
