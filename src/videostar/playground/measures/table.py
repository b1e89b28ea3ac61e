"""All measures of one checkpoint by name, as others call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from videostar.playground.measures.asking import Ask, Shown, question
from videostar.playground.measures.blind import answered_blind, blind
from videostar.playground.measures.faithfulness import faithfulness, finished, trials
from videostar.playground.measures.forms import answered_directly, forms
from videostar.playground.measures.general import answered_generally, general, general_questions
from videostar.playground.measures.hallucination import Explained, hallucination
from videostar.playground.measures.rendering import clips_of
from videostar.playground.measures.subject import Subject
from videostar.playground.measures.turns import answered_after, follow_ups, turns
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.prompts import rationalization
from videostar.seeds import rng_for
from videostar.types import Estimate, Label

TURN_VIDEOS = 60
GENERATED, SHOWN, WRONG = "generated", "label shown", "wrong label shown"


def explanations(subject: Subject) -> dict[str, list[Explained]]:
    """What is said of the videos when answering, when explaining the right label, and when explaining another sample's."""
    wrong = _wrong_labels(subject.shown)
    right = [one.sample for one in subject.shown]
    misled = [(one, wrong[one.sample.id]) for one in subject.shown if one.sample.id in wrong]
    texts = _rationalized(subject.ask, [*((one, one.sample.label) for one in subject.shown), *misled])
    return {
        GENERATED: [Explained(sample, subject.told[sample.id]) for sample in right],
        SHOWN: [Explained(sample, text) for sample, text in zip(right, texts, strict=False)],
        WRONG: [Explained(one.sample, text) for (one, _), text in zip(misled, texts[len(right) :], strict=True)],
    }


def _rationalized(ask: Ask, shown: Sequence[tuple[Shown, Label]]) -> list[str]:
    return ask([question(rationalization(replace(one.sample, label=label)), one.frames) for one, label in shown])


def _wrong_labels(shown: Sequence[Shown]) -> dict[str, Label]:
    """By sample a label of the same task that says something else, where there is one."""
    tasks: dict[str, list[Label]] = defaultdict(list)
    for one in shown:
        tasks[one.sample.task].append(one.sample.label)
    found = {}
    for one in shown:
        sample = one.sample
        others = [label for label in tasks[sample.task] if sample.label.judge(label.answer_text(), sample.question).outcome == "fail"]
        if others:
            found[sample.id] = rng_for("wrong label", sample.id).choice(others)
    return found


def measured_hallucination(subject: Subject) -> dict[str, Estimate]:
    """How much is true of what is said when answering, when explaining the right label, and when explaining a wrong one."""
    found = explanations(subject)
    return {f"{way}: {name}": value for way, rows in found.items() for name, value in hallucination(rows).items()}


def measured_faithfulness(subject: Subject) -> dict[str, Estimate]:
    """How often the answer changes with the explanation."""
    return faithfulness(finished(trials(subject.shown, subject.told), subject.ask))


def measured_forms(subject: Subject) -> dict[str, Estimate]:
    """Accuracy at once and step by step."""
    return forms(subject.shown, answered_directly(subject.shown, subject.ask), subject.told)


def measured_general(subject: Subject) -> dict[str, Estimate]:
    """Accuracy on what no label task asks."""
    questions = general_questions(subject.seed)
    return general(questions, answered_generally(questions, subject.ask))


def measured_turns(subject: Subject) -> dict[str, Estimate]:
    """Accuracy on follow-ups that refer back, about videos of their own: few allow one."""
    world = ProcedureWorld(subject.seed)
    found = follow_ups(clips_of(world, "test-seen", (TURN_VIDEOS, 1)), world.names)
    return turns(found, answered_after(found, subject.ask))


def measured_blind(subject: Subject) -> dict[str, Estimate]:
    """Accuracy without the video and with shuffled frames."""
    return blind(subject.shown, subject.told, answered_blind(subject.shown, subject.ask))


Measure = Callable[[Subject], dict[str, Estimate]]
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "hallucination": measured_hallucination,
        "faithfulness": measured_faithfulness,
        "forms": measured_forms,
        "general": measured_general,
        "turns": measured_turns,
        "blind": measured_blind,
    }
)
