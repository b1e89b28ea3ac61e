"""Builds the tiny checkpoint from nothing: `python -m videostar.playground.build OUT --minutes 60`.

The same command goes on where it was interrupted; with more minutes it goes on learning. OUT/checkpoint is usable at any time.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers.utils import logging as transformers_logging

from videostar.checkpoints import load_processor
from videostar.playground.architecture import FRAMES_PER_PATCH, new_model, tiny_config
from videostar.playground.folder import new_processor, save_checkpoint, special_ids, train_tokenizer
from videostar.playground.packing import Packer
from videostar.playground.stages import Stage, stages
from videostar.playground.tower import CLIP_FRAMES, TowerHeads

SAVE_SECONDS = 180.0
LOG_SECONDS = 60.0
WARM_UP_STEPS = 100
COOLING_SHARE = 0.3
LOWEST_RATE = 0.02
SMOOTHING = 0.95

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """How far the stages are, by name. Seconds are of processor time, which a busy machine does not shorten."""

    steps: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Builder:
    """The network, what is trained beside it, and where they are kept."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.processor = self._processor()
        tokenizer = self.processor.tokenizer
        self.model = new_model(tiny_config(len(tokenizer), special_ids(tokenizer)), seed)
        self.heads = TowerHeads(self.model.config.vision_config.out_hidden_size)
        self.progress = Progress()
        self.stages = stages(self.model, self.heads, Packer(tokenizer, CLIP_FRAMES // FRAMES_PER_PATCH), Packer(tokenizer, 0))
        self._everything = torch.nn.ModuleDict({"model": self.model, "heads": self.heads})
        if (folder / "progress.json").exists():
            self._load()

    def build(self, minutes: float) -> None:
        """Train until the stages' shares of `minutes` of processor time are used up, counting earlier starts."""
        for stage in self.stages:
            self._train(stage, minutes * 60 * stage.share)
            self.save()

    def save(self) -> None:
        """Keep everything: weights to go on from, and the checkpoint as it is now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        weights = {name: tensor.detach().clone() for name, tensor in self._everything.state_dict().items() if "lm_head" not in name}
        save_file(weights, self.folder / "weights.part")
        (self.folder / "weights.part").replace(self.folder / "weights.safetensors")
        (self.folder / "progress.json").write_text(json.dumps(asdict(self.progress)), encoding="utf-8")
        save_checkpoint(self.folder / "checkpoint", self.model, self.processor)

    def _processor(self) -> Any:
        """The processor of an earlier start, whose tokens the weights know, or a new one."""
        kept = self.folder / "checkpoint"
        return load_processor(str(kept)) if (kept / "tokenizer.json").exists() else new_processor(train_tokenizer())

    def _load(self) -> None:
        self.progress = Progress(**json.loads((self.folder / "progress.json").read_text(encoding="utf-8")))
        self._everything.load_state_dict(load_file(self.folder / "weights.safetensors"), strict=False)
        self.model.tie_weights()

    def _train(self, stage: Stage, budget: float) -> None:
        used, step = self.progress.seconds.get(stage.name, 0.0), self.progress.steps.get(stage.name, 0)
        optimizer = torch.optim.AdamW(self._everything.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=0.01)
        seen: dict[str, float] = {}
        first, saved, logged, last = step, time.monotonic(), time.monotonic(), time.process_time()
        while used < budget:
            for group in optimizer.param_groups:
                group["lr"] = stage.learning_rate * _warmth(step - first, used / budget)
            self._step(stage, step, optimizer, seen)
            step, now, worked = step + 1, time.monotonic(), time.process_time()
            used, last = used + worked - last, worked
            self.progress.seconds[stage.name], self.progress.steps[stage.name] = used, step
            if now - logged > LOG_SECONDS:
                logged = now
                log.info("%s %.0f s, step %d: %s", stage.name, used, step, _shown(seen))
            if now - saved > SAVE_SECONDS:
                saved = now
                self.save()
        log.info("%s done, step %d: %s", stage.name, step, _shown(seen))

    def _step(self, stage: Stage, step: int, optimizer: Any, seen: dict[str, float]) -> None:
        loss, probes = stage.loss(step)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_([p for p in self._everything.parameters() if p.grad is not None], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        _smooth(seen, {"loss": (loss.item(), 1.0), **probes})


def _warmth(step: int, share: float) -> float:
    """The share of the learning rate: rises over the first steps, falls over the stage's last part."""
    cooling = max(LOWEST_RATE, min(1.0, (1 - share) / COOLING_SHARE))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * cooling


def _smooth(seen: dict[str, float], probes: Mapping[str, tuple[float, float]]) -> None:
    for name, (right, count) in probes.items():
        value = right / count
        seen[name] = SMOOTHING * seen.get(name, value) + (1 - SMOOTHING) * value


def _shown(seen: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in seen.items())


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description="Build the tiny checkpoint.")
    parser.add_argument("folder", type=Path, help="where to keep the state; FOLDER/checkpoint is the result")
    parser.add_argument("--minutes", type=float, default=60.0, help="processor time to train for, earlier starts counted in")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    transformers_logging.disable_progress_bar()
    Builder(options.folder, options.seed).build(options.minutes)


if __name__ == "__main__":
    main()
