"""The model that a training starts with: loaded, and with the weights to be trained set free."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from videostar import checkpoints
from videostar.config import Config, TrainConfig
from videostar.errors import CheckpointError
from videostar.training.sharding import read_sharding

TEXT_LAYERS = r".*(language_model|text_model).*\.(q|k|v|o|gate|up|down)_proj"


def load_trainable(config: Config, base: str, resume_from: Path | None, seed: int) -> Any:
    """The model in training mode: all of its weights free (but those of a frozen tower), or new adapters on a fixed base."""
    train, model = config.train, config.model
    full = train.finetuning_type == "full"
    # The Trainer loads a checkpoint by the names on disk, which for many families are not the model's: it would silently go on
    # from the base (transformers issue 43701). So the weights are loaded here; those of a sharded training it puts back itself.
    sharded = read_sharding(train).way is not None
    source = str(resume_from) if full and resume_from is not None and not sharded else base
    dtype = "float32" if full else model.dtype
    return _set_free(
        checkpoints.load_model(source, dtype, model.trust_remote_code, four_bits=train.finetuning_type == "qlora"), train, seed
    )


def _set_free(model: Any, train: TrainConfig, seed: int) -> Any:
    model.train()
    if train.finetuning_type == "full":
        if train.freeze_vision_tower:
            for tower in _vision_towers(model):
                tower.requires_grad_(False)
        return model
    import peft
    import transformers

    transformers.set_seed(seed)
    layers = TEXT_LAYERS if train.freeze_vision_tower else "all-linear"
    lora = peft.LoraConfig(
        r=train.lora_rank, lora_alpha=train.lora_alpha, lora_dropout=train.lora_dropout, target_modules=layers, task_type="CAUSAL_LM"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # between the two libraries; nothing that a user can mend
            if train.finetuning_type == "qlora":
                model = peft.prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
            return peft.get_peft_model(model, lora)
    except ValueError as error:
        raise CheckpointError(
            f"{type(model).__name__} has no layers named {TEXT_LAYERS} for LoRA; set train.finetuning_type: full ({error})"
        ) from None


def _vision_towers(model: Any) -> list[Any]:
    """What looks at images and videos; some families have a tower for each."""
    tower = model.get_encoder(modality="image")
    if tower is model or tower is model.base_model:
        raise CheckpointError(f"no vision tower was found in {type(model).__name__}; set train.freeze_vision_tower: false")
    return [tower, *(other for other in [getattr(model.base_model, "video_tower", None)] if other is not None)]
