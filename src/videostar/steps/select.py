"""Judged answers -> what is kept, and why the rest is not.

The ledger's unit is the train sample: each is kept or dropped for one reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from videostar.config import SelectConfig
from videostar.seeds import seed_for
from videostar.steps.answer_checks import near_duplicate, repetition, words
from videostar.steps.rationale_checks import label_first, leak, parrot
from videostar.steps.verify import Judged
from videostar.types import Ledger, Route, Sample, WindowAnswer

WRONG = ("wrong", "undecided")
FAULTS = (
    *("above the number per question", "near duplicate", "label first", "leak", "parrot", "too short", "too long", "repetition"),
    *("truncated", *WRONG),
)
"""Why an answer is not kept, what came closest to being kept first."""
ABOVE_SHARE = "above max_rationalized_share"


@dataclass(frozen=True, slots=True)
class Tried:
    """All that a cycle knows of one sample.

    unread: why its video could not be read, or "". blind: the base answers it right without the video, and the filter is on.
    unasked: it was never shown its label, though failures were: an answer of it passed at the time.
    """

    sample: Sample
    generated: Sequence[Judged]
    rationalized: Sequence[Judged]
    unread: str
    blind: bool = False
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answers kept of one sample; when none is, why. rejected: why right answers were not kept, one reason for each."""

    sample: Sample
    kept: tuple[Judged, ...]
    dropped: str
    rejected: tuple[str, ...] = ()


def select(tried: Callable[[], Iterable[Tried]], settings: SelectConfig, seed: int) -> Iterator[Decision]:
    """A decision per sample, in order. `tried` is streamed twice: the cap on rationalized answers needs their number first."""
    over = _over_share((decide(item, settings) for item in tried()), settings.max_rationalized_share, seed)
    for item in tried():
        decision = decide(item, settings)
        if item.sample.id in over:
            above = tuple(ABOVE_SHARE for _ in decision.kept)
            decision = Decision(item.sample, (), ABOVE_SHARE, decision.rejected + above)
        yield decision


def decide(tried: Tried, settings: SelectConfig) -> Decision:
    """What is kept of one sample: distinct right generated answers, else distinct right explanations that pass the checks."""
    if tried.unread:
        return Decision(tried.sample, (), f"quarantined: {tried.unread.partition(':')[0]}")
    if tried.blind:
        return Decision(tried.sample, (), "answered right without the video")
    kept, faults = _kept(
        tried.generated, lambda item: _fit(item, _fault(item, settings), tried.sample, settings), settings.max_per_question
    )
    rejected = _of_right_answers(faults)
    reason = _closest(faults)
    if not kept and tried.rationalized:
        most = min(settings.max_per_question, settings.max_rationalized_per_question)
        kept, faults = _kept(
            tried.rationalized, lambda item: _fit(item, _rationale_fault(item, tried.sample, settings), tried.sample, settings), most
        )
        rejected += tuple(f"rationalized: {fault}" for fault in _of_right_answers(faults))
        reason = f"rationalized: {_closest(faults)}"
    elif tried.unasked and reason in WRONG:
        reason = f"{reason} now, and not asked to explain"
    return Decision(tried.sample, kept, "" if kept else reason, rejected)


def _fit(item: Judged, fault: str, sample: Sample, settings: SelectConfig) -> tuple[Judged, str]:
    """What of an answer can be trained on, and what is wrong with it, or "".

    Of a right answer about a long clip it is the windows whose texts pass the checks by themselves; the others are left out.
    """
    if fault or not item.answer.windows:
        return item, fault
    faults = [(_window_fault(part, item.answer.route, sample, settings), part) for part in item.answer.windows]
    fit = tuple(part for why, part in faults if not why)
    if not fit:
        return item, _closest([why for why, _ in faults])
    return replace(item, answer=replace(item.answer, windows=fit)), ""


def _window_fault(part: WindowAnswer, route: Route, sample: Sample, settings: SelectConfig) -> str:
    """What is wrong with the text about one window, or "". Whether it says the label first cannot be asked: the label is the whole's."""
    length, explains = len(words(part.text)), route == "rationalized"
    faults = {
        "truncated": part.finish == "length",
        "repetition": repetition(part.text),
        "too long": length > settings.max_words,
        "leak": explains and bool(leak(part.text, sample)),
        "parrot": explains and parrot(part.text, sample),
        "too short": explains and length < settings.min_words,
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


def _kept(answers: Sequence[Judged], fit: Callable[[Judged], tuple[Judged, str]], most: int) -> tuple[tuple[Judged, ...], list[str]]:
    """The best distinct answers without a fault, at most so many; a fault for each of the others."""
    faults: list[str] = []
    kept: list[Judged] = []
    for item, why in map(fit, sorted(answers, key=lambda item: -item.verdict.score)):
        if not why and near_duplicate(item.answer.text, [other.answer.text for other in kept]):
            faults.append("near duplicate")
        elif not why and len(kept) == most:
            faults.append("above the number per question")
        elif why:
            faults.append(why)
        else:
            kept.append(item)
    return tuple(kept), faults


def _closest(faults: Sequence[str]) -> str:
    """The reason that came closest to being kept."""
    return min(faults, key=FAULTS.index) if faults else "not asked"


def _of_right_answers(faults: Sequence[str]) -> tuple[str, ...]:
    return tuple(fault for fault in faults if fault not in WRONG)


def _fault(item: Judged, settings: SelectConfig) -> str:
    """What is wrong with an answer of either route, or ""."""
    if item.verdict.outcome != "pass":
        return "wrong" if item.verdict.outcome == "fail" else "undecided"
    if item.answer.finish == "length":
        return "truncated"
    if item.answer.windows:
        return ""  # its windows are looked at one by one
    if repetition(item.answer.text):
        return "repetition"
    return "too long" if len(words(item.answer.text)) > settings.max_words else ""


def _rationale_fault(item: Judged, sample: Sample, settings: SelectConfig) -> str:
    """What is wrong with an explanation of a label that was shown, or ""."""
    text = item.answer.text
    if (fault := _fault(item, settings)) or item.answer.windows:
        return fault
    if leak(text, sample):
        return "leak"
    if parrot(text, sample):
        return "parrot"
    if not settings.label_first and label_first(text, sample, item.answer.frames.clip):
        return "label first"
    return "too short" if len(words(text)) < settings.min_words else ""


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


def tally(decisions: Iterable[Decision]) -> tuple[Ledger, dict[str, int]]:
    """Where every sample went; and why right answers were not kept, by reason."""
    dropped: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    total = kept = 0
    for decision in decisions:
        total += 1
        kept += bool(decision.kept)
        rejected.update(decision.rejected)
        if not decision.kept:
            dropped[decision.dropped] += 1
    return Ledger(total, kept, dict(sorted(dropped.items()))), dict(sorted(rejected.items()))
