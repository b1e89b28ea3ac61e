"""What is said about dives and procedures in plain words: descriptions in many wordings, and short questions with their answers.

Nothing here uses the worlds' label names, nor the words of what they rate. Facts come in a fixed order, the first wording of a list
is the usual one, and every stretch of text that shows a skill carries that skill's name: see `videostar.playground.language`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from string import Formatter
from types import MappingProxyType
from typing import TypeVar

from videostar.labels.boolean import BooleanLabel
from videostar.labels.count import CountLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.playground.language import DECISIVE, FILLER, USUAL_SHARE, Piece, Pieces
from videostar.playground.lessons.lesson import Known, named_question
from videostar.playground.worlds.dives import FACINGS, POSITIONS, TURNINGS, Dive
from videostar.playground.worlds.drawing import COLOUR_NAMES
from videostar.playground.worlds.procedures import TREMORS, Procedure

DIVE_SKILLS = (
    "colour",
    "facing",
    "turning",
    "half turns",
    "position",
    "opening",
    "knees",
    "end",
    "tilt",
    "splash",
    "take-off time",
    "entry time",
)
PROCEDURE_SKILLS = ("step", "thing", "order", "side", "tremor", "waiting", "count", "time", "yes or no")
TIME_TOLERANCE_SECONDS = 0.25

T = TypeVar("T")
Words = Mapping[str, tuple[str, ...]]
FACING: Words = MappingProxyType(
    {"water": ("faces the water", "looks at the water"), "platform": ("has the back to the water", "faces away from the water")}
)
TURNING: Words = MappingProxyType({"forwards": ("forwards", "to the front"), "backwards": ("backwards", "to the back")})
TURNS = ("half a turn", "one turn", "one and a half turns", "two turns", "two and a half turns", "three turns")
POSITION: Words = MappingProxyType(
    {
        "tuck": ("in a tuck", "curled up like a ball"),
        "pike": ("in a pike", "bent at the hips with straight legs"),
        "straight": ("with a straight body", "stretched out"),
    }
)
OPENING: Mapping[bool, tuple[str, ...]] = MappingProxyType(
    {True: ("opens late", "stays folded too long"), False: ("opens in time", "stretches out early enough")}
)
KNEES: Mapping[bool, tuple[str, ...]] = MappingProxyType(
    {True: ("with bent knees", "with soft knees"), False: ("with straight knees", "with stretched knees")}
)
END: Mapping[bool, tuple[str, ...]] = MappingProxyType({True: ("head first", "with the head first"), False: ("feet first", "on the feet")})
TILT: Words = MappingProxyType(
    {
        "": ("upright", "without leaning"),
        "over": ("leaning because it turned too far", "tipped over too far"),
        "under": ("leaning because it did not turn far enough", "short of the full turn"),
    }
)
SPLASH: Mapping[bool, tuple[str, ...]] = MappingProxyType(
    {True: ("a big splash", "a lot of water flying up"), False: ("a small splash", "hardly any splash")}
)
DIVE_SENTENCES = (
    "A diver in{colour}{facing}. The body{turns}{position}{opening}. It enters the water{end},{tilt} and{knees}, with{splash}.",
    "The diver in{colour}{facing},{turns}{position}{opening}, then enters{end},{tilt},{knees}, with{splash}.",
    "I see a diver in{colour} who{facing}. The diver{turns}{position}{opening}. The water is met{end},{tilt} and{knees}. There is{splash}.",
)
DOING: Words = MappingProxyType(
    {
        "touch": ("touches the {}", "taps the {}"),
        "stir": ("stirs in the {}", "moves around in the {}"),
        "grasp": ("takes the {}", "grips the {}"),
        "carry": ("carries it to the {}", "brings it to the {}"),
        "release": ("sets it down", "puts it down"),
        "drop": ("drops it", "lets it fall"),
    }
)
TREMOR: Words = MappingProxyType(
    {
        "none": ("The hand is steady", "The hand does not shake"),
        "slight": ("The hand shakes a little", "The hand is a little unsteady"),
        "strong": ("The hand shakes a lot", "The hand is very unsteady"),
    }
)
IDLE: Words = MappingProxyType(
    {
        "none": ("it never waits", "it goes on without waiting"),
        "pause": ("it waits once", "it stands still for a while in between"),
        "detour": ("it goes out of its way once", "it makes a needless way in between"),
    }
)
SHAKING = MappingProxyType({"none": "steady", "slight": "a little", "strong": "a lot"})


def describe_dive(dive: Dive, rng: random.Random) -> Pieces:
    """A true description of a dive, its wording drawn from `rng`."""
    truth = dive.truth
    tilt = next((fault for fault in truth.faults if fault in ("over", "under")), "")
    opening = _said(OPENING["late" in truth.faults], "opening", rng)
    facts: Mapping[str, Pieces] = {
        "colour": (Piece(f" {truth.colour}", DECISIVE, "colour"),),
        "facing": (_said(FACING[truth.dive.facing], "facing", rng),),
        "turns": _turns(dive, rng),
        "position": (_said(POSITION[truth.dive.position], "position", rng),),
        "opening": () if truth.dive.position == "straight" else (Piece(" and", FILLER), opening),
        "end": (_said(END[truth.dive.head_first], "end", rng),),
        "tilt": (_said(TILT[tilt], "tilt", rng),),
        "knees": (_said(KNEES["knees" in truth.faults], "knees", rng),),
        "splash": (_said(SPLASH["splash" in truth.faults], "splash", rng),),
    }
    told: list[Piece] = []
    for words, fact, _, _ in Formatter().parse(_drawn(DIVE_SENTENCES, rng)):
        told.append(Piece(words, FILLER))
        told.extend(facts[fact] if fact else ())
    return tuple(piece for piece in told if piece.text)


def dive_question(dive: Dive, rng: random.Random) -> Known:
    """A short decisive question about a dive, its answer as a label, and the skill it takes."""
    truth, combination = dive.truth, dive.truth.dive
    tilt = "too far" if "over" in truth.faults else "too little" if "under" in truth.faults else "just right"
    take_off, entry = dive.seconds(dive.take_off, dive.entry)
    found = [
        _named("What colour does the diver wear?", truth.colour, COLOUR_NAMES, "colour", rng),
        _named("What does the diver face at the start?", combination.facing, FACINGS, "facing", rng),
        _named("Which way does the body turn?", combination.turning, TURNINGS, "turning", rng),
        Known(
            _drawn(("How many half turns?", "How many half turns does the body make?"), rng), _count(combination.half_turns), "half turns"
        ),
        _named("Is the body in a tuck, in a pike or straight?", combination.position, POSITIONS, "position", rng),
        _named("What meets the water first?", "head" if combination.head_first else "feet", ("head", "feet"), "end", rng),
        _named("How far did the body turn in the end?", tilt, ("too far", "too little", "just right"), "tilt", rng),
        _named("How big is the splash?", "big" if "splash" in truth.faults else "small", ("big", "small"), "splash", rng),
        Known("Are the knees bent at the end?", BooleanLabel(value="knees" in truth.faults), "knees"),
        Known("When does the diver leave the platform?", _moment(take_off), "take-off time"),
        Known("When does the diver reach the water?", _moment(entry), "entry time"),
    ]
    if combination.position != "straight":
        found.append(Known("Does the body open late?", BooleanLabel(value="late" in truth.faults), "opening"))
    return rng.choice(found)


def describe_procedure(procedure: Procedure, rng: random.Random) -> Pieces:
    """A true description of a procedure, its wording drawn from `rng`."""
    truth = procedure.truth
    opening, joint = _drawn((("The tool", ", then it"), ("First the tool", ". Then it"), ("A tool", ", and then it")), rng)
    told = [Piece(opening, FILLER)]
    for number, (phase, item) in enumerate(truth.phases):
        if number:
            joined = {"carry": ",", "release": " and", "drop": " and"}.get(phase, joint)
            told.append(Piece(joined, FILLER))
        told.extend(_did(procedure, phase, item, rng))
    told.append(Piece(". ", FILLER))
    told.append(Piece(_drawn(TREMOR[truth.tremor], rng), DECISIVE, "tremor"))
    told.append(Piece(_drawn((", and", ";"), rng), FILLER))
    told.append(_said(IDLE[truth.idle], "waiting", rng))
    return (*told, Piece(".", FILLER))


def procedure_question(procedure: Procedure, rng: random.Random) -> Known:
    """A short decisive question about a procedure, its answer as a label, and the skill it takes."""
    truth = procedure.truth
    things = [f"{kind.colour} {kind.shape}" for kind in truth.items]
    steps = [(step.verb, things[step.item]) for step in truth.steps]
    place = rng.randrange(1, len(steps))
    verb, thing = rng.choice(steps)
    asked_verb = rng.choice((verb, rng.choice(tuple(_INFINITIVES))))
    items = [step.item for step in truth.steps]
    comes = rng.choice([p for p in procedure.timeline.phases if p.name in ("touch", "stir", "grasp") and items.count(p.item) == 1])
    found = [
        _named("What does the tool work on first?", steps[0][1], things, "thing", rng),
        _named("What does the tool work on last?", steps[-1][1], things, "thing", rng),
        _named(f"What does the tool work on after the {steps[place - 1][1]}?", steps[place][1], things, "thing", rng)
        if [thing for _, thing in steps].count(steps[place - 1][1]) == 1
        else _named("What does the tool work on second?", steps[1][1], things, "thing", rng),
        _named("What does the tool do first?", _ACTS[steps[0][0]], tuple(_ACTS.values()), "step", rng),
        _named("What does the tool do last?", _ACTS[steps[-1][0]], tuple(_ACTS.values()), "step", rng),
        Known(f"Does the tool {_INFINITIVES[asked_verb]} the {thing}?", BooleanLabel(value=(asked_verb, thing) in steps), "yes or no"),
        _named(
            "Is the hand steady, or how much does it shake?", SHAKING[truth.tremor], [SHAKING[tremor] for tremor in TREMORS], "tremor", rng
        ),
        Known("Does the tool wait?", BooleanLabel(value=truth.idle == "pause"), "waiting"),
        Known("Does the tool go out of its way?", BooleanLabel(value=truth.idle == "detour"), "waiting"),
        Known("Does anything fall?", BooleanLabel(value=truth.dropped), "yes or no"),
        Known("How many things stand on the bench?", _count(len(things)), "count"),
        Known("How many things does the tool do?", _count(len(steps)), "count"),
        Known(f"When does the tool come down to the {things[comes.item]}?", _moment(comes.start * procedure.duration_seconds), "time"),
    ]
    once = [number for number, (_, thing) in enumerate(steps) if [other for _, other in steps].count(thing) == 1]
    if len(once) > 1:
        pair = rng.sample(once, 2)
        one, two = (steps[number][1] for number in pair)
        first = steps[min(pair)][1]
        order = (f"Which comes first, the {one} or the {two}?", f"Does the tool work on the {one} or on the {two} first?")
        found += [named_question(order, first, (one, two), "order", rng)] * 3
    return rng.choice(found)


_INFINITIVES = MappingProxyType({"touch": "touch", "move": "carry", "stir": "stir in"})
_ACTS = MappingProxyType({"touch": "touches", "move": "carries", "stir": "stirs"})


def _did(procedure: Procedure, phase: str, item: int, rng: random.Random) -> Pieces:
    kind = procedure.truth.items[item]
    text = _drawn(DOING[phase], rng)
    if phase == "carry":
        side = "right" if procedure.timeline.landing > procedure.spots[item].x else "left"
        return Piece(f" {text.format('').rstrip()}", DECISIVE, "step"), Piece(f" {side}", DECISIVE, "side")
    if "{}" not in text:
        return (Piece(f" {text}", DECISIVE, "step"),)
    return Piece(f" {text.format('').rstrip()}", DECISIVE, "step"), Piece(f" {kind.colour} {kind.shape}", DECISIVE, "thing")


def _turns(dive: Dive, rng: random.Random) -> Pieces:
    count, turning = dive.truth.dive.half_turns, _said(TURNING[dive.truth.dive.turning], "turning", rng)
    words = TURNS[count - 1] if rng.random() < USUAL_SHARE else f"{count} half turn{'s' * (count > 1)}"
    return Piece(" makes", FILLER), Piece(f" {words}", DECISIVE, "half turns"), turning


def _named(question: str, answer: str, options: Sequence[str], skill: str, rng: random.Random) -> Known:
    return named_question((question,), answer, tuple(dict.fromkeys(options)), skill, rng)


def _count(value: int) -> CountLabel:
    return CountLabel(value=value)


def _moment(seconds: float) -> TimestampLabel:
    return TimestampLabel(value_seconds=round(seconds, 1), tolerance_seconds=TIME_TOLERANCE_SECONDS)


def _drawn(wordings: Sequence[T], rng: random.Random) -> T:
    return wordings[0] if rng.random() < USUAL_SHARE else rng.choice(wordings)


def _said(wordings: Sequence[str], skill: str, rng: random.Random) -> Piece:
    return Piece(f" {_drawn(wordings, rng)}", DECISIVE, skill)
