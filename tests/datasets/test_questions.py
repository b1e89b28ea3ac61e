"""Wordings: enough of them, each with its names, none with an answer format; seed and sample alone draw one."""

from __future__ import annotations

import re

import pytest

from videostar.datasets.questions import tasks, worded, wordings

FORMATS = re.compile(
    r"\b(answer|reply|respond|choose|select|options?|yes or no|true or false|one word|in seconds\?|number only|format)\b", re.IGNORECASE
)


@pytest.mark.parametrize("task", tasks())
def test_every_task_has_at_least_twelve_wordings(task: str) -> None:
    found = wordings(task)
    assert len(found) >= 12
    assert len({line.lower() for line in found}) == len(found)


@pytest.mark.parametrize("task", tasks())
def test_a_wording_asks_and_says_nothing_of_options_or_format(task: str) -> None:
    assert [line for line in wordings(task) if FORMATS.search(line)] == []
    assert [line for line in wordings(task) if not line.endswith(("?", ".")) and not line.endswith(")")] == []


@pytest.mark.parametrize("task", tasks())
def test_all_wordings_of_a_task_take_the_same_names(task: str) -> None:
    assert len({frozenset(re.findall(r"\{(\w+)\}", line)) for line in wordings(task)}) == 1


def test_the_seed_and_the_sample_draw_the_wording() -> None:
    drawn = {worded("action", 0, f"sample-{number}", {}) for number in range(200)}
    assert drawn == set(wordings("action"))
    assert worded("action", 0, "a", {}) == worded("action", 0, "a", {})
    assert [worded("action", seed, "a", {}) for seed in range(20)] != [worded("action", 0, "a", {})] * 20


def test_a_label_in_a_question_is_text_and_nothing_else() -> None:
    hostile = 'put "{end}" {start} (not\nhere)'
    question = worded("after", 0, "a", {"event": hostile, "end": 3.0})
    assert "put '{end}' {start} (not here)" in question
    assert (
        worded("action_at", 0, "a", {"start": 1.0, "end": 2.345}).count("2.35")
        + worded("action_at", 0, "a", {"start": 1.0, "end": 2.345}).count("2.34")
        == 1
    )
