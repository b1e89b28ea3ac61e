"""A trained model as a plain Hugging Face folder: in the base's dtype, with everything that loading it needs, adapters merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from videostar import checkpoints
from videostar.config import Config
from videostar.errors import ConfigError


def export(model: Any, weights: Mapping[str, Any] | None, processor: Any, config: Config, base: str, folder: Path) -> None:
    """Write `model` into `folder`; adapters are merged, and kept beside as `adapter/`.

    weights: the whole weights by name, where `model` holds only pieces of them. What adapters were trained on may lie in pieces or in
    four bits; then they are merged into the base as it is on disk.
    """
    import transformers

    adapted = hasattr(model, "merge_and_unload")
    shipped = transformers.AutoConfig.from_pretrained(base, trust_remote_code=config.model.trust_remote_code)
    if adapted:
        model.save_pretrained(folder / "adapter", state_dict=weights)
        apart = weights is not None or config.train.finetuning_type == "qlora"
        model = _merged_anew(config, base, folder / "adapter") if apart else model.merge_and_unload()
        weights = None
    if weights is None:
        model = model.to("cpu", dtype=shipped.dtype or model.dtype)
        if any(weight.numel() == 0 for weight in model.parameters()):
            raise ConfigError("DeepSpeed left the weights in pieces (ZeRO stage 3), which cannot be exported; use stage 2 or below")
    else:
        weights = {name: _as(weight, shipped.dtype) for name, weight in weights.items()}
    model.config.use_cache = getattr(shipped, "use_cache", True)  # the Trainer switched it off
    model.save_pretrained(folder, state_dict=weights)
    processor.save_pretrained(folder)


def _merged_anew(config: Config, base: str, adapter: Path) -> Any:
    import peft

    model = checkpoints.load_model(base, config.model.dtype, config.model.trust_remote_code, device=torch.device("cpu"))
    return peft.PeftModel.from_pretrained(model, adapter).merge_and_unload()


def _as(weight: torch.Tensor, dtype: torch.dtype | None) -> torch.Tensor:
    return weight.to("cpu", dtype=dtype if dtype is not None and weight.is_floating_point() else weight.dtype).contiguous()
