"""What an experiment over the worlds can name: the worlds and how much of them, changes that need their truth or their language, measures.

Changes of conversations get what a cycle kept, the train samples, its generated answers and the seed, and give what is trained on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from videostar.playground.demo import TINY, demo_settings, render_demo
from videostar.playground.demo_data import SHARES, Share
from videostar.playground.gains import ranking
from videostar.playground.language import conclusion, description, description_and_conclusion, text_of
from videostar.playground.lessons.dives import DiveClip
from videostar.playground.lessons.procedures import ProcedureClip
from videostar.playground.measures import table
from videostar.playground.measures.subject import of_run
from videostar.playground.scene import Truth
from videostar.playground.worlds.dive_labels import DiveWorld
from videostar.playground.worlds.dives import COMBINATIONS, draw_dive
from videostar.playground.worlds.procedure_labels import ProcedureWorld
from videostar.playground.worlds.procedures import VERBS, draw_procedure
from videostar.prompts import asked
from videostar.seeds import rng_for
from videostar.types import Answer, AnswerRef, Conversation, Estimate, Message, Sample

DESCRIBE = "Describe the video."
Change: TypeAlias = Callable[[Sequence[Conversation], Sequence[Sample], Sequence[Answer], int], list[Conversation]]
Measure: TypeAlias = Callable[[Path, str], Mapping[str, float | Estimate]]
"""A run directory and the name of one of its checkpoints ("base", "cycle 1", ..., "final") -> what was measured, by name."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """All three worlds, and how much is taken of each."""

    shares: Mapping[str, Share]
    model: Path = TINY

    def config(self, folder: Path, seed: int) -> dict[str, Any]:
        """The keys of a run over what is rendered in `folder`."""
        return demo_settings(folder, seed)

    def render(self, folder: Path, seed: int) -> None:
        """Render them into `folder`, unless they are there: names, combinations and clips come from the seed."""
        render_demo(folder, seed, self.shares)

    def recipe(self) -> dict[str, Any]:
        """All that they are drawn from, beside the seed."""
        return {name: {**asdict(share), "videos": dict(share.videos)} for name, share in self.shares.items()}


def _tasks(name: str) -> tuple[str, ...]:
    return SHARES[name].tasks


WORLDS: Mapping[str, Worlds] = MappingProxyType(
    {
        "demo": Worlds(SHARES),
        # As many clips of unseen combinations as of seen ones, since differences between arms are told there.
        "paper": Worlds(
            MappingProxyType(
                {
                    "moves": Share({"train": 144, "validation": 36, "test-seen": 36, "test-unseen": 42}, questions=1),
                    "dives": Share({"train": 110, "validation": 20, "test-seen": 25, "test-unseen": 30}, 2, _tasks("dives")),
                    "procedures": Share({"train": 42, "validation": 10, "test-seen": 12, "test-unseen": 15}, 4, _tasks("procedures")),
                }
            )
        ),
        "smoke": Worlds(MappingProxyType({"moves": Share({"train": 6, "validation": 2, "test-seen": 2, "test-unseen": 2}, questions=1)})),
    }
)


def appended(kept: Sequence[Conversation], samples: Sequence[Sample], answers: Sequence[Answer], _: int) -> list[Conversation]:
    """What the model said of each video before it came to its answer, then the right label by program."""
    labels, said = {sample.id: sample.label.answer_text() for sample in samples}, _descriptions(answers)
    return [_retold(one, f"{said[one.sample_id]} So the answer is {labels[one.sample_id]}.") for one in kept]


def swapped(kept: Sequence[Conversation], samples: Sequence[Sample], _: Sequence[Answer], seed: int) -> list[Conversation]:
    """The kept conclusion of each video after what was said of another of the same world."""
    worlds = {sample.id: sample.source for sample in samples}
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in kept:
        if one.form == "reasoned":
            told[worlds[one.sample_id]].append((one.video, description_and_conclusion(one.messages[-1].content)[0]))
    rng, changed = rng_for("swapped rationale", seed), []
    for one in kept:
        others = [text for video, text in told[worlds[one.sample_id]] if video != one.video]
        ending = description_and_conclusion(one.messages[-1].content)[1]
        changed.append(_retold(one, f"{rng.choice(others)} {ending}" if others else ending))
    return changed


def auxiliary(kept: Sequence[Conversation], _: Sequence[Sample], answers: Sequence[Answer], __: int) -> list[Conversation]:
    """The model's own descriptions of the same videos, without any label."""
    said = _descriptions(answers)
    return [replace(one, form="reasoned", messages=(Message("user", DESCRIBE), Message("assistant", said[one.sample_id]))) for one in kept]


def gold(kept: Sequence[Conversation], samples: Sequence[Sample], answers: Sequence[Answer], seed: int) -> list[Conversation]:
    """For every question a true description of the video, told from the world's truth, and the right label: what more could be had.

    Short forms that were kept stay beside it, so that nothing but the explanations differs.
    """
    shown = {answer.sample_id: answer for answer in answers if answer.finish != "error" and answer.candidate == 0}
    short: dict[str, list[Conversation]] = defaultdict(list)
    for one in kept:
        if one.form != "reasoned":
            short[one.sample_id].append(one)
    told = (sample for sample in samples if sample.id in shown)
    return [row for sample in told for row in (_gold(sample, shown[sample.id], seed), *short[sample.id])]


CHANGES: Mapping[str, Change] = MappingProxyType(
    {"describe and append": appended, "swapped rationale": swapped, "auxiliary only": auxiliary, "gold rationales": gold}
)


def true_description(sample: Sample, seed: int) -> str:
    """A true account of a train video of a world of that seed, its wording drawn from the sample's id."""
    rng = rng_for("gold", seed, sample.id)
    if sample.source == "moves":
        return text_of(description(Truth(**{key: value for key, value in sample.meta.items() if key != "unseen"}), rng))
    drawn_from = int(sample.meta["seed"])
    if sample.source == "dives":
        hidden = DiveWorld(seed).unseen
        return text_of(DiveClip(draw_dive(drawn_from, [one for one in COMBINATIONS if one not in hidden])).describe(rng))
    world = ProcedureWorld(seed)
    pairs = [(verb, kind) for verb in VERBS for kind in world.kinds if (verb, kind) not in world.unseen]
    return text_of(ProcedureClip(draw_procedure(drawn_from, pairs)).describe(rng))


def spearman(run: Path, checkpoint: str) -> dict[str, float | Estimate]:
    """How well told scores of dives of seen combinations rank them; nothing where no dive's score was asked for."""
    found = ranking(run, checkpoint)
    return {"dive scores": found.rho} if found.asked else {}


def _of_its_worlds(measure: table.Measure) -> Measure:
    """A measure of one checkpoint, taken on the test videos of the run that trained it."""

    def measured(run: Path, checkpoint: str) -> Mapping[str, float | Estimate]:
        with of_run(run, checkpoint) as one:
            return measure(one)

    return measured


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {"spearman": spearman, **{name: _of_its_worlds(measure) for name, measure in table.MEASURES.items()}}
)


def _gold(sample: Sample, shown: Answer, seed: int) -> Conversation:
    rng, frames = rng_for("gold conclusion", seed, sample.id), shown.frames
    ending = text_of(conclusion(sample.label.answer_text(), rng, naming=sample.label.kind == "category"))
    messages = (Message("user", asked(sample, "reasoned")), Message("assistant", f"{true_description(sample, seed).strip()}{ending}"))
    ref = AnswerRef(shown.cycle, shown.candidate, frames.sha256, frames.timestamps_seconds, frames.visual_tokens)
    name = f"{sample.id}/{shown.cycle}/gold"
    return Conversation(name, sample.id, "generated", "reasoned", sample.video, sample.start_seconds, sample.end_seconds, messages, ref)


def _descriptions(answers: Sequence[Answer]) -> dict[str, str]:
    """What the model said of each training video before it came to its answer."""
    return {answer.sample_id: description_and_conclusion(answer.text)[0] for answer in answers if answer.candidate == 0}


def _retold(conversation: Conversation, text: str) -> Conversation:
    """The conversation with another explanation; short forms hold none and stay."""
    if conversation.form != "reasoned":
        return conversation
    return replace(conversation, messages=(*conversation.messages[:-1], Message("assistant", text)))
