"""The card: what the rules make of answers whose truth is known, and what that does to a yield."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from videostar.playground.judge_card.answers import Said, answers
from videostar.playground.worlds.asking import PARTS, Asked
from videostar.playground.worlds.tables import WORLDS, draw_clips
from videostar.seeds import rng_for
from videostar.types import Clip, Outcome, Verdict

ALL = "all"


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer of known truth with its verdict."""

    asked: Asked
    said: Said
    verdict: Verdict

    @property
    def wrong(self) -> bool:
        """Whether the verdict is: a pass of what is not right, or none of what is."""
        return (self.verdict.outcome == "pass") != self.said.right


Counts: TypeAlias = Mapping[tuple[bool, Outcome], int]


@dataclass(frozen=True, slots=True)
class Row:
    """How a group of answers was judged. counts: answers by truth and outcome."""

    name: str
    counts: Counts

    @property
    def total(self) -> int:
        """Answers."""
        return sum(self.counts.values())

    @property
    def right(self) -> int:
        """Answers that are truly right."""
        return sum(count for (right, _), count in self.counts.items() if right)

    @property
    def kept(self) -> int:
        """Answers that pass."""
        return sum(count for (_, outcome), count in self.counts.items() if outcome == "pass")

    @property
    def both(self) -> int:
        """Right answers that pass."""
        return self.counts.get((True, "pass"), 0)

    @property
    def undecided(self) -> int:
        """Answers that are left undecided."""
        return sum(count for (_, outcome), count in self.counts.items() if outcome == "undecided")

    @property
    def precision(self) -> float:
        """Share of the passes that are right; 1 where nothing passes."""
        return self.both / self.kept if self.kept else 1.0

    @property
    def recall(self) -> float:
        """Share of the right ones that pass; 1 where nothing is right."""
        return self.both / self.right if self.right else 1.0


def judged(seeds: Sequence[int], clips: int, count: int) -> Iterator[Judged]:
    """Answers to every question about `clips` clips of each part of each world, `count` to a question."""
    for seed in seeds:
        for name, made in WORLDS.items():
            world = made(seed)
            for part in PARTS:
                for video, clip in draw_clips(world, part, clips):
                    known = Clip(clip.duration_seconds, 96, 96)
                    for asked in clip.asked:
                        rng = rng_for("judge card", name, seed, video, asked.task, asked.question)
                        for said in answers(world, clip, asked, rng, count):
                            yield Judged(asked, said, asked.label.judge(said.text, asked.question, known))


def unspoken(seed: int) -> list[str]:
    """Kinds of labels that the worlds ask for and nobody here writes answers to."""
    found = set()
    for made in WORLDS.values():
        world = made(seed)
        for _, clip in draw_clips(world, "train", 3):
            rng = rng_for("judge card", "kinds")
            found |= {asked.label.kind for asked in clip.asked if not list(answers(world, clip, asked, rng, 1))}
    return sorted(found)


def rows(found: Iterable[Judged]) -> tuple[list[Row], list[Row]]:
    """By kind of label and by form of answer, each in order of name and with all of them last."""
    kinds: dict[str, dict[tuple[bool, Outcome], int]] = defaultdict(lambda: defaultdict(int))
    forms: dict[str, dict[tuple[bool, Outcome], int]] = defaultdict(lambda: defaultdict(int))
    for one in found:
        key = one.said.right, one.verdict.outcome
        for groups, name in ((kinds, one.asked.label.kind), (kinds, ALL), (forms, one.said.form), (forms, ALL)):
            groups[name][key] += 1
    by_kind, by_form = ([Row(name, dict(groups[name])) for name in sorted(groups, key=_all_last)] for groups in (kinds, forms))
    return by_kind, by_form


def _all_last(name: str) -> tuple[bool, str]:
    return name == ALL, name


def table(title: str, found: Sequence[Row]) -> list[str]:
    """Markdown lines."""
    head = f"| {title} | answers | precision | recall | undecided | kept as judged | truly right | bias |"
    return [head, "|---|---|---|---|---|---|---|---|", *(_line(row) for row in found)]


def _line(row: Row) -> str:
    name = f"**{row.name}**" if row.name == ALL else row.name
    kept, right = row.kept / row.total, row.right / row.total
    shares = f"{_percent(row.undecided / row.total)} | {_percent(kept)} | {_percent(right)} | {100 * (kept - right):+.1f}"
    return f"| {name} | {row.total} | {row.precision:.3f} | {row.recall:.3f} | {shares} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
