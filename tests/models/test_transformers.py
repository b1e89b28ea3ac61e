from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.models.tiny_checkpoint import build, moving_square
from videostar.config import ModelConfig
from videostar.errors import CheckpointError, OutOfMemoryError
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Reply, Request
from videostar.types import Message

SAMPLED = Decoding(temperature=1.0, top_p=1.0, max_new_tokens=12)
GREEDY = Decoding(temperature=0.0, top_p=1.0, max_new_tokens=12)


def _request(question: str, seeds: tuple[int, ...], frames: Any) -> Request:
    return Request("k-1", (Message("user", question),), frames, seeds)


def _requests() -> list[Request]:
    return [
        _request("Which colour is the ball?", (1, 2, 3), moving_square()),
        _request("What is the person doing? Explain step by step.", (4,), moving_square(10, num_frames=6, size=48)),
        _request("Answer with one letter.", (5, 6), None),
    ]


def _model(folder: Path) -> TransformersModel:
    return TransformersModel(str(folder), ModelConfig(model_name_or_path=str(folder)))


@pytest.fixture(scope="module")
def model(tiny: Path) -> TransformersModel:
    return _model(tiny)


def test_one_reply_per_seed_in_order(model: TransformersModel) -> None:
    replies = model.answer(_requests(), SAMPLED)
    assert [len(row) for row in replies] == [3, 1, 2]
    assert len({reply.text for row in replies for reply in row}) == 6


def test_rows_do_not_hang_on_their_neighbours(model: TransformersModel) -> None:
    together = model.answer(_requests(), SAMPLED)
    alone = [
        [model.answer([Request(asked.sample_id, asked.messages, asked.frames, (seed,))], SAMPLED)[0][0] for seed in asked.seeds]
        for asked in _requests()
    ]
    assert together == alone


def test_the_same_seed_gives_the_same_text(model: TransformersModel) -> None:
    first, second, other = model.answer([_request("Which colour?", (9, 9, 8), moving_square())], SAMPLED)[0]
    assert first == second
    assert first.text != other.text


def test_greedy_does_not_look_at_seeds(model: TransformersModel) -> None:
    first, second = model.answer([_request("Which colour?", (1, 2), moving_square())], GREEDY)[0]
    assert first == second


@pytest.mark.parametrize("start", ["", "The ball is"])
def test_greedy_is_the_librarys_greedy(model: TransformersModel, start: str) -> None:
    request = replace(_request("Which colour is the ball?", (1,), moving_square()), start=start)
    mine = model.answer([request], GREEDY)[0][0]
    loaded = model._load()
    row = loaded.encoder.prompt(request.messages, request.frames, start)
    inputs = {**{name: tensor[None] for name, tensor in row.sequence.items()}, **row.visual}
    ids = loaded.model.generate(**inputs, do_sample=False, max_new_tokens=12)[0, row.length :]
    assert mine.text == loaded.encoder.text(ids.tolist())


def test_the_video_is_looked_at(model: TransformersModel) -> None:
    request = [_request("Which colour?", (1,), frames) for frames in (moving_square(255), moving_square(0), None)]
    loaded = model._load()
    logits = []
    for asked in request:
        row = loaded.encoder.prompt(asked.messages, asked.frames)
        inputs = {**{name: tensor[None] for name, tensor in row.sequence.items()}, **row.visual}
        with torch.inference_mode():
            logits.append(loaded.model(**inputs).logits[0, -1])
    assert not torch.allclose(logits[0], logits[1])


def test_candidates_share_one_look_and_one_reading(model: TransformersModel) -> None:
    loaded = model._load()
    looked: list[int] = []
    read: list[int] = []
    hooks = [
        loaded.model.model.visual.register_forward_pre_hook(lambda _, args: looked.append(len(args[0]))),
        loaded.model.lm_head.register_forward_pre_hook(lambda _, args: read.append(args[0].shape[0])),
    ]
    model.answer([_request("Which colour?", (1, 2, 3, 4, 5), moving_square(7))], SAMPLED)  # a clip that no other test shows
    for hook in hooks:
        hook.remove()
    assert looked == [32]
    assert read[:2] == [1, 5]


def test_stop_and_length(tiny: Path) -> None:
    model = _model(tiny)
    loaded = model._load()
    long = Decoding(temperature=1.0, top_p=1.0, max_new_tokens=400)
    replies = model.answer([_request("Which colour?", tuple(range(8)), None)], long)[0]
    stopped = [reply for reply in replies if reply.finish == "stop"]
    assert stopped, "a random model meets an end token within 400 of 320 pieces"
    assert all(reply.tokens <= 400 for reply in replies)
    assert all(reply.tokens == 400 for reply in replies if reply.finish == "length")
    ids = loaded.encoder._processor.tokenizer(stopped[0].text, add_special_tokens=False)["input_ids"]
    assert stopped[0].tokens > 0
    assert not set(ids) & loaded.encoder.end_token_ids


def test_what_exceeds_the_context_is_refused_whole(model: TransformersModel) -> None:
    long = _request("word " * 3000, (1, 2), moving_square())
    short = _request("Which colour?", (3,), moving_square())
    replies = model.answer([long, short], GREEDY)
    assert replies[0] == [Reply("", "error", 0)] * 2
    assert replies[1][0].finish in {"stop", "length"}
    assert model.answer([long], GREEDY) == [replies[0]]


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), MemoryError()],
)
def test_out_of_memory_is_told_apart(tiny: Path, error: Exception) -> None:
    model = _model(tiny)

    def full(*_: object) -> None:
        raise error

    model._load().model.lm_head.register_forward_pre_hook(full)
    with pytest.raises(OutOfMemoryError):
        model.answer(_requests(), GREEDY)


def test_other_errors_stay_what_they_are(tiny: Path) -> None:
    model = _model(tiny)

    def broken(*_: object) -> None:
        raise RuntimeError("shape mismatch")

    model._load().model.lm_head.register_forward_pre_hook(broken)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        model.answer(_requests(), GREEDY)


def test_nothing_is_loaded_before_the_first_question(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    model = TransformersModel(str(folder), ModelConfig(model_name_or_path=str(folder)))
    assert model.name == str(folder)
    with pytest.raises(CheckpointError, match="there is no checkpoint folder"):
        model.answer(_requests(), GREEDY)
    build(folder)
    first = model.answer(_requests(), GREEDY)
    model.close()
    assert model.answer(_requests(), GREEDY) == first
