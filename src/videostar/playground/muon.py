"""Optimizers of building: Muon for the matrices of layers, AdamW for everything else.

Muon (Jordan et al., 2024, kellerjordan.github.io/posts/muon) makes every update of a matrix nearly orthogonal; here it needs a quarter
fewer steps than AdamW. `torch.optim.Muon` computes in bfloat16, which a CPU without such arithmetic does twenty times slower.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

MOMENTUM = 0.95
WEIGHT_DECAY = 0.01
# Coefficients of the quintic iteration and its number of steps, as in the post.
QUINTIC = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
# Makes an update as large as AdamW's usually are (Liu et al., 2025, arXiv 2502.16982).
UPDATE_SCALE = 0.2
_LAYER = re.compile(r"\.(blocks|layers)\.")


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov's momentum in float32. Every parameter must be a matrix."""

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        super().__init__(parameters, {"lr": 0.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update from the gradients that are there."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                momentum = state.setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - MOMENTUM)
                update = orthogonal(weight.grad.lerp(momentum, MOMENTUM))
                weight.mul_(1 - group["lr"] * WEIGHT_DECAY)
                weight.add_(update, alpha=-group["lr"] * UPDATE_SCALE * max(weight.shape) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """Nearly the orthogonal matrix nearest to `matrix`: its singular values come near to 1."""
    one, two, three = QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    near: Tensor = (matrix.T if tall else matrix) / (matrix.norm() + 1e-7)
    for _ in range(ITERATIONS):
        gram = near @ near.T
        near = one * near + (two * gram + three * (gram @ gram)) @ near
    return near.T if tall else near


class Optimizers:
    """Muon on the matrices of the tower's blocks and the text model's layers in a module, and AdamW on the rest, each at its own rate."""

    def __init__(self, learning: nn.Module) -> None:
        named = [(name, weight) for name, weight in learning.named_parameters() if weight.requires_grad]
        matrices = [weight for name, weight in named if weight.ndim == 2 and _LAYER.search(f".{name}")]
        taken = {id(weight) for weight in matrices}
        others = [weight for _, weight in named if id(weight) not in taken]
        self._weights = [weight for _, weight in named]
        self._by_name: dict[str, torch.optim.Optimizer] = {
            "adamw": torch.optim.AdamW(others, lr=0.0, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY)
        }
        if matrices:
            self._by_name["muon"] = Muon(matrices)

    def step(self, rates: dict[str, float]) -> None:
        """One update at the learning rates of "adamw" and "muon"; gradients are clipped to length 1 and forgotten."""
        nn.utils.clip_grad_norm_([weight for weight in self._weights if weight.grad is not None], 1.0)
        for name, optimizer in self._by_name.items():
            for group in optimizer.param_groups:
                group["lr"] = rates[name]
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """What an interrupted stage needs to go on, by name."""
        return {
            f"{name}/{index}/{part}": value
            for name, optimizer in self._by_name.items()
            for index, found in optimizer.state_dict()["state"].items()
            for part, value in found.items()
        }

    def restore(self, kept: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        for name, optimizer in self._by_name.items():
            state = optimizer.state_dict()
            for key, value in kept.items():
                owner, index, part = key.split("/")
                if owner == name:
                    state["state"].setdefault(int(index), {})[part] = value
            optimizer.load_state_dict(state)
