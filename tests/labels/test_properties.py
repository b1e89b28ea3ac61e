"""What holds for every label and every text: no exception, fair tolerances, own answers pass, foreign ones fail."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from videostar.labels import parse_label
from videostar.labels.box import box_iou
from videostar.labels.category import CategoryLabel
from videostar.labels.interval import temporal_iou
from videostar.types import Clip, Label, Verdict

CLIPS = st.sampled_from([Clip(), Clip(12.5, 640, 480), Clip(3600.0), Clip(0.0, 0, 0)])
WORDS = st.sampled_from(
    "jump run swim wave kick read cook arm wrestling throw ball basketball door window open close sit stand drink water dog cat bird "
    "red blue green tall small quick guitar piano drum hat shirt table chair phone book".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(" ".join)
SCRAPS = st.sampled_from(
    "yes no A B (B) 2 65.6 1,234.5 5e3 8/10 35% 0:05 01:02:03.5 4s -> from to between and or not isn't maybe the answer is <answer> "
    "</answer> "
    r"\boxed{ } { [ ] ( ) ** \n . , ; : ? ! but wait halfway twice a dozen three point five x1= step 3 frame 2 # | / - \ufffd".split(" ")
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=120),
    st.lists(st.one_of(SCRAPS, WORDS), max_size=40).map(" ".join),
    st.lists(SCRAPS, max_size=30).map("".join),
)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def windows(draw: st.DrawFn) -> tuple[float, float]:
    start = draw(st.integers(0, 5000)) / 10
    return start, start + draw(st.integers(1, 500)) / 10


@st.composite
def corners(draw: st.DrawFn) -> tuple[float, float, float, float]:
    x1, y1 = draw(st.integers(0, 90)) / 100, draw(st.integers(0, 90)) / 100
    return x1, y1, draw(st.integers(int(x1 * 100) + 5, 100)) / 100, draw(st.integers(int(y1 * 100) + 5, 100)) / 100


@st.composite
def rows_of_every_kind(draw: st.DrawFn) -> list[dict[str, Any]]:
    start, end = draw(windows())
    x1, y1, x2, y2 = draw(corners())
    several = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    assume(not any(set(one.split()) <= set(other.split()) for one in several for other in several if one != other))
    return [
        {"kind": "category", "value": several[0]},
        {"kind": "category", "value": several[0], "classes": several},
        {"kind": "text", "value": several[0]},
        {"kind": "number", "value": draw(NUMBERS), "unit": draw(st.sampled_from(["", "points", "m", "seconds", "%"]))},
        {"kind": "number", "value": draw(st.integers(0, 1000)) / 10, "minimum": 0, "maximum": 100},
        {"kind": "count", "value": draw(st.integers(0, 10_000))},
        {"kind": "timestamp", "value_seconds": draw(st.integers(0, 100_000)) / 10},
        {"kind": "interval", "start_seconds": start, "end_seconds": end},
        {"kind": "interval", "windows": [[start, end], [end + 1, end + 2]], "match": draw(st.sampled_from(["any", "all"]))},
        {"kind": "box", "x1": x1, "y1": y1, "x2": x2, "y2": y2},
        {"kind": "boolean", "value": draw(st.booleans())},
        {"kind": "choice", "options": several, "answer": draw(st.integers(0, len(several) - 1))},
        {"kind": "sequence", "value": several},
        {"kind": "set", "value": several},
    ]


def simple_rows() -> st.SearchStrategy[dict[str, Any]]:
    return rows_of_every_kind().flatmap(st.sampled_from)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 5)):
        return draw(simple_rows())
    kinds = draw(st.lists(simple_rows(), min_size=1, max_size=3))
    return {"kind": "composite", "parts": {f"part {chr(97 + place)}": row for place, row in enumerate(kinds)}}


def check(found: Verdict, answer: str) -> None:
    assert found.outcome in ("pass", "fail", "undecided")
    assert 0.0 <= found.score <= 1.0
    assert found.span is None or 0 <= found.span[0] <= found.span[1] <= len(answer)
    json.dumps(found.extracted)
    for part in found.parts.values():
        check(part, answer)


@settings(max_examples=150, deadline=None)
@given(rows(), TEXTS, TEXTS, CLIPS)
def test_never_raises(row: dict[str, Any], answer: str, question: str, clip: Clip) -> None:
    check(parse_label(row).judge(answer, question, clip), answer)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=5, unique=True), TEXTS, TEXTS)
def test_words_are_open_only_where_the_verdict_is(several: list[str], answer: str, question: str) -> None:
    label = CategoryLabel(value=several[0], classes=tuple(several))
    if label.open_words(answer, question):
        assert label.judge(answer, question).outcome == "undecided"


@settings(max_examples=80, deadline=None)
@given(rows())
def test_the_own_answer_passes_with_full_score(row: dict[str, Any]) -> None:
    label = parse_label(row)
    found = label.judge(label.answer_text())
    assert found.outcome == "pass", (label.answer_text(), found)
    assert found.score > 0.85


@settings(max_examples=80, deadline=None)
@given(rows_of_every_kind(), rows_of_every_kind())
def test_the_answer_of_another_label_does_not_pass(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    for row, other in zip(some, others, strict=True):
        label, wrong = parse_label(row), parse_label(other)
        if not _equivalent(label, wrong):
            assert label.judge(wrong.answer_text()).outcome != "pass", (row, wrong.answer_text())


def _equivalent(label: Label, other: Label) -> bool:
    """Whether two labels of a kind allow each other's answer by their own tolerance, or every item of the one is said, with more words."""
    if label.kind in ("number", "timestamp", "interval", "box", "choice"):
        return True
    one, two = (row["value"] if isinstance(row["value"], list) else [row["value"]] for row in (label.to_json(), other.to_json()))
    if isinstance(label, CategoryLabel) and label.classes and any(_words(name) & _words(two[0]) for name in label.classes):
        return two[0] == one[0] or two[0] not in label.classes  # short for a class of the closed set, perhaps
    said = [[_words(item) <= _words(more) for more in two] for item in one]
    if label.kind == "set":
        return len(one) == len(two) and all(map(any, said))
    return len(one) == len(two) and all(row[place] for place, row in enumerate(said))


def _words(item: object) -> set[str]:
    return set(str(item).replace(",", " ").split())


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS)
def test_numbers_pass_within_the_tolerance_only(value: float, said: float) -> None:
    label = parse_label({"kind": "number", "value": value, "relative_tolerance": 0.05})
    expected = abs(said - value) <= 0.05 * abs(value) + 1e-9 * abs(value)
    assert (label.judge(f"The score is {said}.").outcome == "pass") == expected


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS, st.floats(0, 1), st.floats(0, 1))
def test_a_wider_tolerance_never_fails_what_passed(value: float, said: float, one: float, two: float) -> None:
    narrow, wide = sorted((one, two))
    row = {"kind": "number", "value": value}
    if parse_label({**row, "relative_tolerance": narrow}).judge(str(said)).outcome == "pass":
        assert parse_label({**row, "relative_tolerance": wide}).judge(str(said)).outcome == "pass"


@settings(max_examples=100, deadline=None)
@given(windows(), windows(), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_lower_iou_never_fails_what_passed(truth: tuple[float, float], said: tuple[float, float], one: float, two: float) -> None:
    low, high = sorted((one, two))
    row = {"kind": "interval", "start_seconds": truth[0], "end_seconds": truth[1]}
    answer = f"from {said[0]} to {said[1]} seconds"
    if parse_label({**row, "minimum_iou": high}).judge(answer).outcome == "pass":
        assert parse_label({**row, "minimum_iou": low}).judge(answer).outcome == "pass"


@given(st.lists(windows(), min_size=1, max_size=3), st.lists(windows(), min_size=1, max_size=3))
def test_overlap_in_time_is_symmetric(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    assert temporal_iou(one, other) == pytest.approx(temporal_iou(other, one))
    assert 0 <= temporal_iou(one, other) <= 1 + 1e-9
    assert temporal_iou(one, one) == pytest.approx(1)


@given(corners(), corners())
def test_overlap_of_boxes_is_symmetric(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> None:
    assert box_iou(one, other) == pytest.approx(box_iou(other, one))
    assert 0 <= box_iou(one, other) <= 1 + 1e-9
    assert box_iou(one, one) == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(rows())
def test_json_comes_back_equal(row: dict[str, Any]) -> None:
    label = parse_label(row)
    assert parse_label(json.loads(json.dumps(label.to_json()))) == label


@settings(max_examples=50, deadline=None)
@given(rows(), rows(), st.integers(0, 2**31))
def test_distractors_are_wrong_and_repeatable(row: dict[str, Any], other: dict[str, Any], seed: int) -> None:
    label = parse_label(row)
    found = label.distractors([parse_label(other)], 3, seed)
    assert found == label.distractors([parse_label(other)], 3, seed)
    assert len(found) == len(set(found)) <= 3
    assert all(label.judge(text).outcome != "pass" for text in found)


EVERY_KIND: list[dict[str, Any]] = [
    {"kind": "category", "value": "arm wrestling"},
    {
        "kind": "category",
        "value": "arm wrestling",
        "classes": [f"{verb} {thing}" for verb in ("throwing", "arm") for thing in ("ball", "wrestling")],
    },
    {"kind": "text", "value": "reading a book"},
    {"kind": "number", "value": 65.6, "minimum": 0, "maximum": 100},
    {"kind": "count", "value": 3},
    {"kind": "timestamp", "value_seconds": 4.2},
    {"kind": "interval", "start_seconds": 1.2, "end_seconds": 3.4},
    {"kind": "box", "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.6},
    {"kind": "boolean", "value": True},
    {"kind": "choice", "options": ["run", "jump", "swim"], "answer": 1},
    {"kind": "sequence", "value": ["open the door", "sit down"]},
    {"kind": "set", "value": ["dog", "cat"]},
    {"kind": "composite", "parts": {"score": {"kind": "number", "value": 65.6}, "action": {"kind": "category", "value": "dive"}}},
]
SCRAPS_TO_REPEAT = [
    "\x00", "[", '{"answer": ', "()", "1", "1,", "1.2.3.", "a", "\ud800", "arm ", "wrestling arm, ", "not ",
    "1 to 2, ", "looks like a dog but ",
    "<answer>", "\\boxed{", " ",
    "\n", "1e999 -1e999 1e-999 ", "x1 ", "0.1, ", "the answer is B. ", "before after ", "score: ", "twenty ",
    "\u0130", "\u0301", "1:", "A) ", "?", "\u0663\u00b2\u00bd\u2167 ",
    "He opens the door at 1.2 seconds and jumps 3 times. ", "(A) no ", "A over B, ",
]  # fmt: skip


HANGING_SECONDS = 20.0  # far above what any machine needs where time grows with the text's length


@pytest.mark.parametrize("size", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("row", EVERY_KIND, ids=lambda row: row["kind"])
def test_hostile_texts_are_judged_in_bounded_time(row: dict[str, Any], size: int) -> None:
    """What grows with the square of the text takes minutes at the larger size, what grows faster does so at the smaller one."""
    label = parse_label(row)
    own = label.answer_text()
    repeated = [f"{own}, ", f"{own} and ", f"- {own}\n", f"Or {own}. ", f"both {own} and {own} ", f"wait, {own}, ", f"Score: {own}. "]
    for scrap in [*SCRAPS_TO_REPEAT, *repeated]:
        text = (scrap * (size // len(scrap) + 1))[:size]
        started = time.process_time()
        found = label.judge(text, text[:2000], Clip(10.0, 640, 480))
        seconds = time.process_time() - started
        check(found, text)
        assert seconds < HANGING_SECONDS, (scrap, seconds)


@pytest.mark.parametrize("row", EVERY_KIND, ids=lambda row: row["kind"])
@pytest.mark.parametrize("answer", ["", " ", "\n\n", "...", "<answer></answer>", "\x00", "\ud800", "**"])
def test_nothing_passes_on_nothing(row: dict[str, Any], answer: str) -> None:
    assert parse_label(row).judge(answer).outcome == "undecided"
