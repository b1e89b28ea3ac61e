"""`RUN/browse.sqlite`: where each row of a run lies, and sets of samples to filter by. It holds places, no copies.

It can be removed at any time and is made again. Text can be searched through an inverted index that keeps no text.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np

from videostar.app.bits import Bits

NAME = "browse.sqlite"
VERSION = 1
TURNS = 1024
"""Numbers in the text index: sample * TURNS + a place of its own for each of its texts, so that hits come in the order of samples."""

_TABLES = """
create table files (id integer primary key, name text unique, inode integer, at integer);
create table samples (number integer primary key, id text unique, file integer, at integer, size integer);
create table answers (sample integer, cycle integer, kind text, candidate integer, file integer, at integer, size integer,
                      primary key (sample, cycle, kind, candidate)) without rowid;
create table verdicts (sample integer, cycle integer, kind text, candidate integer, file integer, at integer, size integer,
                       primary key (sample, cycle, kind, candidate)) without rowid;
create table kept (sample integer, cycle integer, place integer, file integer, at integer, size integer,
                   primary key (sample, cycle, place)) without rowid;
create table sets (name text primary key, bits blob);
create table settled (cycle integer primary key);
create virtual table texts using fts5(text, content='', detail='none', columnsize=0);
"""


def index_path(run: Path) -> Path:
    """Beside the run; where nothing can be written there, in the folder for temporary files."""
    beside = run / NAME
    try:
        with beside.open("ab"):
            return beside
    except OSError:
        name = sha256(str(run.absolute()).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"videostar-browse-{name}.sqlite"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state and changes nothing."""
    with closing(_connected(path)) as database:
        yield database


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes appear together when the block ends well; one at a time over all processes."""
    with closing(_connected(path)) as database:
        database.execute("begin immediate")
        try:
            yield database
        except BaseException:
            database.rollback()
            raise
        database.commit()


def prepare(path: Path) -> None:
    """Make the tables, anew where they are of another version or the file is none of ours."""
    try:
        with reading(path) as database:
            version = database.execute("pragma user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        version = -1
    if version == VERSION:
        return
    discard(path)
    with closing(_connected(path)) as database:
        database.execute("pragma journal_mode = wal")
        database.executescript(f"begin immediate; {_TABLES} pragma user_version = {VERSION}; commit;")


def discard(path: Path) -> None:
    """Remove the index."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def sample_count(database: sqlite3.Connection) -> int:
    """How many samples it knows; their numbers are those below."""
    return int(database.execute("select coalesce(max(number) + 1, 0) from samples").fetchone()[0])


def set_of(database: sqlite3.Connection, name: str) -> Bits:
    """The samples that something is true of; empty where nothing is known."""
    row = database.execute("select bits from sets where name = ?", (name,)).fetchone()
    return np.zeros(0, np.uint8) if row is None else np.frombuffer(row[0], np.uint8)


def put_set(database: sqlite3.Connection, name: str, bits: Bits) -> None:
    """Keep a set."""
    database.execute("insert or replace into sets values (?, ?)", (name, bits.tobytes()))


def set_names(database: sqlite3.Connection, prefix: str) -> list[str]:
    """The names behind a prefix, in order."""
    rows = database.execute("select name from sets where substr(name, 1, ?) = ? order by name", (len(prefix), prefix))
    return [str(row[0])[len(prefix) :] for row in rows]


def _connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    database.execute("pragma synchronous = off")  # it can be made again
    return database
