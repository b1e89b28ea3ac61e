"""Changes that an arm can name: of the samples before a run, and of what a cycle trains on after its selection. Pure.

A change of samples gets the train samples, the amount that the arm gives (1 where it gives none) and the seed. One of conversations gets
what was kept, the train samples, every generated answer of the cycle, and the seed. Both may come from elsewhere too, by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from videostar.errors import ConfigError
from videostar.prompts import asked
from videostar.seeds import rng_for, seed_for
from videostar.types import Answer, AnswerRef, Conversation, Message, Sample

SampleChange: TypeAlias = Callable[[Sequence[Sample], float, int], list[Sample]]
ConversationChange: TypeAlias = Callable[[Sequence[Conversation], Sequence[Sample], Sequence[Answer], int], list[Conversation]]
T = TypeVar("T")

DIRECT = ("{label}", "The answer is {label}.", "It is {label}.")
"""What a model that is tuned on labels directly learns to answer: one of these for each question, drawn by seed."""


def label_noise(samples: Sequence[Sample], amount: float, seed: int) -> list[Sample]:
    """The labels of a share of the samples dealt anew among the questions of their task; 1 deals all of them."""
    tasks: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        tasks[sample.task].append(sample)
    dealt: dict[str, Sample] = {}
    for task, found in tasks.items():
        rng = rng_for("label noise", seed, task)
        drawn = rng.sample(found, round(amount * len(found)))
        labels = rng.sample([sample.label for sample in drawn], len(drawn))
        dealt |= {sample.id: replace(sample, label=label) for sample, label in zip(drawn, labels, strict=True)}
    return [dealt.get(sample.id, sample) for sample in samples]


def share(samples: Sequence[Sample], amount: float, seed: int) -> list[Sample]:
    """A share of each task's samples, drawn by seed; a smaller share is a part of a larger one."""
    ranked = sorted(samples, key=lambda sample: seed_for("share", seed, sample.id))
    counts: dict[str, int] = defaultdict(int)
    for sample in samples:
        counts[sample.task] += 1
    left = {task: max(1, round(amount * number)) for task, number in counts.items()}
    kept = set()
    for sample in ranked:
        if left[sample.task] > 0:
            left[sample.task] -= 1
            kept.add(sample.id)
    return [sample for sample in samples if sample.id in kept]


def tolerance(samples: Sequence[Sample], amount: float, _: int) -> list[Sample]:
    """Number labels that pass within `amount` of their value instead of what they say; others stay."""
    return [
        replace(sample, label=sample.label.model_copy(update={"relative_tolerance": amount}))  # type: ignore[attr-defined]
        if sample.label.kind == "number"
        else sample
        for sample in samples
    ]


def direct_labels(_: Sequence[Conversation], samples: Sequence[Sample], answers: Sequence[Answer], seed: int) -> list[Conversation]:
    """Every question of the cycle with its label as the answer, in the words of `DIRECT`; no explanation, no answer of the model."""
    first = firsts(answers)
    return [
        conversation(sample, first[sample.id], drawn(DIRECT, "direct", seed, sample.id).format(label=sample.label.answer_text()))
        for sample in samples
        if sample.id in first
    ]


def unverified(_: Sequence[Conversation], samples: Sequence[Sample], answers: Sequence[Answer], __: int) -> list[Conversation]:
    """The first answer to every question, right or wrong, as it was given; one that was cut off is left out."""
    first = firsts(answers)
    given = [(sample, first[sample.id]) for sample in samples if sample.id in first]
    return [conversation(sample, answer, answer.text) for sample, answer in given if answer.finish == "stop" and answer.text.strip()]


def preference_pairs(kept: Sequence[Conversation], samples: Sequence[Sample], answers: Sequence[Answer], __: int) -> list[Conversation]:
    """Every kept answer, followed by one to the same question that commits to something wrong; questions without such have no pair."""
    from videostar.training.preference import REJECTED

    asked_as = {sample.id: sample for sample in samples}
    failed: dict[str, Answer] = {}
    for answer in answers:
        sample = asked_as.get(answer.sample_id)
        if sample is None or answer.finish != "stop" or answer.sample_id in failed:
            continue
        if sample.label.judge(answer.text, sample.question, answer.frames.clip).outcome == "fail":
            failed[answer.sample_id] = answer
    pairs: list[Conversation] = []
    for one in kept:
        if one.sample_id in failed and one.form == "reasoned":
            worse = Message("assistant", failed[one.sample_id].text)
            pairs += [one, replace(one, id=one.id + REJECTED, messages=(*one.messages[:-1], worse))]
    return pairs


SAMPLE_CHANGES: Mapping[str, SampleChange] = MappingProxyType(
    {"shuffled labels": label_noise, "label noise": label_noise, "share": share, "tolerance": tolerance}
)
CONVERSATION_CHANGES: Mapping[str, ConversationChange] = MappingProxyType(
    {"direct labels": direct_labels, "without verification": unverified, "preference pairs": preference_pairs}
)


def named(changes: Mapping[str, T], name: str, what: str) -> T:
    """The change of that name. Raises `ConfigError`."""
    if name not in changes:
        raise ConfigError(f'there is no change of {what} named "{name}"; there are {", ".join(changes)}')
    return changes[name]


def firsts(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The first candidate for each question whose video could be read."""
    return {answer.sample_id: answer for answer in answers if answer.candidate == 0 and answer.finish != "error"}


def conversation(sample: Sample, answer: Answer, text: str) -> Conversation:
    """A question as it was asked, on the frames that were shown, with `text` as its answer."""
    frames = answer.frames
    return Conversation(
        id=f"{sample.id}/{answer.cycle}/changed",
        sample_id=sample.id,
        route="generated",
        form="reasoned",
        video=sample.video,
        start_seconds=sample.start_seconds,
        end_seconds=sample.end_seconds,
        messages=(Message("user", asked(sample, "reasoned")), Message("assistant", text)),
        answer_ref=AnswerRef(answer.cycle, answer.candidate, frames.sha256, frames.timestamps_seconds, frames.visual_tokens),
    )


def drawn(texts: Sequence[str], *what: str | int) -> str:
    """One of the texts, by seed."""
    return texts[seed_for(*what) % len(texts)]
