"""A label's JSON form: what is accepted, what a mistake is told, and that it comes back the same."""

from __future__ import annotations

from typing import Any

import pytest

from videostar.errors import DataError
from videostar.labels import KINDS, parse_label

EXAMPLES: list[dict[str, Any]] = [
    {"kind": "category", "value": "arm wrestling", "aliases": ["arm wrestle"], "classes": ["arm wrestling", "yoga"]},
    {"kind": "text", "value": "reading a book", "references": ["she reads"]},
    {"kind": "number", "value": 65.6, "unit": "points", "minimum": 0.0, "maximum": 100.0},
    {"kind": "count", "value": 3},
    {"kind": "timestamp", "value_seconds": 4.2},
    {"kind": "interval", "windows": [[1.0, 2.0], [5.0, 6.5]], "match": "all"},
    {"kind": "interval", "start_seconds": 1.2, "end_seconds": 3.4},
    {"kind": "box", "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.6, "at_seconds": 2.0},
    {"kind": "boolean", "value": False},
    {"kind": "choice", "options": ["run", "jump", "swim"], "answer": 1},
    {"kind": "sequence", "value": ["open the door", "sit down", "drink"]},
    {"kind": "set", "value": ["dog", "cat"]},
    {"kind": "composite", "parts": {"score": {"kind": "number", "value": 65.6}, "action": {"kind": "category", "value": "dive"}}},
]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["kind"])
def test_json_comes_back_the_same(row: dict[str, Any]) -> None:
    label = parse_label(row)
    assert label.to_json() == row
    assert parse_label(label.to_json()) == label


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["kind"])
def test_hint_has_one_form(row: dict[str, Any]) -> None:
    label = parse_label(row)
    assert label.hint() == f"The correct answer is: {label.answer_text()}."


def test_every_kind_has_an_example() -> None:
    assert {row["kind"] for row in EXAMPLES} == set(KINDS)


def test_defaults_fill_what_the_row_leaves_unset() -> None:
    defaults = {"number.relative_tolerance": 0.1, "count.value": 7}
    assert parse_label({"kind": "number", "value": 10}, defaults).judge("10.9").outcome == "pass"
    assert parse_label({"kind": "number", "value": 10, "relative_tolerance": 0.05}, defaults).judge("10.9").outcome == "fail"
    inner = parse_label({"kind": "composite", "parts": {"score": {"kind": "number", "value": 10}}}, defaults)
    assert inner.judge("score: 10.9").outcome == "pass"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {"kind": "numbr", "value": 3},
            r"unknown kind of label 'numbr' \(did you mean \"number\"\?\); allowed are: category, text, number",
        ),
        ({"value": 3}, 'a label needs a "kind", one of: category, text'),
        ({"kind": "number"}, 'a label of kind "number" needs "value"'),
        ({"kind": "number", "value": 3, "maximun": 10}, r'no field "maximun" \(did you mean "maximum"\?\); allowed are: value, unit'),
        ({"kind": "number", "value": "tall"}, '"value" of a label of kind "number": input should be a valid number.* got \'tall\''),
        ({"kind": "number", "value": float("nan")}, "finite"),
        ({"kind": "category", "value": ""}, "at least 1 character"),
        ({"kind": "choice", "options": ["a", "b"], "answer": 2}, r"answer 2 is no index into 2 options \(0 to 1\)"),
        ({"kind": "interval"}, r"give windows \[\[start, end\], ...\] or both start_seconds and end_seconds"),
        ({"kind": "interval", "start_seconds": 3, "end_seconds": 1}, r"a window must end after it starts, got \[3, 1\]"),
        ({"kind": "box", "x1": 0.5, "y1": 0.1, "x2": 0.2, "y2": 0.3}, "x2 must be larger than x1"),
        ({"kind": "composite", "parts": {}}, "at least 1 item"),
        ({"kind": "composite", "parts": {"a": {"kind": "composite", "parts": {}}}}, "part 'a': unknown kind of label 'composite'"),
    ],
)
def test_a_mistake_is_told(row: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        parse_label(row)


def test_all_mistakes_of_a_label_are_told_at_once() -> None:
    row = {"kind": "composite", "parts": {"a": {"kind": "set"}, "b": {"kind": "numbre"}, "c": {"kind": "count", "value": "x", "unit": "m"}}}
    with pytest.raises(DataError) as error:
        parse_label(row)
    assert [problem[:8] for problem in error.value.problems] == ["part 'a'", "part 'b'", "part 'c'", "part 'c'"]
