"""From several readings of an answer to the one that it commits to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from typing import Literal, NamedTuple

from videostar.labels._commit import cues
from videostar.labels._negation import ASSERTED, HEDGED, statuses
from videostar.labels._scan import Scan

FINAL, LAST_WORD, CONCLUDED, BOLD, EDGE = 20.0, 5.0, 6.0, 2.0, 1.0

_MOST_READINGS = 500


class Reading(NamedTuple):
    """One thing that an answer may commit to, at tokens first..last (last excluded).

    guessed: left open by its own wording. denies: a name that itself says no, such as the option "not running".
    """

    value: Hashable
    first: int
    last: int
    weight: float = 0.0
    guessed: bool = False
    denies: bool = False


class Settled(NamedTuple):
    """state: `one` (value holds), `several` (conflicting commitments), `guessed`, `denied` or `nothing`."""

    state: Literal["one", "several", "guessed", "denied", "nothing"]
    readings: tuple[Reading, ...] = ()

    def span(self, scan: Scan) -> tuple[int, int] | None:
        """The characters that decided."""
        if not self.readings:
            return None
        return scan.starts[self.readings[-1].first], scan.ends[self.readings[-1].last - 1]


NOTHING = Settled("nothing")


def settle(scan: Scan, readings: Sequence[Reading], ignore_status: bool = False, together: bool = False) -> Settled:
    """What a text commits to among its readings: corrections, cues, conclusions and negation decide.

    ignore_status: readings carry their own denial. together: several readings make up one answer.
    """
    if not readings:
        return NOTHING
    readings = readings[-_MOST_READINGS:]
    marks = statuses(scan)
    asserted = [r for r in readings if not r.guessed and (ignore_status or r.denies or marks[r.first] == ASSERTED)]
    if not asserted:
        guessed = [r for r in readings if r.guessed or marks[r.first] == HEDGED]
        return Settled("guessed", tuple(guessed)) if guessed else Settled("denied", tuple(readings))
    taken_back = cues(scan).retraction
    if taken_back and all(r.first < taken_back[-1] for r in asserted):
        return Settled("denied", tuple(asserted))
    if len({r.value for r in asserted}) == 1:
        return Settled("one", tuple(asserted))
    if together:
        return Settled("several", tuple(_after_correction(scan, asserted)))
    top = _heaviest(scan, _after_correction(scan, asserted))
    return Settled("one" if len({r.value for r in top}) == 1 else "several", tuple(top))


def _after_correction(scan: Scan, readings: list[Reading]) -> list[Reading]:
    for at in reversed(cues(scan).correction):
        later = [r for r in readings if r.first >= at]
        if later:
            return later
    return readings


def _heaviest(scan: Scan, readings: list[Reading]) -> list[Reading]:
    support: dict[Hashable, float] = {}
    times: dict[Hashable, int] = {}
    for reading in readings:
        weight = reading.weight + place_weight(scan, reading.first, reading.last)
        support[reading.value] = max(weight, support.get(reading.value, weight))
        times[reading.value] = times.get(reading.value, 0) + 1
    for value, count in times.items():
        support[value] += 0.5 * min(count - 1, 3)
    best = max(support.values())
    top = [r for r in readings if support[r.value] >= best - 0.25]
    return _after_contrast(scan, top)


def _after_contrast(scan: Scan, readings: list[Reading]) -> list[Reading]:
    """`it looks like X, but it is Y`: the later one counts."""
    if len({r.value for r in readings}) == 1:
        return readings
    for at in reversed(cues(scan).contrast):
        later = [r for r in readings if r.first >= at]
        if later and len(later) < len(readings):
            return later
    return readings


def place_weight(scan: Scan, first: int, last: int) -> float:
    """How much the place of a reading says that it is the answer."""
    weight, words = 0.0, scan.words
    found = cues(scan)
    if found.final:
        order = bisect_right(found.final, first)
        if order and not _sentence_ends_between(scan, found.final[order - 1], first):
            weight += (
                FINAL
                + 6.0 * found.rank[order - 1]
                + (LAST_WORD if "final" in words[max(0, found.final[order - 1] - 2) : found.final[order - 1]] else 0.0)
            )
    if found.conclusion:
        order = bisect_right(found.conclusion, first)
        if order and not _sentence_ends_between(scan, found.conclusion[order - 1], first):
            weight += CONCLUDED
    if first >= 2 and words[first - 1] == "*" == words[first - 2] and last < len(words) and "*" in words[last : last + 2]:
        weight += BOLD
    if _is_background(words, first):
        weight -= 2.0
    sentences = scan.sentences
    if sentences and (first >= sentences[-1][0] or first < sentences[0][1]):
        weight += EDGE
    return weight


def _is_background(words: list[str], first: int) -> bool:
    """Whether a reading stands in a clause of circumstance: `while a woman does yoga`."""
    for index in range(first - 1, max(-1, first - 13), -1):
        word = words[index]
        if word in ("while", "whereas", "before", "after", "when", "background", "though", "although"):
            return words[index + 1] not in ("that", "this", "which")
        if word in (".", "!", "?", "\n", ";", ","):
            return False
    return False


_REASONS = frozenset("because since given considering although though despite whereas".split())


def _sentence_ends_between(scan: Scan, first: int, last: int) -> bool:
    """Whether a sentence ends between two tokens; line breaks and marks right after `first` do not count."""
    words = scan.words
    index = first
    while index < last and not words[index][0].isalnum():
        index += 1
    for at in range(index, last):
        if words[at] in (".", "!", "?", "\n") and not _inside_name(scan, at):
            return True
        if words[at] == "," and words[at + 1] in _REASONS:
            return True
    return False


def _inside_name(scan: Scan, index: int) -> bool:
    return scan.glued(index) and scan.glued(index + 1)


def agreed(found: Sequence[Settled]) -> Settled:
    """What several marked places say together: the same, or a conflict."""
    said = [settled for settled in found if settled.state != "nothing"]
    if not said:
        return NOTHING
    if len(said) > 1 and len({reading.value for settled in said for reading in settled.readings}) > 1:
        return Settled("several", tuple(reading for settled in said for reading in settled.readings))
    return said[-1]


_PLAIN_WORDS = frozenset("clear simple obvious easy evident straightforward not as in based that hard difficult".split())


def concluded_elsewhere(scan: Scan, settled: Settled, closed: bool) -> str:
    """What the answer names as its answer, `The answer is: a drop shot`, where that is none of the names that it mentions elsewhere.

    closed: the names are all that there are. Then a name counts from the sentence of the conclusion on; else it may stand
    a little before, as the subject of what is concluded.
    """
    for at in reversed(cues(scan).final):
        if not (scan.words[at - 1] == ":" or scan.words[at : at + 1] == [":"] or "answer" in scan.words[max(0, at - 3) : at]):
            continue
        opening, last = next(((one, two) for one, two in scan.sentences if two > at), (at, at))
        first = max(at, opening)
        said = [word for word in scan.words[first:last] if word[0].isalnum()]
        if not said or len(said) > 6 or said[0] in _PLAIN_WORDS:
            continue
        if any((opening <= reading.first) if closed else (first - 12 <= reading.first < last) for reading in settled.readings):
            return ""
        return scan.text[scan.starts[first] : scan.ends[last - 1]].strip(" :*\"'")
    return ""
