"""Annotation files as they are: read by what stands in them, not by their ending; streamed, with line numbers, sizes bounded."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from videostar.errors import DataError

MAX_CELL_CHARS = 1_000_000
MAX_LINE_CHARS = 16 << 20
MAX_ITEM_CHARS = 64 << 20
CHUNK_CHARS = 1 << 20
DELIMITERS = ("\t", ",", ";", "|")
_DECODER = json.JSONDecoder()


def files_of(paths: Sequence[Path], *endings: str) -> list[Path]:
    """The files named, and of a folder those with one of the endings, sorted. Raises `DataError` where there are none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(item for item in path.rglob("*") if item.name.endswith(endings) and item.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise DataError(f"there is no file or folder {path}")
    if not found:
        raise DataError(f"{', '.join(map(str, paths))}: no file that ends with {' or '.join(endings)}")
    return found


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and text of every line that is not blank."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(_bounded(file, path), 1):
            if line.strip():
                yield number, line.rstrip("\r\n")


def table_rows(path: Path, needed: Sequence[str] = (), delimiter: str = "") -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column name of a table with a header line; blanks around cells removed.

    The delimiter is the one that the header line has most of, whatever the file is called. Raises `DataError` for missing columns.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        header = file.readline(MAX_CELL_CHARS)
        file.seek(0)
        reader = csv.reader(_bounded(file, path), delimiter=delimiter or _delimiter(header))
        csv.field_size_limit(MAX_CELL_CHARS)
        try:
            names = [name.strip() for name in next(reader, [])]
            missing = [name for name in needed if name not in names]
            if missing:
                raise DataError(f"{path} has no column {', '.join(missing)}; its columns are {', '.join(names)[:400] or 'none'}")
            for cells in reader:
                if any(cells):
                    yield reader.line_num, dict(zip(names, map(str.strip, cells), strict=False))
        except csv.Error as error:
            raise DataError(f"{path}:{reader.line_num}: not readable as a table ({error})") from None


def json_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Place and value of each element of a JSON array, or of JSON values one after the other (JSON Lines), whatever the ending.

    A place is the line where the value begins; `1#17` is the 17th value on line 1, as in an array written on one line.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        text = _Text(path, file)
        if text.take("["):
            yield from ((number, value) for number, _, value in text.elements())
        while text.more():
            place = text.place()
            yield place, text.value()


def json_pairs(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Place, key and value of each entry of the one JSON object that the file holds."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        text = _Text(path, file)
        if not text.take("{"):
            raise DataError(f"{path}: expected one JSON object, found {text.shown()!r}")
        while text.more() and not text.take("}"):
            yield text.entry()
            text.take(",")


def json_under(path: Path, name: str) -> Iterator[tuple[str, str, Any]]:
    """What stands under the key `name` of the file's one object: place, key ("" for an array) and value of each entry, one by one.

    A file that is itself an array is taken as that array.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        text = _Text(path, file)
        if text.take("["):
            yield from text.elements()
            return
        if not text.take("{"):
            raise DataError(f"{path}: expected a JSON object or array, found {text.shown()!r}")
        found = False
        while text.more() and not text.take("}"):
            if text.key() != name:
                text.value()
            elif text.take("{"):
                found = True
                while text.more() and not text.take("}"):
                    yield text.entry()
                    text.take(",")
            elif text.take("["):
                found = True
                yield from text.elements()
            else:
                raise DataError(f'{path}: "{name}" holds neither an object nor an array')
            text.take(",")
        if not found:
            raise DataError(f'{path} has no "{name}"')


def starts_with(path: Path) -> str:
    """The first character that is not blank; "" for an empty file."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        return _Text(path, file).shown()[:1]


class _Text:
    """A file read piece by piece; holds one JSON value and a piece of what follows."""

    def __init__(self, path: Path, file: Any) -> None:
        self._path, self._file = path, file
        self._text, self._at, self._line, self._ended = "", 0, 1, False
        self._counted, self._on_line = 0, 0

    def more(self) -> bool:
        """Whether anything but blanks is left; stands on it then."""
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._line += self._text[self._at] == "\n"
                self._at += 1
            if self._at < len(self._text):
                return True
            if not self._read():
                return False

    def take(self, mark: str) -> bool:
        """Step over `mark` where it comes next."""
        if self.more() and self._text[self._at] == mark:
            self._at += 1
            return True
        return False

    def shown(self) -> str:
        """A few of the next characters."""
        return self._text[self._at : self._at + 30] if self.more() else ""

    def key(self) -> str:
        """The next key and its colon."""
        key = self.value()
        if not isinstance(key, str) or not self.take(":"):
            raise DataError(f'{self._path}:{self._line}: not JSON (a key and ":" are missing before {self.shown()!r})')
        return key

    def entry(self) -> tuple[str, str, Any]:
        """Place, key and value of the next entry of an object."""
        place = self.place()
        key = self.key()
        return place, key, self.value()

    def elements(self) -> Iterator[tuple[str, str, Any]]:
        """Place, "" and value of what is left of an array."""
        while self.more() and not self.take("]"):
            place = self.place()
            yield place, "", self.value()
            self.take(",")

    def place(self) -> str:
        """Where the next value begins; to be asked once for each."""
        self.more()
        self._on_line = self._on_line + 1 if self._line == self._counted else 1
        self._counted = self._line
        return str(self._line) if self._on_line == 1 else f"{self._line}#{self._on_line}"

    def value(self) -> Any:
        """The next JSON value. Raises `DataError`."""
        self.more()
        number = self._line
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise DataError(f"{self._path}:{number}: nested too deeply") from None
            except ValueError as error:
                if not self._read(max(CHUNK_CHARS, len(self._text))):
                    raise DataError(f"{self._path}:{number}: not JSON ({error})") from None
                continue
            if end == len(self._text) and self._read():
                continue  # a number may go on in the next piece
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            return value

    def _read(self, chars: int = CHUNK_CHARS) -> bool:
        """Another piece; what has been stepped over is let go."""
        if self._ended:
            return False
        if len(self._text) - self._at > MAX_ITEM_CHARS:
            raise DataError(f"{self._path}:{self._line}: one value is longer than {MAX_ITEM_CHARS >> 20} million characters")
        piece = self._file.read(chars)
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)


def _bounded(file: TextIO, path: Path) -> Iterator[str]:
    """Lines with their ends; one that does not end is refused before memory does."""
    for line in iter(partial(file.readline, MAX_LINE_CHARS), ""):
        if len(line) == MAX_LINE_CHARS:
            raise DataError(f"{path}: a line is longer than {MAX_LINE_CHARS >> 20} million characters")
        yield line


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count) if any(mark in header for mark in DELIMITERS) else ","
