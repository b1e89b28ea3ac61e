"""What can be known to be wrong with a training before any video is read and any model is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import torch

from videostar import torchvision_on_cpu
from videostar.config import Config, TrainConfig
from videostar.errors import ConfigError, MissingExtraError, nearest
from videostar.training import ranks
from videostar.training.arguments import reporters
from videostar.training.sharding import Sharding, read_sharding

INSTALLED_AS = {"comet_ml": "comet-ml", "azure_ml": "azureml-core", "flyte": "flytekit", "dagshub": "dagshub mlflow"}
QLORA_NEEDS = "bitsandbytes, for a GPU or a CPU that its wheels support: pip install 'videostar[qlora]'"


def check(config: Config) -> None:
    """Raise `ConfigError` with everything at once; `MissingExtraError` for a library that is not installed."""
    train = config.train
    sharding = read_sharding(train)
    found = [*sharding.problems, *_process_problems(train, sharding), *_reporter_problems(train)]
    if found:
        raise ConfigError(*found)
    missing = list(_missing(train, sharding))
    if missing:
        raise MissingExtraError(*missing)


def _process_problems(train: TrainConfig, sharding: Sharding) -> Iterator[str]:
    on_gpu = torch.cuda.is_available()
    if sharding.way == "fsdp" and not on_gpu:
        yield (
            f'"{sharding.key}" asks for FSDP, and no GPU is in sight here: on a CPU its weights would not be sharded but copied to every'
            " process; leave it out, or train where there are GPUs"
        )
    if sharding.way and train.finetuning_type == "qlora":
        yield f'"{sharding.key}" cannot shard the four-bit weights of train.finetuning_type: qlora; use lora, or leave it out'
    if on_gpu and train.processes > torch.cuda.device_count() and ranks.count() == 1:
        yield f'"train.processes" is {train.processes}; {torch.cuda.device_count()} GPUs are in sight, and each process needs one'


def _reporter_problems(train: TrainConfig) -> Iterator[str]:
    for name in _named_reporters(train):
        if name not in (known := _integrations()):
            yield f'"train.report_to": there is no "{name}"{nearest(name, known)}; allowed are none, all, {", ".join(sorted(known))}'


def _missing(train: TrainConfig, sharding: Sharding) -> Iterator[str]:
    for name in _named_reporters(train):
        if not _integrations()[name]:
            package = INSTALLED_AS.get(name, name)
            yield f'train.report_to is "{name}", which is not installed: pip install {package}; or set train.report_to: none'
    if sharding.way == "deepspeed" and find_spec("deepspeed") is None:
        yield f"{sharding.key} needs DeepSpeed, which is not installed: pip install deepspeed (it wants a GPU and its compiler)"
    if train.finetuning_type == "qlora" and (why := _qlora_cannot()):
        yield f"train.finetuning_type: qlora needs {QLORA_NEEDS} ({why}); or use lora"


def _named_reporters(train: TrainConfig) -> list[str]:
    names = reporters(train)
    return [] if isinstance(names, str) else names


def _integrations() -> dict[str, bool]:
    """What the Trainer can report to: whether it is installed."""
    torchvision_on_cpu.make_importable()
    from transformers.integrations import integration_utils

    installed = integration_utils.get_available_reporting_integrations()
    return {name: name in installed for name in integration_utils.INTEGRATION_TO_CALLBACK}


def _qlora_cannot() -> str:
    """Why four-bit weights cannot be trained on here, or ""."""
    if find_spec("bitsandbytes") is None:
        return "it is not installed"
    try:
        from bitsandbytes.functional import quantize_4bit

        quantize_4bit(torch.ones(64, device="cuda" if torch.cuda.is_available() else "cpu"), quant_type="nf4")
    except (ImportError, OSError, RuntimeError, AttributeError, NotImplementedError) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""
