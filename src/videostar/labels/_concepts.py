"""Everyday words that say the same about what is seen, as one concept: rising is going up, growing is getting bigger.

A small closed vocabulary of directions, changes, speeds, order and common actions; every other word stands for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from videostar.labels._normalize import is_filler, stem
from videostar.labels._scan import SENTENCE_ENDS, Phrasebook, Scan, scanned

SIMULTANEOUS = "simultaneous"
_WORDS = """
    up: upward upwards rise ascend skyward | down: downward downwards descend fall sink | left: leftward leftwards |
    right: rightward rightwards | forward: forwards ahead onward | backward: backwards reverse | toward: towards approach closer nearer |
    away: recede retreat depart | clockwise | counterclockwise: anticlockwise | grow: enlarge expand swell increase bigger larger growth |
    shrink: smaller decrease diminish contract dwindle | bright: brighter brighten brightness lighter lighten |
    dark: darker darken dim dimmer |
    same: constant unchanged remain stay maintain | still: stationary motionless static unmoving | fast: faster quick quickly rapid rapidly
    swift swiftly fastest quicker | slow: slower slowly slowest | normal: regular ordinary usual | timelapse | slowmotion |
    appear: emerge materialize appearance | disappear: vanish disappearance | open: unfold | close: shut closed | melt: thaw liquefy |
    freeze: frozen | bloom: blossom | wilt: wither droop | revive: recover revival | collapse: crumble | explode: burst explosion |
    construct: build assemble construction built | demolish: destroy dismantle demolition | rotate: spin revolve twirl whirl rotation |
    run: jog sprint | walk: stroll | eat: consume munch | drink: sip | buy: purchase | sleep: nap doze | talk: speak chat |
    throw: toss hurl | hold: grip grasp | smile: grin | cut: slice chop | begin: start | stop: halt | empty: drain drained | child: kid |
    car: vehicle automobile | cook: cooking | jump: leap hop | ride: cycle biking | dance: dancing | photograph: picture | wipe: wiping |
    simultaneous: simultaneously concurrently concurrent
    """
_PHRASES = {
    "up": "{going, goes, go, moving, moves, move, floating, flying} up | gets up | lifts off",
    "down": "{going, goes, go, moving, moves, move, coming, comes} down | drops down",
    "left": "{his, her, their, the} left | {toward, towards} the left | left side",
    "right": "{his, her, their, the} right | {toward, towards} the right | right side",
    "forward": "straight ahead | ahead",
    "toward": "closer to | nearer to | gets closer | getting closer",
    "clockwise": "clockwise | clock wise",
    "counterclockwise": "counter clockwise | counter - clockwise | anti - clockwise | anti clockwise",
    "grow": """{gets, getting, become, becomes, becoming, grows, growing, grow} {bigger, larger, taller, in size} |
            increases in size | increasing in size""",
    "shrink": "{gets, getting, become, becomes, becoming, grows, growing} smaller | decreases in size | decreasing in size",
    "bright": """{gets, getting, become, becomes, becoming, turns, turning, growing} {brighter, lighter} |
            lightening up | lightens up | brightens up""",
    "dark": "{gets, getting, become, becomes, becoming, turns, turning, growing} {darker, dimmer}",
    "same": "{does not, doesn't, do not, not} change | the same",
    "still": "in place | standing still | stays still | staying still | remains still | not moving | does not move | doesn't move",
    "slowmotion": "slow motion | slow - motion | slowed down | slow - mo | in slow mo",
    "timelapse": "time lapse | time - lapse | timelapse | sped up | speeded up | fast forward | fast - forward | fast motion | accelerated",
    "normal": "real time | real - time",
    "fast": "high speed | at speed | fast - paced | fast paced | at a fast speed",
    "zoomin": "{zoom, zooms, zooming, zoomed} {in, into}",
    "zoomout": "{zoom, zooms, zooming, zoomed} out",
    "disappear": "{fades, fading, fade} {away, out} | goes away",
    "appear": "{fades, fading, fade} in | comes into view | come into view | coming into view",
    "collapse": "{falls, falling, fall} down",
    "demolish": "{torn, tearing, tears, knocked} down",
    "apart": "{falls, falling, breaks, breaking, comes, coming} apart",
    "turnon": "{turns, turn, turning, turned, switches, switching, switched} on",
    "turnoff": "{turns, turn, turning, turned, switches, switching, switched} off",
    SIMULTANEOUS: "at the same time | same time | at once",
    "": "appears to | appear to | appearing to | close - up | close up | {is, are, being, can be} {seen, shown}",
}
CONCEPTS: Mapping[str, str] = MappingProxyType(
    {
        stem(word): name
        for line in " ".join(_WORDS.split()).split("|")
        for name, _, words in [line.strip().partition(":")]
        for word in [name, *words.split()]
    }
)
_BOOK = Phrasebook(_PHRASES)
_EMPTY = frozenset(
    "video showcase capture person man woman girl boy people scene viewer footage clip feature begin start show see seen shown then "
    "first finally also while before after both event happen follow gradually from into side".split()
)
_HOLLOW = frozenset(stem(word) for word in _EMPTY)


_CHANGING = frozenset(stem(word) for word in "change turn become transform morph shift go".split())


class Concept(NamedTuple):
    """What the words from token `at` on say, as one concept."""

    name: str
    at: int


def concepts(scan: Scan, fold: bool = True) -> list[Concept]:
    """The concepts of a text from left to right; without `fold` every word stands for itself."""
    covered: dict[int, tuple[int, str]] = {}
    if fold:
        covered = {phrase.first: (phrase.last, phrase.tag) for phrase in _BOOK.find(scan.words)}
    found: list[Concept] = []
    free = 0
    for index, (word, base) in enumerate(zip(scan.words, scan.stems, strict=True)):
        if index < free:
            continue
        if index in covered:
            free, name = covered[index]
            found.extend([Concept(name, index)] if name else [])
        elif not is_filler(word) and base not in _HOLLOW:
            found.append(Concept(CONCEPTS.get(base, base) if fold else base, index))
    return found


def courses(scan: Scan, found: list[Concept]) -> list[Concept]:
    """`red>green` for each `from red to green`, `red into green`: where something goes, what it turns into."""
    made: list[Concept] = []
    for place, (one, other) in enumerate(pairwise(found)):
        between = scan.words[one.at + 1 : other.at]
        if len(between) > 4 or {"to", "into"}.isdisjoint(between) or not SENTENCE_ENDS.isdisjoint(between):
            continue
        made.append(Concept(f"{one.name}>{other.name}", other.at))
        after = found[place + 2] if place + 2 < len(found) else other
        if after.at == other.at + 1:
            made.append(Concept(f"{one.name}>{after.name}", after.at))
    return made


@lru_cache(maxsize=65_536)
def concept_set(text: str, fold: bool = True) -> frozenset[str]:
    """The concepts of a short text; a course in place of its two ends."""
    scan = scanned(text)
    found = concepts(scan, fold)
    names = {concept.name for concept in found}
    if "from" in scan.words or len(scan.words) <= 4:
        for course in courses(scan, found):
            names = (names - set(course.name.split(">")) - _CHANGING) | {course.name}
    return frozenset(names)
