"""Fine-tuning with transformers' own Trainer: conversations in, a plain Hugging Face folder out."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from videostar import checkpoints
from videostar.config import Config, TrainConfig
from videostar.encoding import Encoder
from videostar.errors import CheckpointError, ConfigError, DataError, MissingExtraError
from videostar.ports import TrainingJob, TrainingResult, Watcher
from videostar.training import checkpointing
from videostar.training.collator import Collator, FrameSource, answer_loss
from videostar.training.dataset import ConversationFile

TEXT_LAYERS = r".*(language_model|text_model).*\.(q|k|v|o|gate|up|down)_proj"
LOGGED_STEPS = 500


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What one training needs in memory."""

    model: Any
    processor: Any
    collator: Collator
    rows: ConversationFile
    arguments: Any


class FineTuner:
    """A `Trainer` for any checkpoint that transformers loads: all weights, or LoRA adapters that are merged at the end.

    root: what the videos of conversations are relative to.
    Full tuning keeps float32 weights while it trains; the result has the dtype of the base on disk. Killed anywhere and started
    again, it goes on from the last whole checkpoint; on a CPU the weights are then bit for bit those of an undisturbed training.
    """

    def __init__(self, config: Config, frames: FrameSource, root: Path) -> None:
        self._train = config.train
        self._model = config.model
        self._frames = frames
        self._root = root

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """Raises `DataError` when no conversation is left to train on, or frames are not those that were answered on."""
        settings = {**self._train.model_dump(mode="json"), "model": self._model.model_dump(mode="json")}
        checkpointing.claim(job, settings)
        done = checkpointing.finished(job)
        if done is not None:
            return done
        try:
            return self._run(job, watch)
        except (RuntimeError, MemoryError) as error:
            if not checkpoints.is_out_of_memory(error):
                raise
            raise ConfigError(
                f"training ran out of memory ({error}); lower train.per_device_train_batch_size and raise"
                " train.gradient_accumulation_steps by as much, set train.gradient_checkpointing: true, or train with lora"
            ) from None
        finally:
            checkpoints.free_memory()

    def _run(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        found = checkpointing.last_whole(job.work)
        prepared = self._prepare(job, found[0] if found else None)
        if found is not None:
            prepared.collator.dropped.update(found[1])
            watch.say(f"training goes on from {found[0].name}")
        state = _fit(prepared, watch, str(found[0]) if found else None)
        dropped = prepared.collator.dropped
        result = TrainingResult(
            rows=len(prepared.rows) - len(dropped),
            dropped=dict(sorted(Counter(dropped.values()).items())),
            steps=state.global_step,
            losses=tuple((int(log["step"]), float(log["loss"])) for log in state.log_history if "loss" in log),
        )
        if result.rows == 0:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in result.dropped.items())
            raise DataError(f"every one of the {len(prepared.rows)} conversations was left out of training ({reasons})")
        with checkpointing.appearing(job, result) as folder:
            _export(prepared, job.base, self._model.trust_remote_code, folder)
        return result

    def _prepare(self, job: TrainingJob, resume_from: Path | None) -> _Prepared:
        rows = ConversationFile(job.conversations)
        processor = checkpoints.load_processor(job.base, self._model.trust_remote_code)
        arguments = _arguments(self._train, job, len(rows))  # before the model: DeepSpeed shards while loading
        full = self._train.finetuning_type == "full"
        # The Trainer loads a checkpoint by the names on disk, which for many families are not the model's: it would silently go on
        # from the base (transformers issue 43701). So the weights are loaded here.
        source = str(resume_from) if full and resume_from else job.base
        model = checkpoints.load_model(source, "float32" if full else self._model.dtype, self._model.trust_remote_code)
        limits = [limit for limit in (self._train.max_length, checkpoints.context_length(model)) if limit is not None]
        encoder = Encoder(processor, checkpoints.end_token_ids(processor, model), min(limits, default=None))
        keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
        collator = Collator(encoder, self._frames, self._root, logits_to_keep=keeps)
        return _Prepared(_trainable(model, self._train, arguments.seed), processor, collator, rows, arguments)


def _arguments(train: TrainConfig, job: TrainingJob, rows: int) -> Any:
    import transformers

    per_step = train.per_device_train_batch_size * train.gradient_accumulation_steps
    steps = max(1, round(rows * train.num_train_epochs / per_step))
    on_gpu = torch.cuda.is_available()
    try:
        arguments = transformers.TrainingArguments(
            output_dir=str(job.work),
            seed=job.seed % 2**32,
            learning_rate=train.learning_rate,
            num_train_epochs=train.num_train_epochs,
            per_device_train_batch_size=train.per_device_train_batch_size,
            gradient_accumulation_steps=train.gradient_accumulation_steps,
            lr_scheduler_type=train.lr_scheduler_type,
            warmup_steps=min(train.warmup_ratio, 0.999),  # below 1 it is a share of all steps
            weight_decay=train.weight_decay,
            bf16=on_gpu and torch.cuda.is_bf16_supported(),
            use_cpu=not on_gpu,
            activation_checkpointing=train.gradient_checkpointing,
            activation_checkpointing_kwargs={"use_reentrant": False},
            save_strategy="steps",
            save_steps=train.save_steps,
            save_total_limit=2,
            logging_nan_inf_filter=False,
            logging_steps=max(1, steps // LOGGED_STEPS),
            report_to=train.report_to,
            deepspeed=str(train.deepspeed) if train.deepspeed else None,
            remove_unused_columns=False,
            disable_tqdm=True,
            dataloader_pin_memory=on_gpu,
        )
    except ValueError as error:
        raise ConfigError(f"train: {error}") from None
    except ImportError as error:
        raise MissingExtraError(f"train: {error}") from None
    # With several GPUs in sight the Trainer would use torch's DataParallel, which cannot split the frames of a batch.
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def _trainable(model: Any, train: TrainConfig, seed: int) -> Any:
    """The model with the weights to be trained set free: all of them, or new adapters."""
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


def _fit(prepared: _Prepared, watch: Watcher, resume_from: str | None) -> Any:
    """Run the training; the Trainer's state afterwards."""
    import transformers

    from videostar.training.reporter import reporter_for

    with ExitStack() as bars:
        trainer = transformers.Trainer(
            model=prepared.model,
            args=prepared.arguments,
            data_collator=prepared.collator,
            train_dataset=prepared.rows,
            compute_loss_func=answer_loss,
            callbacks=[reporter_for(watch, bars, prepared.collator)],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.train(resume_from_checkpoint=resume_from)
        return trainer.state


def _export(prepared: _Prepared, base: str, trust_remote_code: bool, folder: Path) -> None:
    """Write the model in the base's dtype with everything that loading it needs; adapters are merged, and kept beside."""
    import transformers

    model = prepared.model
    if hasattr(model, "merge_and_unload"):
        model.save_pretrained(folder / "adapter")
        model = model.merge_and_unload()
    shipped = transformers.AutoConfig.from_pretrained(base, trust_remote_code=trust_remote_code)
    model = model.to("cpu", dtype=shipped.dtype or model.dtype)
    model.config.use_cache = getattr(shipped, "use_cache", True)  # the Trainer switched it off
    if any(weight.numel() == 0 for weight in model.parameters()):
        raise ConfigError("DeepSpeed left the weights in pieces (ZeRO stage 3), which cannot be exported; use stage 2 or below")
    model.save_pretrained(folder)
    prepared.processor.save_pretrained(folder)
