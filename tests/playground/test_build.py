"""Building goes on where it stopped and always leaves a checkpoint that loads; figures say whether a gate holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from videostar.playground import build
from videostar.playground.build import Builder
from videostar.playground.card import write_card
from videostar.playground.figures import Figure, table
from videostar.playground.glimpses import GlimpseReaders, glimpse_batch, glimpse_loss
from videostar.playground.lessons import LESSONS
from videostar.playground.stages import Course, Outcome
from videostar.playground.watching import WatchReaders

SMALL = 0.001


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    Builder(folder, seed=0, share=SMALL, makers=0).build()
    return folder


def test_a_build_ends_with_a_checkpoint_that_loads(whole: Path) -> None:
    steps = json.loads((whole / "progress.json").read_text())["steps"]
    assert list(steps) == ["glimpses", "dives", "watching", "copying", "drills", "language", "answers", "speaking"]
    assert all(steps.values())
    from transformers import AutoModelForImageTextToText

    AutoModelForImageTextToText.from_pretrained(whole / "checkpoint")
    again = Builder(whole, seed=0, share=SMALL, makers=0)
    again.build()
    assert json.loads((whole / "progress.json").read_text())["steps"] == steps


def test_an_interrupted_build_ends_with_the_same_bytes(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "SAVE_SECONDS", 0.0)
    stopped = Builder(tmp_path, seed=0, share=SMALL, makers=0)
    first, *_ = stopped.stages
    done: list[object] = []

    def loss(batch: Any) -> Outcome:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(batch)
        return first.loss(batch)

    with pytest.raises(KeyboardInterrupt):
        stopped.train(replace(first, loss=loss), 4)
    Builder(tmp_path, seed=0, share=SMALL, makers=0).build()
    name = "checkpoint/model.safetensors"
    assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_glimpses_are_fresh_by_seed_and_their_truth_is_learned(untrained: Any) -> None:
    shares = [(lesson, 2) for lesson in LESSONS]
    assert torch.equal(glimpse_batch(shares, 7).patches, glimpse_batch(shares, 7).patches)
    assert not torch.equal(glimpse_batch(shares, 7).patches, glimpse_batch(shares, 11).patches)
    batch, readers = glimpse_batch(shares, 0), GlimpseReaders(LESSONS)
    weights = {name: tensor.clone() for name, tensor in untrained.state_dict().items()}
    optimizer = torch.optim.AdamW([*untrained.model.visual.parameters(), *readers.parameters()], lr=1e-3)
    losses = []
    for _ in range(15):
        loss, probes = glimpse_loss(untrained, readers, shares, batch)
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    untrained.load_state_dict(weights)
    assert losses[-1] < 0.8 * losses[0]
    assert {"moves turning", "dives head_x1 error", "procedures slot 2 shape"} < set(probes)


def test_what_is_watched_is_learned_through_the_frozen_tower(processor: Any, untrained: Any) -> None:
    course = Course(untrained, GlimpseReaders(LESSONS), watching := WatchReaders(LESSONS), processor.tokenizer)
    stage = course.stages()[2]
    batch = stage.make(0)
    assert all(torch.equal(one.seen, other.seen) for one, other in zip(batch, stage.make(0), strict=True))
    weights = {name: tensor.clone() for name, tensor in untrained.state_dict().items()}
    optimizer = torch.optim.AdamW([*untrained.model.language_model.parameters(), *watching.parameters()], lr=1e-3)
    losses = []
    for _ in range(12):
        loss, probes = stage.loss(batch)
        torch.autograd.backward(loss)
        assert untrained.model.visual.patch_embed.proj.weight.grad is None
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    untrained.load_state_dict(weights)
    assert losses[-1] < 0.8 * losses[0]
    assert {"dives half turns", "procedures verb 3", "moves progress error"} < set(probes)


@pytest.mark.parametrize(
    ("figure", "gate"),
    [
        (Figure("g", "n", 9, 10, required=0.9), "at least 0.90: holds"),
        (Figure("g", "n", 8, 10, required=0.9), "at least 0.90: FAILS"),
        (Figure("g", "n", 2, 10, required=0.1, at_most=True), "at most 0.10: FAILS"),
        (Figure("g", "n", 0, 0, required=0.1), "at least 0.10: FAILS"),
        (Figure("g", "n", 5, 10), ""),
    ],
)
def test_a_gate_says_whether_it_holds(figure: Figure, gate: str) -> None:
    assert figure.gate == gate


def test_the_card_carries_the_measured_figures(tmp_path: Path) -> None:
    figures = [Figure("description", "colour", 95, 96, required=0.8), Figure("short answer", "path", 48, 96)]
    write_card(tmp_path, figures)
    card = (tmp_path / "README.md").read_text()
    assert "| description | colour | 0.990 | 96 | at least 0.80: holds |" in card
    assert "| short answer | path | 0.500 | 96 |  |" in card
    assert "95/96" in table(figures)
