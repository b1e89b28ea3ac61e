"""Words: invented ones that stand in no dictionary, and a few ordinary ones."""

from __future__ import annotations

import random

ONSETS = (
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "ch",
    "sh",
    "dr",
    "gr",
    "kl",
    "pl",
    "st",
    "tr",
    "qu",
    "w",
    "j",
    "h",
    "",
)
NUCLEI = ("a", "e", "i", "o", "u", "ai", "ou", "ea", "y", "oo")
CODAS = ("", "", "", "b", "k", "l", "m", "n", "r", "s", "t", "x", "nd", "rk", "lt", "ng", "st")
VERBS = (
    "opening", "closing", "throwing", "catching", "pouring", "cutting", "lifting", "pushing", "pulling", "washing", "playing", "eating",
    "drawing", "reading", "riding", "folding", "juggling", "kicking", "petting", "baking", "climbing", "tying", "shaking", "painting",
)  # fmt: skip
NOUNS = (
    "door", "book", "ball", "cup", "bottle", "rope", "guitar", "dog", "bicycle", "cake", "towel", "knife", "paper", "table", "horse",
    "apple", "drum", "wall", "ladder", "shoe", "window", "hand", "bag", "phone",
)  # fmt: skip
UNITS = ("seconds", "points", "metres", "degrees", "s", "m", "%")


def invented_word(rng: random.Random) -> str:
    """A word of two or three syllables that stands in no dictionary of ours, such as "zorvek"."""
    syllables = [rng.choice(ONSETS) + rng.choice(NUCLEI) + rng.choice(CODAS) for _ in range(rng.choice((2, 2, 3)))]
    return "".join(syllables)


def activity(rng: random.Random) -> str:
    """Something that a person may do, such as "opening the door"."""
    return f"{rng.choice(VERBS)} {rng.choice(('a', 'the', 'some'))} {rng.choice(NOUNS)}"


def any_name(rng: random.Random) -> str:
    """A class name of a random form: mostly invented, of one or two words, sometimes letters without sense or an activity."""
    kind = rng.choices(("word", "words", "Name", "letters", "activity"), weights=(8, 3, 1, 2, 2))[0]
    if kind == "words":
        return f"{invented_word(rng)} {invented_word(rng)}"
    if kind == "Name":
        return " ".join(invented_word(rng).capitalize() for _ in range(rng.choice((1, 2))))
    if kind == "letters":
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 8)))
    return invented_word(rng) if kind == "word" else activity(rng)
