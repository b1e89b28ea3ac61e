"""What is said about a clip: descriptions in several wordings, conclusions, and how much each stretch of text decides.

The first wording of a list is the usual one. Facts come in a fixed order - what, way, turning, size - so that a reader, or a small
model, finds each in its place.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from videostar.playground.scene import COLOURS, SHAPES, Truth

DECISIVE = 1.0
FILLER = 0.1
ENDING = 0.5
GUESS = 0.15
USUAL_SHARE = 0.6

WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "right": ("goes right", "moves to the right", "travels right"),
        "left": ("goes left", "moves to the left", "travels left"),
        "up": ("goes up", "rises", "moves up"),
        "down": ("goes down", "falls", "moves down"),
        "still": ("stays in place", "keeps its place", "does not leave its place"),
        "round": ("goes round in a circle", "circles round", "moves along a circle"),
        "zigzag": ("zigzags", "goes in a zigzag", "moves in a zigzag"),
        "back and forth": ("goes back and forth", "moves back and forth", "swings from side to side"),
    }
)
TURNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "none": ("does not turn", "keeps its angle", "never turns"),
        "clockwise": ("turns clockwise", "spins clockwise", "rotates clockwise"),
        "counter-clockwise": ("turns counter-clockwise", "spins counter-clockwise", "rotates counter-clockwise"),
    }
)
SIZES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "same": ("keeps its size", "stays the same size", "does not change its size"),
        "grows": ("grows", "gets bigger", "becomes larger"),
        "shrinks": ("shrinks", "gets smaller", "becomes smaller"),
    }
)
PACES: Mapping[str, tuple[str, ...]] = MappingProxyType({"slow": ("slowly", "at a slow pace"), "fast": ("fast", "quickly")})

CONCLUSIONS = ("So the answer is", "The answer is", "Therefore the answer is")
NAMING_CONCLUSIONS = ("So the action is called", "So the answer is", "This is called")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of answer text, the weight of its tokens in the loss, and the name of the skill that it shows ("" for none)."""

    text: str
    weight: float
    skill: str = ""


Pieces = tuple[Piece, ...]


def text_of(pieces: Sequence[Piece]) -> str:
    """The pieces as one text."""
    return "".join(piece.text for piece in pieces)


def usual_description(truth: Truth) -> str:
    """The description in its usual wording, such as "The red square goes up slowly. It turns clockwise and grows."."""
    return text_of(_two_sentences(truth, random.Random(0), usual=1.0))


def description(truth: Truth, rng: random.Random) -> Pieces:
    """A true description of the clip, its wording drawn from `rng`."""
    shape = rng.choices((_two_sentences, _one_sentence, _short_sentences), weights=(6, 2, 2))[0]
    return shape(truth, rng, usual=USUAL_SHARE)


def conclusion(answer: str, rng: random.Random, weight: float = DECISIVE, *, naming: bool = False) -> Pieces:
    """The sentence that ends an explanation and repeats `answer` verbatim."""
    opening = _draw(NAMING_CONCLUSIONS if naming else CONCLUSIONS, rng, USUAL_SHARE)
    return (
        Piece(f" {opening}", ENDING),
        Piece(f" {answer}", weight, "copying" if weight == DECISIVE else ""),
        Piece(".", max(weight, ENDING)),
    )


def description_and_conclusion(text: str) -> tuple[str, str]:
    """An explanation in two: what it says of the clip, and the sentence that answers; the latter "" where there is none."""
    starts = [text.rfind(f"{opening} ") for opening in (*CONCLUSIONS, *NAMING_CONCLUSIONS)]
    found = [start for start in starts if start >= 0]
    if not found:
        return text.strip(), ""
    # "So the answer is" ends as "the answer is" does not: the first letter is a capital one, so the latest start is the sentence's.
    start = max(found)
    return text[:start].strip(), text[start:].strip()


def _draw(wordings: Sequence[str], rng: random.Random, usual: float) -> str:
    return wordings[0] if rng.random() < usual else rng.choice(wordings)


def _way(truth: Truth, rng: random.Random, usual: float) -> Pieces:
    way = Piece(f" {_draw(WAYS[truth.path], rng, usual)}", DECISIVE, "path")
    return (way, Piece(f" {_draw(PACES[truth.speed], rng, usual)}", DECISIVE, "speed")) if truth.speed else (way,)


def _turn(truth: Truth, rng: random.Random, usual: float) -> Piece:
    return Piece(f" {_draw(TURNS[truth.turning], rng, usual)}", DECISIVE, "turning")


def _size(truth: Truth, rng: random.Random, usual: float) -> Piece:
    return Piece(f" {_draw(SIZES[truth.size_change], rng, usual)}", DECISIVE, "size")


def _what(truth: Truth) -> Pieces:
    return (Piece(f" {truth.colour}", DECISIVE, "colour"), Piece(f" {truth.shape}", DECISIVE, "shape"))


def _filler(text: str) -> Piece:
    return Piece(text, FILLER)


def _two_sentences(truth: Truth, rng: random.Random, usual: float) -> Pieces:
    turning_and_size = (_turn(truth, rng, usual), _filler(" and"), _size(truth, rng, usual), _filler("."))
    return (_filler("The"), *_what(truth), *_way(truth, rng, usual), _filler(". It"), *turning_and_size)


def _one_sentence(truth: Truth, rng: random.Random, usual: float) -> Pieces:
    rest = (_filler(","), _turn(truth, rng, usual), _filler(" and"), _size(truth, rng, usual), _filler("."))
    return (_filler("A"), *_what(truth), *_way(truth, rng, usual), *rest)


def _short_sentences(truth: Truth, rng: random.Random, usual: float) -> Pieces:
    what = (_filler("I see a"), *_what(truth), _filler(". It"))
    rest = (_filler(". It"), _turn(truth, rng, usual), _filler(". It"), _size(truth, rng, usual), _filler("."))
    return (*what, *_way(truth, rng, usual), *rest)


def read_description(text: str) -> dict[str, str]:
    """What a text in these wordings says about a clip: truth field -> value, for the fields that it settles."""
    plain = f" {' '.join(text.lower().replace('.', ' ').replace(',', ' ').split())} "
    colours = {colour: (colour,) for colour in COLOURS}
    shapes = {shape: tuple(f"{colour} {shape}" for colour in COLOURS) for shape in SHAPES}  # a path may be a circle too
    wordings = {"path": WAYS, "turning": TURNS, "size_change": SIZES, "speed": PACES, "colour": colours, "shape": shapes}
    said = {name: _named(plain, phrases) for name, phrases in wordings.items()}
    return {name: values[0] for name, values in said.items() if len(values) == 1}


def _named(plain: str, phrases: Mapping[str, Sequence[str]]) -> list[str]:
    return [value for value, wordings in phrases.items() if any(f" {wording} " in plain for wording in wordings)]
