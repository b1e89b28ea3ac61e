"""What is known of a model without loading it: from the files of a local folder, or from a size in its name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from videostar.config import ModelConfig

PROCESSOR_FILES = ("video_preprocessor_config.json", "preprocessor_config.json", "processor_config.json")
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
class VisualRule:
    """How frames become tokens.

    Frames are resized to multiples of `patch * merge` pixels within [min_pixels, max_pixels], and `temporal` of them share a
    patch; or, where `fixed` is set, every frame gives that many tokens.
    """

    patch: int = 14
    merge: int = 2
    temporal: int = 2
    min_pixels: int = 56 * 56
    max_pixels: int = 14 * 14 * 4 * 16384
    fixed: int | None = None

    def tokens(self, num_frames: int, width: int, height: int) -> int:
        """Visual tokens of one clip."""
        if self.fixed is not None:
            return num_frames * self.fixed
        step = self.patch * self.merge
        wide, high = (max(step, round(side / step) * step) for side in (width, height))
        if not self.min_pixels <= wide * high <= self.max_pixels:
            scale = math.sqrt(min(max(width * height, self.min_pixels), self.max_pixels) / (width * height))
            rounded = math.ceil if scale > 1 else math.floor
            wide, high = (max(step, rounded(side * scale / step) * step) for side in (width, height))
        return math.ceil(num_frames / self.temporal) * (wide // step) * (high // step)


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A model, as far as known. The words say where each part comes from. context: the most tokens of one sequence."""

    parameters: int | None
    parameters_from: str
    text: TextShape | None
    text_from: str
    visual: VisualRule
    visual_from: str
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
        return ModelShape(None, "a script has no weights", None, "a script has no weights", VisualRule(), "the Qwen2-VL family's rule")
    folder = Path(model.model_name_or_path).expanduser()
    return _local(folder) if (folder / "config.json").is_file() else _named(model.model_name_or_path)


def _named(name: str) -> ModelShape:
    rule = "the Qwen2-VL family's rule: patches of 14 pixels, 2 x 2 merged, 2 frames each"
    found = SIZE_IN_NAME.findall(name.rpartition("/")[2])
    if not found:
        why = f'neither a local folder nor a size such as 7B in the name "{name}"'
        return ModelShape(None, why, None, why, VisualRule(), rule)
    billions = float(found[-1])
    nearest = min(FAMILY, key=lambda size: abs(math.log(size / max(billions, 0.01))))
    text_from = f"the Qwen2.5 text model of {nearest:g}B"
    return ModelShape(round(billions * 1e9), f'"{found[-1]}B" in the name', FAMILY[nearest], text_from, VisualRule(), rule)


def _local(folder: Path) -> ModelShape:
    config = _json(folder / "config.json")
    text = _text_shape(config.get("text_config") or config)
    visual, visual_from = _visual_rule(folder, config)
    parameters = _counted(folder)
    return ModelShape(
        parameters,
        "the weight files' headers" if parameters else "no readable weight files in the folder",
        text,
        "config.json" if text else "config.json does not tell the text model's shape",
        visual,
        visual_from,
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


def _visual_rule(folder: Path, config: Mapping[str, Any]) -> tuple[VisualRule, str]:
    """Qwen2-VL-like models merge patches; others give each frame a fixed square of them."""
    vision = config.get("vision_config") or {}
    patch = vision.get("patch_size") or vision.get("spatial_patch_size")
    if "spatial_merge_size" in vision and patch:
        name, settings = _processor(folder)
        low, high = _pixel_limits(settings)
        rule = VisualRule(int(patch), int(vision["spatial_merge_size"]), int(vision.get("temporal_patch_size") or 2), low, high)
        return rule, f"config.json and {name}" if name else "config.json"
    if patch and vision.get("image_size"):
        side = int(vision["image_size"]) // int(patch)
        pooled = math.ceil(side / 2) if "onevision" in str(config.get("model_type")) else side
        return VisualRule(fixed=pooled * pooled), f"config.json: {pooled} x {pooled} tokens a frame"
    return VisualRule(), "the Qwen2-VL family's rule, since config.json does not tell"


def _processor(folder: Path) -> tuple[str, Mapping[str, Any]]:
    for name in PROCESSOR_FILES:
        settings = _json(folder / name)
        settings = settings.get("video_processor") or settings
        if "size" in settings or "max_pixels" in settings:
            return name, settings
    return "", {}


def _pixel_limits(settings: Mapping[str, Any]) -> tuple[int, int]:
    size, usual = settings.get("size") or {}, VisualRule()
    low = settings.get("min_pixels") or size.get("shortest_edge") or usual.min_pixels
    high = settings.get("max_pixels") or size.get("longest_edge") or usual.max_pixels
    return int(low), int(high)


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


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
