"""The one config: YAML < `key=value` overrides, checked as a whole, every problem reported at once.

Field names are those that users of LlamaFactory, TRL and Qwen-VL know. The resolved config is saved with the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError

from videostar.errors import ConfigError, nearest
from videostar.labels import KINDS
from videostar.server_config import ModelServerConfig, Section, ServerConfig, engine_problems, url_problems
from videostar.types import Form

SPREADABLE = ("transformers", "scripted")  # engines whose model is loaded by the process that asks it
LAUNCH_FILES = ("deepspeed", "fsdp", "accelerate")
"""Keys of `train` that name a file which says how the processes of a training work together."""


class MixSource(Section):
    """Auxiliary instruction data, mixed in by weight."""

    path: Path = Field(description="JSONL of auxiliary conversations")
    weight: float = Field(gt=0, description="auxiliary conversations per own conversation")


class DataConfig(Section):
    """Where the labelled videos are."""

    train: str = Field(description="table of samples; `table.jsonl#1000` takes 1000 by seed")
    validation: str | None = None
    test: str | None = None
    root: Path | None = Field(None, description="folder that videos are relative to; default: the table's own folder")
    mix: tuple[MixSource, ...] = ()


class ModelConfig(Section):
    """The base model. engine: who answers; `server` and `managed` are described by the section `server`."""

    model_name_or_path: str
    engine: Literal["transformers", "server", "managed", "scripted"] = "transformers"
    dtype: Literal["bfloat16", "float16", "float32"] = "bfloat16"
    trust_remote_code: bool = False


class FramesConfig(Section):
    """The one sampling policy, and how frames are decoded and kept."""

    num_frames: int | None = Field(None, ge=1, description="exactly this many; overrides fps")
    fps: float = Field(2.0, gt=0)
    min_frames: int = Field(4, ge=1)
    max_frames: int = Field(64, ge=1)
    max_pixels: int = Field(200_704, ge=256, description="cap on height x width of a frame")
    window_seconds: float | None = Field(None, gt=0, description="longer clips are asked about in windows of this length; null: as a whole")
    window_overlap_seconds: float | None = Field(None, ge=0, description="what neighbouring windows share; null: a quarter of a window")
    cache: Path = Path("~/.cache/videostar")
    cache_gib: float = Field(50.0, ge=0, description="oldest entries go beyond this; 0 keeps nothing on disk")
    decode_seconds: float = Field(60.0, gt=0, description="wall-clock limit for one clip")
    decode_workers: int = Field(2, ge=1)


class GenerateConfig(Section):
    """How answers are drawn."""

    n: int = Field(1, ge=1, description="candidate answers per question")
    temperature: float = Field(0.2, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    max_new_tokens: int = Field(512, ge=1)
    batch_size: int | Literal["auto"] = Field("auto", description="answers at once; halved when memory runs out")
    executor: Literal["local", "ray"] = Field("local", description="ray: answered on a Ray cluster, by RAY_ADDRESS")
    workers: int | None = Field(None, ge=1, description="models at once on the cluster; default: one a GPU, else one a node")


class RationalizeConfig(Section):
    """Whether failed questions are asked again with their label shown."""

    enabled: bool = True


class SelectConfig(Section):
    """What is kept of the verified answers."""

    max_per_question: int = Field(1, ge=1)
    max_rationalized_per_question: int = Field(1, ge=1)
    max_rationalized_share: float = Field(1.0, ge=0, le=1, description="of the questions with a kept answer")
    min_words: int = Field(
        8, ge=0, description="shorter rationalized answers are left out; a short generated one is as good as a direct one"
    )
    max_words: int = Field(1000, ge=1, description="longer answers are left out")
    label_first: bool = Field(False, description="keep rationalized answers that assert the label before any observation")
    forms: dict[Form, float] = Field(
        default={"reasoned": 0.5, "direct": 0.5},
        description="conversations of this form per kept answer; multi_turn comes on top of the others",
    )
    blind_filter: bool = Field(False, description="leave out questions that are answered right without the video")


class TrainConfig(Section):
    """Fine-tuning on transformers' Trainer."""

    start_from: Literal["base", "previous"] = "base"
    finetuning_type: Literal["lora", "full", "qlora"] = Field("lora", description="qlora: adapters on a base held in four bits")
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
    group_by_length: bool = Field(True, description="batches of conversations of like length, so that little is padding")
    save_steps: int = Field(50, ge=1, description="an interrupted training resumes from here")
    report_to: str = Field("none", description="such as tensorboard or wandb, or several with commas")
    processes: int = Field(1, ge=1, description="one per GPU, started by torchrun; a step takes this many times as many conversations")
    deepspeed: Path | None = Field(None, description="JSON file of DeepSpeed's settings")
    fsdp: Path | None = Field(None, description="JSON file of FSDP settings, as transformers' `fsdp_config` takes them")
    accelerate: Path | None = Field(None, description="YAML file of `accelerate config`; starts the processes instead of torchrun")


class EvaluateConfig(Section):
    """Evaluation is greedy, one answer a question."""

    max_new_tokens: int = Field(512, ge=1)


class JudgeConfig(ServerConfig):
    """A second opinion on free texts by a model behind an OpenAI-style server; off unless `url` is set."""

    failed_too: bool = Field(False, description="ask about text answers that failed, not only about undecided ones")
    parallel: int = Field(4, ge=1, le=64, description="calls at once")


class EmbedderConfig(ServerConfig):
    """The nearest class for answers that name none of a closed set; off unless `folder` or `url` is set."""

    folder: Path | None = Field(None, description="a local Hugging Face text encoder, instead of a server")
    minimum_similarity: float = Field(0.3, ge=-1, le=1, description="of the answer's words and the nearest class: their cosine")
    minimum_margin: float = Field(0.1, gt=0, le=2, description="by which the nearest class is nearer than the second")


class Config(Section):
    """A whole run."""

    run: Path = Field(description="the run directory; {train} in it stands for the name of the train table")
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
    server: ModelServerConfig = ModelServerConfig()
    judge: JudgeConfig = JudgeConfig()
    embedder: EmbedderConfig = EmbedderConfig()


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """The config of a YAML file with `key=value` overrides on top. Raises `ConfigError` with every problem at once."""
    raw = _yaml_file(path)
    problems = [problem for item in overrides if (problem := _apply(raw, item))]
    return checked(_named(raw), problems)


def checked(raw: Mapping[str, Any], problems: Sequence[str] = ()) -> Config:
    """The config of a plain mapping. Raises `ConfigError` with `problems` and every one found here."""
    found = list(problems)
    labels = _flat_labels(raw.get("labels") or {})
    try:
        config = Config.model_validate({**raw, "labels": labels})
    except ValidationError as error:
        raise ConfigError(*found, *(_said(item) for item in error.errors()), *_label_problems(labels)) from None
    found += [*_label_problems(labels), *_contradictions(config)]
    if found:
        raise ConfigError(*found)
    return config


def changed(config: Config, overrides: Sequence[str]) -> Config:
    """The config with `key=value` overrides on top. Raises `ConfigError` with every problem at once."""
    raw = config.model_dump(mode="json")
    problems = [problem for item in overrides if (problem := _apply(raw, item))]
    return checked(raw, problems)


def resolved_yaml(config: Config) -> str:
    """The whole config, defaults included, as YAML that loads to an equal config."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def differences(old: Config, new: Config) -> list[str]:
    """One line for each key that differs, such as `generate.n: 1 -> 2`."""
    before, after = _flat(old.model_dump(mode="json")), _flat(new.model_dump(mode="json"))
    return [f"{key}: {before.get(key)} -> {after.get(key)}" for key in {**before, **after} if before.get(key) != after.get(key)]


def _named(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`{train}` in the run directory filled in, so that one config serves several tables."""
    run, data = raw.get("run"), raw.get("data")
    if not (isinstance(run, str) and isinstance(data, dict) and isinstance(data.get("train"), str)):
        return dict(raw)
    return {**raw, "run": run.replace("{train}", Path(data["train"].partition("#")[0]).stem)}


def _yaml_file(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no config file {path}; configs/ holds examples") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as a config: {error}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} must hold keys such as `run:` and `data:`, not {type(raw).__name__}")
    return raw


def _apply(raw: dict[str, Any], item: str) -> str:
    """Put one override in; the problem in words, or ""."""
    key, equals, text = item.partition("=")
    if not equals or not key:
        return f'"{item}" is not an override; write key=value, such as generate.n=4'
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    parts = key.split(".", 1) if key.startswith("labels.") else key.split(".")
    place = raw
    for part in parts[:-1]:
        inner = place.get(part)
        place[part] = place = dict(inner) if isinstance(inner, dict) else {}
    place[parts[-1]] = value
    return ""


def _said(error: Any) -> str:
    """One problem that pydantic found, in our words."""
    where = [str(part) for part in error["loc"] if not str(part).startswith(("function-", "literal["))]
    key = ".".join(where)
    if error["type"] == "extra_forbidden":
        allowed = _keys_at(where[:-1])
        return f'unknown key "{key}"{nearest(where[-1], allowed)}; allowed here: {", ".join(allowed)}'
    if error["type"] == "missing":
        return f'"{key}" is missing'
    wanted = error["msg"].partition(" or instance of ")[0]
    return f'"{key}" is {error["input"]!r}: {wanted[0].lower()}{wanted[1:]}'


def _keys_at(where: Sequence[str]) -> list[str]:
    model: type[BaseModel] = Config
    for part in where:
        inner = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return list(MixSource.model_fields)  # the only nested list
        model = inner
    return list(model.model_fields)


def _flat_labels(labels: Any) -> Any:
    """`{number: {relative_tolerance: 0.1}}` and `{number.relative_tolerance: 0.1}` mean the same."""
    return _flat(labels) if isinstance(labels, dict) else labels


def _flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping) and value:
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _label_problems(labels: Any) -> list[str]:
    if not isinstance(labels, dict):
        return []
    problems = []
    for key, value in labels.items():
        kind, _, field = str(key).partition(".")
        if kind not in KINDS:
            problems.append(f'"labels.{key}": there is no label kind "{kind}"{nearest(kind, KINDS)}; kinds are {", ".join(KINDS)}')
        elif field not in KINDS[kind].model_fields:
            allowed = [name for name in KINDS[kind].model_fields if name != "kind"]
            problems.append(
                f'"labels.{key}": {kind} labels have no field "{field}"{nearest(field, allowed)}; they have {", ".join(allowed)}'
            )
        else:
            problems += [f'"labels.{key}" is {value!r}: {why}' for why in _field_problems(kind, field, value)]
    return problems


def _field_problems(kind: str, field: str, value: Any) -> list[str]:
    """What a kind says against a value of one field; a label as a whole is checked with its row."""
    try:
        KINDS[kind].model_validate({field: value})
    except ValidationError as error:
        found = [item for item in error.errors(include_url=False) if item["loc"][:1] == (field,)]
        return [f"{item['msg'][0].lower()}{item['msg'][1:]}" for item in found]
    return []


def _form_problems(forms: Mapping[Form, float]) -> list[str]:
    problems = []
    shares = [share for form, share in forms.items() if form != "multi_turn"]
    if min(shares, default=0) < 0 or sum(shares) < 1 - 1e-9:
        single = "reasoned, direct and choice"
        problems.append(f'"select.forms" shares of {single} sum to {sum(shares):g}; they must be at least 0 each and sum to at least 1')
    if not 0 <= forms.get("multi_turn", 0) <= 1:
        problems.append(f'"select.forms.multi_turn" is {forms["multi_turn"]:g}; it is a share of the kept answers, from 0 to 1')
    return problems


def _contradictions(config: Config) -> list[str]:
    problems = []
    if config.frames.min_frames > config.frames.max_frames:
        problems.append(f'"frames.min_frames" ({config.frames.min_frames}) is above "frames.max_frames" ({config.frames.max_frames})')
    problems += _window_problems(config.frames)
    if config.generate.n > 1 and config.generate.temperature == 0:
        problems.append('"generate.n" above 1 with "generate.temperature" 0 gives the same answer n times; raise the temperature')
    if isinstance(config.generate.batch_size, int) and config.generate.batch_size < 1:
        problems.append(f'"generate.batch_size" is {config.generate.batch_size}; it must be "auto" or at least 1')
    problems += _form_problems(config.select.forms)
    problems += [
        *_server_problems("judge", config.judge),
        *_server_problems("embedder", config.embedder),
        *engine_problems(config.model.engine, config.server),
    ]
    if config.embedder.folder is not None and config.embedder.url is not None:
        problems.append('"embedder.folder" and "embedder.url" are both set; an embedder is one of them')
    if config.generate.executor == "ray" and config.model.engine not in SPREADABLE:
        problems.append(f'"generate.executor" is ray, which spreads local models, not engine={config.model.engine}; use executor=local')
    problems += _launch_problems(config.train)
    return problems


def _window_problems(frames: FramesConfig) -> list[str]:
    window, overlap = frames.window_seconds, frames.window_overlap_seconds
    if overlap is not None and window is None:
        return ['"frames.window_overlap_seconds" is set without "frames.window_seconds"; set both, or neither']
    if overlap is not None and window is not None and overlap > window / 2:
        return [f'"frames.window_overlap_seconds" is {overlap:g}; at most half of "frames.window_seconds" ({window:g}) can overlap']
    return []


def _launch_problems(train: TrainConfig) -> list[str]:
    files = {name: path for name in LAUNCH_FILES if (path := getattr(train, name)) is not None}
    problems = [f'"train.{name}": there is no file {path}' for name, path in files.items() if not path.is_file()]
    if len(files) > 1:
        problems.append(f"{' and '.join(f'train.{name}' for name in files)} are set; a training takes one such file")
    return problems


def _server_problems(key: str, server: ServerConfig) -> list[str]:
    if server.url is None:
        return []
    problems = url_problems(key, server.url)
    if not server.model:
        problems.append(f'"{key}.model" is missing: the name that the server of "{key}.url" gives its model')
    return problems
