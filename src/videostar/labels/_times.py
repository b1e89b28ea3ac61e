"""Moments and spans of time as models write them, in seconds from the start of the clip."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from videostar.labels._numbers import Number, numbers
from videostar.labels._scan import Phrasebook, Scan


class Moment(NamedTuple):
    """A time at tokens first..last (last excluded), in seconds.

    form: "unit" (4.2 s), "clock" (01:04), "share" (35 %, halfway), "word" (the beginning), "bare" (4.2).
    """

    seconds: float
    first: int
    last: int
    form: str


class Span(NamedTuple):
    """A stretch of time at tokens first..last (last excluded), in seconds. strength: how surely it is meant as one."""

    start: float
    end: float
    first: int
    last: int
    strength: float


_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sec.", "seconde", "segundos"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 0.001),
}
_WORDS = Phrasebook(
    {
        "0": """
            the beginning | the very beginning | the start | the very start | beginning of the | start of the | very beginning |
            the outset | the first frame | the opening | immediately | right away | straight away
            """,
        "0.5": """
            halfway | half way | midway | the middle | the midpoint | the mid point | mid-way | the half
            """,
        "1": """
            the end | the very end | end of the | very end | the last frame | the final frame | its end | the conclusion of |
            the {video, clip} ends
            """,
    }
)  # fmt: skip
_FOREIGN = frozenset("frame frames step steps option class fps person people take number no # scene clip video shot part phase".split())


def moments(scan: Scan, first: int, last: int, duration_seconds: float | None) -> list[Moment]:
    """Times at tokens first..last from left to right. Shares of the clip need its duration and are left out without."""
    found: list[Moment] = []
    taken = first
    read = numbers(scan, first, last)
    for place, number in enumerate(read):
        if number.first < taken:
            continue
        moment = _timed(scan, read, place, duration_seconds)
        if moment:
            found.append(moment)
            taken = moment.last
    found.extend(_clocks(scan, first, last))
    found.extend(_articles(scan.words, first, last))
    found.extend(_words(scan, first, last, duration_seconds))
    found.sort(key=lambda moment: (moment.first, -moment.last))
    return [_from_end(scan, moment, duration_seconds) for moment in _disjoint(found)]


def _disjoint(found: list[Moment]) -> list[Moment]:
    kept: list[Moment] = []
    for moment in found:
        if not kept or moment.first >= kept[-1].last:
            kept.append(moment)
    return kept


def _timed(scan: Scan, read: list[Number], place: int, duration: float | None) -> Moment | None:
    """One number with what makes it a time, or bare; None when it is something else (`step 2`, `frame 8`)."""
    number, words = read[place], scan.words
    if number.percent:
        return None if duration is None else Moment(number.value / 100 * duration, number.first, number.last, "share")
    unit_at = _unit_at(words, number.last)
    if unit_at is not None:
        return _with_smaller_units(scan, read, place, unit_at)
    if _is_share(words, number):
        return None if duration is None else Moment(number.value * duration, number.first, number.last, "share")
    before = words[number.first - 1] if number.first else ""
    after = words[number.last] if number.last < len(words) else ""
    return None if _is_other(words, number, before, after) else Moment(number.value, number.first, number.last, "bare")


def _is_other(words: list[str], number: Number, before: str, after: str) -> bool:
    """Whether a bare number is a step, a frame, an ordinal, a count: anything but a time."""
    if number.ordinal and after not in ("to", "and", "until", "-", "through"):
        return True
    if after == "-" and number.last + 1 < len(words) and words[number.last + 1] in _FOREIGN:
        return True
    return before in _FOREIGN or after in _FOREIGN or number.out_of is not None or number.written == "times"


def _unit_at(words: list[str], at: int) -> int | None:
    """The token of a unit of time at `at`, past a hyphen, "a" or "of a" (`half a minute`)."""
    for skipped in ((), ("-",), ("a",), ("of", "a")):
        place = at + len(skipped)
        if tuple(words[at:place]) == skipped and place < len(words) and words[place] in _SECONDS:
            return place
    return None


def _with_smaller_units(scan: Scan, read: list[Number], place: int, unit_at: int) -> Moment:
    """`1 minute and 5 seconds`, `1m05s`: add the smaller units that follow at once."""
    words = scan.words
    number = read[place]
    unit = _SECONDS[words[unit_at]]
    seconds, last = number.value * unit, unit_at + 1
    if words[last : last + 3] == ["and", "a", "half"]:
        return Moment(seconds + unit / 2, number.first, last + 3, "unit")
    for later in read[place + 1 : place + 3]:
        if any(word not in ("and", ",") for word in words[last : later.first]) or later.first - last > 2:
            break
        later_unit = _unit_at(words, later.last)
        if unit == 60.0 and later.first == last and later_unit is None and later.value < 60 and later.written == "words":
            return Moment(seconds + later.value, number.first, later.last, "unit")
        if later_unit is None or _SECONDS[words[later_unit]] >= unit:
            break
        unit = _SECONDS[words[later_unit]]
        seconds, last = seconds + later.value * unit, later_unit + 1
    return Moment(seconds, number.first, last, "unit")


def _is_share(words: list[str], number: Number) -> bool:
    """`one third of the way`, `three quarters into the clip`."""
    if not 0 < number.value < 1 or number.written != "words":
        return False
    return words[number.last : number.last + 1] in (["of"], ["into"], ["through"], ["way"])


def _clocks(scan: Scan, first: int, last: int) -> list[Moment]:
    found: list[Moment] = []
    for index in range(first, last):
        word = scan.words[index]
        if ":" in word and word != ":":
            seconds = clock_seconds(word)
            if seconds is not None:
                unit = index + 1 < last and scan.words[index + 1] in ("s", "sec", "min", "minutes", "mins")
                found.append(Moment(seconds, index, index + (2 if unit else 1), "clock"))
    return found


def _articles(words: list[str], first: int, last: int) -> list[Moment]:
    """`a minute`, `an hour and a half`, the minute of `the first minute`."""
    found: list[Moment] = []
    for index in range(first, last - 1):
        if words[index + 1] not in ("minute", "hour"):
            continue
        unit = _SECONDS[words[index + 1]]
        if words[index] in ("a", "an"):
            half = words[index + 2 : index + 5] == ["and", "a", "half"]
            found.append(Moment(unit * (1.5 if half else 1.0), index, index + (5 if half else 2), "unit"))
        elif words[index] in ("first", "last", "opening", "final"):
            found.append(Moment(unit, index + 1, index + 2, "unit"))
    return found


def clock_seconds(word: str) -> float | None:
    """`mm:ss` or `hh:mm:ss`, each with a fraction; None when it is not one."""
    parts = word.replace(",", ".").split(":")
    if not 2 <= len(parts) <= 3 or len(word) > 20:
        return None
    try:
        values = [float(part) for part in parts]
    except ValueError:
        return None
    if any(value >= 60 for value in values[1:]):
        return None
    seconds = 0.0
    for value in values:
        seconds = seconds * 60 + value
    return seconds


def _words(scan: Scan, first: int, last: int, duration: float | None) -> list[Moment]:
    found: list[Moment] = []
    for phrase in _WORDS.find(scan.words[first:last]):
        share = float(phrase.tag)
        if share and duration is None:
            continue
        found.append(Moment(share * (duration or 0.0), first + phrase.first, first + phrase.last, "word"))
    return found


def _from_end(scan: Scan, moment: Moment, duration: float | None) -> Moment:
    """`5 seconds before the end`, `5 seconds from the end`."""
    tail = scan.words[moment.last : moment.last + 3]
    if duration is not None and moment.form == "unit" and tail in (["before", "the", "end"], ["from", "the", "end"]):
        return moment._replace(seconds=duration - moment.seconds, last=moment.last + 3)
    return moment


_JOINS = {
    tuple(words.split()): strength
    for strength, phrases in (
        (3.0, "-|to|until|till|through|>|up to|- >|- -|all the way to|through to|to second|- - >|~|to at|until at|to the|until the|thru"),
        (3.0, "to about|to around|to approximately|to roughly|until about|until around|until approximately|until roughly|till about"),
        (4.0, "and ends at"),
        (0.5, ",|and|and the|and about|and around|and approximately"),
    )
    for words in phrases.split("|")
}
_MARKS = frozenset("*\"'`$_{}")
_STARTS = frozenset("start starts started starting begin begins began beginning onset start_time starts_at from since".split())
_ENDS = frozenset(
    "end ends ended ending finish finishes finished finishing stop stops stopped stopping until till conclude concludes end_time to".split()
)
_LASTS = frozenset("for lasting lasts lasted duration continues continuing lasting".split())
_WHOLE = Phrasebook(
    {
        "0 0.5": "first half | opening half",
        "0.5 1": "second half | {last, latter, final} half",
        "0 0.3333333": "first third",
        "0.3333333 0.6666667": "{middle, second} third",
        "0.6666667 1": "{last, final} third",
        "0 0.25": "first quarter",
        "0.75 1": "{last, final} quarter",
        "0 1": """
            {the entire, the whole, entire, whole, the full, throughout the, the complete}
            {video, clip, duration, footage, recording, sequence} |
            throughout | from start to finish | from beginning to end | from start to end | the {whole, entire} time
            """,
    }
)  # fmt: skip


def spans(scan: Scan, first: int, last: int, duration_seconds: float | None) -> list[Span]:
    """Stretches of time at tokens first..last, whatever their wording."""
    found: list[Span] = []
    times = moments(scan, first, last, duration_seconds)
    for one, other in pairwise(times):
        span = _joined(scan, one, other, duration_seconds)
        if span and not (found and span.first < found[-1].last):
            found.append(span)
    for time in times:
        edge = _edge(scan, time, duration_seconds)
        if edge and not any(span.first < edge.last and edge.first < span.last for span in found):
            found.append(edge)
    if not found and len(times) == 2 and _are_ends(scan, times[0], times[1]):
        pair = _ordered(times[0].seconds, times[1].seconds, times[0].first, times[1].last, 0.5)
        found.extend([pair] if pair else [])
    if not found and duration_seconds is not None:
        found.extend(_worded(scan, first, last, duration_seconds))
    return sorted(found, key=lambda span: span.first)


def _are_ends(scan: Scan, one: Moment, other: Moment) -> bool:
    """Whether the only two times of a text are a start and an end: `4, 9`, `sits down at 4 s and gets up at 9 s`."""
    if scan.words[one.last : other.first] in ([","], ["and"], [";"]):
        return True
    return all(time.form != "word" and "at" in scan.words[max(0, time.first - 3) : time.first] for time in (one, other))


def _worded(scan: Scan, first: int, last: int, duration: float) -> list[Span]:
    """`throughout the clip`, `the first half`."""
    found: list[Span] = []
    for phrase in _WHOLE.find(scan.words[first:last]):
        start, end = (float(share) for share in phrase.tag.split())
        found.append(Span(start * duration, end * duration, first + phrase.first, first + phrase.last, 2.0))
    return found


def _joined(scan: Scan, one: Moment, other: Moment, duration: float | None) -> Span | None:
    """Two neighbouring times that are the ends of one stretch."""
    words = scan.words
    between = tuple(word for word in words[one.last : other.first] if word not in _MARKS)
    before = [word for word in words[max(0, one.first - 10) : one.first] if word not in _MARKS][-4:]
    if between and between[-1] in ("s", "sec"):
        return None
    start = _same_unit(words, one, other, duration)
    strength = _JOINS.get(between)
    if strength is None:
        return _named_ends(words, one, other, start, before, between)
    if strength < 1.0:
        bracketed = before[-1:] in (["["], ["("]) and other.last < len(words) and words[other.last] in "])"
        if not ("between" in before or bracketed or (between[0] == "and" and "from" in before)):
            return None
        strength = 3.0
    if one.form == "word" and other.form == "word" and one.seconds == other.seconds:
        return None
    if "from" in before or "between" in before:
        strength += 1.0
    return _ordered(start, other.seconds, one.first, other.last, strength)


def _ordered(start: float, end: float, first: int, last: int, strength: float) -> Span | None:
    if end <= start:
        return None
    return Span(start, end, first, last, strength)


def _same_unit(words: list[str], one: Moment, other: Moment, duration: float | None) -> float:
    """The first time in the unit that only the second one carries: `1 to 2 minutes`, `10-35 %`."""
    if one.form != "bare":
        return one.seconds
    if other.form == "share" and duration is not None and "%" in words[other.first : other.last]:
        return one.seconds / 100 * duration
    if other.form == "unit" and words[other.last - 1] in _SECONDS:
        return one.seconds * _SECONDS[words[other.last - 1]]
    return one.seconds


def _named_ends(words: list[str], one: Moment, other: Moment, start: float, before: list[str], between: tuple[str, ...]) -> Span | None:
    """`starts at 1.2 and ends at 3.4`, `from 1.2 for 2 seconds`, `{"start": 1.2, "end": 3.4}`."""
    if len(between) > 25:
        return None
    between = tuple(word for word in between if word.isalnum())
    nearest, begins = between[-5:], _STARTS & {*before, *between[:4], *words[max(0, one.first - 6) : one.first]}
    if other.form in ("unit", "bare") and _LASTS & set(nearest[-3:]) and nearest[-1] not in _ENDS and (begins or "at" in before):
        return _ordered(start, start + other.seconds, one.first, other.last, 3.0)
    if _LASTS & set(before) and other.form in ("unit", "bare", "clock") and _STARTS & set(nearest[-3:]):
        return _ordered(other.seconds, other.seconds + one.seconds, one.first, other.last, 3.0)
    if begins and _ENDS & set(nearest):
        return _ordered(start, other.seconds, one.first, other.last, 4.0)
    return None


def _edge(scan: Scan, time: Moment, duration: float | None) -> Span | None:
    """`the first 5 seconds`, `the last 5 seconds`, `until 0:12`."""
    before = scan.words[max(0, time.first - 2) : time.first]
    goes_on = scan.words[time.last : time.last + 1] in (["onwards"], ["onward"], ["on"])
    if goes_on and duration is not None and not {"from", "starting"}.isdisjoint(before):
        return _ordered(time.seconds, duration, time.first, time.last + 1, 2.0)
    if time.form != "unit" or not before:
        return None
    if scan.words[time.first] == "first":
        return Span(0.0, time.seconds, time.first, time.last, 2.0)
    if before[-1] in ("first", "opening", "initial"):
        return Span(0.0, time.seconds, time.first - 1, time.last, 2.0)
    if before[-1] in ("last", "final", "closing") and duration is not None:
        return Span(max(0.0, duration - time.seconds), duration, time.first - 1, time.last, 2.0)
    return None
