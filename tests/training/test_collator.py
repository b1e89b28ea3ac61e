from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests.training.tiny_training import CLIPS, QUESTION, Rendered, conversation, memories
from videostar import checkpoints
from videostar.encoding import IGNORED, Encoder
from videostar.errors import DataError
from videostar.training.collator import Collator, answer_loss
from videostar.types import Message
from videostar.video.frames import FrameFailure


@pytest.fixture(scope="module")
def processor(tiny: Path) -> Any:
    return checkpoints.load_processor(str(tiny))


def _collator(processor: Any, keep: bool = False, max_length: int | None = None, **clips: FrameFailure) -> Collator:
    source = Rendered({**CLIPS, **{f"{name}.mp4": clip for name, clip in clips.items()}})
    return Collator(Encoder(processor, {processor.tokenizer.eos_token_id}, max_length), source, Path("videos"), keep)


def _learned(processor: Any, labels: torch.Tensor) -> list[str]:
    return [processor.tokenizer.decode([token for token in row if token != IGNORED]) for row in labels.tolist()]


def test_a_batch_mixes_text_and_video(processor: Any) -> None:
    rows = [conversation("red.mp4", "Red."), conversation("", "No video, no colour."), conversation("green.mp4", "Green")]
    tensors = _collator(processor)(rows)
    assert tensors["labels"].shape == tensors["input_ids"].shape
    assert tensors["video_grid_thw"].tolist() == [[2, 4, 4], [2, 4, 4]]
    assert _learned(processor, tensors["labels"]) == ["Red.<|im_end|>", "No video, no colour.<|im_end|>", "Green<|im_end|>"]
    assert (tensors["labels"][tensors["attention_mask"] == 0] == IGNORED).all()


def test_inputs_are_those_of_answering(processor: Any) -> None:
    tensors = _collator(processor)([conversation("red.mp4", "Red.")])
    asked = Encoder(processor, {processor.tokenizer.eos_token_id}).prompt((Message("user", QUESTION),), CLIPS["red.mp4"])
    assert torch.equal(tensors["input_ids"][0, : asked.length], asked.sequence["input_ids"])
    assert torch.equal(tensors["pixel_values_videos"], asked.visual["pixel_values_videos"])
    assert torch.equal(tensors["second_per_grid_ts"], asked.visual["second_per_grid_ts"])


def test_keeping_fewer_logits_gives_the_same_loss(processor: Any, tiny: Path) -> None:
    model = checkpoints.load_model(str(tiny), "float32", device=torch.device("cpu"))
    losses = []
    for keep in (False, True):
        tensors = _collator(processor, keep)(memories())
        labels = tensors.pop("labels")
        with torch.no_grad():
            outputs = model(**tensors)
        losses.append((float(answer_loss(outputs, labels)), outputs.logits.shape[1]))
        assert sorted(_learned(processor, labels)) == sorted(f"{row.messages[1].content}<|im_end|>" for row in memories())
    assert losses[0][0] == pytest.approx(losses[1][0], rel=1e-5)
    assert losses[1][1] < losses[0][1] / 2


def test_the_loss_is_the_librarys(processor: Any, tiny: Path) -> None:
    model = checkpoints.load_model(str(tiny), "float32", device=torch.device("cpu"))
    tensors = _collator(processor)(memories())
    with torch.no_grad():
        theirs = model(**tensors).loss
        mine = answer_loss(model(**{**tensors, "labels": None}), tensors["labels"])
    assert float(mine) == pytest.approx(float(theirs), rel=1e-5)


def test_loss_is_shared_over_the_whole_step() -> None:
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[IGNORED, 1, IGNORED, 2], [IGNORED, 3, 4, 0]])
    whole = answer_loss(SimpleNamespace(logits=logits), labels)
    halves = [answer_loss(SimpleNamespace(logits=logits[row : row + 1]), labels[row : row + 1], 5) for row in (0, 1)]
    assert float(sum(halves, torch.tensor(0.0))) == pytest.approx(float(whole))


def test_other_frames_than_those_answered_on_are_refused(processor: Any) -> None:
    row = conversation("red.mp4", "Red.", sha256="0123456789abcdef")
    with pytest.raises(DataError, match=r'"red.mp4" was answered on other frames of red.mp4 \(sha256 0123456789ab...\)'):
        _collator(processor)([row])


def test_other_tokens_of_the_same_frames_are_refused(processor: Any) -> None:
    row = conversation("red.mp4", "Red.")
    assert row.answer_ref is not None
    as_answered = replace(row, answer_ref=replace(row.answer_ref, visual_tokens=8))
    assert "pixel_values_videos" in _collator(processor)([as_answered])
    otherwise = replace(row, answer_ref=replace(row.answer_ref, visual_tokens=32))
    with pytest.raises(DataError, match=r'"red.mp4" was answered on 32 visual tokens of red.mp4, and the model to be trained makes 8'):
        _collator(processor)([otherwise])


def test_auxiliary_rows_have_no_frames_to_agree_with(processor: Any) -> None:
    assert "pixel_values_videos" in _collator(processor)([conversation("red.mp4", "Red.", sha256="")])


def test_rows_are_left_out_with_a_reason(processor: Any) -> None:
    lost = FrameFailure("missing", "no such file")
    collator = _collator(processor, max_length=60, lost=lost)
    rows = [
        conversation("red.mp4", "Red."),
        conversation("lost.mp4", "Red.", id_="a"),
        conversation("green.mp4", "long " * 40, id_="b"),
    ]
    assert len(collator(rows)["input_ids"]) == 1
    assert collator.dropped == {"a": "video: missing", "b": "longer than 60 tokens"}


@pytest.mark.parametrize("keep", [False, True])
def test_a_batch_that_loses_all_rows_teaches_nothing(processor: Any, tiny: Path, keep: bool) -> None:
    tensors = _collator(processor, keep, max_length=20)([conversation("red.mp4", "Red.")])
    model = checkpoints.load_model(str(tiny), "float32", device=torch.device("cpu"))
    labels = tensors.pop("labels")
    loss = answer_loss(model(**tensors), labels)
    gradients = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
    assert loss.item() == 0.0
    assert all(not gradient.any() for gradient in gradients if gradient is not None)
