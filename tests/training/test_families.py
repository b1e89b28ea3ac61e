"""Each family learns what it is shown: eight conversations by heart in 40 steps, and which clip is shown decides what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.models.families import build
from tests.models.tiny_checkpoint import moving_square
from tests.training.tiny_training import Rendered, config, write
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Request, Silent, TrainingJob
from videostar.training.finetune import FineTuner
from videostar.training.trainable import load_trainable
from videostar.types import AnswerRef, Conversation, Message
from videostar.video.frames import Frames

FAMILIES = ("qwen2_5_vl", "qwen3_vl", "smolvlm", "llava_onevision", "llava_next_video", "video_llava", "internvl")


def _inverted(frames: Frames, name: str) -> Frames:
    """The same clip with its colours turned around: on a white ground."""
    return replace(frames, pixels=255 - frames.pixels, record=replace(frames.record, sha256=name))


CLIPS = {
    "red.mp4": moving_square(255, num_frames=4, side=20),
    "green.mp4": moving_square(0, num_frames=4, side=20),
    "blue.mp4": moving_square(128, num_frames=4, side=20),
    "white.mp4": _inverted(moving_square(255, num_frames=4, side=20), "white"),
}
COLOUR, SIZE = "Which colour is the square?", "Explain step by step: what is it doing?"
ANSWERS = {
    ("red.mp4", COLOUR): "It is red.",
    ("green.mp4", COLOUR): "Green!",
    ("blue.mp4", COLOUR): "Blue.",
    ("white.mp4", COLOUR): "On white.",
    ("red.mp4", SIZE): "It moves up.",
    ("green.mp4", SIZE): "Then down.",
    ("blue.mp4", SIZE): "The person.",
    ("white.mp4", SIZE): "Arm wrestling.",
}
OTHERS = dict(zip(ANSWERS, [*list(ANSWERS.values())[3:], *list(ANSWERS.values())[:3]], strict=True))
"""The same answers, each to another clip: what adapters on a model that knows the first ones have to learn."""
SWAPPED = {"red.mp4": "green.mp4", "green.mp4": "blue.mp4", "blue.mp4": "white.mp4", "white.mp4": "red.mp4"}
UNSWAPPED = {name: name for name in SWAPPED}
TOWERS = ("visual.", "vision_tower", "vision_model", "image_tower", "video_tower")
GREEDY = Decoding(0.0, 1.0, 40)
STEPS = 40
WARM = {"lr_scheduler_type": "constant_with_warmup", "warmup_ratio": 0.2}


def _learned(base: Path, folder: Path, answers: dict[tuple[str, str], str], **train: Any) -> Path:
    rows = [
        Conversation(
            f"{video} {question}",
            video,
            "generated",
            "direct",
            video,
            0.0,
            None,
            (Message("user", question), Message("assistant", answer)),
            AnswerRef(1, 0, CLIPS[video].record.sha256),
        )
        for (video, question), answer in answers.items()
    ]
    task = TrainingJob(str(base), write(folder / "rows.jsonl", rows), folder / "output", folder / "work", 1)
    settings = config(base, num_train_epochs=STEPS, per_device_train_batch_size=len(rows), **train)
    result = FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(task, Silent())
    assert (result.rows, result.steps) == (len(rows), STEPS)
    return task.output


def _reproduced(folder: Path, answers: dict[tuple[str, str], str], shown: dict[str, str]) -> int:
    """How many answers are those to the clip that is shown in a question's place."""
    settings = config(folder)
    model = TransformersModel(str(folder), settings.model)
    requests = [Request(video, (Message("user", question),), CLIPS[shown[video]], (1,)) for video, question in answers]
    said = [row[0].text.strip() for row in model.answer(requests, GREEDY)]
    return sum(text == answers[shown[video], question] for text, (video, question) in zip(said, answers, strict=True))


def _learns(family: str, folder: Path) -> None:
    base = build(family, folder / "base")
    full = _learned(base, folder / "full", ANSWERS, finetuning_type="full", learning_rate=6e-3, **WARM)
    assert _reproduced(full, ANSWERS, UNSWAPPED) >= 7
    assert _reproduced(full, ANSWERS, SWAPPED) >= 7
    adapted = _learned(full, folder / "lora", OTHERS, finetuning_type="lora", learning_rate=1e-2, lora_rank=16, lora_alpha=32)
    assert (adapted / "adapter" / "adapter_model.safetensors").is_file()
    assert _reproduced(adapted, OTHERS, UNSWAPPED) >= 7
    assert _reproduced(adapted, OTHERS, SWAPPED) >= 7


def test_a_family_learns_by_heart_what_it_is_shown(tmp_path: Path) -> None:
    _learns("qwen2_5_vl", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES[1:])
def test_every_family_learns_by_heart_what_it_is_shown(family: str, tmp_path: Path) -> None:
    _learns(family, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_frozen_tower_is_frozen_in_every_family(family: str, tmp_path: Path) -> None:
    """Neither all weights nor adapters touch a tower then, and adapters find the text model's layers."""
    for kind in ("full", "lora"):
        settings = config(tmp_path, finetuning_type=kind, freeze_vision_tower=True)
        trained = load_trainable(settings, str(build(family, tmp_path / kind)), None, 1)
        free = [name for name, weight in trained.named_parameters() if weight.requires_grad]
        assert any("language_model" in name or "text_model" in name for name in free)
        assert not [name for name in free if any(tower in name for tower in TOWERS)]
