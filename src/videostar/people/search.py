"""Words -> the clips and moments of an index that they are about, ranked; no model is needed.

Full text always: stemmed words, the beginnings of words, "phrases in quotes". Where an embedder is given and the index holds its
vectors, both rankings are fused by reciprocal rank (Cormack et al., SIGIR 2009). A query is taken apart into words and nothing of it is
ever a command to the database.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from videostar.errors import DataError, nearest
from videostar.people.index_file import read
from videostar.ports import Embedder

RANKED = 400
"""So many moments of each ranking are fused; clips are made of these."""
FUSION = 60
MOMENTS_OF_A_CLIP = 3
MOST_WORDS = 32
LONGEST_QUERY = 2_000
COMMON_MOMENTS = 4_000
"""Words that more moments hold than this rank those that hold a rarer one; by themselves they would only fill the list."""
ENOUGH_MOMENTS = 50
MOST_SCORED = 4_000
SHORTEST_PREFIX = 3
MOST_FACETS = 20
OWN_WEIGHT, CONTEXT_WEIGHT = 1.0, 0.5
VECTORS_AT_ONCE = 20_000
GRAMMAR = frozenset(
    """a an the is are was were be been and or of in on at to from for with by as it its this that these those there here then than into
    who which what when where how does do did has have had his her their he she they i we you me my find show clip clips video videos
    moment moments somebody someone something""".split()
)

_PHRASE = re.compile(r'"([^"]*)"')
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must have. labels: name -> allowed texts, of the moment itself or of its whole video. scores: name -> (lowest, highest).

    between: a hit must touch this stretch of its video, in seconds. path: a part of the video's path.
    """

    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    between: tuple[float, float] | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One place in a video. Times in seconds of the file. labels: what the model said of it, by question."""

    start_seconds: float
    end_seconds: float
    text: str
    score: float
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def at_seconds(self) -> float:
        """Where to jump to: the time itself, or the middle of a window."""
        return (self.start_seconds + self.end_seconds) / 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One video with its best moments, best first. labels: of the video as a whole."""

    video: Path
    score: float
    moments: tuple[Moment, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first. videos: how many were ranked, which may be more than are shown and are those of `RANKED` moments at most.

    facets: by question, how many of the ranked videos have which label.
    """

    hits: tuple[Hit, ...]
    videos: int
    facets: Mapping[str, Mapping[str, int]]


def search(index: Path, query: str, filters: Filters = Filters(), limit: int = 10, embedder: Embedder | None = None) -> Found:
    """The videos that fit best, at most `limit`. Without words in the query, what the filters leave, in the order of paths.

    Raises `DataError` for a file that is no index, for a label or score that the index does not hold, and for an embedder without vectors.
    """
    query = query[:LONGEST_QUERY]
    with read(index) as database:
        _check(database, filters)
        where, values = _conditions(filters)
        scores = _ranked(database, query, where, values, embedder)
        return _found(database, scores, limit)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """moments: (moment, video) best first."""

    moments: Sequence[tuple[int, int]]


def _ranked(
    database: sqlite3.Connection, query: str, where: str, values: Sequence[object], embedder: Embedder | None
) -> dict[int, tuple[int, float]]:
    """Moment -> (video, score), best first."""
    words = match_expression(database, query)
    if words is None and not any(mark.isalnum() for mark in query):
        rows = database.execute(
            f"select moments.id, video from videos cross join moments on video = videos.id where is_window {where}"  # noqa: S608  (constants)
            " order by path, start_seconds limit ?",
            (*values, RANKED),
        )
        return {moment: (video, 1.0 / (FUSION + place)) for place, (moment, video) in enumerate(rows)}
    rankings = [] if words is None else [_by_words(database, words, where, values)]
    if embedder is not None:
        rankings.append(_by_meaning(database, query, embedder, where, values))
    scores: dict[int, float] = defaultdict(float)
    owner: dict[int, int] = {}
    for ranking in rankings:
        for place, (moment, video) in enumerate(ranking.moments):
            scores[moment] += 1.0 / (FUSION + place)
            owner[moment] = video
    return {moment: (owner[moment], score) for moment, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))}


def match_expression(database: sqlite3.Connection, query: str) -> str | None:
    """An FTS5 expression of nothing but quoted words; None where the query holds no word that can be searched for.

    Phrases must be there; of the other words at least one that is not all too common.
    """
    phrases = [words for phrase in _PHRASE.findall(query) if (words := _WORD.findall(phrase))]
    others = _WORD.findall(_PHRASE.sub(" ", query))
    said = [word for word in others if word.lower() not in GRAMMAR] or ([] if phrases else others)
    terms = list(dict.fromkeys(_term(word) for word in said))[:MOST_WORDS]
    needed = [_quoted(" ".join(words)) for words in phrases[:MOST_WORDS]]
    if not terms:
        return " AND ".join(needed) or None
    held = {term: _held(database, term, COMMON_MOMENTS + 1) for term in terms}
    known = sorted((term for term in terms if held[term]), key=lambda term: held[term])
    if needed and not known:
        return " AND ".join(needed)
    rare = [term for term in known if held[term] <= COMMON_MOMENTS]
    if len(rare) < len(known):
        needed.append(f"({' OR '.join(rare)})" if rare else _together(database, known))
    return " AND ".join([*needed, f"({' OR '.join(known or terms)})"])


def _together(database: sqlite3.Connection, common: Sequence[str]) -> str:
    """As many common words together as `ENOUGH_MOMENTS` hold all of; in the end the rarest alone."""
    for count in range(len(common), 1, -1):
        words = " AND ".join(common[:count])
        if _held(database, words, ENOUGH_MOMENTS) >= ENOUGH_MOMENTS:
            return f"({words})"
    return common[0]


def _term(word: str) -> str:
    return f"{_quoted(word)}{'*' if len(word) >= SHORTEST_PREFIX else ''}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _held(database: sqlite3.Connection, term: str, most: int) -> int:
    """How many moments hold a term, counted up to `most`."""
    found = database.execute("select count(*) from (select rowid from passages where passages match ? limit ?)", (term, most))
    return int(found.fetchone()[0])


def _by_words(database: sqlite3.Connection, words: str, where: str, values: Sequence[object]) -> _Ranking:
    """By BM25; where words are so common that more than `MOST_SCORED` moments fit, the first of those."""
    rows = database.execute(
        f"select id, video from (select moments.id, video, bm25(passages, {OWN_WEIGHT}, {CONTEXT_WEIGHT}) as cost from passages"  # noqa: S608
        " cross join moments on moments.id = passages.rowid cross join videos on videos.id = video"
        f" where passages match ? {where} limit {MOST_SCORED}) order by cost, id limit ?",
        (words, *values, RANKED),
    )
    return _Ranking(rows.fetchall())


def _by_meaning(database: sqlite3.Connection, query: str, embedder: Embedder, where: str, values: Sequence[object]) -> _Ranking:
    """By cosine with the query's vector."""
    vector = embedder.embed([query.encode("utf-8", "replace").decode("utf-8") or "-"])
    if vector is None:
        return _Ranking(())  # it does not answer now: the words are enough
    rows = database.execute(
        f"select vectors.moment, moments.video, vector from vectors join moments on moments.id = vectors.moment"  # noqa: S608
        f" join videos on videos.id = moments.video where embedder = ? {where}",
        (embedder.name, *values),
    )
    best: list[tuple[float, int, int]] = []
    while part := rows.fetchmany(VECTORS_AT_ONCE):
        likeness = _likeness(np.frombuffer(b"".join(row[2] for row in part), np.float32).reshape(len(part), -1), vector[0])
        top = np.argsort(-likeness, kind="stable")[:RANKED]
        best = sorted([*best, *((-float(likeness[place]), part[place][0], part[place][1]) for place in top)])[:RANKED]
    if not best and not database.execute("select 1 from vectors where embedder = ? limit 1", (embedder.name,)).fetchone():
        raise DataError(f"the index holds no vectors of {embedder.name}; run `videostar index` with the same --embedder first")
    return _Ranking([(moment, video) for _, moment, video in best])


def _likeness(vectors: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    if vectors.shape[1] != len(wanted):
        raise DataError(f"the index holds vectors of {vectors.shape[1]} numbers, the embedder gives {len(wanted)}; index again with it")
    return np.asarray(vectors @ wanted, dtype=np.float32)


def _conditions(filters: Filters) -> tuple[str, list[object]]:
    """SQL of constants, and the values for its question marks."""
    where, values = "", list[object]()
    for name, texts in filters.labels.items():
        where += (
            " and exists (select 1 from labels where labels.video = moments.video and (labels.moment = moments.id or labels.moment is null)"
            " and labels.name = ? and lower(labels.text) in (select value from json_each(?)))"
        )
        values += [name, json.dumps([text.lower() for text in texts])]
    for name, (low, high) in filters.scores.items():
        where += (
            " and exists (select 1 from labels where labels.video = moments.video and (labels.moment = moments.id or labels.moment is null)"
            " and labels.name = ? and number between ? and ?)"
        )
        values += [name, low, high]
    if filters.between is not None:
        where += " and moments.end_seconds >= ? and moments.start_seconds <= ?"
        values += list(filters.between)
    if filters.path:
        where += " and instr(path, ?) > 0"
        values.append(os.fsencode(filters.path))
    return where, values


def _names(database: sqlite3.Connection) -> list[str]:
    """The names of labels, one step of the index each: there are few, and many labels."""
    rows = database.execute(
        "with recursive named (name) as (select min(name) from labels union all"
        " select (select min(name) from labels where labels.name > named.name) from named where named.name is not null)"
        " select name from named where name is not null"
    )
    return [name for (name,) in rows]


def _check(database: sqlite3.Connection, filters: Filters) -> None:
    names = _names(database)
    problems = [
        f'the index holds no label "{name}"{nearest(name, names)}; it holds {", ".join(names) or "none: index with --questions or --ask"}'
        for name in (*filters.labels, *filters.scores)
        if name not in names
    ]
    if problems:
        raise DataError(*problems)


def _found(database: sqlite3.Connection, scores: Mapping[int, tuple[int, float]], limit: int) -> Found:
    by_video: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for moment, (video, score) in scores.items():
        by_video[video].append((moment, score))
    ranked = sorted(by_video, key=lambda video: (-by_video[video][0][1], by_video[video][0][0]))
    hits = tuple(_hit(database, video, by_video[video]) for video in ranked[:limit])
    return Found(hits, len(ranked), _facets(database, ranked))


def _hit(database: sqlite3.Connection, video: int, moments: Sequence[tuple[int, float]]) -> Hit:
    (raw,) = database.execute("select path from videos where id = ?", (video,)).fetchone()
    labels = dict(database.execute("select name, text from labels where video = ? and moment is null order by name", (video,)).fetchall())
    found: list[Moment] = []
    for number, score in moments:
        start, end, own, context = database.execute(
            "select start_seconds, end_seconds, own, context from moments where id = ?", (number,)
        ).fetchone()
        if len(found) < MOMENTS_OF_A_CLIP and not any(start < one.end_seconds and end > one.start_seconds for one in found):
            own_labels = dict(database.execute("select name, text from labels where moment = ? order by name", (number,)).fetchall())
            found.append(Moment(start, end, own or context, score, own_labels))
    return Hit(Path(os.fsdecode(raw)), moments[0][1], tuple(found), labels)


def _facets(database: sqlite3.Connection, videos: Sequence[int]) -> dict[str, dict[str, int]]:
    """Labels of whole videos counted, the most frequent first; numbers are not."""
    rows = database.execute(
        "select name, text, count(*) from json_each(?) cross join labels on labels.video = json_each.value"
        " where moment is null and number is null group by name, lower(text) order by name, 3 desc, text",
        (json.dumps(list(videos)),),
    )
    facets: dict[str, dict[str, int]] = defaultdict(dict)
    for name, text, count in rows:
        if len(facets[name]) < MOST_FACETS:
            facets[name][text] = count
    return dict(facets)
