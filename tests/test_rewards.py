"""Reward functions, called as GRPO trainers call them."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import Any

import pytest

from videostar.errors import DataError
from videostar.rewards import passed, reward

COUNT = {"kind": "count", "value": 3}
NUMBER = {"kind": "number", "value": 100.0, "minimum": 0, "maximum": 100}
TEXTS = ["She jumps three times. So the answer is 3.", "So the answer is 4.", "I cannot tell."]


def chat(text: Any) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": text}]


def test_trl_calls_by_keyword_with_every_column_and_more() -> None:
    """The keywords of TRL's GRPOTrainer for a conversational data set with further columns."""
    scores = reward(
        prompts=[[{"role": "user", "content": [{"type": "video"}, {"type": "text", "text": "How many jumps?"}]}]] * 3,
        completions=[chat(text) for text in TEXTS],
        completion_ids=[[1, 2, 3]] * 3,
        label=[COUNT] * 3,
        question=["How many jumps?"] * 3,
        video=["a.mp4"] * 3,
        trainer_state=object(),
        log_extra=lambda column, values: None,
        log_metric=lambda name, value: None,
        environments=None,
    )
    assert scores[0] == 1.0
    assert scores[1] is not None
    assert 0.0 <= scores[1] < 1.0
    assert scores[2] == 0.0


def test_trl_calls_with_plain_texts_for_a_data_set_that_is_not_conversational() -> None:
    assert reward(prompts=["How many jumps?"] * 3, completions=TEXTS, completion_ids=[[1]] * 3, label=[json.dumps(COUNT)] * 3)[0] == 1.0


def test_swift_calls_with_the_completions_first_and_columns_by_name() -> None:
    class LabelReward:
        def __call__(self, completions: list[str], **kwargs: Any) -> list[float | None]:
            return passed(completions, **kwargs)

    columns: dict[str, Any] = {"solution": ["3"] * 3, "messages": [[]] * 3, "trainer_state": None, "label": [COUNT] * 3}
    assert LabelReward()(TEXTS, **columns) == [1.0, 0.0, 0.0]


def test_the_score_is_graded_and_passed_is_not() -> None:
    texts = ["The score is 100.", "The score is 90.", "The score is 40."]
    graded = reward(completions=texts, label=[NUMBER] * 3)
    assert [score is not None and 0.0 <= score <= 1.0 for score in graded] == [True] * 3
    assert sorted(graded, key=lambda score: score or 0.0, reverse=True) == graded
    assert len(set(graded)) == 3
    assert passed(completions=texts, label=[NUMBER] * 3) == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "content",
    [
        "So the answer is 3.",
        [{"type": "text", "text": "So the answer "}, {"type": "text", "text": "is 3."}],
        ["So the answer is ", "3."],
        [{"type": "image"}, {"type": "text", "text": "So the answer is 3."}],
    ],
)
def test_a_chat_completion_may_have_parts(content: Any) -> None:
    assert passed(completions=[chat(content)], label=[COUNT]) == [1.0]


def test_only_what_the_assistant_says_is_judged() -> None:
    turns = [{"role": "tool", "content": "So the answer is 3."}, {"role": "assistant", "content": "I cannot tell."}]
    assert passed(completions=[turns], label=[COUNT]) == [0.0]


@pytest.mark.parametrize(
    "completion", ["", [], [{}], [{"role": "assistant", "content": None}], None, 7, [{"role": "assistant", "content": [None, 3]}]]
)
def test_an_empty_or_odd_completion_is_worth_nothing(completion: Any) -> None:
    assert reward(completions=[completion], label=[COUNT]) == [0.0]


def test_a_row_without_a_label_gets_no_reward_so_that_tasks_may_be_mixed() -> None:
    assert reward(completions=TEXTS[:2], label=[COUNT, None]) == [1.0, None]


def test_the_fields_of_other_kinds_may_be_null_as_tables_of_one_schema_have_them() -> None:
    wide = {**COUNT, "windows": None, "options": None, "classes": None}
    assert passed(completions=TEXTS[:1], label=[wide]) == [1.0]


def test_the_clip_helps_to_judge_a_share_of_its_length() -> None:
    label = {"kind": "timestamp", "value_seconds": 5.0}
    said = "It happens halfway through the video."
    judged = [passed(completions=[said], label=[label], duration_seconds=[length]) for length in (10.0, 100.0)]
    assert judged == [[1.0], [0.0]]


def test_a_box_in_pixels_needs_the_size_of_the_clip() -> None:
    label = {"kind": "box", "x1": 0.1, "y1": 0.1, "x2": 0.5, "y2": 0.5, "at_seconds": 1.0}
    said = "The box is [64, 36, 320, 180]."
    assert passed(completions=[said], label=[label], width=[640], height=[360]) == [1.0]


@pytest.mark.parametrize("odd", [None, "x", [], [None], [-1], [float("nan")], [True], ["640"]])
def test_odd_columns_are_left_aside(odd: Any) -> None:
    assert passed(completions=TEXTS[:1], label=[COUNT], question=odd, duration_seconds=odd, width=odd, height=odd) == [1.0]


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("not JSON", r'row 1 of the column "label" is not a label as JSON'),
        ("[" * 100_000, r'row 1 of the column "label" is not a label as JSON'),
        (object(), r'row 1 of the column "label" is not a label as JSON'),
        ({"kind": "cuont", "value": 3}, r'row 1 of the column "label": unknown kind of label .cuont. \(did you mean "count"\?\)'),
        ({"kind": "count"}, r'row 1 of the column "label": a label of kind "count" needs "value"'),
        ("3", r'row 1 of the column "label": a label is an object'),
    ],
    ids=range(6),
)
def test_a_bad_label_names_its_row(label: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        reward(completions=TEXTS[:2], label=[COUNT, label])


def test_all_bad_labels_are_told_at_once() -> None:
    with pytest.raises(DataError, match="2 problems") as error:
        passed(completions=TEXTS, label=["x", COUNT, {"kind": "count"}])
    assert len(error.value.problems) == 2


def test_a_label_column_of_another_length_is_told() -> None:
    with pytest.raises(DataError, match="3 completions and 1 values"):
        reward(completions=TEXTS, label=[COUNT])


def test_trainers_log_rewards_by_the_functions_name() -> None:
    assert [function.__name__ for function in (reward, passed)] == ["reward", "passed"]
    assert not inspect.iscoroutinefunction(reward)


def test_rewards_load_no_model_library() -> None:
    code = "import sys, videostar.rewards; print([name for name in ('torch', 'transformers', 'numpy') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
