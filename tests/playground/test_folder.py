"""The checkpoint is an ordinary folder: the library's own classes load it, and its processor sees what training saw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from videostar.playground.architecture import patchify
from videostar.playground.folder import SPECIAL, save_checkpoint
from videostar.playground.render import frame_times, render
from videostar.playground.scene import draw_scene
from videostar.playground.words import invented_word
from videostar.seeds import rng_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, processor: Any, untrained: Any) -> Path:
    place = tmp_path_factory.mktemp("checkpoint")
    save_checkpoint(place, untrained, processor)
    return place


def test_it_loads_with_the_auto_classes_alone(folder: Path, untrained: Any) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(folder)
    assert type(model).__name__ == "Qwen2_5_VLForConditionalGeneration"
    assert type(AutoProcessor.from_pretrained(folder)).__name__ == "Qwen2_5_VLProcessor"
    assert model.dtype == torch.float32
    assert model.generation_config.do_sample is False
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, untrained.state_dict()[name].half().float()), name


def test_it_is_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 10e6


def test_the_processor_gives_what_training_was_given(folder: Path) -> None:
    from transformers import AutoProcessor

    loaded = AutoProcessor.from_pretrained(folder)
    frames = render(draw_scene(1), frame_times(16), 96)
    text = "<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>What?<|im_end|>\n"
    inputs = loaded(text=[text], videos=[frames], videos_kwargs={"fps": 4.0}, return_tensors="pt")
    assert inputs["video_grid_thw"].tolist() == [[8, 8, 8]]
    assert torch.allclose(inputs["pixel_values_videos"], patchify(frames[None]).flatten(0, 1), atol=1e-6)
    assert int((inputs["input_ids"] == loaded.video_token_id).sum()) == 32


def test_larger_and_longer_frames_are_brought_to_the_trained_size(folder: Path) -> None:
    from transformers import AutoProcessor

    loaded = AutoProcessor.from_pretrained(folder)
    frames = np.zeros((8, 360, 640, 3), dtype=np.uint8)
    inputs = loaded(text=[SPECIAL["video"]], videos=[frames], videos_kwargs={"fps": 4.0}, return_tensors="pt")
    time, height, width = inputs["video_grid_thw"][0].tolist()
    assert (time, height * width) == (4, 4 * 8)


def test_the_template_renders_turns_and_the_opening_of_an_answer(processor: Any) -> None:
    chat = [
        {"role": "user", "content": [{"type": "video"}, {"type": "text", "text": "What?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "A square."}]},
        {"role": "user", "content": "Sure?"},
    ]
    assert processor.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) == (
        "<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>What?<|im_end|>\n"
        "<|im_start|>assistant\nA square.<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\n"
    )


def test_digits_stay_single_and_invented_words_are_no_tokens(processor: Any) -> None:
    tokenizer = processor.tokenizer
    assert [tokenizer.decode(token) for token in tokenizer("65.62")["input_ids"]] == ["6", "5", ".", "6", "2"]
    rng = rng_for("words", "test")
    for word in {invented_word(rng) for _ in range(500)}:
        if len(word) >= 5:
            assert len(tokenizer(f" {word}")["input_ids"]) > 1, word


@pytest.mark.parametrize("text", ["zorvek", "Ünïcödé 漢字 🎬", "  two  spaces\nand a line", "(B) 3.25 s; [0.1, 0.2]"])
def test_any_text_survives_the_tokenizer(processor: Any, text: str) -> None:
    assert processor.tokenizer.decode(processor.tokenizer(text)["input_ids"]) == text
