"""The one config: YAML < `key=value` overrides, checked as a whole, every problem reported at once.

Field names are those that users of LlamaFactory, TRL and Qwen-VL know. The resolved config is saved with the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from videostar.errors import ConfigError, nearest


class Section(BaseModel):
    """A frozen part of the config that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MixSource(Section):
    path: Path = Field(description="JSONL of auxiliary conversations")
    weight: float = Field(gt=0, description="auxiliary conversations per own conversation")


class DataConfig(Section):
    train: str = Field(description="table of samples; `table.jsonl#1000` takes 1000 by seed")
    validation: str | None = None
    test: str | None = None
    root: Path | None = Field(None, description="folder that videos are relative to; default: the table's own folder")
    mix: tuple[MixSource, ...] = ()


class ModelConfig(Section):
    model_name_or_path: str
    engine: Literal["transformers", "scripted"] = "transformers"
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    trust_remote_code: bool = False


class FramesConfig(Section):
    num_frames: int | None = Field(None, ge=1, description="exactly this many; overrides fps")
    fps: float = Field(2.0, gt=0)
    min_frames: int = Field(4, ge=1)
    max_frames: int = Field(64, ge=1)
    max_pixels: int = Field(200_704, ge=256, description="cap on height x width of a frame")
    cache: Path = Path("~/.cache/videostar")
    cache_gib: float = Field(50.0, ge=0, description="oldest entries go beyond this; 0 keeps nothing on disk")
    decode_seconds: float = Field(60.0, gt=0, description="wall-clock limit for one clip")
    decode_workers: int = Field(2, ge=1)


class GenerateConfig(Section):
    n: int = Field(1, ge=1, description="candidate answers per question")
    temperature: float = Field(0.2, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    max_new_tokens: int = Field(512, ge=1)
    batch_size: int | Literal["auto"] = Field("auto", description="answers at once; halved when memory runs out")
    executor: Literal["local"] = "local"


class RationalizeConfig(Section):
    enabled: bool = True


class SelectConfig(Section):
    max_per_question: int = Field(1, ge=1)
    max_rationalized_share: float = Field(1.0, ge=0, le=1)
    forms: dict[Literal["reasoned", "direct"], float] = Field(
        default={"reasoned": 0.5, "direct": 0.5}, description="conversations of this form per kept answer"
    )
    blind_filter: bool = Field(False, description="leave out questions that are answered right without the video")


class TrainConfig(Section):
    start_from: Literal["base", "previous"] = "base"
    finetuning_type: Literal["lora", "full"] = "lora"
    learning_rate: float = Field(2.0e-5, gt=0)
    num_train_epochs: float = Field(1.0, gt=0)
    per_device_train_batch_size: int = Field(8, ge=1)
    gradient_accumulation_steps: int = Field(16, ge=1)
    lr_scheduler_type: str = "cosine"
    warmup_ratio: float = Field(0.03, ge=0, le=1)
    weight_decay: float = Field(0.0, ge=0)
    lora_rank: int = Field(64, ge=1)
    lora_alpha: int = Field(128, ge=1)
    lora_dropout: float = Field(0.0, ge=0, lt=1)
    freeze_vision_tower: bool = True
    gradient_checkpointing: bool = False
    max_length: int | None = Field(None, ge=1, description="longer conversations are dropped whole, never cut")
    save_steps: int = Field(50, ge=1, description="an interrupted training resumes from here")
    report_to: str = "none"
    deepspeed: Path | None = None
    processes: Literal[1] = 1


class EvaluateConfig(Section):
    max_new_tokens: int = Field(512, ge=1)


class Config(Section):
    run: Path = Field(description="the run directory")
    seed: int = 0
    cycles: int = Field(3, ge=1)
    patience: int = Field(1, ge=1)
    data: DataConfig
    model: ModelConfig
    frames: FramesConfig = FramesConfig()
    generate: GenerateConfig = GenerateConfig()
    labels: dict[str, Any] = Field(default_factory=dict, description="defaults of label fields: number.relative_tolerance: 0.05")
    rationalize: RationalizeConfig = RationalizeConfig()
    select: SelectConfig = SelectConfig()
    train: TrainConfig = TrainConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
