"""Random checkpoints of other model families than the one that the tests mostly use: a few hundred KB each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers as hf

from tests.models import tiny_checkpoint
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


SMOLVLM_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}"
    "{% if message['content'][0]['type'] == 'image' %}:{% else %}: {% endif %}"
    "{% for part in message['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }}"
    "{% elif part['type'] == 'image' %}<image>{% elif part['type'] == 'video' %}<video>{% endif %}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
INTERNVL_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<IMG_CONTEXT>\n"
    "{% elif part['type'] == 'video' %}<video>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NAMED = {
    "smolvlm": {
        "image_token": "<image>",
        "video_token": "<video>",
        "fake_image_token": "<fake_token_around_image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    },
    "internvl": {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    },
}
"""The special tokens that a family's processor asks its tokenizer for."""


def build(family: str, folder: Path) -> Path:
    """Write the checkpoint of a family into `folder`."""
    if family == "qwen2_5_vl":
        return tiny_checkpoint.build(folder)
    torchvision_on_cpu.make_importable()
    torch.manual_seed(0)
    tokenizer = byte_level_tokenizer(NAMED.get(family))
    if family not in NAMED:
        tokenizer.add_special_tokens({"additional_special_tokens": ["<image>", "<video>"]})
    model, processor = FAMILIES[family](tokenizer)
    model.generation_config = hf.GenerationConfig(eos_token_id=tokenizer.eos_token_id, pad_token_id=0, bos_token_id=0)
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


def _llava_next_video(tokenizer: Any) -> tuple[Any, Any]:
    config = hf.LlavaNextVideoConfig(
        vision_config=CLIP,
        text_config={**TEXT, "model_type": "llama", "vocab_size": len(tokenizer)},
        image_grid_pinpoints=[[32, 32]],
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        video_token_index=tokenizer.convert_tokens_to_ids("<video>"),
    )
    processor = hf.LlavaNextVideoProcessor(
        video_processor=hf.LlavaNextVideoVideoProcessor(**CROPPED),
        image_processor=hf.LlavaNextImageProcessor(**CROPPED, image_grid_pinpoints=[[32, 32]]),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=VICUNA_TEMPLATE,
    )
    return hf.LlavaNextVideoForConditionalGeneration(config), processor


def _smolvlm(tokenizer: Any) -> tuple[Any, Any]:
    """A frame is an image to it, with its time written before."""
    tokenizer.eos_token = tokenizer.end_of_utterance_token
    edge = {"longest_edge": 32}
    vision = {name: value for name, value in CLIP.items() if name != "model_type"}
    config = hf.SmolVLMConfig(
        vision_config=vision,
        text_config={**TEXT, "model_type": "llama", "vocab_size": len(tokenizer), "eos_token_id": tokenizer.eos_token_id},
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    processor = hf.SmolVLMProcessor(
        image_processor=hf.SmolVLMImageProcessor(size=edge, max_image_size=edge),
        tokenizer=tokenizer,
        video_processor=hf.SmolVLMVideoProcessor(max_image_size=edge, video_sampling={"fps": 1, "max_frames": 64, "video_size": edge}),
        image_seq_len=4,
        chat_template=SMOLVLM_TEMPLATE,
    )
    return hf.SmolVLMForConditionalGeneration(config), processor


def _internvl(tokenizer: Any) -> tuple[Any, Any]:
    """A frame is an image to it, numbered; no time is told."""
    size = {"height": 32, "width": 32}
    vision = {name: value for name, value in CLIP.items() if name != "model_type"}
    config = hf.InternVLConfig(
        vision_config={**vision, "image_size": [32, 32], "patch_size": [8, 8]},
        text_config={**TEXT, "model_type": "qwen2", "vocab_size": len(tokenizer)},
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    processor = hf.InternVLProcessor(
        image_processor=hf.GotOcr2ImageProcessor(size=size),
        tokenizer=tokenizer,
        video_processor=hf.InternVLVideoProcessor(size=size),
        image_seq_length=4,
        chat_template=INTERNVL_TEMPLATE,
    )
    return hf.InternVLForConditionalGeneration(config), processor


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
    "llava_next_video": _llava_next_video,
    "smolvlm": _smolvlm,
    "internvl": _internvl,
}
ALL = ("qwen2_5_vl", *FAMILIES)
