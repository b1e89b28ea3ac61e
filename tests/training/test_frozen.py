"""A tower that does not learn looks at each clip once, and the training is the one that it would be on pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from tests.models.families import build
from tests.training.tiny_training import ANSWERS, CLIPS, Rendered, config, job
from videostar.ports import Silent
from videostar.training import fitting
from videostar.training.finetune import FineTuner
from videostar.training.frozen import frozen_looks
from videostar.training.trainable import load_trainable

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


@pytest.mark.parametrize(("family", "frozen", "kept"), [("qwen2_5_vl", True, True), ("qwen2_5_vl", False, False), ("smolvlm", True, False)])
def test_no_looks_are_kept_where_what_makes_them_learns(family: str, frozen: bool, kept: bool, tmp_path: Path) -> None:
    settings = config(build(family, tmp_path), finetuning_type="full", freeze_vision_tower=frozen)
    model = load_trainable(settings, settings.model.model_name_or_path, None, 1)
    assert (frozen_looks(model) is not None) == kept
