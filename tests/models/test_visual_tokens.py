"""What a clip will cost is known before it is decoded, to the token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.families import ALL, build
from videostar import checkpoints
from videostar.config import FramesConfig
from videostar.encoding import Encoder
from videostar.types import FrameRecord, Message
from videostar.video.frames import ClipRef, Frames, VideoInfo
from videostar.video.store import FrameStore
from videostar.video.write import write_mp4
from videostar.visual_tokens import VisualRule, clip_budget, visual_rule

ASKED = (Message("user", "Which colour?"),)
SETTINGS = (
    (FramesConfig(num_frames=1), 3.0, 64, 48),
    (FramesConfig(num_frames=5), 3.0, 64, 48),
    (FramesConfig(fps=2.0, min_frames=2, max_frames=16), 3.4, 31, 77),
    (FramesConfig(fps=4.0, min_frames=2, max_frames=6, max_pixels=900), 9.0, 640, 360),
    (FramesConfig(fps=1.0, min_frames=3), 0.5, 13, 9),
)
"""With the length of a clip in seconds and its width and height."""
KNOWN = tuple(family for family in ALL if family != "llava")


@pytest.mark.parametrize("family", KNOWN)
def test_the_budget_is_what_the_encoder_makes(family: str, tmp_path: Path) -> None:
    folder = build(family, tmp_path)
    encoder = Encoder(checkpoints.load_processor(str(folder)), {2})
    rule = visual_rule(str(folder))
    assert rule.exact
    made = []
    for config, seconds, width, height in SETTINGS:
        budget = clip_budget(config, rule, seconds, width, height)
        made.append(
            (budget.visual_tokens, encoder.prompt(ASKED, _blank(budget.sampling.num_frames, budget.width, budget.height)).visual_tokens)
        )
    assert [planned for planned, _ in made] == [encoded for _, encoded in made]
    assert min(encoded for _, encoded in made) > 0


def test_the_budget_of_a_file_is_what_is_decoded_of_it(tmp_path: Path) -> None:
    folder = build("qwen3_vl", tmp_path / "checkpoint")
    video = tmp_path / "a.mp4"
    write_mp4(video, np.full((30, 64, 96, 3), 90, np.uint8), fps=10.0)
    config = FramesConfig(fps=2.0, min_frames=2, max_pixels=3000, cache_gib=0)
    with FrameStore(config) as store:
        info = store.probe(video)
        assert isinstance(info, VideoInfo)
        budget = clip_budget(config, visual_rule(str(folder)), info.duration_seconds, info.width, info.height)
        (frames,) = store.load([ClipRef(video)])
    assert isinstance(frames, Frames)
    assert (budget.sampling.num_frames, budget.height, budget.width) == frames.pixels.shape[:3]
    assert Encoder(checkpoints.load_processor(str(folder)), {2}).prompt(ASKED, frames).visual_tokens == budget.visual_tokens


@settings(max_examples=150, deadline=None)
@given(frames=st.integers(1, 40), width=st.integers(20, 700), height=st.integers(20, 700), low=st.integers(1, 9), room=st.integers(2, 40))
def test_sizes_are_those_of_the_qwen_processors(frames: int, width: int, height: int, low: int, room: int) -> None:
    """Against transformers' own resizing, for any size, frame by frame and for all frames together."""
    from transformers.models.qwen2_vl.video_processing_qwen2_vl import smart_resize as each
    from transformers.models.qwen3_vl.video_processing_qwen3_vl import smart_resize as together

    least, most = low * 28 * 28, low * room * 28 * 28
    high, wide = each(height, width, 28, least, most)
    assert VisualRule(14, 2, 2, least, most).tokens(frames, width, height) == -(-frames // 2) * (high // 28) * (wide // 28)
    high, wide = together(max(frames, 2), height, width, 2, 28, least, most)
    assert VisualRule(14, 2, 2, least, most, whole=True).tokens(frames, width, height) == -(-frames // 2) * (high // 28) * (wide // 28)


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", 8 * 256),
        ("Qwen/Qwen3-VL-8B-Instruct", 8 * 196),
        ("HuggingFaceTB/SmolVLM2-2.2B-Instruct", 16 * 81),
        ("HuggingFaceTB/SmolVLM2-500M-Video-Instruct", 16 * 64),
        ("llava-hf/llava-onevision-qwen2-7b-ov-hf", 16 * 196 + 1),
        ("llava-hf/LLaVA-NeXT-Video-7B-hf", 16 * 144),
        ("LanguageBind/Video-LLaVA-7B-hf", 16 * 257),
        ("OpenGVLab/InternVL3-8B-hf", 16 * 256),
        ("a/model", 8 * 256),
    ],
)
def test_a_published_name_gives_an_estimate(name: str, tokens: int) -> None:
    rule = visual_rule(name)
    assert not rule.exact
    assert rule.tokens(16, 448, 448) == tokens


def test_a_downloaded_hub_name_is_read_from_its_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    cache = tmp_path / "hub" / "models--org--own"
    (cache / "snapshots" / "abc").mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("abc")
    assert not visual_rule("org/own").exact
    _write(cache / "snapshots" / "abc" / "config.json", {"model_type": "internvl"})
    _write(cache / "snapshots" / "abc" / "processor_config.json", {"image_seq_length": 17})
    assert visual_rule("org/own").tokens(3, 10, 10) == 51


@pytest.mark.parametrize("config", ["[1]", "{", '{"model_type": "qwen2_vl", "vision_config": 3}', '{"model_type": "llava_onevision"}'])
def test_files_that_are_not_what_they_should_be_give_an_estimate(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    _write(tmp_path / "preprocessor_config.json", {"size": {"shortest_edge": "many"}})
    rule = visual_rule(str(tmp_path))
    assert not rule.exact
    assert rule.tokens(2, 64, 64) > 0


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value))


def _blank(count: int, width: int, height: int) -> Frames:
    times = tuple(float(index) for index in range(count))
    return Frames(np.zeros((count, height, width, 3), np.uint8), times, 1.0, FrameRecord("test", times, "blank"))
