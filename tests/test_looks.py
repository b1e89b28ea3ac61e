"""A clip is looked at once, whoever asks about it and however often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.models.families import build
from tests.models.tiny_checkpoint import moving_square
from videostar import checkpoints
from videostar.config import ModelConfig
from videostar.encoding import Encoder
from videostar.errors import OutOfMemoryError
from videostar.looks import Looks
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Request
from videostar.types import Message
from videostar.video.frames import Frames

GREEDY = Decoding(0.0, 1.0, 10)
SAMPLED = Decoding(1.0, 0.9, 10)
QUESTIONS = ("Which colour is the ball?", "What is the person doing?", "Explain step by step.")
FAMILIES = ("qwen2_5_vl", "qwen3_vl", "llava_onevision", "llava_next_video", "video_llava", "smolvlm", "internvl", "llava")


def _model(folder: Path) -> TransformersModel:
    return TransformersModel(str(folder), ModelConfig(model_name_or_path=str(folder)))


def _asked(question: str, frames: Frames | None, *seeds: int) -> Request:
    return Request(question, (Message("user", question),), frames, seeds or (1,))


@contextmanager
def _counted(model: TransformersModel) -> Iterator[dict[str, Any]]:
    """Frames or patches that went into a tower, call by call, and the sizes (rows, length) of what the text model read."""
    inner = model._load().model
    counts: dict[str, Any] = {"looked": [], "read": []}
    towers = [
        module
        for name, module in inner.named_modules()
        if name.rpartition(".")[2] in {"visual", "vision_tower", "video_tower", "vision_model"}
    ]
    outermost = [tower for tower in towers if not any(tower is not other and tower in list(other.modules()) for other in towers)]

    def look(_: object, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        counts["looked"].append(len(args[0] if args else options["pixel_values"]))

    def read(_: object, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        counts["read"].append(tuple(options["inputs_embeds"].shape[:2]))

    text = getattr(inner.base_model, "language_model", None) or inner.base_model.text_model
    hooks = [tower.register_forward_pre_hook(look, with_kwargs=True) for tower in outermost]
    hooks.append(text.register_forward_pre_hook(read, with_kwargs=True))
    try:
        yield counts
    finally:
        for hook in hooks:
            hook.remove()


@pytest.mark.parametrize("family", FAMILIES)
def test_looks_stand_for_pixels_in_every_family(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers with kept looks, in one batch of clips of several lengths, are those of the library's own greedy search on pixels.

    So they are where the prompts are read two at a time, a question without a video among them.
    """
    model = _model(build(family, tmp_path))
    clips = (moving_square(num_frames=8), moving_square(0, num_frames=6))
    requests = [*(_asked(question, clip) for clip in clips for question in QUESTIONS), _asked(QUESTIONS[0], None)]
    with _counted(model) as counts:
        said = [row[0].text for row in model.answer(requests, GREEDY)]
        monkeypatch.setattr("videostar.models.transformers.READ_TOGETHER", 2)
        again = [row[0].text for row in model.answer(requests, GREEDY)]
    assert said == again == [_by_the_library(model, request) for request in requests]
    assert sum(counts["looked"]) == sum(_in_the_tower(model, clip) for clip in clips)


def _in_the_tower(model: TransformersModel, frames: Frames) -> int:
    """Patches or frames of a clip, as the family's tower takes them."""
    visual = model._load().encoder.prompt((Message("user", ""),), frames).visual
    pixels = next(tensor for name, tensor in visual.items() if name.startswith("pixel_values"))
    return len(pixels.flatten(0, 1)) if pixels.ndim == 5 else len(pixels)


def _by_the_library(model: TransformersModel, request: Request) -> str:
    loaded = model._load()
    row = loaded.encoder.prompt(request.messages, request.frames)
    inputs = {**{name: tensor[None] for name, tensor in row.sequence.items()}, **row.visual}
    ends = sorted(loaded.encoder.end_token_ids)
    ids = loaded.model.generate(**inputs, do_sample=False, max_new_tokens=GREEDY.max_new_tokens, eos_token_id=ends)[0, row.length :]
    return loaded.encoder.text(ids.tolist())


@pytest.mark.parametrize("together", [32, 3])
def test_candidates_share_one_look_and_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """Two clips, two questions each, eight candidates a question: two looks, each of four prompts read once, then single steps."""
    monkeypatch.setattr("videostar.models.transformers.READ_TOGETHER", together)
    model = _model(build("qwen3_vl", tmp_path))
    requests = [
        _asked(question, clip, *range(8))
        for clip in (moving_square(num_frames=4), moving_square(0, num_frames=6))
        for question in QUESTIONS[:2]
    ]
    with _counted(model) as counts:
        replies = model.answer(requests, SAMPLED)
    assert [len(row) for row in replies] == [8, 8, 8, 8]
    assert sum(counts["looked"]) == 2 * 16 + 3 * 16  # patches of two and of three pairs of frames
    read = [rows for rows, length in counts["read"] if length > 20]
    assert read == ([4] if together == 32 else [3, 1])
    steps = counts["read"][len(read) :]
    assert {length for _, length in steps} == {1}
    assert steps[0] == (32, 1)


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(tmp_path: Path) -> None:
    model = _model(build("llava_onevision", tmp_path))
    loaded = model._load()
    one = 17 * 64 * 4  # four frames of 2 x 2 tokens and a newline, 64 numbers of 4 bytes
    looks = Looks(limit_bytes=2 * one)
    clips = {name: moving_square(shade) for name, shade in (("a", 0), ("b", 100), ("c", 255))}
    with _counted(model) as counts:
        for name in ("a", "b", "a", "c", "a", "b"):
            row = loaded.encoder.prompt((Message("user", "What?"),), clips[name])
            looks.of(loaded.model, [(name, row)])
    assert len(counts["looked"]) == 4  # "b" went when "c" came, since "a" had been used in between
    with _counted(model) as counts:
        looks.of(loaded.model, [("b", row)])
        looks.clear()
        looks.of(loaded.model, [("b", row)])
        looks.of(loaded.model, [("", row)])
        looks.of(loaded.model, [("", row)])
    assert len(counts["looked"]) == 3  # frames without a name are looked at each time


def test_small_clips_share_a_call_and_large_ones_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model(build("qwen3_vl", tmp_path))
    requests = [_asked(QUESTIONS[0], moving_square(shade)) for shade in (0, 50, 100, 150, 200)]
    numbers = sum(tensor.numel() for tensor in model._load().encoder.prompt(requests[0].messages, requests[0].frames).visual.values())
    said = []
    for most, calls in ((10 * numbers, 1), (2 * numbers, 3), (1, 5)):
        monkeypatch.setattr("videostar.looks.MOST_NUMBERS", most)
        model.close()
        with _counted(model) as counts:
            said.append([row[0].text for row in model.answer(requests, GREEDY)])
        assert len(counts["looked"]) == calls
    assert said[0] == said[1] == said[2]


def test_a_clip_is_made_ready_once_for_the_questions_about_it(tmp_path: Path) -> None:
    """Also where the processor writes into what it was given, as with odd frames and their times."""
    for family in ("qwen2_5_vl", "qwen3_vl", "smolvlm", "internvl", "llava_onevision"):
        model = _model(build(family, tmp_path / family))
        encoder = model._load().encoder
        ready = encoder._processor.video_processor
        counting = ready._behind = _Counting(ready._behind)
        fresh = Encoder(checkpoints.load_processor(str(tmp_path / family)), encoder.end_token_ids)
        for question in QUESTIONS:
            for frames in (moving_square(num_frames=5), moving_square(0, num_frames=5)):
                asked = (Message("user", question),)
                row, expected = encoder.prompt(asked, frames), fresh.prompt(asked, frames)
                assert row.sequence["input_ids"].tolist() == expected.sequence["input_ids"].tolist()
                assert {name: tensor.tolist() for name, tensor in row.visual.items()} == {
                    name: tensor.tolist() for name, tensor in expected.visual.items()
                }
        assert counting.calls == 2


class _Counting:
    """A video processor whose calls are counted."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def __call__(self, videos: Any, **options: Any) -> Any:
        self.calls += 1
        return self.real(videos, **options)


def test_out_of_memory_gives_the_looks_back(tmp_path: Path) -> None:
    model = _model(build("qwen2_5_vl", tmp_path))
    request = _asked(QUESTIONS[0], moving_square())
    before = model.answer([request], GREEDY)

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    hook = model._load().model.lm_head.register_forward_pre_hook(full)
    with pytest.raises(OutOfMemoryError):
        model.answer([request], GREEDY)
    hook.remove()
    with _counted(model) as counts:
        assert model.answer([request], GREEDY) == before
    assert len(counts["looked"]) == 1


def test_replies_say_how_many_tokens_were_visual(tmp_path: Path) -> None:
    model = _model(build("smolvlm", tmp_path))
    replies = model.answer([_asked(QUESTIONS[0], moving_square(num_frames=6)), _asked(QUESTIONS[0], None)], GREEDY)
    assert [row[0].visual_tokens for row in replies] == [6 * 4, 0]


def test_times_reach_each_model_as_its_processor_wants_them(tmp_path: Path) -> None:
    """As seconds between patches, as text before each patch or frame, or not at all."""
    frames = moving_square(num_frames=4, fps=0.05)  # at 0, 20, 40 and 60 seconds
    said = {}
    for family in FAMILIES:
        encoder: Encoder = _model(build(family, tmp_path / family))._load().encoder
        row = encoder.prompt((Message("user", "Which colour?"),), frames)
        said[family] = encoder._processor.tokenizer.decode(row.sequence["input_ids"])
        if family == "qwen2_5_vl":
            assert row.visual["second_per_grid_ts"].tolist() == [40.0]
    assert "<10.0 seconds>" in said["qwen3_vl"]
    assert "<50.0 seconds>" in said["qwen3_vl"]
    assert all(f"Frame from {time}:" in said["smolvlm"] for time in ("00:00", "00:20", "00:40", "01:00"))
    assert "0:01:20" in said["smolvlm"]
    assert all(f"Frame{number}: <img>" in said["internvl"] for number in (1, 2, 3, 4))
    assert said["llava"].count("<image>") == 4 * 16
