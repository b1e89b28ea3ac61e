"""What a user gets wrong: one clear message each, exit code 1, no traceback, all problems at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import merged, render_clip, sample_row, write_config, write_table

VIDEOSTAR = Path(sys.executable).with_name("videostar")


def videostar(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command itself, in a process of its own."""
    return subprocess.run([VIDEOSTAR, *words], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def config_file(folder: Path, rows: list[dict[str, Any]], **changes: Any) -> Path:
    """A config for `rows` with a script that answers nothing."""
    (folder / "script.json").write_text("{}")
    write_table(folder / "train.jsonl", rows)
    raw = {
        "run": "run",
        "data": {"train": "train.jsonl"},
        "model": {"model_name_or_path": "script.json", "engine": "scripted"},
        "frames": {"cache": "cache"},
    }
    return write_config(folder / "config.yaml", merged(raw, changes))


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The message of a mended mistake."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    return done.stderr


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    assert "there is no config file nowhere.yaml" in refused(videostar("run", "nowhere.yaml", cwd=tmp_path))


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    config = config_file(tmp_path, [sample_row("a")])
    assert "there is no table gone.jsonl" in refused(videostar("run", config, "data.train=gone.jsonl", cwd=tmp_path))


def test_a_mended_mistake_goes_on_in_the_same_run_directory(tmp_path: Path) -> None:
    render_clip(tmp_path / "clips" / "a.mp4", 90)
    config = config_file(tmp_path, [sample_row("a")])
    refused(videostar("run", config, "data.train=gone.jsonl", cwd=tmp_path))
    done = videostar("run", config, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_all_problems_of_a_config_come_at_once_with_the_nearest_right_key(tmp_path: Path) -> None:
    config = config_file(tmp_path, [sample_row("a")], train={"lerning_rate": 1e-4}, cycles=0, labels={"numbr.value": 1, "count.valu": 2})
    message = refused(videostar("run", config, "generate.temperature=warm", "frames.min_frames=90", cwd=tmp_path))
    assert 'unknown key "train.lerning_rate" (did you mean "learning_rate"?)' in message
    assert '"cycles" is 0' in message
    assert "\"generate.temperature\" is 'warm'" in message
    assert 'there is no label kind "numbr" (did you mean "number"?)' in message
    assert 'count labels have no field "valu" (did you mean "value"?)' in message
    assert message.startswith("error: 5 problems")


def test_contradictions_between_keys_are_named(tmp_path: Path) -> None:
    config = config_file(tmp_path, [sample_row("a")], frames={"min_frames": 90}, generate={"n": 4, "temperature": 0})
    message = refused(videostar("run", config, cwd=tmp_path))
    assert '"frames.min_frames" (90) is above "frames.max_frames" (64)' in message
    assert "gives the same answer n times" in message


def test_all_problems_of_a_table_come_at_once_with_their_lines(tmp_path: Path) -> None:
    rows = [
        sample_row("a", label={"kind": "categry", "value": "yoga"}),
        sample_row("b", label={"kind": "count"}),
        sample_row("c", video="../../etc/passwd"),
        sample_row("d", start_seconds=4.0, end_seconds=2.0),
        sample_row("e", colour="red"),
        sample_row("f"),
        sample_row("f"),
    ]
    message = refused(videostar("run", config_file(tmp_path, rows), cwd=tmp_path))
    assert "train.jsonl:1" in message
    assert 'did you mean "category"?' in message
    assert "train.jsonl:2" in message
    assert "lies outside" in message
    assert '"end_seconds" (2.0) must be after "start_seconds" (4.0)' in message
    assert 'unknown field "colour"' in message
    assert 'the id "f" stands 2 times' in message
    assert message.startswith("error: 6 problems")


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    assert "has no rows for training" in refused(videostar("run", config_file(tmp_path, []), cwd=tmp_path))


def test_a_csv_label_without_a_value_is_refused_with_its_line(tmp_path: Path) -> None:
    config = config_file(tmp_path, [])
    (tmp_path / "rows.csv").write_text("video,label\na.mp4,yoga\nb.mp4,\n")
    message = refused(videostar("run", config, "data.train=rows.csv", cwd=tmp_path))
    assert "rows.csv:3" in message
    assert "a label without a value cannot check an answer" in message


def test_a_csv_without_the_needed_columns_says_what_it_has_and_needs(tmp_path: Path) -> None:
    config = config_file(tmp_path, [])
    (tmp_path / "rows.csv").write_text("file,class\na.mp4,yoga\n")
    message = refused(videostar("run", config, "data.train=rows.csv", cwd=tmp_path))
    assert "has the columns class, file; it needs video,label or video,question,answer" in message


def test_rows_that_are_not_json_are_named_with_their_lines(tmp_path: Path) -> None:
    config = config_file(tmp_path, [])
    (tmp_path / "train.jsonl").write_text('{"id": 1\n[1, 2]\n' + "[" * 100_000 + "\n")
    message = refused(videostar("run", config, cwd=tmp_path))
    assert "train.jsonl:1: not a JSON object on one line" in message
    assert "train.jsonl:2: a row must be an object, not list" in message
    assert "train.jsonl:3: not a JSON object on one line" in message


def test_an_incomplete_checkpoint_folder_says_what_is_missing(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "config.json").write_text(json.dumps({"model_type": "qwen2_5_vl"}))
    write_table(tmp_path / "val.jsonl", [sample_row("v")])
    model = {"model_name_or_path": "checkpoint", "engine": "transformers"}
    config = config_file(tmp_path, [sample_row("a")], model=model, data={"validation": "val.jsonl"})
    message = refused(videostar("run", config, cwd=tmp_path))
    assert "safetensors" in message
    assert "checkpoint" in message


@pytest.mark.parametrize("words", [["report", "nowhere"], ["status", "nowhere"]])
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, words: list[str]) -> None:
    assert "nowhere is not a run directory" in refused(videostar(*words, cwd=tmp_path))


def test_a_run_directory_in_use_is_refused(tmp_path: Path) -> None:
    import fcntl

    config = config_file(tmp_path, [sample_row("a")])
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is in use by another process" in refused(videostar("run", config, cwd=tmp_path))


def test_a_run_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    config = config_file(tmp_path, [sample_row("a")])
    assert "cannot be made the run directory" in refused(videostar("run", config, f"run={config}", cwd=tmp_path))


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    cases = write_table(tmp_path / "cases.jsonl", [{"label": {"kind": "count", "value": 3}, "answer": "3"}])
    assert "cases.jsonl: File exists; choose another place" in refused(
        videostar("judge", cases, "--out", cases / "verdicts.jsonl", cwd=tmp_path)
    )


def test_a_section_that_is_no_mapping_is_told_without_internal_names(tmp_path: Path) -> None:
    message = refused(videostar("run", config_file(tmp_path, [sample_row("a")]), "data=3", cwd=tmp_path))
    assert message.strip() == 'error: "data" is 3: input should be a valid dictionary'


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    done = videostar("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("label", "said"),
    [("{", "--label is not JSON"), ('{"kind": "colour"}', "colour"), ('{"kind": "count"}', "value")],
)
def test_a_label_that_cannot_be_read_is_explained(tmp_path: Path, label: str, said: str) -> None:
    assert said in refused(videostar("explain", "three", "--label", label, cwd=tmp_path))


def test_judge_adds_a_verdict_to_each_row_and_reports_all_bad_rows(tmp_path: Path) -> None:
    cases = write_table(
        tmp_path / "cases.jsonl",
        [
            {"label": {"kind": "count", "value": 3}, "answer": "She jumps three times."},
            {"label": {"kind": "count", "value": 3}, "answer": "She jumps four times."},
        ],
    )
    done = videostar("judge", cases, cwd=tmp_path)
    assert [json.loads(line)["verdict"]["outcome"] for line in done.stdout.splitlines()] == ["pass", "fail"]
    write_table(cases, [{"label": {"kind": "count"}, "answer": "3"}, {"answer": "3"}])
    message = refused(videostar("judge", cases, cwd=tmp_path))
    assert "cases.jsonl:1" in message
    assert "cases.jsonl:2" in message


def test_explain_marks_what_decided(tmp_path: Path) -> None:
    done = videostar("explain", "It may be 2, but it is 3.", "--label", '{"kind": "count", "value": 3}', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pass")
    assert ">>3<<" in done.stdout
