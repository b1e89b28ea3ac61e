"""The files of benchmarks as samples: forms read off the questions, cuts and folders, and what cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.given import TEMPCOMPASS
from tests.datasets.reading import read


def test_tempcompass_reads_the_form_off_each_question(tmp_path: Path) -> None:
    found = read(tmp_path, "tempcompass", {name: json.dumps(content) for name, content in TEMPCOMPASS.items()})
    assert found.tasks == {"multi-choice": 3, "yes_no": 2, "caption_matching": 1, "captioning": 1}
    assert found.labels("multi-choice")[1] == {"kind": "choice", "options": ["right", "left", "up"], "answer": 1}
    assert found.labels("caption_matching") == [{"kind": "choice", "options": ["It goes right.", "It goes left."], "answer": 1}]
    assert found.labels("captioning")[0]["options"] == ["subject: it, direction: right", "subject: it, direction: left"]
    row = found.of("multi-choice")[0]
    assert (row["question"], row["split"], row["group"]) == ("What colour does it get?", "test", "v1")
    assert row["meta"]["asked"] == "What colour does it get?\nA. red\nB. green"
    assert row["meta"]["fine_aspect"] == "color & light change"


def test_tempcompass_counts_what_cannot_be_asked(tmp_path: Path) -> None:
    questions = [
        {"question": "Which?\nA. red\nB. green", "answer": "E. blue"},
        {"question": "", "answer": "yes"},
        {"question": "A riddle", "answer": "a fish"},
        None,
    ]
    found = read(tmp_path, "tempcompass", {"a.json": json.dumps({"v": {"action": questions, "order": "x"}, "w": [1]})})
    assert found.account.rows_dropped == {
        "the answer is none of the options": 1,
        "no question or no answer": 3,
        "a question of no known form": 1,
        "not an object of aspects": 1,
    }


def test_mvbench_cuts_the_tasks_that_are_cut_and_knows_the_folders(tmp_path: Path) -> None:
    row = {
        "video": "a.mp4",
        "question": "What next?",
        "candidates": ["It stops.", "It goes."],
        "answer": "It goes.",
        "start": 2.5,
        "end": 4.0,
    }
    files = {
        "action_sequence.json": json.dumps([row, {**row, "answer": "It flies."}, {**row, "start": 5.0}]),
        "object_shuffle.json": json.dumps([row]),
    }
    found = read(tmp_path, "mvbench", files)
    (cut,), (whole,) = found.of("action_sequence"), found.of("object_shuffle")
    assert (cut["video"], cut["start_seconds"], cut["end_seconds"]) == ("star/Charades_v1_480/a.mp4", 2.5, 4.0)
    assert (whole["video"], whole["end_seconds"]) == ("perception/videos/a.mp4", None)
    assert cut["label"] == {"kind": "choice", "options": ["It stops.", "It goes."], "answer": 1}
    assert found.account.rows_dropped == {"the answer is none of the candidates": 1, "the end is not after the start": 1}
