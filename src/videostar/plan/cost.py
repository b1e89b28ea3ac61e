"""Frames, tokens, memory and work, from the counted tables, the clips looked at and the model's shape."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from videostar import shown
from videostar.config import Config
from videostar.plan.clips import ClipPlan, Look
from videostar.plan.hours import DEVICES, DTYPE_BYTES, Work
from videostar.plan.shape import ModelShape, TextShape
from videostar.plan.tables import Tables
from videostar.prompts import asked
from videostar.steps.generate import answers_at_once
from videostar.types import Sample

CHARACTERS_PER_TOKEN = 4
TEMPLATE_TOKENS = 30
TRAINED_BYTES = 16  # float32: weight, gradient and the two moments of Adam
ACTIVATION_BYTES = 34  # per token, layer and hidden unit, in half precision: Korthikanti et al. 2022, without attention scores
FOUR_BIT_BYTES = 0.7  # a weight of a base held in four bits: its scale too, and the layers that stay in half precision
FILLED = 0.9  # of a card's memory: the rest is fragments and what libraries hold
UNKNOWN = "unknown"

Lines = Iterator[tuple[str, str]]


def frame_lines(config: Config, look: Look) -> Lines:
    """Frames and pixels of the clips, and which caps apply."""
    if not look.clips:
        yield "frames", f"at most {_most_frames(config)} a clip by the config; no readable video was found"
        return
    durations = [clip.duration_seconds for clip in look.clips if clip.duration_seconds is not None]
    if durations:
        unknown = len(look.clips) - len(durations)
        yield "clip length", f"{_spread(durations, shown.duration)}{f'; {unknown} unknown' if unknown else ''}"
    yield "frames per clip", _spread([clip.sampling.num_frames for clip in look.clips], _whole)
    for policy, number in Counter(clip.sampling.policy for clip in look.clips).most_common():
        yield "", f"{shown.percent(number / len(look.clips))} % of clips: {policy}"
    yield "pixels per frame", _spread([clip.width * clip.height for clip in look.clips], _whole)
    stored = sum(clip.frame_bytes for clip in look.clips) / len(look.clips)
    yield "frames of a clip", f"~{shown.size(stored)}: mean of the clips looked at, 3 bytes a pixel"


def token_lines(config: Config, tables: Tables, look: Look, shape: ModelShape) -> Lines:
    """Visual and text tokens of a question."""
    if look.clips:
        words = _spread(_visual_tokens(look, shape), _whole)
        yield "visual per clip", f"{'' if shape.visual.exact else '~'}{words}; by {shape.visual.source}"
    else:
        yield "visual per clip", UNKNOWN
    characters = f"{tables.prompt_characters:.0f} characters a prompt, {CHARACTERS_PER_TOKEN} a token"
    yield "text per question", f"~{_prompt_tokens(tables)}: {characters}, {TEMPLATE_TOKENS} for the chat template"
    yield "answer", f"at most {shown.count(config.generate.max_new_tokens)} (generate.max_new_tokens)"
    if look.clips:
        yield "longest sequence", f"~{shown.count(_longest(config, tables, look, shape))}"


@dataclass(frozen=True, slots=True)
class TokenPlan:
    """The most tokens of one question about one clip."""

    visual: int
    text: int
    answer: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.visual + self.text + self.answer


def token_plan(config: Config, sample: Sample, clip: ClipPlan, shape: ModelShape) -> TokenPlan:
    """What a question about a clip takes, before anything is decoded."""
    text = math.ceil(len(asked(sample, "reasoned")) / CHARACTERS_PER_TOKEN) + TEMPLATE_TOKENS
    visual = shape.visual.tokens(clip.sampling.num_frames, clip.width, clip.height)
    return TokenPlan(visual, text, max(config.generate.max_new_tokens, config.evaluate.max_new_tokens))


def memory_lines(config: Config, tables: Tables, look: Look, shape: ModelShape) -> Lines:
    """Weights, optimizer, activations and KV cache, each with what it comes from."""
    width = DTYPE_BYTES[config.model.dtype]
    if shape.parameters is None:
        yield "weights", f"{UNKNOWN}: {shape.parameters_from}"
    else:
        origin = f"{_billions(shape.parameters)} parameters ({shape.parameters_from})"
        yield "weights", f"~{shown.size(shape.parameters * width)}: {origin} in {config.model.dtype}"
        yield from _optimizer_lines(config, shape)
    if shape.text is None:
        yield "sequences", f"{UNKNOWN}: {shape.text_from}"
    elif look.clips:
        longest = _longest(config, tables, look, shape)
        yield from _activation_lines(config, shape.text, longest, shape.text_from)
        at_once = answers_at_once(config)
        cached = 2 * shape.text.layers * shape.text.key_value_width * width * longest * at_once
        yield "KV cache", f"~{shown.size(cached)}: {at_once} answers at once of the longest sequence ({shape.text_from})"
        if shape.parameters is not None:
            yield "in all", _in_all(config, shape.parameters, shape.text, cached, longest)
    else:
        yield "sequences", f"{UNKNOWN}: no readable video was found"


def work_lines(config: Config, tables: Tables) -> Lines:
    """Answers, training steps and disk."""
    train, held = tables.rows["train"], tables.rows["validation"] + tables.rows["test"]
    longest = config.generate.max_new_tokens
    generated = train * config.generate.n * longest
    explained = generated if config.rationalize.enabled else 0
    evaluated = held * config.evaluate.max_new_tokens
    yield (
        "tokens per cycle",
        (
            f"at most {shown.count(generated + explained + evaluated)}: {shown.count(generated)} generated, "
            f"{shown.count(explained)} rationalized if all fail, {shown.count(evaluated)} evaluated"
        ),
    )
    forms = sum(config.select.forms.values())
    rows = math.ceil(train * config.select.max_per_question * forms * (1 + sum(source.weight for source in config.data.mix)))
    batch = config.train.per_device_train_batch_size * config.train.gradient_accumulation_steps * config.train.processes
    steps = math.ceil(rows / batch)
    train_config = config.train
    length = (
        f"num_train_epochs={train_config.num_train_epochs:g}" if train_config.max_steps is None else f"max_steps={train_config.max_steps}"
    )
    yield (
        "steps per epoch",
        f"at most {shown.count(steps)}: {shown.count(rows)} conversations in batches of {batch}, if every sample is kept",
    )
    yield (
        "trainings",
        f"of {length}, in each of at most {config.cycles} cycles, and once more at the end",
    )


def work_of(tables: Tables, look: Look, shape: ModelShape) -> Work:
    """What a run asks and trains on; 0 questions where no readable video tells their tokens."""
    visual = _visual_tokens(look, shape)
    held = tables.rows["validation"] + tables.rows["test"]
    return Work(tables.rows["train"] if visual else 0, held, sum(visual) / max(1, len(visual)), _prompt_tokens(tables))


def disk_lines(config: Config, tables: Tables, look: Look) -> Lines:
    """The frame cache."""
    if not look.clips:
        yield "frame cache", UNKNOWN
        return
    mean = sum(clip.frame_bytes for clip in look.clips) / len(look.clips)
    need = mean * tables.spans
    limit = config.frames.cache_gib * 2**30
    verdict = "fits" if need <= limit else "does not fit, so clips are decoded again in each cycle"
    yield (
        "frame cache",
        f"~{shown.size(need)} for {shown.count(tables.spans)} clips; frames.cache_gib allows {shown.size(limit)}: {verdict}",
    )


def _optimizer_lines(config: Config, shape: ModelShape) -> Lines:
    train = config.train
    if train.finetuning_type == "full":
        yield "training", f"~{shown.size((shape.parameters or 0) * TRAINED_BYTES)}: all weights in float32, gradients, Adam's moments"
    elif shape.text is None:
        yield "training", f"{UNKNOWN}: {shape.text_from}"
    else:
        trained = _lora_parameters(shape.text, train.lora_rank)
        origin = f"LoRA of rank {train.lora_rank} on all layers ({shape.text_from})"
        yield (
            "training",
            f"~{shown.size(trained * TRAINED_BYTES)} more: {_billions(trained)} parameters, {origin}, in float32 with gradients and Adam",
        )


def _in_all(config: Config, parameters: int, text: TextShape, cached: int, longest: int) -> str:
    """Both uses of a device, which come one after the other, and the known cards that hold the larger."""
    answering = parameters * DTYPE_BYTES[config.model.dtype] + cached
    if config.train.finetuning_type == "full":
        training: float = parameters * TRAINED_BYTES
    else:
        held = FOUR_BIT_BYTES if config.train.finetuning_type == "qlora" else DTYPE_BYTES[config.model.dtype]
        training = parameters * held + _lora_parameters(text, config.train.lora_rank) * TRAINED_BYTES
    training += _activation_bytes(config, text, longest) + _logit_bytes(config, text, longest)
    need = f"answering ~{shown.size(answering)}, training ~{shown.size(training)}"
    fits = [device.name for device in DEVICES if max(answering, training) < FILLED * device.gib * 2**30]
    if fits:
        return f"{need}, one after the other; {FILLED:.0%} of the memory of {', '.join(fits)} is enough"
    return f"{need}: more than one of the cards below holds; lower batch sizes, frames.max_frames or frames.max_pixels, or use several"


def _lora_parameters(text: TextShape, rank: int) -> int:
    """Two thin matrices beside each of the seven projections of a layer."""
    attention = 2 * (text.hidden + text.query_width) + 2 * (text.hidden + text.key_value_width)
    return rank * text.layers * (attention + 3 * (text.hidden + text.intermediate))


def _activation_lines(config: Config, text: TextShape, longest: int, origin: str) -> Lines:
    how = "with gradient checkpointing" if config.train.gradient_checkpointing else "without gradient checkpointing"
    size = shown.size(_activation_bytes(config, text, longest))
    yield "activations", f"~{size}: {config.train.per_device_train_batch_size} of the longest sequences, {how} ({origin})"
    size = shown.size(_logit_bytes(config, text, longest))
    yield "logits", f"~{size}: float32 with gradients, {shown.count(text.vocabulary)} tokens to choose from"


def _activation_bytes(config: Config, text: TextShape, longest: int) -> float:
    layers = 1 + text.layers / (ACTIVATION_BYTES / 2) if config.train.gradient_checkpointing else text.layers
    return config.train.per_device_train_batch_size * longest * text.hidden * ACTIVATION_BYTES * layers


def _logit_bytes(config: Config, text: TextShape, longest: int) -> float:
    return config.train.per_device_train_batch_size * longest * text.vocabulary * 4 * 2


def _visual_tokens(look: Look, shape: ModelShape) -> list[int]:
    return [shape.visual.tokens(clip.sampling.num_frames, clip.width, clip.height) for clip in look.clips]


def _longest(config: Config, tables: Tables, look: Look, shape: ModelShape) -> int:
    return max(_visual_tokens(look, shape)) + _prompt_tokens(tables) + config.generate.max_new_tokens


def _prompt_tokens(tables: Tables) -> int:
    return math.ceil(tables.prompt_characters / CHARACTERS_PER_TOKEN) + TEMPLATE_TOKENS


def _most_frames(config: Config) -> int:
    return config.frames.num_frames or config.frames.max_frames


def _spread(values: Sequence[float], say: Callable[[float], str]) -> str:
    """Middle and largest; one figure where all are alike."""
    ordered = sorted(values)
    if ordered[0] == ordered[-1]:
        return say(ordered[0])
    return f"median {say(ordered[len(ordered) // 2])}, largest {say(ordered[-1])}"


def _whole(value: float) -> str:
    return shown.count(round(value))


def _billions(parameters: int) -> str:
    return f"{parameters / 1e9:.2f} billion" if parameters >= 1e8 else f"{parameters / 1e6:.2f} million"
