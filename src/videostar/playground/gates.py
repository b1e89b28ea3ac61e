"""Measures a checkpoint on fresh clips, through the MP4 files, the decoder and the processor that real runs use.

`python -m videostar.playground.gates CHECKPOINT` prints a table; `--card` writes the measured figures into the model card.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray

from videostar.config import ModelConfig
from videostar.labels.category import CategoryLabel
from videostar.models.transformers import TransformersModel
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.card import write_card
from videostar.playground.figures import Figure, table
from videostar.playground.foreign import foreign
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import LessonClip
from videostar.playground.probes import probe_figures
from videostar.playground.questions import DESCRIBING, NAMING, sample_of
from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.words import invented_word
from videostar.playground.worlds.drawing import NUM_FRAMES, VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS
from videostar.ports import Decoding, Request
from videostar.prompts import asked, rationalization
from videostar.seeds import rng_for, seed_for
from videostar.types import Message, Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling
from videostar.video.write import write_mp4

GREEDY = Decoding(temperature=0.0, top_p=1.0, max_new_tokens=128)
SAMPLING = Sampling(num_frames=NUM_FRAMES)
BATCH = 32
QUESTIONS_PER_CLIP = 6
# A limit of .98 wants many given answers of every kind: one miss among sixteen would decide.
GIVEN_PER_CLIP = 4
# Skills that must be right when asked, by lesson: what labels are made of.
ASKED_GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"moves": ("path", "turning", "size"), "dives": ("half turns", "position", "splash"), "procedures": ("order",)}
)
VERBATIM_GATES: Mapping[str, float] = MappingProxyType({"category": 0.98, "number": 0.98, "sequence": 0.95, "interval": 0.95})
TRUE_STATEMENTS = 0.9
# Label tasks whose answer is a skill that the base must have (half turns of a dive): reported, with no limit.
SKILLED_TASKS = ("dive-count",)
ABOVE_CHANCE = 0.15


@dataclass(frozen=True, slots=True)
class _Seen:
    lesson: str
    clip: LessonClip
    frames: Frames
    rng: random.Random


class Gates:
    """Asks one checkpoint about `count` clips of each lesson drawn from `seed`."""

    def __init__(self, checkpoint: str, count: int, seed: int) -> None:
        self._model = TransformersModel(checkpoint, ModelConfig(model_name_or_path=checkpoint, dtype="float32"))
        self._seed, self._count = seed, count
        self._clips = list(_clips(count, seed))

    def measure(self) -> Iterator[Figure]:
        """All figures, each group as it is ready."""
        yield from self._descriptions()
        yield from self._short_answers()
        yield from self._given()
        yield from self._label_tasks()

    def _descriptions(self) -> Iterator[Figure]:
        """Every fact of a description against the clip's truth."""
        prompts = [asked(sample_of(seen.rng.choice(DESCRIBING), CategoryLabel(value="-")), "direct") for seen in self._clips]
        texts = self._ask([(prompt, seen.frames) for prompt, seen in zip(prompts, self._clips, strict=True)])
        yield from _statements("description", texts, self._clips)

    def _short_answers(self) -> Iterator[Figure]:
        """Short answers by kind of question, with the clip and without."""
        rows = [(seen, seen.clip.ask(seen.rng)) for seen in self._clips for _ in range(QUESTIONS_PER_CLIP)]
        samples = [sample_of(known.question, known.label) for _, known in rows]
        prompts = [asked(sample, "direct") for sample in samples]
        shown = self._ask(list(zip(prompts, [seen.frames for seen, _ in rows], strict=True)))
        blind = self._ask([(prompt, None) for prompt in prompts])
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (seen, known) in enumerate(rows):
            groups[seen.lesson, known.skill].append(number)
        for (lesson, skill), found in sorted(groups.items()):
            right = sum(_passes(samples[number], shown[number]) for number in found)
            yield Figure(f"{lesson}, asked", skill, right, len(found), 0.9 if skill in ASKED_GATES[lesson] else None)
        for (lesson, skill), found in sorted(groups.items()):
            right = sum(_passes(samples[number], blind[number]) for number in found)
            limit = _constant([samples[number] for number in found]) + ABOVE_CHANCE
            yield Figure(f"{lesson}, asked, no video", skill, right, len(found), limit, at_most=True)

    def _given(self) -> Iterator[Figure]:
        """Explanations of given answers: repeated to the letter, passed by the label, true about the clip."""
        clips = [seen for seen in self._clips for _ in range(GIVEN_PER_CLIP)]
        samples = [_given_sample(seen.rng) for seen in clips]
        texts = self._ask([(rationalization(sample), seen.frames) for sample, seen in zip(samples, clips, strict=True)])
        tally: dict[str, list[bool]] = defaultdict(list)
        for sample, text in zip(samples, texts, strict=True):
            tally[sample.label.kind].append(text.endswith(f" {sample.label.answer_text()}."))
        for kind, kept in sorted(tally.items()):
            yield Figure("given answer, verbatim", kind, sum(kept), len(kept), VERBATIM_GATES.get(kind))
        passed = [_passes(sample, text) for sample, text in zip(samples, texts, strict=True)]
        yield Figure("given answer, judged right", "all", sum(passed), len(passed), required=0.95)
        yield from _statements("given answer", texts, clips, TRUE_STATEMENTS)

    def _label_tasks(self) -> Iterator[Figure]:
        """What a run would teach: nobody told the names, so the answers are right by chance at most."""
        for name, world_of in WORLDS.items():
            world = world_of(self._seed)
            found: dict[str, list[tuple[Sample, Frames]]] = defaultdict(list)
            with tempfile.TemporaryDirectory() as folder:
                for index in range(self._count):
                    clip = world.clip(seed_for("gates", name, self._seed, index), "test-seen")
                    frames = _through_file(Path(folder) / f"{index}.mp4", clip.frames(video_times(clip.duration_seconds), FRAME_SIZE))
                    for one in clip.asked:
                        found[one.task].append((sample_of(one.question, one.label), frames))
            for task, rows in sorted(found.items()):
                texts = self._ask([(asked(sample, "reasoned"), frames) for sample, frames in rows])
                right = sum(_passes(sample, text) for (sample, _), text in zip(rows, texts, strict=True))
                limit = None if task in SKILLED_TASKS else _constant([sample for sample, _ in rows]) + ABOVE_CHANCE
                yield Figure("label task", task, right, len(rows), limit, at_most=True)

    def _ask(self, prompts: Sequence[tuple[str, Frames | None]]) -> list[str]:
        texts: list[str] = []
        for start in range(0, len(prompts), BATCH):
            requests = [Request("-", (Message("user", prompt),), frames, (0,)) for prompt, frames in prompts[start : start + BATCH]]
            texts += [replies[0].text for replies in self._model.answer(requests, GREEDY)]
        return texts


def _clips(count: int, seed: int) -> Iterator[_Seen]:
    with tempfile.TemporaryDirectory() as folder:
        for lesson in LESSONS:
            for index in range(count):
                clip = lesson.draw(seed_for("gates", lesson.name, seed, index))
                frames = _through_file(Path(folder) / f"{index}.mp4", clip.render(video_times(CLIP_SECONDS), FRAME_SIZE))
                yield _Seen(lesson.name, clip, frames, rng_for("gates", lesson.name, seed, index))


def _through_file(path: Path, pixels: NDArray[np.uint8]) -> Frames:
    write_mp4(path, pixels, VIDEO_FPS)
    frames = decode_clip(ClipRef(path), SAMPLING)
    if not isinstance(frames, Frames):
        raise ValueError(f"a rendered clip cannot be read: {frames.reason}: {frames.message}")
    return frames


def _given_sample(rng: random.Random) -> Sample:
    if rng.random() < 0.25:
        return sample_of(rng.choice(NAMING), CategoryLabel(value=invented_word(rng)))
    return sample_of(*foreign(rng))


def _passes(sample: Sample, text: str) -> bool:
    return sample.label.judge(text, sample.question).outcome == "pass"


def _constant(samples: Sequence[Sample]) -> float:
    """The share that the best single answer would get."""
    counts = Counter(sample.label.answer_text() for sample in samples)
    texts = [text for text, _ in counts.most_common(8)]
    return max(sum(_passes(sample, text) for sample in samples) for text in texts) / len(samples)


def _statements(group: str, texts: Sequence[str], clips: Sequence[_Seen], required: float | None = None) -> Iterator[Figure]:
    tally: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for text, seen in zip(texts, clips, strict=True):
        for fact, right in seen.clip.check(text).items():
            tally[seen.lesson, fact].append(right)
    for (lesson, fact), found in tally.items():
        yield Figure(f"{lesson}, {group}", fact, sum(found), len(found))
    every = [right for found in tally.values() for right in found]
    yield Figure(f"{group}, statements true", "all", sum(every), len(every), required)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure a tiny checkpoint on fresh clips.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--clips", type=int, default=120, help="of each lesson")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--card", action="store_true", help="write the figures into CHECKPOINT/README.md")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    figures: list[Figure] = []
    gates = Gates(str(options.checkpoint), options.clips, options.seed)
    for figure in chain(probe_figures(options.checkpoint, options.seed), gates.measure()):
        figures.append(figure)
        sys.stdout.write(table([figure]) + "\n")
        sys.stdout.flush()
    if options.card:
        write_card(options.checkpoint, figures)


if __name__ == "__main__":
    main()
