"""Options, by letter, number or text, and by the marks that the question itself used."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome, verdict
from videostar.labels.choice import ChoiceLabel

MOVES = {"kind": "choice", "options": ["running fast", "jumping over a fence", "swimming", "a man sleeping"], "answer": 1}


@pytest.mark.parametrize(
    "answer",
    [
        "B",
        "b",
        "B.",
        "(B)",
        "(b)",
        "B)",
        "b)",
        "[B]",
        "**B**",
        "**B. jumping over a fence**",
        "B: jumping over a fence",
        "(B) jumping over a fence",
        "Option B",
        "option b",
        "Answer: B",
        "answer: b",
        "The answer is B.",
        "The correct answer is (B).",
        "The correct option is B because the man jumps.",
        "I choose B",
        "My answer is B.",
        "Final answer: B",
        "<answer>B</answer>",
        "<answer>\nB. jumping over a fence\n</answer>",
        r"\boxed{B}",
        r"$\boxed{\text{B}}$",
        '{"answer": "B"}',
        '```json\n{"answer": "B"}\n```',
        "jumping over a fence",
        "The man jumps over a fence.",
        "He is jumping over the fence.",
        "Option 2",
        "2",
        "(2)",
        "The second option.",
        "The second one is right.",
        "A is incorrect. C is wrong. D does not fit. So B.",
        "Option A (running fast) is incorrect because he does not run. Option B is correct.",
        "Not A, but B.",
        "It's not A or C. The answer is B.",
        "It may be A, but it is B.",
        "Let's see. A man walks up to a fence. A moment later he is over it. I would go with B.",
        "The options are A) running fast B) jumping over a fence C) swimming D) a man sleeping. The answer is B.",
        "A. running fast - no\nB. jumping over a fence - yes\nC. swimming - no\nD. a man sleeping - no\n\nAnswer: B",
        "I initially considered A. However, the man leaves the ground, so the correct answer is B.",
        "Therefore, option B best describes the video.",
        "B is the best match.",
        "**Answer: B**",
        "Answer:\nB",
        "The best answer is:\n\n**B. jumping over a fence**",
        "I think it's B",
        "It's B.",
        "Answer: A. Wait, actually it's B.",
        "Choice B",
    ],
)
def test_the_right_option(answer: str) -> None:
    assert outcome(MOVES, answer) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "A",
        "C",
        "(D)",
        "Answer: C",
        "The answer is A.",
        "A man is swimming",
        "A man is running fast.",
        "B is wrong. The answer is C.",
        "B looks right, but the answer is D.",
        "A, B",
        "A and B",
        "A B C D",
        "A, B, C and D",
        "running fast, jumping over a fence, swimming, a man sleeping",
        "Option 3",
        "The answer is not B, it is A.",
        "<answer>A</answer> B",
        "B. swimming",
    ],
)
def test_another_option_or_several(answer: str) -> None:
    assert outcome(MOVES, answer) == "fail"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "E",
        "I cannot tell.",
        "A person is in the video.",
        "It could be A or B.",
        "Maybe B?",
        "Not A.",
        "None of them.",
        "I am not sure.",
        "The options are A, B, C and D.",
    ],
)
def test_no_option(answer: str) -> None:
    assert outcome(MOVES, answer) == "undecided"


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Which?\n1. dribbling\n2. dunking", "2", "pass"),
        ("Which?\n1) dribbling\n2) dunking", "2) dunking", "pass"),
        ("Which?\nOption 1: dribbling\nOption 2: dunking", "Option 2", "pass"),
        ("Which?\nOption 1: dribbling\nOption 2: dunking", "Option 2: dunking", "pass"),
        ("Which?\nCaption A: dunking\nCaption B: dribbling", "Caption A", "pass"),
        ("Which?\nCaption A: dunking\nCaption B: dribbling", "Caption B", "fail"),
        ("Which?\nSentence A: dunking\nSentence B: dribbling", "Sentence A: dunking", "pass"),
        ("Which?\n(a) dunking\n(b) dribbling", "(a)", "pass"),
        ("Which?\nA. dunking\nB. dribbling", "A", "pass"),
        ("Which? (A) dunking (B) dribbling", "A", "pass"),
        ("Which? A. dunking B. dribbling", "A", "pass"),
        ("Which?", "B", "pass"),
        ("Which?", "A", "fail"),
    ],
)
def test_marks_of_the_question(question: str, answer: str, expected: str) -> None:
    assert outcome({"kind": "choice", "options": ["dribbling", "dunking"], "answer": 1}, answer, question) == expected


def test_options_that_are_numbers() -> None:
    row = {"kind": "choice", "options": ["2", "3", "4", "5"], "answer": 1}
    assert outcome(row, "3") == "pass"
    assert outcome(row, "three") == "pass"
    assert outcome(row, "B") == "pass"
    assert outcome(row, "The person jumps 3 times.") == "pass"
    assert outcome(row, "2") == "fail"
    assert outcome(row, "Option 2") == "pass"


def test_options_yes_and_no() -> None:
    row = {"kind": "choice", "options": ["Yes", "No"], "answer": 1}
    assert outcome(row, "No") == "pass"
    assert outcome(row, "No, he is not.") == "pass"
    assert outcome(row, "Yes") == "fail"
    assert outcome(row, "(B) No") == "pass"


def test_option_inside_another_option() -> None:
    row = {"kind": "choice", "options": ["running", "running fast", "not running"], "answer": 0}
    assert outcome(row, "running") == "pass"
    assert outcome(row, "He is running fast.") == "fail"
    assert outcome(row, "not running") == "fail"
    assert outcome({**row, "answer": 2}, "not running") == "pass"


def test_none_of_the_above_is_an_option() -> None:
    row = {"kind": "choice", "options": ["running", "jumping", "None of the above"], "answer": 2}
    assert outcome(row, "None of the above") == "pass"
    assert outcome(row, "C") == "pass"


def test_directions() -> None:
    row = {"kind": "choice", "options": ["The man is moving from left to right.", "The man is moving from right to left."], "answer": 0}
    assert outcome(row, "The man is moving from left to right.") == "pass"
    assert outcome(row, "The man moves from right to left.") == "fail"


def test_format_text_shows_letters_in_order() -> None:
    from videostar.labels import parse_label

    shown = parse_label(MOVES).format_text()
    assert shown.startswith("Options:\n(A) running fast\n(B) jumping over a fence\n(C) swimming\n(D) a man sleeping\n")


def test_the_span_is_the_letter() -> None:
    answer = "It may be A. The answer is (B)."
    found = verdict(MOVES, answer)
    assert found.span is not None
    assert answer[found.span[0] : found.span[1]] == "B"


@pytest.mark.parametrize(
    "answer",
    [
        "The green triangle zigzags fast. It turns clockwise and keeps its size. So the answer is basttail.",
        "A triangle crosses the picture. The answer is: a hexagon.",
        "I see the triangle leave on the left. Final answer: pentagon",
    ],
)
def test_a_conclusion_that_is_no_option_does_not_pass_by_a_mention(answer: str) -> None:
    label = ChoiceLabel(options=("circle", "triangle", "square"), answer=1)
    assert label.judge(answer, "Which shape is it?").outcome == "fail"


@pytest.mark.parametrize(
    "answer",
    [
        "The answer is clear. It is the triangle.",
        "The shape is a triangle. That is my final answer.",
        "Triangle is the answer here.",
        "The answer is the green triangle.",
    ],
)
def test_a_conclusion_that_names_the_option_passes(answer: str) -> None:
    label = ChoiceLabel(options=("circle", "triangle", "square"), answer=1)
    assert label.judge(answer, "Which shape is it?").outcome == "pass"


def test_who_names_one_of_the_shown_options_has_chosen_and_the_rest_are_reasons() -> None:
    label = ChoiceLabel(options=("moving up", "moving down", "staying still"), answer=1)
    question = "What does the lift do?\nA. moving up\nB. moving down\nC. staying still"
    answer = "The lift is moving down. The floor numbers rise on the display while the walls seem to go up."
    assert label.judge(answer, question).outcome == "pass"
