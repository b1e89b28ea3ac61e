"""How much of what explanations say is true: statement by statement, by kind, before and after filtering, cycle by cycle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from videostar.metrics import estimate, paired_gain
from videostar.playground.measures.checking import Checked, check
from videostar.playground.measures.facts import truth_of
from videostar.playground.measures.statements import read
from videostar.rows import answer_from_json, conversation_from_json, read_rows, sample_from_json
from videostar.store import CycleFiles, RunStore, rows_if_any
from videostar.types import Answer, Estimate, Route, Sample

STAGES = ("all", "right", "kept")
"""Before filtering, those that name the right label, and those that are trained on."""
ROUTES: tuple[Route, ...] = ("generated", "rationalized")
MOST_UNREAD = 20


@dataclass(frozen=True, slots=True)
class Explained:
    """What was said about a sample's video."""

    sample: Sample
    text: str


@dataclass(slots=True)
class _Tally:
    """Values beside the videos that they are about."""

    values: list[float] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(self, value: float, sample: Sample) -> None:
        self.values.append(value)
        self.groups.append(f"{sample.source}/{sample.group}")


def hallucination(explained: Iterable[Explained]) -> dict[str, Estimate]:
    """Shares in [0, 1], clustered by video.

    "statements true" of all that can be checked; "true: KIND" and "true: WORLD" likewise; "explanations wholly true"; "statements an
    explanation", a number; "sentences understood" in part, and "sentences understood to the last word".
    """
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for one in explained:
        reading, truth = read(one.text, one.sample.source), truth_of(one.sample)
        checked = [item for item in check(reading, truth) if item.true is not None]
        for item in checked:
            for name in ("statements true", f"true: {item.kind}", f"true: {truth.world}"):
                tallies[name].add(float(bool(item.true)), one.sample)
        if checked:
            tallies["explanations wholly true"].add(float(all(item.true for item in checked)), one.sample)
        tallies["statements an explanation"].add(len(checked), one.sample)
        silent, leftover = Counter(reading.silent), Counter(reading.leftover)
        for sentence in reading.sentences:
            tallies["sentences understood"].add(float(not silent[sentence]), one.sample)
            tallies["sentences understood to the last word"].add(float(not leftover[sentence]), one.sample)
    return {name: estimate(tally.values, tally.groups) for name, tally in sorted(tallies.items())}


def true_shares(explained: Iterable[Explained]) -> dict[str, float]:
    """By sample the share of true statements in its explanation; samples of which nothing was stated are left out."""
    shares = {}
    for one in explained:
        known = [item.true for item in verdicts(one) if item.true is not None]
        if known:
            shares[one.sample.id] = sum(known) / len(known)
    return shares


def against_base(found: Mapping[str, Sequence[Explained]]) -> dict[str, Estimate]:
    """Of what `of_run` gives, by how much each checkpoint's share of true statements about test videos exceeds the base's.

    Paired by question, clustered by video; empty without a base.
    """
    base, tests = found.get("base, test", ()), {name: rows for name, rows in found.items() if name.endswith(", test")}
    before, groups = true_shares(base), {one.sample.id: f"{one.sample.source}/{one.sample.group}" for one in base}
    return {f"{name} - base": paired_gain(true_shares(rows), before, groups) for name, rows in tests.items() if base and rows is not base}


def not_understood(explained: Iterable[Explained], most: int = MOST_UNREAD) -> list[tuple[str, int]]:
    """The sentences of which words were not understood, the most frequent first, with how often each came."""
    counts = Counter(sentence for one in explained for sentence in read(one.text, one.sample.source).leftover)
    return counts.most_common(most)


def verdicts(one: Explained) -> list[Checked]:
    """Every stated fact of one explanation with whether it is true."""
    return check(read(one.text, one.sample.source), truth_of(one.sample))


def of_run(run: Path) -> dict[str, list[Explained]]:
    """The explanations that a run holds: "cycle 1, generated, all", and so on; "base, test" for the greedy ones on test videos."""
    store = RunStore(run)
    found: dict[str, list[Explained]] = {}
    train, test = (_samples(store.samples(split)) for split in ("train", "test"))
    for files in _checkpoints(store):
        for route in ROUTES:
            for stage, answers in zip(STAGES, _by_stage(files, route), strict=True):
                if answers:
                    found[f"{files.name}, {route}, {stage}"] = _explained(answers, train)
        told = [answer_from_json(row) for row in rows_if_any(files.evaluation_answers("test"))]
        if told:
            found[f"{files.name}, test"] = _explained(told, test)
    return found


def _checkpoints(store: RunStore) -> Iterator[CycleFiles]:
    number = 0
    while store.cycle(number).folder.exists():
        yield store.cycle(number)
        number += 1
    if store.final.folder.exists():
        yield store.final


def _by_stage(files: CycleFiles, route: Route) -> tuple[Sequence[Answer], Sequence[Answer], Sequence[Answer]]:
    """All answers of a route, those that pass, and those that were kept."""
    answers_at, verdicts_at = (files.answers, files.verdicts) if route == "generated" else (files.rationales, files.rationale_verdicts)
    every = [answer for row in rows_if_any(answers_at) if (answer := answer_from_json(row)).finish != "error"]
    passed = {(row["sample_id"], row["candidate"]) for row in rows_if_any(verdicts_at) if row["outcome"] == "pass"}
    kept = _kept(files, route)
    return (
        every,
        [answer for answer in every if (answer.sample_id, answer.candidate) in passed],
        [answer for answer in every if (answer.sample_id, answer.candidate) in kept],
    )


def _kept(files: CycleFiles, route: Route) -> set[tuple[str, int]]:
    """(sample, candidate) of every answer of a route behind a conversation, whatever its form."""
    kept: set[tuple[str, int]] = set()
    for row in rows_if_any(files.conversations):
        one = conversation_from_json(row)
        turns = [(turn.sample_id, turn.candidate, turn.route) for turn in one.turns]
        own = [] if turns or one.answer_ref is None else [(one.sample_id, one.answer_ref.candidate, one.route)]
        kept.update((sample_id, candidate) for sample_id, candidate, of in chain(turns, own) if of == route)
    return kept


def _explained(answers: Iterable[Answer], samples: Mapping[str, Sample]) -> list[Explained]:
    return [Explained(samples[answer.sample_id], answer.text) for answer in answers if answer.finish != "error"]


def _samples(table: Path) -> dict[str, Sample]:
    return {str(row["id"]): sample_from_json(row, {}) for row in (read_rows(table) if table.exists() else ())}
