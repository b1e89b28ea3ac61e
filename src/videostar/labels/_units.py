"""Units of length, mass, time, temperature, speed and volume: what a number with one unit is in another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from videostar.labels._scan import scanned


class Unit(NamedTuple):
    """A unit of one `measure`: value * factor + offset is the number in the measure's base unit."""

    measure: str
    factor: float
    offset: float = 0.0

    def of(self, value: float, written: Unit) -> float:
        """`value`, written in another unit of the same measure, in this one."""
        return (value * written.factor + written.offset - self.offset) / self.factor


_TABLE = {
    "length": {
        0.001: "mm millimeter millimeters millimetre millimetres",
        0.01: "cm cms centimeter centimeters centimetre centimetres",
        1.0: "m meter meters metre metres",
        1000.0: "km kms kilometer kilometers kilometre kilometres",
        0.0254: "inch inches",
        0.3048: "foot feet ft",
        0.9144: "yard yards yd yds",
        1609.344: "mile miles",
    },
    "mass": {
        1e-6: "mg milligram milligrams",
        0.001: "g gram grams gramme grammes",
        1.0: "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
        1000.0: "ton tons tonne tonnes",
        0.45359237: "lb lbs pound pounds",
        0.028349523: "oz ounce ounces",
    },
    "time": {
        0.001: "ms msec millisecond milliseconds",
        1.0: "s sec secs second seconds",
        60.0: "min mins minute minutes",
        3600.0: "h hr hrs hour hours",
        86400.0: "day days",
    },
    "speed": {
        1 / 3.6: "km/h|kph|kmh|kilometers per hour|kilometres per hour|kilometers an hour|kilometres an hour|km per hour",
        0.44704: "mph|miles per hour|miles an hour",
        1.0: "m/s|meters per second|metres per second|meters a second|metres a second",
    },
    "volume": {
        0.001: "ml milliliter milliliters millilitre millilitres",
        0.01: "cl centiliter centiliters centilitre centilitres",
        1.0: "l liter liters litre litres",
    },
}
_CELSIUS = "°c|degrees celsius|degree celsius|celsius|degrees c|degrees centigrade|centigrade|°|degrees|degree"
_FAHRENHEIT = "°f|degrees fahrenheit|degree fahrenheit|fahrenheit|degrees f"


def _phrases() -> dict[tuple[str, ...], Unit]:
    found: dict[tuple[str, ...], Unit] = {}
    for measure, units in _TABLE.items():
        for factor, texts in units.items():
            for text in texts.split("|") if "|" in texts else texts.split():
                found[tuple(scanned(text).words)] = Unit(measure, factor)
    for text in _CELSIUS.split("|"):
        found[tuple(scanned(text).words)] = Unit("temperature", 1.0)
    for text in _FAHRENHEIT.split("|"):
        found[tuple(scanned(text).words)] = Unit("temperature", 5 / 9, -160 / 9)
    return found


_PHRASES: Mapping[tuple[str, ...], Unit] = _phrases()
_LONGEST = max(len(phrase) for phrase in _PHRASES)


@lru_cache(maxsize=4096)
def unit_named(text: str) -> Unit | None:
    """The unit that a whole text names; None for one that is not known here."""
    return _PHRASES.get(tuple(scanned(text).words))


def unit_after(words: list[str], at: int) -> tuple[Unit, int] | None:
    """The unit that starts at token `at`, past a hyphen, and the token after it."""
    start = at + 1 if words[at : at + 1] == ["-"] else at
    for length in range(min(_LONGEST, len(words) - start), 0, -1):
        unit = _PHRASES.get(tuple(words[start : start + length]))
        if unit is not None:
            return unit, start + length
    return None
