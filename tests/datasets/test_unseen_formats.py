"""Formats of which only the documentation was seen: rows as the public pages show them."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.reading import lines, read, read_paths
from videostar.errors import DataError

ACTIVITY: dict[str, Any] = {
    "file_name": "-3a.mp4",
    "num_frames": 1800,
    "width": 640,
    "height": 360,
    "duration": 65.1,
    "activity": {
        "id": "a1",
        "class_name": "basketball game",
        "start_time": 5.0,
        "end_time": 60.0,
        "sub_activities": [
            {"id": "s2", "class_name": "a player throws", "start_time": 20.0, "end_time": 30.0, "higher_order_interactions": []},
            {
                "id": "s1",
                "class_name": "the players line up",
                "start_time": 6.0,
                "end_time": 15.0,
                "higher_order_interactions": [
                    {
                        "id": "h1",
                        "time": 7.5,
                        "actors": [{"id": "A", "class_name": "player", "bbox": [64, 36, 128, 180]}],
                        "objects": [{"id": "1", "class_name": "ball", "bbox": [320, 36, 64]}],
                        "relationships": [{"class_name": "[src] holding [trg]", "source_id": "A", "target_id": "1"}],
                        "transitive_actions": [{"class_name": "[src] unsure [trg]", "source_id": "A", "target_id": "1"}],
                    }
                ],
            },
            {"id": "s3", "class_name": "unclassified", "start_time": 40.0, "end_time": 45.0, "higher_order_interactions": []},
        ],
    },
}


def test_moma_activities_steps_relations_and_places(tmp_path: Path) -> None:
    rows = [ACTIVITY, {"file_name": "b.mp4"}]
    found = read(tmp_path, "moma-lrg", {"anns.json": json.dumps(rows), "standard.json": '{"train": ["x"], "val": ["a1"]}'})
    action = found.of("action")[0]
    assert (action["video"], action["start_seconds"], action["end_seconds"], action["split"]) == ("-3a.mp4", 5.0, 60.0, "validation")
    assert found.labels("order") == [{"kind": "sequence", "value": ["the players line up", "a player throws"]}]
    assert found.labels("interval") == [{"kind": "interval", "windows": [[1.0, 10.0]]}, {"kind": "interval", "windows": [[15.0, 25.0]]}]
    assert found.labels("relation") == [{"kind": "text", "value": "holding"}]
    assert found.labels("where") == [{"kind": "box", "x1": 0.1, "y1": 0.1, "x2": 0.3, "y2": 0.6, "at_seconds": 2.5}]
    assert found.account.left_out == {"the annotator was unsure": 1, "a box or the frame's size is missing": 1}
    assert found.account.rows_dropped == {"no activity": 1}


TAKES = [
    {
        "take_uid": "3c489f86-8896-4c86-8a5a-929999799d36",
        "root_dir": "takes/cmu_bike15_4",
        "best_exo": "cam02",
        "frame_aligned_videos": {
            "aria01": {"rgb": {"relative_path": "frame_aligned_videos/aria01_214-1.mp4"}},
            "cam01": {"0": {"relative_path": "frame_aligned_videos/cam01.mp4"}},
            "cam02": {"0": {"relative_path": "frame_aligned_videos/cam02.mp4"}},
        },
    }
]
UID = "3c489f86-8896-4c86-8a5a-929999799d36"


def told(text: str, **changes: Any) -> dict[str, Any]:
    return {"text": text, "timestamp": 18.48356, "ego_visible": "1", "best_exo": {"cam_id": "cam02"}, "unsure": "0", **changes}


ATOMIC = {
    "ds": {"skipped": [1, {"annotations": 2}]},
    "annotations": {
        UID: [
            {
                "rejected": False,
                "descriptions": [told("C touches C's screw."), told("C waits.", unsure="1"), told("C looks.", ego_visible="0")],
            },
            {"rejected": True, "descriptions": [told("no")]},
        ],
        "other": [{"rejected": False, "descriptions": [told("x")]}],
    },
}


def test_ego_exo4d_atomic_descriptions(tmp_path: Path) -> None:
    files = {"takes.json": json.dumps(TAKES), "atomic_descriptions_train.json": json.dumps(ATOMIC)}
    found = read(tmp_path, "ego-exo4d", files)
    assert found.tasks == {"caption_moment": 2, "moment": 2}
    first = found.of("caption_moment")[0]
    assert first["label"] == {"kind": "text", "value": "the person touches the person's screw."}
    assert first["video"] == "takes/cmu_bike15_4/frame_aligned_videos/cam02.mp4"
    assert (first["group"], first["split"]) == (UID, "train")
    at = found.labels("moment")[0]["value_seconds"]
    assert first["start_seconds"] + at == pytest.approx(18.48356, abs=0.01), "times count from the clip's start"
    assert 1.6 <= at <= 6.4
    assert found.account.rows_dropped == {"the annotation was rejected": 1, "a take that takes.json does not name": 1}
    assert found.account.left_out == {"the annotator was unsure": 1}
    ego = read(tmp_path, "ego-exo4d", files, "view=ego")
    assert ego.account.left_out == {"the annotator was unsure": 1, "not visible in the view of the camera wearer": 1}
    assert ego.of("moment")[0]["video"].endswith("aria01_214-1.mp4")
    assert "the camera wearer touches" in ego.of("moment")[0]["question"]


def test_ego_exo4d_commentary_and_proficiency(tmp_path: Path) -> None:
    commentary = {
        "annotations": {
            UID: [
                {
                    "commentary_data": [
                        {"video_time": 27.8, "text": " A great tool. ", "error": False},
                        {"video_time": 1, "text": "", "error": True},
                    ]
                }
            ]
        }
    }
    paths = {"ego": "takes/u/aria01.mp4", "exo1": "takes/u/cam01.mp4"}
    good = {"video_time": 0.98, "list": ["Bending his legs", "Getting lowered"]}
    demonstration = [
        {"take_uid": "t1", "video_paths": paths, "good_executions": [good], "tips_for_improvement": [{"video_time": 5.0, "list": []}]}
    ]
    demonstrator = [
        {"take_uid": "t2", "video_paths": paths, "proficiency_score": "Early Expert"},
        {"take_uid": "t3", "video_paths": paths, "proficiency_score": "Pro"},
    ]
    files = {
        "takes.json": json.dumps(TAKES),
        "expert_commentary_val.json": json.dumps(commentary),
        "proficiency_demonstration_val.json": json.dumps(demonstration),
        "proficiency_demonstrator_val.json": json.dumps({"annotations": demonstrator}),
    }
    found = read(tmp_path, "ego-exo4d", files)
    assert found.labels("commentary") == [{"kind": "text", "value": "A great tool."}]
    assert found.labels("strength") == [{"kind": "text", "value": "Bending his legs", "references": ["Getting lowered"]}]
    assert found.labels("skill")[0]["value"] == "Early Expert"
    assert found.of("strength")[0]["video"] == "takes/u/cam01.mp4"
    assert found.account.left_out == {"the transcription failed": 1, "no text or no time": 1}
    assert found.account.rows_dropped == {"an unknown level": 1}
    assert found.account.splits == {"validation": 3}


def annotated(types: list[str], label: Any, checks: list[str], **changes: Any) -> dict[str, Any]:
    own = {"video_id": "v", "question_id": "q", "id": 7, "question": "Well?", "label": label, "video_path": "STARB/a.mp4", "duration": 20.0}
    return {**own, "label_type": types, "verifier_type": checks, **changes}


@pytest.mark.parametrize(
    ("row", "label"),
    [
        (
            annotated(["temporal_range"], {"temporal_range": [0.25, 0.5]}, ["temporal_range"]),
            {"kind": "interval", "windows": [[5.0, 10.0]]},
        ),
        (annotated(["normalized_time"], {"normalized_time": 0.1}, ["timestamp"]), {"kind": "timestamp", "value_seconds": 2.0}),
        (annotated(["final_score"], {"final_score": 65.6}, ["float"]), {"kind": "number", "value": 65.6, "minimum": 0.0, "maximum": 150.0}),
        (annotated(["action_sequence"], {"action_sequence": ["b", "a", "b"]}, ["sentence_sequence"]), {"kind": "set", "value": ["b", "a"]}),
        (annotated(["identify"], {"identify": "clothes"}, ["obj_identify"]), {"kind": "category", "value": "clothes"}),
        (annotated(["relationship"], {"relationship": "it's on top"}, ["sentence"]), {"kind": "text", "value": "it's on top"}),
        (annotated(["same_or_not"], {"same_or_not": False}, ["sentence"]), {"kind": "boolean", "value": False}),
        (
            annotated(["action_sequence", "final_score"], [["a", "b"], 3.5], ["sentence_sequence", "float"]),
            {
                "kind": "composite",
                "parts": {
                    "action sequence": {"kind": "set", "value": ["a", "b"]},
                    "final score": {"kind": "number", "value": 3.5, "minimum": 0.0, "maximum": 150.0},
                },
            },
        ),
    ],
)
def test_video_star_annotations(tmp_path: Path, row: dict[str, Any], label: dict[str, Any]) -> None:
    found = read(tmp_path, "video-star", {"train.json": json.dumps([row])})
    assert [sample["label"] for sample in found.rows.values()] == [label]
    assert (list(found.rows), found.of(next(iter(found.tasks)))[0]["video"]) == (["video-star-q-7"], "STARB/a.mp4")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (annotated(["temporal_range"], {"temporal_range": [0.5, 0.25]}, ["temporal_range"]), "the end is not after the start"),
        (annotated(["temporal_range"], {"temporal_range": [5, 9]}, ["temporal_range"]), "times that are no shares of a known duration"),
        (
            annotated(["normalized_time"], {"normalized_time": 0.5}, ["timestamp"], duration=None),
            "times that are no shares of a known duration",
        ),
        (annotated(["x"], {}, ["sentence"]), "no label"),
        (annotated([], {}, []), "no label"),
        (annotated(["x"], {"x": "y"}, ["sentence"], video_path=""), "no video or no id"),
        (
            annotated(["action_after_action"], {"action_after_action": "b"}, ["sentence"], video_path="FineDiving/a.mp4"),
            "its order is by class number, not by time",
        ),
        (
            annotated(["location"], {"location": [0.1, 0.2, 0.3, 0.4]}, ["bbox"]),
            "a box in a padded square; its frame's width and height are not told",
        ),
    ],
)
def test_video_star_annotations_that_say_nothing_sure(tmp_path: Path, row: dict[str, Any], reason: str) -> None:
    assert read(tmp_path, "video-star", {"train.json": json.dumps([row])}).account.rows_dropped == {reason: 1}


def test_boxes_of_padded_squares_are_taken_back_to_the_frame(tmp_path: Path) -> None:
    row = annotated(["location"], {"location": [0.25, 0.375, 0.75, 0.5]}, ["bbox"])
    found = read(tmp_path, "video-star", {"train.json": json.dumps([row])}, "width=400", "height=200")
    assert found.labels("location") == [{"kind": "box", "x1": 0.25, "y1": 0.25, "x2": 0.75, "y2": 0.5}]


def test_llava_style_conversations(tmp_path: Path) -> None:
    turns = [{"from": "human", "value": "<video>\nwhat is it"}, {"from": "gpt", "value": "A cat."}]
    rows = [
        {"id": "1", "video": "-a.mp4", "conversations": turns},
        {"id": "2", "video": "b.mp4", "conversations": [*turns, *turns]},
        {
            "id": "3",
            "video": "c.mp4",
            "conversations": turns,
            "label": {"identify": "cat"},
            "label_type": ["identify"],
            "verifier_type": ["x"],
        },
        {"id": "4", "conversations": turns},
        {"id": "5", "video": "d.mp4", "conversations": turns[:1]},
    ]
    found = read(tmp_path, "vstar-1m", {"starb.json": json.dumps(rows)})
    assert [(row["video"], row["question"], row["label"]) for row in found.rows.values()] == [
        ("-a.mp4", "What is it?", {"kind": "text", "value": "A cat."}),
        ("b.mp4", "What is it?", {"kind": "text", "value": "A cat."}),
        ("c.mp4", "What is it?", {"kind": "category", "value": "cat"}),
    ]
    assert found.account.left_out == {"later turns, which need the ones before": 1}
    assert found.account.rows_dropped == {"no video is named, or several": 1, "no question and answer": 1}


def test_our_own_samples_come_back_the_same(tmp_path: Path) -> None:
    first = read(tmp_path, "kinetics", {"val.csv": "label,youtube_id,time_start,time_end,split\nit's (a) x,-b,1,9,val\nyoga,c,2,8,train\n"})
    text = (tmp_path / "samples.jsonl").read_text()
    again = read(tmp_path, "samples", {"first.jsonl": text + '{"id": 3}\n'}, out=tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_text() == text
    assert again.rows == first.rows
    assert again.account.rows_dropped == {"not a sample": 1}
    assert again.account.cases["not a sample"][0].startswith("first.jsonl:3 (")


def test_samples_of_an_export_come_back_the_same(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    first = read(tmp_path, "kinetics", {"val.csv": "label,youtube_id,time_start,time_end,split\nit's (a) x,-b,1,9,val\nyoga,c,2,8,train\n"})
    nested = [{**row, "label": json.dumps(row["label"]), "meta": json.dumps(row["meta"])} for row in first.rows.values()]
    (tmp_path / "export").mkdir()
    pq.write_table(pa.Table.from_pylist(nested), tmp_path / "export" / "samples.parquet")
    pq.write_table(pa.Table.from_pylist([{"id": "other"}]), tmp_path / "export" / "conversations.parquet")
    again = read_paths(tmp_path, "samples", (str(tmp_path / "export"),), out=tmp_path / "again.jsonl")
    assert again.rows == first.rows
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "samples.jsonl").read_bytes()


def test_whole_paths_below_the_folder_of_videos_are_written_from_there(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    row = {"id": "1", "video": str(tmp_path / "videos" / "a.mp4"), "question": "?", "label": {"kind": "count", "value": 1}}
    found = read(tmp_path, "samples", {"s.jsonl": lines(row, {**row, "id": "2", "video": "/etc/passwd"})}, video_root=tmp_path / "videos")
    assert [(sample["video"], sample["group"]) for sample in found.rows.values()] == [("videos/a.mp4", "a.mp4")]
    assert found.account.rows_dropped == {"a path that leaves the folder of videos": 1}


def mtl(**changes: Any) -> bytes:
    dive = {
        "start_frame": 7377,
        "end_frame": 7462,
        "position": 2,
        "difficulty": 3.2,
        "armstand": 0,
        "rotation_type": 2,
        "ss_no": 7,
        "tw_no": 0,
    }
    return pickle.dumps({(np.int64(1), 1): {**dive, "final_score": 88.0, **changes}})


def test_mtl_aqa_numbers_become_words(tmp_path: Path) -> None:
    found = read(tmp_path, "mtl-aqa", {"a.pkl": mtl()})
    assert found.labels("position") == [{"kind": "category", "value": "tuck", "classes": ["free", "pike", "tuck"]}]
    assert found.labels("rotation")[0]["value"] == "inward"
    assert found.labels("somersaults")[0]["value"] == 3.5
    assert found.labels("armstand") == [{"kind": "boolean", "value": False}]
    assert found.of("score")[0]["video"] == "01_01.mp4"
    assert found.of("score")[0]["start_seconds"] == 0.0
    whole = read(tmp_path, "mtl-aqa", {"a.pkl": mtl()}, "fps=25").of("score")[0]
    assert (whole["video"], whole["start_seconds"], whole["end_seconds"]) == ("01.mp4", 295.08, 298.52)


def test_mtl_aqa_bad_dives(tmp_path: Path) -> None:
    assert read(tmp_path, "mtl-aqa", {"a.pkl": mtl(position=9)}).account.left_out == {"an unknown number for the position": 1}
    assert read(tmp_path, "mtl-aqa", {"a.pkl": mtl(end_frame=1)}, "fps=25").account.rows_dropped == {"no usable frames": 1}
    with pytest.raises(DataError, match="its name says neither train nor test"):
        read(tmp_path, "mtl-aqa", {"a.pkl": mtl(), "b.pkl": pickle.dumps([(1, 1)])})
    assert read(tmp_path, "tgif-qa", {"a.csv": lines() + "gif_name\tquestion\tanswer\tvid_id\n"}).rows == {}
