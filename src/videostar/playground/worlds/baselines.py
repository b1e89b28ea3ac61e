"""What can be had without understanding a world's videos: `python -m videostar.playground.worlds.baselines FOLDER`.

All baselines answer a test question with the label of a training question - of the same words where there is one, else of the
same task - and are judged like any answer. The two that look also do without regard to words; the better figure is told:

    chance          a training label drawn at random
    question only   the training label that would be right most often in training
    nearest video   the label of the training video whose frames differ least, in small
    single frame    the same from one frame alone: of all frames the one that tells most of the training videos from one another
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from videostar.errors import DataError
from videostar.labels.choice import ChoiceLabel, letter
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.rows import read_rows, sample_from_json
from videostar.types import Label, Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, FrameFailure
from videostar.video.sampling import Sampling

SMALL = 16  # height and width at which frames are compared

Small = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accuracies in [0, 1] on the `count` test questions of one task."""

    task: str
    count: int
    chance: float
    question_only: float
    nearest_video: float
    single_frame: float


def baselines(folder: Path) -> list[Baseline]:
    """The baselines of a written world by task, in order of name; seen and unseen test questions together."""
    train, test = (_samples(folder / f"{split}.jsonl") for split in ("train", "test"))
    small = {video: _small(folder / video) for video in sorted({sample.video for sample in (*train, *test)})}
    grouped = _grouped(train)
    tasks = sorted({sample.task for sample in train} & {sample.task for sample in test})
    return [_baseline(_of_task(train, task), _of_task(test, task), grouped, small) for task in tasks]


def shown(rows: Sequence[Baseline]) -> str:
    """The table as text, in per cent."""
    lines = [f"{'task':<24}{'n':>5}{'chance':>9}{'question':>10}{'nearest':>9}{'frame':>8}"]
    for row in rows:
        shares = (row.chance, row.question_only, row.nearest_video, row.single_frame)
        chance, question, nearest, frame = (f"{100 * share:.0f}" for share in shares)
        lines.append(f"{row.task:<24}{row.count:>5}{chance:>9}{question:>10}{nearest:>9}{frame:>8}")
    return "\n".join(lines)


def _samples(table: Path) -> list[Sample]:
    return [sample_from_json(row, {}) for row in read_rows(table)]


def _small(path: Path) -> NDArray[np.float32]:
    """(T, SMALL, SMALL, 3) of a video, by averages over squares."""
    frames = decode_clip(ClipRef(path), Sampling(num_frames=NUM_FRAMES))
    if isinstance(frames, FrameFailure):
        raise DataError(f"{path} cannot be read ({frames.reason}: {frames.message}); write the world again")
    count, high, wide = frames.pixels.shape[:3]
    cut = frames.pixels[:, : high // SMALL * SMALL, : wide // SMALL * SMALL].astype(np.float32)
    return np.asarray(cut.reshape(count, SMALL, high // SMALL, SMALL, wide // SMALL, 3).mean((2, 4)))


@dataclass(frozen=True, eq=False)
class _Known:
    """Training samples that stand for one another: of one question, or of one task."""

    samples: tuple[Sample, ...]

    @cached_property
    def constant(self) -> str:
        """The text that is right for most of them; the first in order of the alphabet on a tie."""
        return max(sorted({_text(one.label) for one in self.samples}), key=lambda text: sum(_right(one, text) for one in self.samples))


def _grouped(train: Sequence[Sample]) -> dict[str, _Known]:
    """Training samples by question and by task."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in train:
        groups[sample.question].append(sample)
        groups[sample.task].append(sample)
    return {name: _Known(tuple(found)) for name, found in groups.items()}


def _of_task(samples: Sequence[Sample], task: str) -> list[Sample]:
    return [sample for sample in samples if sample.task == task]


def _baseline(train: list[Sample], test: list[Sample], grouped: dict[str, _Known], small: Small) -> Baseline:
    rows = []
    for sample in test:
        known = _known(sample, grouped)
        chance = float(np.mean([_right(sample, _text(one.label)) for one in known.samples]))
        rows.append((chance, _right(sample, known.constant)))
    chance, question_only = np.mean(rows, axis=0).tolist()
    nearest_video, single_frame = _by_looks(train, test, grouped, small)
    return Baseline(test[0].task, len(test), chance, question_only, nearest_video, single_frame)


def _by_looks(train: list[Sample], test: list[Sample], grouped: dict[str, _Known], small: Small) -> tuple[float, float]:
    """Accuracies of the nearest video and of the best single frame, each with or without regard to words, whichever is better."""
    found = []
    of_task = {train[0].task: grouped[train[0].task]}
    for groups in (grouped, of_task):
        learnt = [_nearest(sample, others, small) for sample in train if (others := _others(sample, groups)).samples]
        place = int(np.mean(learnt, axis=0)[1:].argmax()) + 1 if learnt else 1
        found.append(np.mean([_nearest(sample, _known(sample, groups), small)[[0, place]] for sample in test], axis=0))
    nearest_video, single_frame = np.max(found, axis=0).tolist()
    return nearest_video, single_frame


def _known(sample: Sample, grouped: dict[str, _Known]) -> _Known:
    return grouped.get(sample.question) or grouped[sample.task]


def _others(sample: Sample, grouped: dict[str, _Known]) -> _Known:
    """What is known from other videos."""
    of_question, of_task = (
        _Known(tuple(one for one in grouped.get(name, _Known(())).samples if one.video != sample.video))
        for name in (sample.question, sample.task)
    )
    return of_question if of_question.samples else of_task


def _nearest(sample: Sample, known: _Known, small: Small) -> NDArray[np.bool_]:
    """(1 + T,) whether the label of the nearest training video is right: by all frames, then by each."""
    apart = np.stack([((small[one.video] - small[sample.video]) ** 2).mean((1, 2, 3)) for one in known.samples])
    chosen = [int(apart.mean(1).argmin()), *apart.argmin(0).tolist()]
    right = {one: _right(sample, _text(known.samples[one].label)) for one in set(chosen)}
    return np.array([right[one] for one in chosen])


def _right(sample: Sample, text: str) -> bool:
    return sample.label.judge(text, sample.question).outcome == "pass"


def _text(label: Label) -> str:
    """A label as an answer to another question: of a choice, the letter alone."""
    return f"({letter(label.answer)})" if isinstance(label, ChoiceLabel) else label.answer_text()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(description="Print what can be had in a world without understanding its videos.")
    parser.add_argument("folder", type=Path, help="a folder that a world was written into")
    sys.stdout.write(shown(baselines(parser.parse_args(arguments).folder)) + "\n")


if __name__ == "__main__":
    main()
