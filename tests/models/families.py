"""Random checkpoints of other model families than the one that the tests mostly use: a few hundred KB each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers as hf

from tests.models.tiny_checkpoint import SPECIAL, TEMPLATE, byte_level_tokenizer
from videostar import torchvision_on_cpu

TEXT = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
CLIP = {
    "model_type": "clip_vision_model",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "image_size": 32,
    "patch_size": 8,
}
ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
CROPPED = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
LLAVA_TEMPLATE = TEMPLATE.replace("<|video_pad|>", "<video>").replace("<|image_pad|>", "<image>")
VICUNA_TEMPLATE = (
    "{% for message in messages %}{{ message['role'].upper() }}: "
    "{% for part in message['content'] %}{% if part['type'] == 'video' %}<video>\n{% endif %}{% endfor %}"
    "{% for part in message['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }} {% endif %}{% endfor %}"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


def build(family: str, folder: Path) -> Path:
    """Write the checkpoint of a family into `folder`."""
    torchvision_on_cpu.make_importable()
    torch.manual_seed(0)
    tokenizer = byte_level_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>", "<video>"]})
    model, processor = FAMILIES[family](tokenizer)
    model.generation_config = hf.GenerationConfig(eos_token_id=2, pad_token_id=0, bos_token_id=0)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _qwen2_vl(tokenizer: Any) -> tuple[Any, Any]:
    size = {"shortest_edge": 256, "longest_edge": 4096}
    config = hf.Qwen2VLConfig(
        text_config={**TEXT, "vocab_size": len(tokenizer), "rope_parameters": ROPE},
        vision_config={"depth": 2, "embed_dim": 64, "hidden_size": 64, "num_heads": 4, "mlp_ratio": 2, "patch_size": 8},
        **_qwen_tokens(tokenizer),
    )
    processor = hf.Qwen2VLProcessor(
        image_processor=hf.Qwen2VLImageProcessor(patch_size=8, size=size),
        tokenizer=tokenizer,
        video_processor=hf.Qwen2VLVideoProcessor(patch_size=8, size=size),
        chat_template=TEMPLATE,
    )
    return hf.Qwen2VLForConditionalGeneration(config), processor


def _qwen3_vl(tokenizer: Any) -> tuple[Any, Any]:
    size = {"shortest_edge": 512, "longest_edge": 65536}
    vision = {"depth": 2, "hidden_size": 64, "intermediate_size": 128, "num_heads": 4, "patch_size": 8, "out_hidden_size": 64}
    config = hf.Qwen3VLConfig(
        text_config={**TEXT, "vocab_size": len(tokenizer), "head_dim": 16, "rope_parameters": {**ROPE, "mrope_interleaved": True}},
        vision_config={**vision, "deepstack_visual_indexes": [0], "num_position_embeddings": 64},
        **_qwen_tokens(tokenizer),
    )
    processor = hf.Qwen3VLProcessor(
        image_processor=hf.Qwen2VLImageProcessor(patch_size=8, size=size),
        tokenizer=tokenizer,
        video_processor=hf.Qwen3VLVideoProcessor(patch_size=8, size=size),
        chat_template=TEMPLATE,
    )
    return hf.Qwen3VLForConditionalGeneration(config), processor


def _llava_onevision(tokenizer: Any) -> tuple[Any, Any]:
    size = {"height": 32, "width": 32}
    config = hf.LlavaOnevisionConfig(
        vision_config={**CLIP, "model_type": "siglip_vision_model", "vision_use_head": False},
        text_config={**TEXT, "model_type": "qwen2", "vocab_size": len(tokenizer)},
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_grid_pinpoints=[[32, 32]],
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
    )
    processor = hf.LlavaOnevisionProcessor(
        image_processor=hf.LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=[[32, 32]]),
        tokenizer=tokenizer,
        video_processor=hf.LlavaOnevisionVideoProcessor(size=size),
        num_image_tokens=16,
        vision_feature_select_strategy="full",
        chat_template=LLAVA_TEMPLATE,
    )
    return hf.LlavaOnevisionForConditionalGeneration(config), processor


def _llava(tokenizer: Any) -> tuple[Any, Any]:
    """Knows images only: frames go in one by one."""
    config = hf.LlavaConfig(
        vision_config=CLIP,
        text_config={**TEXT, "model_type": "llama", "vocab_size": len(tokenizer)},
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=16,
    )
    processor = hf.LlavaProcessor(
        image_processor=hf.CLIPImageProcessor(**CROPPED),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=LLAVA_TEMPLATE,
    )
    return hf.LlavaForConditionalGeneration(config), processor


def _video_llava(tokenizer: Any) -> tuple[Any, Any]:
    """The paper's base; its template ends no answer."""
    config = hf.VideoLlavaConfig(
        vision_config=CLIP,
        text_config={**TEXT, "model_type": "llama", "vocab_size": len(tokenizer)},
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
        image_seq_length=16,
        video_seq_length=17 * 8,
    )
    processor = hf.VideoLlavaProcessor(
        image_processor=hf.VideoLlavaImageProcessor(**CROPPED),
        video_processor=hf.VideoLlavaVideoProcessor(**CROPPED),
        tokenizer=tokenizer,
        patch_size=8,
        chat_template=VICUNA_TEMPLATE,
    )
    return hf.VideoLlavaForConditionalGeneration(config), processor


def _qwen_tokens(tokenizer: Any) -> dict[str, int]:
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL}
    return {
        "image_token_id": ids["<|image_pad|>"],
        "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"],
        "vision_end_token_id": ids["<|vision_end|>"],
    }


FAMILIES: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "qwen2_vl": _qwen2_vl,
    "qwen3_vl": _qwen3_vl,
    "llava_onevision": _llava_onevision,
    "llava": _llava,
    "video_llava": _video_llava,
}
