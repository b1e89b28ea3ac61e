"""A collection becomes searchable: indexed once, brought up to date, found by words, labels, scores and times.

The model of these tests looks at the frames: it names how bright they are, and counts the bright ones.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from tests.conftest import render_clip
from tests.steps.test_long_clips import render_long
from videostar.cli import commands
from videostar.config import checked
from videostar.errors import ConfigError, DataError, RunError
from videostar.models.scripted import ScriptedModel
from videostar.people.index import IndexAccount, IndexRequest, index
from videostar.people.index_file import written
from videostar.people.index_questions import plan_from
from videostar.people.opening import Opened
from videostar.people.search import Filters, search
from videostar.people.search_words import as_table, to_json
from videostar.ports import Request, Silent
from videostar.video.store import FrameStore
from videostar.video.windows import Windowing

VIDEOSTAR = Path(sys.executable).with_name("videostar")
ASKS = ("ground:category=What is the ground like?", "shade:number=How bright is it?", "bright:timestamp=When is it bright?")
GROUNDS = {"dark": 70, "grey": 150, "pale": 256}


def seeing(request: Request) -> Sequence[str]:
    """Words for what the frames are like."""
    assert request.frames is not None
    shades = request.frames.pixels.mean(axis=(1, 2, 3))
    ground = next(name for name, most in GROUNDS.items() if np.median(shades) < most)
    asked = request.messages[-1].content
    if "ground" in asked:
        return [f"So the answer is {ground}."]
    if "How bright" in asked:
        return [f"{shades.mean():.0f}"]
    if "When" in asked:
        lit = [time for time, shade in zip(request.frames.timestamps_seconds, shades, strict=True) if shade > 200]
        return [f"{lit[0]:.1f} seconds" if lit else "It does not happen."]
    words = "A somersault ends with a bad entry" if ground == "grey" else "Somebody walks over a bridge"
    return [f"{words}; the ground is {ground}{', and a lightning strikes' if shades.max() > 200 and ground == 'dark' else ''}."]


class Watching:
    """A model with its frames, and how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.asked = 0
        raw = {"run": "-", "data": {"train": "-"}, "model": {"model_name_or_path": "seeing", "engine": "scripted"}}
        self.config = checked({**raw, "frames": {"fps": 2.0, "min_frames": 2, "cache": str(folder / "cache")}})

    def _answer(self, request: Request) -> Sequence[str]:
        self.asked += 1
        return seeing(request)

    def index(self, videos: Sequence[Path], out: Path, asks: Sequence[str] = ASKS, prune: bool = False) -> IndexAccount:
        before, self.asked = self.asked, 0
        del before
        plan = plan_from(None, asks, Windowing(10, 2))
        with Opened(ScriptedModel(self._answer), FrameStore(self.config.frames), self.config, "seeing", "a test") as opened:
            return index(IndexRequest(videos, out, plan, prune), opened, Silent())


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    return Watching(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for name, shade in (("a", 30), ("b", 120), ("c", 230)):
        render_clip(tmp_path / "archive" / f"{name}.mp4", shade)
    return tmp_path / "archive"


def names(path: Path, query: str, filters: Filters = Filters()) -> list[str]:
    return [hit.video.stem for hit in search(path, query, filters).hits]


def test_clips_are_found_by_stems_beginnings_and_phrases(watching: Watching, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.index"
    account = watching.index([archive], out)
    assert (account.read, account.videos, watching.asked) == (3, 3, 3 * (1 + len(ASKS)))
    assert names(out, "somersaults with bad entries")[0] == "b"
    assert names(out, "somersau") == ["b"]
    assert sorted(names(out, "bridge walking")) == ["a", "c"]
    assert names(out, '"bad entry"') == ["b"]
    assert names(out, '"entry bad"') == []
    assert names(out, "pale bridge")[0] == "c"
    assert names(out, "zebra") == []


HOSTILE = (
    '"',
    "'; drop table videos; --",
    '") OR 1=1 --',
    "NEAR(a b, 2)",
    "own : bridge",
    "{own context} : x",
    "^bridge",
    "a* b* *",
    "NOT bridge AND OR",
    "-bridge +x",
    "(" * 500,
    '"' * 501,
    "\x00bridge\x00",
    "\ud800",
    "日本語 ñandú",
    "a" * 100_000,
    "word " * 5_000,
    "%s %d ? :x @y $z",
)


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_is_only_words(watching: Watching, archive: Path, tmp_path: Path, query: str) -> None:
    out = tmp_path / "a.index"
    watching.index([archive], out)
    before = out.read_bytes()
    found = search(out, query)
    as_table(found)
    json.loads(to_json(found))
    assert out.read_bytes() == before
    assert len(names(out, "bridge")) == 2


def test_filters_facets_and_what_they_cannot_be(watching: Watching, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.index"
    watching.index([archive], out)
    assert names(out, "", Filters(labels={"ground": ["Pale", "grey"]})) == ["b", "c"]
    assert names(out, "bridge", Filters(labels={"ground": ["pale"]})) == ["c"]
    assert names(out, "", Filters(scores={"shade": (100, 180)})) == ["b"]
    assert names(out, "", Filters(path="a.mp4")) == ["a"]
    assert names(out, "", Filters(between=(0.5, 1))) == ["a", "b", "c"]
    assert names(out, "", Filters(between=(50, 60))) == []
    assert search(out, "bridge").facets["ground"] == {"dark": 1, "pale": 1}
    with pytest.raises(DataError, match=r'no label "grond" \(did you mean "ground"\?\); it holds ground, shade'):
        search(out, "x", Filters(labels={"grond": ["x"]}))


def test_an_index_grows_and_forgets(watching: Watching, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.index"
    watching.index([archive], out)
    again = watching.index([archive], out)
    assert (again.read, again.unchanged, watching.asked) == (0, 3, 0)
    os.utime(archive / "a.mp4", (1, 1))  # another time, the same content
    assert (watching.index([archive], out).unchanged, watching.asked) == (3, 0)
    render_clip(archive / "d.mp4", 125)
    render_clip(archive / "a.mp4", 128)
    (archive / "b.mp4").unlink()
    account = watching.index([archive], out)
    assert (account.read, account.unchanged, [path.name for path in account.forgotten]) == (2, 1, ["b.mp4"])
    assert sorted(names(out, "somersault")) == ["a", "d"]
    assert "forgot 1 that are gone" in "\n".join(account.lines(out))
    assert watching.index([archive], out, asks=()).read == 3  # other questions are asked anew
    archive.rename(tmp_path / "unmounted")
    other = tmp_path / "other"
    render_clip(other / "e.mp4", 30)
    account = watching.index([other], out, asks=())
    assert (len(account.kept_gone), account.videos) == (3, 4)
    assert "they stay unless --prune is given" in "\n".join(account.lines(out))
    assert watching.index([other], out, asks=(), prune=True).videos == 1


def test_long_videos_are_found_at_their_moments(watching: Watching, tmp_path: Path) -> None:
    flash = 73.0
    video = render_long(tmp_path / "long.mp4", [(flash, flash + 1.5)], seconds=120.0)
    out = tmp_path / "a.index"
    assert watching.index([video], out).moments == 15 + 1  # windows, and the one time that an answer gave
    (hit,) = search(out, "lightning").hits
    assert hit.moments[0].start_seconds <= flash <= hit.moments[0].end_seconds
    (hit,) = search(out, "when is it bright").hits
    assert hit.moments[0].at_seconds == pytest.approx(flash, abs=2.0)
    assert search(out, "lightning", Filters(between=(0, 60))).hits == ()
    assert "1:13" in as_table(search(out, "bright"))


def test_what_cannot_be_read_is_told_and_not_asked_again(watching: Watching, archive: Path, tmp_path: Path) -> None:
    (archive / "broken.mp4").write_bytes(b"no video at all")
    (archive / "empty.mp4").touch()
    account = watching.index([archive], tmp_path / "a.index")
    assert sorted(path.name for path, _ in account.unreadable) == ["broken.mp4", "empty.mp4"]
    assert (account.read, "unreadable 2" in "\n".join(account.lines(Path("x")))) == (3, True)
    assert watching.index([archive], tmp_path / "a.index").unchanged == 5


class Meaning:
    """An embedder for which a flip is a somersault."""

    name = "meaning"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        rows = [
            [1.0 + 5 * any(word in text.lower() for word in ("somersault", "flip")), 1.0 + 5 * ("bridge" in text.lower())] for text in texts
        ]
        vectors = np.array(rows, np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def test_an_embedder_finds_what_other_words_say(watching: Watching, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.index"
    watching.index([archive], out)
    assert names(out, "a flip") == []
    with pytest.raises(DataError, match="holds no vectors of meaning; run `videostar index` with the same --embedder first"):
        search(out, "a flip", embedder=Meaning())
    plan = plan_from(None, ASKS, Windowing(10, 2))
    with Opened(ScriptedModel(seeing), FrameStore(watching.config.frames), watching.config, "seeing", "a test") as opened:
        assert index(IndexRequest([archive], out, plan), opened, Silent(), Meaning()).embedded == 3
    assert next(hit.video.stem for hit in search(out, "a flip", embedder=Meaning()).hits) == "b"
    fused = search(out, "pale flip", embedder=Meaning()).hits
    assert {hit.video.stem for hit in fused[:2]} == {"b", "c"}  # one by meaning, one by its word


def test_text_from_outside_cannot_steer_a_terminal(archive: Path, tmp_path: Path, watching: Watching) -> None:
    hostile = archive / "\x1b[2Jevil\u202e\n.mp4"
    (archive / "a.mp4").rename(hostile)
    raw = os.fsencode(archive) + b"/b\xff.mp4"
    os.rename(archive / "b.mp4", raw)
    watching.index([archive], tmp_path / "a.index")
    found = search(tmp_path / "a.index", "bridge somersault")
    assert len(found.hits) == 3
    text = as_table(found)
    assert "\x1b" not in text
    assert "\u202e" not in text
    text.encode("utf-8")
    json.loads(to_json(found))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("questions: [{name: a}]", "has no words"),
        ("questions: [{name: a, question: x, label: {kind: nmber}}]", "give a kind: text, category, number"),
        ("questions: [{name: a, question: x, lable: 1}]", r'unknown field "lable" \(did you mean "label"\?\)'),
        ("questions: [{name: a, question: x}, {name: a, question: y}]", '"a" stands twice'),
        ("question: x", r'unknown key "question" \(did you mean "questions"\?\)'),
        ("window_seconds: -1", '"window_seconds" is -1; it must be a number of seconds above 0'),
        ("window_seconds: 4\nwindow_overlap_seconds: 3", r"from 0 to half of \"window_seconds\" \(4\) can overlap"),
        ("[]", "must hold `questions:`, not list"),
        ("questions: [", "is not valid YAML"),
        ("questions: []", "there is no question to ask"),
    ],
)
def test_mistakes_in_questions_are_told(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "q.yaml").write_text(content)
    with pytest.raises(ConfigError, match=message):
        plan_from(tmp_path / "q.yaml", ())


def told(*words: str) -> str:
    done = CliRunner().invoke(commands, list(words))
    assert done.exception is not None
    return str(done.exception)


def test_mistakes_of_users_are_told(tmp_path: Path, archive: Path, watching: Watching) -> None:
    out = str(tmp_path / "a.index")
    assert "there is no index" in told("search", out, "x")
    (tmp_path / "text.index").write_text("no database, but long enough to be looked at as one " * 40)
    assert "is no index" in told("search", str(tmp_path / "text.index"), "x")
    with closing(sqlite3.connect(tmp_path / "other.index")) as database:
        database.execute("create table t (x)")
    assert "is no index, though an SQLite file" in told("search", str(tmp_path / "other.index"), "x")
    watching.index([archive], Path(out))
    assert "write NAME=VALUE, such as action=diving" in told("search", out, "x", "--label", "yoga")
    assert "write LOW..HIGH" in told("search", out, "x", "--score", "shade=a..b")
    assert "ends before it begins" in told("search", out, "x", "--between", "1:00..0:30")
    with written(Path(out)), pytest.raises(RunError, match="being written by another process"), written(Path(out)):
        pass
    with pytest.raises(DataError, match="there is no file or folder"):
        watching.index([tmp_path / "nowhere"], Path(out))
    found = CliRunner().invoke(commands, ["search", out, "bridge", "--score", "shade=..100", "--json"])
    assert [Path(hit["video"]).stem for hit in json.loads(found.output)["hits"]] == ["a"]


def _moments(path: Path) -> Iterator[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        yield from database.execute("select path, start_seconds, own from moments join videos on videos.id = video order by 1, 2, 3")
        yield from database.execute("select path, is_done from videos order by 1")


@pytest.mark.slow
def test_a_killed_index_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text(json.dumps({"default": ["Somebody walks over a bridge."]}))
    for number in range(3):
        render_long(tmp_path / "archive" / f"{number}.mp4", [(20.0, 25.0)], seconds=240.0)

    def start(out: Path) -> subprocess.Popen[bytes]:
        words = ["index", str(tmp_path / "archive"), "--out", str(out), "--model", str(tmp_path / "script.json")]
        return subprocess.Popen([VIDEOSTAR, *words], stdout=subprocess.DEVNULL, cwd=tmp_path)

    whole, killed = tmp_path / "whole.index", tmp_path / "killed.index"
    assert start(whole).wait(120) == 0
    running = start(killed)
    end = time.monotonic() + 120
    while running.poll() is None and time.monotonic() < end and not _has_some(killed):
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait(30)
    assert start(killed).wait(120) == 0
    assert list(_moments(killed)) == list(_moments(whole))
    assert len(search(killed, "bridge").hits) == 3


def _has_some(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return int(database.execute("select count(*) from moments").fetchone()[0]) > 20
    except sqlite3.Error:
        return False
