"""Answers to one question, as models write them, each with what it is: right or not."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from videostar.playground.judge_card.phrases import Phrase, Role, Speaker, rival
from videostar.playground.judge_card.speakers import NOUNS, speaker
from videostar.playground.judge_card.wordings import COMMITS, WORDINGS
from videostar.playground.judge_card.wordings_common import MARKED, NEIGHBOURS, REFUSAL, SEEN
from videostar.playground.worlds.asking import Asked, World, WorldClip

SHARES = {
    "plain": 0.28,
    "reasoned": 0.2,
    "marked": 0.12,
    "contrast": 0.06,
    "correction": 0.06,
    "numbers around": 0.08,
    "restated": 0.05,
    "hedge": 0.05,
    "denial": 0.03,
    "several": 0.04,
    "refusal": 0.03,
}
"""How often a form is drawn, where a question has it. What a model writes most is drawn most."""
ALONE = ("plain", "reasoned", "marked")
"""Forms in which a value stands alone, so that one which is said in part is still only that."""
ROLES: dict[Role, float] = {"right": 0.5, "near": 0.25, "other": 0.25}
_QUOTED = re.compile(r'right (after|before) "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. right: whether it commits to the truth and to nothing else. form: a key of `SHARES`."""

    text: str
    right: bool
    form: str
    role: Role


def answers(world: World, clip: WorldClip, asked: Asked, rng: random.Random, count: int) -> Iterator[Said]:
    """`count` answers to a question; none where its kind of label is not spoken about."""
    known = speaker(world, clip, asked)
    if known is None:
        return
    wordings = {**WORDINGS[known.grammar], "marked": MARKED, "refusal": REFUSAL, "restated": _restated(asked)}
    forms = [form for form in SHARES if wordings.get(form)]
    for _ in range(count):
        form = rng.choices(forms, [SHARES[one] for one in forms])[0]
        role = rng.choices(list(ROLES), list(ROLES.values()))[0]
        phrase = known.phrase(role, rng)
        if not (phrase.whole or form in ALONE):
            role = "other"
            phrase = known.phrase(role, rng)
        text = _worded(rng.choice(wordings[form]), known, phrase, (world, asked), rng)
        yield Said(text, form in COMMITS and phrase.right, form, role)


def _restated(asked: Asked) -> tuple[str, ...]:
    quoted = _QUOTED.search(asked.question)
    return tuple(text.replace("{x}", quoted.group(2)) for text in NEIGHBOURS[quoted.group(1)]) if quoted else ()


def _worded(wording: str, known: Speaker, phrase: Phrase, about: tuple[World, Asked], rng: random.Random) -> str:
    """A wording filled in."""
    world, asked = about
    other = rival(known, phrase, rng)
    seen, also = rng.sample(SEEN.get(world.name, SEEN[""]), 2)
    one, two, three = rng.sample(range(6, 60), 3)
    noun = NOUNS.get(asked.task, "answer")
    return wording.format(
        a=phrase.inline,
        A=_capital(phrase.inline),
        b=other.inline,
        B=_capital(other.inline),
        block=phrase.block or phrase.inline,
        json=phrase.as_json,
        s=phrase.statement,
        S=_capital(phrase.statement),
        not_s=other.statement,
        noun=noun,
        Noun=_capital(noun),
        seen=seen,
        also=also,
        one=one,
        two=two,
        three=three,
        sure=rng.randint(85, 99),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
