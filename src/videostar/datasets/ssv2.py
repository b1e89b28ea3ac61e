"""Something-Something v2: a class with gaps, what fills them, and the sentence. Validation has the class too; test has neither.

    {"id": "78687", "label": "holding potato next to vicks vaporub bottle", "template": "Holding [something] next to [something]",
     "placeholders": ["potato", "vicks vaporub bottle"]}

https://www.qualcomm.com/developer/software/something-something-v-2-dataset
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_of_file, text_of


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The class of the action, the sentence, the things that take part."""
    for path in files_of(paths, ".json"):
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            yield Row(f"{path.name}:{line}", tuple(_items(row, options)), split, by_name)


def _items(row: Any, options: Options) -> Iterator[Item]:
    name = str(row.get("id") or "").strip() if isinstance(row, Mapping) else ""
    if not name:
        yield Dropped("no video is named")
        return
    take = Take("ssv2", name, options.video("{id}.webm", {"id": name}), options.seed)
    template = text_of(row.get("template")).replace("[", "").replace("]", "")
    sentence = text_of(row.get("label"))
    if not template and not sentence:
        yield Dropped("no label", name)
        return
    if template:
        yield take.ask("action", {"kind": "category", "value": template, "aliases": [sentence] if sentence else []})
    if sentence:
        yield take.ask("caption", {"kind": "text", "value": sentence})
    things = list(dict.fromkeys(thing for thing in map(text_of, row.get("placeholders") or ()) if thing))
    if things:
        yield take.ask("objects", {"kind": "set", "value": things})


FORMAT = Format(
    title="Something-Something v2",
    read=rows,
    files="something-something-v2-train.json or -validation.json (labels/train.json)",
    tasks=("action", "caption", "objects"),
    settings={"video": 'path of a clip; default "{id}.webm"'},
)
