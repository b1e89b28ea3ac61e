"""Lists of video and class, one a line, as many data sets publish their splits; each is a small file of `mappings` and no code.

    ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi ApplyEyeMakeup 0

A mapping says how names are spelled, and where the class stands when a line does not name it. The rows are those that
https://github.com/open-mmlab/mmaction2 works with; the data sets' own lists are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path

import yaml

from videostar.datasets.files import files_of, lines_of
from videostar.datasets.importer import Dropped, Format, Options, Row, Take, split_named, split_of_file
from videostar.datasets.videos import SUFFIXES

_LINE = re.compile(rf"(.+?(?:{'|'.join(re.escape(suffix) for suffix in sorted(SUFFIXES))}))(?:[\s,]+(.*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListMapping:
    """What a mapping file says.

    spelling: "camel" (ApplyEyeMakeup), "underscores" (brush_hair) or "plain". label_from_name: pattern whose first group is the class in a
    list's own name. group: pattern whose first group, of the path, is what splits keep together. split_codes: what a number in a line says.
    verified: whether rows of the real lists were at hand.
    """

    title: str
    page: str
    row: str
    spelling: str = "plain"
    label_from_name: str = ""
    group: str = ""
    split_codes: Mapping[int, str] = field(default_factory=dict)
    verified: bool = True


def mappings() -> dict[str, ListMapping]:
    """Every mapping that is shipped, by name."""
    folder = files("videostar.datasets").joinpath("mappings")
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return {item.name.removesuffix(".yaml"): ListMapping(**yaml.safe_load(item.read_text(encoding="utf-8"))) for item in found}


def rows(paths: Sequence[Path], options: Options, mapping: ListMapping, name: str) -> Iterator[Row]:
    """One class question a line."""
    for path in files_of(paths, ".txt", ".csv"):
        split, by_name = split_of_file(path)
        for line, text in lines_of(path):
            match = _LINE.fullmatch(text.strip())
            where = f"{path.name}:{line}"
            if match is None:
                yield Row(where, (Dropped("no video file is named", text[:60]),))
                continue
            words = (match[2] or "").replace(",", " ").split()
            code = next((int(word) for word in words if word.isdecimal()), None)
            told = mapping.split_codes.get(code, "") if code is not None else ""
            if mapping.split_codes and told == "unused":
                yield Row(where, (Dropped("in no split of this list", match[1]),))
                continue
            label = " ".join(word for word in words if not word.isdecimal()) or _label(path, match[1], mapping)
            item = _take(name, match[1], mapping, options).ask("action", {"kind": "category", "value": _spelled(label, mapping.spelling)})
            named = split_named(told)
            yield Row(
                where, (item if label else Dropped("no label", match[1]),), named or split, "the number in the line" if named else by_name
            )


def _take(name: str, video: str, mapping: ListMapping, options: Options) -> Take:
    group = re.search(mapping.group, video) if mapping.group else None
    file = video if options.videos is None else options.videos.find(video)
    return Take(name, video, file, options.seed, group=group[1] if group else "")


def _label(path: Path, video: str, mapping: ListMapping) -> str:
    """From the list's own name, else from the folder of the video."""
    match = re.fullmatch(mapping.label_from_name, path.stem) if mapping.label_from_name else None
    folders = video.split("/")[:-1]
    return match[1] if match else folders[-1] if folders else ""


def _spelled(label: str, spelling: str) -> str:
    if spelling == "camel":
        return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", label).lower()
    return label.replace("_", " ") if spelling == "underscores" else label


def list_formats() -> dict[str, Format]:
    """A format for each mapping."""
    return {
        name: Format(
            title=mapping.title,
            read=partial(rows, mapping=mapping, name=name),
            files=f'lists of lines such as "{mapping.row}" ({mapping.page})',
            tasks=("action",),
            verified=mapping.verified,
        )
        for name, mapping in mappings().items()
    }
