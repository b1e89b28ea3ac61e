"""A random Qwen2.5-VL checkpoint of a few hundred KB, built from transformers' own classes: what a 7B folder has, only small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from videostar import torchvision_on_cpu
from videostar.types import FrameRecord
from videostar.video.frames import Frames

SENTENCES = (
    "What is the person doing? They are arm wrestling, because both hold hands and push.",
    "Which colour is the ball? The ball is red. The square moves up, then down; it is blue and green.",
    "Answer with one letter. Explain step by step. 0 1 2 3 4 5 6 7 8 9 seconds.",
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'video' %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def build(folder: Path, seed: int = 0, template: str = TEMPLATE) -> Path:
    """Write the checkpoint into `folder`: vision 2 x 64, text 2 x 64, patch 8, byte-level pieces."""
    torchvision_on_cpu.make_importable()
    from transformers import (
        GenerationConfig,
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    tokenizer = byte_level_tokenizer()
    size = {"shortest_edge": 16 * 16, "longest_edge": 64 * 64}
    processor = Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(patch_size=8, size=size),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(patch_size=8, size=size),
        chat_template=template,
    )
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL}
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 2048,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]},
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 4,
            "patch_size": 8,
            "window_size": 32,
            "out_hidden_size": 64,
            "fullatt_block_indexes": [1],
            "tokens_per_second": 2,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(config)
    # What the 7B ships: sampling settings that nobody asked for, and two end tokens.
    model.generation_config = GenerationConfig(
        do_sample=True,
        temperature=0.1,
        repetition_penalty=1.05,
        eos_token_id=[ids["<|im_end|>"], ids["<|endoftext|>"]],
        pad_token_id=ids["<|endoftext|>"],
        bos_token_id=ids["<|endoftext|>"],
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def moving_square(shade: int = 255, num_frames: int = 4, size: int = 32, side: int = 12, fps: float = 2.0) -> Frames:
    """A rendered clip: a square that moves to the right. shade: 255 is red, 0 is green, between them it turns blue."""
    pixels: NDArray[np.uint8] = np.zeros((num_frames, size, size, 3), np.uint8)
    colour = (shade, 255 - shade, 4 * shade * (255 - shade) // 255)
    for index in range(num_frames):
        left = index * (size - side) // max(1, num_frames - 1)
        pixels[index, :side, left : left + side] = colour
    times = tuple(index / fps for index in range(num_frames))
    return Frames(pixels, times, fps, FrameRecord("test", times, f"sha-{shade}-{num_frames}-{size}-{side}"))


def byte_level_tokenizer(named: dict[str, str] | None = None) -> Any:
    """Trained on SENTENCES; any text can be written in its pieces. named: further special tokens, by the name that a processor asks for."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=list(SPECIAL), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    backend.train_from_iterator(SENTENCES, trainer)
    named = named or {}
    backend.add_special_tokens(list(named.values()))
    ends = {"eos_token": SPECIAL[2], "pad_token": SPECIAL[0]}
    return PreTrainedTokenizerFast(tokenizer_object=backend, **ends, model_specific_special_tokens=named)
