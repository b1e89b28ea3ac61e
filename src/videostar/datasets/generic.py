"""Any table: CSV, TSV, JSON, JSON Lines, Parquet, a folder of the `datasets` library, a labels file beside a folder of videos.

    file,class
    clips/a.mp4,yoga

Columns are told by settings or guessed by their names. A cell of a JSON table may hold one of our own labels.
https://huggingface.co/docs/datasets/video_dataset
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.answers import label_of_answer
from videostar.datasets.columns import MEANINGS, Columns
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_named, split_of_file, whole
from videostar.datasets.tables import first_row, table_files, values
from videostar.datasets.times import clock_seconds
from videostar.errors import DataError
from videostar.types import Split

MOST_CLASSES = 64
MOST_COUNTED = 100_000
UNITS = ("seconds", "frames", "shares")
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
KINDS = ("category", "text", "number", "count", "boolean", "timestamp", "sequence", "set")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One row, one sample."""
    folders = [path for path in paths if path.is_dir()]
    for path in table_files(paths):
        columns, classes = _columns(path, options), _classes(path, options)
        of_file, by_name = _split(path, folders)
        name = "-".join(path.relative_to(path.parent.parent if folders else path.parent).with_suffix("").parts)
        for line, cells in values(path):
            where = f"{path.name}:{line}"
            named = split_named(_cell(cells, columns, "split"))
            item = _item(cells, columns, classes, options, f"{name}-{line}")
            yield Row(where, (item,), named or of_file, f'the column "{columns.by_meaning["split"]}"' if named else by_name)


def _split(path: Path, folders: Sequence[Path]) -> tuple[Split | None, str]:
    """What the file's name says, or in a folder that was named the folder that it lies in."""
    split, by_name = split_of_file(path)
    of_folder = split_named(path.parent.name) if path.parent not in folders and folders else None
    return (of_folder, f"the folder {path.parent.name}") if split is None and of_folder else (split, by_name)


def notes(paths: Sequence[Path], options: Options) -> list[str]:
    """How each table's columns are read."""
    lines = []
    for path in table_files(paths):
        classes = _classes(path, options)
        lines.append(_columns(path, options).words(path.name) + (f"; {len(classes)} classes" if classes else ""))
    return lines


def _columns(path: Path, options: Options) -> Columns:
    told = {meaning: column for meaning, column in options.settings.items() if meaning in MEANINGS}
    return Columns.among(first_row(path), told, path.name)


def _item(cells: Mapping[str, Any], columns: Columns, classes: Sequence[str], options: Options, place: str) -> Item:
    video = _video(_cell(cells, columns, "video"))
    if not video:
        return Dropped("no video is named")
    label = _label(cells, columns, classes, options)
    if isinstance(label, Dropped):
        return label
    times = _times(cells, columns, options)
    if isinstance(times, Dropped):
        return times
    identity = str(_cell(cells, columns, "id") or place)
    file = video if options.videos is None else options.videos.find(video)
    group = str(_cell(cells, columns, "group") or "")
    used = set(columns.by_meaning.values())
    meta = {name: value for name, value in cells.items() if name not in used and isinstance(value, str | int | float | bool)}
    take = Take("table", identity, file, options.seed, *times, group=group, meta=meta)
    question = str(_cell(cells, columns, "question") or "").strip()
    task = options.settings.get("task", "")
    return take.own(task or "question", question, label) if question else take.ask(task or "action", label)


def _label(cells: Mapping[str, Any], columns: Columns, classes: Sequence[str], options: Options) -> dict[str, Any] | Dropped:
    if columns.asks_questions:
        return _answer(_cell(cells, columns, "answer"), _cell(cells, columns, "options"), str(_cell(cells, columns, "question") or ""))
    value = _cell(cells, columns, "label")
    if isinstance(value, Mapping) and "kind" in value:
        return dict(value)
    if value is None or value in ("", []):
        return Dropped("no label")
    kind = options.settings.get("kind", "set" if isinstance(value, list) else "category")
    read = _VALUES.get(kind)
    if read is not None:
        return {"kind": kind, **read(value, options)}
    return {"kind": kind, "value": str(value).strip(), **({"classes": classes} if classes else {})}


def _scaled(value: Any, options: Options) -> dict[str, Any]:
    scale = {name: options.number(name) for name in ("minimum", "maximum")}
    return {"value": number(value), "unit": options.settings.get("unit", ""), **scale}


def _members(value: Any, _: Options) -> dict[str, Any]:
    return {"value": value if isinstance(value, list) else [part.strip() for part in str(value).split(";") if part.strip()]}


_VALUES: Mapping[str, Callable[[Any, Options], dict[str, Any]]] = {
    "number": _scaled,
    "count": lambda value, _: {"value": whole(value)},
    "timestamp": lambda value, _: {"value_seconds": clock_seconds(value)},
    "boolean": lambda value, _: {"value": YES_NO.get(str(value).strip().lower())},
    "sequence": _members,
    "set": _members,
}


def _answer(answer: Any, choices: Any, question: str) -> dict[str, Any] | Dropped:
    if answer is None or str(answer).strip() == "":
        return Dropped("no answer")
    if isinstance(choices, Mapping):
        choices = list(choices.values())
    if not isinstance(choices, list) or len(choices) < 2:
        return label_of_answer(str(answer), question)
    texts = [str(choice).strip() for choice in choices]
    said = str(answer).strip()
    place = texts.index(said) if said in texts else whole(answer)
    if place is None and len(said.strip("().")) == 1:
        place = ord(said.strip("().").upper()) - ord("A")
    if place is None or not 0 <= place < len(texts):
        return Dropped("the answer is none of the choices", said)
    return {"kind": "choice", "options": texts, "answer": place}


def _times(cells: Mapping[str, Any], columns: Columns, options: Options) -> tuple[float, float | None] | Dropped:
    """Start and end in seconds of the file, from seconds, clock times, frames or shares of the duration."""
    found: list[float | None] = []
    for meaning in ("start", "end"):
        value = _cell(cells, columns, meaning)
        if value is None or value == "":
            found.append(None)
            continue
        seconds = _seconds(value, options, number(_cell(cells, columns, "duration")))
        if seconds is None:
            return Dropped(f"a time that is not in {options.settings.get('times', 'seconds')}", str(value))
        found.append(seconds)
    return found[0] or 0.0, found[1]


def _seconds(value: Any, options: Options, duration: float | None) -> float | None:
    unit = options.settings.get("times", "seconds")
    if unit == "seconds":
        return clock_seconds(value)
    plain, fps = number(value), options.number("fps")
    if plain is None:
        return None
    if unit == "frames":
        if fps is None:
            raise DataError("times in frames need their rate: --set fps=25")
        return round(plain / fps, 6)
    return round(plain * duration, 6) if duration and 0 <= plain <= 1 else None


def _cell(cells: Mapping[str, Any], columns: Columns, meaning: str) -> Any:
    return cells.get(columns.by_meaning.get(meaning, ""))


def _video(value: Any) -> str:
    """A path, also out of a `datasets` video feature or a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("path")
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _classes(path: Path, options: Options) -> list[str]:
    """The classes of a table of labels, where they are few enough to stand in every row."""
    columns = _columns(path, options)
    if columns.asks_questions or options.settings.get("kind", "category") != "category":
        return []
    found: set[str] = set()
    for count, (_, cells) in enumerate(values(path)):
        value = _cell(cells, columns, "label")
        if not isinstance(value, str | int) or len(found) > MOST_CLASSES or count > MOST_COUNTED:
            return []
        found.add(str(value).strip())
    return sorted(found - {""}) if len(found) <= MOST_CLASSES else []


SETTINGS = {
    **MEANINGS,
    "kind": f"what the label is: {', '.join(KINDS)}; default category",
    "task": "name of the task; default action, or question",
    "times": f"what start and end are in: {', '.join(UNITS)}; default seconds (also as 00:01:02.50)",
    "fps": "rate, for times in frames",
    "minimum": "lower end of the scale of a number",
    "maximum": "upper end of the scale of a number",
    "unit": "unit of a number",
}
FORMAT = Format(
    title="any table",
    read=rows,
    files="a .csv, .tsv, .json, .jsonl or .parquet; a folder of the datasets library; a folder with one table among its videos",
    tasks=("action", "question"),
    settings=SETTINGS,
    allowed={"kind": KINDS, "times": UNITS},
    notes=notes,
    holds_videos=True,
)
