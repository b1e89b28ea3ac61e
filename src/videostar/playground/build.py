"""Builds the tiny checkpoint from nothing: `python -m videostar.playground.build OUT`.

The same command goes on where it was interrupted. OUT/checkpoint is usable at any time. Steps, not minutes, are counted, each learns
from a batch that its number alone decides, and one thread adds up: the same machine gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.utils.data import DataLoader, Dataset
from transformers.utils import logging as transformers_logging

from videostar import memory_on_cpu
from videostar.checkpoints import load_processor
from videostar.errors import CheckpointError
from videostar.playground.architecture import new_model, tiny_config
from videostar.playground.bank import BLOCK_CLIPS, Bank
from videostar.playground.folder import new_processor, save_checkpoint, special_ids, train_tokenizer
from videostar.playground.glimpses import GlimpseReaders
from videostar.playground.lessons import LESSONS
from videostar.playground.muon import Optimizers
from videostar.playground.stages import Course, Stage
from videostar.playground.watching import WatchReaders

SAVE_SECONDS = 180.0
LOG_SECONDS = 60.0
WARM_UP_STEPS = 100
COOLING_SHARE = 0.5
LOWEST_RATE = 0.02
SMOOTHING = 0.95
BATCHES_AHEAD = 3
BANK_CLIPS = 6000  # of each lesson

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """Steps done and seconds spent, by the stage's name."""

    steps: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Batches(Dataset[Any]):
    """The batches of a stage, by step."""

    def __init__(self, make: Callable[[int], Any]) -> None:
        self._make = make

    def __getitem__(self, step: int) -> Any:
        return self._make(step)


class Builder:
    """The network, what is trained beside it, and where they are kept."""

    def __init__(self, folder: Path, seed: int, share: float, makers: int) -> None:
        self.folder, self._share, self._makers = folder, share, makers
        self.processor = self._processor()
        tokenizer = self.processor.tokenizer
        self.model = new_model(tiny_config(len(tokenizer), special_ids(tokenizer)), seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            glimpsing, watching = GlimpseReaders(LESSONS), WatchReaders(LESSONS)
        self.progress = Progress()
        self._bank = Bank(folder / "bank", self.model.model.visual, LESSONS, max(1, round(BANK_CLIPS * share / BLOCK_CLIPS)))
        self.stages = Course(self.model, glimpsing, watching, tokenizer, self._bank).stages()
        self._tower = torch.nn.ModuleDict({"visual": self.model.model.visual, "readers": glimpsing})
        self._speaker = torch.nn.ModuleDict({"text": self.model.model.language_model, "head": self.model.lm_head, "readers": watching})
        self._everything = torch.nn.ModuleDict({"model": self.model, "glimpsing": glimpsing, "watching": watching})
        self._optimizer_state: dict[str, torch.Tensor] = {}
        if (folder / "progress.json").exists():
            self._load()

    def build(self) -> None:
        """Train what is left of every stage."""
        for stage in self.stages:
            self.train(stage, max(1, round(stage.steps * self._share)))

    def save(self, optimizers: Optimizers | None) -> None:
        """Keep everything: weights to go on from, and the checkpoint as it is now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {name: tensor.detach().clone() for name, tensor in self._everything.state_dict().items() if "lm_head" not in name}
        kept |= {f"optimizer/{name}": value for name, value in (optimizers.state() if optimizers else {}).items()}
        save_file(kept, self.folder / "weights.part", metadata={"progress": json.dumps(asdict(self.progress))})
        (self.folder / "weights.part").replace(self.folder / "weights.safetensors")
        (self.folder / "progress.json").write_text(json.dumps(asdict(self.progress)), encoding="utf-8")
        save_checkpoint(self.folder / "checkpoint", self.model, self.processor)

    def _processor(self) -> Any:
        """The processor of an earlier start, whose tokens the weights know, or a new one."""
        kept = self.folder / "checkpoint"
        return load_processor(str(kept)) if (kept / "tokenizer.json").exists() else new_processor(train_tokenizer())

    def _load(self) -> None:
        kept = load_file(self.folder / "weights.safetensors")
        self.progress = Progress(**json.loads(_metadata(self.folder / "weights.safetensors")["progress"]))
        self._optimizer_state = {name.removeprefix("optimizer/"): kept.pop(name) for name in list(kept) if name.startswith("optimizer/")}
        found = self._everything.load_state_dict(kept, strict=False)  # the output layer is the embedding and kept once
        if found.unexpected_keys or any("lm_head" not in name for name in found.missing_keys):
            raise CheckpointError(f"{self.folder} was made by another recipe; choose an empty folder")
        self.model.tie_weights()

    def train(self, stage: Stage, steps: int) -> None:
        """Train what is left of one stage."""
        first = self.progress.steps.get(stage.name, 0)
        if first >= steps:
            return
        learning = self._tower if stage.tower else self._speaker
        self._everything.requires_grad_(False)
        learning.requires_grad_(True)
        optimizers = Optimizers(learning)
        if first:
            optimizers.restore(self._optimizer_state)
        if not stage.tower:
            self._bank.fill(self._makers)
        loader = DataLoader(
            Batches(stage.make),
            sampler=range(first, steps),
            batch_size=None,
            num_workers=self._makers,
            prefetch_factor=BATCHES_AHEAD if self._makers else None,
            multiprocessing_context="fork" if self._makers else None,
        )
        seen: dict[str, float] = {}
        saved = logged = last = time.monotonic()
        for step, batch in enumerate(loader, first):
            warmth = _warmth(step, step / steps)
            _smooth(seen, _step(stage, batch, optimizers, {name: rate * warmth for name, rate in stage.rates.items()}))
            now = time.monotonic()
            self.progress.steps[stage.name] = step + 1
            self.progress.seconds[stage.name] = self.progress.seconds.get(stage.name, 0.0) + now - last
            last = now
            if now - logged > LOG_SECONDS:
                logged = now
                log.info("%s step %d of %d, %.0f s: %s", stage.name, step + 1, steps, self.progress.seconds[stage.name], _shown(seen))
            if now - saved > SAVE_SECONDS:
                saved = now
                self.save(optimizers)
        log.info("%s done: %s", stage.name, _shown(seen))
        self.save(None)


def _step(stage: Stage, batch: Any, optimizers: Optimizers, rates: dict[str, float]) -> dict[str, tuple[float, float]]:
    loss, probes = stage.loss(batch)
    torch.autograd.backward(loss)
    optimizers.step(rates)
    return {"loss": (loss.item(), 1.0), **probes}


def _metadata(path: Path) -> dict[str, str]:
    with safe_open(path, framework="pt") as file:
        return dict(file.metadata())


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
    parser.add_argument("--share", type=float, default=1.0, help="of the steps of every stage, for a quick look")
    parser.add_argument("--makers", type=int, default=2, help="processes that render batches ahead")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    memory_on_cpu.keep_freed()
    transformers_logging.disable_progress_bar()
    Builder(options.folder, options.seed, options.share, options.makers).build()


if __name__ == "__main__":
    main()
