"""Video-STaR's own annotation JSON: a question with a label of one or more named parts, each with the verifier that checked it.

    {"video_id": "6H78U", "question_id": "Interaction_T1_13_rt", "question": "...", "label": {"temporal_range": [0.35, 0.62]},
     "video_path": "STARB/star_videos/6H78U.mp4", "duration": 31.2, "label_type": ["temporal_range"],
     "verifier_type": ["temporal_range"], "id": 7}

The shape is read off the published converters; no real file was seen. Times are shares of `duration`. Sequences were written there by
class number or through a set, so they are read as sets, and before and after of FineDiving are left out. Boxes are shares of a frame
padded to a square and need width and height. https://github.com/orrzohar/Video-STaR
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file, text_of

SCALES = {"final_score": (0.0, 150.0), "action_difficulty": (1.0, 5.0), "difficulty": (1.0, 5.0)}
SENTENCES = frozenset({"sentence", "llm"})


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """The source's own questions; several parts become one composite label."""
    for path in files_of(paths, ".json", ".jsonl"):
        split, by_name = split_of_file(path)
        for line, row in json_rows(path):
            item = annotated(row, options, "video-star") if isinstance(row, Mapping) else Dropped("not an object")
            yield Row(f"{path.name}:{line}", (item,), split, by_name)


def annotated(row: Mapping[str, Any], options: Options, source: str) -> Item:
    """The sample of one annotation."""
    video, question = text_of(row.get("video_path")) or text_of(row.get("video")), text_of(row.get("question"))
    identity = "-".join(str(row[name]) for name in ("question_id", "id") if row.get(name) not in (None, ""))
    if not video or not identity:
        return Dropped("no video or no id", identity)
    labels = _labels(row, video, options)
    if isinstance(labels, Dropped):
        return labels
    take = Take(source, identity, options.video("{path}", {"path": video}), options.seed, group=text_of(row.get("video_id")) or video)
    if len(labels) == 1:
        (name, label), *_ = labels.items()
        return take.own(name, question, label)
    return take.own(
        "composite", question, {"kind": "composite", "parts": {name.replace("_", " "): label for name, label in labels.items()}}
    )


def _labels(row: Mapping[str, Any], video: str, options: Options) -> dict[str, dict[str, Any]] | Dropped:
    """The label of each part by name."""
    types = row.get("label_type")
    names = [types] if isinstance(types, str) else [text_of(name) for name in types] if isinstance(types, list) else []
    given, verifiers = row.get("label"), row.get("verifier_type")
    values = given if isinstance(given, Mapping) else dict(zip(names, given, strict=False)) if isinstance(given, list) else {}
    checks = dict(zip(names, verifiers, strict=False)) if isinstance(verifiers, list) else {}
    labels: dict[str, dict[str, Any]] = {}
    for name in names or list(values):
        if name in ("action_after_action", "action_before_action") and "finediving" in video.lower():
            return Dropped("its order is by class number, not by time", name)
        label = _label(name, str(checks.get(name, "")), values.get(name), row, options)
        if isinstance(label, Dropped):
            return label
        labels[name] = label
    return labels or Dropped("no label", str(row.get("question_id")))


def _label(name: str, check: str, value: Any, row: Mapping[str, Any], options: Options) -> dict[str, Any] | Dropped:
    if value is None or value in ("", []):
        return Dropped("no label", name)
    if check in ("temporal_range", "timestamp") or name in ("temporal_range", "normalized_time"):
        return _time(value, number(row.get("duration")))
    if check == "bbox" or name == "location":
        return _box(value, options)
    return _plain(name, check, value)


def _plain(name: str, check: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"kind": "boolean", "value": value}
    if (found := number(value)) is not None and (check == "float" or name in SCALES):
        minimum, maximum = SCALES.get(name, (None, None))
        return {"kind": "number", "value": found, "minimum": minimum, "maximum": maximum}
    if isinstance(value, list):
        members = list(dict.fromkeys(text_of(member) for member in value if text_of(member)))
        return {"kind": "set", "value": members} if len(members) > 1 else {"kind": "category", "value": "".join(members)}
    return {"kind": "text" if check in SENTENCES else "category", "value": text_of(value) or str(value)}


def _time(value: Any, duration: float | None) -> dict[str, Any] | Dropped:
    """Shares of the duration -> seconds."""
    shares = [number(share) for share in (value if isinstance(value, list) else [value])]
    known = [share for share in shares if share is not None and 0 <= share <= 1]
    if not duration or len(known) != len(shares) or len(known) not in (1, 2):
        return Dropped("times that are no shares of a known duration", f"{value} of {duration}")
    seconds = [round(share * duration, 3) for share in known]
    if len(seconds) == 1:
        return {"kind": "timestamp", "value_seconds": seconds[0]}
    if seconds[0] >= seconds[1]:
        return Dropped("the end is not after the start", str(value))
    return {"kind": "interval", "windows": [seconds]}


def _box(value: Any, options: Options) -> dict[str, Any] | Dropped:
    """Shares of the padded square -> shares of the frame."""
    width, height = options.number("width"), options.number("height")
    shares = [number(share) for share in value] if isinstance(value, list) and len(value) == 4 else []
    known = [share for share in shares if share is not None]
    if width is None or height is None or len(known) != 4:
        return Dropped("a box in a padded square; its frame's width and height are not told", str(value)[:60])
    side = max(width, height)
    pads = ((side - width) / 2, (side - height) / 2)
    corners = [(share * side - pads[place % 2]) / (width, height)[place % 2] for place, share in enumerate(known)]
    return {"kind": "box", **dict(zip(("x1", "y1", "x2", "y2"), (round(min(1.0, max(0.0, c)), 4) for c in corners), strict=True))}


FORMAT = Format(
    title="Video-STaR annotations",
    read=rows,
    files="star_annotations/train.json or test.json of a source",
    tasks=("by label_type", "composite"),
    verified=False,
    settings={
        "width": "width of the videos in pixels, for boxes",
        "height": "height of the videos in pixels, for boxes",
        "video": 'path of a video; default "{path}", as the rows say',
    },
)
