"""Judged answers -> what is kept, why the rest is not, and the conversations to train on.

The ledger's unit is the train sample: each is kept or dropped for one reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from videostar.config import SelectConfig
from videostar.prompts import asked
from videostar.seeds import seed_for
from videostar.steps.rationale_checks import leak, parrot
from videostar.steps.verify import Judged
from videostar.types import AnswerRef, Conversation, Form, Ledger, Message, Sample


@dataclass(frozen=True, slots=True)
class Tried:
    """All that a cycle knows of one sample.

    unread: why its video could not be read, or "". blind: the base answers it right without the video, and the filter is on.
    """

    sample: Sample
    generated: Sequence[Judged]
    rationalized: Sequence[Judged]
    unread: str
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answers kept of one sample; when none is, why."""

    sample: Sample
    kept: tuple[Judged, ...]
    dropped: str


def select(tried: Callable[[], Iterable[Tried]], settings: SelectConfig, seed: int) -> Iterator[Decision]:
    """A decision per sample, in order. `tried` is streamed twice: the cap on rationalized answers needs their number first."""
    over = _over_share((decide(item, settings) for item in tried()), settings.max_rationalized_share, seed)
    for item in tried():
        decision = decide(item, settings)
        if item.sample.id in over:
            decision = Decision(item.sample, (), "above max_rationalized_share")
        yield decision


def decide(tried: Tried, settings: SelectConfig) -> Decision:
    """What is kept of one sample: distinct right generated answers, else distinct right explanations that pass the checks."""
    if tried.unread:
        return Decision(tried.sample, (), f"quarantined: {tried.unread.partition(':')[0]}")
    if tried.blind:
        return Decision(tried.sample, (), "answered right without the video")
    kept, reason = _kept(tried.generated, lambda _: "", settings)
    if not kept and tried.rationalized:
        kept, reason = _kept(tried.rationalized, lambda text: _rationale_fault(text, tried.sample), settings)
        reason = f"rationalized: {reason}"
    return Decision(tried.sample, kept, "" if kept else reason)


def _kept(answers: Sequence[Judged], fault: Callable[[str], str], settings: SelectConfig) -> tuple[tuple[Judged, ...], str]:
    """The best distinct answers without a fault; the reason that came closest to being kept when there are none."""
    faults: list[str] = []
    kept: dict[str, Judged] = {}
    for item in sorted(answers, key=lambda item: -item.verdict.score):
        why = _judged_fault(item) or fault(item.answer.text)
        faults += [why] if why else []
        if not why:
            kept.setdefault(" ".join(item.answer.text.lower().split()), item)
    order = ("leak", "parrot", "truncated", "wrong", "undecided")
    reason = min(faults, key=order.index) if faults else "not asked"
    return tuple(kept.values())[: settings.max_per_question], reason


def _judged_fault(item: Judged) -> str:
    if item.verdict.outcome != "pass":
        return "wrong" if item.verdict.outcome == "fail" else "undecided"
    return "truncated" if item.answer.finish == "length" else ""


def _rationale_fault(text: str, sample: Sample) -> str:
    if leak(text, sample):
        return "leak"
    return "parrot" if parrot(text, sample) else ""


def _over_share(decisions: Iterable[Decision], share: float, seed: int) -> frozenset[str]:
    """Ids of the samples whose rationalized answers exceed the share, chosen by seed."""
    if share >= 1:
        return frozenset()
    generated, rationalized = 0, []
    for decision in decisions:
        if decision.kept and decision.kept[0].answer.route == "rationalized":
            rationalized.append(decision.sample.id)
        elif decision.kept:
            generated += 1
    allowed = int(share / (1 - share) * generated + 1e-9)
    ranked = sorted(rationalized, key=lambda name: seed_for(seed, "rationalized share", name))
    return frozenset(ranked[allowed:])


def ledger(decisions: Iterable[Decision]) -> Ledger:
    """Where every sample went."""
    dropped: Counter[str] = Counter()
    total = kept = 0
    for decision in decisions:
        total += 1
        kept += bool(decision.kept)
        if not decision.kept:
            dropped[decision.dropped] += 1
    return Ledger(total, kept, dict(sorted(dropped.items())))


def conversations(decision: Decision, settings: SelectConfig, seed: int) -> Iterator[Conversation]:
    """The conversations of a sample's kept answers: exactly what was asked, without the hint, and the answer.

    A form with share 0.5 takes half of the kept answers, drawn by seed; shares that sum to 1 give each answer one form.
    """
    sample = decision.sample
    for item in decision.kept:
        answer = item.answer
        for form in _forms(settings, seed_for(seed, "form", answer.cycle, sample.id, answer.candidate) / 2**63):
            text = answer.text if form == "reasoned" else sample.label.answer_text()
            yield Conversation(
                id=f"{sample.id}/{answer.cycle}/{answer.route}/{answer.candidate}/{form}",
                sample_id=sample.id,
                route=answer.route,
                form=form,
                video=sample.video,
                start_seconds=sample.start_seconds,
                end_seconds=sample.end_seconds,
                messages=(Message("user", asked(sample, form)), Message("assistant", text)),
                answer_ref=AnswerRef(answer.cycle, answer.candidate, answer.frames.sha256, answer.frames.timestamps_seconds),
            )


def _forms(settings: SelectConfig, offset: float) -> Iterator[Form]:
    """Systematic sampling: the forms whose stretch of the cumulated shares holds offset, offset + 1, ..."""
    start = 0.0
    for form, share in settings.forms.items():
        marks = int(start + share - offset + 1) - int(start - offset + 1)
        yield from [form] * marks
        start += share
