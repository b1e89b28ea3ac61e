"""Questions on the worlds' clips that no label task asks, by the aspects of TempCompass: what training on labels makes a model forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from videostar.labels.choice import ChoiceLabel
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.lesson import LessonClip
from videostar.playground.measures.asking import Ask, Shown, passes, question, video_of
from videostar.playground.measures.outcomes import Outcome, accuracies
from videostar.playground.measures.rendering import lesson_clips
from videostar.prompts import asked
from videostar.seeds import rng_for
from videostar.types import Estimate, Sample

ASPECTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "moves": {"path": "direction", "turning": "direction", "speed": "speed", "size": "attribute change"},
        "dives": {"position": "action", "half turns": "action", "facing": "direction", "turning": "direction", "end": "event order"},
        "procedures": {"step": "action", "thing": "event order", "order": "event order"},
    }
)
"""World -> skill that a question takes -> aspect."""
RIGHT = "right"
CLIPS = 24
_TRIES = 60


@dataclass(frozen=True, slots=True)
class GeneralQuestion:
    """A question in plain words, what it asks after, and what is seen."""

    shown: Shown
    aspect: str


def general(questions: Sequence[GeneralQuestion], texts: Sequence[str]) -> dict[str, Estimate]:
    """Accuracy over all questions ("right") and by aspect ("direction: right")."""
    return accuracies(
        [
            Outcome(video_of(one.shown.sample), one.aspect, {RIGHT: passes(one.shown.sample, text, one.shown.frames)})
            for one, text in zip(questions, texts, strict=True)
        ]
    )


def general_questions(seed: int, clips: int = CLIPS) -> list[GeneralQuestion]:
    """About `clips` fresh clips of each world, one question for each aspect that a clip has."""
    found: list[GeneralQuestion] = []
    for lesson in LESSONS:
        for number, (clip, frames) in enumerate(lesson_clips(lesson, seed, clips)):
            group = f"general-{number}"
            for aspect, sample in _by_aspect(lesson.name, clip, (seed, group)).items():
                found.append(GeneralQuestion(Shown(sample, frames), aspect))
    return found


def answered_generally(questions: Sequence[GeneralQuestion], ask: Ask) -> list[str]:
    """Short answers."""
    return ask([question(asked(one.shown.sample, "direct"), one.shown.frames) for one in questions])


def _by_aspect(world: str, clip: LessonClip, name: tuple[int, str]) -> dict[str, Sample]:
    rng, found = rng_for("general", world, *name), dict[str, Sample]()
    for _ in range(_TRIES):
        known = clip.ask(rng)
        aspect = ASPECTS[world].get(known.skill)
        if aspect and aspect not in found and not isinstance(known.label, ChoiceLabel):
            found[aspect] = Sample(f"{name[1]}-{aspect}", "-", known.question, known.label, task=aspect, source=world, group=name[1])
    return found
