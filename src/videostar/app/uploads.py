"""Videos that people upload: taken only where they are short and small enough and decode, kept for their session, then deleted.

Every session has a folder of its own. A file is decoded under a time limit in a process that can be killed, before a model sees it.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from videostar import shown
from videostar.app.media import TYPES
from videostar.errors import DataError
from videostar.video.frames import FrameFailure
from videostar.video.workers import WorkerPool

UNTAKEN_SECONDS = 600.0
PREFIX, HELD = "videostar-app-", "held"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may be. decode_seconds: time to open it. most: files that a session keeps at once."""

    megabytes: int = 200
    seconds: float = 3600.0
    decode_seconds: float = 20.0
    most: int = 8


class Uploads:
    """The folders of all sessions; a context manager that deletes everything. Safe to use from several threads."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        _remove_orphans()
        self.root = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._held = (self.root / HELD).open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        self.incoming = self.root / "incoming"
        self.incoming.mkdir()
        self._folders: dict[str, Path] = {}
        self._lock = threading.Lock()
        self._pool = WorkerPool(1)

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()
        shutil.rmtree(self.root, ignore_errors=True)
        self._held.close()

    def take(self, session: str, uploaded: Path) -> Path:
        """The session's own copy of a file that has arrived, which is gone from where it was.

        Raises `DataError` that says why it is not taken; it is deleted then.
        """
        name = shown.one_line(uploaded.name, 80)
        if not self._has_arrived(uploaded):
            raise DataError("this file did not arrive as an upload; upload it again")
        try:
            self._check(uploaded, name)
            folder = self._folder(session)
            kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for old in kept[: max(0, len(kept) - self.limits.most + 1)]:
                old.unlink(missing_ok=True)
            place = folder / f"{secrets.token_hex(8)}{uploaded.suffix.lower()}"
            shutil.move(uploaded, place)
        finally:
            uploaded.unlink(missing_ok=True)
            if uploaded.parent != self.incoming:
                with suppress(OSError):  # others may lie there, too
                    uploaded.parent.rmdir()
        return place

    def forget(self, session: str) -> None:
        """Delete what a session uploaded."""
        with self._lock:
            folder = self._folders.pop(session, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what arrived and was not taken for ten minutes."""
        oldest = time.time() - UNTAKEN_SECONDS
        for path in self.incoming.rglob("*"):
            with suppress(OSError):
                if path.lstat().st_mtime < oldest:
                    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def _folder(self, session: str) -> Path:
        with self._lock:
            if session not in self._folders:
                self._folders[session] = Path(tempfile.mkdtemp(dir=self.root))
            return self._folders[session]

    def _has_arrived(self, uploaded: Path) -> bool:
        """Whether it is a file where uploads arrive, links followed; a browser may name any path."""
        try:
            return uploaded.resolve().is_relative_to(self.incoming.resolve()) and uploaded.is_file() and not uploaded.is_symlink()
        except (OSError, ValueError, RuntimeError):
            return False

    def _check(self, uploaded: Path, name: str) -> None:
        if uploaded.suffix.lower() not in TYPES:
            raise DataError(f"{name} is not taken: its name must end with one of {', '.join(TYPES)}")
        if uploaded.stat().st_size > self.limits.megabytes << 20:
            raise DataError(f"{name} has more than {self.limits.megabytes} MB; cut it, or start the app with a larger --upload-mb")
        found = self._pool.ask({"do": "probe", "path": str(uploaded)}, self.limits.decode_seconds)
        if isinstance(found, FrameFailure):
            raise DataError(f"{name} cannot be used: {found.reason}: {found.message}; upload a video file that plays to its end")
        seconds = found.message["info"].get("duration_seconds")
        if seconds is not None and seconds > self.limits.seconds:
            allowed = shown.duration(self.limits.seconds)
            raise DataError(f"{name} is {shown.duration(seconds)} long; at most {allowed} are taken: cut it, or raise --upload-minutes")


def _remove_orphans() -> None:
    """Delete what an app that was killed could not: a folder whose lock nobody holds is nobody's."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            with (folder / HELD).open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
