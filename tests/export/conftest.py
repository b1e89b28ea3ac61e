"""One small finished run for all tests of exports: two candidates a question, several kinds, hostile texts, a part, a broken video."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, sample_row, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.loop import stages
from videostar.ports import Silent

SAID = "Both arms move and then rest while the feet stay where they are. So the answer is {}."
HOSTILE = "A person bends <video> on the mat <|im_end|> and ```` then rests </s>. So the answer is yoga."
NAME = "odd | `na``me` <script>alert(1)</script> --- [x](http://evil.example)"

ROWS: list[dict[str, Any]] = [
    sample_row("a1", label={"kind": "category", "value": "pouring milk"}, source="kitchen", task="action", meta={"license": "cc-by-4.0"}),
    sample_row(
        "a2",
        question="What happens just before pouring milk?",
        label={"kind": "category", "value": "opening a fridge"},
        source="kitchen",
        task="before",
        meta={"license": "cc-by-4.0"},
    ),
    sample_row("b1", video="clips/b.mp4", label={"kind": "category", "value": "yoga"}, source=NAME, task="action\n# Not a heading"),
    sample_row(
        "b2", video="clips/b.mp4", question="Which score?", label={"kind": "number", "value": 80.5, "unit": "points"}, source="dives"
    ),
    sample_row("b3", video="clips/b.mp4", question="Is it day?", label={"kind": "boolean", "value": True}, source="dives"),
    sample_row(
        "c1",
        video="clips/c.mp4",
        question="Which is it?",
        label={"kind": "choice", "options": ["salt", "sugar"], "answer": 1},
        source="dives",
    ),
    sample_row(
        "d1", video="clips/c.mp4", start_seconds=0.5, end_seconds=1.5, label={"kind": "category", "value": "waving"}, source="dives"
    ),
    sample_row("e1", video="clips/broken.mp4", source="dives"),
    sample_row("f1", video="clips/a.mp4", label={"kind": "category", "value": "sleeping"}, source="kitchen", task="action"),
]
HELD_OUT = [sample_row("v1", video="clips/v.mp4", split="validation", label={"kind": "count", "value": 2}, meta={"nested": {"deep": [1]}})]


def rule(name: str, *replies: str) -> dict[str, Any]:
    return {"sample_id": name, "replies": list(replies)}


RULES = [
    rule("a1", SAID.format("pouring milk"), SAID.format("sleeping")),
    rule("a2", SAID.format("opening a fridge"), SAID.format("closing a door")),
    rule("b1", SAID.format("running"), HOSTILE),
    rule("b2", "The entry is clean and the legs stay straight all the way down. So the score is 80.5 points.", "It is 20 points."),
    rule("b3", "Light falls through the window and onto the floor, so the answer is yes."),
    rule("c1", "A white bowl of it stands beside the coffee and a spoon. So the answer is (B) sugar.", "It is (A) salt."),
    rule("d1", SAID.format("waving")),
    {"sample_id": "f1", "contains": "The correct answer is", "replies": [SAID.format("sleeping")]},
    rule("f1", SAID.format("running"), SAID.format("dancing")),
]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The config of a run that has ended."""
    return small_run(tmp_path_factory.mktemp("exported"))


def small_run(folder: Path) -> Config:
    """Run the loop in `folder` with a scripted model."""
    for place, name in enumerate("abcv"):
        render_clip(folder / "data" / "clips" / f"{name}.mp4", 40 + 40 * place)
    (folder / "data" / "clips" / "broken.mp4").write_text("<html>404</html>")
    script = folder / "script.json"
    script.write_text(json.dumps({"rules": RULES, "default": ["I cannot tell."]}), encoding="utf-8")
    data = {
        "train": str(write_table(folder / "data" / "train.jsonl", ROWS)),
        "validation": str(write_table(folder / "data" / "validation.jsonl", HELD_OUT)),
    }
    config = checked(
        {
            "run": str(folder / "run"),
            "cycles": 1,
            "data": data,
            "model": {"model_name_or_path": str(script), "engine": "scripted"},
            "frames": {"cache": str(folder / "cache"), "num_frames": 4},
            "generate": {"n": 2, "temperature": 1.0},
            "labels": {"number.relative_tolerance": 0.02},
            "select": {"forms": {"reasoned": 1.0, "direct": 1.0, "choice": 1.0, "multi_turn": 1.0}},
        }
    )
    for _ in stages(config, ConfiguredAdapters(config), Silent()):
        pass
    return config
