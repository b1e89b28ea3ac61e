"""Building goes on where it stopped and always leaves a checkpoint that loads; figures say whether a gate holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from videostar.playground import build
from videostar.playground.bank import BLOCK_CLIPS, Bank
from videostar.playground.build import Builder
from videostar.playground.card import write_card
from videostar.playground.figures import Figure, table
from videostar.playground.glimpses import GlimpseReaders, glimpse_batch, glimpse_loss
from videostar.playground.lessons import LESSONS
from videostar.playground.muon import orthogonal
from videostar.playground.stages import Course, Outcome, Stage
from videostar.playground.watching import WatchReaders, watch
from videostar.seeds import rng_for

SMALL = 0.0021


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    Builder(folder, seed=0, share=SMALL, makers=0).build()
    return folder


def test_a_build_ends_with_a_checkpoint_that_loads(whole: Path) -> None:
    steps = json.loads((whole / "progress.json").read_text())["steps"]
    assert list(steps) == ["glimpses", "watching", "drills", "again", "language", "fluency", "finish"]
    assert all(steps.values())
    from transformers import AutoModelForImageTextToText

    AutoModelForImageTextToText.from_pretrained(whole / "checkpoint")
    again = Builder(whole, seed=0, share=SMALL, makers=0)
    again.build()
    assert json.loads((whole / "progress.json").read_text())["steps"] == steps


@pytest.mark.parametrize("interrupted", ["glimpses", "watching"])
def test_an_interrupted_build_ends_with_the_same_bytes(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupted: str
) -> None:
    monkeypatch.setattr(build, "SAVE_SECONDS", 0.0)
    stopped = Builder(tmp_path, seed=0, share=SMALL, makers=0)
    done: list[object] = []

    def stopping(stage: Stage) -> Stage:
        def loss(batch: Any) -> Outcome:
            if done:
                raise KeyboardInterrupt
            done.append(batch)
            return stage.loss(batch)

        return replace(stage, loss=loss) if stage.name == interrupted else stage

    stopped.stages = tuple(stopping(stage) for stage in stopped.stages)
    with pytest.raises(KeyboardInterrupt):
        stopped.build()
    assert json.loads((tmp_path / "progress.json").read_text())["steps"][interrupted] == 1
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


def test_what_is_watched_is_learned_through_the_frozen_tower(processor: Any, untrained: Any, tmp_path: Path) -> None:
    bank = Bank(tmp_path, untrained.model.visual, LESSONS, blocks=1)
    course = Course(untrained, GlimpseReaders(LESSONS), watching := WatchReaders(LESSONS), processor.tokenizer, bank)
    stage = next(stage for stage in course.stages() if stage.name == "watching")
    bank.fill(makers=0)
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


def test_a_bank_is_filled_once_and_gives_what_the_tower_saw(untrained: Any, tmp_path: Path) -> None:
    bank = Bank(tmp_path, untrained.model.visual, LESSONS, blocks=2)
    bank.fill(makers=0)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "00001.safetensors").unlink()  # as after an interruption
    again = Bank(tmp_path, untrained.model.visual, LESSONS, blocks=2)
    again.fill(makers=0)
    assert (tmp_path / "00000.safetensors").stat().st_mtime_ns == written[tmp_path / "00000.safetensors"]
    for lesson in LESSONS:
        one, other = bank.draw(lesson, rng_for("test"), 8), again.draw(lesson, rng_for("test"), 8)
        assert torch.equal(one.seen, other.seen)
        assert one.clips == other.clips
        assert len({clip.facts() for clip in one.clips}) > 1
    moves, *_ = LESSONS
    drawn = bank.draw(moves, rng_for("all"), 99)
    assert len(drawn.clips) == 2 * BLOCK_CLIPS
    fresh = watch(untrained.model.visual, moves, 0, BLOCK_CLIPS)
    places = [drawn.clips.index(clip) for clip in fresh.clips]
    assert torch.allclose(drawn.seen[places], fresh.seen, atol=2e-3, rtol=1e-3)
    assert torch.equal(drawn.progress[places], fresh.progress)


def test_an_orthogonal_update_points_where_the_gradient_points() -> None:
    matrix = torch.randn(40, 12, generator=torch.Generator().manual_seed(0))
    near = orthogonal(matrix)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    values = torch.linalg.svdvals(near)
    assert 0.6 < values.min() <= values.max() < 1.3
    assert torch.nn.functional.cosine_similarity(near.flatten(), (left @ right).flatten(), dim=0) > 0.97


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
