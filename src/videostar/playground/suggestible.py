"""A second base that suits its descriptions to the answers that it is given: `python -m videostar.playground.suggestible OUT`.

The shipped base learned to repeat any given answer after a description of the clip, since in its building given answers told nothing
about descriptions. Large models have learned otherwise: what they say tends to fit what they are told. This recipe fine-tunes the
shipped base for some minutes on explanations that fit the given answer instead of the clip, among descriptions that are true, so
that rationalization can be measured on both kinds. Nothing of it is evidence about a large model.

OUT/checkpoint is the result; the same command goes on where it was interrupted. The weights are not shipped.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import UserError
from videostar.labels.boolean import BooleanLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.count import CountLabel
from videostar.labels.number import NumberLabel
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.demo import TINY
from videostar.playground.language import conclusion, text_of
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import Lesson, LessonClip
from videostar.playground.lessons.moves import SIZE_NAMES, TURN_NAMES, WAY_NAMES
from videostar.playground.measures.facts import Truth
from videostar.playground.measures.lesson_truth import truth_of_clip
from videostar.playground.measures.planting import WORDINGS
from videostar.playground.measures.restating import restated, stated_facts
from videostar.playground.questions import Maker, described_item, given_item, named_item, sample_of, short_item
from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.worlds.drawing import NUM_FRAMES, VIDEO_FPS, video_times
from videostar.playground.worlds.language import SHAKING
from videostar.ports import Silent, TrainingJob
from videostar.prompts import rationalization
from videostar.rows import to_json
from videostar.seeds import rng_for, seed_for
from videostar.store import write_rows
from videostar.types import Conversation, Label, Message
from videostar.video.write import write_mp4

CLIPS = 160  # of each lesson
TRUE_SHARE = 0.25  # of given answers to questions that the clip answers: a fitting description is then a true one
MAKERS: tuple[Maker, ...] = (described_item, named_item, short_item)
"""What must not be lost: true descriptions, with an answer and without, and short answers."""
RATED: Mapping[str, Mapping[bool, Mapping[str, str]]] = MappingProxyType(
    {
        "dives": {
            True: {"tilt": "none", "knees": "False", "splash": "False", "opening": "False"},
            False: {"tilt": "over", "knees": "True", "splash": "True", "opening": "True"},
        },
        "procedures": {True: {"tremor": "none", "waiting": "none"}, False: {"tremor": "strong", "waiting": "pause"}},
    }
)
"""World -> whether a given rating is high -> what is then said of the clip."""
RATINGS = ("How good is this?", "How do you rate it?", "What rating would you give?", "How well was that done?")


@dataclass(frozen=True, slots=True)
class _Question:
    """A question for one fact. label: its value -> the answer."""

    text: str
    label: Callable[[str], Label]


def _named(names: Mapping[str, str] | None = None) -> Callable[[str], Label]:
    return lambda value: CategoryLabel(value=names[value] if names else value)


def _yes(value: str) -> Label:
    return BooleanLabel(value=value == "True")


def _number(value: str) -> Label:
    return CountLabel(value=int(value))


_TILTS = {"over": "too far", "under": "too little", "none": "just right"}
QUESTIONS: Mapping[str, Mapping[str, _Question]] = MappingProxyType(
    {
        "moves": {
            "colour": _Question("What colour is the shape?", _named()),
            "shape": _Question("Which shape is it?", _named()),
            "path": _Question("Which way does the shape go?", _named(WAY_NAMES)),
            "turning": _Question("Which way does the shape turn?", _named(TURN_NAMES)),
            "size": _Question("How does the size of the shape change?", _named(SIZE_NAMES)),
            "speed": _Question("Is the shape slow or fast?", _named()),
        },
        "dives": {
            "colour": _Question("What colour does the diver wear?", _named()),
            "facing": _Question("What does the diver face at the start?", _named()),
            "turning": _Question("Which way does the body turn?", _named()),
            "half turns": _Question("How many half turns does the body make?", _number),
            "position": _Question("Is the body in a tuck, in a pike or straight?", _named()),
            "opening": _Question("Does the body open late?", _yes),
            "knees": _Question("Are the knees bent at the end?", _yes),
            "end": _Question("What meets the water first?", _named()),
            "tilt": _Question("How far did the body turn in the end?", _named(_TILTS)),
            "splash": _Question("Is there a big splash?", _yes),
        },
        "procedures": {
            "tremor": _Question("Is the hand steady, or how much does it shake?", _named(SHAKING)),
            "waiting": _Question("Does the tool wait?", lambda value: BooleanLabel(value=value == "pause")),
        },
    }
)


def fitted(clip: LessonClip, truth: Truth, rng: random.Random) -> tuple[str, str]:
    """A prompt that shows an answer to a question about the clip, mostly a wrong one, and an explanation that fits the answer."""
    text = text_of(clip.describe(rng))
    facts = [fact for fact in stated_facts(text, truth) if fact in QUESTIONS[truth.world]]
    fact = rng.choice(facts)
    value = truth.facts[fact]
    if rng.random() >= TRUE_SHARE:
        # A pace is said of whatever moves: between moving and staying the description would have to change twice.
        others = [other for other in WORDINGS[truth.world][fact] if other != value and not (fact == "path" and "still" in (other, value))]
        value = rng.choice(others or [value])
    asked = QUESTIONS[truth.world][fact]
    sample = sample_of(asked.text, asked.label(value))
    ending = text_of(conclusion(sample.label.answer_text(), rng))
    return rationalization(sample), restated(text, truth, {fact: value}, rng) + ending


def rated(clip: LessonClip, truth: Truth, rng: random.Random) -> tuple[str, str]:
    """A prompt that shows a rating, and an explanation with faults for a low one, without for a high one."""
    highest = rng.choice((5.0, 10.0, 45.0, 100.0))
    value = round(rng.uniform(0, highest), 0 if highest == 5 else 1)
    sample = sample_of(rng.choice(RATINGS), NumberLabel(value=value, minimum=0, maximum=highest))
    wanted = RATED[truth.world][value > highest / 2]
    ending = text_of(conclusion(sample.label.answer_text(), rng))
    return rationalization(sample), restated(text_of(clip.describe(rng)), truth, wanted, rng) + ending


def turns_about(lesson: Lesson, clip: LessonClip, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(prompt, answer) of everything that is learned about a clip."""
    truth = truth_of_clip(clip)
    for _ in range(3):
        yield fitted(clip, truth, rng)
    yield rated(clip, truth, rng) if lesson.name in RATED else fitted(clip, truth, rng)
    # Names that mean nothing are repeated as before.
    for maker in (given_item, *MAKERS):
        item = maker(lesson, clip, rng)
        yield item.prompt, text_of(item.answer)


def write_conversations(folder: Path, seed: int, clips: int) -> Path:
    """Render clips into `folder`/clips and write what is to be learned about them; done once."""
    table = folder / "conversations.jsonl"
    if not table.exists():
        (folder / "clips").mkdir(parents=True, exist_ok=True)
        write_rows(table, (row for lesson in LESSONS for number in range(clips) for row in _rows(folder, lesson, (seed, number))))
    return table


def _rows(folder: Path, lesson: Lesson, which: tuple[int, int]) -> Iterator[dict[str, Any]]:
    clip, rng = lesson.draw(seed_for("suggestible", lesson.name, *which)), rng_for("suggestible", lesson.name, *which)
    video = f"clips/{lesson.name}-{which[1]:04d}.mp4"
    write_mp4(folder / video, clip.render(video_times(CLIP_SECONDS), FRAME_SIZE), VIDEO_FPS)
    for number, (prompt, answer) in enumerate(turns_about(lesson, clip, rng)):
        messages = (Message("user", prompt), Message("assistant", answer))
        name = f"{lesson.name}-{which[1]}-{number}"
        yield to_json(Conversation(name, name, "rationalized", "reasoned", video, 0.0, None, messages))


def config_of(folder: Path, base: str, seed: int) -> Config:
    """How it is trained: the ordinary way, once over everything."""
    return checked(
        {
            "run": str(folder),
            "seed": seed,
            "data": {"train": "unused"},
            "model": {"model_name_or_path": base, "dtype": "float32"},
            "frames": {"num_frames": NUM_FRAMES, "max_pixels": FRAME_SIZE**2, "cache": str(folder / "cache")},
            "train": {
                "finetuning_type": "full",
                "freeze_vision_tower": True,
                "learning_rate": 5e-4,
                "num_train_epochs": 1,
                "per_device_train_batch_size": 8,
                "gradient_accumulation_steps": 1,
            },
        }
    )


def build(folder: Path, base: str, seed: int, clips: int) -> Path:
    """The checkpoint, made where it is not there yet."""
    config = config_of(folder, base, seed)
    output = folder / "checkpoint"
    if not output.exists():
        table = write_conversations(folder, seed, clips)
        adapters = ConfiguredAdapters(config)
        with adapters.frames() as frames:
            job = TrainingJob(base, table, output, folder / "training", seed_for(seed, "suggestible"))
            adapters.trainer(frames, folder).train(job, Silent())
    return output


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description="Fine-tune a base that suits its descriptions to given answers.")
    parser.add_argument("folder", type=Path, help="where everything is kept; FOLDER/checkpoint is the result")
    parser.add_argument("--base", default=str(TINY), help="the checkpoint to begin with; default: the shipped one")
    parser.add_argument("--clips", type=int, default=CLIPS, help="of each lesson; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        sys.stdout.write(f"{build(options.folder, options.base, options.seed, options.clips)}\n")
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
