"""Measures a checkpoint on fresh clips, through the MP4 files, the decoder and the processor that real runs use.

`python -m videostar.playground.gates CHECKPOINT` prints a table; `--card` writes the measured figures into the model card.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from videostar.config import ModelConfig
from videostar.labels.category import CategoryLabel
from videostar.models.transformers import TransformersModel
from videostar.playground.card import write_card
from videostar.playground.figures import Figure, table
from videostar.playground.foreign import foreign
from videostar.playground.language import read_description
from videostar.playground.moves import QUESTION, draw_actions, write_clip
from videostar.playground.questions import DESCRIBING, known_question, sample_of
from videostar.playground.scene import Scene, Truth, draw_scene
from videostar.playground.words import any_name
from videostar.ports import Decoding, Request
from videostar.prompts import asked, rationalization
from videostar.seeds import rng_for, seed_for
from videostar.types import Message, Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling

GREEDY = Decoding(temperature=0.0, top_p=1.0, max_new_tokens=96)
SAMPLING = Sampling(num_frames=8)
BATCH = 32
ENDINGS = ("answer is", "called")


@dataclass(frozen=True, slots=True)
class _Seen:
    truth: Truth
    frames: Frames
    rng: random.Random


class Gates:
    """Asks one checkpoint about `count` clips drawn from `seed`."""

    def __init__(self, checkpoint: str, count: int, seed: int) -> None:
        self._model = TransformersModel(checkpoint, ModelConfig(model_name_or_path=checkpoint, dtype="float32"))
        self._seed = seed
        self._clips = list(_clips(count, seed))

    def measure(self) -> list[Figure]:
        """All figures."""
        return [*self._descriptions(), *self._known(), *self._given(), *self._names()]

    def _descriptions(self) -> Iterator[Figure]:
        """Every statement of a description against the clip's truth."""
        texts = self._ask([(asked(sample_of(seen.rng.choice(DESCRIBING), _NOTHING), "direct"), seen.frames) for seen in self._clips])
        yield from _statements("description", texts, [seen.truth for seen in self._clips], required=0.8)

    def _known(self) -> Iterator[Figure]:
        """Short answers by kind of question, with the clip and without."""
        rows = [(known_question(seen.truth, seen.rng), seen.frames) for seen in self._clips for _ in range(4)]
        samples = [sample_of(known.question, known.label) for known, _ in rows]
        prompts = [asked(sample, "direct") for sample in samples]
        for group, frames in (("short answer", [frames for _, frames in rows]), ("short answer, no video", [None] * len(rows))):
            texts = self._ask(list(zip(prompts, frames, strict=True)))
            tally: dict[str, list[bool]] = defaultdict(list)
            for (known, _), sample, text in zip(rows, samples, texts, strict=True):
                tally[known.skill].append(_passes(sample, text))
            for skill, passed in sorted(tally.items()):
                yield Figure(group, skill, sum(passed), len(passed))

    def _given(self) -> Iterator[Figure]:
        """Explanations of given answers: repeated to the letter, passed by the label, true about the clip."""
        samples = [_given_sample(seen.rng) for seen in self._clips for _ in range(2)]
        clips = [seen for seen in self._clips for _ in range(2)]
        texts = self._ask([(rationalization(sample), seen.frames) for sample, seen in zip(samples, clips, strict=True)])
        tally: dict[str, list[bool]] = defaultdict(list)
        for sample, text in zip(samples, texts, strict=True):
            tally[sample.label.kind].append(text.endswith(f" {sample.label.answer_text()}."))
        for kind, kept in sorted(tally.items()):
            yield Figure("given answer, verbatim", kind, sum(kept), len(kept))
        every = [kept for found in tally.values() for kept in found]
        yield Figure("given answer, verbatim", "all", sum(every), len(every), required=0.9)
        passed = [_passes(sample, text) for sample, text in zip(samples, texts, strict=True)]
        yield Figure("given answer, judged right", "all", sum(passed), len(passed), required=0.9)
        yield from _statements("given answer, statements", texts, [seen.truth for seen in clips], required=0.8)

    def _names(self) -> Iterator[Figure]:
        """Names that nobody told: an explanation in the right form, and no knowledge of the name."""
        actions = draw_actions(self._seed)
        rows = [(sample_of(QUESTION, CategoryLabel(value=seen.rng.choice(actions).name)), seen) for seen in self._clips]
        texts = self._ask([(asked(sample, "reasoned"), seen.frames) for sample, seen in rows])
        formed = [any(f"{ending} " in text for ending in ENDINGS) and text.endswith(".") for text in texts]
        yield Figure("unknown name", "described, then named", sum(formed), len(formed), required=0.95)
        right = [_passes(sample, text) for (sample, _), text in zip(rows, texts, strict=True)]
        yield Figure("unknown name", "right by chance", sum(right), len(right), required=0.1, at_most=True)

    def _ask(self, prompts: Sequence[tuple[str, Frames | None]]) -> list[str]:
        texts: list[str] = []
        for start in range(0, len(prompts), BATCH):
            requests = [Request("-", (Message("user", prompt),), frames, (0,)) for prompt, frames in prompts[start : start + BATCH]]
            texts += [replies[0].text for replies in self._model.answer(requests, GREEDY)]
        return texts


_NOTHING = CategoryLabel(value="-")


def _clips(count: int, seed: int) -> Iterator[_Seen]:
    with tempfile.TemporaryDirectory() as folder:
        for index in range(count):
            scene: Scene = draw_scene(seed_for("gates", seed, index))
            path = Path(folder) / f"{index}.mp4"
            write_clip(path, scene)
            frames = decode_clip(ClipRef(path), SAMPLING)
            if not isinstance(frames, Frames):
                raise ValueError(f"a rendered clip cannot be read: {frames.reason}: {frames.message}")
            yield _Seen(scene.truth, frames, rng_for("gates", seed, index))


def _given_sample(rng: random.Random) -> Sample:
    if rng.random() < 0.4:
        return sample_of(QUESTION, CategoryLabel(value=any_name(rng)))
    return sample_of(*foreign(rng))


def _passes(sample: Sample, text: str) -> bool:
    return sample.label.judge(text, sample.question).outcome == "pass"


def _statements(group: str, texts: Sequence[str], truths: Sequence[Truth], required: float) -> Iterator[Figure]:
    said = [read_description(text) for text in texts]
    for name in ("colour", "shape", "path", "turning", "size_change", "speed"):
        pairs = [(found.get(name, ""), getattr(truth, name)) for found, truth in zip(said, truths, strict=True)]
        yield Figure(group, name, sum(one == other for one, other in pairs), len(pairs), required)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description="Measure a tiny checkpoint on fresh clips.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--clips", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--card", action="store_true", help="write the figures into CHECKPOINT/README.md")
    options = parser.parse_args(arguments)
    figures = Gates(str(options.checkpoint), options.clips, options.seed).measure()
    print(table(figures))  # noqa: T201 - a command's output
    if options.card:
        write_card(options.checkpoint, figures)


if __name__ == "__main__":
    main()
