"""One true statement of a text replaced by a false one: for trying the checker, and for asking whether answers hang on what is said.

What is put in is worded as the describers word it or as others would; nothing else of the text changes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import videostar.playground.lessons  # noqa: F401 - first: its parts and the worlds' language import each other
from videostar.playground.language import PACES, SIZES, TURNS, WAYS
from videostar.playground.measures.checking import STARTS, Checked, check
from videostar.playground.measures.facts import Event, Truth
from videostar.playground.measures.statements import read
from videostar.playground.scene import COLOURS, SHAPES
from videostar.playground.worlds import language as told
from videostar.playground.worlds.procedures import SHAPES as THINGS

Wordings = Mapping[str, tuple[str, ...]]
_NAMES = {True: "True", False: "False"}


def _with(words: Mapping[str, Sequence[str]], further: Mapping[str, Sequence[str]]) -> Wordings:
    return MappingProxyType({value: (*wordings, *further.get(value, ())) for value, wordings in words.items()})


def _plain(words: Mapping[bool, Sequence[str]], names: Mapping[bool, str]) -> dict[str, Sequence[str]]:
    return {names[value]: wordings for value, wordings in words.items()}


def _itself(values: Sequence[str]) -> Wordings:
    return MappingProxyType({value: (value,) for value in values})


WORDINGS: Mapping[str, Mapping[str, Wordings]] = MappingProxyType(
    {
        "moves": {
            "colour": _itself(tuple(COLOURS)),
            "shape": _itself(SHAPES),
            "path": _with(
                WAYS,
                {
                    "right": ("heads rightwards", "drifts towards the right side"),
                    "left": ("heads leftwards", "drifts towards the left side"),
                    "up": ("climbs", "heads upwards"),
                    "down": ("sinks", "heads downwards"),
                    "still": ("remains motionless", "never moves"),
                    "round": ("goes around in circles", "travels in a circle"),
                    "zigzag": ("travels along a zigzag", "zig-zags"),
                    "back and forth": ("travels to and fro", "goes from side to side"),
                },
            ),
            "turning": _with(
                TURNS,
                {
                    "none": ("does not rotate at all",),
                    "clockwise": ("is rotating clockwise",),
                    "counter-clockwise": ("spins anti-clockwise", "revolves counterclockwise"),
                },
            ),
            "size": _with(
                SIZES,
                {
                    "same": ("neither grows nor shrinks", "keeps the same size"),
                    "grows": ("expands",),
                    "shrinks": ("contracts", "gets ever smaller"),
                },
            ),
            "speed": _with(PACES, {"slow": ("unhurriedly", "at low speed"), "fast": ("swiftly", "at high speed")}),
        },
        "dives": {
            "colour": _itself(tuple(COLOURS)),
            "facing": _with(told.FACING, {"water": ("is turned towards the water",), "platform": ("stands with the back to the water",)}),
            "turning": _with(told.TURNING, {}),
            "half turns": MappingProxyType(
                {
                    str(count): (words, f"{count} half turn{'s' * (count > 1)}", f"{count} half somersault{'s' * (count > 1)}")
                    for count, words in enumerate(told.TURNS, 1)
                }
            ),
            "position": _with(
                told.POSITION, {"tuck": ("tucked up",), "pike": ("folded at the waist",), "straight": ("with the body kept straight",)}
            ),
            "opening": _with(_plain(told.OPENING, _NAMES), {"True": ("unfolds too late",), "False": ("comes out on time",)}),
            "knees": _with(_plain(told.KNEES, _NAMES), {}),
            "end": _with(_plain(told.END, {True: "head", False: "feet"}), {"head": ("head-first",), "feet": ("with its feet first",)}),
            "tilt": _with(
                {value or "none": wordings for value, wordings in told.TILT.items()},
                {"none": ("vertically",), "over": ("over-rotated",), "under": ("under-rotated",)},
            ),
            "splash": _with(_plain(told.SPLASH, _NAMES), {"True": ("a huge splash",), "False": ("barely any splash",)}),
        },
        "procedures": {
            "tremor": _with(
                told.TREMOR,
                {"none": ("The hand is calm",), "slight": ("The hand trembles slightly",), "strong": ("The hand trembles badly",)},
            ),
            "waiting": _with(
                told.IDLE, {"none": ("it never pauses",), "pause": ("it pauses for a while",), "detour": ("it takes a detour",)}
            ),
        },
    }
)
_ACTS = _with(
    told.DOING,
    {
        "touch": ("pokes the {}",),
        "stir": ("stirs inside the {}",),
        "grasp": ("picks up the {}",),
        "release": ("lays it down",),
        "drop": ("lets it drop",),
    },
)
_INSTEAD = MappingProxyType(
    {"touch": ("stir",), "stir": ("touch",), "grasp": ("touch", "stir"), "release": ("drop",), "drop": ("release",)}
)
_KINDS = tuple(f"{colour} {thing}" for colour in tuple(COLOURS)[:4] for thing in THINGS)


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with something false in it. fact: what is false now. kind: of `facts.KINDS`.

    start: where the texts begin to differ. true_end, end: where the statement ends in the true text, and in this one.
    """

    text: str
    fact: str
    kind: str
    start: int
    true_end: int
    end: int


def plant(text: str, truth: Truth, rng: random.Random, facts: Sequence[str] = ()) -> Planted | None:
    """The text with one true statement, about one of `facts` if any are named, made false; None where there is none that can be."""
    checked = check(read(text, truth.world), truth)
    candidates = [one for one in checked if one.true and not one.statement.denied and (not facts or one.fact in facts)]
    for one in rng.sample(candidates, len(candidates)):
        planted = _swapped(text, one, checked, rng) if one.fact == "order" else _replaced(text, one, truth, rng)
        if planted is not None:
            return planted
    return None


def _replaced(text: str, one: Checked, truth: Truth, rng: random.Random) -> Planted | None:
    said, event = one.statement, one.statement.event
    wordings = _false_acts((one.fact, event), truth) if event is not None else _false_wordings(one, truth)
    if not wordings:
        return None
    new, old = rng.choice(wordings), text[said.start : said.end]
    new = new[0].upper() + new[1:] if old[:1].isupper() else new[0].lower() + new[1:]
    return Planted(text[: said.start] + new + text[said.end :], one.fact, one.kind, said.start, said.end, said.start + len(new))


def _false_wordings(one: Checked, truth: Truth) -> list[str]:
    values = WORDINGS[truth.world].get(one.fact, {})
    drawn = [wording for value, wordings in values.items() if value != truth.facts[one.fact] for wording in wordings]
    # The pace of something that does not move cannot be said.
    return [] if one.fact == "path" and truth.facts.get("speed") == "" else drawn


def _false_acts(said: tuple[str, Event], truth: Truth) -> list[str]:
    """The act with another phase, thing or side, such that nothing of the kind happened."""
    fact, event = said
    if fact == "side":
        return [wording.format("left" if event.side == "right" else "right") for wording in _ACTS["carry"]]
    others = [Event(phase, event.thing) for phase in _INSTEAD.get(event.phase, ())]
    if fact == "thing":
        others = [Event(event.phase, thing) for thing in _KINDS]
    happened = {(one.phase, one.thing) for one in truth.events} | {(one.phase, None) for one in truth.events}
    made_up = [other for other in others if (other.phase, other.thing) not in happened]
    return [wording.format(other.thing) for other in made_up for wording in _ACTS[other.phase] if other.thing or "{}" not in wording]


def _swapped(text: str, one: Checked, checked: Sequence[Checked], rng: random.Random) -> Planted | None:
    """Two steps of one act each in each other's place."""
    steps = [other for other in checked if other.fact == "order" and other.true and _short(other) and other is not one and _short(one)]
    differing = [other for other in steps if other.statement.event != one.statement.event]
    if not differing:
        return None
    first, second = sorted((one.statement, rng.choice(differing).statement), key=lambda said: said.start)
    told_first, told_second = text[first.start : first.end], text[second.start : second.end]
    changed = text[: first.start] + told_second + text[first.end : second.start] + told_first + text[second.end :]
    return Planted(changed, "order", one.kind, first.start, second.end, second.end)


def _short(one: Checked) -> bool:
    event = one.statement.event
    return event is not None and event.phase in STARTS and event.phase != "grasp"
