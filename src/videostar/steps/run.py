"""What every stage of a run shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from videostar.config import Config
from videostar.ports import Embedder, Executor, Judge, Watcher
from videostar.steps.ingest import Samples
from videostar.steps.shards import Shard
from videostar.store import RunStore
from videostar.types import Sample
from videostar.video.store import FrameStore


@dataclass(frozen=True, slots=True)
class Records:
    """What a run holds on disk: enough to judge and select, without a model or a video."""

    config: Config
    store: RunStore
    samples: Samples

    def train(self) -> Iterator[Sample]:
        """The train samples, in the order of their ids."""
        return self.samples.split("train")


@dataclass(frozen=True, slots=True)
class Run(Records):
    """A run in progress. judge, embedder: give second opinions on free texts and on paraphrases of classes, where configured.

    executor: answers on other machines; None: here. shard: the part of each asking stage that this process does; None: all of it.
    """

    frames: FrameStore
    watch: Watcher
    judge: Judge | None = None
    embedder: Embedder | None = None
    executor: Executor | None = None
    shard: Shard | None = None
