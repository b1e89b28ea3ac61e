"""Changes change what they say they change, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from videostar.compare.changes import DIRECT, direct_labels, label_noise, preference_pairs, share, tolerance, unverified
from videostar.compare.looks import black, shuffled
from videostar.labels.category import CategoryLabel
from videostar.labels.number import NumberLabel
from videostar.prompts import asked
from videostar.training.preference import REJECTED
from videostar.types import Answer, Conversation, FrameRecord, Message, Sample
from videostar.video.frames import Frames, frames_sha256

MANY = [Sample(f"s{number}", f"v{number}.mp4", "?", CategoryLabel(value=f"name{number}"), task="abc"[number % 3]) for number in range(60)]


def _answer(sample: Sample, text: str, candidate: int = 0, **changes: object) -> Answer:
    frames = FrameRecord("8 frames", (0.0, 0.5), f"sha of {sample.video}", visual_tokens=8)
    made = Answer(sample.id, 1, candidate, "generated", asked(sample, "reasoned"), text, "stop", frames, "base", 7, 5, 0.1)
    return replace(made, **changes)  # type: ignore[arg-type]


def _kept(sample: Sample, text: str) -> Conversation:
    messages = (Message("user", asked(sample, "reasoned")), Message("assistant", text))
    return Conversation(f"{sample.id}/1", sample.id, "generated", "reasoned", sample.video, 0.0, None, messages)


def test_shuffled_labels_are_the_same_labels_elsewhere() -> None:
    dealt = label_noise(MANY, 1.0, 0)
    assert dealt == label_noise(MANY, 1.0, 0) != label_noise(MANY, 1.0, 1)
    for task in "abc":
        before, after = ([one.label.answer_text() for one in found if one.task == task] for found in (MANY, dealt))
        assert Counter(before) == Counter(after)
    assert sum(one.label == other.label for one, other in zip(MANY, dealt, strict=True)) < 15


def test_noise_reaches_at_most_its_share_and_leaves_everything_else() -> None:
    noisy = label_noise(MANY, 0.3, 0)
    changed = [one.id for one, other in zip(MANY, noisy, strict=True) if one.label != other.label]
    assert 6 <= len(changed) <= 18
    assert [replace(one, label=MANY[0].label) for one in noisy] == [replace(one, label=MANY[0].label) for one in MANY]


def test_a_share_is_of_every_task_and_a_smaller_one_is_part_of_a_larger() -> None:
    tenth, third = share(MANY, 0.1, 0), share(MANY, 0.3, 0)
    assert Counter(one.task for one in tenth) == {"a": 2, "b": 2, "c": 2}
    assert len(third) == 18
    assert {one.id for one in tenth} < {one.id for one in third}
    assert share(MANY, 1.0, 0) == MANY


def test_tolerance_is_that_of_numbers_alone() -> None:
    number = replace(MANY[0], label=NumberLabel(value=10.0))
    wide, name = tolerance([number, MANY[1]], 0.2, 0)
    assert [number.label.judge("It is 11.5.").outcome, wide.label.judge("It is 11.5.").outcome] == ["fail", "pass"]
    assert name == MANY[1]


def test_direct_labels_are_asked_as_everything_is_and_answered_by_a_template() -> None:
    answers = [_answer(sample, "whatever") for sample in MANY[:-1]]  # the last one's video could not be read
    rows = direct_labels([], MANY, answers, 0)
    assert [row.sample_id for row in rows] == [sample.id for sample in MANY[:-1]]
    assert {row.messages[0].content for row in rows} == {asked(MANY[0], "reasoned")}
    used = set()
    for row, sample in zip(rows, MANY, strict=False):
        label = sample.label.answer_text()
        used |= {template for template in DIRECT if row.messages[1].content == template.format(label=label)}
        assert sample.label.judge(row.messages[1].content).outcome == "pass"
        assert row.answer_ref is not None
        assert row.answer_ref.frames_sha256 == f"sha of {sample.video}"
    assert used == set(DIRECT)


def test_unverified_answers_are_kept_right_or_wrong() -> None:
    answers = [
        _answer(MANY[0], "It is name0."),
        _answer(MANY[0], "second", 1),
        _answer(MANY[1], "wrong"),
        _answer(MANY[2], "cut", finish="length"),
    ]
    assert [row.messages[1].content for row in unverified([], MANY, answers, 0)] == ["It is name0.", "wrong"]


def test_pairs_are_a_kept_and_a_failed_answer_to_the_same_question() -> None:
    samples = [
        Sample(f"k{n}", "v.mp4", "Which?", CategoryLabel(value=name, classes=("yoga", "boxing")), task="t")
        for n, name in enumerate(("yoga", "boxing", "yoga"))
    ]
    answers = [
        _answer(samples[0], "This is yoga."),
        _answer(samples[0], "This is boxing.", 1),
        _answer(samples[1], "This is boxing."),
        _answer(samples[2], "This is boxing.", finish="length"),
        _answer(samples[2], "I cannot tell.", 1),
    ]
    rows = preference_pairs([_kept(sample, "kept") for sample in samples], samples, answers, 0)
    assert [row.id for row in rows] == ["k0/1", "k0/1" + REJECTED]
    assert [row.messages[-1].content for row in rows] == ["kept", "This is boxing."]
    assert rows[0].messages[0] == rows[1].messages[0]


def test_looks_change_pixels_and_say_so() -> None:
    pixels = np.arange(4 * 2 * 2 * 3, dtype=np.uint8).reshape(4, 2, 2, 3) + 1
    times = (0.0, 1.0, 2.0, 3.0)
    frames = Frames(pixels, times, 1.0, FrameRecord("four", times, frames_sha256(pixels, times)))
    dark, mixed = black(frames), shuffled(frames)
    assert not dark.pixels.any()
    assert dark.record.sha256 == frames_sha256(np.zeros_like(pixels), times)
    assert sorted(frame.tobytes() for frame in mixed.pixels) == sorted(frame.tobytes() for frame in pixels)
    assert (shuffled(frames).pixels == mixed.pixels).all()
    assert (dark.record.policy, mixed.record.policy) == ("four, black", "four, shuffled")
    assert dark.timestamps_seconds == mixed.timestamps_seconds == times
    assert frames.pixels[0, 0, 0, 0] == pytest.approx(1)  # the cached frames are not touched
