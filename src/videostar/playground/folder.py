"""The tiny checkpoint as an ordinary Hugging Face folder: tokenizer, processor, weights in 16 bits.

Everything loads with `AutoProcessor` and `AutoModelForImageTextToText` and nothing of ours.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from videostar.playground.architecture import FRAME_SIZE, FRAMES_PER_PATCH, MERGE_SIZE, PATCH_SIZE, PIXEL_MEAN, PIXEL_STD
from videostar.playground.language import text_of
from videostar.playground.lessons import LESSONS
from videostar.playground.questions import END, guessed_item, long_item, short_item
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.torchvision_on_cpu import make_importable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen2_5_VLForConditionalGeneration

VOCABULARY = 1024
CORPUS_CLIPS = 700
SPECIAL = {
    "pad": "<|endoftext|>",
    "start": "<|im_start|>",
    "end": END,
    "vision_start": "<|vision_start|>",
    "vision_end": "<|vision_end|>",
    "image": "<|image_pad|>",
    "video": "<|video_pad|>",
}
TURN = re.compile(r"<\|im_end\|>\n<\|im_start\|>(?:user|assistant)\n")
CHAT_TEMPLATE = """\
{%- for message in messages -%}
{{- '<|im_start|>' + message['role'] + '\\n' -}}
{%- if message['content'] is string -%}
{{- message['content'] -}}
{%- else -%}
{%- for part in message['content'] -%}
{%- if part['type'] == 'image' -%}
{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
{%- elif part['type'] == 'video' -%}
{{- '<|vision_start|><|video_pad|><|vision_end|>' -}}
{%- elif 'text' in part -%}
{{- part['text'] -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


def train_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE of `VOCABULARY` pieces from the templates; digits stay single, the same every time."""
    make_importable()
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    digits, words = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=20,
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=SPECIAL["pad"],
        eos_token=END,
        additional_special_tokens=[token for name, token in SPECIAL.items() if name not in {"pad", "end"}],
        model_max_length=4096,
        clean_up_tokenization_spaces=False,
    )


def _corpus() -> Iterator[str]:
    rng = random.Random(0)
    for seed in range(CORPUS_CLIPS):
        for lesson in LESSONS:
            clip = lesson.draw(seed)
            for maker in (short_item, long_item, guessed_item):
                item = maker(lesson, clip, rng)
                for turn in TURN.split(item.prompt):
                    yield f"user\n{turn}\n"
                yield f"assistant\n{text_of(item.answer)}"


def special_ids(tokenizer: PreTrainedTokenizerFast) -> dict[str, int]:
    """Token ids of `SPECIAL`, by name."""
    return {name: int(tokenizer.convert_tokens_to_ids(token)) for name, token in SPECIAL.items()}


def new_processor(tokenizer: PreTrainedTokenizerFast) -> Any:
    """Qwen2.5-VL's processor for frames of about 96 x 96 pixels, normalised as in `architecture.patchify`."""
    make_importable()
    from transformers import Qwen2_5_VLProcessor, Qwen2VLImageProcessor, Qwen2VLVideoProcessor

    options = {
        "patch_size": PATCH_SIZE,
        "temporal_patch_size": FRAMES_PER_PATCH,
        "merge_size": MERGE_SIZE,
        "image_mean": [PIXEL_MEAN] * 3,
        "image_std": [PIXEL_STD] * 3,
        "size": {"shortest_edge": FRAME_SIZE**2, "longest_edge": FRAME_SIZE**2},
    }
    return Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**options),
        video_processor=Qwen2VLVideoProcessor(**options, do_sample_frames=False, num_frames=NUM_FRAMES),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
    )


def save_checkpoint(folder: Path, model: Qwen2_5_VLForConditionalGeneration, processor: Any) -> None:
    """Write the folder: float16 weights that load as float32, greedy decoding.

    Half precision halves the file; computing with it is slow on processors without a GPU, so the config asks for float32.
    """
    from transformers import GenerationConfig

    ids = special_ids(processor.tokenizer)
    folder.mkdir(parents=True, exist_ok=True)
    model.generation_config = GenerationConfig(do_sample=False, eos_token_id=ids["end"], pad_token_id=ids["pad"], max_new_tokens=96)
    weights = {name: tensor.detach().to(torch.float16) for name, tensor in model.state_dict().items()}
    model.save_pretrained(folder, state_dict=weights)
    processor.save_pretrained(folder)
