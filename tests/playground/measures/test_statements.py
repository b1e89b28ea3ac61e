"""True statements are believed, false ones are caught, whoever words them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from videostar.playground import language
from videostar.playground.language import text_of
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import LessonClip
from videostar.playground.measures.checking import check
from videostar.playground.measures.facts import Truth, truth_from_json
from videostar.playground.measures.lesson_truth import truth_of_clip
from videostar.playground.measures.planting import WORDINGS, plant
from videostar.playground.measures.restating import restated, stated_facts
from videostar.playground.measures.statements import LONGEST_TEXT, read
from videostar.playground.worlds import language as worlds_language

MOVE = truth_from_json(
    "moves",
    {
        "colour": "red",
        "shape": "square",
        "path": "left",
        "turning": "clockwise",
        "size_change": "grows",
        "speed": "slow",
        "distractors": 2,
    },
)
DIVE = truth_from_json(
    "dives",
    {
        "facing": "platform",
        "turning": "backwards",
        "half_turns": 3,
        "position": "pike",
        "faults": {"knees": 2.5, "under": 3.0},
        "colour": "blue",
    },
)
PROCEDURE = truth_from_json(
    "procedures",
    {
        "items": ["red bowl", "green box", "blue flask"],
        "steps": [["stir", 0], ["move", 1]],
        "phases": [["stir", 0, 0.2, 1.0], ["grasp", 1, 1.4, 2.0], ["carry", 1, 2.0, 2.6], ["drop", 1, 2.6, 3.2]],
        "dropped": True,
        "carried_to": "left",
        "idle": "pause",
        "tremor": "slight",
    },
)
# None of these wordings is one of the describers'.
TRUE_OTHERWISE = (
    (MOVE, "A red square heads towards the left, rotating clockwise, while it gets steadily bigger."),
    (MOVE, "We see two grey discs. The square drifts leftwards at a low speed and expands."),
    (MOVE, "It does not shrink, and it never moves to the right."),
    (MOVE, "The shape is not blue. It is turning clockwise, not counter-clockwise."),
    (DIVE, "Standing with its back to the water, the diver wearing blue makes 3 half somersaults backwards, piked."),
    (
        DIVE,
        "The body is bent at the waist and opens on time. It is under-rotated when it enters head-first, knees bent, with a tiny splash.",
    ),
    (DIVE, "The dive is not in a tuck; the diver does not open late."),
    (DIVE, "One and a half somersaults are made to the back. There is barely any splash."),
    (PROCEDURE, "First the instrument stirs inside the red bowl, then it picks up the green box, moves it over to the left and loses it."),
    (PROCEDURE, "The hand trembles slightly. The tool pauses once."),
    (PROCEDURE, "Something falls. Three objects stand on the bench."),
    (PROCEDURE, "It does not touch the blue flask. It grabs the green box and drops the green box."),
)
FALSE_OTHERWISE = (
    (MOVE, "colour", "A violet square drifts leftwards."),
    (MOVE, "shape", "The red thing is a cross."),
    (MOVE, "path", "The red square climbs."),
    (MOVE, "path", "The square does not move from its place."),
    (MOVE, "turning", "It revolves anti-clockwise."),
    (MOVE, "turning", "The square does not turn clockwise."),
    (MOVE, "size", "It becomes ever smaller."),
    (MOVE, "size", "It does not grow."),
    (MOVE, "speed", "It goes left rapidly."),
    (MOVE, "count", "There are three grey dots."),
    (DIVE, "facing", "The diver, turned towards the water, leaps."),
    (DIVE, "half turns", "The diver makes two and a half somersaults backwards."),
    (DIVE, "turning", "It is 3 half flips forward."),
    (DIVE, "position", "The body is tucked up."),
    (DIVE, "position", "The diver is not piked."),
    (DIVE, "opening", "The diver unfolds too late."),
    (DIVE, "knees", "The knees stay straight."),
    (DIVE, "end", "The feet hit the water first."),
    (DIVE, "tilt", "It is over-rotated."),
    (DIVE, "splash", "There is a huge splash."),
    (PROCEDURE, "phase", "The tool taps the red bowl."),
    (PROCEDURE, "thing", "The tool stirs in the red box."),
    (PROCEDURE, "landing", "It takes the green box and lays it down."),
    (PROCEDURE, "side", "It picks up the green box and brings it over to the right."),
    (PROCEDURE, "order", "It grabs the green box, carries it to the left and drops it, then it stirs in the red bowl."),
    (PROCEDURE, "tremor", "The instrument is calm."),
    (PROCEDURE, "waiting", "The tool takes a detour."),
    (PROCEDURE, "dropped", "Nothing is dropped."),
    (PROCEDURE, "count", "Two things stand on the bench."),
    (PROCEDURE, "phase", "The tool does not stir in the red bowl."),
)


@pytest.fixture(autouse=True)
def _all_wordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wording comes as often as the usual one."""
    monkeypatch.setattr(language, "USUAL_SHARE", 0.0)
    monkeypatch.setattr(worlds_language, "USUAL_SHARE", 0.0)


def _described(count: int) -> Iterator[tuple[LessonClip, Truth, str]]:
    rng = random.Random(7)
    for lesson in LESSONS:
        for seed in range(count):
            clip = lesson.draw(seed)
            yield clip, truth_of_clip(clip), text_of(clip.describe(rng))


def _false(text: str, truth: Truth) -> list[str]:
    return [one.fact for one in check(read(text, truth.world), truth) if one.true is False]


def test_true_descriptions_are_not_accused_and_understood_to_the_last_word() -> None:
    accused = statements = leftover = 0
    for clip, truth, text in _described(100):
        reading = read(text, truth.world)
        leftover += len(reading.leftover)
        checked = check(reading, truth)
        accused += sum(one.true is not True for one in checked)
        statements += len(checked)
        assert len(checked) >= len(clip.check(text))  # nothing that the lesson checks goes unread
    assert leftover == 0
    assert statements > 2000
    assert accused <= 0.01 * statements


def test_planted_false_statements_are_caught_and_nothing_else_is_accused() -> None:
    rng, found, more = random.Random(3), Counter[tuple[str, bool]](), 0
    for _, truth, text in _described(70):
        planted = plant(text, truth, rng)
        assert planted is not None
        assert planted.text != text
        assert planted.text[: planted.start] == text[: planted.start]
        assert planted.text[planted.end :] == text[planted.true_end :]
        wrong = _false(planted.text, truth)
        found[planted.fact, planted.fact in wrong] += 1
        more += any(fact != planted.fact for fact in wrong)
    caught, all_of_them = sum(count for (_, hit), count in found.items() if hit), sum(found.values())
    assert all_of_them >= 200
    assert caught >= 0.98 * all_of_them, found
    assert more <= 0.02 * all_of_them
    assert len({fact for fact, _ in found}) >= 18  # every kind of fact was tried


@pytest.mark.parametrize(("truth", "text"), TRUE_OTHERWISE)
def test_what_is_true_in_other_words_is_believed(truth: Truth, text: str) -> None:
    reading = read(text, truth.world)
    assert reading.silent == ()
    assert _false(text, truth) == []
    assert check(reading, truth)


@pytest.mark.parametrize(("truth", "fact", "text"), FALSE_OTHERWISE)
def test_what_is_false_in_other_words_is_caught(truth: Truth, fact: str, text: str) -> None:
    assert set(_false(text, truth)) == {fact}


def test_contradictions_are_half_true() -> None:
    checked = check(read("It grows. It gets smaller.", "moves"), MOVE)
    assert [one.true for one in checked] == [True, False]


def test_an_order_is_false_only_where_it_was_told() -> None:
    assert _false("The tool takes the green box.", PROCEDURE) == []  # left out is not denied
    assert _false("It stirs in the red bowl, then it takes the green box, then it stirs in the red bowl.", PROCEDURE) == ["order"]


def test_a_description_of_another_world_is_false_throughout() -> None:
    checked = check(read("A yellow cross goes up fast. It turns clockwise and shrinks.", "procedures"), PROCEDURE)
    assert len(checked) == 6
    assert not any(one.true for one in checked)
    assert _false("The diver rises a little and falls into the water head first.", DIVE) == []


def test_the_answer_states_nothing() -> None:
    for text in ("The red square goes left. So the answer is blue.", "It grows. This is called blue cross.", "It grows. The score is 3."):
        assert _false(text, MOVE) == []
        assert len(read(text, "moves").sentences) == 1


def test_what_is_not_understood_is_kept_for_a_person() -> None:
    reading = read("The red square goes left. Its aura is luminous! The square sings loudly.", "moves")
    assert reading.sentences == ("The red square goes left.", "Its aura is luminous!", "The square sings loudly.")
    assert reading.silent == ("Its aura is luminous!",)
    assert reading.leftover == ("Its aura is luminous!", "The square sings loudly.")


def test_what_the_truth_does_not_tell_is_not_judged() -> None:
    side_unknown = truth_from_json(
        "procedures", {"items": ["red bowl"], "phases": [["carry", 0]], "dropped": False, "idle": "none", "tremor": "none"}
    )
    checked = check(read("It carries it to the left.", "procedures"), side_unknown)
    assert [(one.fact, one.true) for one in checked] == [("phase", True), ("side", None)]
    with pytest.raises(ValueError, match="not for 'kinetics'"):
        truth_from_json("kinetics", {})


@pytest.mark.parametrize("text", ["", ".", "\x00\u202e\ud800", "not " * 9000, "İ" * 50 + " grows.", "goes " * 5000, "a lot of " * 3000])
def test_no_text_is_too_strange(text: str) -> None:
    for truth in (MOVE, DIVE, PROCEDURE):
        reading = read(text, truth.world)
        assert all(0 <= one.start < one.end <= min(len(text), LONGEST_TEXT) for one in reading.statements)
        check(reading, truth)


def test_a_restated_description_says_what_is_wanted_and_the_rest_as_before() -> None:
    rng = random.Random(1)
    for _, truth, text in _described(20):
        facts = stated_facts(text, truth)
        assert facts
        fact = rng.choice([name for name in facts if name not in ("path", "speed")])
        wanted = rng.choice([value for value in WORDINGS[truth.world][fact] if value != truth.facts[fact]])
        told = restated(text, truth, {fact: wanted}, rng)
        stated = {one.fact: one.value for one in read(told, truth.world).statements}
        assert stated[fact] == wanted
        assert restated(text, truth, {fact: truth.facts[fact]}, rng) == text
        assert set(_false(told, truth)) <= {fact}
