"""The config's words for a training as transformers' `TrainingArguments`."""

from __future__ import annotations

from typing import Any

import torch

from videostar.config import TrainConfig
from videostar.errors import ConfigError, MissingExtraError
from videostar.ports import TrainingJob
from videostar.training import ranks

LOGGED_STEPS = 500


def training_arguments(train: TrainConfig, job: TrainingJob, rows: int) -> Any:
    """What the Trainer is told. Raises `ConfigError` or `MissingExtraError` in its words."""
    import transformers

    per_step = train.per_device_train_batch_size * train.gradient_accumulation_steps * ranks.count()
    steps = train.max_steps or max(1, round(rows * train.num_train_epochs / per_step))
    on_gpu = torch.cuda.is_available()
    try:
        arguments = transformers.TrainingArguments(
            output_dir=str(job.work),
            seed=job.seed % 2**32,
            learning_rate=train.learning_rate,
            num_train_epochs=train.num_train_epochs,
            max_steps=train.max_steps or -1,
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
            report_to=reporters(train),
            deepspeed=str(train.deepspeed) if train.deepspeed else None,
            fsdp=train.fsdp is not None,
            fsdp_config=str(train.fsdp) if train.fsdp else None,
            train_sampling_strategy="sequential",  # the order is that of the data set, see `ordering`
            # A process that meets only rows without video gives the tower no gradient; the others must not wait for one.
            ddp_find_unused_parameters=True,
            ddp_backend=None if on_gpu or ranks.count() == 1 else "gloo",
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


def reporters(train: TrainConfig) -> list[str] | str:
    """`train.report_to` as a list of integrations; "all" and "none" stay words."""
    names = [name.strip() for name in train.report_to.split(",") if name.strip()]
    return names[0] if len(names) == 1 and names[0] in {"all", "none"} else names
