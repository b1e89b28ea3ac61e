"""A full disk: one clear message at whatever stage it comes, nothing half-written counts, and with more room the run ends as any other."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from tests.conftest import ScriptedRun, render_clip, rows_of, sample_row, write_config
from tests.small_disk import small_disk
from videostar import cli
from videostar.config import FramesConfig, resolved_yaml
from videostar.video.frames import ClipRef, Frames
from videostar.video.store import FrameStore

COMPARED = ("ledger.json", "cycle-*/*answers.jsonl", "cycle-*/*verdicts.jsonl", "cycle-*/conversations.jsonl", "cycle-*/evaluation.json")
STEP_KIB = 12
MOST_KIB = 16 << 10


def _compared(run: Path) -> dict[str, list[object]]:
    """Rows, without what they cost in seconds and where the run's checkpoints stand."""
    found: dict[str, list[object]] = {}
    for pattern in COMPARED:
        for path in sorted(run.glob(pattern)):
            rows = rows_of(path) if path.suffix == ".jsonl" else [path.read_text()]
            found[str(path.relative_to(run))] = [{**row, "seconds": 0, "model": ""} if isinstance(row, dict) else row for row in rows]
    return found


def _run(config: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["videostar", "run", str(config)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_run_on_a_disk_that_is_full_again_and_again(
    scripted: ScriptedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [sample_row(f"t{number}", video=f"clips/{'abc'[number % 3]}.mp4") for number in range(9)]
    rows += [sample_row(f"v{number}", video="clips/a.mp4", split="validation") for number in range(2)]
    rules = [{"contains": "doing", "replies": ["The person is on a mat and stretches, so it is yoga.", "Perhaps it is boxing."]}]
    calm, _ = scripted(rows, rules, run="calm", generate={"n": 2})
    expected = _compared(tmp_path / "calm")
    assert "cycle-1/conversations.jsonl" in expected
    with small_disk(tmp_path / "disk", STEP_KIB) as disk:
        config = write_config(tmp_path / "rough.yaml", {})
        config.write_text(resolved_yaml(calm.model_copy(update={"run": disk.path / "run"})))
        size, stopped_at = STEP_KIB, []
        while (code := _run(config, monkeypatch)) != 0:
            told = capsys.readouterr().err
            assert code == 1
            assert "No space left on device" in told
            assert told.count("error:") == 1
            assert "Traceback" not in told
            stopped_at.append(told)
            size += max(STEP_KIB, size // 4 // STEP_KIB * STEP_KIB)
            assert size < MOST_KIB
            disk.resize(size)
        found = _compared(disk.path / "run")
        assert found.keys() == expected.keys()
        for name, rows_then in expected.items():
            assert found[name] == rows_then, name
        assert (disk.path / "run" / "report.html").stat().st_size > 1000
        assert not list((disk.path / "run").rglob("*.part"))
    assert any("answers.jsonl" in told or "answers.progress.jsonl" in told for told in stopped_at), stopped_at
    assert len(set(stopped_at)) >= 3


def test_the_frame_cache_goes_off_with_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clips = [ClipRef(render_clip(tmp_path / f"{number}.mp4", 40 * number), 0.0, None) for number in range(5)]
    with small_disk(tmp_path / "disk", 64) as disk:
        settings = FramesConfig(num_frames=4, cache=disk.path / "cache", decode_workers=2)
        for _ in range(2):
            caplog.clear()
            with caplog.at_level(logging.WARNING), FrameStore(settings) as frames:
                loaded = list(frames.load(clips))
            assert all(isinstance(clip, Frames) for clip in loaded)
            assert [record.getMessage() for record in caplog.records if "no longer cached" in record.getMessage()] == [caplog.messages[0]]
        assert not list(disk.path.rglob("*.tmp"))


def test_a_cache_on_a_disk_that_is_full_from_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clip = ClipRef(render_clip(tmp_path / "a.mp4", 40), 0.0, None)
    with small_disk(tmp_path / "disk", 4) as disk:
        (disk.path / "ballast").write_bytes(b"x" * 4096)
        settings = FramesConfig(num_frames=4, cache=disk.path / "cache", decode_workers=1)
        with caplog.at_level(logging.WARNING), FrameStore(settings) as frames:
            assert isinstance(next(iter(frames.load([clip]))), Frames)
        assert len([message for message in caplog.messages if "no longer cached" in message]) == 1
