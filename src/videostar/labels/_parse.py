"""A label's JSON form -> the label, with every problem of it reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from videostar.errors import DataError, nearest
from videostar.labels._label import LabelRecord


def parsed(row: Mapping[str, Any], defaults: Mapping[str, Any], kinds: Mapping[str, type[LabelRecord]]) -> LabelRecord:
    """The label of `row`; `defaults` ("number.relative_tolerance": 0.1) fill fields that the row leaves unset."""
    problems: list[str] = []
    label = _parse(row, defaults, kinds, problems)
    if label is None or problems:
        raise DataError(*problems)
    return label


def _parse(row: Any, defaults: Mapping[str, Any], kinds: Mapping[str, type[LabelRecord]], problems: list[str]) -> LabelRecord | None:
    if not isinstance(row, Mapping):
        problems.append(f'a label is an object such as {{"kind": "category", "value": "smash"}}, got {type(row).__name__} {_shown(row)}')
        return None
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        problems.append(_unknown_kind(kind, kinds))
        return None
    fields = {str(name): value for name, value in row.items()}
    if defaults:
        for name, value in _defaults_of(kind, defaults).items():
            fields.setdefault(name, value)
    if kind == "composite" and isinstance(row.get("parts"), Mapping):
        fields["parts"] = _parts(row["parts"], defaults, kinds, problems)
        if fields["parts"] is None:
            return None
    try:
        return kinds[kind].model_validate(fields)
    except ValidationError as error:
        problems.extend(_problem(kind, kinds[kind], details) for details in error.errors(include_url=False))
        return None


def _parts(
    rows: Mapping[str, Any], defaults: Mapping[str, Any], kinds: Mapping[str, type[LabelRecord]], problems: list[str]
) -> dict[str, LabelRecord] | None:
    """The parts of a composite label; None when one of them has a problem. A part is never composite itself."""
    simple = {name: kind for name, kind in kinds.items() if name != "composite"}
    parts: dict[str, LabelRecord] = {}
    sound = True
    for name, row in rows.items():
        own: list[str] = []
        part = _parse(row, defaults, simple, own)
        problems.extend(f"part {name!r}: {problem}" for problem in own)
        if part is None:
            sound = False
        else:
            parts[str(name)] = part
    return parts if sound else None


def _unknown_kind(kind: Any, kinds: Mapping[str, type[LabelRecord]]) -> str:
    allowed = ", ".join(kinds)
    if kind is None:
        return f'a label needs a "kind", one of: {allowed}'
    guess = nearest(kind.lower(), kinds) if isinstance(kind, str) else ""
    return f"unknown kind of label {_shown(kind)}{guess}; allowed are: {allowed}"


def _defaults_of(kind: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults for one kind."""
    prefix = f"{kind}."
    return {name.removeprefix(prefix): value for name, value in defaults.items() if name.startswith(prefix)}


def _problem(kind: str, record: type[LabelRecord], details: ErrorDetails) -> str:
    place = ".".join(str(step) for step in details["loc"])
    if details["type"] == "missing":
        return f'a label of kind "{kind}" needs "{place}"'
    if details["type"] == "extra_forbidden":
        allowed = [name for name in record.model_fields if name != "kind"]
        return f'a label of kind "{kind}" has no field "{place}"{nearest(place, allowed)}; allowed are: {", ".join(allowed)}'
    message = details["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if not place:
        return f'label of kind "{kind}": {message}'
    return f'"{place}" of a label of kind "{kind}": {message}, got {_shown(details["input"])}'


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
