"""How many tokens of a prompt stand for a clip: known from the checkpoint's JSON files, before anything is decoded or loaded.

For the families below the figure is that of the processor to the token; for others it is an estimate, and says so.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.config import FramesConfig
from videostar.video.sampling import Sampling, SamplingPlan, frame_size, plan

PROCESSOR = "processor_config.json"
VIDEO_FILES = ("video_preprocessor_config.json", "preprocessor_config.json")


@dataclass(frozen=True, slots=True)
class VisualRule:
    """How frames become tokens.

    Frames are resized to multiples of `patch * merge` pixels within [min_pixels, max_pixels], and `temporal` of them share a
    patch; or, where `fixed` is set, every frame gives that many tokens, and the clip `more`.
    whole: the limits are for all frames together, not for each.
    exact: this is what the checkpoint's processor does; else a guess. source: where the figures are from.
    """

    patch: int = 14
    merge: int = 2
    temporal: int = 2
    min_pixels: int = 56 * 56
    max_pixels: int = 14 * 14 * 4 * 16384
    whole: bool = False
    fixed: int | None = None
    more: int = 0
    exact: bool = False
    source: str = "the Qwen2-VL family's rule"

    def tokens(self, num_frames: int, width: int, height: int) -> int:
        """Visual tokens of one clip whose frames are handed over in this size."""
        if self.fixed is not None:
            return num_frames * self.fixed + self.more
        wide, high = self._resized(max(num_frames, self.temporal), width, height)
        step = self.patch * self.merge
        return math.ceil(num_frames / self.temporal) * (wide // step) * (high // step)

    def _resized(self, num_frames: int, width: int, height: int) -> tuple[int, int]:
        """(width, height) as the Qwen processors resize: near to it, in whole steps, within the limits."""
        step = self.patch * self.merge
        counted, weighed = 1, 1
        if self.whole:
            if min(width, height) < step:
                scale = max(step / height, step / width)
                width, height = int(width * scale), int(height * scale)
            counted, weighed = round(num_frames / self.temporal) * self.temporal, num_frames
        wide, high = round(width / step) * step, round(height / step) * step
        if counted * wide * high > self.max_pixels:
            shrink = math.sqrt(weighed * width * height / self.max_pixels)
            return max(step, math.floor(width / shrink / step) * step), max(step, math.floor(height / shrink / step) * step)
        if counted * wide * high < self.min_pixels:
            grow = math.sqrt(self.min_pixels / (weighed * width * height))
            return math.ceil(width * grow / step) * step, math.ceil(height * grow / step) * step
        return wide, high


@dataclass(frozen=True, slots=True)
class ClipBudget:
    """What one clip will cost. width, height: of a frame as it is handed over."""

    sampling: SamplingPlan
    width: int
    height: int
    visual_tokens: int


def clip_budget(frames: FramesConfig, rule: VisualRule, duration_seconds: float | None, width: int, height: int) -> ClipBudget:
    """The budget of a clip of this length (None: unknown, so the most it can be) and size as shown."""
    settings = Sampling.of(frames)
    taken = plan(settings, duration_seconds)
    wide, high = frame_size(width, height, settings.max_pixels)
    return ClipBudget(taken, wide, high, rule.tokens(taken.num_frames, wide, high))


def visual_rule(name: str) -> VisualRule:
    """The rule of a checkpoint by its files where they are at hand, else by its name. Never raises."""
    folder = local_folder(name)
    return _by_name(name) if folder is None else _by_files(folder)


def local_folder(name: str) -> Path | None:
    """The folder of a checkpoint: itself, or where a hub name has been downloaded to; None where neither is there."""
    folder = Path(name).expanduser()
    if (folder / "config.json").is_file():
        return folder
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE", home / "hub")) / f"models--{name.replace('/', '--')}"
    try:
        snapshot = cache / "snapshots" / (cache / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return snapshot if (snapshot / "config.json").is_file() else None


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a checkpoint; {} where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class _Files:
    """config.json, the processor's own settings, and those of its part for videos."""

    config: Mapping[str, Any]
    processor: Mapping[str, Any]
    video: Mapping[str, Any]
    names: str


def _by_files(folder: Path) -> VisualRule:
    files = _files(folder)
    family = FAMILIES.get(str(files.config.get("model_type")))
    try:
        return family(files) if family else _guess(files)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError):
        return VisualRule(source="the Qwen2-VL family's rule, since the checkpoint's files do not tell")


def _files(folder: Path) -> _Files:
    config, processor = read_json(folder / "config.json"), read_json(folder / PROCESSOR)
    if isinstance(processor.get("video_processor"), dict):
        return _Files(config, processor, processor["video_processor"], f"config.json and {PROCESSOR}")
    for name in VIDEO_FILES:
        if video := read_json(folder / name):
            return _Files(config, processor or video, video, f"config.json and {name}")
    return _Files(config, processor, {}, "config.json")


def _qwen(files: _Files, patch: int, limits: tuple[int, int], whole: bool) -> VisualRule:
    """Patches merged 2 x 2, two frames each; what a file leaves out is what the processor's class has."""
    video = files.video
    size = video.get("size") or {}
    return VisualRule(
        patch=int(video.get("patch_size") or patch),
        merge=int(video.get("merge_size") or 2),
        temporal=int(video.get("temporal_patch_size") or 2),
        min_pixels=int(video.get("min_pixels") or size.get("shortest_edge") or limits[0]),
        max_pixels=int(video.get("max_pixels") or size.get("longest_edge") or limits[1]),
        whole=whole,
        exact=True,
        source=files.names,
    )


def _qwen2(files: _Files) -> VisualRule:
    return _qwen(files, 14, (128 * 28 * 28, 28 * 28 * 768), whole=False)


def _qwen3(files: _Files) -> VisualRule:
    return _qwen(files, 16, (128 * 32 * 32, 32 * 32 * 768), whole=True)


def _fixed(files: _Files, tokens: int, more: int = 0) -> VisualRule:
    return VisualRule(fixed=tokens, more=more, exact=True, source=f"{files.names}: {tokens} tokens a frame")


def _smolvlm(files: _Files) -> VisualRule:
    return _fixed(files, int(files.processor.get("image_seq_len") or 169))


def _internvl(files: _Files) -> VisualRule:
    return _fixed(files, int(files.processor.get("image_seq_length") or 256))


def _llava_onevision(files: _Files) -> VisualRule:
    side = math.ceil(math.isqrt(int(files.processor["num_image_tokens"])) / 2)
    return _fixed(files, side * side, more=1)


def _llava_next_video(files: _Files) -> VisualRule:
    high, wide = _cropped(files)
    return _fixed(files, high * wide // 4)


def _video_llava(files: _Files) -> VisualRule:
    high, wide = _cropped(files)
    return _fixed(files, high * wide + int(files.processor.get("num_additional_image_tokens", 1)))


def _cropped(files: _Files) -> tuple[int, int]:
    """Patches of a frame, (high, wide), in families that cut out its middle or resize it to one shape."""
    size = files.video.get("crop_size") or {"height": 224, "width": 224}
    if files.video.get("do_center_crop") is False:
        size = files.video["size"]
    patch = int(files.processor.get("patch_size") or 14)
    return int(size["height"]) // patch, int(size["width"]) // patch


FAMILIES: Mapping[str, Callable[[_Files], VisualRule]] = {
    "qwen2_vl": _qwen2,
    "qwen2_5_vl": _qwen2,
    "qwen3_vl": _qwen3,
    "qwen3_vl_moe": _qwen3,
    "smolvlm": _smolvlm,
    "internvl": _internvl,
    "llava_onevision": _llava_onevision,
    "llava_next_video": _llava_next_video,
    "video_llava": _video_llava,
}
"""By `model_type`."""


def _guess(files: _Files) -> VisualRule:
    """Models that merge patches are like Qwen2-VL; others give each frame a square of them."""
    vision = files.config.get("vision_config") or {}
    patch = vision.get("patch_size") or vision.get("spatial_patch_size")
    if "spatial_merge_size" in vision and patch:
        size, usual = files.video.get("size") or {}, VisualRule()
        low = files.video.get("min_pixels") or size.get("shortest_edge") or usual.min_pixels
        high = files.video.get("max_pixels") or size.get("longest_edge") or usual.max_pixels
        temporal = int(vision.get("temporal_patch_size") or 2)
        return VisualRule(int(patch), int(vision["spatial_merge_size"]), temporal, int(low), int(high), source=files.names)
    if patch and vision.get("image_size"):
        side = int(vision["image_size"]) // int(patch)
        return VisualRule(fixed=side * side, source=f"config.json: {side} x {side} tokens a frame")
    return VisualRule(source="the Qwen2-VL family's rule, since config.json does not tell")


NAMES: tuple[tuple[str, VisualRule], ...] = (
    (
        r"qwen3[-_.]?vl",
        VisualRule(16, 2, 2, 4096, 25_165_824, whole=True, source="the Qwen3-VL family's rule: 32 x 32 pixels, 2 frames each"),
    ),
    (r"video[-_]?llava", VisualRule(fixed=257, source="Video-LLaVA's 257 tokens a frame")),
    (r"llava[-_]?next[-_]?video", VisualRule(fixed=144, source="LLaVA-NeXT-Video's 144 tokens a frame")),
    (r"llava[-_]?onevision", VisualRule(fixed=196, more=1, source="LLaVA-OneVision's 196 tokens a frame")),
    (r"internvl", VisualRule(fixed=256, source="InternVL's 256 tokens a frame")),
    (r"smolvlm2?-2\.2b", VisualRule(fixed=81, source="SmolVLM2-2.2B's 81 tokens a frame")),
    (r"smolvlm", VisualRule(fixed=64, source="the small SmolVLM2s' 64 tokens a frame")),
)
"""What the published checkpoints do; a folder of one's own may do otherwise."""


def _by_name(name: str) -> VisualRule:
    for pattern, rule in NAMES:
        if re.search(pattern, name, re.IGNORECASE):
            return rule
    return VisualRule(source="the Qwen2-VL family's rule: patches of 14 pixels, 2 x 2 merged, 2 frames each")
