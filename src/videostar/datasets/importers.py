"""Every annotation format that is read, by name: ours, and those that other packages add as entry points `videostar.importers`."""

from __future__ import annotations

from importlib.metadata import entry_points

from videostar.datasets import (
    activitynet_captions,
    activitynet_qa,
    charades,
    charades_sta,
    cholec80,
    class_folders,
    ego_exo4d,
    epic_kitchens,
    finediving,
    generic,
    jigsaws,
    kinetics,
    moma,
    mtl_aqa,
    mvbench,
    nextqa,
    qvhighlights,
    samples,
    ssv2,
    star,
    tempcompass,
    tgif_qa,
    videostar_annotations,
    vstar_1m,
)
from videostar.datasets.importer import Format
from videostar.datasets.lists import list_formats
from videostar.errors import DataError, nearest

ENTRY_POINTS = "videostar.importers"
IMPORTERS: dict[str, Format] = {
    "activitynet-captions": activitynet_captions.FORMAT,
    "activitynet-qa": activitynet_qa.FORMAT,
    "charades": charades.FORMAT,
    "charades-sta": charades_sta.FORMAT,
    "cholec80": cholec80.FORMAT,
    "ego-exo4d": ego_exo4d.FORMAT,
    "epic-kitchens-100": epic_kitchens.FORMAT,
    "finediving": finediving.FORMAT,
    "folder": class_folders.FORMAT,
    "jigsaws": jigsaws.FORMAT,
    "kinetics": kinetics.FORMAT,
    "moma-lrg": moma.FORMAT,
    "mtl-aqa": mtl_aqa.FORMAT,
    "mvbench": mvbench.FORMAT,
    "nextqa": nextqa.FORMAT,
    "qvhighlights": qvhighlights.FORMAT,
    "samples": samples.FORMAT,
    "something-something-v2": ssv2.FORMAT,
    "star": star.FORMAT,
    "table": generic.FORMAT,
    "tempcompass": tempcompass.FORMAT,
    "tgif-qa": tgif_qa.FORMAT,
    "video-star": videostar_annotations.FORMAT,
    "vstar-1m": vstar_1m.FORMAT,
    **list_formats(),
}


def all_importers() -> dict[str, Format]:
    """Ours and the installed ones of others; a name of ours cannot be taken."""
    return {**{point.name: importer(point.name) for point in entry_points(group=ENTRY_POINTS)}, **IMPORTERS}


def importer(name: str) -> Format:
    """The format of that name. Raises `DataError` that lists all names."""
    if name in IMPORTERS:
        return IMPORTERS[name]
    added = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in added:
        known = sorted({*IMPORTERS, *added})
        raise DataError(f'there is no format "{name}"{nearest(name, known)}; known are: {", ".join(known)}')
    try:
        found = added[name].load()
    except (ImportError, AttributeError) as error:
        raise DataError(f'the format "{name}" of {added[name].value} cannot be loaded: {error}') from None
    if not isinstance(found, Format):
        raise DataError(f'the entry point "{name}" ({added[name].value}) is no videostar.datasets.importer.Format')
    return found
