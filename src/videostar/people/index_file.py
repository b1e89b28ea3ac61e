"""The index: one SQLite file of videos, the moments in them, raw answers, labels, and a full text over all of it.

A moment is a window of a video, or a time that an answer gave. Words are found by FTS5 with stemming; what was asked for is bound as
a value, never pasted into SQL. Written in whole batches, so that a process killed anywhere leaves a file that can be gone on with.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from videostar.errors import DataError, RunError

APPLICATION = 0x56537452  # "VStR"
VERSION = 1
BUSY_SECONDS = 10.0
SCHEMA = """
create table videos (
    id integer primary key, path blob not null unique, size integer not null, mtime_ns integer not null, sha256 text not null,
    duration_seconds real, asked text not null, is_done integer not null default 0, error text not null default ''
);
create table moments (
    id integer primary key, video integer not null references videos (id) on delete cascade,
    start_seconds real not null, end_seconds real not null, is_window integer not null, own text not null, context text not null
);
create index moments_by_video on moments (video, start_seconds);
create table answers (
    moment integer not null references moments (id) on delete cascade, name text not null, text text not null, finish text not null,
    primary key (moment, name)
) without rowid;
create table labels (
    video integer not null references videos (id) on delete cascade, moment integer references moments (id) on delete cascade,
    name text not null, kind text not null, text text not null, number real
);
create index labels_by_name on labels (name, text, video);
create index labels_by_moment on labels (moment, name);
create index labels_by_video on labels (video, name);
create table vectors (
    moment integer not null references moments (id) on delete cascade, embedder text not null, vector blob not null,
    primary key (embedder, moment)
) without rowid;
create virtual table passages using fts5 (
    own, context, content='moments', content_rowid='id', prefix='3 4', tokenize="porter unicode61 remove_diacritics 2"
);
create virtual table vocabulary using fts5vocab (passages, 'row');
create trigger moments_added after insert on moments begin
    insert into passages (rowid, own, context) values (new.id, new.own, new.context);
end;
create trigger moments_gone after delete on moments begin
    insert into passages (passages, rowid, own, context) values ('delete', old.id, old.own, old.context);
end;
"""


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """A label of a moment or, where `moment` is None, of a whole video. number: where its kind has one."""

    name: str
    kind: str
    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class StoredMoment:
    """A window or a time in it, with what is found by. own: its words; context: those of the window that it lies in.

    answers: (name, raw text, finish). Times are file time.
    """

    start_seconds: float
    end_seconds: float
    is_window: bool
    own: str
    context: str = ""
    answers: Sequence[tuple[str, str, str]] = ()
    labels: Sequence[StoredLabel] = ()


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A file as it was when it was indexed. asked: what model was asked what. is_done: all its windows are there."""

    id: int
    path: Path
    size: int
    mtime_ns: int
    sha256: str
    asked: str
    is_done: bool
    error: str
    windows: frozenset[float] = field(default_factory=frozenset)


@contextmanager
def written(path: Path) -> Iterator[IndexFile]:
    """The index to write into, made where it is not there yet, held by one process at a time. Raises `RunError` and `DataError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f".{path.name}.lock").open("a+")
    except OSError as error:
        raise RunError(f"{path} cannot be made an index ({error.strerror}); choose another --out") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"{path} is being written by another process; wait for it, or choose another --out") from None
        fresh = not path.exists() or path.stat().st_size == 0
        with closing(_connected(path, f"file:{_quoted(path)}?mode=rwc")) as database:
            if fresh:
                database.executescript(f"begin; {SCHEMA} pragma application_id={APPLICATION}; pragma user_version={VERSION}; commit;")
            _check(path, database)
            yield IndexFile(database)


@contextmanager
def read(path: Path) -> Iterator[sqlite3.Connection]:
    """The index to look things up in, beside one who writes. Raises `DataError` where it is none."""
    if not path.is_file():
        raise DataError(f"there is no index {path}; `videostar index VIDEOS... --out {path}` makes one")
    with closing(_connected(path, f"file:{_quoted(path)}?mode=ro")) as database:
        database.execute("pragma trusted_schema = off")  # a file from elsewhere runs nothing of its own
        _check(path, database)
        yield database


class IndexFile:
    """What indexing writes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def video(self, path: Path) -> StoredVideo | None:
        """A file that is known."""
        columns = "id, path, size, mtime_ns, sha256, asked, is_done, error"
        row = self.database.execute(f"select {columns} from videos where path = ?", (os.fsencode(path),)).fetchone()  # noqa: S608  (constants)
        if row is None:
            return None
        starts = self.database.execute("select start_seconds from moments where video = ? and is_window", (row[0],))
        return StoredVideo(row[0], Path(os.fsdecode(row[1])), *row[2:6], bool(row[6]), row[7], frozenset(start for (start,) in starts))

    def paths(self) -> list[Path]:
        """All files that are known."""
        return [Path(os.fsdecode(raw)) for (raw,) in self.database.execute("select path from videos order by path")]

    def begin(self, path: Path, stat: os.stat_result, sha256: str, asked: str, duration_seconds: float | None) -> int:
        """A file anew, what was known of it forgotten; its number."""
        with self.database:
            self.database.execute("delete from videos where path = ?", (os.fsencode(path),))
            found = self.database.execute(
                "insert into videos (path, size, mtime_ns, sha256, asked, duration_seconds) values (?, ?, ?, ?, ?, ?)",
                (os.fsencode(path), stat.st_size, stat.st_mtime_ns, sha256, asked, duration_seconds),
            )
            return int(found.lastrowid or 0)

    def touch(self, video: int, stat: os.stat_result) -> None:
        """The same content with another time of change."""
        with self.database:
            self.database.execute("update videos set size = ?, mtime_ns = ? where id = ?", (stat.st_size, stat.st_mtime_ns, video))

    def forget(self, path: Path) -> None:
        """All about a file."""
        with self.database:
            self.database.execute("delete from videos where path = ?", (os.fsencode(path),))

    def add(self, moments: Sequence[tuple[int, StoredMoment]]) -> None:
        """Moments of videos, all or none."""
        with self.database:
            for video, moment in moments:
                self._add(video, moment)

    def finish(self, video: int, labels: Sequence[StoredLabel], error: str) -> None:
        """A video is whole: its labels as a whole, and what could not be read of it."""
        with self.database:
            self._label(video, None, labels)
            self.database.execute("update videos set is_done = 1, error = ? where id = ?", (error, video))

    def window_answers(self, video: int, name: str) -> list[tuple[float, float, str]]:
        """(start, end, raw text) of a question's answers about all windows of a video, in order."""
        return self.database.execute(
            "select start_seconds, end_seconds, answers.text from moments join answers on answers.moment = moments.id"
            " where video = ? and is_window and name = ? order by start_seconds",
            (video, name),
        ).fetchall()

    def without_vector(self, embedder: str, most: int) -> list[tuple[int, str]]:
        """(moment, its words) of some moments that this embedder has not seen."""
        return self.database.execute(
            "select id, trim(own || ' ' || context) from moments where id not in (select moment from vectors where embedder = ?)"
            " order by id limit ?",
            (embedder, most),
        ).fetchall()

    def add_vectors(self, embedder: str, rows: Sequence[tuple[int, bytes]]) -> None:
        """What an embedder made of moments: float32."""
        with self.database:
            self.database.executemany(
                "insert or replace into vectors (moment, embedder, vector) values (?, ?, ?)",
                [(moment, embedder, vector) for moment, vector in rows],
            )

    def counts(self) -> Mapping[str, int]:
        """How much it holds."""
        return {
            "videos": self.database.execute("select count(*) from videos").fetchone()[0],
            "moments": self.database.execute("select count(*) from moments").fetchone()[0],
        }

    def _add(self, video: int, moment: StoredMoment) -> None:
        found = self.database.execute(
            "insert into moments (video, start_seconds, end_seconds, is_window, own, context) values (?, ?, ?, ?, ?, ?)",
            (video, moment.start_seconds, moment.end_seconds, moment.is_window, _storable(moment.own), _storable(moment.context)),
        )
        number = int(found.lastrowid or 0)
        self.database.executemany(
            "insert into answers (moment, name, text, finish) values (?, ?, ?, ?)",
            [(number, name, _storable(text), finish) for name, text, finish in moment.answers],
        )
        self._label(video, number, moment.labels)

    def _label(self, video: int, moment: int | None, labels: Sequence[StoredLabel]) -> None:
        self.database.executemany(
            "insert into labels (video, moment, name, kind, text, number) values (?, ?, ?, ?, ?, ?)",
            [(video, moment, label.name, label.kind, _storable(label.text), label.number) for label in labels],
        )


def _connected(path: Path, uri: str) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)
        database.execute("pragma foreign_keys = on")
    except sqlite3.Error as error:
        raise DataError(f"{path} cannot be opened as an index: {error}") from None
    return database


def _check(path: Path, database: sqlite3.Connection) -> None:
    try:
        application, version = (database.execute(f"pragma {name}").fetchone()[0] for name in ("application_id", "user_version"))
    except sqlite3.Error as error:
        raise DataError(f"{path} is no index: {error}; choose the file that `videostar index --out` wrote") from None
    if application != APPLICATION:
        raise DataError(f"{path} is no index, though an SQLite file; choose the file that `videostar index --out` wrote")
    if version != VERSION:
        raise DataError(f"{path} has the form {version} of an index, and this version knows {VERSION}; index the videos anew")


def _quoted(path: Path) -> str:
    """An absolute path for an SQLite URI."""
    from urllib.parse import quote

    return quote(os.fsencode(path.absolute()))


def _storable(text: str) -> str:
    """Lone surrogates cannot be stored; model text may hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
