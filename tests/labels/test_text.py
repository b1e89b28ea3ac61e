"""Free texts: the same said in other words passes, something else does not."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("reading a book", "She is reading a book."),
        ("She is cooking.", "cooking"),
        ("She is cooking.", "The woman cooks."),
        ("wave hands", "He waves his hands."),
        ("TV", "The television"),
        ("3", "three"),
        ("two", "2"),
        ("blue", "The car is blue."),
        ("yes", "Yes."),
        ("on the table", "It is on the table."),
        ("to the left", "The ball rolls to the left, not to the right."),
        ("The man is cutting a watermelon with a knife", "A man is using a knife to cut a watermelon."),
        ("The clothes.", "The person tidied the clothes."),
        ("cookie", "a chocolate cookie"),
        ("because it is raining", "It is raining, so they go inside."),
        ("Ate the medicine.", "The person ate the medicine."),
        ("red ball", "The ball is red."),
        ("the dog bites the man", "The man is bitten by the dog."),
        ("colour", "color"),
        ("no", "no"),
        ("not visible", "not visible"),
        ("left hand", "With the left hand."),
    ],
)
def test_says_the_same(value: str, answer: str) -> None:
    assert outcome({"kind": "text", "value": value}, answer) == "pass"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("reading a book", "She is reading a newspaper."),
        ("reading a book", "She is not reading a book."),
        ("blue", "The car is red."),
        ("blue", "blue or red"),
        ("to the left", "to the right"),
        ("The light turns on", "The light turns off"),
        ("The man goes up the stairs", "The man goes down the stairs"),
        ("the dog bites the man", "the man bites the dog"),
        ("yes", "no"),
        ("no", "yes"),
        ("3", "4"),
        ("TV", "The radio"),
        ("the man opens the door", "the man closes the door"),
        ("The man is moving from left to right", "The man is moving from right to left"),
        ("is visible", "is not visible"),
        ("not visible", "visible"),
    ],
)
def test_says_something_else(value: str, answer: str) -> None:
    assert outcome({"kind": "text", "value": value}, answer) != "pass"


@pytest.mark.parametrize("answer", ["", "I cannot tell.", "It might be blue.", "I'm not sure what color it is."])
def test_does_not_say(answer: str) -> None:
    assert outcome({"kind": "text", "value": "blue"}, answer) == "undecided"


def test_any_reference_is_enough() -> None:
    row = {"kind": "text", "value": "a sofa", "references": ["a couch", "a settee"]}
    assert outcome(row, "They sit on a couch.") == "pass"
    assert outcome(row, "They sit on a chair.") == "fail"


def test_the_final_answer_counts() -> None:
    row = {"kind": "text", "value": "blue"}
    assert outcome(row, "The wall is blue. <answer>red</answer>") == "fail"
    assert outcome(row, "At first I thought it was red. The answer is blue.") == "pass"
    assert outcome(row, "It was blue. Wait, no, it is red.") != "pass"
    assert outcome(row, "The sky is blue. Final answer: red") == "fail"
