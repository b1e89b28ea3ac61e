"""Yes and no, said plainly or by what is stated about the question's words."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome, verdict

YES = {"kind": "boolean", "value": True}
CARTWHEEL = "Is the child doing a cartwheel?"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("yes", True),
        ("Yes.", True),
        ("No", False),
        ("no.", False),
        ("YES!", True),
        ("Yes, the child is doing a cartwheel.", True),
        ("No, the child is not doing a cartwheel.", False),
        ("No, she is just running.", False),
        ("Yes, it is. There is no doubt.", True),
        ("The answer is yes.", True),
        ("The answer is: No", False),
        ("Answer: **No**", False),
        ("**Yes**, the child does a cartwheel.", True),
        ("True", True),
        ("That statement is false.", False),
        ("false", False),
        ("That is correct.", True),
        ("That's incorrect.", False),
        ("Yeah", True),
        ("Nope", False),
        ("Indeed, the child does one.", True),
        ("Absolutely not.", False),
        ("Of course.", True),
        ("The child is doing a cartwheel.", True),
        ("The child does a cartwheel on the grass.", True),
        ("The child is not doing a cartwheel.", False),
        ("The child isn't doing a cartwheel but a handstand.", False),
        ("It does not look like the child is doing a cartwheel.", False),
        ("There is no cartwheel in the video that the child is doing.", False),
        ("<answer>yes</answer>", True),
        ("<think>no, it is not</think> <answer>Yes</answer>", True),
        (r"\boxed{No}", False),
        ('{"answer": true}', True),
        ('{"answer": "no"}', False),
        ("No, wait. Yes, the child does a cartwheel.", True),
        ("At first I thought no, but the answer is yes.", True),
        ("The child runs. Then both hands touch the ground and the legs go over the head. So yes.", True),
        ("I see hands on the ground. Therefore, the answer is no.", False),
        ("It is.", True),
        ("It is not.", False),
        ("They are not.", False),
        ("Not really.", False),
        ("Yes - there is no other explanation.", True),
        ("Final answer: yes", True),
        ("Based on the video, no.", False),
        ("I would say yes.", True),
        ("I believe the child is doing a cartwheel.", True),
    ],
)
def test_what_is_said(answer: str, said: bool) -> None:
    found = verdict(YES, answer, CARTWHEEL)
    assert found.outcome == ("pass" if said else "fail")
    assert found.extracted is said
    assert outcome({"kind": "boolean", "value": False}, answer, CARTWHEEL) == ("fail" if said else "pass")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "...",
        "I cannot tell.",
        "It is unclear.",
        "Maybe.",
        "Perhaps yes, perhaps no.",
        "The video shows a garden.",
        "It might be.",
        "The child might be doing a cartwheel.",
        "I'm not sure whether the child is doing a cartwheel.",
        "Is the child doing a cartwheel?",
        "Yes or no?",
    ],
)
def test_says_neither(answer: str) -> None:
    assert outcome(YES, answer, CARTWHEEL) == "undecided"


@pytest.mark.parametrize("answer", ["Yes and no.", "Yes. No.", "yes no yes no", "The answer is yes. The answer is no."])
def test_both_is_no_answer(answer: str) -> None:
    assert outcome(YES, answer, CARTWHEEL) != "pass"
    assert outcome({"kind": "boolean", "value": False}, answer, CARTWHEEL) != "pass"
