"""`videostar import`: annotation files of any known format -> a table of samples, with every row accounted for.

Rows in = rows used + rows dropped by reason; what a used row could not give is counted beside it.
"""

from __future__ import annotations

import hashlib
import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from videostar.datasets.importer import Dropped, Format, Options, Row, is_number
from videostar.datasets.importers import all_importers, importer
from videostar.datasets.table import escapes
from videostar.datasets.videos import VideoFolder
from videostar.errors import DataError, nearest
from videostar.rows import dump, to_json
from videostar.seeds import seed_for
from videostar.shown import count as shown_count
from videostar.shown import one_line, visible
from videostar.store import write_lines
from videostar.types import SPLITS, Sample, Split

SHARES = (("train", 0.8), ("validation", 0.9), ("test", 1.0))
SHOWN_CASES = 3
LONGEST_DETAIL = 100
POSITIVE = frozenset({"fps", "width", "height", "clip_seconds"})
NUMBERS = frozenset({"minimum", "maximum"})
END_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What the command line said. split: one of the three, "auto" (the source's, else made) or "made". limit: samples drawn by seed."""

    name: str
    paths: tuple[str, ...]
    out: Path
    video_root: Path | None = None
    split: str = "auto"
    limit: int | None = None
    seed: int = 0
    settings: tuple[str, ...] = ()


@dataclass(slots=True)
class Account:
    """Where every row went."""

    rows_in: int = 0
    rows_used: int = 0
    rows_dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    cases: dict[str, list[str]] = field(default_factory=dict)
    tasks: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    split_by: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    seen: set[int] = field(default_factory=set)

    def note(self, counter: Counter[str], where: str, dropped: Dropped) -> None:
        """Count a reason, and keep the first few places."""
        counter[dropped.reason] += 1
        places = self.cases.setdefault(dropped.reason, [])
        if len(places) < SHOWN_CASES:
            places.append(f"{where}{dropped.detail and f' ({one_line(dropped.detail, LONGEST_DETAIL)})'}")


def import_samples(request: ImportRequest, say: Callable[[str], None] = lambda _: None) -> Account:
    """Write `request.out` whole or not at all. say: is told how the files are read, before they are. Raises `DataError`."""
    found = importer(request.name)
    paths, limit = _paths(request)
    if found.holds_videos and request.video_root is None and len(paths) == 1 and paths[0].is_dir():
        request = replace(request, video_root=paths[0])
    videos = None if request.video_root is None else _videos(request.video_root)
    options = Options(request.seed, _settings(request.settings, found, request.name), videos)
    for line in () if found.notes is None else found.notes(paths, options):
        say(visible(line))
    account = Account()
    placed = _placed(found.read(paths, options), request, options, account)
    samples = placed if limit is None else _drawn(placed, limit, request.seed)
    write_lines(request.out, (dump(to_json(sample)) for sample in _counted(samples, account)))
    return account


def _paths(request: ImportRequest) -> tuple[list[Path], int | None]:
    """The files, and how many samples to draw: `--limit`, or `file#1000`."""
    limit, paths = request.limit, []
    for text in request.paths:
        path, mark, number = text.rpartition("#")
        if mark and number.isdecimal() and int(number) > 0 and not Path(text).exists():
            if limit is not None:
                raise DataError(f'"{text}": how many samples to draw is said twice')
            limit, text = int(number), path  # noqa: PLW2901  (the path is what stands before the mark)
        if not Path(text).exists():
            raise DataError(f"there is no file or folder {text}")
        paths.append(Path(text))
    return paths, limit


def _videos(root: Path) -> VideoFolder:
    if not root.is_dir():
        raise DataError(f"--video-root: there is no folder {root}")
    return VideoFolder(root)


def _settings(texts: Sequence[str], found: Format, name: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    for text in texts:
        key, mark, value = text.partition("=")
        if not mark:
            raise DataError(f'"--set {text}": a setting is written name=value')
        if key not in found.settings:
            allowed = ", ".join(found.settings) or "none"
            raise DataError(f'{name} has no setting "{key}"{nearest(key, found.settings)}; allowed are: {allowed}')
        if key in POSITIVE and not (is_number(value) and float(value) > 0):
            raise DataError(f'"{key}" must be a number above 0, not "{value}"')
        if key in NUMBERS and not is_number(value):
            raise DataError(f'"{key}" must be a number, not "{value}"')
        if value not in found.allowed.get(key, (value,)):
            raise DataError(f'"{key}" must be one of {", ".join(found.allowed[key])}, not "{value}"')
        settings[key] = value
    return settings


def _placed(rows: Iterator[Row], request: ImportRequest, options: Options, account: Account) -> Iterator[Sample]:
    """The samples of all rows, each in its split, and every row in the account."""
    splitter = _Splitter(request, options)
    prefix = _prefix(request)
    for row in rows:
        account.rows_in += 1
        account.mended.update(row.mended)
        split, split_by = splitter.known(row)
        kept, refused = [], []
        for found in row.items:
            item = found if isinstance(found, Dropped) else _relative(found, request.video_root)
            problem = item if isinstance(item, Dropped) else _problem(item, account)
            if problem is not None:
                refused.append(problem)
            elif isinstance(item, Sample):
                kept.append(item)
        if not kept:
            account.note(account.rows_dropped, row.where, refused[0] if refused else Dropped("nothing can be asked of it"))
            continue
        account.rows_used += 1
        account.split_by[split_by] += 1
        for problem in refused:
            account.note(account.left_out, row.where, problem)
        for sample in kept:
            account.missing += options.videos is not None and sample.video not in options.videos
            yield replace(sample, video=f"{prefix}{sample.video}", split=split or splitter.made(sample))


def _relative(sample: Sample, root: Path | None) -> Sample:
    """A whole path below the folder of videos is written from there."""
    if root is None or not os.path.isabs(sample.video) or escapes(root, sample.video):
        return sample
    video = os.path.relpath(sample.video, root.absolute())
    return replace(sample, video=video, group=video if sample.group == sample.video else sample.group)


def _problem(sample: Sample, account: Account) -> Dropped | None:
    """What is wrong with a sample beside the others: its path or its id."""
    if os.path.isabs(sample.video) or ".." in sample.video.split("/"):
        return Dropped("a path that leaves the folder of videos", sample.video)
    identity = hash(sample.id)  # a number a sample, where the texts would not fit
    if identity in account.seen:
        return Dropped("an id that stands already", sample.id)
    account.seen.add(identity)
    return None


class _Splitter:
    """Which split a row belongs to: told, said by the source, or made by the content of its video, so that no video stands in two."""

    def __init__(self, request: ImportRequest, options: Options) -> None:
        if request.split not in (*SPLITS, "auto", "made"):
            raise DataError(f'"--split {request.split}": allowed are {", ".join(SPLITS)}, auto and made')
        self._told: Split | None = next((split for split in SPLITS if split == request.split), None)
        self._is_made = request.split == "made"
        self._videos = options.videos
        self._seed = request.seed
        self._of_group: dict[str, Split] = {}

    def known(self, row: Row) -> tuple[Split | None, str]:
        """The split, if it need not be made, and who says so."""
        if self._told is not None:
            return self._told, "--split"
        if row.split is None or self._is_made:
            what = "names" if self._videos is None else "content"
            return None, f"the {what} of the videos (made here, 80:10:10)"
        return row.split, row.split_by

    def made(self, sample: Sample) -> Split:
        """The split of a group, by the content of its first video where the file is there, else by its name."""
        if sample.group not in self._of_group:
            content = _content(self._videos, sample.video) or f"group {sample.group}"
            place = seed_for(self._seed, "split", content) / 2**63
            self._of_group[sample.group] = next(split for split in SPLITS if place < dict(SHARES)[split])
        return self._of_group[sample.group]


def _content(videos: VideoFolder | None, video: str) -> str:
    """Size, beginning and end of a file, which tell videos apart; "" where there is none."""
    if videos is None or video not in videos:
        return ""
    try:
        with (videos.root / video).open("rb") as file:
            digest = hashlib.sha256(file.read(END_BYTES))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - END_BYTES))
            digest.update(file.read(END_BYTES))
    except OSError:
        return ""
    return f"{size}-{digest.hexdigest()}"


def _prefix(request: ImportRequest) -> str:
    """What leads from the table to the videos, where they lie below it; else paths stay relative to the folder of videos."""
    if request.video_root is None:
        return ""
    below = os.path.relpath(request.video_root.absolute(), request.out.absolute().parent)
    return "" if below.startswith("..") or below == "." else f"{below}/"


def _drawn(samples: Iterator[Sample], limit: int, seed: int) -> Iterator[Sample]:
    """`limit` samples by seed, in the order in which they came; memory holds that many."""
    best: list[tuple[int, str, int, Sample]] = []
    for position, sample in enumerate(samples):
        ranked = (-seed_for(seed, "subsample", sample.id), sample.id, position, sample)
        if len(best) < limit:
            heapq.heappush(best, ranked)
        elif ranked[:2] > best[0][:2]:
            heapq.heapreplace(best, ranked)
    yield from (sample for *_, sample in sorted(best, key=lambda ranked: ranked[2]))


def _counted(samples: Iterator[Sample], account: Account) -> Iterator[Sample]:
    for sample in samples:
        account.tasks[sample.task] += 1
        account.splits[sample.split] += 1
        yield sample


def summary(request: ImportRequest, account: Account) -> str:
    """The table for a person, and one next step."""
    total = sum(account.tasks.values())
    dropped = sum(account.rows_dropped.values())
    lines = [
        f"rows in: {shown_count(account.rows_in)} = {shown_count(account.rows_used)} used + {shown_count(dropped)} dropped",
        *_counts("  dropped: ", account.rows_dropped, account.cases),
        *_counts("  left out of used rows: ", account.left_out, account.cases),
        *_counts("  put right: ", account.mended, {}),
        f"samples: {shown_count(total)}{' drawn by seed' if request.limit or '#' in ''.join(request.paths) else ''}",
        *(f"  {shown_count(number):>9} {task}" for task, number in sorted(account.tasks.items())),
        "splits: " + ", ".join(f"{shown_count(account.splits[split])} {split}" for split in SPLITS if account.splits[split]),
        *(f"  {shown_count(number)} rows split by {by}" for by, number in account.split_by.items() if by),
    ]
    if account.missing:
        lines.append(f"not found below {request.video_root}: the videos of {shown_count(account.missing)} samples")
    return "\n".join([*lines, f"written: {request.out}", _next_step(request, total)])


def listing() -> str:
    """Every format with what to name on the command line."""
    return "\n".join(f"{name}\n    {found.title}: {found.files}" for name, found in sorted(all_importers().items()))


def _counts(title: str, counter: Counter[str], cases: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"{title}{shown_count(number)} {reason}" + (f": {'; '.join(cases[reason])}" if reason in cases else "")
        for reason, number in counter.most_common()
    ]


def _next_step(request: ImportRequest, total: int) -> str:
    if not total:
        return "next: look at the reasons above; `videostar import --list` says what each format needs"
    root = "" if request.video_root is None or _prefix(request) else f" --video-root {request.video_root}"
    return f"next: videostar check {request.out}{root}"
