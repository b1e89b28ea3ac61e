"""Follow-ups that refer back: answered with the turns before them, without, and after turns that lead elsewhere.

A follow-up is worded as multi-turn training words it: the question for what comes after something that the first answer named, with
"that" in its place. So without the first turn it cannot be known what is asked after, and a wrong first turn leads to a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from videostar.labels.category import CategoryLabel
from videostar.playground.measures.asking import Ask, Question, Shown, passes, video_of
from videostar.playground.measures.outcomes import Outcome, accuracies
from videostar.prompts import asked
from videostar.steps.multi_turn import shortened
from videostar.types import Estimate, Message, Sample

HISTORY, ALONE, ASTRAY = "with history", "without history", "with a wrong history"
LED = "led by the wrong history"
NAMES, WORDS = "names", "plain words"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A first question with its answer, one that leads elsewhere, and the follow-up to both.

    part: whether things are called by the label names or in plain words. elsewhere: the follow-up as it is to be answered after `wrong`.
    """

    part: str
    shown: Shown
    first: Sample
    wrong: Sample
    follow_up: Sample
    elsewhere: Sample


def turns(asked_after: Sequence[FollowUp], texts: Mapping[str, Sequence[str]]) -> dict[str, Estimate]:
    """Accuracy with history, without and with a wrong one; how often the wrong one's own answer is given; differences paired."""
    outcomes = []
    for place, one in enumerate(asked_after):
        right = {way: float(passes(one.follow_up, texts[way][place], one.shown.frames)) for way in (HISTORY, ALONE, ASTRAY)}
        right[LED] = float(passes(one.elsewhere, texts[ASTRAY][place], one.shown.frames))
        outcomes.append(Outcome(video_of(one.shown.sample), one.part, right))
    return accuracies(outcomes, [(HISTORY, ALONE), (HISTORY, ASTRAY)])


def answered_after(found: Sequence[FollowUp], ask: Ask) -> dict[str, list[str]]:
    """Short answers by way of asking."""
    every = [
        Question((*_history(one, way), Message("user", asked(one.follow_up, "direct"))), one.shown.frames)
        for way, one in product((HISTORY, ALONE, ASTRAY), found)
    ]
    texts, count = ask(every), len(found)
    return {way: texts[number * count : (number + 1) * count] for number, way in enumerate((HISTORY, ALONE, ASTRAY))}


def _history(one: FollowUp, way: str) -> tuple[Message, ...]:
    if way == ALONE:
        return ()
    first = one.first if way == HISTORY else one.wrong
    return Message("user", asked(first, "direct")), Message("assistant", first.label.answer_text())


def follow_ups(shown: Sequence[Shown], names: Mapping[str, str]) -> list[FollowUp]:
    """All that the procedures among the videos allow, one of each kind a video. names: of the world, as `ProcedureWorld.names`."""
    videos = {video_of(one.sample): one for one in shown if one.sample.source == "procedures"}
    return [found for one in videos.values() for made in (_by_names, _in_words) for found in _first(made(one, names))]


def _first(found: Iterator[FollowUp]) -> list[FollowUp]:
    return [one for one in (next(found, None),) if one is not None]


def _by_names(shown: Shown, names: Mapping[str, str]) -> Iterator[FollowUp]:
    """What happens right after a phase, and right after that; carrying always follows grasping and is not asked for."""
    items = shown.sample.meta["items"]
    kinds = [phase for phase, *_ in shown.sample.meta["phases"]]
    phases = [f"{names[f'phase {phase}']} {names[f'object {items[item]}']}" for phase, item, *_ in shown.sample.meta["phases"]]
    places = [place for place in range(len(phases) - 2) if kinds[place] != "grasp"]
    for place, other in product(places, range(len(phases) - 2)):
        if phases[other + 1] == phases[place + 1] or phases[other + 2] == phases[place + 2] or kinds[place + 1] == "grasp":
            continue
        chains = [(phases[at], phases[at + 1], phases[at + 2]) for at in (place, other)]
        yield from _follow_up((NAMES, shown), 'What happens right after "{}"?', *chains)


def _in_words(shown: Shown, _: Mapping[str, str]) -> Iterator[FollowUp]:
    """What the tool works on after the thing that it works on first; led astray by the one that it works on second."""
    items = shown.sample.meta["items"]
    things = [items[item] for _, item in shown.sample.meta["steps"]]
    if len(things) == len(set(things)) > 2:
        chains = [("first", things[0], things[1]), ("second", things[1], things[2])]
        yield from _follow_up((WORDS, shown), "What does the tool work on after the {}?", *chains)


def _follow_up(of: tuple[str, Shown], wording: str, right: tuple[str, str, str], wrong: tuple[str, str, str]) -> Iterator[FollowUp]:
    """Chains of three: what the first question names, its answer, and the follow-up's answer."""
    part, shown = of
    opening = wording if part == NAMES else "What does the tool work on {}?"
    first, led = (_asked(shown.sample, opening.format(named), answer) for named, answer, _ in (right, wrong))
    whole, elsewhere = (_asked(shown.sample, wording.format(before), answer) for _, before, answer in (right, wrong))
    short = shortened(first, whole)
    if short:
        yield FollowUp(part, shown, first, led, replace(whole, question=short), replace(elsewhere, question=short))


def _asked(sample: Sample, question: str, answer: str) -> Sample:
    return replace(sample, question=question, label=CategoryLabel(value=answer))
