"""Fine-tuning with transformers' own Trainer: conversations in, a plain Hugging Face folder out."""

from __future__ import annotations

from pathlib import Path

from videostar.config import LAUNCH_FILES, Config
from videostar.errors import ConfigError
from videostar.ports import TrainingJob, TrainingResult, Watcher
from videostar.training import checkpointing, launch, precheck
from videostar.training.collator import FrameSource
from videostar.training.fitting import Fitting


class FineTuner:
    """A `Trainer` for any checkpoint that transformers loads: all weights, or LoRA adapters that are merged at the end.

    root: what the videos of conversations are relative to.
    Full tuning keeps float32 weights while it trains; the result has the dtype of the base on disk. One process trains here; several, or a
    sharded training, are started by torchrun or accelerate and read frames by the config. Killed anywhere and started again, a training
    goes on from the last whole checkpoint; on a CPU the weights are then bit for bit those of an undisturbed one. SIGTERM
    saves the step that runs and raises `KeyboardInterrupt`.
    beta: tune on preference pairs instead (DPO), see `videostar.training.preference`; in one process only.

    Raises `ConfigError`, `CheckpointError` or `MissingExtraError` at once for settings that cannot be trained with here.
    """

    def __init__(self, config: Config, frames: FrameSource, root: Path, beta: float | None = None) -> None:
        precheck.check(config)
        if beta is not None and launch.is_needed(config.train):
            raise ConfigError("preference tuning trains in one process; leave out train.processes, deepspeed, fsdp and accelerate")
        self._config = config
        self._frames = frames
        self._root = root
        self._beta = beta

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """Raises `DataError` when no conversation is left to train on, or frames are not those that were answered on."""
        train = self._config.train
        files = {key: path.read_text(encoding="utf-8") for key in LAUNCH_FILES if (path := getattr(train, key)) is not None}
        settings = {**train.model_dump(mode="json"), "model": self._config.model.model_dump(mode="json")}
        checkpointing.claim(job, {**settings, "files": files} | ({} if self._beta is None else {"beta": self._beta}))
        done = checkpointing.finished(job)
        if done is not None:
            return done
        found = checkpointing.last_whole(job.work)
        if found is not None:
            watch.say(f"training goes on from {found.folder.name}")
        if launch.is_needed(train):
            launch.train(self._config, self._root, job, found, watch)
        else:
            Fitting(self._config, self._frames, self._root, self._beta).train(job, found, watch)
        result = checkpointing.finished(job)
        if result is None:
            raise RuntimeError(f"the training ended without a result in {job.work}")
        return result
