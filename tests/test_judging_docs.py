"""Every example of docs/judging.md gives the outcome that its table states."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from videostar.labels import KINDS, parse_label

DOCS = Path(__file__).parents[1] / "docs" / "judging.md"
HEAD = re.compile(r"<!-- (\{.*\}) \| (.*?) ?-->")


def _examples() -> list[tuple[dict[str, Any], str, str, str]]:
    """Label, question, answer and outcome of each row of the tables under a label."""
    found: list[tuple[dict[str, Any], str, str, str]] = []
    head: tuple[dict[str, Any], str] | None = None
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        match = HEAD.fullmatch(line)
        if match:
            head = json.loads(match.group(1)), match.group(2)
        elif head and line.startswith("|"):
            answer, outcome, _ = (cell.strip() for cell in line.strip("|").split("|"))
            if outcome not in ("outcome", "---"):
                found.append((*head, answer, outcome))
        elif line.startswith("#"):
            head = None
    return found


EXAMPLES = _examples()


def test_every_kind_has_examples_that_pass_and_that_do_not() -> None:
    outcomes = {(label["kind"], outcome == "pass") for label, _, _, outcome in EXAMPLES}
    assert outcomes == {(kind, passes) for kind in KINDS for passes in (True, False)}


@pytest.mark.parametrize(("label", "question", "answer", "outcome"), EXAMPLES)
def test_the_example_holds(label: dict[str, Any], question: str, answer: str, outcome: str) -> None:
    assert parse_label(label).judge(answer, question).outcome == outcome
