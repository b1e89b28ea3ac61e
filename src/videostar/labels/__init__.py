"""Labels that know what they mean: one file for each kind of supervision. Pure: no model, no files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from videostar.labels._label import LabelRecord
from videostar.labels._mentions import name_key
from videostar.labels._parse import parsed
from videostar.labels.boolean import BooleanLabel
from videostar.labels.box import BoxLabel
from videostar.labels.category import CategoryLabel
from videostar.labels.choice import ChoiceLabel
from videostar.labels.composite import CompositeLabel
from videostar.labels.count import CountLabel
from videostar.labels.interval import IntervalLabel
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.labels.set import SetLabel
from videostar.labels.text import TextLabel
from videostar.labels.timestamp import TimestampLabel
from videostar.types import Label

KINDS: dict[str, type[LabelRecord]] = {
    "category": CategoryLabel,
    "text": TextLabel,
    "number": NumberLabel,
    "count": CountLabel,
    "timestamp": TimestampLabel,
    "interval": IntervalLabel,
    "box": BoxLabel,
    "boolean": BooleanLabel,
    "choice": ChoiceLabel,
    "sequence": SequenceLabel,
    "set": SetLabel,
    "composite": CompositeLabel,
}
_NO_DEFAULTS: Mapping[str, Any] = MappingProxyType({})


def parse_label(row: Mapping[str, Any], defaults: Mapping[str, Any] = _NO_DEFAULTS) -> Label:
    """The label that a JSON object says.

    defaults: such as {"number.relative_tolerance": 0.1}; they fill fields that the row leaves unset.
    Raises DataError that lists every problem of the label at once.
    """
    return parsed(row, defaults, KINDS)


__all__ = ["KINDS", "LabelRecord", "name_key", "parse_label"]
