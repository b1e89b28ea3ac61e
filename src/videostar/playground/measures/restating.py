"""A description made to say something else: the statements about some facts replaced, all others left as they are."""

from __future__ import annotations

import random
from collections.abc import Mapping

from videostar.playground.measures.checking import check
from videostar.playground.measures.facts import Truth
from videostar.playground.measures.planting import WORDINGS
from videostar.playground.measures.statements import read


def stated_facts(text: str, truth: Truth) -> list[str]:
    """The facts that a text states and that can be restated."""
    wordings = WORDINGS[truth.world]
    return list(dict.fromkeys(one.fact for one in check(read(text, truth.world), truth) if one.fact in wordings))


def restated(text: str, truth: Truth, wanted: Mapping[str, str], rng: random.Random) -> str:
    """The text with `wanted` fact -> value in place of what it says about these facts; what it does not state is not added."""
    wordings = WORDINGS[truth.world]
    for one in reversed(read(text, truth.world).statements):  # from the end, so that earlier places stay where they are
        if one.fact not in wanted or one.fact not in wordings or (one.value == wanted[one.fact] and not one.denied):
            continue
        new, old = rng.choice(wordings[one.fact][wanted[one.fact]]), text[one.start : one.end]
        new = (new[0].upper() if old[:1].isupper() else new[0].lower()) + new[1:]
        text = text[: one.start] + new + text[one.end :]
    return text
