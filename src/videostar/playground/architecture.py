"""The tiny checkpoint's network: transformers' own Qwen2.5-VL with a small config, and its input made from rendered frames.

Frames are 96 x 96, patches 12 x 12 over two frames, merged 4 x 4: four visual tokens for two frames. Few tokens keep the text model,
which does most of the work, quick; the merger that makes one token of sixteen patches is the tower's largest layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from videostar.playground.worlds import drawing

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

FRAME_SIZE = drawing.FRAME_SIZE
PATCH_SIZE = 12
FRAMES_PER_PATCH = 2
MERGE_SIZE = 4
GRID = FRAME_SIZE // PATCH_SIZE
TOKENS_PER_TUBELET = (GRID // MERGE_SIZE) ** 2
TOKENS_PER_SECOND = 2
TEXT_LAYERS = 5
HIDDEN_SIZE = 192
PIXEL_MEAN = 0.5
PIXEL_STD = 0.5


def tiny_config(vocab_size: int, special: dict[str, int]) -> Qwen2_5_VLConfig:
    """The config. special: ids of the tokens `image`, `video`, `vision_start`, `vision_end`, `pad` and `end`."""
    from transformers import Qwen2_5_VLConfig

    text = {
        "vocab_size": vocab_size,
        "hidden_size": HIDDEN_SIZE,
        "intermediate_size": 512,
        "num_hidden_layers": TEXT_LAYERS,
        "num_attention_heads": 6,
        # As many as heads: a question finds all that a clip shows in the states of a few tokens, and shared values were too narrow for it.
        "num_key_value_heads": 6,
        "max_position_embeddings": 4096,
        "initializer_range": 0.02,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 6, 6]},
        "bos_token_id": None,
        "eos_token_id": special["end"],
        "pad_token_id": special["pad"],
        "tie_word_embeddings": True,
    }
    vision = {
        "depth": 3,
        "hidden_size": 80,
        "intermediate_size": 256,
        "num_heads": 4,
        "patch_size": PATCH_SIZE,
        "temporal_patch_size": FRAMES_PER_PATCH,
        "spatial_merge_size": MERGE_SIZE,
        "tokens_per_second": TOKENS_PER_SECOND,
        "window_size": FRAME_SIZE,
        "fullatt_block_indexes": [0, 1, 2],
        "out_hidden_size": HIDDEN_SIZE,
    }
    return Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=special["image"],
        video_token_id=special["video"],
        vision_start_token_id=special["vision_start"],
        vision_end_token_id=special["vision_end"],
        tie_word_embeddings=True,
    )


def new_model(config: Qwen2_5_VLConfig, seed: int) -> Qwen2_5_VLForConditionalGeneration:
    """A network with fresh weights, the same for the same seed; the global generator is left as it was."""
    from transformers import Qwen2_5_VLForConditionalGeneration

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Qwen2_5_VLForConditionalGeneration(config)


def patchify(frames: NDArray[np.uint8]) -> Tensor:
    """(N, T, 96, 96, 3) uint8 -> (N * T / 2, 64, 864) float32 patches, in the order of the Qwen2.5-VL video processor."""
    clips, count = frames.shape[:2]
    tubelets = clips * count // FRAMES_PER_PATCH
    half = GRID // MERGE_SIZE
    pixels = torch.from_numpy(frames).to(torch.float32)
    pixels = (pixels / 255 - PIXEL_MEAN) / PIXEL_STD
    cut = pixels.view(tubelets, FRAMES_PER_PATCH, half, MERGE_SIZE, PATCH_SIZE, half, MERGE_SIZE, PATCH_SIZE, 3)
    # -> tubelet, row and column of the merged token, row and column within it, channel, frame, row, column
    return cut.permute(0, 2, 5, 3, 6, 8, 1, 4, 7).reshape(tubelets, GRID * GRID, -1)


def video_grid(tubelets_per_clip: int, clips: int) -> Tensor:
    """(clips, 3) grid sizes in time, height and width, as the network wants them beside its patches."""
    return torch.tensor([[tubelets_per_clip, GRID, GRID]] * clips)
