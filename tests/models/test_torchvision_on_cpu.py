from __future__ import annotations

import torch

from videostar import torchvision_on_cpu


def test_processors_import_whatever_torch_is_installed() -> None:
    torchvision_on_cpu.make_importable()
    torchvision_on_cpu.make_importable()
    assert all(hasattr(torch.ops.torchvision, name) for name in ("nms", "roi_align"))
    from transformers import Qwen2VLVideoProcessor

    assert Qwen2VLVideoProcessor().patch_size == 14
