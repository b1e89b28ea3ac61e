"""Alike questions are asked together, in the same order on every start, and the log ends in the order of the samples."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip
from tests.models import tiny_checkpoint
from videostar.config import FramesConfig, ModelConfig
from videostar.errors import OutOfMemoryError
from videostar.labels import parse_label
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Reply, Request
from videostar.rows import read_rows
from videostar.steps.ask import Asking, ask
from videostar.steps.batching import WINDOW_BATCHES, in_batches, in_order
from videostar.store import StageLog
from videostar.types import Sample
from videostar.video.sampling import Sampling
from videostar.video.store import FrameStore

LABEL = parse_label({"kind": "category", "value": "yoga"}, {})
FOUR_A_SECOND = Sampling(fps=4.0, min_frames=1)


def _sample(number: int, video: str = "a.mp4", seconds: float | None = None, question: str = "What?") -> Sample:
    return Sample(f"k-{number:05d}", video, question, LABEL, 0.0, seconds)


def _mixed(count: int) -> list[Sample]:
    rng = random.Random(0)
    videos = [f"{name}.mp4" for name in "abcdefg"]
    return [_sample(number, rng.choice(videos), rng.choice((2.0, 5.0, 9.0)), "why " * rng.randint(1, 30)) for number in range(count)]


def _planned(samples: Sequence[Sample], size: int, skip: int = 0, sampling: Sampling | None = FOUR_A_SECOND) -> list[list[Sample]]:
    return list(in_batches(samples, size, lambda sample: sample.question, sampling, skip))


@pytest.mark.parametrize("count", [1, 63, 64, 65, 1000])
def test_every_sample_is_in_one_batch_and_finished_ones_can_be_skipped(count: int) -> None:
    samples = _mixed(count)
    batches = _planned(samples, 4)
    assert sorted(sample.id for batch in batches for sample in batch) == [sample.id for sample in samples]
    assert {len(batch) for batch in batches[:-1]} <= {4}
    for skip in (0, 1, WINDOW_BATCHES - 1, WINDOW_BATCHES, len(batches) - 1, len(batches)):
        assert _planned(samples, 4, skip) == batches[skip:]


def test_clips_of_a_length_come_together_and_all_questions_about_one() -> None:
    (window,) = [[sample for batch in _planned(_mixed(64), 4) for sample in batch]]
    lengths = [sample.end_seconds for sample in window]
    assert lengths == sorted(lengths, key=lambda seconds: seconds or 0)
    clips = [clip for clip, _ in groupby(window, key=lambda sample: (sample.video, sample.end_seconds))]
    assert len(clips) == len(set(clips))
    for _, questions in groupby(window, key=lambda sample: (sample.video, sample.end_seconds)):
        asked = [len(sample.question) for sample in questions]
        assert asked == sorted(asked)


def test_without_a_video_only_the_words_count() -> None:
    window = [len(sample.question) for batch in _planned(_mixed(64), 4, sampling=None) for sample in batch]
    assert window == sorted(window)


def test_planning_holds_a_window_and_no_more() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield _sample(taken)

    next(in_batches(endless(), 2, lambda sample: sample.question, FOUR_A_SECOND))
    assert taken == 2 * WINDOW_BATCHES


def test_the_order_of_the_samples_comes_back_whatever_a_sample_has_of_rows() -> None:
    samples = _mixed(200)
    rows = [
        {"sample_id": sample.id, "candidate": candidate}
        for batch in _planned(samples, 4)
        for sample in batch
        for candidate in range(1 + int(sample.id[-1]) % 3)
    ]
    ordered = list(in_order(rows, 4))
    assert ordered == sorted(rows, key=lambda row: (row["sample_id"], row["candidate"]))
    assert list(in_order(ordered, 4)) == ordered


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips and a model."""
    made = tmp_path_factory.mktemp("asked")
    for position, name in enumerate("abc"):
        render_clip(made / f"{name}.mp4", 40 + 60 * position, num_frames=8, size=32)
    tiny_checkpoint.build(made / "model")
    return made


def _asking(folder: Path, n: int = 1, batch_size: int = 2) -> Asking:
    return Asking("generate", 1, "generated", lambda sample: sample.question, n, Decoding(1.0, 1.0, 6), batch_size, 0, folder)


def _questions() -> list[Sample]:
    """About the three clips in turn, so that in the order of ids every clip comes again and again."""
    return [_sample(number, f"{'abc'[number % 3]}.mp4", question="What colour is it? " * (1 + number % 4)) for number in range(24)]


def _model(folder: Path) -> TransformersModel:
    return TransformersModel(str(folder / "model"), ModelConfig(model_name_or_path=str(folder / "model")))


def test_a_stage_looks_at_a_clip_once_and_logs_in_order(folder: Path, tmp_path: Path) -> None:
    model, log, looked = _model(folder), StageLog(tmp_path / "answers.jsonl"), []
    model._load().model.base_model.visual.register_forward_pre_hook(lambda _, args: looked.append(len(args[0])))
    with FrameStore(FramesConfig(num_frames=4, cache_gib=0)) as frames:
        assert sum(ask(_questions(), model, frames, _asking(folder, n=2, batch_size=4), log)) == 24
    rows = list(read_rows(log.path))
    assert [(row["sample_id"], row["candidate"]) for row in rows] == [(sample.id, number) for sample in _questions() for number in (0, 1)]
    assert {row["frames"]["visual_tokens"] for row in rows} == {8}
    assert sum(looked) == 3 * 32  # patches of three clips


def test_a_stage_that_is_cut_off_anywhere_ends_with_the_same_rows(folder: Path, tmp_path: Path) -> None:
    """Answers do not hang on which questions were asked together, nor on a half-finished batch or a log not yet sorted."""
    with FrameStore(FramesConfig(num_frames=4, cache_gib=0)) as frames:
        whole = StageLog(tmp_path / "whole.jsonl")
        list(ask(_questions(), _model(folder), frames, _asking(folder), whole))
        expected = _without_seconds(whole)
        for number, batches in enumerate((1, 5, 12)):
            log, model = StageLog(tmp_path / f"{number}.jsonl"), _model(folder)
            going = ask(_questions(), model, frames, _asking(folder), log)
            for _ in range(batches):
                next(going)
            assert isinstance(going, Generator)
            going.close()
            with log.path.open("a") as file:
                file.write('{"sample_id": "half')
            assert not log.done
            list(ask(_questions(), model, frames, _asking(folder), log))
            assert _without_seconds(log) == expected
        one_by_one = StageLog(tmp_path / "single.jsonl")
        list(ask(_questions(), _model(folder), frames, _asking(folder, batch_size=1), one_by_one))
    assert _without_seconds(one_by_one) == expected


def test_out_of_memory_halves_the_batch_and_every_question_is_answered_once(folder: Path, tmp_path: Path) -> None:
    log = StageLog(tmp_path / "answers.jsonl")
    model = _Small(most=3)
    with FrameStore(FramesConfig(num_frames=4, cache_gib=0)) as frames:
        list(ask(_questions(), model, frames, _asking(folder, batch_size=8), log))
    assert [row["sample_id"] for row in read_rows(log.path)] == [sample.id for sample in _questions()]
    assert model.sizes == [8, 4, *[2] * 12]
    assert log.halvings() == {0: 2}


class _Small:
    """A model that answers at most so many at once."""

    name = "small"

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []

    def answer(self, requests: Sequence[Request], _: Decoding) -> list[list[Reply]]:
        self.sizes.append(len(requests))
        if len(requests) > self.most:
            raise OutOfMemoryError
        return [[Reply("a", "stop", 1)] for _ in requests]

    def close(self) -> None:
        """Nothing is held."""


def _without_seconds(log: StageLog) -> list[dict[str, Any]]:
    return [{**row, "seconds": 0} for row in read_rows(log.path)]
