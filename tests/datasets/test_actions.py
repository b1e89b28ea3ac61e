"""Kinetics, Something-Something v2, Charades, STAR, FineDiving: rows of the real shape, whole samples, and the traps of each."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.reading import lines, read

KINETICS = "label,youtube_id,time_start,time_end,split,is_cc\n"
CHARADES = "id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length\n"
CLASSES = "c001 Putting clothes somewhere\nc075 Tidying up a blanket/s\nc076 Holding a pillow\nc077 Putting a pillow somewhere\n"


def test_kinetics_ids_with_a_dash_and_labels_with_marks_stay_as_they_are(tmp_path: Path) -> None:
    rows = "massaging person's head,-a_bC-,7,17,train,0\nbackflip (human),--x,107,117,validate,0\n"
    found = read(tmp_path, "kinetics", {"k.csv": KINETICS + rows})
    assert list(found.rows.values()) == [
        {
            "id": "kinetics--a_bC--7-action",
            "video": "-a_bC-_000007_000017.mp4",
            "question": found.rows["kinetics--a_bC--7-action"]["question"],
            "start_seconds": 0.0,
            "end_seconds": None,
            "task": "action",
            "split": "train",
            "source": "kinetics",
            "group": "-a_bC-",
            "meta": {},
            "label": {"kind": "category", "value": "massaging person's head"},
        },
        {
            "id": "kinetics---x-107-action",
            "video": "--x_000107_000117.mp4",
            "question": found.rows["kinetics---x-107-action"]["question"],
            "start_seconds": 0.0,
            "end_seconds": None,
            "task": "action",
            "split": "validation",
            "source": "kinetics",
            "group": "--x",
            "meta": {},
            "label": {"kind": "category", "value": "backflip (human)"},
        },
    ]


def test_kinetics_whole_videos_are_cut_by_their_times(tmp_path: Path) -> None:
    rows = "yoga,a,7,17,train,0\nyoga,b,,,train,0\nyoga,c,9,9,train,0\n"
    found = read(tmp_path, "kinetics", {"k.csv": KINETICS + rows}, "clips=whole")
    assert [(row["video"], row["start_seconds"], row["end_seconds"]) for row in found.rows.values()] == [("a.mp4", 7.0, 17.0)]
    assert found.account.rows_dropped == {"a time is missing": 1, "the end is not after the start": 1}


def test_kinetics_test_lists_without_labels_give_dropped_rows_and_no_samples(tmp_path: Path) -> None:
    found = read(tmp_path, "kinetics", {"test.csv": "youtube_id,time_start,time_end,split\na,7,17,test\nb,1,11,test\n"})
    assert found.rows == {}
    assert found.account.rows_dropped == {"no label": 2}


def test_something_something(tmp_path: Path) -> None:
    rows = [
        {
            "id": "78687",
            "label": "holding potato next to box",
            "template": "Holding [something] next to [something]",
            "placeholders": ["potato", "box"],
        },
        {"id": 5, "label": "", "template": "Pushing [something]", "placeholders": []},
        {"id": "6"},
        {"label": "x"},
    ]
    found = read(tmp_path, "something-something-v2", {"something-something-v2-train.json": json.dumps(rows)})
    assert found.tasks == {"action": 2, "caption": 1, "objects": 1}
    assert found.labels("action") == [
        {"kind": "category", "value": "Holding something next to something", "aliases": ["holding potato next to box"]},
        {"kind": "category", "value": "Pushing something"},
    ]
    assert found.labels("objects") == [{"kind": "set", "value": ["potato", "box"]}]
    assert found.account.rows_dropped == {"no label": 1, "no video is named": 1}
    assert found.account.splits == {"train": 4}


def charades(actions: str, length: str = "16.62") -> str:
    return f'YSKX3,CP6Y,Closet / Walk-in closet (x),5,6,Yes,"A person, alone.",bed;pillow,First one;Second one.,{actions},{length}\n'


def test_charades_asks_all_that_its_times_support(tmp_path: Path) -> None:
    actions = "c077 9.00 12.00;c076 5.00 8.00;c075 0.00 4.00"
    found = read(tmp_path, "charades", {"Charades_v1_train.csv": CHARADES + charades(actions), "classes.txt": CLASSES})
    assert found.labels("order") == [
        {"kind": "sequence", "value": ["Tidying up a blanket/s", "Holding a pillow", "Putting a pillow somewhere"]}
    ]
    assert found.labels("when")[1] == {"kind": "timestamp", "value_seconds": 5.0}
    assert found.labels("interval")[0] == {"kind": "interval", "windows": [[0.0, 4.0]]}
    assert sorted(label["value"] for label in found.labels("before")) == ["Holding a pillow", "Tidying up a blanket/s"]
    assert sorted(label["value"] for label in found.labels("after")) == ["Holding a pillow", "Putting a pillow somewhere"]
    assert found.labels("scene") == [{"kind": "category", "value": "Closet", "aliases": ["Walk-in closet", "Closet / Walk-in closet (x)"]}]
    assert found.labels("caption") == [{"kind": "text", "value": "A person, alone.", "references": ["First one", "Second one."]}]
    after = next(row for row in found.of("after") if row["label"]["value"] == "Holding a pillow")
    assert '"Tidying up a blanket/s"' in after["question"]
    assert (after["video"], after["group"], after["split"]) == ("YSKX3.mp4", "YSKX3.mp4", "train")


def test_an_action_that_ends_past_the_end_is_cut_and_one_that_starts_there_is_left_out(tmp_path: Path) -> None:
    files = {"c.csv": CHARADES + charades("c077 12.10 18.00;c076 16.70 17.50;c075 5.40 3.10"), "classes.txt": CLASSES}
    found = read(tmp_path, "charades", files)
    assert found.labels("interval") == [{"kind": "interval", "windows": [[12.1, 16.62]]}]
    assert found.account.mended == {"an end was cut to the video's length": 1}
    assert found.account.left_out == {"it starts after the video's end": 1, "the end is not after the start": 1}
    assert found.account.cases["it starts after the video's end"] == ["c.csv:2 (Holding a pillow: 16.7 s of 16.62 s)"]


def test_charades_rows_without_actions_keep_the_rest(tmp_path: Path) -> None:
    files = {"c.csv": CHARADES + charades("") + charades("c077;c999 1 2;c076 x y").replace("YSKX3", "B"), "classes.txt": CLASSES}
    found = read(tmp_path, "charades", files)
    assert found.tasks == {"scene": 2, "caption": 2, "objects": 2}
    assert found.account.left_out == {
        "an action without two times": 1,
        "an action code without a name; add the class file": 1,
        "a time is missing": 1,
    }


def test_overlapping_actions_are_not_asked_for_before_and_after(tmp_path: Path) -> None:
    files = {"c.csv": CHARADES + charades("c077 1.0 9.0;c076 2.0 8.0;c075 10.0 12.0"), "classes.txt": CLASSES}
    assert not {"before", "after", "order"} & set(read(tmp_path, "charades", files).tasks)


def test_an_action_that_comes_back_is_counted_and_has_several_windows(tmp_path: Path) -> None:
    files = {"c.csv": CHARADES + charades("c077 1.0 2.0;c077 5.0 6.0;c075 10.0 12.0"), "classes.txt": CLASSES}
    found = read(tmp_path, "charades", files)
    assert sorted((row["question"].count("pillow"), row["label"]["value"]) for row in found.of("how_many")) == [(0, 1), (1, 2)]
    assert {"kind": "interval", "windows": [[1.0, 2.0], [5.0, 6.0]]} in found.labels("interval")
    assert len(found.of("when")) == 1, "what happens twice has no one beginning"


STAR: dict[str, Any] = {
    "question_id": "Interaction_T1_13",
    "question": "Which object was tidied up by the person?",
    "video_id": "6H78U",
    "start": 11.1,
    "end": 19.6,
    "answer": "The clothes.",
    "choices": [{"choice_id": number, "choice": text} for number, text in enumerate(["The closet/cabinet.", "The clothes."])],
}
SITUATIONS = {
    "000361": {
        "actions": ["a001", "a000"],
        "rel_pairs": [["o000", "o019"], ["o000", "o019"]],
        "rel_labels": ["r009", "r002"],
        "bbox": [[0, 0, 240, 135], [120, 27, 480, 270]],
        "bbox_labels": ["o000", "o019"],
    },
    "000100": {"actions": ["a000"], "rel_pairs": [], "rel_labels": [], "bbox": [], "bbox_labels": []},
    "000380": {"actions": [], "bbox": [[0, 0, 600, 100]], "bbox_labels": ["o019"]},
}
STAR_CLASSES = {
    "action_classes.txt": "a000 hold some clothes\na001 put clothes somewhere\n",
    "object_classes.txt": "o000 person\no019 clothes\n",
    "relationship_classes.txt": "r002 in_front_of\nr009 holding\n",
}


def test_star_asks_its_own_question_with_its_choices(tmp_path: Path) -> None:
    rows = [STAR, {**STAR, "question_id": "x", "answer": "None."}, {**STAR, "question_id": "y", "answer": None}, {**STAR, "start": None}]
    found = read(tmp_path, "star", {"STAR_val.json": json.dumps(rows)})
    assert list(found.rows.values()) == [
        {
            "id": "star-6H78U-Interaction_T1_13",
            "video": "6H78U.mp4",
            "question": "Which object was tidied up by the person?",
            "start_seconds": 11.1,
            "end_seconds": 19.6,
            "task": "interaction",
            "split": "validation",
            "source": "star",
            "group": "6H78U",
            "meta": {},
            "label": {"kind": "choice", "options": ["The closet/cabinet.", "The clothes."], "answer": 1},
        }
    ]
    assert found.account.rows_dropped == {"the answer is none of the choices": 1, "no label": 1, "no video or no times": 1}


def test_star_situations_give_actions_relations_boxes_and_what_is_in_them(tmp_path: Path) -> None:
    files = {"STAR_train.json": lines({**STAR, "situations": SITUATIONS}), **STAR_CLASSES}
    found = read(tmp_path, "star", files, "fps=30", "width=480", "height=270")
    assert found.labels("actions") == [{"kind": "set", "value": ["hold some clothes", "put clothes somewhere"]}], "by time"
    assert found.labels("relation") == [{"kind": "set", "value": ["holding", "in front of"]}]
    at = round(360 / 30 - 11.1, 2)
    assert {"kind": "box", "x1": 0.25, "y1": 0.1, "x2": 1.0, "y2": 1.0, "at_seconds": at} in found.labels("where")
    assert [label["value"] for label in found.labels("identify")] == ["person", "clothes"]
    assert "[0, 0, 0.5, 0.5]" in found.of("identify")[0]["question"] or "0.5" in found.of("identify")[0]["question"]
    assert found.account.left_out == {"a box outside the frame": 1}
    assert f"{at:g}" in found.of("where")[0]["question"]


def test_star_without_rate_and_size_asks_no_times_and_no_boxes(tmp_path: Path) -> None:
    files = {"STAR_train.json": lines({**STAR, "situations": SITUATIONS}), **STAR_CLASSES}
    assert read(tmp_path, "star", files).tasks == {"interaction": 1, "actions": 1}
    assert set(read(tmp_path, "star", files, "fps=30").tasks) == {"interaction", "actions", "relation"}


def dive(codes: list[int], **changes: Any) -> dict[str, Any]:
    names = {np.int64(2): "Back", np.int64(31): "1.5 Twists", np.int64(15): "2.5 Soms.Pike", np.int64(36): "Entry"}
    own = {"action_type": "5253b", "dive_score": 75.2, "difficulty": 3.2, "frames_labels": np.array(codes), "sub-action_types": names}
    return {**own, **changes}


def dives(**changes: Any) -> bytes:
    return pickle.dumps({("01", 3): dive([31] * 10 + [2] * 5 + [15] * 25 + [36] * 10, **changes)})


def test_sub_actions_stand_in_the_order_of_time_and_not_of_their_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "finediving", {"dives.pkl": dives()})
    assert found.labels("order") == [{"kind": "sequence", "value": ["1.5 twists", "back", "2.5 somersaults pike", "entry"]}]
    assert [label["value"] for label in found.labels("after")] == ["back", "2.5 somersaults pike", "entry"]
    assert [label["value"] for label in found.labels("before")] == ["1.5 twists", "back", "2.5 somersaults pike"]
    assert found.labels("how_many_steps") == [{"kind": "count", "value": 4}]
    assert found.labels("score") == [{"kind": "number", "value": 75.2, "minimum": 0.0, "maximum": 150.0}]
    assert found.labels("difficulty") == [{"kind": "number", "value": 3.2, "minimum": 1.0, "maximum": 5.0}]
    assert "when" not in found.tasks, "without a rate, frames are no times"
    assert found.rows["finediving-01-3-score"]["video"] == "01_3.mp4"


def test_with_a_rate_the_frames_become_seconds(tmp_path: Path) -> None:
    found = read(tmp_path, "finediving", {"dives.pkl": dives()}, "fps=25")
    assert [label["windows"] for label in found.labels("interval")] == [[[0.0, 0.4]], [[0.4, 0.6]], [[0.6, 1.6]], [[1.6, 2.0]]]
    assert found.labels("when")[2] == {"kind": "timestamp", "value_seconds": 0.6, "tolerance_seconds": 0.2}


def test_a_sub_action_without_a_name_is_looked_up_in_the_table_of_all(tmp_path: Path) -> None:
    alone = read(tmp_path, "finediving", {"dives.pkl": dives(**{"sub-action_types": {2: "Back", 15: "2.5 Soms.Pike", 36: "Entry"}})})
    assert alone.account.left_out == {"a sub-action without a name": 1}
    assert alone.tasks == {"score": 1, "difficulty": 1}
    table = pickle.dumps({2: "Back", 31: "1.5 Twists"})
    files = {"dives.pkl": dives(**{"sub-action_types": {2: "Back", 15: "2.5 Soms.Pike", 36: "Entry"}}), "table.pkl": table}
    found = read(tmp_path, "finediving", files)
    assert found.labels("order")[0]["value"][0] == "1.5 twists"
    assert found.labels("after")[0]["classes"] == ["back", "1.5 twists"]


def test_finediving_splits_come_from_their_lists_and_dives_in_none_are_dropped(tmp_path: Path) -> None:
    held = pickle.dumps({("01", number): dive([2, 15, 36]) for number in (1, 2, 3)})
    files = {"dives.pkl": held, "train_split.pkl": pickle.dumps([("01", 1)]), "test_split.pkl": pickle.dumps([("01", 2)])}
    found = read(tmp_path, "finediving", files)
    assert {row["id"].split("-")[2]: row["split"] for row in found.rows.values()} == {"1": "train", "2": "test"}
    assert found.account.rows_dropped == {"in none of the split files": 1}


@pytest.mark.parametrize("value", ["many", None, float("nan")])
def test_a_dive_without_a_score_keeps_its_steps(tmp_path: Path, value: Any) -> None:
    found = read(tmp_path, "finediving", {"dives.pkl": dives(dive_score=value)})
    assert found.account.left_out == {"no score": 1}
    assert found.tasks["order"] == 1
