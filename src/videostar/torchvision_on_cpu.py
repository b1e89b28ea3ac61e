"""Makes torchvision importable beside a CPU-only torch.

PyPI's torchvision is linked against a CUDA torch. Beside a CPU-only one its C extension does not load, and then its import
fails on operators without a schema, and with it the image and video processors of transformers. Those only resize and
normalise, so a declared schema without a kernel is enough.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import torch

SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align": (
        "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width,"
        " int sampling_ratio, bool aligned) -> Tensor"
    ),
}


def make_importable() -> None:
    """Import torchvision, declaring its missing operators first where that is what stops it. Nothing else is changed."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "operator torchvision::" not in str(error):
            raise
        _declare_missing()
        importlib.import_module("torchvision")


def _declare_missing() -> None:
    for name, schema in SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            _library().define(schema)


@cache
def _library() -> Any:
    """Kept for the life of the process: its operators vanish with it."""
    untyped: Any = torch.library
    return untyped.Library("torchvision", "FRAGMENT")
