"""Boxes: in any notation and scale, compared by overlap."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labels.judging import outcome, verdict
from videostar.types import Clip

BOX: dict[str, Any] = {"kind": "box", "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.6}
CLIP = Clip(duration_seconds=5.0, width=640, height=480)


@pytest.mark.parametrize(
    "answer",
    [
        "[0.1, 0.2, 0.5, 0.6]",
        "[0.10,0.20,0.50,0.60]",
        "(0.1, 0.2, 0.5, 0.6)",
        "0.1, 0.2, 0.5, 0.6",
        "0.1 0.2 0.5 0.6",
        "[.1, .2, .5, .6]",
        "[[0.1, 0.2], [0.5, 0.6]]",
        "(0.1, 0.2), (0.5, 0.6)",
        "(0.1, 0.2) and (0.5, 0.6)",
        "from (0.1, 0.2) to (0.5, 0.6)",
        "x1=0.1, y1=0.2, x2=0.5, y2=0.6",
        "x1: 0.1, y1: 0.2, x2: 0.5, y2: 0.6",
        '{"x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.6}',
        '{"xmin": 0.1, "ymin": 0.2, "xmax": 0.5, "ymax": 0.6}',
        '{"left": 0.1, "top": 0.2, "right": 0.5, "bottom": 0.6}',
        '{"x": 0.1, "y": 0.2, "width": 0.4, "height": 0.4}',
        "left 0.1, top 0.2, right 0.5, bottom 0.6",
        "center_x: 0.3, center_y: 0.4, width: 0.4, height: 0.4",
        '[{"bbox_2d": [0.1, 0.2, 0.5, 0.6], "label": "dog"}]',
        '```json\n[{"bbox_2d": [100, 200, 500, 600], "label": "dog"}]\n```',
        "[100, 200, 500, 600]",
        "<box>(100,200),(500,600)</box>",
        "<|box_start|>(100,200),(500,600)<|box_end|>",
        "<answer>[0.1, 0.2, 0.5, 0.6]</answer>",
        r"\boxed{[0.1, 0.2, 0.5, 0.6]}",
        "[10%, 20%, 50%, 60%]",
        "The dog is at [0.1, 0.2, 0.5, 0.6].",
        "The 2 dogs stand at 3.5 seconds. The box is [0.1, 0.2, 0.5, 0.6].",
        "top left corner (0.1, 0.2), bottom right corner (0.5, 0.6)",
        "The top-left corner is at (0.1, 0.2) and the bottom-right corner is at (0.5, 0.6).",
        "Not [0.6, 0.6, 0.9, 0.9] but [0.1, 0.2, 0.5, 0.6].",
        "[0.5, 0.6, 0.1, 0.2]",
        "It might be [0.6, 0.6, 0.9, 0.9], but the answer is [0.1, 0.2, 0.5, 0.6].",
        "**[0.1, 0.2, 0.5, 0.6]**",
        "x ranges from 0.1 to 0.5 and y ranges from 0.2 to 0.6",
    ],
)
def test_the_box_is_said(answer: str) -> None:
    found = verdict(BOX, answer)
    assert found.outcome == "pass"
    assert found.score > 0.95


@pytest.mark.parametrize(
    "answer",
    [
        "[64, 96, 320, 288]",
        "(64, 96) to (320, 288) pixels",
        "x=64, y=96, width=256, height=192",
        "x1=64px, y1=96px, x2=320px, y2=288px",
        '{"bbox": [64, 96, 320, 288]}',
    ],
)
def test_pixels_with_the_size_of_the_clip(answer: str) -> None:
    assert outcome(BOX, answer, "", CLIP) == "pass"
    assert outcome(BOX, answer) != "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "[0.6, 0.6, 0.9, 0.9]",
        "[0.1, 0.2, 0.5, 0.6] or [0.6, 0.6, 0.9, 0.9]",
        "[0, 0, 1, 1]",
        "[0.1, 0.2, 0.5, 0.6], [0.6, 0.6, 0.9, 0.9]",
    ],
)
def test_another_box_or_several(answer: str) -> None:
    assert outcome(BOX, answer) == "fail"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[0.1, 0.2, 0.5]",
        "The dog is on the left.",
        "I cannot tell.",
        "0.1 to 0.5",
        "[1, 2, 3, 4, 5, 6, 7]",
        "[0.1, 0.1, 0.1, 0.1]",
        "[5000, 6000, 7000, 8000]",
        "maybe [0.1, 0.2, 0.5, 0.6]",
    ],
)
def test_no_box(answer: str) -> None:
    assert outcome(BOX, answer) == "undecided"


def test_corner_boxes_are_not_centre_and_size() -> None:
    row: dict[str, Any] = {"kind": "box", "x1": 0.0, "y1": 0.0, "x2": 0.2, "y2": 0.2}
    assert verdict(row, "[0.3, 0.3, 0.5, 0.5]").score == 0.0
    assert outcome(row, "[0.3, 0.3, 0.5, 0.5]") == "fail"


def test_the_score_is_the_overlap() -> None:
    row: dict[str, Any] = {"kind": "box", "x1": 0.0, "y1": 0.0, "x2": 0.5, "y2": 0.5}
    assert verdict(row, "[0, 0, 0.5, 1.0]").score == pytest.approx(0.5)


def test_tiny_boxes_are_written_exactly_enough() -> None:
    from videostar.labels import parse_label

    label = parse_label({"kind": "box", "x1": 0.1234, "y1": 0.1234, "x2": 0.1267, "y2": 0.1267})
    assert label.judge(label.answer_text()).outcome == "pass"
    assert parse_label(BOX).answer_text() == "[0.10, 0.20, 0.50, 0.60]"
