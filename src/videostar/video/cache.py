"""Decoded frames on disk, by what is in a file rather than by its name: moved and copied videos are not decoded again.

`frames/` holds one safetensors file for each (content, span, sampling, decoder); `digests/` remembers the content of a
path as long as its size and modification time stay. Everything is written beside its place and renamed, so several
processes can share a cache; an entry that does not match its own checksum is removed and counts as absent. Beyond the
limit, the entries used longest ago go.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from videostar.errors import ConfigError
from videostar.types import FrameRecord
from videostar.video.frames import ClipRef, Frames, frames_sha256
from videostar.video.sampling import Sampling

DECODER = f"1, av {version('av')}"  # raise the number when decoding or sampling gives other pixels
EVICT_TO_SHARE = 0.9
RESCAN_SHARE = 0.05
ABANDONED_SECONDS = 3600.0
FULL = {errno.ENOSPC, errno.EDQUOT}

_logger = logging.getLogger(__name__)
_Failure = TypeVar("_Failure")


@dataclass(frozen=True, slots=True)
class FileId:
    """Which bytes a path stands for, as far as a look at its folder tells; -1 where there is no such file."""

    path: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileId:
        """As it is now."""
        try:
            found = path.stat()
        except (OSError, ValueError):
            return cls(str(path), -1, -1)
        return cls(str(path), found.st_size, found.st_mtime_ns)


def entry_key(content_sha256: str, clip: ClipRef, sampling: Sampling) -> str:
    """The name of an entry: equal for equal content, span, settings and decoder."""
    parts = [content_sha256, clip.start_seconds, clip.end_seconds, sampling.to_json(), DECODER]
    return _sha256(json.dumps(parts, sort_keys=True))


class FrameCache:
    """Frames below a folder, at most `limit_bytes` of them. Safe for several threads and processes.

    Raises `ConfigError` where the folder cannot be made. A full disk only ends the writing of new entries, with one warning.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._frames = folder / "frames"
        self._digests = folder / "digests"
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._held_bytes: int | None = None
        self._unscanned_bytes = 0
        self._writable = True
        try:
            self._frames.mkdir(parents=True, exist_ok=True)
            self._digests.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno in FULL:
                self._stop_writing(error)
                return
            raise ConfigError(f"frames.cache: {folder} cannot be used: {error}; name another folder or set frames.cache_gib=0") from error

    def content_sha256(self, file: FileId, read: Callable[[], str | _Failure]) -> str | _Failure:
        """The digest of a file's bytes, from memory on disk or else by `read`, whose failure is passed on."""
        place = _sharded(self._digests, _sha256(json.dumps([os.path.abspath(file.path), file.size, file.mtime_ns])))
        try:
            remembered = place.read_text("ascii", errors="replace")
            if len(remembered) == 64:
                return remembered
        except OSError:
            pass
        found = read()
        if isinstance(found, str):
            self._write(place, lambda path: path.write_text(found, "ascii"))
        return found

    def get(self, key: str) -> Frames | None:
        """The frames under `key`, or None. They are the very bytes that were put."""
        place = self._entry(key)
        try:
            frames = _read_entry(place)
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            _logger.info("a damaged cache entry goes: %s: %s", place, error)
            place.unlink(missing_ok=True)
            return None
        self._touch(place)
        return frames

    def put(self, key: str, frames: Frames) -> None:
        """Keep frames under `key`, unless they alone are beyond the limit."""
        if self._writable and frames.pixels.nbytes <= self._limit_bytes:
            self._write(self._entry(key), lambda path: _write_entry(path, frames))
            self._make_room(frames.pixels.nbytes)

    def _entry(self, key: str) -> Path:
        return _sharded(self._frames, key).with_suffix(".safetensors")

    def _touch(self, place: Path) -> None:
        """Modification time is when an entry was last used."""
        try:
            os.utime(place)
        except OSError:  # gone meanwhile, or a folder that may only be read
            return

    def _write(self, place: Path, write: Callable[[Path], object]) -> None:
        if not self._writable:
            return
        unfinished = place.with_name(f"{place.name}.{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write(unfinished)
            unfinished.replace(place)
        except (OSError, SafetensorError) as error:
            unfinished.unlink(missing_ok=True)
            self._stop_writing(error)

    def _stop_writing(self, error: Exception) -> None:
        """Said once: a run goes on without its cache."""
        with self._lock:
            first, self._writable = self._writable, False
        if first:
            _logger.warning("frames are no longer cached: %s", error)

    def _make_room(self, added_bytes: int) -> None:
        """Count what is there from time to time (others may write too) and let the oldest go when it is too much."""
        with self._lock:
            self._unscanned_bytes += added_bytes
            known = self._held_bytes
            due = known is None or self._unscanned_bytes > RESCAN_SHARE * self._limit_bytes
            if known is not None and not due and known + self._unscanned_bytes <= self._limit_bytes:
                return
            self._held_bytes = _evict(self._frames, self._limit_bytes)
            self._unscanned_bytes = 0


def _evict(folder: Path, limit_bytes: int) -> int:
    """Remove entries, oldest use first, until there is room again; bytes that remain."""
    entries = sorted(_entries(folder))
    held = sum(size for _, size, _ in entries)
    if held <= limit_bytes:
        return held
    for _, size, place in entries:
        if held <= EVICT_TO_SHARE * limit_bytes:
            break
        Path(place).unlink(missing_ok=True)
        held -= size
    return held


def _entries(folder: Path) -> list[tuple[int, int, str]]:
    """(last use in ns, bytes, path) of each entry. What a killed process left unfinished is removed."""
    found = []
    for shard in os.scandir(folder):
        for entry in os.scandir(shard.path):
            try:
                facts = entry.stat()
            except FileNotFoundError:
                continue
            if entry.name.endswith(".tmp"):
                if time.time() - facts.st_mtime > ABANDONED_SECONDS:
                    Path(entry.path).unlink(missing_ok=True)
            else:
                found.append((facts.st_mtime_ns, facts.st_size, entry.path))
    return found


def _write_entry(place: Path, frames: Frames) -> None:
    facts = {name: getattr(frames, name) for name in ("timestamps_seconds", "fps", "duration_seconds", "width", "height")}
    text = json.dumps({**facts, "policy": frames.record.policy, "sha256": frames.record.sha256})
    save_file({"pixels": frames.pixels}, place, metadata={"facts": text, "facts_sha256": _sha256(text)})


def _read_entry(place: Path) -> Frames:
    """Raises ValueError where the pixels or the facts beside them are not those that were written."""
    place.stat()  # FileNotFoundError for what is not there; safetensors has its own words for it
    with safe_open(place, framework="numpy") as entry:
        metadata, pixels = entry.metadata() or {}, entry.get_tensor("pixels")
    if _sha256(metadata["facts"]) != metadata["facts_sha256"]:
        raise ValueError("its facts were changed")
    facts = json.loads(metadata["facts"])
    times, policy, sha256 = tuple(facts.pop("timestamps_seconds")), facts.pop("policy"), facts.pop("sha256")
    if frames_sha256(pixels, times) != sha256:
        raise ValueError("its pixels were changed")
    return Frames(pixels, times, record=FrameRecord(policy, times, sha256), **facts)


def _sharded(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
