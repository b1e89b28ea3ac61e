"""What a text says about a clip, read back from the wordings that the lessons teach: what a description states can be checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from videostar.playground.scene import COLOURS
from videostar.playground.worlds.language import DOING, END, FACING, IDLE, KNEES, OPENING, POSITION, SPLASH, TILT, TREMOR, TURNING, TURNS
from videostar.playground.worlds.procedures import SHAPES

_THING = rf"({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})"
_ACTS = tuple(
    (phase, re.compile(re.escape(wording).replace(re.escape("{}"), "(left|right)" if phase == "carry" else _THING)))
    for phase, wordings in DOING.items()
    for wording in wordings
)
_COUNTS = {str(number): (words, f"{number} half turn") for number, words in enumerate(TURNS, 1)}
_DIVE: Mapping[str, Mapping[str, Sequence[str]]] = {
    "colour": {colour: (f"diver in {colour}",) for colour in COLOURS},
    "facing": FACING,
    "turning": TURNING,
    "half turns": _COUNTS,
    "position": POSITION,
    "opening": {str(late): wordings for late, wordings in OPENING.items()},
    "knees": {str(bent): wordings for bent, wordings in KNEES.items()},
    "end": {str(first): wordings for first, wordings in END.items()},
    "tilt": TILT,
    "splash": {str(big): wordings for big, wordings in SPLASH.items()},
}

_MANNER: Mapping[str, Mapping[str, Sequence[str]]] = {
    fact: {value: tuple(one.lower() for one in wordings) for value, wordings in words.items()}
    for fact, words in (("tremor", TREMOR), ("waiting", IDLE))
}


def stated(text: str, phrases: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
    """Fact -> value, for the facts of which the text names one value and no other."""
    plain = f" {' '.join(re.sub(r'[.,;]', ' ', text.lower()).split())} "
    found = {
        fact: [value for value, wordings in values.items() if any(re.search(rf" {re.escape(one)}s? ", plain) for one in wordings)]
        for fact, values in phrases.items()
    }
    return {fact: values[0] for fact, values in found.items() if len(values) == 1}


def checked(true: Mapping[str, str], told: Mapping[str, str]) -> dict[str, bool]:
    """For each true fact whether the same was told."""
    return {fact: told.get(fact) == value for fact, value in true.items()}


def stated_of_dive(text: str) -> dict[str, str]:
    """What a text says about a dive, by the names of the facts of the dives' lesson."""
    return stated(text, _DIVE)


def stated_of_procedure(text: str) -> dict[str, str]:
    """What a text says about a procedure: "steps", "things" and "side" in their order of mention, "tremor" and "waiting"."""
    plain = text.lower()
    acts = sorted((match.start(), phase, match.groups()) for phase, pattern in _ACTS for match in pattern.finditer(plain))
    told = {
        "steps": ", ".join(phase for _, phase, _ in acts),
        "things": ", ".join(" ".join(groups) for _, phase, groups in acts if phase != "carry" and groups),
        "side": ", ".join(groups[0] for _, phase, groups in acts if phase == "carry"),
    }
    return told | stated(plain, _MANNER)
