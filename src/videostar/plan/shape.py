"""What is known of a model without loading it: from the files of a local folder, or from a size in its name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from videostar.config import ModelConfig
from videostar.visual_tokens import VisualRule, local_folder, read_json, visual_rule

SIZE_IN_NAME = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,2})?)\s?b(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextShape:
    """The text model. query_width, key_value_width: all heads together."""

    layers: int
    hidden: int
    query_width: int
    key_value_width: int
    intermediate: int
    vocabulary: int


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A model, as far as known. The words say where each part comes from. context: the most tokens of one sequence."""

    parameters: int | None
    parameters_from: str
    text: TextShape | None
    text_from: str
    visual: VisualRule
    context: int | None = None


FAMILY: Mapping[float, TextShape] = {
    0.5: TextShape(24, 896, 896, 128, 4864, 151_936),
    2: TextShape(28, 1536, 1536, 256, 8960, 151_936),
    3: TextShape(36, 2048, 2048, 256, 11_008, 151_936),
    7: TextShape(28, 3584, 3584, 512, 18_944, 152_064),
    32: TextShape(64, 5120, 5120, 1024, 27_648, 152_064),
    72: TextShape(80, 8192, 8192, 1024, 29_568, 152_064),
}
"""The Qwen2 and Qwen2.5 text models by billions of parameters; other models of such a size are much alike."""


def model_shape(model: ModelConfig) -> ModelShape:
    """What the folder says, else what the name says."""
    if model.engine == "scripted":
        return ModelShape(None, "a script has no weights", None, "a script has no weights", VisualRule())
    folder = local_folder(model.model_name_or_path)
    return _named(model.model_name_or_path) if folder is None else _local(folder)


def _named(name: str) -> ModelShape:
    rule = visual_rule(name)
    found = SIZE_IN_NAME.findall(name.rpartition("/")[2])
    if not found:
        why = f'neither a local folder nor a size such as 7B in the name "{name}"'
        return ModelShape(None, why, None, why, rule)
    billions = float(found[-1])
    nearest = min(FAMILY, key=lambda size: abs(math.log(size / max(billions, 0.01))))
    text_from = f"the Qwen2.5 text model of {nearest:g}B"
    return ModelShape(round(billions * 1e9), f'"{found[-1]}B" in the name', FAMILY[nearest], text_from, rule)


def _local(folder: Path) -> ModelShape:
    config = read_json(folder / "config.json")
    text = _text_shape(config.get("text_config") or config)
    parameters = _counted(folder)
    return ModelShape(
        parameters,
        "the weight files' headers" if parameters else "no readable weight files in the folder",
        text,
        "config.json" if text else "config.json does not tell the text model's shape",
        visual_rule(str(folder)),
        _context(config.get("text_config") or config),
    )


def _context(text: Mapping[str, Any]) -> int | None:
    longest = text.get("max_position_embeddings")
    return longest if isinstance(longest, int) and longest > 0 else None


def _text_shape(text: Mapping[str, Any]) -> TextShape | None:
    try:
        heads, hidden = int(text["num_attention_heads"]), int(text["hidden_size"])
        head = int(text.get("head_dim") or hidden // heads)
        key_value = head * int(text.get("num_key_value_heads") or heads)
        layers, intermediate = int(text["num_hidden_layers"]), int(text["intermediate_size"])
        return TextShape(layers, hidden, head * heads, key_value, intermediate, int(text["vocab_size"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _counted(folder: Path) -> int | None:
    """Parameters by the shapes in the headers; nothing is read beyond them."""
    total = 0
    try:
        for path in sorted(folder.glob("*.safetensors")):
            with safe_open(path, framework="numpy") as weights:
                total += sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError):
        return None
    return total or None
