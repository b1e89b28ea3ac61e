"""What differs between servers of the one chat protocol: how answers are drawn, and how every frame that is sent gets used.

Servers fill what a request leaves out from the checkpoint's own generation config (a Qwen's repetition penalty, say), so everything
that changes an answer is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from videostar.ports import Decoding

LARGEST_SEED = 2**31
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server.

    drawn: the fields of a request that say how its answer is drawn. video_part: the form that frames travel in, unless configured.
    with_video: fields that stop the server from choosing among the frames of a video.
    """

    drawn: Callable[[Decoding, int], Fields]
    video_part: str
    with_video: Mapping[str, Any] = field(default_factory=dict)


def _openai(decoding: Decoding, seed: int) -> Fields:
    return {
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        "max_tokens": decoding.max_new_tokens,
        "seed": seed % LARGEST_SEED,
    }


def _engine(decoding: Decoding, seed: int) -> Fields:
    return {**_openai(decoding, seed), "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}


def _transformers(decoding: Decoding, seed: int) -> Fields:
    drawn: Fields = {"do_sample": False}
    if decoding.temperature > 0:
        drawn = {"do_sample": True, "temperature": decoding.temperature, "top_p": decoding.top_p, "top_k": 0}
    return {
        "generation_config": json.dumps({**drawn, "repetition_penalty": 1.0}),
        "max_tokens": decoding.max_new_tokens,
        "seed": seed % LARGEST_SEED,
    }


DIALECTS: Mapping[str, Dialect] = {
    "vllm": Dialect(
        _engine,
        "video_url_data",
        {"media_io_kwargs": {"video": {"num_frames": -1}}, "mm_processor_kwargs": {"do_sample_frames": False}},
    ),
    "sglang": Dialect(_engine, "video_url_data"),
    "transformers": Dialect(_transformers, "video_path", {"chat_template_kwargs": {"do_sample_frames": False}}),
    "openai": Dialect(_openai, "images_jpeg"),
}
