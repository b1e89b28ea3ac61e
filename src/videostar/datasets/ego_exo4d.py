"""Ego-Exo4D: what happens at single moments, what experts say about it, what is good and what to improve, how skilled.

    atomic_descriptions_train.json   {"annotations": {"3c489f86-...": [{"annotation_uid": "...", "rejected": false, "descriptions":
      [{"text": "C moves his right hand.", "timestamp": 0.03831, "ego_visible": "0", "best_exo": {"cam_id": "cam01"}, "unsure": "0"}]}]}}
    expert_commentary_train.json     {"annotations": {"816c4bd2-...": [{"take_name": "cmu_bike15_4", "commentary_data":
      [{"recording": "4.webm", "video_time": 27.833885, "text": " Our mechanic is using a 15mm ...", "error": false}]}]}}
    proficiency_demonstration_*.json [{"take_uid": "...", "video_paths": {"ego": "takes/..."}, "good_executions":
      [{"video_time": 0.98, "list": ["Getting lowered towards the ground", ...]}], "tips_for_improvement": [...]}]
    proficiency_demonstrator_*.json  [{"take_uid": "...", "video_paths": {...}, "proficiency_score": "Early Expert"}]

These rows are the pages' own; no real file was seen. The first two files need takes.json, which says where a take's videos lie.
A question is about a clip of a few seconds around its moment. https://docs.ego-exo4d-data.org/annotations/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows, json_under
from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number, split_of_file, text_of
from videostar.errors import DataError
from videostar.seeds import rng_for

LEVELS = ("Novice", "Early Expert", "Intermediate Expert", "Late Expert")
CLIP_SECONDS = 8.0
_WEARER = re.compile(r"\bC\b")


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One row for each annotation of a take."""
    files = files_of(paths, ".json")
    takes = {uid: take for path in files if path.name.startswith("takes") for uid, take in _takes(path)}
    for path in (path for path in files if not path.name.startswith("takes")):
        split, by_name = split_of_file(path)
        for line, uid, value in json_under(path, "annotations"):
            for items in _read(value, uid, takes, options):
                yield Row(f"{path.name}:{line}", items, split, by_name)


def _read(value: Any, uid: str, takes: Mapping[str, Mapping[str, Any]], options: Options) -> Iterator[tuple[Item, ...]]:
    """The rows of one entry: several annotations of a take, or one about its proficiency."""
    if isinstance(value, Mapping):
        yield tuple(_proficiency(value, options))
        return
    for number_, annotation in enumerate(value if isinstance(value, list) else [None]):
        if not isinstance(annotation, Mapping):
            yield (Dropped("not an annotation", uid),)
        elif uid not in takes:
            yield (Dropped("a take that takes.json does not name", uid),)
        elif annotation.get("rejected"):
            yield (Dropped("the annotation was rejected", uid),)
        elif "descriptions" in annotation:
            yield tuple(_descriptions(annotation, (uid, str(number_)), takes[uid], options))
        else:
            yield tuple(_commentary(annotation, (uid, str(number_)), takes[uid], options))


def _descriptions(annotation: Mapping[str, Any], key: tuple[str, str], take: Mapping[str, Any], options: Options) -> Iterator[Item]:
    for place, one in enumerate(_parts(annotation, "descriptions")):
        text, time = text_of(one.get("text")), number(one.get("timestamp"))
        camera = text_of((one.get("best_exo") or {}).get("cam_id")) if isinstance(one.get("best_exo"), Mapping) else ""
        is_ego = options.settings.get("view", "exo") == "ego"
        if not text or time is None:
            yield Dropped("no text or no time", "-".join((*key, str(place))))
        elif _is_true(one.get("unsure")):
            yield Dropped("the annotator was unsure", text)
        elif is_ego and not _is_true(one.get("ego_visible")):
            yield Dropped("not visible in the view of the camera wearer", text)
        elif (file := take["ego"] if is_ego else take["exo"].get(camera)) is None:
            yield Dropped("no video of that view", "-".join((*key, str(place))))
        else:
            words = _WEARER.sub("the camera wearer" if is_ego else "the person", text)
            clip, at = _clip((*key, str(place)), str(file), time, options)
            yield clip.ask("caption_moment", {"kind": "text", "value": words}, time=at)
            yield clip.ask("moment", {"kind": "timestamp", "value_seconds": at}, event=words)


def _commentary(annotation: Mapping[str, Any], key: tuple[str, str], take: Mapping[str, Any], options: Options) -> Iterator[Item]:
    file = take["ego"] if options.settings.get("view", "exo") == "ego" else take["exo"].get(take["best"]) or take["ego"]
    for place, one in enumerate(_parts(annotation, "commentary_data")):
        text, time = " ".join(text_of(one.get("text")).split()), number(one.get("video_time"))
        if one.get("error"):
            yield Dropped("the transcription failed", "-".join((*key, str(place))))
        elif not text or time is None or file is None:
            yield Dropped("no text, no time or no video", "-".join((*key, str(place))))
        else:
            clip, at = _clip((*key, str(place)), str(file), time, options)
            yield clip.ask("commentary", {"kind": "text", "value": text}, time=at)


def _proficiency(row: Mapping[str, Any], options: Options) -> Iterator[Item]:
    uid, paths = text_of(row.get("take_uid")), row.get("video_paths")
    views = {name: text_of(path) for name, path in paths.items()} if isinstance(paths, Mapping) else {}
    is_ego = options.settings.get("view", "exo") == "ego"
    file = views.get("ego") if is_ego else next((path for name, path in sorted(views.items()) if name != "ego"), views.get("ego"))
    if not uid or not file:
        yield Dropped("no video is named", uid)
        return
    level = text_of(row.get("proficiency_score"))
    if level in LEVELS:
        take = Take("ego-exo4d", uid, options.video("{path}", {"path": file}), options.seed, group=uid)
        yield take.ask("skill", {"kind": "category", "value": level, "classes": LEVELS})
    elif level:
        yield Dropped("an unknown level", level)
    for task, name in (("strength", "good_executions"), ("advice", "tips_for_improvement")):
        for place, one in enumerate(_parts(row, name)):
            texts, time = [text_of(text) for text in one.get("list") or () if text_of(text)], number(one.get("video_time"))
            if not texts or time is None:
                yield Dropped("no text or no time", f"{uid} {name} {place}")
                continue
            clip, at = _clip((uid, str(place)), file, time, options)
            yield clip.ask(task, {"kind": "text", "value": texts[0], "references": texts[1:]}, time=at)


def _clip(key: tuple[str, ...], file: str, time: float, options: Options) -> tuple[Take, float]:
    """A clip with the moment somewhere in it, drawn by seed, and the moment from its start. key: the take first."""
    length = options.number("clip_seconds", CLIP_SECONDS) or CLIP_SECONDS
    before = rng_for(options.seed, "clip around", *key).uniform(0.2, 0.8) * length
    start = round(max(0.0, time - before), 2)
    video = options.video("{path}", {"path": file})
    take = Take("ego-exo4d", "-".join(key), video, options.seed, start, round(start + length, 2), group=key[0])
    return take, round(time - start, 2)


def _takes(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each take the path of the wearer's video, of the others by camera, and the best camera."""
    for line, row in json_rows(path):
        files = row.get("frame_aligned_videos") if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or not isinstance(files, Mapping):
            raise DataError(f'{path}:{line}: a take has "frame_aligned_videos"')
        root = text_of(row.get("root_dir"))
        found: dict[str, Any] = {"ego": None, "exo": {}, "best": text_of(row.get("best_exo"))}
        for camera, streams in files.items():
            is_ego = str(camera).lower().startswith("aria")
            stream = streams.get("rgb" if is_ego else "0") if isinstance(streams, Mapping) else None
            relative = text_of(stream.get("relative_path")) if isinstance(stream, Mapping) else ""
            if relative and is_ego:
                found["ego"] = f"{root}/{relative}"
            elif relative:
                found["exo"][str(camera)] = f"{root}/{relative}"
        yield text_of(row.get("take_uid")), found


def _is_true(value: object) -> bool:
    return value in (True, 1, "1", "true", "True")


def _parts(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = of.get(name)
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


FORMAT = Format(
    title="Ego-Exo4D",
    read=rows,
    files="takes.json with atomic_descriptions_*.json and expert_commentary_*.json; proficiency_demonstration_*.json and "
    "proficiency_demonstrator_*.json alone",
    tasks=("caption_moment", "moment", "commentary", "strength", "advice", "skill"),
    verified=False,
    allowed={"view": ("exo", "ego")},
    settings={
        "view": '"exo" (default): the camera that sees best; "ego": the wearer\'s',
        "clip_seconds": f"length of a clip around a moment; default {CLIP_SECONDS:g}",
        "video": 'path of a video; default "{path}", as the files say',
    },
)
