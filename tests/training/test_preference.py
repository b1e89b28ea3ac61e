"""Preference tuning: the formula, the pairs, and a model that comes to prefer what it is told to prefer."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.tiny_training import ANSWERS, CLIPS, Rendered, config, conversation, job
from videostar import checkpoints
from videostar.encoding import IGNORED, Encoder
from videostar.errors import ConfigError, DataError
from videostar.ports import Silent
from videostar.training.collator import Collator
from videostar.training.finetune import FineTuner
from videostar.training.preference import (
    REJECTED,
    PairCollator,
    PairFile,
    PreferenceLoss,
    answer_log_probabilities,
    dpo_loss,
)
from videostar.types import Conversation
from videostar.video.frames import FrameFailure, Frames

WRONG = {"red.mp4": "It is green.", "green.mp4": "Red!", "blue.mp4": "Blue, 60 to 60.", "all.mp4": "All is blue, I know."}


def _pairs() -> list[Conversation]:
    rows = []
    for video, answer in ANSWERS.items():
        chosen = conversation(video, answer)
        rows += [chosen, replace(conversation(video, WRONG[video]), id=chosen.id + REJECTED)]
    return rows


def test_the_loss_is_the_papers_formula() -> None:
    torch.manual_seed(0)
    policy, reference = torch.randn(5, 2, dtype=torch.float64) * 9, torch.randn(5, 2, dtype=torch.float64) * 9
    for beta in (0.1, 1.0):
        by_hand = [
            math.log1p(math.exp(-beta * ((c - c0) - (r - r0))))
            for (c, r), (c0, r0) in zip(policy.tolist(), reference.tolist(), strict=True)
        ]
        assert dpo_loss(policy, reference, beta).tolist() == pytest.approx(by_hand)
    assert dpo_loss(policy, policy, 0.1).tolist() == pytest.approx([math.log(2)] * 5)


def test_the_gradient_raises_the_chosen_answer_and_lowers_the_rejected_one() -> None:
    policy = torch.zeros(1, 2, requires_grad=True)
    dpo_loss(policy, torch.zeros(1, 2), 0.5).sum().backward()  # type: ignore[no-untyped-call]
    assert policy.grad is not None
    assert policy.grad.tolist() == [[-0.25, 0.25]]  # beta * sigmoid(0)


def test_probabilities_are_those_of_the_answers_tokens_alone() -> None:
    torch.manual_seed(1)
    logits = torch.randn(2, 4, 7)
    labels = torch.tensor([[0, 3, 1, IGNORED, IGNORED], [0, IGNORED, 6, 2, 0]])
    table = logits.double().log_softmax(-1)
    by_hand = [table[0, 0, 3] + table[0, 1, 1], table[1, 1, 6] + table[1, 2, 2] + table[1, 3, 0]]
    assert answer_log_probabilities(logits, labels).tolist() == pytest.approx([float(value) for value in by_hand], abs=1e-4)


def test_accumulated_over_parts_a_step_has_the_gradient_of_the_whole() -> None:
    torch.manual_seed(2)
    logits, labels = torch.randn(4, 2, 5), torch.tensor([[0, 1, 2], [0, 3, IGNORED], [1, 4, 4], [1, 0, IGNORED]])
    reference = torch.randn(2, 2)
    loss = PreferenceLoss(0.3, reference, pairs_per_step=2)

    class Output:
        def __init__(self, part: torch.Tensor) -> None:
            self.logits = part

    whole = loss(Output(logits), labels)
    parts = [loss(Output(logits[start : start + 2]), labels[start : start + 2]) for start in (0, 2)]
    assert float(whole) == pytest.approx(float(sum(parts)))
    policy = answer_log_probabilities(logits, labels).view(2, 2)
    assert float(whole) == pytest.approx(float(dpo_loss(policy, reference, 0.3).mean()))


def _collator(tiny: Path, clips: dict[str, Frames | FrameFailure]) -> PairCollator:
    processor = checkpoints.load_processor(str(tiny), False)
    model = checkpoints.load_model(str(tiny), "float32", device=torch.device("cpu"))
    ends = checkpoints.end_token_ids(processor, model)
    return PairCollator(Collator(Encoder(processor, ends), Rendered(clips), Path(), logits_to_keep=True))


def test_a_pair_whose_video_cannot_be_read_loses_both_rows(tiny: Path, tmp_path: Path) -> None:
    file = PairFile(job(tmp_path, tiny, _pairs()).conversations)
    collator = _collator(tiny, {**CLIPS, "green.mp4": FrameFailure("missing", "gone")})
    batch = collator([file[0], None, file[1], file[2]])
    assert batch["labels"][:, 0].tolist() == [0, 0, 2, 2]
    assert len(batch["input_ids"]) == 4
    assert collator.dropped == {"green.mp4": "video: missing"}
    assert collator([file[1]])["labels"].tolist()[0][0] == IGNORED


def test_files_that_are_not_made_of_pairs_are_refused(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="pairs need a rejected one after every chosen one"):
        PairFile(job(tmp_path / "odd", tiny, _pairs()[:3]).conversations)
    mixed = PairFile(job(tmp_path / "mixed", tiny, [_pairs()[0], _pairs()[2]]).conversations)
    with pytest.raises(DataError, match='its id must end with "/rejected" and its question must be the same'):
        mixed[0]


def test_preference_tuning_in_several_processes_is_refused(tiny: Path) -> None:
    with pytest.raises(ConfigError, match="preference tuning trains in one process"):
        FineTuner(config(tiny, processes=2), Rendered(dict(CLIPS)), Path(), beta=0.1)


def test_a_model_comes_to_prefer_the_chosen_answers(tiny: Path, tmp_path: Path) -> None:
    task = job(tmp_path, tiny, _pairs())
    settings = config(tiny, finetuning_type="full", learning_rate=1e-3, max_steps=25)
    result = FineTuner(settings, Rendered(dict(CLIPS)), Path(), beta=0.3).train(task, Silent())
    assert (result.rows, result.dropped, result.steps) == (4, {}, 25)
    assert result.losses[0][1] == pytest.approx(math.log(2), abs=1e-3)  # the base is its own reference
    assert result.losses[-1][1] < 0.1
    before = torch.tensor(json.loads((task.work / "reference.json").read_text())["log_probabilities"])
    collator, model = _collator(tiny, dict(CLIPS)), checkpoints.load_model(str(task.output), "float32", device=torch.device("cpu"))
    file = PairFile(task.conversations)
    for number in range(len(file)):
        batch = collator([file[number]])
        labels = batch.pop("labels")
        with torch.no_grad():
            gained = answer_log_probabilities(model(**batch).logits, labels) - before[number]
        assert gained[0] > gained[1] + 5
