"""Statements against the truth: each is true, false, or about something that the truth does not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from videostar.playground.measures.facts import KINDS, Event, Truth
from videostar.playground.measures.statements import ELSEWHERE, Reading, Statement

STARTS = ("touch", "stir", "grasp")
"""Phases that begin a step: their order is the order of the steps."""
LANDINGS = ("release", "drop")
_SAME, _ONE_DIFFERS, _BOTH_DIFFER = 4, 2, 1


@dataclass(frozen=True, slots=True)
class Checked:
    """One fact that a statement states. kind: of `KINDS`. true: None where the truth does not tell."""

    statement: Statement
    fact: str
    kind: str
    true: bool | None


def check(reading: Reading, truth: Truth) -> list[Checked]:
    """Every fact that is stated, in the order of the text. An act of a procedure states its phase, its thing, its side and its place."""
    acts = [one for one in reading.statements if one.event is not None and not one.denied]
    partners = dict(zip(map(id, acts), _aligned([one.event for one in acts if one.event], truth.events), strict=True))
    steps = sum(one.event is not None and one.event.phase in STARTS for one in acts)
    checked: list[Checked] = []
    for one in reading.statements:
        if one.event is not None and id(one) in partners:
            checked += _act((one, one.event), partners[id(one)], truth, ordered=steps > 1)
        else:
            checked.append(Checked(one, one.fact, KINDS[truth.world].get(one.fact, one.fact), _is_true(one, truth)))
    return checked


def _is_true(one: Statement, truth: Truth) -> bool | None:
    if one.fact == ELSEWHERE:
        return False
    if one.event is not None:  # a denied act
        return not any(_fits(one.event, event) for event in truth.events)
    if one.fact not in truth.facts:
        return None
    return (truth.facts[one.fact] == one.value) != one.denied


def _act(act: tuple[Statement, Event], partner: Event | None, truth: Truth, *, ordered: bool) -> list[Checked]:
    kinds, (one, said) = KINDS[truth.world], act
    known = partner or next((event for event in truth.events if _fits(said, event)), None)
    name = "landing" if said.phase in LANDINGS else "phase"
    found: list[tuple[str, bool | None]] = [(name, known is not None and known.phase == said.phase)]
    if said.thing is not None:
        found.append(("thing", known is not None and known.thing == said.thing))
    if said.side is not None and known is not None:
        # Of an act that never happened there is no side; where it is not known, nothing is claimed about it.
        found.append(("side", None if known.side is None else known.side == said.side))
    if ordered and said.phase in STARTS and known is not None:
        found.append(("order", partner is not None))
    return [Checked(one, fact, kinds[fact], true) for fact, true in found]


def _fits(said: Event, event: Event) -> bool:
    return said.phase == event.phase and said.thing in (None, event.thing)


def _aligned(said: Sequence[Event], true: Sequence[Event]) -> list[Event | None]:
    """For each act that is told its partner among those that happened, both in order; None for one that is out of place or made up."""
    best = [[0] * (len(true) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        for j in range(len(true) - 1, -1, -1):
            alike = _likeness(said[i], true[j], true)
            best[i][j] = max(alike and alike + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    partners: list[Event | None] = []
    i = j = 0
    while i < len(said):
        alike = _likeness(said[i], true[j], true) if j < len(true) else 0
        if alike and best[i][j] == alike + best[i + 1][j + 1]:
            partners.append(true[j])
            i, j = i + 1, j + 1
        elif j < len(true) and best[i][j] == best[i][j + 1]:
            j += 1
        else:
            partners.append(None)
            i += 1
    return partners


def _likeness(said: Event, event: Event, true: Sequence[Event]) -> int:
    if _fits(said, event):
        return _SAME
    if any(_fits(said, other) for other in true):
        return 0  # it did happen, elsewhere: out of place rather than mistaken for this
    return _ONE_DIFFERS if said.phase == event.phase or said.thing == event.thing else _BOTH_DIFFER


def by_fact(checked: Sequence[Checked]) -> Mapping[str, bool | None]:
    """Fact -> whether all that is stated about it is true; None where nothing of it can be told."""
    found: dict[str, bool | None] = {}
    for one in checked:
        before = found.get(one.fact)
        found[one.fact] = one.true if before is None else before and one.true is not False
    return found
