"""Browsing a run: filters, pages, steps, a sample's whole story; a run in progress; nothing of it becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.app.conftest import SAMPLES, build_run
from tests.app.hostile import ALL, FILE_NAME
from videostar.app.browse_file import index_path
from videostar.app.browse_index import refresh
from videostar.app.browse_query import Wanted
from videostar.app.browsing import Browsing, Place, wanted_of
from videostar.app.context import Context
from videostar.config import Config
from videostar.errors import DataError, RunError


class Tags(HTMLParser):
    """The names of all tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}


@pytest.fixture
def browsing(context: Context, finished: Config) -> Browsing:
    assert refresh(finished.run, finished)
    return Browsing(context, "run")


def test_pages_follow_each_other_and_count(browsing: Browsing) -> None:
    first = browsing.first(Wanted())
    assert (first.words, len(first.lines), first.place.at) == (f"1 to 20 of {SAMPLES}", 20, 0)
    second = browsing.turned(Wanted(), first.place, forward=True)
    assert second.words == f"21 to {SAMPLES} of {SAMPLES}"
    assert browsing.turned(Wanted(), second.place, forward=False).place.numbers == first.place.numbers
    assert browsing.turned(Wanted(), second.place, forward=True).place.numbers == second.place.numbers


def test_steps_lead_over_the_edge_of_a_page_and_back(browsing: Browsing) -> None:
    place = Place(tuple(range(20)), 20, 19)
    over = browsing.stepped(Wanted(), place, forward=True)
    assert over.place.at == 20
    assert over.place.numbers[0] == 20
    assert browsing.stepped(Wanted(), over.place, forward=False).place.at == 19
    assert browsing.stepped(Wanted(), Place((0, 1), 2, 0), forward=False).place.at == 0


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(cycle="1", route="generated", outcome="fail"), SAMPLES // 3),
        (Wanted(cycle="1", route="generated", outcome="pass"), SAMPLES - SAMPLES // 3),
        (Wanted(route="rationalized", outcome="pass"), SAMPLES // 3),
        (Wanted(split="train", source="gym"), SAMPLES // 2),
        (Wanted(split="validation"), 0),
        (Wanted(text="breathes mat"), SAMPLES),
        (Wanted(text="grass"), SAMPLES // 3),
        (Wanted(text="s-07"), 1),
        (Wanted(text="breathes ma"), SAMPLES),
        (Wanted(text='" OR 1 NEAR('), 0),
    ],
)
def test_filters_leave_what_fits(browsing: Browsing, wanted: Wanted, count: int) -> None:
    assert len(browsing.first(wanted).place.numbers) == min(count, 20)
    if not wanted.text:
        assert (f"of {count}" in browsing.first(wanted).words) == (count > 0)


def test_filters_of_a_browser_are_never_more_than_words() -> None:
    assert wanted_of([None, {"a": 1}, 3, "fail", "x" * 999]) == Wanted(outcome="fail", reason="x" * 300)
    assert wanted_of([ALL] * 30).split == ALL[:300]


def test_a_sample_is_shown_with_its_whole_story(browsing: Browsing) -> None:
    item = browsing.found("s-01").item
    assert "<mark>yoga</mark>" in item or "<mark>" in item
    assert 'class="vs-verdict pass"' in item
    assert "cycle 1: answers" in item
    assert "cycle 2: answers" in item
    assert "kept as" in item
    assert "./?tab=browse&amp;run=run&amp;sample=s-01" in item
    assert "step by step" in item


def test_signs_of_a_leaked_label_are_flagged(browsing: Browsing) -> None:
    wrong = browsing.first(Wanted(route="rationalized"))
    assert 'class="vs-flag"' in wrong.item
    assert "correct answer" in wrong.item


def test_what_model_label_or_table_say_never_becomes_markup(browsing: Browsing) -> None:
    wrong = browsing.first(Wanted(outcome="fail"))
    for page in (wrong.item, browsing.found("s-01").item):
        names = Tags(page).names
        assert not names & {"script", "img", "svg", "onerror", "onload", "iframe", "textarea", "style"}
        assert "&lt;script&gt;" in page
    assert FILE_NAME.replace("<", "&lt;").replace(">", "&gt;") in browsing.found("s-01").item


def test_a_sample_outside_the_open_folders_has_no_player(browsing: Browsing) -> None:
    item = browsing.first(Wanted()).item
    assert "<video" not in item
    assert "--videos" in item


def test_an_id_or_run_that_is_not_there_is_told(browsing: Browsing, context: Context) -> None:
    with pytest.raises(DataError, match="run holds no sample nobody"):
        browsing.found("nobody")
    with pytest.raises(RunError, match="this run is not open here; choose one from the list"):
        Browsing(context, "../run")


def test_a_run_in_progress_grows_under_the_eyes(context: Context, tmp_path: Path) -> None:
    config = build_run(tmp_path / "growing", until=(1, "generate"))
    growing = Context({"run": config.run}, context.media, context.uploads, context.model, context.sessions)
    assert refresh(config.run, config)
    before = Browsing(growing, "run")
    assert len(before.first(Wanted(outcome="not judged")).place.numbers) == 20
    assert before.first(Wanted(outcome="pass")).place.numbers == ()
    build_run(tmp_path / "growing")
    assert refresh(config.run, config)
    assert before.first(Wanted(outcome="not judged")).place.numbers == ()
    assert f"of {SAMPLES - SAMPLES // 3}" in before.first(Wanted(reason="kept")).words


def test_an_index_that_is_damaged_or_gone_is_made_again(finished: Config, context: Context) -> None:
    path = index_path(finished.run)
    assert refresh(finished.run, finished)
    path.write_bytes(b"no database" * 100)
    assert refresh(finished.run, finished)
    assert len(Browsing(context, "run").first(Wanted()).place.numbers) == 20
