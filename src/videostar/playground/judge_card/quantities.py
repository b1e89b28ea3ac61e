"""Numbers: a measure, a count, a pair of measures by name; and stretches of time."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from videostar.playground.judge_card.phrases import Phrase, Role

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
LEAST_SECONDS = 0.3  # of a stretch that is said
SURE = 0.3  # share of a tolerance that a value keeps away from its edge, so that nobody can doubt


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is right within a tolerance. highest: of its scale, where that is known."""

    value: float
    tolerance: float
    digits: int
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    grammar: str = "quantity"

    def number(self, role: Role, rng: random.Random) -> float:
        """A value well within the tolerance, a little outside it, or far outside."""
        step = 10.0**-self.digits
        if role == "right":
            found = round(self.value + rng.choice((0.0, 0.0, rng.uniform(-1, 1))) * self.tolerance * (1 - SURE), self.digits)
            return found if abs(found - self.value) < (1 - SURE / 2) * self.tolerance else self.value
        for _ in range(200):
            if role == "near":
                off = max(step, self.tolerance * rng.uniform(1 + SURE, 3.0)) * rng.choice((-1, 1))
            else:
                off = max(5 * step, abs(self.value)) * rng.uniform(0.3, 1.5) * rng.choice((-1, 1))
            found = round(self.value + off, self.digits)
            if self._fits(found) and abs(found - self.value) > (1 + SURE) * self.tolerance:
                return found
        return round(self.value + 10 * step + 2 * self.tolerance, self.digits)

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """In digits or words, with and without unit and scale."""
        found = self.number(role, rng)
        digits = shown(found)
        ways = [digits, digits, digits, f"about {digits}", f"roughly {digits}", in_words(found)]
        if self.unit:
            ways += [f"{digits} {self.unit}", f"{digits} {self.unit}"]
        if self.highest is not None:
            ways += [f"{digits}/{shown(self.highest)}", f"{digits} out of {shown(self.highest)}"]
        return Phrase(rng.choice(ways), self.holds(found), digits)

    def holds(self, found: float) -> bool:
        """Whether a number is right."""
        return abs(found - self.value) <= self.tolerance

    def _fits(self, found: float) -> bool:
        return found >= (0 if self.lowest is None else self.lowest) and (self.highest is None or found <= self.highest)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of things."""

    value: int
    things: str
    grammar: str = "count"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss is off by one."""
        off = {"right": (0,), "near": (-1, 1), "other": (-3, -2, 2, 3, 4)}[role]
        found = rng.choice([value for one in off if (value := self.value + one) >= 0] or [self.value + 2])
        said = rng.choice((str(found), in_words(found)))
        things = self.things.removesuffix("s") if found == 1 else self.things
        return Phrase(rng.choice((said, said, f"{said} {things}", f"exactly {said}")), found == self.value, str(found))


@dataclass(frozen=True, slots=True)
class Named:
    """Several measures by their names; all must be right."""

    parts: tuple[tuple[str, Measure], ...]
    grammar: str = "pair"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss has one part wrong, lacks one, or has them exchanged."""
        roles: list[Role] = [role] * len(self.parts)
        change = rng.choice(("one", "one", "lacking", "exchanged")) if role == "near" else ""
        if role == "near":
            roles = ["right"] * len(self.parts)
        if change == "one":
            roles[rng.randrange(len(roles))] = rng.choice(("near", "other"))
        values = [part.number(its, rng) for (_, part), its in zip(self.parts, roles, strict=True)]
        if change == "exchanged":
            values = values[1:] + values[:1]
        right = all(part.holds(value) for (_, part), value in zip(self.parts, values, strict=True))
        lacking = change == "lacking"
        said = [(name, shown(value)) for (name, _), value in zip(self.parts, values, strict=True)][lacking:]
        as_json = json.dumps({name: float(value) for name, value in said})
        rng.shuffle(said)
        return Phrase(_together(said, rng), right and not lacking, as_json, _lines(said, rng), whole=not lacking)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a start to an end in seconds; right where its overlap with the truth is at least `overlap`. length: of the clip."""

    start: float
    end: float
    overlap: float
    length: float
    grammar: str = "time"

    def phrase(self, role: Role, rng: random.Random) -> Phrase:
        """A near miss overlaps a little too little."""
        for _ in range(500):
            start, end = self._drawn(role, rng)
            text, meant = self._said(start, end, rng)
            shared = _overlap(meant, (self.start, self.end))
            if meant[1] - meant[0] >= LEAST_SECONDS and _fits(role, shared, self.overlap):
                return Phrase(text, role == "right", json.dumps(text))
        start, end = (self.start, self.end) if role == "right" else (self.length + 5, self.length + 9)
        text = f"from {shown(start)} s to {shown(end)} s"
        return Phrase(text, role == "right", json.dumps(text))

    def _drawn(self, role: Role, rng: random.Random) -> tuple[float, float]:
        spread = {"right": 0.12, "near": 0.6, "other": 2.0}[role] * (self.end - self.start)
        start = min(max(0.0, self.start + rng.uniform(-spread, spread)), self.length)
        end = min(max(0.0, self.end + rng.uniform(-spread, spread)), self.length)
        if role == "right" and rng.random() < 0.4:
            start, end = self.start, self.end
        return min(start, end), max(start, end)

    def _said(self, start: float, end: float, rng: random.Random) -> tuple[str, tuple[float, float]]:
        """A wording and what it means, rounded as it is said."""
        one, two = round(start, 1), round(end, 1)
        a, b = shown(one), shown(two)
        ways = [
            f"from {a} s to {b} s",
            f"from {a} seconds to {b} seconds",
            f"between {a} and {b} seconds",
            f"{a}-{b} s",
            f"{a}s to {b}s",
            f"starting at {a} s and ending at {b} s",
            f"from second {a} until second {b}",
            f"for {shown(round(two - one, 1))} seconds, starting at {a} s",
            f"from 00:{one:04.1f} to 00:{two:04.1f}" if two < 60 else f"from {a} s to {b} s",
        ]
        if rng.random() < 0.15:
            share = [round(100 * time / self.length) for time in (start, end)]
            return f"from {share[0]}% to {share[1]}% of the clip", (share[0] * self.length / 100, share[1] * self.length / 100)
        if end > 0.97 * self.length and rng.random() < 0.4:
            return f"from {a} seconds until the end", (one, self.length)
        if start < 0.03 * self.length and rng.random() < 0.4:
            return f"from the beginning until {b} seconds", (0.0, two)
        return rng.choice(ways), (one, two)


def shown(value: float) -> str:
    """Digits without a needless fraction."""
    return f"{value:.10g}"


def in_words(value: float) -> str:
    """0 to 999 in words, the fraction digit by digit: "sixty-five point six"."""
    whole, _, fraction = shown(value).partition(".")
    words = _whole_in_words(int(whole))
    return f"{words} point {' '.join(_SMALL[int(digit)] for digit in fraction)}" if fraction else words


def _whole_in_words(value: int) -> str:
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, ones = _TENS[value // 10 - 2], value % 10
        return f"{tens}-{_SMALL[ones]}" if ones else tens
    rest = value % 100
    return f"{_SMALL[value // 100]} hundred" + (f" and {_whole_in_words(rest)}" if rest else "")


def _together(said: list[tuple[str, str]], rng: random.Random) -> str:
    ways = (
        " and ".join(f"a {name} of {value}" for name, value in said),
        " and ".join(f"{name} {value}" for name, value in said),
        ", ".join(f"{name}: {value}" for name, value in said),
        ", ".join(f"{name} = {value}" for name, value in said),
        ", with ".join(f"{value} for {name}" for name, value in said),
    )
    return rng.choice(ways)


def _lines(said: list[tuple[str, str]], rng: random.Random) -> str:
    form = rng.choice(("{}: {}", "- {}: {}", "**{}**: {}", "- **{}**: {}", "| {} | {} |"))
    return "\n".join(form.format(name.capitalize(), value) for name, value in said)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0.0, shared) / max(1e-9, max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def _fits(role: Role, shared: float, least: float) -> bool:
    bands = {"right": (min(1.0, least + 0.08), 1.0), "near": (0.55 * least, least - 0.08), "other": (0.0, 0.5 * least)}
    low, high = bands[role]
    return low <= shared <= high
