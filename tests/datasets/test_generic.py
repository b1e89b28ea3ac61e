"""Any table, folders of classes, lists by mapping: guesses are said, what is told is checked, every ending gives the same samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.datasets.reading import Read, lines, read, read_paths, real_files
from videostar.cli import commands
from videostar.datasets import tables
from videostar.datasets.lists import mappings
from videostar.errors import DataError, MissingExtraError

ROWS = [
    {"file": "clips/a.mp4", "class": "it's (a) yoga", "t0": "00:00:01.50", "t1": "3", "split": "val", "note": "x"},
    {"file": "-b.mp4", "class": "arm wrestling", "t0": "0", "t1": "2", "split": "train", "note": "y"},
    {"file": "c.mp4", "class": "", "t0": "", "t1": "", "split": "test", "note": ""},
]
TOLD = ("start=t0", "end=t1")


def delimited(mark: str) -> str:
    return "\n".join(mark.join(row) for row in [list(ROWS[0]), *(list(row.values()) for row in ROWS)]) + "\n"


def arrow(kind: str, rows: list[dict[str, Any]]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    sink, table = pa.BufferOutputStream(), pa.Table.from_pylist(rows)
    if kind == "parquet":
        pq.write_table(table, sink)
    else:
        with (pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file)(sink, table.schema) as writer:
            writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def bare(found: Read) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in ("id", "question")} for row in found.rows.values()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.tsv", delimited("\t")),
        ("t.csv", delimited("\t")),
        ("t.json", json.dumps(ROWS)),
        ("t.json", lines(*ROWS)),
        ("t.jsonl", lines(*ROWS)),
        ("t.parquet", "parquet"),
        ("t.arrow", "stream"),
        ("t.arrow", "file"),
    ],
)
def test_a_table_gives_the_same_samples_in_every_file(tmp_path: Path, name: str, content: str) -> None:
    plain = read(tmp_path, "table", {"t.csv": delimited(",")}, *TOLD)
    found = read(tmp_path, "table", {name: arrow(content, ROWS) if name.endswith(("parquet", "arrow")) else content}, *TOLD)
    assert bare(found) == bare(plain)
    assert bare(plain)[0] == {
        "video": "clips/a.mp4",
        "start_seconds": 1.5,
        "end_seconds": 3.0,
        "task": "action",
        "split": "validation",
        "source": "table",
        "group": "clips/a.mp4",
        "meta": {"note": "x"},
        "label": {"kind": "category", "value": "it's (a) yoga", "classes": ["arm wrestling", "it's (a) yoga"]},
    }
    assert found.account.rows_dropped == {"no label": 1}


def test_guesses_are_shown_before_the_rows_are_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("path,category,junk\na.mp4,yoga,1\n")
    done = CliRunner().invoke(commands, ["import", "table", str(tmp_path / "t.csv"), "--out", str(tmp_path / "s.jsonl")])
    assert done.exit_code == 0
    assert done.output.splitlines()[0] == (
        't.csv: video from "path" (guessed), label from "category" (guessed); change with --set video=COLUMN; 1 classes'
    )


def test_a_column_that_is_told_wins_and_one_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    text = "path,other,category\na.mp4,b.mp4,yoga\n"
    assert bare(read(tmp_path, "table", {"t.csv": text}, "video=other"))[0]["video"] == "b.mp4"
    with pytest.raises(DataError, match=r't\.csv has no column "othr" \(did you mean "other"\?\); its columns are path, other, category'):
        read(tmp_path, "table", {"t.csv": text}, "video=othr")
    with pytest.raises(DataError, match=r"none is known to hold a label, or a question and an answer\. Say which: --set video=COLUMN"):
        read(tmp_path, "table", {"t.csv": "video,x\na,b\n"})
    with pytest.raises(DataError, match='"kind" must be one of category, text, number'):
        read(tmp_path, "table", {"t.csv": text}, "kind=score")


def test_questions_with_answers_and_choices(tmp_path: Path) -> None:
    rows = [
        {"video": "a.mp4", "question": "how many times?", "answer": "3"},
        {"video": "a.mp4", "question": "is it so", "answer": "No."},
        {"video": "a.mp4", "question": "which?", "answer": "(B)", "options": ["x", "y"]},
        {"video": "a.mp4", "question": "which?", "answer": "x", "options": ["x", "y"]},
        {"video": "a.mp4", "question": "which?", "answer": "C", "options": ["x", "y"]},
        {"video": "a.mp4", "question": "which?", "answer": ""},
        "not an object",
    ]
    found = read(tmp_path, "table", {"t.jsonl": lines(*rows)})
    assert [label["kind"] for label in found.labels("question")] == ["count", "boolean", "choice", "choice"]
    assert [label.get("answer") for label in found.labels("question")[2:]] == [1, 0]
    assert found.account.rows_dropped == {"the answer is none of the choices": 1, "no answer": 1, "no video is named": 1}
    assert found.account.cases["the answer is none of the choices"] == ["t.jsonl:5 (C)"]


@pytest.mark.parametrize(
    ("settings", "cell", "label"),
    [
        (
            ("kind=number", "minimum=0", "maximum=100", "unit=points"),
            "65.6",
            {"value": 65.6, "unit": "points", "minimum": 0, "maximum": 100},
        ),
        (("kind=count",), "3", {"value": 3}),
        (("kind=boolean",), "no", {"value": False}),
        (("kind=timestamp",), "01:02.5", {"value_seconds": 62.5}),
        (("kind=sequence",), "a; b;c", {"value": ["a", "b", "c"]}),
        (("kind=set",), "a;b", {"value": ["a", "b"]}),
        (("kind=text",), "a cat", {"value": "a cat"}),
    ],
)
def test_a_label_column_may_hold_any_kind(tmp_path: Path, settings: tuple[str, ...], cell: str, label: dict[str, Any]) -> None:
    found = read(tmp_path, "table", {"t.csv": f"video,label\na.mp4,{cell}\nb.mp4,\n"}, *settings)
    kind = settings[0].removeprefix("kind=")
    assert found.labels("action") == [{"kind": kind, **label}]


def test_a_label_that_does_not_fit_its_kind_is_dropped_with_its_line(tmp_path: Path) -> None:
    found = read(tmp_path, "table", {"t.csv": "video,label\na.mp4,many\nb.mp4,3\n"}, "kind=count")
    assert found.account.rows_dropped == {"no usable label": 1}
    assert found.account.cases["no usable label"][0].startswith("t.csv:2 (value ")


def test_labels_of_ours_in_a_json_table_are_taken_as_they_are(tmp_path: Path) -> None:
    row = {"video": "a.mp4", "label": {"kind": "interval", "windows": [[1, 2]]}, "question": "When?"}
    assert read(tmp_path, "table", {"t.jsonl": lines(row)}).labels("question") == [{"kind": "interval", "windows": [[1.0, 2.0]]}]


@pytest.mark.parametrize(
    ("settings", "row", "span"),
    [
        (("times=frames", "fps=25"), "a.mp4,x,50,100,", (2.0, 4.0)),
        (("times=shares",), "a.mp4,x,0.25,0.5,20", (5.0, 10.0)),
        ((), "a.mp4,x,00:01:00.25,00:01:01,", (60.25, 61.0)),
    ],
)
def test_times_in_frames_shares_and_clock_times(tmp_path: Path, settings: tuple[str, ...], row: str, span: tuple[float, float]) -> None:
    found = read(tmp_path, "table", {"t.csv": f"video,label,start,end,duration\n{row}\n"}, *settings)
    assert [(sample["start_seconds"], sample["end_seconds"]) for sample in found.rows.values()] == [span]


def test_times_that_do_not_fit_their_unit(tmp_path: Path) -> None:
    text = "video,label,start,end,duration\na.mp4,x,5,9,20\nb.mp4,x,noon,,\nc.mp4,x,3,2,\n"
    assert read(tmp_path, "table", {"t.csv": text}, "times=shares").account.rows_dropped == {"a time that is not in shares": 3}
    assert read(tmp_path, "table", {"t.csv": text}).account.rows_dropped == {
        "a time that is not in seconds": 1,
        "the end is not after the start": 1,
    }
    with pytest.raises(DataError, match="times in frames need their rate: --set fps=25"):
        read(tmp_path, "table", {"t.csv": text}, "times=frames")


def test_many_classes_do_not_stand_in_every_row(tmp_path: Path) -> None:
    text = "video,label\n" + "".join(f"{number}.mp4,class {number}\n" for number in range(100))
    assert "classes" not in read(tmp_path, "table", {"t.csv": text}).labels("action")[0]


def test_a_labels_file_beside_its_videos(tmp_path: Path) -> None:
    for name in ("data/videos/x/a1.mp4", "data/videos/y/b2.webm"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "data" / "labels.csv").write_text("name,label\na1,yoga\nb2,cooking\n")
    found = read_paths(tmp_path, "table", (str(tmp_path / "data"),))
    assert [row["video"] for row in found.rows.values()] == ["data/videos/x/a1.mp4", "data/videos/y/b2.webm"]
    with pytest.raises(DataError, match="holds no table; where its folders are the classes, use the format folder"):
        read_paths(tmp_path, "table", (str(tmp_path / "data" / "videos"),))


def test_a_folder_per_class_with_folders_of_splits(tmp_path: Path) -> None:
    for name in ("c/train/apply_eye makeup/a.avi", "c/test/yoga/-b.mp4", "c/test/yoga/notes.txt", "c/top.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = read_paths(tmp_path, "folder", (str(tmp_path / "c"),))
    assert [(row["video"], row["split"], row["label"]["value"]) for row in found.rows.values()] == [
        ("c/test/yoga/-b.mp4", "test", "yoga"),
        ("c/train/apply_eye makeup/a.avi", "train", "apply eye makeup"),
    ]
    assert found.labels("action")[0]["classes"] == ["apply eye makeup", "yoga"]
    assert found.account.rows_dropped == {"not in a folder of a class": 1}
    with pytest.raises(DataError, match="name one folder, in which each class has a folder of videos"):
        read(tmp_path, "folder", {"t.csv": ""})


def test_a_folder_of_the_datasets_library(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = [{"video": f"v{number}.mp4", "label": "yoga" if number % 2 else "cooking"} for number in range(5)]
    datasets.Dataset.from_list(rows).save_to_disk(str(tmp_path / "alone"))
    datasets.DatasetDict({"train": datasets.Dataset.from_list(rows[:3]), "test": datasets.Dataset.from_list(rows[3:])}).save_to_disk(
        str(tmp_path / "both")
    )
    alone = read_paths(tmp_path, "table", (str(tmp_path / "alone"),))
    assert sorted(row["video"] for row in alone.rows.values()) == sorted(f"alone/v{number}.mp4" for number in range(5))
    both = read_paths(tmp_path, "table", (str(tmp_path / "both"),))
    assert both.account.splits == {"train": 3, "test": 2}


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(
        MissingExtraError, match=r"t\.parquet: reading Parquet and Arrow needs pyarrow; pip install 'videostar\[datasets\]'"
    ):
        read(tmp_path, "table", {"t.parquet": b"PAR1"})


def test_a_broken_parquet_file_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(DataError, match=r"t\.parquet is no readable table"):
        read(tmp_path, "table", {"t.parquet": b"PAR1 and no more"})
    with pytest.raises(DataError, match=r"has the ending '\.xlsx'; tables are \.csv, \.tsv"):
        read(tmp_path, "table", {"t.xlsx": b""})


def test_a_video_feature_gives_its_path(tmp_path: Path) -> None:
    found = read(tmp_path, "table", {"t.parquet": arrow("parquet", [{"video": {"bytes": None, "path": "a.mp4"}, "label": 3}])})
    assert bare(found)[0]["video"] == "a.mp4"


def test_rows_of_parquet_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH_ROWS", 2)
    rows = [{"video": f"{number}.mp4", "label": "x"} for number in range(5)]
    assert list(read(tmp_path, "table", {"t.parquet": arrow("parquet", rows)}).rows) == [
        f"table-t-{number}-action" for number in range(1, 6)
    ]


def test_a_number_after_the_name_draws_so_many(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text(lines(*({"video": f"{number}.mp4", "label": "x"} for number in range(50))))
    drawn = read_paths(tmp_path, "table", (f"{tmp_path / 'data.jsonl'}#7",))
    assert len(drawn.rows) == 7
    assert drawn.rows == read_paths(tmp_path, "table", (str(tmp_path / "data.jsonl"),), limit=7).rows
    with pytest.raises(DataError, match="is said twice"):
        read_paths(tmp_path, "table", (f"{tmp_path / 'data.jsonl'}#7",), limit=3)


@pytest.mark.parametrize(
    ("name", "line", "label", "video"),
    [
        (
            "ucf101",
            "ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi ApplyEyeMakeup 0",
            "apply eye makeup",
            "ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi",
        ),
        ("ucf101", "YoYo/v_YoYo_g01_c02.avi", "yo yo", "YoYo/v_YoYo_g01_c02.avi"),
        ("ucf101", "TaiChi/v_TaiChi_g01_c02.avi 91", "tai chi", "TaiChi/v_TaiChi_g01_c02.avi"),
        ("hmdb51", "smile/Re-_Show_your_Smile!_1_-x.avi brush_hair 0", "brush hair", "smile/Re-_Show_your_Smile!_1_-x.avi"),
        ("video-list", "my clips/a (1).mp4 two words 3", "two words", "my clips/a (1).mp4"),
        ("video-list", "a.webm,it's", "it's", "a.webm"),
    ],
)
def test_lists_of_video_and_class(tmp_path: Path, name: str, line: str, label: str, video: str) -> None:
    found = read(tmp_path, name, {"trainlist01.txt": f"{line}\nnonsense\n"})
    assert [(row["label"]["value"], row["video"], row["split"]) for row in found.rows.values()] == [(label, video, "train")]
    assert found.account.rows_dropped == {"no video file is named": 1}


def test_clips_of_one_recording_stay_together(tmp_path: Path) -> None:
    found = read(tmp_path, "ucf101", {"all.txt": "A/v_A_g01_c01.avi A 0\nA/v_A_g01_c02.avi A 0\nA/v_A_g02_c01.avi A 0\n"})
    assert [row["group"] for row in found.rows.values()] == ["v_A_g01", "v_A_g01", "v_A_g02"]


def test_the_split_files_of_hmdb51_say_class_by_name_and_split_by_number(tmp_path: Path) -> None:
    found = read(tmp_path, "hmdb51-splits", {"brush_hair_test_split1.txt": "a.avi 1\nb.avi 2\nc.avi 0\n"})
    assert [(row["video"], row["split"], row["label"]["value"]) for row in found.rows.values()] == [
        ("a.avi", "train", "brush hair"),
        ("b.avi", "test", "brush hair"),
    ]
    assert found.account.rows_dropped == {"in no split of this list": 1}


def test_a_list_without_labels_and_folders_is_dropped(tmp_path: Path) -> None:
    assert read(tmp_path, "video-list", {"test.txt": "a.avi\n"}).account.rows_dropped == {"no label": 1}


@pytest.mark.parametrize(("name", "file", "count"), [("ucf101", "ucf101_split.txt", 20), ("hmdb51", "hmdb51_split.txt", 20)])
def test_the_real_lists_are_read_whole(tmp_path: Path, name: str, file: str, count: int) -> None:
    found = read_paths(tmp_path, name, real_files(file))
    assert found.account.rows_used == found.account.rows_in >= count - 5
    assert {label["value"] for label in found.labels("action")} <= {"apply eye makeup", "smile"}


def test_every_mapping_reads_the_row_that_it_shows(tmp_path: Path) -> None:
    for name, mapping in mappings().items():
        found = read(tmp_path, name, {"brush_hair_test_split1.txt": f"{mapping.row}\n"})
        assert found.account.rows_used == 1, name
