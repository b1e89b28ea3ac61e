"""Talking, assessing, searching and watching, as the tabs do them; without the framework."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.conftest import build_run
from tests.app.hostile import ALL
from tests.app.test_browse import Tags
from tests.conftest import render_clip
from videostar.app.boundary import attempt
from videostar.app.context import Context
from videostar.app.finding import filters_of, found
from videostar.app.sessions import MOST_SESSIONS, Session, Sessions
from videostar.app.streaming import spoken
from videostar.app.talking import conversation, talk
from videostar.app.watching import Watching, overview
from videostar.config import Config
from videostar.errors import DataError
from videostar.people.chat import Turn
from videostar.people.search import Filters
from videostar.standing import share_done

DANGEROUS = {"script", "img", "svg", "onerror", "onload", "iframe", "textarea"}


def said(context: Context, session: Session, video: Path, question: str) -> tuple[str, str]:
    """The last (conversation, message)."""
    return list(talk(context, session, video, question))[-1]


def test_two_people_at_once_do_not_see_each_others_history(context: Context, tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "a.mp4", 90)
    one, two = context.sessions.of("one"), context.sessions.of("two")
    pages: dict[str, str] = {}
    threads = [
        threading.Thread(target=lambda who, words: pages.update({who.name: said(context, who, clip, words)[0]}), args=(who, words))
        for who, words in ((one, "first secret"), (two, "second secret"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "first secret" in pages["one"]
    assert "second secret" not in pages["one"]
    assert "first secret" not in pages["two"]
    assert "second secret" in conversation(two, clip)
    assert "secret" not in conversation(context.sessions.of("three"), clip)


def test_a_model_error_is_told_and_the_next_question_is_answered(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, session = render_clip(tmp_path / "a.mp4", 90), context.sessions.of("one")
    assert said(context, session, clip, "What is this?")[1] == ""
    with monkeypatch.context() as broken:
        broken.setattr(session.chats[clip], "ask", _fails)
        page, message = said(context, session, clip, "and now?")
    assert 'role="alert"' in message
    assert "this did not work: RuntimeError: the model &lt;b&gt;fell over&lt;/b&gt;; the app goes on" in message
    assert "and now?" not in page
    page, message = said(context, session, clip, "and now?")
    assert (message, "and now?" in page) == ("", True)


def _fails(*_: object) -> Turn:
    raise RuntimeError("the model <b>fell over</b>")


def test_a_mistake_of_a_person_is_told_in_its_own_words(context: Context, tmp_path: Path) -> None:
    session, broken = context.sessions.of("one"), tmp_path / "a.mp4"
    broken.write_bytes(b"no video")
    assert "cannot be used" in said(context, session, broken, "What?")[1]
    assert "the video is gone" in said(context, session, tmp_path / "none.mp4", "What?")[1]


def test_questions_and_answers_never_become_markup(context: Context, tmp_path: Path) -> None:
    clip, session = render_clip(tmp_path / "a.mp4", 90), context.sessions.of("one")
    page, _ = said(context, session, clip, ALL)
    assert not Tags(page).names & DANGEROUS
    assert "&lt;script&gt;" in page


def test_sessions_make_room_and_tell_who_left() -> None:
    left: list[str] = []
    sessions = Sessions(left.append)
    first = sessions.of("first")
    for number in range(MOST_SESSIONS - 1):
        sessions.of(str(number))
    assert sessions.of("first") is first
    sessions.of("one more")
    sessions.forget("one more")
    assert left == ["0", "one more"]
    assert sessions.of("0").videos == {}


def test_names_of_videos_are_told_apart_and_forgotten_with_them(tmp_path: Path) -> None:
    session = Session("one")
    a, b = render_clip(tmp_path / "1.mp4", 90), render_clip(tmp_path / "2.mp4", 90)
    assert (session.add("x\n.mp4", a), session.add("x .mp4", b), session.add("y", a)) == ("x .mp4", "x .mp4 (2)", "x .mp4")
    a.unlink()
    session.tidy()
    assert session.videos == {"x .mp4 (2)": b}


def test_work_that_speaks_is_heard_in_order_and_ends_when_nobody_listens() -> None:
    assert [told.text for told in spoken(_counts)][-1] == "abc"
    assert list(spoken(_counts))[-1].result == 3
    ended = threading.Event()
    listening = spoken(lambda hear: _for_ever(hear, ended))
    next(listening)
    listening.close()  # type: ignore[attr-defined]  # a generator
    assert ended.wait(30)


def _counts(hear: Callable[[str], None]) -> int:
    for letter in "abc":
        hear(letter)
    return 3


def _for_ever(hear: Callable[[str], None], ended: threading.Event) -> None:
    try:
        while True:
            hear("x")
    finally:
        ended.set()


def test_the_boundary_tells_mistakes_and_faults_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(lambda: 3) == (3, "")
    assert "take <b>another</b>".replace("<", "&lt;").replace(">", "&gt;") in attempt(lambda: _raises(DataError("take <b>another</b>")))[1]
    assert capsys.readouterr().err == ""
    assert "ZeroDivisionError" in attempt(lambda: _raises(ZeroDivisionError()))[1]
    assert "Traceback" in capsys.readouterr().err


def _raises(error: Exception) -> None:
    raise error


def test_a_search_shows_hits_with_times_that_lead_into_the_video(context: Context) -> None:
    page, labels = found(context, "clips", '"big splash"', filters_of([], "", None, None, ""))
    assert labels == ["splash=big"]
    assert 'data-seek="1.0"' in page
    assert 'data-player="search-player"' in page
    assert not Tags(page).names & DANGEROUS
    assert "&lt;script&gt;" in page


def test_filters_of_a_search_are_held_to_what_the_index_has(context: Context) -> None:
    assert filters_of(["splash=big", "no equals", 3], "score", 1, None, "x") == Filters(
        {"splash": ["big"]}, {"score": (1, float("inf"))}, None, "x"
    )
    assert "1 of 1 videos" in found(context, "clips", "", filters_of([], "score", 1, 1, ""))[0]
    with pytest.raises(DataError, match='the index holds no label "colour"'):
        found(context, "clips", "", filters_of(["colour=red"], "", None, None, ""))
    with pytest.raises(DataError, match="it ends before it begins"):
        filters_of([], "score", 2, 1, "")
    with pytest.raises(DataError, match="this index is not open here"):
        found(context, "../clips.index", "", Filters())


def test_a_run_in_progress_shows_how_far_it_is(tmp_path: Path) -> None:
    config = build_run(tmp_path, until=(1, "generate"))
    page = overview(config.run, config)
    assert "not finished: cycle 1: verify" in page
    assert share_done("not finished: cycle 1: generate, 1,500 of 6,000; last written 2026-11-25; goes on") == 0.25
    assert share_done("finished; the best is cycle 2") is None


def test_a_finished_run_shows_results_curves_funnel_and_cost(finished: Config) -> None:
    page = overview(finished.run, finished)
    assert "<svg" in page
    for word in ("finished; the best is", "pass@1", "kept", "dropped: ", "decoded", "in all"):
        assert word in page


def test_a_look_is_shared_until_the_files_change(tmp_path: Path, finished: Config) -> None:
    run = shutil.copytree(finished.run, tmp_path / "run")
    watching = Watching()
    first = watching.look(run, finished)
    assert first.is_over
    assert watching.look(run, finished).page is first.page
