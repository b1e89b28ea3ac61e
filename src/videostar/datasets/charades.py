"""Charades: whole videos at home with the actions in them, the script that was acted, descriptions, the room.

    id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length
    YSKX3,CP6Y,Bedroom,5,6,Yes,A person fixes the bed then throws pillow on it.,bed;blanket;mattress;pillow,...,c077 12.10 18.00;...,16.62

Action codes need `Charades_v1_classes.txt` (lines such as "c077 Putting a pillow somewhere"). Some ends lie past the video's `length`.
https://prior.allenai.org/projects/charades
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from videostar.datasets.files import lines_of, table_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file
from videostar.datasets.segments import Kept, asked_of, kept_segments

MOST_ACTIONS = 8


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Room, description and objects; and with the class file what happens when, before, after, how often."""
    names = _names(path for path in paths if path.suffix == ".txt")
    for path in (path for path in paths if path.suffix != ".txt"):
        split, by_name = split_of_file(path)
        for line, cells in table_rows(path, ("id", "actions", "length")):
            kept = _actions(cells, names)
            mended = ("an end was cut to the video's length",) * kept.cut
            yield Row(f"{path.name}:{line}", tuple(_items(cells, kept, options)), split, by_name, mended)


def _items(cells: Mapping[str, str], kept: Kept, options: Options) -> Iterator[Item]:
    name = cells["id"]
    if not name:
        yield Dropped("no video is named")
        return
    take = Take("charades", name, options.video("{id}.mp4", cells), options.seed, meta={"subject": cells.get("subject", "")})
    if cells.get("scene"):
        yield take.ask("scene", _scene(cells["scene"]))
    texts = [text.strip() for text in (cells.get("script", ""), *cells.get("descriptions", "").split(";")) if text.strip()]
    if texts:
        yield take.ask("caption", {"kind": "text", "value": texts[0], "references": texts[1:]})
    things = [thing for thing in cells.get("objects", "").split(";") if thing]
    if things:
        yield take.ask("objects", {"kind": "set", "value": list(dict.fromkeys(things))})
    yield from kept.dropped
    actions = list(dict.fromkeys(segment.name for segment in kept.segments))
    if 1 < len(actions) <= MOST_ACTIONS:
        yield take.ask("actions", {"kind": "set", "value": actions})
    yield from asked_of(take, kept.segments)


def _scene(text: str) -> dict[str, object]:
    """ "Closet / Walk-in closet / Spear closet" are names of one place; a remark in parentheses is left out of the further names."""
    names = [part.strip() for part in text.split(" (", maxsplit=1)[0].split("/") if part.strip()]
    return {"kind": "category", "value": names[0], "aliases": [name for name in (*names[1:], text) if name != names[0]]}


def _actions(cells: Mapping[str, str], names: Mapping[str, str]) -> Kept:
    found: list[tuple[str, float | None, float | None]] = []
    wrong: list[Dropped] = []
    for text in filter(None, (part.strip() for part in cells.get("actions", "").split(";"))):
        code, *times = text.split()
        if code not in names:
            wrong.append(Dropped("an action code without a name; add the class file", code))
        elif len(times) != 2:
            wrong.append(Dropped("an action without two times", text))
        else:
            found.append((names[code], number(times[0]), number(times[1])))
    kept = kept_segments(found, number(cells.get("length")))
    return Kept(kept.segments, (*wrong, *kept.dropped), kept.cut)


def _names(files: Iterator[Path]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path in files:
        for _, line in lines_of(path):
            code, _, name = line.partition(" ")
            names[code] = name.strip()
    return names


FORMAT = Format(
    title="Charades",
    read=rows,
    files="Charades_v1_train.csv or Charades_v1_test.csv, and Charades_v1_classes.txt for the actions",
    tasks=("scene", "caption", "objects", "actions", "action_at", "interval", "when", "how_many", "before", "after", "order"),
    settings={"video": 'path of a video; default "{id}.mp4"'},
)
