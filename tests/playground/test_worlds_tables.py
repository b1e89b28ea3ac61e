"""A written world: real videos, tables in the sample format, and what can be had without looking."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from videostar.datasets.table import Table, read_table
from videostar.playground.worlds.asking import Part, World
from videostar.playground.worlds.baselines import baselines, shown
from videostar.playground.worlds.drawing import NUM_FRAMES, sampled_times
from videostar.playground.worlds.tables import SIZES, VIDEOS, WORLDS, Tables, draw_clips, samples, write_world
from videostar.types import Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling

MARGIN = 0.15  # over chance, on 240 questions of a task: standard error 0.03
COUNTS: dict[Part, int] = {"train": 12, "validation": 4, "test-seen": 4, "test-unseen": 4}
QUESTIONS: dict[str, int] = {"dives": 3, "moves": 1, "procedures": 3}  # about each video of a world


@pytest.fixture(scope="module", params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[str(request.param)](3)


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp(world.name)
    write_world(world, made, COUNTS)
    return made


def rows(folder: Path, split: str) -> list[Sample]:
    found = list(read_table(Table(folder / f"{split}.jsonl"), 0, {}))
    return [sample for sample in found if isinstance(sample, Sample)]


def test_tables_are_read_back_and_every_label_passes_its_own_answer(world: World, folder: Path) -> None:
    for split, videos in (("train", 12), ("validation", 4), ("test", 8)):
        found, count = rows(folder, split), videos * QUESTIONS[world.name]
        assert len(found) == count
        assert len({sample.id for sample in found}) == count
        for sample in found:
            assert sample.source == world.name
            assert sample.split == split
            assert (folder / sample.video).is_file()
            assert sample.label.judge(sample.label.answer_text(), sample.question).outcome == "pass"


def test_unseen_combinations_are_marked_in_meta_and_group(folder: Path) -> None:
    for split in ("train", "validation", "test"):
        for sample in rows(folder, split):
            unseen = "test-unseen" in sample.video
            assert sample.meta["unseen"] is unseen
            assert sample.group.startswith("unseen/") is unseen


def test_every_task_gets_about_equally_many_questions(world: World) -> None:
    clips = list(draw_clips(world, "train", VIDEOS[world.name]["train"]))
    asked = list(samples(world, "train", clips, 3))
    assert len(asked) == len(clips) * QUESTIONS[world.name] <= 300
    tasks = Counter(sample.task for sample in asked)
    assert min(tasks.values()) >= len(asked) // len(tasks) - 1


def test_the_sampled_frames_of_the_video_show_the_sampled_moments(world: World, folder: Path) -> None:
    video, clip = next(draw_clips(world, "train", 1))
    seen = decode_clip(ClipRef(folder / video), Sampling(num_frames=NUM_FRAMES))
    assert isinstance(seen, Frames)
    size = SIZES[world.name]
    assert seen.pixels.shape == (NUM_FRAMES, size, size, 3)
    drawn = clip.frames(sampled_times(), size).astype(int)
    own = [np.abs(seen.pixels[place].astype(int) - drawn[place]).mean() for place in range(NUM_FRAMES)]
    others = [np.abs(seen.pixels[place].astype(int) - drawn[(place + 2) % NUM_FRAMES]).mean() for place in range(NUM_FRAMES)]
    assert np.mean(own) < np.mean(others)
    assert max(own) < 12


def test_the_same_world_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    counts: dict[Part, int] = {"train": 2, "test-unseen": 1}
    tables: list[Tables] = [write_world(world, tmp_path / name, counts) for name in ("one", "two")]
    for name in ("train", "validation", "test"):
        assert getattr(tables[0], name).read_bytes() == getattr(tables[1], name).read_bytes()
    videos = sorted((tmp_path / "one/videos").iterdir())
    assert len(videos) == 3
    assert all(video.read_bytes() == (tmp_path / "two/videos" / video.name).read_bytes() for video in videos)


def test_baselines_are_told_for_every_task(folder: Path) -> None:
    found = baselines(folder)
    tasks = {sample.task for sample in rows(folder, "test")} & {sample.task for sample in rows(folder, "train")}
    assert {row.task for row in found} == tasks
    for row in found:
        assert all(0 <= share <= 1 for share in (row.chance, row.question_only, row.nearest_video, row.single_frame))
    assert shown(found).count("\n") == len(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WORLDS))
def test_nothing_is_had_without_understanding(name: str, tmp_path: Path) -> None:
    counts: dict[Part, int] = {"train": VIDEOS[name]["train"], "test-seen": 120, "test-unseen": 120}
    write_world(WORLDS[name](1), tmp_path, counts, questions=12)
    for row in baselines(tmp_path):
        # When something happens is partly told by how far it has come in one late frame: that is no shortcut.
        if row.task.endswith("-when"):
            continue
        assert max(row.question_only, row.nearest_video, row.single_frame) <= row.chance + MARGIN, shown([row])
