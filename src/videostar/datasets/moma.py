"""MOMA-LRG: activities of several people, their sub-activities, and at single moments who stands how to whom, and where.

    [{"file_name": "...", "num_frames": 0, "width": 640, "height": 360, "duration": 65.1, "activity": {"id": "...", "class_name": "...",
      "start_time": 1.0, "end_time": 60.0, "sub_activities": [{"id": "...", "class_name": "...", "start_time": 1.0, "end_time": 9.0,
      "higher_order_interactions": [{"id": "...", "time": 2.0, "actors": [{"id": "A", "class_name": "...", "bbox": [x, y, width, height]}],
      "objects": [...], "relationships": [{"class_name": "[src] behind [trg]", "source_id": "A", "target_id": "1"}], ...}]}]}}]

That is the page's own shape; no real row was seen. Splits are files such as {"train": [ids], "val": [ids], "test": [ids]}.
https://github.com/StanfordVL/moma
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_pairs, json_rows, starts_with
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_named, text_of
from videostar.datasets.segments import Kept, asked_of, kept_segments
from videostar.types import Split

MOST_MOMENTS = 3
UNNAMED = ("unsure", "unclassified")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The activity; what its sub-activities' times support; relations and places at a few moments."""
    files = files_of(paths, ".json")
    splits = _splits(path for path in files if starts_with(path) == "{")
    for path in (path for path in files if starts_with(path) != "{"):
        for line, row in json_rows(path):
            where = f"{path.name}:{line}"
            activity = row.get("activity") if isinstance(row, Mapping) else None
            if not isinstance(row, Mapping) or not isinstance(activity, Mapping) or not text_of(activity.get("class_name")):
                yield Row(where, (Dropped("no activity"),))
                continue
            kept, start = _kept(activity), number(activity.get("start_time")) or 0.0
            split = splits.get(text_of(activity.get("id")))
            items = tuple(_items(row, activity, start, kept, options))
            yield Row(where, items, split, "the split file" if split else "", ("an end was cut to the activity's end",) * kept.cut)


def _items(row: Mapping[str, Any], activity: Mapping[str, Any], start: float, kept: Kept, options: Options) -> Iterator[Item]:
    identity = text_of(activity.get("id")) or text_of(row.get("file_name"))
    file = options.video("{file_name}", {"file_name": text_of(row.get("file_name")), "id": identity})
    take = Take("moma-lrg", identity, file, options.seed, start, number(activity.get("end_time")), group=file)
    yield take.ask("action", {"kind": "category", "value": text_of(activity["class_name"])})
    yield from kept.dropped
    if kept.segments:
        yield from asked_of(take, kept.segments)
    moments = [moment for part in _parts(activity, "sub_activities") for moment in _parts(part, "higher_order_interactions")]
    step = max(1, len(moments) // MOST_MOMENTS)
    size = (number(row.get("width")) or 0, number(row.get("height")) or 0)
    for moment in moments[::step][:MOST_MOMENTS]:
        yield from _at(take, moment, size)


def _at(take: Take, moment: Mapping[str, Any], size: tuple[float, float]) -> Iterator[Item]:
    time = number(moment.get("time"))
    if time is None or time < take.start_seconds:
        yield Dropped("a moment without a time within the activity", text_of(moment.get("id")))
        return
    at = round(time - take.start_seconds, 2)
    things = [*_parts(moment, "actors"), *_parts(moment, "objects")]
    names = {text_of(thing.get("id")): text_of(thing.get("class_name")) for thing in things}
    shared = list(names.values())
    for relation in (*_parts(moment, "relationships"), *_parts(moment, "transitive_actions")):
        source, target = text_of(relation.get("source_id")), text_of(relation.get("target_id"))
        one, two = names.get(source, ""), names.get(target, "")
        words = text_of(relation.get("class_name")).replace("[src]", "").replace("[trg]", "").strip()
        if one and two and words and shared.count(one) == shared.count(two) == 1 and _is_named(words):
            slots = {"subject": one, "object": two, "time": at}
            yield take.ask("relation", {"kind": "text", "value": words}, f"{at:g}-{source}-{target}-{words[:20]}", **slots)
    for thing in things:
        name = text_of(thing.get("class_name"))
        if shared.count(name) == 1 and _is_named(name):
            label = _box(thing.get("bbox"), size)
            where = {"kind": "box", **label, "at_seconds": at}
            missing = Dropped("a box or the frame's size is missing", name)
            yield take.ask("where", where, f"{at:g}-{name}", object=name, time=at) if label else missing


def _box(box: Any, size: tuple[float, float]) -> dict[str, float]:
    """Corners as shares of the frame; nothing where the box or the frame's size is not whole."""
    values = [number(value) for value in box] if isinstance(box, Sequence) else []
    known = [value for value in values if value is not None]
    if len(known) != 4 or len(values) != 4 or min(*size, *known[2:]) <= 0:
        return {}
    x, y, width, height = known
    corners = (x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])
    return dict(zip(("x1", "y1", "x2", "y2"), (round(min(1.0, max(0.0, share)), 4) for share in corners), strict=True))


def _kept(activity: Mapping[str, Any]) -> Kept:
    """The sub-activities, timed from the activity's start."""
    start, end = number(activity.get("start_time")) or 0.0, number(activity.get("end_time"))
    found: list[tuple[str, float | None, float | None]] = []
    dropped: list[Dropped] = []
    for part in _parts(activity, "sub_activities"):
        name, begin, stop = text_of(part.get("class_name")), number(part.get("start_time")), number(part.get("end_time"))
        if not _is_named(name):
            dropped.append(Dropped("the annotator was unsure", name))
        else:
            found.append((name, None if begin is None else round(begin - start, 3), None if stop is None else round(stop - start, 3)))
    kept = kept_segments(found, None if end is None else round(end - start, 3))
    return Kept(kept.segments, (*dropped, *kept.dropped), kept.cut)


def _is_named(name: str) -> bool:
    return not any(word in name.lower() for word in UNNAMED)


def _parts(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = of.get(name)
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _splits(files: Iterator[Path]) -> dict[str, Split]:
    return {
        str(identity): split
        for path in files
        for _, name, identities in json_pairs(path)
        if (split := split_named(name)) and isinstance(identities, list)
        for identity in identities
    }


FORMAT = Format(
    title="MOMA-LRG",
    read=rows,
    files="anns.json, and if at hand a split file such as splits/standard.json",
    tasks=("action", "action_at", "interval", "when", "before", "after", "order", "how_many", "relation", "where"),
    verified=False,
    settings={"video": 'path of a video; default "{file_name}"'},
)
