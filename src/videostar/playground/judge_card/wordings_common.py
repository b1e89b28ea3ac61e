"""Wordings that fit whatever is said, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Wordings: TypeAlias = Mapping[str, tuple[str, ...]]

MARKED = (
    "<answer>{a}</answer>",
    "<answer> {A} </answer>",
    "{seen} {also}\n<answer>{a}</answer>",
    "<think>{seen} Perhaps {b}? {also} No.</think>\n{A}",
    "<think>{seen} It could be {b}.</think><answer>{a}</answer>",
    "**{a}**",
    "**Answer:** {a}",
    "{seen}\n\n**{A}**",
    "### Answer\n{a}",
    "\\boxed{{{a}}}",
    "{seen} Hence \\boxed{{{a}}}.",
    '{{"answer": {json}}}',
    '```json\n{{"reasoning": "{seen}", "answer": {json}}}\n```',
    "Final answer: {a}",
    "{seen} {also}\nFINAL ANSWER: {a}",
)
REFUSAL = (
    "I can't see any video here.",
    "Sorry, but videos are something I cannot watch.",
    "The picture is too blurred to say.",
    "There is no way to know from these frames.",
    "I don't know.",
    "I would need a longer clip to answer that.",
    "It is not possible to say whether it is {a} or {b}.",
    "Whether it is {a} cannot be told from this angle.",
    "{seen} Beyond that I cannot tell.",
    "{seen} {also}",
    "As a language model I have no access to the footage, so I won't guess.",
    "N/A",
)
SEEN: Wordings = MappingProxyType(
    {
        "dives": (
            "A diver waits on the platform above calm water.",
            "The water fills the lower part of the picture.",
            "The camera does not move.",
            "The diver leaves the platform and comes down into the pool.",
            "The suit of the diver stands out against the wall.",
        ),
        "procedures": (
            "A tool moves above a bench with several objects.",
            "The objects have plain colours.",
            "The camera looks at the bench from the front.",
            "The tool works on one object after another.",
            "The light stays the same.",
        ),
        "moves": (
            "A coloured shape moves over a plain ground.",
            "The background does not change.",
            "The shape stays in the picture the whole time.",
            "The movement is easy to follow.",
            "There is nothing else of interest.",
        ),
        "": (
            "The picture is sharp.",
            "The camera does not move.",
            "The light stays the same.",
            "The clip shows everything from start to end.",
        ),
    }
)
NEIGHBOURS: Wordings = MappingProxyType(
    {
        "after": (
            'Right after "{x}" comes {a}.',
            '"{x}" is followed by {a}.',
            "Once {x} is done, what follows is {a}.",
            "After {x} you can see {a}.",
            "{A} happens right after {x}.",
        ),
        "before": (
            'Right before "{x}" comes {a}.',
            '"{x}" is preceded by {a}.',
            "{A} happens right before {x}.",
            "Before {x} starts, you can see {a}.",
            "What leads up to {x} is {a}.",
        ),
    }
)
"""Answers that say the question's own thing, {x}, again."""
