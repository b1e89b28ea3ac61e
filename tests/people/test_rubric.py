"""A rubric: what it may say, and what is told about one that says something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from videostar.errors import ConfigError
from videostar.people.rubric import read_rubric, rubric_from, shipped

GOOD: dict[str, Any] = {
    "title": "Serve",
    "overall": "mark",
    "aspects": {
        "toss": {"question": "Is the toss high?", "label": {"kind": "boolean"}, "points": {True: 3, False: 1}},
        "mark": {"sum": ["toss"], "scale": [1, 3]},
    },
    "faults": {"foot fault": {"question": "Does a foot cross the line?", "label": {"kind": "boolean"}, "advice": "Stay behind the line."}},
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def test_the_shipped_ones_are_sound_and_ask_each_question_once() -> None:
    assert shipped() == ("diving", "lab", "osats")
    for name in shipped():
        rubric = read_rubric(name)
        prompts = [question.prompt for question in rubric.questions]
        assert len(prompts) == len(set(prompts))
        assert rubric.overall in rubric.aspects


def test_yes_and_no_of_yaml_are_words() -> None:
    assert rubric_from(GOOD).aspects["toss"].points == {"yes": 3, "no": 1}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (changed(titel="x"), 'unknown key "titel" (did you mean "title"?); allowed here: title, about, overall, '),
        (changed(overall="marks"), '"overall" is "marks", which is no aspect (did you mean "mark"?); aspects are toss, mark'),
        (changed(aspects={"mark": {"sum": ["tos"]}}), '"aspects.mark" uses "tos", which is no aspect above it; above it: none'),
        (changed(aspects={"mark": {}}), "an aspect is one of: asked (question, label), of with table, sum and/or minus_faults, product"),
        (
            changed(aspects={"mark": {"question": "How good?", "label": {"kind": "nubmer"}}}),
            "label kind 'nubmer' cannot be used here (did you mean \"number\"?); allowed are boolean, category",
        ),
        (
            changed(faults={"foot": {"question": "Foot?", "label": {"kind": "boolean"}, "advise": "x"}}),
            'unknown key "faults.foot.advise" (did you mean "advice"?)',
        ),
        (changed(aspects={"mark": {"sum": ["toss"], "scale": [3, 1]}}), "scale [3.0, 1.0] must rise"),
        (
            changed(faults={"foot": {"question": "F?", "label": {"kind": "boolean"}, "advice": "x", "only_if": {"tos": ["yes"]}}}),
            '"faults.foot.only_if" names "tos", which is no aspect that is asked (did you mean "toss"?)',
        ),
    ],
)
def test_mistakes_are_named_with_what_is_allowed(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rubric_from(raw)
    assert message in str(caught.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        rubric_from(changed(titel="x", faults={"foot": {"question": "F?", "label": {"kind": "boolean"}}}))
    assert len(caught.value.problems) == 2


def test_files_that_are_no_rubrics(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'there is no rubric divign \(did you mean "diving"\?\); give a YAML file, or one of: diving'):
        read_rubric("divign")
    (tmp_path / "a.yaml").write_text("title: [")
    with pytest.raises(ConfigError, match="is not valid YAML"):
        read_rubric(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_text("- a")
    with pytest.raises(ConfigError, match="must hold keys such as"):
        read_rubric(tmp_path / "a.yaml")
