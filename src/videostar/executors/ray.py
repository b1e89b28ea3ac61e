"""Batches answered on a Ray cluster, through Ray Data: one model a GPU, or one a node where there are none.

The cluster is the one that RAY_ADDRESS names or that this process is part of; without one, this machine is the cluster. Every node
needs this package, the model and the videos under the same paths. A node that dies takes nothing with it but time: Ray has what it
was at done again elsewhere, so a batch may be answered twice, and whoever reads the results must count a number once.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from videostar.errors import MissingExtraError, RunError

Answer = Callable[[str], str]

MOST_TRIES = 5  # of one batch whose worker dies; without a bound Ray tries for ever
MOST_STARTS = 10  # of workers that die in a row before one is up


class RayExecutor:
    """A `ports.Executor`. workers: models at once on the cluster; None: one a GPU, else one a node."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def spread(self, open_desk: Callable[[], Answer], batches: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """See `ports.Executor`. Raises `RunError` where the cluster gives up, `MissingExtraError` where Ray is not installed."""
        ray, arrow = _imported()
        # One batch is one block, the unit that Ray hands out and does again: a death costs the batches in work and no more.
        blocks = [arrow.table({"number": [number], "text": [text]}) for number, text in batches]
        if not blocks:
            return
        try:
            _connected(ray)
            answered = self._mapped(ray, ray.data.from_arrow(blocks), open_desk)
            for row in answered.iter_rows():
                yield int(row["number"]), str(row["said"])
        except ray.exceptions.RayError as error:
            raise RunError(f"the Ray cluster gave up: {_last_line(error)}; what is answered is kept, the same command goes on") from error
        except ConnectionError as error:
            raise RunError(f"no Ray cluster answers at RAY_ADDRESS={os.environ.get('RAY_ADDRESS', '')}: {_last_line(error)}") from error

    def _mapped(self, ray: Any, blocks: Any, open_desk: Callable[[], Answer]) -> Any:
        gpus = int(ray.cluster_resources().get("GPU", 0))
        nodes = sum(node["Alive"] for node in ray.nodes())
        pool = ray.data.ActorPoolStrategy(size=min(self._workers or gpus or nodes, len(blocks.to_arrow_refs())))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the bound on tries has no other place in this version
            return blocks.map_batches(
                _Desk,
                fn_constructor_args=(open_desk,),
                compute=pool,
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=1,
                num_gpus=1 if gpus else 0,
                max_task_retries=MOST_TRIES,
            )


class _Desk:
    """In a worker of the cluster: loads a model once, then answers batch after batch."""

    def __init__(self, open_desk: Callable[[], Answer]) -> None:
        self._answer = open_desk()

    def __call__(self, batch: Any) -> Any:
        """A table of numbers and texts -> one of numbers and what was said."""
        import pyarrow as arrow

        return arrow.table({"number": batch["number"], "said": [self._answer(text.as_py()) for text in batch["text"]]})


def _imported() -> tuple[Any, Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing about a run leaves the machine unasked
    try:
        import pyarrow as arrow
        import ray
        import ray.data
    except ImportError:
        raise MissingExtraError("generate.executor=ray needs Ray; pip install 'videostar[ray]', or set generate.executor=local") from None
    return ray, arrow


def _connected(ray: Any) -> None:
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_consecutive_actor_init_deaths = MOST_STARTS


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
