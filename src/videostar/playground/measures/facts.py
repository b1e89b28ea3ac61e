"""What is true of a rendered video, in one form for all worlds: fact -> value, and what happened in order.

It is read from the truth that samples of the worlds carry in their `meta`; nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from videostar.types import Sample

# What a fact is about, in the words that results are grouped by.
KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "moves": {
            "colour": "colour",
            "shape": "shape",
            "path": "direction",
            "turning": "direction",
            "speed": "speed",
            "size": "size change",
            "count": "count",
        },
        "dives": {
            "colour": "colour",
            "facing": "direction",
            "turning": "direction",
            "half turns": "count",
            "position": "position",
            "opening": "fault",
            "knees": "fault",
            "tilt": "fault",
            "splash": "fault",
            "end": "phase",
        },
        "procedures": {
            "phase": "phase",
            "landing": "phase",
            "thing": "colour and shape",
            "side": "direction",
            "order": "order",
            "tremor": "fault",
            "waiting": "fault",
            "dropped": "fault",
            "count": "count",
        },
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is done: a phase, what it is done to, and where that goes; None for what is not said."""

    phase: str
    thing: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """All that statements about one video are checked against. world: a name of `KINDS`. events: of procedures, in order.

    facts: fact -> value; what is missing is not known, and statements about it are not checked.
    """

    world: str
    facts: Mapping[str, str]
    events: Sequence[Event] = ()


def truth_of(sample: Sample) -> Truth:
    """The truth of a sample of a rendered world. Raises ValueError for any other."""
    return truth_from_json(sample.source, sample.meta)


def truth_from_json(world: str, meta: Mapping[str, Any]) -> Truth:
    """The truth as the worlds write it. Raises ValueError where it is not theirs."""
    if world not in _READ:
        raise ValueError(f"statements can be checked for the worlds {', '.join(_READ)}, not for {world!r}")
    return _READ[world](meta)


def _moves(meta: Mapping[str, Any]) -> Truth:
    named = {"colour": "colour", "shape": "shape", "path": "path", "turning": "turning", "size": "size_change", "speed": "speed"}
    facts = {fact: str(meta[key]) for fact, key in named.items()}
    return Truth("moves", {**facts, "count": str(meta["distractors"])})


def _dives(meta: Mapping[str, Any]) -> Truth:
    faults = meta["faults"]
    return Truth(
        "dives",
        {
            "colour": meta["colour"],
            "facing": meta["facing"],
            "turning": meta["turning"],
            "half turns": str(meta["half_turns"]),
            "position": meta["position"],
            "opening": str("late" in faults),
            "knees": str("knees" in faults),
            "tilt": next((fault for fault in ("over", "under") if fault in faults), "none"),
            "splash": str("splash" in faults),
            "end": "head" if int(meta["half_turns"]) % 2 else "feet",
        },
    )


def _procedures(meta: Mapping[str, Any]) -> Truth:
    items, side = meta["items"], meta.get("carried_to")  # tables of earlier versions do not tell the side
    events = [Event(name, items[item], side if name == "carry" else None) for name, item, *_ in meta["phases"]]
    facts = {"tremor": meta["tremor"], "waiting": meta["idle"], "dropped": str(meta["dropped"]), "count": str(len(items))}
    return Truth("procedures", facts, tuple(events))


_READ = MappingProxyType({"moves": _moves, "dives": _dives, "procedures": _procedures})
