"""Preference tuning: a kept answer and a failed one to the same question, and a model that is to prefer the first (DPO).

The loss of a pair is -log sigmoid(beta * ((c - c0) - (r - r0))): c and r are the log-probabilities of the chosen and of the rejected
answer under the model that learns, c0 and r0 those under the model that it started from (Rafailov et al., arXiv 2305.18290, equation 7).
The latter are measured once, before the first step, and kept beside the training, so that only one model is held.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from videostar.encoding import IGNORED
from videostar.errors import DataError
from videostar.ports import Watcher
from videostar.store import read_json, write_json
from videostar.training.collator import Collator
from videostar.training.dataset import ConversationFile
from videostar.types import Conversation

REJECTED = "/rejected"
"""What the id of a pair's second conversation ends with, after the id of its first."""
BETA = 0.1
MEASURED = "reference.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two conversations that differ in their last answer. number: the pair's place in its file."""

    number: int
    chosen: Conversation
    rejected: Conversation


class PairFile:
    """The pairs of a file of conversations: every chosen one is followed by the one that was rejected.

    Raises `DataError` for a file that is not made so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = ConversationFile(path)
        if len(self._rows) % 2:
            raise DataError(f"{path} holds {len(self._rows)} conversations; pairs need a rejected one after every chosen one")

    def __len__(self) -> int:
        return len(self._rows) // 2

    def __getitem__(self, index: int) -> Pair:
        chosen, rejected = self._rows[2 * index], self._rows[2 * index + 1]
        if rejected.id != chosen.id + REJECTED or rejected.messages[:-1] != chosen.messages[:-1]:
            raise DataError(
                f'{self._path}, rows {2 * index + 1} and {2 * index + 2}: "{rejected.id}" is not what was rejected for "{chosen.id}";'
                f' its id must end with "{REJECTED}" and its question must be the same'
            )
        return Pair(index, chosen, rejected)


class PairCollator:
    """Batches of pairs, 2 x B rows: chosen, rejected, chosen, ...

    labels[:, 0], which names no token to be predicted, holds the number of the pair: the loss finds what was measured of it.
    dropped: as of `Collator`, by the id of the chosen conversation; a pair loses both rows or none.
    """

    def __init__(self, rows: Collator) -> None:
        self.dropped: dict[str, str] = {}
        self._rows = rows

    def __call__(self, pairs: Sequence[Pair | None]) -> dict[str, Tensor]:
        """A batch as `Collator` makes it, with the pairs' numbers in its labels; no row is left of a batch that lost all pairs."""
        there = [pair for pair in pairs if pair is not None]
        batch = self._batch(there)
        faults = {pair.number: fault for pair in there if (fault := self._fault(pair))}
        if faults:
            self.dropped |= {pair.chosen.id: faults[pair.number] for pair in there if pair.number in faults}
            there = [pair for pair in there if pair.number not in faults]
            batch = self._batch(there)
        numbers = [pair.number for pair in there for _ in range(2)]
        batch["labels"][:, 0] = torch.tensor(numbers or [IGNORED])
        return batch

    def _batch(self, pairs: Sequence[Pair]) -> dict[str, Tensor]:
        return self._rows([row for pair in pairs for row in (pair.chosen, pair.rejected)])

    def _fault(self, pair: Pair) -> str:
        return self._rows.dropped.get(pair.chosen.id) or self._rows.dropped.get(pair.rejected.id) or ""


class PreferenceLoss:
    """What `transformers.Trainer` takes as `compute_loss_func`. reference: (N, 2), of each pair's chosen and rejected answer.

    pairs_per_step: what a whole step holds; the loss of a part of it counts by its share.
    """

    def __init__(self, beta: float, reference: Tensor, pairs_per_step: int) -> None:
        self._beta = beta
        self._reference = reference
        self._pairs_per_step = pairs_per_step

    def __call__(self, outputs: Any, labels: Tensor, num_items_in_batch: Tensor | int | None = None) -> Tensor:
        """Sum of the pairs' losses over the number of pairs in a step; zero for a batch that lost all its pairs."""
        if int(labels[0, 0]) == IGNORED:
            zero: Tensor = outputs.logits.sum() * 0.0
            return zero
        policy = answer_log_probabilities(outputs.logits, labels).view(-1, 2)
        return dpo_loss(policy, self._reference[labels[::2, 0]].to(policy), self._beta).sum() / self._pairs_per_step


def dpo_loss(policy: Tensor, reference: Tensor, beta: float) -> Tensor:
    """(B,) losses of (B, 2) log-probabilities, chosen and rejected, under the model that learns and under the one it started from."""
    gained = policy - reference
    return -torch.nn.functional.logsigmoid(beta * (gained[:, 0] - gained[:, 1]))


def answer_log_probabilities(logits: Tensor, labels: Tensor) -> Tensor:
    """(B,) log-probabilities of the answers. logits (B, K or more, V); labels (B, 1 + K): logits[:, i] are to give labels[:, i + 1]."""
    targets = labels[:, 1:].to(logits.device)
    losses = torch.nn.functional.cross_entropy(
        logits[:, : targets.shape[1]].float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return -losses.view(targets.shape).sum(dim=1)


def measured(model: Any, pairs: PairFile, collator: PairCollator, work: Path, watch: Watcher) -> Tensor:
    """(N, 2) log-probabilities of all pairs under the model as it stands before the first step; read from `work` where they are kept."""
    path = work / MEASURED
    if not path.exists():
        with watch.progress("preference: measure the base", len(pairs)) as bar:
            rows = list(_counted(_measure(model, pairs, collator), bar.advance))
        write_json(path, {"log_probabilities": rows})
    return torch.tensor(read_json(path)["log_probabilities"], dtype=torch.float64).view(-1, 2)


def _measure(model: Any, pairs: PairFile, collator: PairCollator) -> Iterator[list[float]]:
    """One pair at a time, without dropout. A pair that was left out has zeros, which are not looked at."""
    device = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")
    model.to(device).eval()
    try:
        for number in range(len(pairs)):
            batch = {name: value.to(device) for name, value in collator([pairs[number]]).items()}
            labels = batch.pop("labels")
            if int(labels[0, 0]) == IGNORED:
                yield [0.0, 0.0]
                continue
            with torch.no_grad():
                found = [float(value) for value in answer_log_probabilities(model(**batch).logits, labels)]
            if not all(math.isfinite(value) for value in found):
                raise DataError(f'pair "{pairs[number].chosen.id}" has no finite probability under the base: {found}')
            yield found
    finally:
        model.train()


def _counted(rows: Iterator[list[float]], advance: Callable[[int], None]) -> Iterator[list[float]]:
    for row in rows:
        yield row
        advance(1)
