"""A few samples with all that happened to them, chosen by seed so that every fate is among them.

The files are streamed: once to see what became of every sample, once to fetch the chosen ones.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

from videostar.config import Config
from videostar.rows import answer_from_json, conversation_from_json, sample_from_json, verdict_from_json
from videostar.seeds import seed_for
from videostar.standing import cycles, whole_rows
from videostar.steps.select import Tried, decide
from videostar.steps.verify import Judged
from videostar.store import CycleFiles, RunStore
from videostar.types import Answer, Conversation, Sample, Verdict

Fate: TypeAlias = Literal[
    "right after learning", "right at once", "explained after its label", "never right", "not judged yet", "not readable"
]
FATES: tuple[Fate, ...] = (
    "right after learning",
    "explained after its label",
    "right at once",
    "never right",
    "not judged yet",
    "not readable",
)
MOST_EXAMPLES = 24
MOST_UNREADABLE = 4
LONGEST_TEXT = 6000
Pair: TypeAlias = tuple[Answer, Verdict | None]
AnswerKey: TypeAlias = tuple[str, int]
"""Route and candidate."""
Event: TypeAlias = tuple[str, int, str]
"""Sample id, cycle, and what happened: `generated/pass`, `rationalized/fail`, ..., `unread` or `answered`."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer with its verdict. before, marked, after: its text, cut around what decided. kept: the forms trained on."""

    answer: Answer
    verdict: Verdict | None
    before: str
    marked: str
    after: str
    extracted: str
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCycle:
    """What a cycle did with a sample. outcome: what became of it, in words, or "" while that is open."""

    cycle: int
    answers: tuple[ShownAnswer, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sample and its story. frames_sha256: of the frames it was first answered on; "" where that was by windows, not as a whole."""

    sample: Sample
    fate: Fate
    label: str
    cycles: tuple[ShownCycle, ...]
    frames_sha256: str


def examples(store: RunStore, config: Config) -> list[Example]:
    """At most MOST_EXAMPLES samples, grouped by fate."""
    fates = _chosen(store, config.seed)
    samples = {row["id"]: sample_from_json(row, config.labels) for row in whole_rows(store.samples("train")) if row["id"] in fates}
    stories: dict[str, list[ShownCycle]] = defaultdict(list)
    for cycle in cycles(store):
        for sample_id, story in _cycle(store, config, cycle, samples):
            stories[sample_id].append(story)
    ordered = sorted(samples, key=lambda name: (FATES.index(fates[name]), name))
    return [_example(samples[name], fates[name], stories[name]) for name in ordered]


def _example(sample: Sample, fate: Fate, story: Sequence[ShownCycle]) -> Example:
    first = next(("" if shown.answer.windows else shown.answer.frames.sha256 for cycle in story for shown in cycle.answers), "")
    return Example(sample, fate, label_text(sample), tuple(story), first)


def label_text(sample: Sample) -> str:
    """The label as JSON, without the list of all classes."""
    label = {name: value for name, value in sample.label.to_json().items() if name != "classes"}
    return json.dumps(label, ensure_ascii=False)


def _chosen(store: RunStore, seed: int) -> dict[str, Fate]:
    """Fates take turns until the page is full; within a fate the seed decides."""
    ranked: dict[Fate, list[tuple[int, str]]] = {fate: [] for fate in FATES}
    for sample_id, events in groupby(heapq.merge(*_streams(store)), key=lambda event: event[0]):
        places = ranked[_fate(list(events))]
        heapq.heappush(places, (-seed_for(seed, "report", sample_id), sample_id))
        if len(places) > MOST_EXAMPLES:
            heapq.heappop(places)
    queues = {fate: [name for _, name in sorted(places, reverse=True)] for fate, places in ranked.items()}
    queues["not readable"] = queues["not readable"][:MOST_UNREADABLE]
    turns = ((turn, fate) for turn in range(MOST_EXAMPLES) for fate in FATES if turn < len(queues[fate]))
    return {queues[fate][turn]: fate for turn, fate in islice(turns, MOST_EXAMPLES)}


def _streams(store: RunStore) -> Iterator[Iterator[Event]]:
    for cycle in cycles(store):
        files = store.cycle(cycle)
        yield _answered(files.answers, cycle)
        yield _judged(files.verdicts, cycle)
        yield _judged(files.rationale_verdicts, cycle)


def _answered(path: Path, cycle: int) -> Iterator[Event]:
    for row in whole_rows(path):
        yield row["sample_id"], cycle, "unread" if row["finish"] == "error" else "answered"


def _judged(path: Path, cycle: int) -> Iterator[Event]:
    for row in whole_rows(path):
        yield row["sample_id"], cycle, f"{row['route']}/{row['outcome']}"


def _fate(events: Sequence[Event]) -> Fate:
    what = {event for _, _, event in events}
    right = {cycle for _, cycle, event in events if event == "generated/pass"}
    if "unread" in what and "answered" not in what:
        return "not readable"
    if right:
        return "right at once" if min(cycle for _, cycle, _ in events) in right else "right after learning"
    if "rationalized/pass" in what:
        return "explained after its label"
    return "not judged yet" if what == {"answered"} else "never right"


def _cycle(store: RunStore, config: Config, cycle: int, samples: Mapping[str, Sample]) -> Iterator[tuple[str, ShownCycle]]:
    """What a cycle did with each of the samples that it asked."""
    files = store.cycle(cycle)
    kept = _kept(files, samples)
    generated, rationalized = (
        _pairs(answers, verdicts, samples)
        for answers, verdicts in ((files.answers, files.verdicts), (files.rationales, files.rationale_verdicts))
    )
    blind = {row["sample_id"] for row in _of(store.cycle(1).blind_verdicts, samples) if row["outcome"] == "pass"}
    for name in samples:
        pairs = [*generated[name], *rationalized[name]]
        if pairs:
            forms = kept[name]
            shown = tuple(_shown(answer, verdict, forms[answer.route, answer.candidate]) for answer, verdict in pairs)
            tried = _tried(samples[name], generated[name], rationalized[name], name in blind)
            yield name, ShownCycle(cycle, shown, _outcome(tried, config, bool(forms)) if files.selection.exists() else "")


def _tried(sample: Sample, generated: Sequence[Pair], rationalized: Sequence[Pair], blind: bool) -> Tried:
    errors = [answer.frames.error for answer, _ in generated if answer.finish == "error"]
    unread = errors[0] if errors and len(errors) == len(generated) else ""
    whole = [[Judged(answer, verdict) for answer, verdict in pairs if verdict is not None] for pairs in (generated, rationalized)]
    return Tried(sample, whole[0], whole[1], unread, blind)


def _outcome(tried: Tried, config: Config, kept: bool) -> str:
    if kept:
        return "kept"
    return f"dropped: {decide(tried, config.select).dropped or 'above max_rationalized_share'}"


def _pairs(answers: Path, verdicts: Path, samples: Collection[str]) -> dict[str, list[Pair]]:
    judged = {(row["sample_id"], row["candidate"]): verdict_from_json(row) for row in _of(verdicts, samples)}
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for row in _of(answers, samples):
        answer = answer_from_json(row)
        pairs[answer.sample_id].append((answer, judged.get((answer.sample_id, answer.candidate))))
    return pairs


def _kept(files: CycleFiles, samples: Collection[str]) -> dict[str, dict[AnswerKey, list[Conversation]]]:
    """Conversations by sample and by route and candidate."""
    kept: dict[str, dict[AnswerKey, list[Conversation]]] = defaultdict(lambda: defaultdict(list))
    for row in _of(files.conversations, samples):
        conversation = conversation_from_json(row)
        if conversation.answer_ref is not None:
            kept[conversation.sample_id][conversation.route, conversation.answer_ref.candidate].append(conversation)
    return kept


def _of(path: Path, samples: Collection[str]) -> Iterator[dict[str, Any]]:
    return (row for row in whole_rows(path) if row["sample_id"] in samples)


def _shown(answer: Answer, verdict: Verdict | None, kept: Sequence[Conversation]) -> ShownAnswer:
    return shown_answer(answer, verdict, tuple(sorted({conversation.form for conversation in kept})))


def shown_answer(answer: Answer, verdict: Verdict | None, forms: tuple[str, ...]) -> ShownAnswer:
    """An answer cut around what decided, a very long one at its end too."""
    text = answer.text if len(answer.text) <= LONGEST_TEXT else f"{answer.text[:LONGEST_TEXT]} [... {len(answer.text)} characters in all]"
    start, end = verdict.span if verdict and verdict.span else (0, 0)
    start, end = max(0, start), min(len(text), end)
    extracted = "" if verdict is None or verdict.extracted is None else json.dumps(verdict.extracted, ensure_ascii=False)
    return ShownAnswer(answer, verdict, text[:start], text[start:end] if start < end else "", text[max(start, end) :], extracted, forms)
