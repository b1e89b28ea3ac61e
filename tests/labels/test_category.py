"""Classes: the committed one counts, in whatever words, and a closed set decides."""

from __future__ import annotations

import pytest

from tests.labels.judging import outcome, verdict

ARM = {"kind": "category", "value": "arm wrestling"}
BALLS = {"kind": "category", "value": "throwing ball", "classes": ["throwing ball", "throwing basketball", "arm wrestling", "yoga"]}
SMASH = {"kind": "category", "value": "smash", "classes": ["smash", "kick", "serve", "set"]}


@pytest.mark.parametrize(
    "answer",
    [
        "arm wrestling",
        "Arm-wrestling.",
        "armwrestling",
        "They are arm wrestling.",
        "Two men arm wrestle at a table.",
        "They arm wrestled for a while.",
        "It looks like arm wrestling.",
        "Two people appear to be arm wrestling.",
        "The action is most likely arm wrestling.",
        "This is probably arm wrestling.",
        "It isn't yoga but arm wrestling.",
        "Not yoga, but arm wrestling.",
        "They aren't shaking hands; they're arm wrestling.",
        "Answer: arm wrestling",
        "**Arm wrestling**",
        "**Answer:** arm wrestling.",
        '{"answer": "arm wrestling", "confidence": 0.9}',
        '```json\n{"label": "arm wrestling"}\n```',
        "<think>It may be yoga.</think><answer>arm wrestling</answer>",
        r"The answer is $\boxed{\text{arm wrestling}}$",
        "There is no doubt that they are arm wrestling.",
        "Not only are they sitting, they are also arm wrestling.",
        "At first it looks like a handshake, but they are arm wrestling.",
        "It may be yoga, but it is arm wrestling.",
        "It may be arm wrestling. Yes, it is arm wrestling.",
        "I thought it was thumb wrestling. Actually, it is arm wrestling.",
        "Two men sit at a table. Their elbows rest on it. They push each other's hands. Therefore, the activity is arm wrestling.",
        "The men are wrestling with their arms.",
        "They are arm wrestling, but the video is blurry.",
        "It is unclear who wins, but they are arm wrestling.",
        "The people are arm wrestling without a table.",
        "If I look closely, they are arm wrestling.",
    ],
)
def test_says_the_class(answer: str) -> None:
    assert outcome(ARM, answer) == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "yoga",
        "not arm wrestling",
        "This is not arm wrestling.",
        "They are definitely not arm wrestling.",
        "They aren't arm wrestling.",
        "Nobody is arm wrestling here.",
        "There is no arm wrestling in this video.",
        "Rather than arm wrestling, they shake hands.",
        "They are shaking hands instead of arm wrestling.",
        "The answer is not arm wrestling.",
        "Arm wrestling? No, they shake hands.",
        "It looks like arm wrestling, but it is shaking hands.",
        "Arm wrestling is unlikely. They shake hands.",
        "They are arm wrestling. Wait, no, they are shaking hands.",
        "<think>They are arm wrestling.</think><answer>yoga</answer>",
        "I see a wrestling match in a ring.",
        "<answer>yoga</answer> arm wrestling",
    ],
)
def test_says_something_else(answer: str) -> None:
    assert outcome(ARM, answer) != "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n",
        "They might be arm wrestling.",
        "Perhaps arm wrestling?",
        "It could be arm wrestling or shaking hands.",
        "I cannot tell whether this is arm wrestling.",
        "I'm sorry, but I cannot determine the activity.",
        "It is impossible to say.",
        "I don't know.",
        "<answer></answer>",
        "Maybe it is arm wrestling, maybe it is a handshake. I am not sure.",
    ],
)
def test_does_not_say(answer: str) -> None:
    assert outcome(ARM, answer) == "undecided"


def test_two_alternatives_are_no_commitment() -> None:
    assert outcome(ARM, "arm wrestling or thumb wrestling") != "pass"
    assert outcome(ARM, "Either yoga or arm wrestling") != "pass"


@pytest.mark.parametrize("word", ["smash", "smashes", "smashing", "Smashed", "SMASH", "a smash", "The player smashes the ball."])
def test_inflections_are_one_word(word: str) -> None:
    assert outcome({"kind": "category", "value": "smash"}, word) == "pass"
    assert outcome({"kind": "category", "value": "smashing"}, word) == "pass"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("testing", "texting"),
        ("TV", "The sofa is big."),
        ("eating an apple", "The person is not eating an apple"),
        ("running", "a runny nose"),
        ("car", "a scar on the carpet"),
        ("art", "the start"),
        ("left", "right"),
        ("one", "someone"),
    ],
)
def test_other_words_are_other_words(value: str, answer: str) -> None:
    assert outcome({"kind": "category", "value": value}, answer) != "pass"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("TV", "The television is on."),
        ("colouring", "He is coloring a picture."),
        ("organizing books", "She organises her books."),
        ("grey", "gray"),
        ("throwing", "He threw it."),
        ("running", "The man ran."),
        ("ApplyEyeMakeup", "She is applying eye makeup."),
        ("apply_eye_makeup", "Applying eye makeup"),
        ("apply eye makeup", "ApplyEyeMakeup"),
        ("skateboarding", "skate boarding"),
        ("skate boarding", "He is skateboarding."),
        ("waving hand", "The boy is waving his hands."),
        ("cutting watermelon", "He is cutting a big green watermelon."),
        ("dog eating", "A dog is eating its food."),
        ("man", "two men"),
        ("2.5 Soms.Tuck", "The diver does 2.5 Soms.Tuck"),
        ("jump", "The skier jumps."),
        ("woman's hat", "a womans hat"),
        ("three people", "3 people"),
    ],
)
def test_spelling_and_form_do_not_matter(value: str, answer: str) -> None:
    assert outcome({"kind": "category", "value": value}, answer) == "pass"


def test_alias_counts_as_the_class() -> None:
    row = {"kind": "category", "value": "yoga", "aliases": ["stretching"]}
    assert outcome(row, "The woman is stretching.") == "pass"
    assert outcome(row, "yoga or stretching") == "pass"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("He throws a ball.", "pass"),
        ("He is throwing a basketball.", "fail"),
        ("throwing basketball", "fail"),
        ("It could be throwing basketball, but it is throwing a ball.", "pass"),
        ("throwing ball, throwing basketball, arm wrestling, yoga", "fail"),
        ("throwing ball and yoga", "fail"),
        ("It is not yoga, it is throwing ball.", "pass"),
        ("It is not yoga or arm wrestling. He throws a ball.", "pass"),
        ("He is doing something.", "undecided"),
        ("I first considered yoga and arm wrestling. The person throws a ball. So the answer is throwing ball.", "pass"),
        ("Throwing ball? Throwing basketball? I think throwing basketball.", "fail"),
        ("The man does yoga. However, the main action is throwing ball.", "pass"),
        ("The options are throwing ball, throwing basketball, arm wrestling and yoga.", "undecided"),
        ("yoga: no. arm wrestling: no. throwing ball: yes.", "pass"),
        ("I'd go with throwing ball over throwing basketball.", "pass"),
        ("Someone throws the ball while a woman in the back does yoga.", "pass"),
    ],
)
def test_a_closed_set_decides(answer: str, expected: str) -> None:
    assert outcome(BALLS, answer) == expected


def test_longer_class_names_win_over_their_parts() -> None:
    row = {"kind": "category", "value": "playing guitar", "classes": ["playing guitar", "playing bass guitar", "guitar", "playing"]}
    assert outcome(row, "He is playing the guitar.") == "pass"
    assert outcome(row, "He is playing the bass guitar.") == "fail"
    assert outcome(row, "He is playing the guitar on a stage.") == "pass"


def test_prepositions_tell_classes_apart() -> None:
    classes = [
        "Putting something on a surface",
        "Putting something into something",
        "Pushing something from left to right",
        "Pushing something from right to left",
    ]
    row = {"kind": "category", "value": classes[2], "classes": classes}
    assert outcome(row, "Pushing the box from left to right") == "pass"
    assert outcome(row, "Pushing the box from right to left") == "fail"
    row = {"kind": "category", "value": classes[1], "classes": classes}
    assert outcome(row, "putting something into something") == "pass"
    assert outcome(row, "putting something on a surface") == "fail"


def test_sports_words_of_a_volleyball_set() -> None:
    assert outcome(SMASH, "The player jumps and smashes the ball over the net.") == "pass"
    assert outcome(SMASH, "The player serves.") == "fail"
    assert outcome(SMASH, "smash, kick, serve, set") == "fail"


def test_the_span_is_what_decided() -> None:
    answer = "It may be yoga, but it is \u201carm wrestling\u201d."
    found = verdict(ARM, answer)
    assert found.span is not None
    assert answer[found.span[0] : found.span[1]] == "arm wrestling"


def test_few_classes_are_stated_and_many_are_not() -> None:
    from videostar.labels import parse_label

    assert parse_label(SMASH).format_text() == "Choose one of: kick, serve, set, smash."
    assert parse_label({**SMASH, "classes": [f"class {n}" for n in range(31)]}).format_text() == ""
    assert parse_label(ARM).format_text() == ""
