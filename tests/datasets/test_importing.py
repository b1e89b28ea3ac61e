"""`videostar import` as a whole: every row accounted for, splits, draws, paths, settings, the words for a person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import render_clip
from tests.datasets.reading import lines, read
from videostar.cli import commands
from videostar.datasets.importer import filled, split_of_file, tidy
from videostar.datasets.importers import IMPORTERS
from videostar.errors import DataError

KINETICS = "label,youtube_id,time_start,time_end,split,is_cc\n"


def kinetics(*rows: str) -> dict[str, str]:
    return {"val.csv": KINETICS + "".join(f"{row}\n" for row in rows)}


def test_rows_in_are_rows_used_and_rows_dropped_by_reason_with_their_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "kinetics", kinetics("yoga,a,1,11,val,0", ",b,1,11,val,0", "yoga,,1,11,val,0", "yoga,a,1,11,val,0"))
    assert (found.account.rows_in, found.account.rows_used) == (4, 1)
    assert found.account.rows_dropped == {"no label": 1, "no video is named": 1, "an id that stands already": 1}
    assert found.account.cases["no label"] == ["val.csv:3 (b)"]
    assert found.account.cases["an id that stands already"] == ["val.csv:5 (kinetics-a-1-action)"]


def test_a_path_that_leaves_the_folder_is_dropped(tmp_path: Path) -> None:
    found = read(tmp_path, "kinetics", kinetics("yoga,../../etc/a,1,11,val,0", "yoga,/etc/b,1,11,val,0", "yoga,..c,1,11,val,0"))
    assert found.account.rows_dropped == {"a path that leaves the folder of videos": 2}
    assert [row["video"] for row in found.rows.values()] == ["..c_000001_000011.mp4"]


def test_videos_are_found_below_the_folder_by_name_and_named_from_the_table(tmp_path: Path) -> None:
    for path in ("videos/yoga/a_000001_000011.mkv", "videos/x/b_000001_000011.mp4", "videos/y/b_000001_000011.mp4"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = read(tmp_path, "kinetics", kinetics("yoga,a,1,11,val,0", "yoga,b,1,11,val,0"), video_root=tmp_path / "videos")
    videos = [row["video"] for row in found.rows.values()]
    assert videos == ["videos/yoga/a_000001_000011.mkv", "videos/b_000001_000011.mp4"], "two files called b: neither is taken"
    assert found.account.missing == 1
    elsewhere = read(tmp_path, "kinetics", kinetics("yoga,a,1,11,val,0"), video_root=tmp_path / "videos", out=tmp_path / "out" / "a.jsonl")
    assert [row["video"] for row in elsewhere.rows.values()] == ["yoga/a_000001_000011.mkv"]


def test_a_draw_by_seed_is_the_same_in_any_order_and_another_for_another_seed(tmp_path: Path) -> None:
    rows = [f"yoga,v{number},1,11,val,0" for number in range(60)]
    drawn = read(tmp_path, "kinetics", kinetics(*rows), limit=10)
    assert list(drawn.rows) == sorted(drawn.rows, key=lambda name: int(name.split("-")[1][1:])), "in the order of the file"
    assert len(drawn.rows) == 10
    assert drawn.account.rows_in == 60
    assert set(read(tmp_path, "kinetics", kinetics(*reversed(rows)), limit=10).rows) == set(drawn.rows)
    assert set(read(tmp_path, "kinetics", kinetics(*rows), limit=10, seed=1).rows) != set(drawn.rows)


def test_splits_are_made_by_video_where_the_source_has_none(tmp_path: Path) -> None:
    rows = [f"yoga,v{number // 2},{number},99," for number in range(2000)]
    found = read(tmp_path, "kinetics", {"list.csv": KINETICS + "\n".join(rows)})
    of_video: dict[str, set[str]] = {}
    for row in found.rows.values():
        of_video.setdefault(row["group"], set()).add(row["split"])
    assert all(len(splits) == 1 for splits in of_video.values()), "no video stands in two splits"
    shares = Counter(next(iter(splits)) for splits in of_video.values())
    assert 740 <= shares["train"] <= 860
    assert 60 <= shares["validation"] <= 140
    assert 60 <= shares["test"] <= 140


def test_the_same_content_under_two_names_falls_into_one_split(tmp_path: Path) -> None:
    rows = []
    for number in range(12):
        clip = render_clip(tmp_path / "videos" / f"a{number}.mp4", 20 * number, num_frames=4)
        (tmp_path / "videos" / f"copy{number}.mp4").write_bytes(clip.read_bytes())
        rows += [f"yoga,a{number},,,", f"yoga,copy{number},,,"]
    found = read(tmp_path, "kinetics", {"list.csv": KINETICS + "\n".join(rows)}, video_root=tmp_path / "videos")
    split = {row["group"]: row["split"] for row in found.rows.values()}
    assert all(split[f"a{number}"] == split[f"copy{number}"] for number in range(12))
    assert len(set(split.values())) > 1


def test_split_can_be_told_or_made_against_the_source(tmp_path: Path) -> None:
    assert read(tmp_path, "kinetics", kinetics("yoga,a,1,11,val,0")).account.splits == {"validation": 1}
    assert read(tmp_path, "kinetics", kinetics("yoga,a,1,11,val,0"), split="test").account.splits == {"test": 1}
    many = kinetics(*(f"yoga,v{number},1,11,val,0" for number in range(50)))
    assert len(read(tmp_path, "kinetics", many, split="made").account.splits) > 1
    with pytest.raises(DataError, match=r"--split dev\": allowed are train, validation, test, auto and made"):
        read(tmp_path, "kinetics", many, split="dev")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("nextqa_val.csv", "validation"),
        ("Charades_v1_test.csv", "test"),
        ("ssv2_train_rows.json", "train"),
        ("val_test.csv", None),
        ("contest.csv", None),
    ],
)
def test_a_files_name_may_say_the_split(name: str, split: str | None) -> None:
    assert split_of_file(Path(name))[0] == split


def test_settings_are_checked(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'kinetics has no setting "clip" \(did you mean "clips"\?\); allowed are: clips, video'):
        read(tmp_path, "kinetics", kinetics(), "clip=whole")
    with pytest.raises(DataError, match="a setting is written name=value"):
        read(tmp_path, "kinetics", kinetics(), "whole")
    with pytest.raises(DataError, match='"fps" must be a number above 0, not "fast"'):
        read(tmp_path, "star", {"a.json": "[]"}, "fps=fast")


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("what is  it ?", "What is it?"),
        ("where is the guy walking very funny . ?", "Where is the guy walking very funny?"),
        ("Describe the video.", "Describe the video."),
        ("describe the video", "Describe the video"),
        ("is it so", "Is it so?"),
        ("which one\n(A) x\n(B) y", "which one\n(A) x\n(B) y"),
        (" ?", ""),
    ],
)
def test_questions_of_a_source_keep_their_words_and_their_end(question: str, shown: str) -> None:
    assert tidy(question) == shown


def test_what_stands_in_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    found = read(tmp_path, "kinetics", kinetics(",\x1b[2Jb,1,11,val,0"))
    assert found.account.cases["no label"] == ["val.csv:2 (\\x1b[2Jb)"]


def test_a_pattern_fills_in_fields_and_evaluates_nothing() -> None:
    assert filled("{label}/{id}_{start:06d}.mp4", {"label": "a (b)", "id": "-x", "start": "7"}) == "a (b)/-x_000007.mp4"
    assert filled("{id.__class__}{0}{none}", {"id": "x"}) == "{id.__class__}{0}{none}"


def test_the_command_prints_the_account_and_the_next_step(tmp_path: Path) -> None:
    table = tmp_path / "val.csv"
    table.write_text(KINETICS + "yoga,a,1,11,val,0\n,b,1,11,val,0\n")
    done = CliRunner().invoke(commands, ["import", "kinetics", str(table), "--out", str(tmp_path / "s.jsonl")])
    assert done.exit_code == 0
    assert "rows in: 2 = 1 used + 1 dropped" in done.output
    assert "dropped: 1 no label: val.csv:3 (b)" in done.output
    assert "1 action" in done.output
    assert done.output.splitlines()[-1] == f"next: videostar check {tmp_path / 's.jsonl'}"


def test_the_same_import_gives_the_same_bytes(tmp_path: Path) -> None:
    files = kinetics("yoga,a,1,11,val,0", "it's (a) label,-b,2,12,train,1")
    read(tmp_path, "kinetics", files)
    once = (tmp_path / "samples.jsonl").read_bytes()
    read(tmp_path, "kinetics", files)
    assert (tmp_path / "samples.jsonl").read_bytes() == once


def test_an_import_that_gives_nothing_ends_with_a_clear_error(tmp_path: Path) -> None:
    table = tmp_path / "val.csv"
    table.write_text(KINETICS + ",b,1,11,val,0\n")
    done = CliRunner().invoke(commands, ["import", "kinetics", str(table), "--out", str(tmp_path / "s.jsonl")])
    assert done.exit_code == 1
    assert "none of the rows gives a sample" in str(done.exception)


def test_the_list_names_every_format() -> None:
    done = CliRunner().invoke(commands, ["import", "--list"])
    assert [name for name in IMPORTERS if f"{name}\n" not in done.output] == []


@pytest.mark.parametrize("arguments", [["import", "kinetics"], ["import", "kinetics", "a.csv"], ["import", "kinetics", "--out", "a.jsonl"]])
def test_a_command_without_files_is_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(commands, arguments).exit_code == 2


def test_an_unknown_format_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'there is no format "kinetic" \(did you mean "kinetics"\?\); known are: .*charades'):
        read(tmp_path, "kinetic", {"a.csv": ""})


def test_a_file_that_is_not_of_the_format_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv has no column youtube_id"):
        read(tmp_path, "kinetics", {"a.csv": "video,label\n"})
    with pytest.raises(DataError, match="not JSON"):
        read(tmp_path, "star", {"a.json": "<html>"})
    assert read(tmp_path, "star", {"a.json": lines("text", 3)}).account.rows_dropped == {"not an object": 2}
