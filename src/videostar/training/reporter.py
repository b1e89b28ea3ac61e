"""Tells the watcher how a training goes, marks its checkpoints as whole, and ends it after the step in which SIGTERM came."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import transformers

from videostar.errors import ConfigError
from videostar.ports import Progress, Watcher
from videostar.training import checkpointing, ranks
from videostar.training.collator import Collator
from videostar.training.preference import PairCollator
from videostar.training.stopping import Stop


class _Reporter(transformers.TrainerCallback):  # type: ignore[misc]  # the library is untyped
    def __init__(self, watch: Watcher, bars: ExitStack, collator: Collator | PairCollator, stop: Stop) -> None:
        self._watch = watch
        self._bars = bars
        self._stop = stop
        self._collator = collator
        self._bar: Progress | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._bar = self._bars.enter_context(self._watch.progress("training", state.max_steps, state.global_step))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._bar is not None:
            self._bar.advance()
        if ranks.any_of(self._stop.asked, args.device) and state.global_step < state.max_steps:
            control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise ConfigError(
                f"the loss became {loss} at step {state.global_step}: training has diverged;"
                f" lower train.learning_rate (now {args.learning_rate:g}) or raise train.warmup_ratio"
            )

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        folder = Path(args.output_dir) / f"{checkpointing.PREFIX}{state.global_step}"
        dropped = ranks.merged(self._collator.dropped)  # by then every process has written its part
        if ranks.leads():
            checkpointing.mark_whole(folder, dropped)


def reporter_for(watch: Watcher, bars: ExitStack, collator: Collator | PairCollator, stop: Stop) -> Any:
    """A callback that draws its bar on `watch`, to be closed by `bars`."""
    return _Reporter(watch, bars, collator, stop)
