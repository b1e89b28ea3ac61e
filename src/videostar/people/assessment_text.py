"""An assessment as a person reads it in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from videostar import shown
from videostar.people.assessment import AspectResult, Assessment, FaultResult, Score, number
from videostar.people.moments import clock, span

WIDTH = 100
LONGEST_REASON = 400
_SENTENCE_END = re.compile(r"(?<=[.!?]) ")


def assessment_text(found: Assessment, notes: tuple[str, ...] = ()) -> str:
    """Score, aspects, faults in the order of time, and what to improve."""
    length = "" if found.duration_seconds is None else f" ({clock(found.duration_seconds)})"
    lines = [f"{found.rubric}: {found.video}{length}", f"judged by {found.model}", ""]
    lines += [_score(found), *notes, ""]
    shown_aspects = [item for item in found.aspects if item.shown]
    width = max((len(item.name) for item in shown_aspects), default=0)
    said: set[str] = set()
    for item in shown_aspects:
        lines += _aspect(item, width, said)
    lines += ["", *_faults(found, said)]
    return "\n".join(shown.visible(line) for line in lines)


def told_value(item: AspectResult) -> str:
    """A value with its unit; a dash where nothing was told."""
    if item.value is None:
        return shown.NOTHING
    if isinstance(item.value, list):
        return span(item.value[0], item.value[-1])
    text = number(item.value) if isinstance(item.value, float) else item.value
    return f"{text} {item.unit}".strip()


def told_scale(scale: tuple[float, float] | None) -> str:
    """ "of 1 to 5", or ""."""
    return "" if scale is None else f"of {number(scale[0])} to {number(scale[1])}"


def told_interval(score: Score) -> str:
    """The interval and how often it is meant to hold."""
    kind = "most candidates" if score.interval_percent is None else f"{score.interval_percent} % interval"
    return f"{kind} {number(score.low)} to {number(score.high)}"


def _score(found: Assessment) -> str:
    if found.overall is None:
        return "no overall score: the answers do not tell enough"
    return f"overall {number(found.overall.value)}   {told_interval(found.overall)}\n  ({found.overall.how})"


def _aspect(item: AspectResult, width: int, said: set[str]) -> Iterator[str]:
    agreed = f"({item.agreement} of {item.candidates} agree)" if 0 < item.agreement < item.candidates else ""
    yield "  ".join(part for part in (f"  {item.name:{width}}", told_value(item), told_scale(item.scale), agreed) if part)
    yield from _reason(item, width + 4, said)


def _faults(found: Assessment, said: set[str]) -> Iterator[str]:
    if not found.faults:
        yield "no fault seen"
        return
    yield "faults"
    for fault in found.faults:
        cost = "" if fault.cost is None else f", costs {number(fault.cost)}"
        yield f"  {span(fault.start_seconds, fault.end_seconds)}  {fault.name} (seen by {100 * fault.share:.0f} % of candidates{cost})"
        yield from _reason(fault, 6, said)
    yield "what to improve"
    for line in found.improve:
        yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="      ")


def _reason(item: AspectResult | FaultResult, indent: int, said: set[str]) -> Iterator[str]:
    """The reasons; of sentences that were shown before, which a model likes to repeat, only that there were some."""
    text = unsaid(item.reasons, said)
    note = f" (these reasons come to something else: {shown.one_line(item.otherwise, 60)})" if item.otherwise else ""
    if item.reasons:
        yield from textwrap.wrap(text + note, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def unsaid(reasons: str, said: set[str]) -> str:
    """Reasons on one line without the sentences that were `said` before, which a model likes to repeat; the new ones are said then."""
    sentences = _SENTENCE_END.split(shown.one_line(reasons, LONGEST_REASON))
    new = [sentence for sentence in sentences if sentence and sentence not in said]
    said.update(new)
    return " ".join(new if len(new) == len(sentences) else ["[...]", *new])
