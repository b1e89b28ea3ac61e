"""What an answer can commit to, said in words: the truth, a near miss, or something else."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Role: TypeAlias = Literal["right", "near", "other"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One value in words.

    inline: fits into a sentence. right: whether to commit to it is to answer right. as_json: the value as JSON text; equal values
    have equal ones. block: the same over several lines, where that is another form. statement: the value as a clause of its own.
    whole: whether it says one thing, and all of it.
    """

    inline: str
    right: bool
    as_json: str
    block: str = ""
    statement: str = ""
    whole: bool = True


class Speaker(Protocol):
    """Knows the truth of one question, and what can be said instead."""

    @property
    def grammar(self) -> str:
        """Which wordings its phrases fit into: a key of `wordings.WORDINGS`."""

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A value of the role in words. Roles that a question does not have are drawn as "other"."""


def rival(speaker: Speaker, phrase: Phrase, rng: random.Random) -> Phrase:
    """Another value than the one of a phrase: wrong beside a right one, right or otherwise wrong beside a wrong one."""
    while True:
        role: Role = rng.choice(("near", "other") if phrase.right else ("right", "right", "other"))
        found = speaker.phrase(role, rng)
        if found.whole and found.as_json != phrase.as_json and not (phrase.right and found.right):
            return found
