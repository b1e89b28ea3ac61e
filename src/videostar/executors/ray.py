"""Batches answered on a Ray cluster, through Ray Data: one model a GPU, or one a node where there are none.

The cluster is the one that RAY_ADDRESS names or that this process is part of; without one, this machine is the cluster. Every node
needs this package, the model and the videos under the same paths.

A batch is one block, the unit that Ray hands out. What a dying node or worker had in hand is not tried again by Ray (it would wait
for that node for ever) but by the next round, on whatever is alive then. So a batch may be answered twice, and whoever reads the
results must count a number once.
"""

from __future__ import annotations

import logging
import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from videostar.errors import MissingExtraError, RunError

Answer = Callable[[str], str]

MOST_ROUNDS = 3  # in a row that answer nothing
SHOWN_BATCHES = 5


class RayExecutor:
    """A `ports.Executor`. workers: models at once on the cluster; None: one a GPU, else one a node."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def spread(self, open_desk: Callable[[], Answer], batches: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """See `ports.Executor`. Raises `RunError` where the cluster gives up, `MissingExtraError` where Ray is not installed."""
        ray, arrow = _imported()
        _connected(ray)
        left = {number: ray.put(arrow.table({"number": [number], "text": [text]})) for number, text in batches}
        idle, why = 0, ""
        while left and idle < MOST_ROUNDS:
            before = len(left)
            try:
                for row in self._round(ray, list(left.values()), open_desk).iter_rows():
                    if row["fault"]:
                        raise RuntimeError(f"on another machine: {row['fault']}")
                    if left.pop(row["number"], None) is not None:
                        yield row["number"], row["said"]
            except ray.exceptions.RayError as error:
                why = _last_line(error)
            idle = 0 if len(left) < before else idle + 1
        if left:
            named = ", ".join(str(number) for number in list(left)[:SHOWN_BATCHES])
            raise RunError(
                f"the Ray cluster gave up on {len(left)} batches, such as {named}: in {MOST_ROUNDS} rounds each worker that took one died "
                f"({why or 'see what Ray logged above'}); what is answered is kept, the same command goes on"
            )

    def _round(self, ray: Any, blocks: list[Any], open_desk: Callable[[], Answer]) -> Any:
        """All blocks once, on what is alive now; those whose worker dies are left out."""
        gpus = int(ray.cluster_resources().get("GPU", 0))
        nodes = sum(node["Alive"] for node in ray.nodes())
        pool = ray.data.ActorPoolStrategy(size=min(self._workers or gpus or nodes, len(blocks)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # these two settings have no other place in this version
            return ray.data.from_arrow_refs(blocks).map_batches(
                _Desk,
                fn_constructor_args=(open_desk,),
                compute=pool,
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=1,
                num_gpus=1 if gpus else 0,
                max_restarts=0,
                max_task_retries=0,
            )


class _Desk:
    """In a worker of the cluster: loads a model at its first batch, then answers batch after batch."""

    def __init__(self, open_desk: Callable[[], Answer]) -> None:
        self._open_desk = open_desk
        self._answer: Answer | None = None

    def __call__(self, batch: Any) -> Any:
        """A table of numbers and texts -> one of numbers, what was said, and the traceback of a fault of ours."""
        import pyarrow as arrow

        said, fault = [], ""
        try:
            self._answer = self._answer or self._open_desk()
            said = [self._answer(text) for text in batch["text"].to_pylist()]
        except Exception:  # noqa: BLE001  (raised again in the process that reads the results)
            said, fault = [""] * len(batch), traceback.format_exc()
        return arrow.table({"number": batch["number"], "said": said, "fault": [fault] * len(batch)})


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
        try:
            ray.init(log_to_driver=False)
        except ConnectionError as error:
            raise RunError(f"no Ray cluster answers at RAY_ADDRESS={os.environ.get('RAY_ADDRESS', '')}: {_last_line(error)}") from error
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what it could not do is told once, at the end
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1
    context.max_consecutive_actor_init_deaths = -1


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
