"""The loop's own share of a cycle: wall time that is neither the model answering, nor training, nor waiting for frames.

Runs one cycle on the demo's rendered videos with the embedded checkpoint:  python benchmarks/overhead.py
Importing torch and transformers, once per process, is timed apart.
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from videostar.build import ConfiguredAdapters
from videostar.config import Config
from videostar.loop import stages
from videostar.playground.demo import demo_config
from videostar.ports import (
    Decoding,
    Embedder,
    Executor,
    Judge,
    Reply,
    Request,
    Silent,
    Trainer,
    TrainingJob,
    TrainingResult,
    VideoModel,
    Watcher,
)
from videostar.torchvision_on_cpu import make_importable
from videostar.video.frames import ClipRef
from videostar.video.store import FrameStore, Loaded

SPENT: defaultdict[str, float] = defaultdict(float)


class TimedModel:
    """A model whose answering is timed, loading included."""

    def __init__(self, model: VideoModel) -> None:
        self._model = model
        self.name = model.name

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        """Timed."""
        started = time.perf_counter()
        replies = self._model.answer(requests, decoding)
        SPENT["model"] += time.perf_counter() - started
        return replies

    def close(self) -> None:
        """As the model does."""
        self._model.close()


class TimedTrainer:
    """A trainer whose training is timed."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """Timed."""
        started = time.perf_counter()
        result = self._trainer.train(job, watch)
        SPENT["training"] += time.perf_counter() - started
        return result


class TimedFrames(FrameStore):
    """A frame store whose waits are timed."""

    def load(self, clips: Iterable[ClipRef], keep: bool = True) -> Iterator[Loaded]:
        """Timed."""
        source = super().load(clips, keep)
        while True:
            started = time.perf_counter()
            loaded = next(source, None)
            SPENT["frames"] += time.perf_counter() - started
            if loaded is None:
                return
            yield loaded


class TimedAdapters:
    """The configured adapters, timed."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._adapters = ConfiguredAdapters(config)

    def frames(self) -> FrameStore:
        """Timed."""
        return TimedFrames(self._config.frames)

    def model(self, checkpoint: str) -> VideoModel:
        """Timed."""
        return TimedModel(self._adapters.model(checkpoint))

    def trainer(self, frames: FrameStore, root: Path) -> Trainer:
        """Timed."""
        return TimedTrainer(self._adapters.trainer(frames, root))

    def judge(self) -> Judge | None:
        """As configured."""
        return self._adapters.judge()

    def embedder(self) -> Embedder | None:
        """As configured."""
        return self._adapters.embedder()

    def executor(self) -> Executor | None:
        """As configured."""
        return self._adapters.executor()


def _import_what_is_heavy() -> float:
    """Seconds that a process spends on imports before its first cycle."""
    started = time.perf_counter()
    make_importable()
    for name in ("videostar.models.transformers", "videostar.training.finetune", "videostar.training.reporter", "peft"):
        importlib.import_module(name)
    return time.perf_counter() - started


def main() -> None:
    """Print where the time of one cycle went."""
    imports = _import_what_is_heavy()
    with tempfile.TemporaryDirectory() as folder:
        config = demo_config(Path(folder) / "run", seed=0, cycles=1)
        started = time.perf_counter()
        for _ in stages(config, TimedAdapters(config), Silent()):
            pass
        total = time.perf_counter() - started
    own = total - sum(SPENT.values())
    for name, seconds in [*SPENT.items(), ("the loop's own", own)]:
        print(f"{name:>16}: {seconds:7.2f} s  {seconds / total:6.1%}")
    print(f"{'imports, apart':>16}: {imports:7.2f} s")
    print(f"{'in all':>16}: {total:7.2f} s  (bar for the loop's own: 5 %)")


if __name__ == "__main__":
    main()
