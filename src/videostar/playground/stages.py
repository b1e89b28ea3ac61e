"""The stages of building: what two frames show, what a clip shows, repeating what is given, then all of language.

The tower learns from fresh clips, the text model from those of a bank with fresh questions; which clips and questions a step has is
decided by the stage's name and the step alone. Making a batch is one function and learning from it another, so that batches can be
made ahead by other processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from videostar.playground.bank import Bank
from videostar.playground.glimpses import GlimpseReaders, glimpse_batch, glimpse_loss
from videostar.playground.lessons import LESSONS
from videostar.playground.packing import Pack, Packer, embedded, pack_loss, run_text
from videostar.playground.questions import Maker, drill_item, guessed_item, long_item, ordered_item, short_item
from videostar.playground.scene import CLIP_SECONDS
from videostar.playground.watching import TUBELETS, Watched, WatchReaders, watch_loss
from videostar.seeds import rng_for, seed_for

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen2_5_VLForConditionalGeneration

# Clips in a step, by lesson: where bodies turn there is more to learn.
GLIMPSED_CLIPS = tuple(zip(LESSONS, (8, 5, 2), strict=True))
WATCHED_CLIPS = 16
TALKED_CLIPS = 4
SHORT_ITEMS, LONG_ITEMS = 5, 2
DRILLS, EXPLAINED_DRILLS = 24, 0.5
MANY_DRILLS, FEW_EXPLAINED = 40, 0.1
MOST_EXPLAINED, NUMBERS = 0.8, 0.4
WATCH_WEIGHT = 0.2
# Clips of training have seeds below this; worlds and gates draw theirs out of 2**63 with `seed_for`.
TRAINING_SEEDS = 10**12

MAKERS: tuple[Maker, ...] = (*[short_item] * SHORT_ITEMS, guessed_item, *[long_item] * LONG_ITEMS)
_BY_NAME = {lesson.name: lesson for lesson in LESSONS}
Outcome = tuple[Tensor, Mapping[str, tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of building: `steps` times `loss(make(step))`, on what is not frozen.

    make: step -> batch, alike in every process. loss: batch -> (loss, probes by name, each (right, of) or (error, 1)).
    rates: the highest learning rates of "adamw" and "muon". tower: whether the vision tower learns, and else the text model.
    """

    name: str
    steps: int
    rates: Mapping[str, float]
    make: Callable[[int], Any]
    loss: Callable[[Any], Outcome]
    tower: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """Clips of one lesson, by its name, with their questions; drills have none and are of no lesson."""

    lesson: str
    watched: Watched | None
    pack: Pack


class Course:
    """The stages over one network. bank: filled before a stage of the text model makes its first batch."""

    def __init__(
        self,
        model: Qwen2_5_VLForConditionalGeneration,
        glimpsing: GlimpseReaders,
        watching: WatchReaders,
        tokenizer: PreTrainedTokenizerFast,
        bank: Bank,
    ) -> None:
        self._model, self._glimpsing, self._watching, self._bank = model, glimpsing, watching, bank
        self._packer, self._text_packer = Packer(tokenizer, TUBELETS), Packer(tokenizer, 0)

    def stages(self) -> tuple[Stage, ...]:
        """The stages in their order: the tower's, then those of the text model, which repeat what earlier ones taught."""
        return (
            Stage("glimpses", 5400, {"adamw": 1.0e-3, "muon": 3.0e-3}, self._glimpsed, self._glimpsed_loss, tower=True),
            Stage("watching", 900, {"adamw": 1.0e-3, "muon": 2.0e-3}, self._watched, self._watched_loss),
            Stage("drills", 510, {"adamw": 1.5e-3, "muon": 3.0e-3}, self._drills, self._talk_loss),
            Stage("again", 330, {"adamw": 1.0e-3, "muon": 2.0e-3}, self._again, self._again_loss),
            Stage("language", 1200, {"adamw": 1.2e-3, "muon": 3.0e-3}, self._language, self._talk_loss),
            Stage("fluency", 600, {"adamw": 8.0e-4, "muon": 2.0e-3}, self._fluency, self._talk_loss),
            Stage("finish", 360, {"adamw": 2.5e-4, "muon": 6.0e-4}, self._finish, self._talk_loss),
        )

    def _glimpsed(self, step: int) -> Any:
        return glimpse_batch(GLIMPSED_CLIPS, _first_seed("glimpses", step))

    def _glimpsed_loss(self, batch: Any) -> Outcome:
        return glimpse_loss(self._model, self._glimpsing, GLIMPSED_CLIPS, batch)

    def _watched(self, step: int, name: str = "watching") -> list[Watched]:
        rng = rng_for(name, step)
        return [self._bank.draw(lesson, rng, WATCHED_CLIPS) for lesson in LESSONS]

    def _watched_loss(self, batch: Sequence[Watched]) -> Outcome:
        seen = torch.cat([one.seen for one in batch])
        pack = self._packer.prefixes(len(seen), seen, CLIP_SECONDS)
        states, _ = run_text(self._model, embedded(self._model, pack), pack.mask, pack.positions)
        loss, probes = states.new_zeros(()), {}
        for lesson, watched, rows in zip(LESSONS, batch, states.chunk(len(LESSONS)), strict=True):
            part, found = watch_loss(self._watching, lesson, watched, rows, pack.visual_start)
            loss = loss + part / len(LESSONS)
            probes.update(found)
        return loss, probes

    def _drills(self, step: int) -> list[Talk]:
        return [self._drill("drills", step, MANY_DRILLS, FEW_EXPLAINED)]

    def _again(self, step: int) -> list[Watched] | list[Talk]:
        """Drills without a clip unlearn much of watching: both in turns."""
        return [self._drill("again", step, DRILLS, EXPLAINED_DRILLS)] if step % 3 == 2 else self._watched(step, "again")

    def _again_loss(self, batch: list[Watched] | list[Talk]) -> Outcome:
        talks = [one for one in batch if isinstance(one, Talk)]
        return self._talk_loss(talks) if talks else self._watched_loss([one for one in batch if isinstance(one, Watched)])

    def _finish(self, step: int) -> list[Talk]:
        """What is still told wrong most often, at rates too low to unlearn the rest: an order, a long list, a number."""
        if step % 2:
            return [self._drill("finish", step, DRILLS, MOST_EXPLAINED, NUMBERS)]
        return self._talks("finish", step, (*MAKERS, ordered_item, ordered_item))

    def _fluency(self, step: int) -> list[Talk]:
        """More of language at lower rates: telling an order is learned last."""
        return self._language(step, "fluency")

    def _language(self, step: int, name: str = "language") -> list[Talk]:
        if step % 5 == 1:
            return [self._drill(name, step, DRILLS, EXPLAINED_DRILLS)]
        return self._talks(name, step, MAKERS)

    def _talks(self, name: str, step: int, makers: Sequence[Maker]) -> list[Talk]:
        rng, talks = rng_for("items", name, step), []
        for lesson in LESSONS:
            watched = self._bank.draw(lesson, rng, TALKED_CLIPS)
            rows = [[maker(lesson, clip, rng) for maker in makers] for clip in watched.clips]
            talks.append(Talk(lesson.name, watched, self._packer.pack(rows, watched.seen, CLIP_SECONDS)))
        return talks

    def _drill(self, stage: str, step: int, rows: int, explained_share: float, numbers: float = 0.0) -> Talk:
        rng = rng_for("drill", stage, step)
        explained = rng.random() < explained_share
        clips = [rng.choice(LESSONS).draw(rng.randrange(TRAINING_SEEDS)) for _ in range(rows)]
        items = [[drill_item(clip, rng, explained=explained, numbers=numbers)] for clip in clips]
        return Talk("", None, self._text_packer.pack(items, torch.empty(0), CLIP_SECONDS))

    def _talk_loss(self, talks: Sequence[Talk]) -> Outcome:
        loss, probes = torch.zeros(()), {}
        for talk in talks:
            part, found, states = pack_loss(self._model, talk.pack)
            group = talk.lesson or "drilled"
            probes.update({f"{group} {name}": counts for name, counts in found.items()})
            if talk.watched:
                read, _ = watch_loss(self._watching, _BY_NAME[talk.lesson], talk.watched, states, talk.pack.visual_start)
                part = part + WATCH_WEIGHT * read
            loss = loss + part / len(talks)
        return loss, probes


def _first_seed(name: str, step: int) -> int:
    """Clips of one step have consecutive seeds, at most a hundred."""
    return seed_for("lessons", name, step) % (TRAINING_SEEDS // 100) * 100
