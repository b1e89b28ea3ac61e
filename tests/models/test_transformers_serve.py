"""The real `transformers serve` with the embedded checkpoint on the loopback: the same answers as in this process, and no silence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import render_clip, rows_of, write_config, write_table
from tests.models.test_managed import gone, process_in
from tests.models.tiny_checkpoint import moving_square
from tests.test_kill import row
from videostar.config import ModelConfig
from videostar.errors import ServerError
from videostar.models import video_parts
from videostar.models.hosts import Address, FixedHost
from videostar.models.managed import ManagedHost
from videostar.models.server import ServerModel
from videostar.models.trained_prompt import TrainedPrompt
from videostar.models.transformers import TransformersModel
from videostar.playground.demo import TINY
from videostar.ports import Decoding, Request
from videostar.server_config import ModelServerConfig
from videostar.types import Message

pytestmark = pytest.mark.slow

COMMAND = "{python} -m videostar.models.serve_on_cpu {checkpoint} --port {port}"
GREEDY = Decoding(0.0, 1.0, 24)
VIDEOSTAR = Path(sys.executable).with_name("videostar")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """One server for all tests of this file."""
    settings = ModelServerConfig(command=COMMAND, start_seconds=600.0)
    host = ManagedHost(settings, str(TINY), tmp_path_factory.mktemp("serve"))
    yield host.open()
    host.close()


def model_of(address: Address, **changes: Any) -> ServerModel:
    settings = ModelServerConfig(**{"url": address.url, "model": address.model, "dialect": "transformers", "retries": 0, **changes})
    trained = TrainedPrompt(str(TINY), ModelConfig(model_name_or_path=str(TINY)))
    return ServerModel(address.model, settings, FixedHost(settings, str(TINY), str(TINY)), trained.tokens)


def requests() -> list[Request]:
    """Different colours, numbers of frames (odd ones too), sizes and rates; one without a video.

    Questions that the model answers without wavering: the server computes in the weights' 16 bits, which turns near ties over.
    """
    texts = (
        "What happens in the video?",
        "Describe what you see, step by step.",
        "Which colour is it?",
        "</s> <|im_end|> <|video_pad|> What happens in the video?",
    )
    frames = [
        moving_square(255, num_frames=16, size=96, side=40, fps=4.0),
        moving_square(40, num_frames=7, size=96, side=30, fps=1.37),
        moving_square(0, num_frames=16, size=75, side=30, fps=2.5),
        moving_square(128, num_frames=3, size=96, side=30, fps=0.4),
    ]
    pairs = enumerate(zip(texts, frames, strict=True))
    asked = [Request(f"s{index}", (Message("user", text),), seen, (index,)) for index, (text, seen) in pairs]
    return [*asked, Request("blind", (Message("user", texts[0]),), None, (9,))]


def test_greedy_answers_are_those_of_this_process(address: Address) -> None:
    """All but two things agree: the server strips blanks around an answer, and calls one "length" that ends at the very limit."""
    model = model_of(address)
    served = model.answer(requests(), GREEDY)
    here = TransformersModel(str(TINY), ModelConfig(model_name_or_path=str(TINY))).answer(requests(), GREEDY)
    for theirs, ours in zip(served, here, strict=True):
        assert theirs[0].error == ""
        assert theirs[0].text == ours[0].text.strip()
        assert theirs[0].tokens == ours[0].tokens
        assert theirs[0].finish == ours[0].finish or ours[0].tokens == GREEDY.max_new_tokens
    assert len({replies[0].text for replies in served[:4]}) > 1, "the videos are told apart"


def test_a_seed_draws_the_same_answer_again_where_calls_do_not_overlap(address: Address) -> None:
    """The server has one generator for all, so this holds for one call at a time."""
    sampled = Decoding(1.0, 0.95, 24)
    asked = [Request("s", (Message("user", "What happens in the video?"),), moving_square(255, 16, 96, 40, 4.0), (1, 2, 3, 4, 5))]
    first, second = (model_of(address, parallel=1).answer(asked, sampled) for _ in range(2))
    assert first == second
    assert len({reply.text for reply in first[0]}) > 1


def test_stills_are_another_prompt_than_training_shows(address: Address) -> None:
    asked = requests()[:1]
    with pytest.raises(ServerError, match=r"where training will show .*another form"):
        model_of(address, video_part="images").answer(asked, GREEDY)
    reply = model_of(address, video_part="images", check_video="seen").answer(asked, GREEDY)[0][0]
    assert reply.finish != "error"


def test_a_form_that_the_server_does_not_take_is_told_before_any_question(address: Address) -> None:
    with pytest.raises(ServerError, match=r'cannot be asked about a video in the form "video_url_data": server busy: HTTP 500'):
        model_of(address, video_part="video_url_data").answer(requests()[:1], GREEDY)


def test_a_part_that_the_server_drops_in_silence_is_noticed(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers with 200 as if nothing were missing."""

    def unknown(frames: Any, folder: Path) -> video_parts.Parts:
        return [{"type": "video", "video": str(folder / "clip.mp4")}]

    monkeypatch.setitem(video_parts.FORMS, "video_path", unknown)
    with pytest.raises(ServerError, match=r'in the form "video_path": video not seen: the prompt has (\d+) tokens with the video and \1'):
        model_of(address).answer(requests()[:1], GREEDY)


def test_a_whole_cycle_with_a_server_for_every_checkpoint(tmp_path: Path) -> None:
    """Base and trained checkpoint are each served by a process of their own, which is gone when training needs the memory."""
    for position, name in enumerate("abc"):
        render_clip(tmp_path / f"{name}.mp4", 40 + 60 * position)
    write_table(tmp_path / "train.jsonl", [row(f"t{number}", number) for number in range(6)])
    write_table(tmp_path / "val.jsonl", [row(f"v{number}", number) for number in range(2)])
    raw: dict[str, Any] = {
        "run": str(tmp_path / "run"),
        "cycles": 1,
        "data": {"train": str(tmp_path / "train.jsonl"), "validation": str(tmp_path / "val.jsonl")},
        "model": {"model_name_or_path": str(TINY), "engine": "managed", "dtype": "float32"},
        "server": {"command": COMMAND, "dialect": "transformers", "start_seconds": 600.0, "parallel": 2},
        "frames": {"num_frames": 8, "max_pixels": 9216, "cache": str(tmp_path / "cache")},
        "generate": {"n": 1, "temperature": 0.5, "max_new_tokens": 48},
        "evaluate": {"max_new_tokens": 24},
        "select": {"label_first": True, "min_words": 0, "forms": {"direct": 1.0}},
        "train": {"finetuning_type": "full", "learning_rate": 1e-3, "num_train_epochs": 2, "gradient_accumulation_steps": 1},
    }
    done = subprocess.run(
        [VIDEOSTAR, "run", write_config(tmp_path / "run.yaml", raw)], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = tmp_path / "run"
    entry = json.loads((run / "ledger.json").read_text())["cycle-1"]
    assert entry["in"] == 6 == entry["kept"] + sum(entry["dropped"].values())
    assert {answer["model"] for answer in rows_of(run / "cycle-1" / "answers.jsonl")} == {str(TINY)}
    evaluated = rows_of(run / "cycle-1" / "validation_answers.jsonl")
    assert {answer["model"] for answer in evaluated} == {str(run / "cycle-1" / "checkpoint")}
    assert not any(answer["frames"]["error"] for answer in evaluated)
    assert str(run / "cycle-1" / "checkpoint") in (run / "server.log").read_text()
    assert gone(process_in(run / "server.log"))
    assert yaml.safe_load((run / "config.yaml").read_text())["model"]["engine"] == "managed"
