"""One training in the process that calls it, which may be one of several that train together."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from videostar import checkpoints
from videostar.config import Config
from videostar.encoding import Encoder
from videostar.errors import ConfigError, DataError
from videostar.ports import TrainingJob, TrainingResult, Watcher
from videostar.training import checkpointing, ranks
from videostar.training.arguments import training_arguments
from videostar.training.checkpointing import Whole
from videostar.training.collator import Collator, FrameSource, answer_loss
from videostar.training.dataset import ConversationFile
from videostar.training.export import export
from videostar.training.frozen import frozen_looks
from videostar.training.lengths import Lengths
from videostar.training.ordering import Ordered
from videostar.training.preference import PairCollator, PairFile, PreferenceLoss, measured
from videostar.training.sharding import read_sharding
from videostar.training.stopping import Stop, on_sigterm
from videostar.training.trainable import load_trainable
from videostar.video.sampling import Sampling


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What one training needs in memory."""

    model: Any
    processor: Any
    collator: Collator | PairCollator
    rows: ConversationFile | PairFile
    ordered: Ordered[Any]
    arguments: Any
    loss: Callable[..., torch.Tensor]


class Fitting:
    """root: what the videos of conversations are relative to. beta: the conversations are preference pairs, see `preference`."""

    def __init__(self, config: Config, frames: FrameSource, root: Path, beta: float | None = None) -> None:
        self._config = config
        self._frames = frames
        self._root = root
        self._beta = beta

    def train(self, job: TrainingJob, found: Whole | None, watch: Watcher) -> None:
        """Train from `found`, or from the base, and leave the checkpoint and the result where `checkpointing.finished` looks.

        Raises `UserError` for all that a user can mend, a full memory and a full disk too, and `KeyboardInterrupt` after SIGTERM,
        once the checkpoint is written.
        """
        try:
            with checkpointing.room_for(job):
                self._train(job, found, watch)
        except (RuntimeError, MemoryError) as error:
            if not checkpoints.is_out_of_memory(error):
                raise
            raise ConfigError(
                f"training ran out of memory ({error}); lower train.per_device_train_batch_size and raise"
                " train.gradient_accumulation_steps by as much, set train.gradient_checkpointing: true, or train with lora"
            ) from None
        finally:
            checkpoints.free_memory()

    def _train(self, job: TrainingJob, found: Whole | None, watch: Watcher) -> None:
        prepared = self._prepare(job, found, watch)
        if found is not None and ranks.leads():
            prepared.collator.dropped.update(found.dropped)
        with on_sigterm() as stop:
            trainer = _fit(prepared, stop, watch, str(found.folder) if found else None)
        state = trainer.state
        if state.global_step < state.max_steps:
            watch.say(f"SIGTERM: {checkpointing.PREFIX}{state.global_step} of {state.max_steps} steps is written")
            raise KeyboardInterrupt
        dropped = ranks.merged(prepared.collator.dropped)
        result = TrainingResult(
            rows=len(prepared.rows) - len(dropped),
            dropped=dict(sorted(Counter(dropped.values()).items())),
            steps=state.global_step,
            losses=tuple((int(log["step"]), float(log["loss"])) for log in state.log_history if "loss" in log),
        )
        if result.rows == 0:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in result.dropped.items())
            raise DataError(f"every one of the {len(prepared.rows)} conversations was left out of training ({reasons})")
        weights = _gathered(trainer)
        if ranks.leads():
            with checkpointing.appearing(job, result) as folder:
                export(prepared.model, weights, prepared.processor, self._config, job.base, folder)

    def _prepare(self, job: TrainingJob, found: Whole | None, watch: Watcher) -> _Prepared:
        train, model_config = self._config.train, self._config.model
        rows = ConversationFile(job.conversations) if self._beta is None else PairFile(job.conversations)
        processor = checkpoints.load_processor(job.base, model_config.trust_remote_code)
        arguments = training_arguments(train, job, len(rows))  # before the model: DeepSpeed shards while loading
        model = load_trainable(self._config, job.base, found.folder if found else None, arguments.seed)
        limits = [limit for limit in (train.max_length, checkpoints.context_length(model)) if limit is not None]
        ends = checkpoints.end_token_ids(processor, model)
        encoder = Encoder(processor, ends, min(limits, default=None))
        keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
        sharded = read_sharding(train).way is not None
        # Pairs are also measured one by one before the training, on pixels.
        alone = self._beta is None and not sharded and arguments.world_size == 1
        frozen = frozen_looks(model) if alone else None
        collator = Collator(encoder, self._frames, self._root, logits_to_keep=keeps, always_frames=sharded, frozen=frozen)
        length = Lengths(Encoder(processor, ends), Sampling.of(self._config.frames)) if train.group_by_length else None
        unit = train.per_device_train_batch_size * arguments.world_size
        if self._beta is None or not isinstance(rows, PairFile):
            return _Prepared(model, processor, collator, rows, Ordered(rows, unit, job.seed, length), arguments, answer_loss)
        pairs = PairCollator(collator)
        reference = measured(model, rows, pairs, job.work, watch)
        loss = PreferenceLoss(self._beta, reference, unit * train.gradient_accumulation_steps)
        ordered = Ordered(rows, unit, job.seed, None if length is None else lambda pair: length(pair.chosen))
        return _Prepared(model, processor, pairs, rows, ordered, arguments, loss)


def _fit(prepared: _Prepared, stop: Stop, watch: Watcher, resume_from: str | None) -> Any:
    """Run the training; the Trainer afterwards."""
    import transformers

    from videostar.training.reporter import reporter_for

    with ExitStack() as bars:
        trainer = transformers.Trainer(
            model=prepared.model,
            args=prepared.arguments,
            data_collator=prepared.collator,
            train_dataset=prepared.ordered,
            compute_loss_func=prepared.loss,
            callbacks=[reporter_for(watch, bars, prepared.collator, stop)],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.train(resume_from_checkpoint=resume_from)
        return trainer


def _gathered(trainer: Any) -> dict[str, torch.Tensor] | None:
    """The whole weights of a model that lies in pieces on several devices; None where it is in one piece already."""
    if not (trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled):
        return None
    weights: dict[str, torch.Tensor] = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    return weights
