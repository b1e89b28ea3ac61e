"""Explanations as models write them: which refer to the label that they were shown, and which come from the video."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from videostar.config import SelectConfig
from videostar.labels import parse_label
from videostar.steps.answer_checks import near_duplicate, repetition
from videostar.steps.rationale_checks import label_first, leak, own_words, parrot
from videostar.steps.select import Tried, decide, select, tally
from videostar.steps.verify import Judged
from videostar.types import Answer, Finish, FrameRecord, Route, Sample, Verdict


def sample(question: str, **label: Any) -> Sample:
    return Sample("s", "a.mp4", question, parse_label(label))


YOGA = sample("What is the person doing?", kind="category", value="yoga")
ZORVEK = sample("What is the action of the square?", kind="category", value="zorvek")
SERVE = sample("Which stroke is played?", kind="category", value="backhand", classes=["backhand", "forehand", "smash"])
SCORE = sample("What score does this dive get?", kind="number", value=65.6, minimum=0, maximum=100)
JUMPS = sample("How many jumps are there?", kind="count", value=3)
FALLS = sample("Does the man fall?", kind="boolean", value=True)
WHEN = sample("When does the ball hit the floor?", kind="timestamp", value_seconds=4.0)
SPAN = sample("When does the person pour water?", kind="interval", start_seconds=2.0, end_seconds=6.0)
CAPTION = sample("What happens?", kind="text", value="a man throws a ball to his dog")
OPTIONS = sample("What does the cook add?", kind="choice", options=["salt", "sugar", "pepper"], answer=1)
STEPS = sample("In which order is the tea made?", kind="sequence", value=["boil water", "pour water", "add milk"])
COLOUR = sample("What colour does the diver wear?", kind="category", value="red", classes=["red", "blue", "green"])
KNEES = sample("Are the knees bent at the end?", kind="boolean", value=True)
PLAYERS = sample("How many players are on the court?", kind="count", value=2)

CLEAN = [
    (ZORVEK, "The red square goes up slowly. It turns clockwise and grows. So the answer is zorvek."),
    (YOGA, "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."),
    (YOGA, "In the video the provided equipment is a blue mat and two blocks; she folds over her knees. So it is yoga."),
    (YOGA, "On the wall the given name of the dance studio can be read. A woman stretches on a mat. Therefore this is yoga."),
    (SERVE, "The ball comes to the left of the player. He swings across his body. The right answer to the serve is a backhand."),
    (
        SERVE,
        "The server tosses the ball high and the receiver turns sideways. The expected response would be a forehand, but it is a backhand.",
    ),
    (YOGA, "A quiet room, soft light, three people with closed eyes sit with crossed legs. This must be yoga."),
    (YOGA, "The woman lifts her arms, as shown in the second frame, and bends backwards. As mentioned above she stands on a mat: yoga."),
    (YOGA, "As stated by the commentator, the class has begun; everyone stretches upwards on the mats. So the answer is yoga."),
    (YOGA, "We are shown a bright studio. A teacher walks between mats while others hold a pose. The answer is yoga."),
    (YOGA, "We are given a view of a mat from above. Somebody rolls onto the shoulders and lifts both legs. So this is yoga."),
    (YOGA, 'A voice says "I was told to breathe", and everybody on the mats bends forward and exhales. So it is yoga.'),
    (YOGA, "There is a hint of a smile on her face while she balances on one leg with folded hands. It is yoga."),
    (YOGA, "She follows the label on the bottle, drinks, and then folds forward over straight legs on the mat: yoga."),
    (YOGA, "According to the label on the mat it is made of cork. She kneels, rounds her back and lowers it again. So it is yoga."),
    (YOGA, "1. A mat lies on the grass. 2. Two women lift one leg backwards. 3. They keep still for seconds. So the answer is yoga."),
    (YOGA, "Step 1: A mat lies on the floor.\nStep 2: The woman arches her back.\nStep 3: She breathes out.\nThe answer is yoga."),
    (YOGA, "**Observation:** bare feet, a rolled mat, slow movements with long holds.\n\n**Conclusion:** the person is doing yoga."),
    (YOGA, "The jar is labelled as sugar, but nobody cooks here: the woman stretches on the carpet with closed eyes. So it is yoga."),
    (YOGA, "The bottle in the video is labeled Coke. Beside it a man holds a plank and then a downward dog. It is yoga."),
    (YOGA, "Since the movements are slow and end in long holds on a mat, and nobody jumps, the correct answer is yoga."),
    (YOGA, "Slow stretches on a mat with long breaths rule out running and boxing. The correct answer must be yoga."),
    (SCORE, "The diver leaves the board late, bends her knees in the somersault and splashes a lot. That is worth about 65.6 points."),
    (SCORE, "The entry is nearly vertical, but the tuck is loose and the legs part. I estimate the score at 65.6."),
    (SCORE, "The judges' given marks cannot be seen. The take-off is high, the pike tight, the splash medium. So the score is 65.6."),
    (JUMPS, "She crouches and leaps over the first bar, then again over the next, and once more at the end. So there are 3 jumps."),
    (JUMPS, "At 1.0 s the feet leave the ground. At 2.5 s they do it again. At 4.0 s a last time. So there are three jumps."),
    (FALLS, "The man steps onto the ice, his left foot slides away and his back hits the ground. So yes, he falls."),
    (FALLS, "His foot catches the kerb and he tumbles forward with outstretched hands. The answer is yes."),
    (WHEN, "The ball leaves the hand at 2.0 s, rises, and comes down. So the ball hits the floor at 4.0 seconds."),
    (SPAN, "The kettle is lifted after two seconds, water flows into the cup, and the stream stops. From 2.0 to 6.0 seconds."),
    (CAPTION, "A man stands in a park with a yellow ball. He throws the ball to his dog, which runs after it and barks."),
    (CAPTION, "A brown dog waits on the lawn. A man swings his arm and throws a ball to his dog."),
    (OPTIONS, "A spoon dips into a white bowl; coarse crystals fall into the tea and dissolve slowly. Salt is not used for tea. So sugar."),
    (OPTIONS, "The packet shows a beet and the cook pours white crystals into the dough for a cake. The answer is B) sugar."),
    (
        STEPS,
        "Steam rises from a kettle, a cup fills and something white is stirred in. So the answer is boil water, pour water, add milk.",
    ),
    (PLAYERS, "Two players stand on a blue court behind a net. Nobody else holds a racket. So the answer is 2."),
    (PLAYERS, "Two players in white run towards the net; the umpire sits on a chair. The answer is two."),
    (COLOUR, "A diver in red faces the water. The body makes half a turn and enters head first. So the answer is red."),
    (COLOUR, "I see a red diver. The body makes half a turn and enters head first with a splash. So the answer is red."),
    (KNEES, "The diver makes two turns with a straight body, then enters head first with bent knees. So the answer is yes."),
    (YOGA, "A woman is doing yoga on a mat in the sun, with one leg lifted and both hands folded over her head."),
    (YOGA, "Der Mann steht barfuß auf einer Matte, hebt langsam beide Arme und beugt den Rücken nach hinten. Das ist yoga."),
    (YOGA, "Женщина сидит на коврике, медленно поднимает руки и глубоко дышит, потом наклоняется вперёд. So the answer is yoga."),
    (YOGA, "Let's think step by step. The mat is purple. The woman lowers her hips and looks up with a long back. So it is yoga."),
    (SERVE, "The contestant gives the correct answer and the light turns green; then he swings from the left with both hands: backhand."),
    (SERVE, "Both hands grip the racket, the shoulder points at the net and the ball is met on the left. This supports a backhand."),
    (YOGA, "The instructions on the poster say to breathe. She kneels, folds forward and rests her forehead on the mat. So it is yoga."),
]

LEAKS = [
    (YOGA, "The correct answer is: yoga. The woman bends forward on a mat and holds a slow pose."),
    (YOGA, "The woman bends forward on a mat and holds a slow pose. The correct answer is: yoga."),
    (YOGA, "The person stretches slowly on the mat, which fits the given answer. So the answer is yoga."),
    (YOGA, "As the provided label says, the person stretches slowly on the mat. So the answer is yoga."),
    (YOGA, "The mat and the slow stretching match the ground truth. So the answer is yoga."),
    (YOGA, "The mat and the slow stretching match the ground-truth label, which is yoga."),
    (YOGA, "The person kneels on a mat and breathes. The answer was given as yoga."),
    (YOGA, "The correct answer is given as yoga, so the person on the mat is stretching slowly forward. So the answer is yoga."),
    (YOGA, "I was told that this is yoga, and indeed the woman folds forward on the mat."),
    (YOGA, "We are told that the answer is yoga. The mat, the slow holds and the closed eyes fit."),
    (YOGA, "You told me that the woman is doing yoga; she folds forward over a mat and breathes."),
    (YOGA, "As you said, the woman is doing yoga: she folds forward over a mat and breathes slowly."),
    (YOGA, "Following your hint, the slow holds and the mat show that it is yoga."),
    (YOGA, "The hint says yoga, and the mat, the bare feet and the slow holds agree."),
    (YOGA, "The slow holds, the mat and the bare feet are consistent with the hint. It is yoga."),
    (YOGA, "Since the correct answer is yoga, the woman must be stretching slowly on the mat with closed eyes."),
    (YOGA, "Given the answer, one can see why the woman lifts her arms on the mat: it is yoga."),
    (YOGA, "According to the answer, the woman lifts her arms and bends on the mat. It is yoga."),
    (YOGA, "According to the label, this is yoga; the woman lifts her arms and bends on the mat."),
    (YOGA, "According to the question, this is yoga; the woman lifts her arms and bends on the mat."),
    (YOGA, "The video is labeled as yoga. A woman lifts her arms, bends and breathes on a mat."),
    (YOGA, "A woman lifts her arms and bends on a mat. This clip is annotated as yoga."),
    (YOGA, "We already know that the answer is yoga, so the arms that rise and the mat make sense."),
    (YOGA, "Knowing that the correct answer is yoga, the raised arms and the mat make sense."),
    (YOGA, "To explain why the answer is yoga: a mat lies there, the arms rise, the back bends."),
    (YOGA, "To justify the label, look at the mat, the raised arms and the slow bend. It is yoga."),
    (YOGA, "A mat, raised arms, slow bends. As given, it is yoga."),
    (YOGA, "A mat, raised arms and slow bends. It is yoga, as stated in the prompt."),
    (YOGA, "I have been given the answer yoga, and the mat, raised arms and slow bends confirm it."),
    (YOGA, "A mat, raised arms and slow bends can be seen; without referring to the given answer, it is yoga."),
    (OPTIONS, "White crystals fall from a spoon into the dough. The question states that the correct answer is sugar."),
    (SCORE, "The expected answer is 65.6 because the splash is large and the legs part in the air."),
]

LABEL_FIRST = [
    (ZORVEK, "The answer is zorvek. The red square goes up slowly. It turns clockwise and grows."),
    (YOGA, "The person is doing yoga. She bends forward on a mat, breathes deeply and holds the pose."),
    (YOGA, "Yoga. She bends forward on a mat, breathes deeply and holds the pose."),
    (YOGA, "Let's think step by step. This is clearly yoga. She bends forward on a mat and holds the pose."),
    (YOGA, "Step 1: The person in the video is doing yoga.\nStep 2: She bends forward on a mat and holds the pose."),
    (YOGA, "Answer: yoga. She bends forward on a purple mat, breathes deeply and holds the pose."),
    (SCORE, "The answer is 65.6. The entry is nearly vertical, but the tuck is loose and the legs part."),
    (JUMPS, "There are 3 jumps. She crouches, leaps over the first bar, then over the next and over the last."),
    (FALLS, "Yes. His foot slides away on the ice and his back hits the ground hard."),
    (OPTIONS, "B) sugar. White crystals fall from a spoon into the dough and dissolve slowly."),
    (YOGA, "The answer is yoga because she bends forward on a mat, breathes deeply and holds the pose."),
    (SERVE, "It is a backhand. Both hands grip the racket and the shoulder points at the net."),
]

PARROTS = [
    (YOGA, "It is yoga. So the answer is yoga."),
    (YOGA, "The video shows what the person is doing, and what the person is doing is yoga. Therefore the answer is yoga."),
    (OPTIONS, "What the cook adds is sugar, not salt and not pepper. So the answer is sugar."),
    (JUMPS, "There are 3 jumps. How many jumps? Three jumps. So the answer is 3."),
]

LOOPS = [
    "The man walks to the door. " * 5,
    "A woman sits down on the green chair. So the answer is yoga. " + "yoga " * 12,
    "The square moves up and then it moves left and then " * 4,
    "It is a mat. " + "ha" * 200,
    "瑜伽" * 20,
]
NO_LOOPS = [
    "It bounces at 1.0 s. It bounces at 2.0 s. It bounces at 3.0 s. It bounces at 4.0 s. So there are 4 bounces.",
    "Then it bounces. Then it bounces. Then it bounces. So there are three bounces.",
    "He runs very, very, very fast, again and again and again, and then stops.",
    "up, down, up, down, up, down and then a long pause on the left",
    *(text for _, text in CLEAN),
]


def clean(text: str, about: Sample) -> str:
    if found := leak(text, about):
        return f"leak: {found}"
    return "parrot" if parrot(text, about) else "label first" if label_first(text, about) else ""


@pytest.mark.parametrize(("about", "text"), CLEAN, ids=range(len(CLEAN)))
def test_an_explanation_from_the_video_stays(about: Sample, text: str) -> None:
    assert about.label.judge(text, about.question).outcome == "pass", "the case must name its label, or it tests nothing"
    assert clean(text, about) == ""


@pytest.mark.parametrize(("about", "text"), LEAKS, ids=range(len(LEAKS)))
def test_an_explanation_that_refers_to_what_it_was_told_is_a_leak(about: Sample, text: str) -> None:
    assert leak(text, about)


@pytest.mark.parametrize(("about", "text"), LABEL_FIRST, ids=range(len(LABEL_FIRST)))
def test_a_label_before_any_observation_is_found(about: Sample, text: str) -> None:
    assert label_first(text, about)
    assert not leak(text, about)


@pytest.mark.parametrize(("about", "text"), PARROTS, ids=range(len(PARROTS)))
def test_saying_little_beyond_label_and_question_is_parroting(about: Sample, text: str) -> None:
    assert parrot(text, about)


def test_own_words_are_neither_the_labels_nor_the_questions_nor_grammar() -> None:
    assert own_words("The person on the mat is doing yoga; the mat is purple.", YOGA) == 2


@pytest.mark.parametrize("text", LOOPS, ids=range(len(LOOPS)))
def test_a_loop_is_found(text: str) -> None:
    assert repetition(text)


@pytest.mark.parametrize("text", NO_LOOPS, ids=range(len(NO_LOOPS)))
def test_what_truly_repeats_is_no_loop(text: str) -> None:
    assert not repetition(text)


def test_almost_the_same_text_is_a_near_duplicate_and_another_observation_is_not() -> None:
    text = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
    assert near_duplicate(text.upper().replace(",", ""), [text])
    assert near_duplicate(text.replace("So the", "Thus the"), [text])
    assert not near_duplicate("Closed eyes and crossed legs in a quiet room tell it. So the answer is yoga.", [text])
    assert not near_duplicate(text, [])


HOSTILE: list[Callable[[int], str]] = [
    lambda size: "a" * size,
    lambda size: "." * size,
    lambda size: '"' * size,
    lambda size: "“" * size,
    lambda size: "the given " * (size // 10),
    lambda size: "the answer is " * (size // 14),
    lambda size: " \n*#>-" * (size // 6),
    lambda size: "we have been already " * (size // 21),
    lambda size: "step step" * (size // 9),
    lambda size: "\ud800\u0000" * (size // 2),
    lambda size: "".join(chr(0x4E00 + number % 5000) for number in range(size)),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long_or_raises(hostile: Callable[[int], str]) -> None:
    def seconds(size: int) -> float:
        text = hostile(size)
        started = time.process_time()
        clean(text, YOGA)
        repetition(text)
        near_duplicate(text, [text[:-5]])
        return time.process_time() - started

    assert seconds(200_000) < 5.0, "quadratic time would take minutes"


def judged(text: str, route: Route = "rationalized", candidate: int = 0, finish: Finish = "stop", about: Sample = YOGA) -> Judged:
    answer = Answer("s", 1, candidate, route, "p", text, finish, FrameRecord(), "m", 0, 1, 0.0)
    return Judged(answer, about.label.judge(text, about.question))


GOOD = CLEAN[1][1]


@pytest.mark.parametrize(
    ("text", "finish", "settings", "reason"),
    [
        (LEAKS[2][1], "stop", SelectConfig(), "leak"),
        (PARROTS[0][1], "stop", SelectConfig(), "parrot"),
        (LABEL_FIRST[1][1], "stop", SelectConfig(), "label first"),
        (GOOD + " It is yoga." * 6, "stop", SelectConfig(), "repetition"),
        (GOOD, "length", SelectConfig(), "truncated"),
        (GOOD, "stop", SelectConfig(min_words=40), "too short"),
        (GOOD, "stop", SelectConfig(max_words=10), "too long"),
        ("The man runs quickly over the grass. So the answer is running.", "stop", SelectConfig(), "wrong"),
    ],
)
def test_every_rejection_of_an_explanation_is_a_reason_in_the_ledger(
    text: str, finish: Finish, settings: SelectConfig, reason: str
) -> None:
    decision = decide(Tried(YOGA, [judged("It is running.", "generated")], [judged(text, finish=finish)], ""), settings)
    went, rejected = tally([decision])
    assert went.dropped == {f"rationalized: {reason}": 1}
    assert rejected == ({} if reason == "wrong" else {f"rationalized: {reason}": 1})


def test_a_label_first_may_be_allowed() -> None:
    tried = Tried(YOGA, [judged("It is running.", "generated")], [judged(LABEL_FIRST[1][1])], "")
    assert decide(tried, SelectConfig(label_first=True)).kept


def test_a_generated_answer_may_be_short_and_name_its_label_first_but_not_loop() -> None:
    assert decide(Tried(YOGA, [judged("Yoga.", "generated")], [], ""), SelectConfig()).kept
    looping = judged("It is yoga. " * 20, "generated")
    assert decide(Tried(YOGA, [looping], [], ""), SelectConfig()).dropped == "repetition"


def test_near_duplicates_and_answers_above_the_number_are_counted_though_their_question_is_kept() -> None:
    other = "Closed eyes and crossed legs in a quiet room tell it. So the answer is yoga."
    third = "Bare feet, long holds and a teacher who walks between mats. So the answer is yoga."
    answers = [judged(text, "generated", number) for number, text in enumerate([GOOD, GOOD.upper(), other, third])]
    decision = decide(Tried(YOGA, answers, [], ""), SelectConfig(max_per_question=2))
    assert [item.answer.candidate for item in decision.kept] == [0, 2]
    assert tally([decision])[1] == {"above the number per question": 1, "near duplicate": 1}


def test_explanations_have_a_cap_of_their_own_per_question() -> None:
    other = "Closed eyes and crossed legs in a quiet room tell it. So the answer is yoga."
    tried = Tried(YOGA, [judged("It is running.", "generated")], [judged(GOOD), judged(other, candidate=1)], "")
    assert len(decide(tried, SelectConfig(max_per_question=4)).kept) == 1
    assert len(decide(tried, SelectConfig(max_per_question=4, max_rationalized_per_question=4)).kept) == 2


def test_the_share_of_explained_questions_is_capped_and_every_answer_left_out_is_counted() -> None:
    other = "Closed eyes and crossed legs in a quiet room tell it. So the answer is yoga."
    tried = Tried(YOGA, [judged("It is running.", "generated")], [judged(GOOD), judged(other, candidate=1)], "")
    settings = SelectConfig(max_per_question=2, max_rationalized_per_question=2, max_rationalized_share=0.0)
    went, rejected = tally(select(lambda: [tried], settings, seed=0))
    assert (went.kept, went.dropped, rejected) == (0, {"above max_rationalized_share": 1}, {"above max_rationalized_share": 2})


def test_a_verdict_without_a_span_is_no_reason_to_raise() -> None:
    verdict = YOGA.label.judge("")
    assert verdict == Verdict("undecided", 0.0, None, verdict.reason)
    assert not label_first("", YOGA)
