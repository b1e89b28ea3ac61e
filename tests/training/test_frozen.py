"""A tower that does not learn looks at each clip once, and the training is the one that it would be on pixels."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.models.families import build
from tests.training.tiny_training import ANSWERS, CLIPS, Rendered, config, job
from videostar import checkpoints
from videostar.encoding import Encoded, Encoder
from videostar.ports import Silent
from videostar.training import fitting
from videostar.training.finetune import FineTuner
from videostar.training.frozen import FrozenLooks, frozen_looks
from videostar.training.trainable import load_trainable
from videostar.types import Message

EPOCHS = 3


def _trained(base: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], Path, int]:
    """Losses, the folder that came out, and how many times a tower was called."""
    settings = config(base, finetuning_type="full", freeze_vision_tower=True, num_train_epochs=EPOCHS)
    calls = 0

    def load(*args: Any) -> Any:
        model = load_trainable(*args)

        def look(*_: object) -> None:
            nonlocal calls
            calls += 1

        model.get_encoder(modality="image").register_forward_pre_hook(look)
        return model

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "load_trainable", load)
        task = job(folder, base)
        result = FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(task, Silent())
    assert result.steps == EPOCHS
    return [loss for _, loss in result.losses], task.output, calls


@pytest.mark.parametrize("family", ["qwen2_5_vl", "qwen3_vl"])
def test_each_clip_is_looked_at_once_and_nothing_else_changes(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = build(family, tmp_path / "base")
    losses, kept, calls = _trained(base, tmp_path / "kept", monkeypatch)
    assert calls == len(ANSWERS)
    monkeypatch.setattr(fitting, "frozen_looks", lambda *_: None)
    on_pixels, plain, calls = _trained(base, tmp_path / "plain", monkeypatch)
    assert calls >= EPOCHS
    assert losses == pytest.approx(on_pixels, rel=1e-4)
    weights, others = (load_file(folder / "model.safetensors") for folder in (kept, plain))
    assert weights.keys() == others.keys()
    assert max(float((weights[name] - others[name]).abs().max()) for name in weights) < 1e-3


def test_a_row_is_turned_into_tokens_once_and_anew_where_its_look_is_gone(tiny: Path) -> None:
    processor, model = checkpoints.load_processor(str(tiny)), checkpoints.load_model(str(tiny), "float32", False)
    encoder = Encoder(processor, checkpoints.end_token_ids(processor, model))
    frozen = FrozenLooks(model)
    calls: list[str] = []

    def encode(clip: str) -> Encoded:
        calls.append(clip)
        return encoder.conversation([Message("user", "What is it?"), Message("assistant", "a ball")], CLIPS[clip])

    def read(clip: str) -> dict[str, Any]:
        name = CLIPS[clip].record.sha256
        return frozen([(name, frozen.encoded("row", name, partial(encode, clip)))], encoder.pad_token_id)

    first, second = list(CLIPS)[:2]
    before, again = read(first), read(first)
    read(second)
    assert calls == [first, second]
    assert before.keys() == again.keys()
    assert all(torch.equal(before[name], again[name]) for name in before if isinstance(before[name], torch.Tensor))
    frozen.looks.clear()
    read(first)
    assert calls == [first, second, first]


@pytest.mark.parametrize(("family", "frozen", "kept"), [("qwen2_5_vl", True, True), ("qwen2_5_vl", False, False), ("smolvlm", True, False)])
def test_no_looks_are_kept_where_what_makes_them_learns(family: str, frozen: bool, kept: bool, tmp_path: Path) -> None:
    settings = config(build(family, tmp_path), finetuning_type="full", freeze_vision_tower=frozen)
    model = load_trainable(settings, settings.model.model_name_or_path, None, 1)
    assert (frozen_looks(model) is not None) == kept
