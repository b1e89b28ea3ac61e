"""`videostar check`: every problem of a table and its videos is counted once, with its reason; what stays is written; exit codes tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.conftest import render_clip, sample_row, write_table
from videostar.checking import CheckRequest, Findings, check
from videostar.checking.rules import Limits, last_second
from videostar.cli import commands
from videostar.errors import DataError


def checked(folder: Path, rows: list[dict[str, Any]], **words: Any) -> Findings:
    """What is found of a table in a folder whose videos are clips/a.mp4, b.mp4 and c.mp4 (two seconds each)."""
    table = write_table(folder / "samples.jsonl", rows)
    found = check(CheckRequest((str(table),), workers=2, **words))
    assert found.rows == found.kept + sum(found.dropped.values())
    return found


def test_a_sound_table_is_clean(clips: Path) -> None:
    rows = [sample_row("1"), sample_row("2", video="clips/b.mp4", split="test", label={"kind": "count", "value": 3})]
    found = checked(clips, rows)
    assert found.is_clean
    assert found.kept == 2
    assert (found.statistics.tasks["(no task)"], found.statistics.splits) == (2, {"train": 1, "test": 1})


def test_missing_broken_and_empty_videos_are_told_apart(clips: Path) -> None:
    (clips / "clips" / "text.mp4").write_text("<html>not found</html>")
    (clips / "clips" / "empty.mp4").touch()
    rows = [sample_row(name, video=f"clips/{name}.mp4") for name in ("a", "none", "text", "empty")]
    found = checked(clips, rows)
    assert found.dropped == {"video missing": 1, "video unreadable": 1, "video empty": 1}
    assert found.cases["video missing"] == ["clips/none.mp4: no such file"]
    assert found.look.failures() == {"missing": 1, "unreadable": 1, "empty": 1}
    assert found.kept == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start_seconds": 2.0}, "starts after the video's end"),
        ({"start_seconds": 1.0, "end_seconds": 9.0}, "ends after the video's end"),
        ({"start_seconds": 1.0, "end_seconds": 1.1}, "shorter than 0.2 s"),
        ({"label": {"kind": "timestamp", "value_seconds": 3.0}}, "its label lies after the clip's end"),
        ({"label": {"kind": "interval", "windows": [[0, 1], [2, 4]]}}, "its label lies after the clip's end"),
        ({"start_seconds": 1.0, "label": {"kind": "timestamp", "value_seconds": 1.9}}, "its label lies after the clip's end"),
    ],
)
def test_a_stretch_that_the_video_does_not_have_is_dropped(clips: Path, changes: dict[str, Any], reason: str) -> None:
    assert checked(clips, [sample_row("1", **changes)]).dropped == {reason: 1}


def test_half_a_second_is_let_pass_where_annotations_round_up(clips: Path) -> None:
    assert checked(clips, [sample_row("1", end_seconds=2.4)]).is_clean


def test_limits_of_length_can_be_told(clips: Path) -> None:
    rows = [sample_row("1"), sample_row("2", end_seconds=1.0)]
    assert checked(clips, rows, limits=Limits(1.5, 10)).dropped == {"shorter than 1.5 s": 1}
    assert checked(clips, rows, limits=Limits(0.1, 1.5)).dropped == {"longer than 1.5 s": 1}


def test_copies_are_found_by_content_and_trained_on_only_where_none_is_held_out(clips: Path) -> None:
    (clips / "clips" / "copy.mp4").write_bytes((clips / "clips" / "a.mp4").read_bytes())
    rows = [
        sample_row("1", video="clips/a.mp4"),
        sample_row("2", video="clips/copy.mp4", split="test"),
        sample_row("3", video="clips/b.mp4", group="g"),
        sample_row("4", video="clips/c.mp4", group="g", split="validation", question="Else?"),
    ]
    found = checked(clips, rows)
    assert [[Path(path).name for path in same] for same in found.copies] == [["a.mp4", "copy.mp4"]]
    assert found.dropped == {"its video or group is held out too (test)": 1, "its video or group is held out too (validation)": 1}
    assert found.statistics.splits == {"test": 1, "validation": 1}


def test_files_of_equal_size_with_other_content_are_no_copies(clips: Path) -> None:
    data = bytearray((clips / "clips" / "a.mp4").read_bytes())
    data[-1] ^= 1
    (clips / "clips" / "other.mp4").write_bytes(data)
    assert checked(clips, [sample_row("1"), sample_row("2", video="clips/other.mp4", split="test")]).copies == ()


def test_the_same_question_about_the_same_content_stands_once(clips: Path) -> None:
    (clips / "clips" / "copy.mp4").write_bytes((clips / "clips" / "a.mp4").read_bytes())
    rows = [sample_row("1"), sample_row("2", video="clips/copy.mp4"), sample_row("3", question="Else?"), sample_row("1", question="Third?")]
    assert checked(clips, rows).dropped == {"the same question about the same clip": 1, "an id that stands already": 1}


def test_rows_that_are_no_samples_are_told_with_their_line(clips: Path) -> None:
    found = checked(clips, [sample_row("1"), sample_row("2", label={"kind": "count", "value": -1}), sample_row("3", video="../x.mp4")])
    assert found.dropped == {"not a sample": 1, "a path that leaves the folder of videos": 1}
    assert found.cases["not a sample"][0].startswith(f"{clips / 'samples.jsonl'}:2: ")


def test_several_tables_are_held_against_each_other(clips: Path) -> None:
    train = write_table(clips / "train.jsonl", [sample_row("1"), sample_row("2", video="clips/b.mp4")])
    test = write_table(clips / "test.jsonl", [sample_row("3", video="clips/b.mp4", split="test", question="Else?")])
    assert check(CheckRequest((str(train), str(test)), workers=2)).dropped == {"its video or group is held out too (test)": 1}


def test_classes_that_are_held_out_but_never_trained_on_are_named(clips: Path) -> None:
    other = {"kind": "category", "value": "cooking"}
    found = checked(clips, [sample_row("1", task="action"), sample_row("2", video="clips/b.mp4", split="test", task="action", label=other)])
    assert found.statistics.unseen_classes("action") == ["cooking"]


def test_what_stays_is_written(clips: Path) -> None:
    rows = [sample_row("1"), sample_row("2", video="clips/none.mp4")]
    checked(clips, rows, kept=clips / "kept.jsonl")
    assert [json.loads(line)["id"] for line in (clips / "kept.jsonl").read_text().splitlines()] == ["1"]
    assert check(CheckRequest((str(clips / "kept.jsonl"),), workers=1)).is_clean


def test_a_header_that_takes_too_long_costs_one_video(clips: Path) -> None:
    fifo = clips / "clips" / "slow.mp4"
    __import__("os").mkfifo(fifo)
    found = checked(clips, [sample_row("1"), sample_row("2", video="clips/slow.mp4")], seconds_per_file=3.0)
    assert found.dropped == {"video time limit": 1}


def test_the_command_says_what_it_found_and_its_exit_code_too(clips: Path) -> None:
    table = write_table(clips / "samples.jsonl", [sample_row("1", task="action"), sample_row("2", video="clips/none.mp4", task="action")])
    done = CliRunner().invoke(commands, ["check", str(table), "--workers", "1"])
    assert done.exit_code == 1
    assert "rows: 2 = 1 kept + 1 dropped" in done.output
    assert "dropped: 1 video missing\n    clips/none.mp4: no such file" in done.output
    assert "videos: 2, readable 1" in done.output
    assert "action: 1 (category)" in done.output
    assert done.output.splitlines()[-1] == f"next: videostar check {table} --kept kept.jsonl writes what stays"
    written = CliRunner().invoke(commands, ["check", str(table), "--workers", "1", "--kept", str(clips / "kept.jsonl")])
    assert written.exit_code == 0
    clean = CliRunner().invoke(commands, ["check", str(clips / "kept.jsonl"), "--workers", "1"])
    assert clean.exit_code == 0
    assert "videostar run CONFIG.yaml --dry-run" in clean.output


def test_the_exit_code_reaches_the_shell(clips: Path) -> None:
    table = write_table(clips / "samples.jsonl", [sample_row("1", video="clips/none.mp4")])
    command = [sys.executable, "-c", "import sys; from videostar.cli import main; sys.argv = ['videostar', 'check', sys.argv[1]]; main()"]
    assert subprocess.run([*command, str(table)], capture_output=True, check=False).returncode == 1


def test_tables_and_folders_that_are_not_there_are_told(clips: Path) -> None:
    with pytest.raises(DataError, match=r"there is no table none\.jsonl"):
        check(CheckRequest(("none.jsonl",)))
    table = write_table(clips / "empty.jsonl", [])
    with pytest.raises(DataError, match=r"empty\.jsonl: no usable row"):
        check(CheckRequest((str(table),)))


def test_the_last_moment_of_a_label() -> None:
    parts = {"a": {"kind": "count", "value": 900}, "b": {"kind": "timestamp", "value_seconds": 7.5}}
    assert last_second({"kind": "composite", "parts": parts}) == 7.5
    assert last_second({"kind": "box", "x1": 0, "y1": 0, "x2": 1, "y2": 1, "at_seconds": 2}) == 2
    assert last_second({"kind": "number", "value": 88.0}) == 0


def test_the_real_damaged_clips(real: Path) -> None:
    found = check(CheckRequest((str(real / "damaged.csv"),), workers=2, seconds_per_file=30))
    assert found.dropped["video empty"] == 1
    assert found.dropped["video no video stream"] == 1
    assert found.dropped["video unreadable"] >= 2
    assert found.kept >= 3
    assert check(CheckRequest((str(real / "actions.csv"),), workers=2, seconds_per_file=30)).is_clean


def test_a_video_without_a_length_in_its_header_is_kept(real: Path, tmp_path: Path) -> None:
    render_clip(tmp_path / "a.mp4", 40)
    (tmp_path / "b.webm").write_bytes((real / "videos" / "damaged" / "no_duration.webm").read_bytes())
    table = write_table(tmp_path / "t.jsonl", [sample_row("1", video="b.webm", end_seconds=900)])
    assert check(CheckRequest((str(table),), workers=1)).is_clean
