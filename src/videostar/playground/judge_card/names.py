"""Names: a class, an option, a set or an order of things."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from videostar.playground.judge_card.phrases import Phrase, Role


@dataclass(frozen=True, slots=True)
class Class:
    """One class. names: all that could be said, single words or words of two parts."""

    value: str
    names: tuple[str, ...]
    grammar: str = "name"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss shares a word with the truth, where any other name does."""
        others = [name for name in self.names if name != self.value]
        near = [name for name in others if set(name.split()) & set(self.value.split())]
        name = self.value if role == "right" else rng.choice(near if role == "near" and near else others)
        written = rng.choice((name, name, name, f'"{name}"', f"*{name}*", name.capitalize()))
        return Phrase(written, name == self.value, json.dumps(name))


@dataclass(frozen=True, slots=True)
class Option:
    """One of lettered options."""

    options: tuple[str, ...]
    answer: int
    grammar: str = "option"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss gives the letter of one option with the text of another."""
        place = self.answer if role != "other" else rng.choice([at for at in range(len(self.options)) if at != self.answer])
        letter, text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place], self.options[place]
        if role == "near":
            other = rng.choice([option for option in self.options if option != text])
            return Phrase(
                rng.choice((f"{letter}. {other}", f"({letter}) {other}", f"{letter}: {other}")), False, f'"{letter}. {other}"', whole=False
            )
        ordinal = ("first", "second", "third", "fourth", "fifth", "sixth")[place]
        written = rng.choice(
            (letter, f"({letter})", f"option {letter}", f"({letter}) {text}", f"{letter}. {text}", text, f"the {ordinal} option")
        )
        return Phrase(written, place == self.answer, json.dumps(letter))


@dataclass(frozen=True, slots=True)
class Order:
    """Things in order. names: what else could be among them."""

    value: tuple[str, ...]
    names: tuple[str, ...]
    grammar: str = "order"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss has two neighbours exchanged, one thing too many or too few, or one replaced."""
        items = self._items(role, rng)
        return Phrase(rng.choice(_ORDERS)(items), items == list(self.value), json.dumps(items), _block(items, rng, ordered=True))

    def _items(self, role: Role, rng: random.Random) -> list[str]:
        items = list(self.value)
        while role != "right" and items == list(self.value):
            if role == "near":
                items = _changed(items, [name for name in self.names if name not in items], rng)
            else:
                items = rng.choices(self.names, k=rng.randint(max(1, len(items) - 1), len(items) + 1))
        return items


@dataclass(frozen=True, slots=True)
class Several:
    """Things in any order. nothing: the word that stands for none of them, "" where there is no such word."""

    value: tuple[str, ...]
    names: tuple[str, ...]
    nothing: str = ""

    @property
    def grammar(self) -> str:
        """Sets."""
        return "set"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss has one thing too many, too few or another."""
        items = list(self.value)
        while role != "right" and sorted(items) == sorted(self.value):
            items = self._near(rng) if role == "near" else rng.sample(self.names, rng.randint(1, min(3, len(self.names))))
            if role == "other" and self.nothing and rng.random() < 0.3:
                items = [self.nothing]
        as_json = json.dumps(sorted(items))
        rng.shuffle(items)
        return Phrase(_together(items, rng), sorted(items) == sorted(self.value), as_json, _block(items, rng, ordered=False))

    def _near(self, rng: random.Random) -> list[str]:
        if self.value == (self.nothing,):
            return [rng.choice(self.names)]
        change = rng.choice(("more", "less", "else") if len(self.value) > 1 else ("more", "else"))
        left = [name for name in self.names if name not in self.value] or list(self.names)
        items = list(self.value)
        if change != "more":
            items.remove(rng.choice(items))
        if change != "less":
            items.append(rng.choice(left))
        return items


def _changed(items: Sequence[str], others: Sequence[str], rng: random.Random) -> list[str]:
    found, place = list(items), rng.randrange(len(items))
    change = rng.choice(("exchange", "more", "less", "else") if len(items) > 1 else ("more", "else"))
    if change == "exchange":
        place = min(place, len(items) - 2)
        found[place], found[place + 1] = found[place + 1], found[place]
    elif change == "less":
        del found[place]
    elif others and change == "more":
        found.insert(rng.randint(0, len(found)), rng.choice(others))
    elif others:
        found[place] = rng.choice(others)
    return found


def _listed(items: Sequence[str], last: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])}{last}{items[-1]}"


def _first_to_last(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"first {items[0]}, {''.join(f'next {item}, ' for item in items[1:-1])}and finally {items[-1]}"


def _told_backwards(items: Sequence[str]) -> str:
    """The last thing is told first, as such."""
    if len(items) == 1:
        return items[0]
    return f"{items[-1]} at the very end, {''.join(f'before that {item}, ' for item in items[-2:0:-1])}and {items[0]} at the start"


_ORDERS = (
    ", ".join,
    ", then ".join,
    " -> ".join,
    " \u2192 ".join,
    " > ".join,
    "; after that ".join,
    ", followed by ".join,
    lambda items: _listed(items, " and lastly "),
    _first_to_last,
    _told_backwards,
)


def _together(items: Sequence[str], rng: random.Random) -> str:
    if len(items) == 2:
        one, other = items
        return rng.choice(
            (f"{one} and {other}", f"both {one} and {other}", f"{one} as well as {other}", f"{one}, {other}", f"{one} plus {other}")
        )
    return rng.choice((_listed(items, " and "), _listed(items, ", and "), ", ".join(items)))


def _block(items: Sequence[str], rng: random.Random, ordered: bool) -> str:
    marks = rng.choice(("{}. ", "{}) ", "Step {}: ")) if ordered else rng.choice(("- ", "* "))
    return "\n".join(f"{marks.format(place)}{item}" for place, item in enumerate(items, 1))
