"""Building goes on where it stopped and always leaves a checkpoint that loads; figures say whether a gate holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from videostar.playground.build import Builder
from videostar.playground.card import write_card
from videostar.playground.figures import Figure, table
from videostar.playground.tower import MEASURES, TowerHeads, tower_loss, tubelet_batch


def test_a_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = Builder(tmp_path, seed=0)
    first.build(minutes=0.02)
    steps = json.loads((tmp_path / "progress.json").read_text())["steps"]
    assert set(steps) == {"tower", "skills", "copying", "language"}
    again = Builder(tmp_path, seed=0)
    for name, tensor in first.model.state_dict().items():
        assert torch.equal(tensor, again.model.state_dict()[name]), name
    again.build(minutes=0.02)
    assert json.loads((tmp_path / "progress.json").read_text())["steps"] == steps
    from transformers import AutoModelForImageTextToText

    AutoModelForImageTextToText.from_pretrained(tmp_path / "checkpoint")


def test_tubelets_are_fresh_by_seed_and_their_truth_is_learned(untrained: object) -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    assert isinstance(untrained, Qwen2_5_VLForConditionalGeneration)
    assert torch.equal(tubelet_batch(7, 4).patches, tubelet_batch(7, 4).patches)
    assert not torch.equal(tubelet_batch(7, 4).patches, tubelet_batch(11, 4).patches)
    batch, heads = tubelet_batch(0, 16), TowerHeads(192)
    weights = {name: tensor.clone() for name, tensor in untrained.state_dict().items()}
    optimizer = torch.optim.AdamW([*untrained.model.visual.parameters(), *heads.parameters()], lr=1e-3)
    losses = []
    for _ in range(12):
        loss, probes = tower_loss(untrained, heads, batch)
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    untrained.load_state_dict(weights)
    assert losses[-1] < 0.8 * losses[0]
    assert {f"{name}_error" for name in MEASURES} < set(probes)


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
