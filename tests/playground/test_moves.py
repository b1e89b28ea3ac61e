"""The world of moves: conjunctions under new names, as MP4 files and tables that the package reads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from videostar.playground.demo_data import ACTIONS, write_demo
from videostar.playground.moves import MOST_ACTIONS, QUESTION, draw_actions, write_moves
from videostar.playground.render import frame_times, render
from videostar.playground.scene import draw_scene
from videostar.rows import read_rows, sample_from_json
from videostar.seeds import seed_for
from videostar.types import SPLITS, Sample, Split
from videostar.video.decode import decode_clip, probe_video
from videostar.video.frames import ClipRef, Frames, VideoInfo
from videostar.video.sampling import Sampling

CLIPS: dict[Split, int] = {"train": 10, "validation": 6, "test": 6}


def _samples(table: Path) -> list[Sample]:
    return [sample_from_json(row, {}) for row in read_rows(table)]


@pytest.mark.parametrize("count", [6, 8, MOST_ACTIONS])
def test_no_single_primitive_tells_an_action(count: int) -> None:
    for seed in range(20):
        actions = draw_actions(seed, count)
        assert len({action.name for action in actions}) == count
        assert len({(action.path, action.turning, action.size_change) for action in actions}) == count
        for field in ("path", "turning", "size_change"):
            assert min(Counter(getattr(action, field) for action in actions).values()) > 1


def test_names_are_drawn_anew_for_every_seed() -> None:
    names = [{action.name for action in draw_actions(seed)} for seed in range(5)]
    assert len(set.union(*names)) == 5 * MOST_ACTIONS
    assert draw_actions(3) == draw_actions(3)


def test_an_odd_number_of_actions_is_refused() -> None:
    with pytest.raises(ValueError, match="even, from 6 to 16, got 7"):
        draw_actions(0, 7)


def test_tables_and_videos_are_written_as_the_package_reads_them(tmp_path: Path) -> None:
    tables = write_moves(tmp_path, seed=1, clips=CLIPS, actions=6, others=1.0)
    names = {action.name for action in draw_actions(1, 6)}
    for split, table in zip(SPLITS, (tables.train, tables.validation, tables.test), strict=True):
        samples = _samples(table)
        named = [sample for sample in samples if sample.question == QUESTION]
        assert len(named) == CLIPS[split]
        assert {sample.label.answer_text() for sample in named} == names
        assert len(samples) == 2 * CLIPS[split]
        assert {sample.split for sample in samples} == {split}
        for sample in samples:
            assert sample.label.judge(sample.label.answer_text(), sample.question).outcome == "pass"
    info = probe_video(tmp_path / _samples(tables.test)[0].video)
    assert isinstance(info, VideoInfo)
    assert (info.codec, info.width, info.height) == ("h264", 96, 96)
    assert info.duration_seconds == pytest.approx(4.0)


def test_splits_share_no_video(tmp_path: Path) -> None:
    tables = write_moves(tmp_path, seed=2, clips=CLIPS, actions=6)
    videos = [{sample.video for sample in _samples(table)} for table in (tables.train, tables.validation, tables.test)]
    contents = [{(tmp_path / video).read_bytes() for video in found} for found in videos]
    assert len(set.union(*contents)) == sum(map(len, videos)) == sum(CLIPS.values())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        write_moves(folder, seed=3, clips={"train": 6}, actions=6)
    files = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} for folder in folders]
    assert files[0] == files[1]


def test_a_decoded_clip_shows_what_was_rendered(tmp_path: Path) -> None:
    tables = write_moves(tmp_path, seed=4, clips={"test": 6}, actions=6)
    for sample in _samples(tables.test):
        frames = decode_clip(ClipRef(tmp_path / sample.video), Sampling(num_frames=8))
        assert isinstance(frames, Frames)
        assert frames.pixels.shape == (8, 96, 96, 3)
        assert frames.fps == pytest.approx(2.0)
        scene = draw_scene(seed_for("moves", 4, "test", int(sample.video[-8:-4])), _wanted(sample))
        rendered = render(scene, frame_times(32), 96)[2::4]
        assert np.abs(frames.pixels.astype(int) - rendered.astype(int)).mean() < 4


def _wanted(sample: Sample) -> dict[str, list[str]]:
    return {name: [sample.meta[name]] for name in ("path", "turning", "size_change")}


@pytest.mark.slow
def test_the_demo_has_about_three_hundred_questions(tmp_path: Path) -> None:
    tables = write_demo(tmp_path, seed=0)
    train, validation, test = (_samples(table) for table in (tables.train, tables.validation, tables.test))
    assert 140 <= len(train) <= 180
    assert 40 <= len(validation) <= 60
    assert 90 <= len(test) <= 120
    assert len({sample.label.answer_text() for sample in train if sample.question == QUESTION}) == ACTIONS
