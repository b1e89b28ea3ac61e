"""GPU hours of a run, computed from stated assumptions: nothing here was measured.

A token that is read costs 2 floating-point operations a weight. Answers come one token a step; a step reads every weight once for
all answers of the batch, so it is bound by memory until the batch is large. Training costs 2 operations a weight and token forward,
2 for the gradients that flow back, 2 more for those of the weights where all are tuned, and 2 where activations are computed again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from videostar.config import Config
from videostar.steps.generate import answers_at_once

READING_SHARE = 0.4
TRAINING_SHARE = 0.35
MEMORY_SHARE = 0.5
DTYPE_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}

Lines = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Device:
    """By its maker's data sheet: memory in GiB, dense bf16 operations and bytes of memory a second."""

    name: str
    gib: float
    operations: float
    bytes_per_second: float


DEVICES = (
    Device("H100 SXM 80 GB", 80, 989e12, 3.35e12),
    Device("A100 SXM 80 GB", 80, 312e12, 2.04e12),
    Device("L4 24 GB", 24, 121e12, 0.30e12),
    Device("RTX 4080 16 GB", 16, 97.5e12, 0.72e12),
)


@dataclass(frozen=True, slots=True)
class Work:
    """What a run asks and trains on. Tokens are means a question; held: validation and test questions together."""

    train: int
    held: int
    visual_tokens: float
    text_tokens: float

    @property
    def prompt(self) -> float:
        """Tokens of one question."""
        return self.visual_tokens + self.text_tokens


@dataclass(frozen=True, slots=True)
class Hours:
    """Of one device, at most: if every answer is as long as it may be, all are wrong at first, and all are kept in the end."""

    generate: float
    rationalize: float
    evaluate: float
    train: float
    cycles: int

    @property
    def cycle(self) -> float:
        """One cycle."""
        return self.generate + self.rationalize + self.evaluate + self.train

    @property
    def run(self) -> float:
        """The base's evaluation, all cycles, and the last training with its evaluation."""
        return self.cycles * self.cycle + self.train + 2 * self.evaluate


def hours(config: Config, work: Work, parameters: int, device: Device) -> Hours:
    """At most so many on one device; on several, divide what is asked by their number."""
    settings, longest = config.generate, config.evaluate.max_new_tokens
    asked = _asking(config, work, parameters, device, (settings.n, settings.max_new_tokens)) * work.train
    return Hours(
        generate=asked / 3600,
        rationalize=asked / 3600 if config.rationalize.enabled else 0.0,
        evaluate=_asking(config, work, parameters, device, (1, longest)) * work.held / 3600,
        train=_training(config, work, parameters, device) / 3600,
        cycles=config.cycles,
    )


def hour_lines(config: Config, work: Work, parameters: int | None) -> Lines:
    """The assumptions, then a line for each device that holds the weights."""
    if parameters is None or not work.train:
        yield "", "unknown: neither the model's size nor its tokens are"
        return
    yield (
        "computed",
        f"not measured: {READING_SHARE:.0%} of a card's operations reached in reading prompts, {TRAINING_SHARE:.0%} in training, "
        f"{MEMORY_SHARE:.0%} of its memory rate in answering. Upper bounds: answers as long as allowed, all explained, all kept",
    )
    weights = parameters * DTYPE_BYTES[config.model.dtype] / 2**30
    for device in DEVICES:
        if weights > device.gib:
            yield device.name, f"too small: the weights alone take {weights:.0f} GiB"
            continue
        found = hours(config, work, parameters, device)
        parts = ", ".join(f"{_said(getattr(found, name))} {name}" for name in ("generate", "rationalize", "evaluate", "train"))
        yield device.name, f"{_said(found.cycle)} a cycle ({parts}); {_said(found.run)} for {found.cycles} cycles and the last training"


def _asking(config: Config, work: Work, parameters: int, device: Device, how: tuple[int, int]) -> float:
    """Seconds of one question: its prompt is read once, its candidates are answered in full batches."""
    candidates, longest = how
    at_once = answers_at_once(config)
    reading = 2 * parameters * work.prompt / (device.operations * READING_SHARE)
    step = parameters * DTYPE_BYTES[config.model.dtype] / (device.bytes_per_second * MEMORY_SHARE) / at_once
    return reading + candidates * longest * max(step, 2 * parameters / (device.operations * READING_SHARE))


def _training(config: Config, work: Work, parameters: int, device: Device) -> float:
    """Seconds of one training on all that can be kept."""
    train = config.train
    a_weight = 4 + 2 * (train.finetuning_type == "full") + 2 * train.gradient_checkpointing
    rows = math.ceil(work.train * config.select.max_per_question * sum(config.select.forms.values()))
    per_step = train.per_device_train_batch_size * train.gradient_accumulation_steps * train.processes
    learned = rows * train.num_train_epochs if train.max_steps is None else train.max_steps * per_step
    tokens = learned * (work.prompt + config.generate.max_new_tokens)
    return a_weight * parameters * tokens / (device.operations * TRAINING_SHARE)


def _said(number: float) -> str:
    if number >= 1:
        return f"~{number:.0f} h" if number >= 10 else f"~{number:.1f} h"
    return f"~{60 * number:.0f} min" if 60 * number >= 1 else "under 1 min"
