"""The page of a run: complete, self-contained, harmless, and the same for the same run."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ScriptedRun, rows_of, sample_row
from videostar.config import checked
from videostar.errors import RunError
from videostar.report import write_report
from videostar.store import RunStore, write_json

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."
ATTACK = "<script>alert('x')</script><img src=x onerror=alert(1)> \x00 \ud800 \u202e {{ 7 * 7 }} </blockquote>"
VOID = {"meta", "img", "path", "use", "rect", "br"}


class Page(HTMLParser):
    """Tags, their attributes, and the text outside styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def rule(name: str, reply: str, hinted: str = "") -> list[dict[str, Any]]:
    with_hint = [{"sample_id": name, "contains": "The correct answer is", "replies": [hinted]}] if hinted else []
    return [*with_hint, {"sample_id": name, "replies": [reply]}]


def mixed_run(scripted: ScriptedRun, **changes: Any) -> Path:
    """Passed, learned, never right, and two videos that cannot be read."""
    rows = [
        sample_row("knows"),
        sample_row("learns", video="clips/b.mp4"),
        sample_row("never", video="clips/c.mp4"),
        sample_row("gone", video="clips/<script>alert(2)</script>.mp4"),
        sample_row("checked", split="validation"),
    ]
    rules = [*rule("knows", RIGHT), *rule("learns", WRONG, RIGHT), *rule("never", WRONG, WRONG), *rule("checked", RIGHT)]
    return scripted(rows, rules, patience=3, **changes)[0].run


@pytest.fixture
def page(scripted: ScriptedRun) -> Page:
    return Page(write_report(mixed_run(scripted)).read_text(encoding="utf-8"))


def test_the_page_says_what_happened(page: Page) -> None:
    words = " ".join(page.text.split())
    for expected in (
        "finished; the best is base",
        "kept (1 generated, 1 rationalized)",
        "dropped: rationalized: wrong",
        "1 sample has a video that could not be read",
        "no such file",
        "right after learning learns",
        "right at once knows",
        "never right never",
        "not readable gone",
        "What is the person doing?",
        RIGHT,
        "the video is gone",
        "100.0 [100.0, 100.0]",
    ):
        assert expected in words


def test_the_page_stands_alone(page: Page) -> None:
    assert not page.open
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"src", "href", "xlink:href"}:
                assert value is not None
                assert value.startswith(("data:image/jpeg;base64,", "#")), (tag, value)
    style = next(attributes for tag, attributes in page.tags if attributes.get("http-equiv"))
    assert style["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_the_curves_take_their_colours_from_the_page(scripted: ScriptedRun) -> None:
    text = write_report(mixed_run(scripted)).read_text(encoding="utf-8")
    drawn = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert text.count("<svg") == 3
    assert "var(--series-1)" in drawn
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) <= {"#ffffff", "#000000"}
    assert "http" not in drawn


def test_the_strip_shows_the_sampled_frames(page: Page) -> None:
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 3 * 4
    assert all(str(picture["alt"]).startswith("frame at ") for picture in pictures)


def test_what_decided_is_marked(scripted: ScriptedRun) -> None:
    text = write_report(mixed_run(scripted)).read_text(encoding="utf-8")
    assert re.search(r"<blockquote>The person bends.*<mark>yoga</mark>\.", text)


def test_the_same_run_gives_the_same_bytes(scripted: ScriptedRun) -> None:
    run = mixed_run(scripted)
    assert write_report(run).read_bytes() == write_report(run).read_bytes()


def test_foreign_text_is_shown_and_never_run(scripted: ScriptedRun) -> None:
    rows = [
        sample_row(
            f"<b>id</b> {ATTACK}",
            video="clips/<img src=x onerror=alert(3)>.mp4",
            question=f"What is it? {ATTACK}",
            label={"kind": "category", "value": f"yoga {ATTACK}".replace("\ud800", "")},  # labels refuse it
            task=f"task {ATTACK}",
            split="train",
        ),
        sample_row("answers"),
        sample_row("checked", task=f"task {ATTACK}", split="validation"),
    ]
    run = scripted(rows, [{"replies": [f"{RIGHT} {ATTACK}"]}])[0].run
    text = write_report(run).read_bytes().decode("utf-8")
    page = Page(text)
    assert not page.open
    assert {tag for tag, _ in page.tags}.isdisjoint({"script"})
    assert all("onerror" not in attributes for _, attributes in page.tags)
    assert "<script>alert('x')</script>" in page.text
    assert "\\x00 \\ud800 \\u202e {{ 7 * 7 }}" in page.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e\ud800-\udfff]", text)


def test_a_run_that_has_only_begun_has_a_page(tmp_path: Path) -> None:
    run = tmp_path / "run"
    RunStore(run).open(checked({"run": str(run), "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m"}})).close()
    text = Page(write_report(run).read_text(encoding="utf-8")).text
    assert "not finished: the tables are not checked yet" in text


STAGES = ("answers", "verdicts", "rationales", "rationale_verdicts", "conversations")


def test_a_run_stopped_at_any_stage_has_a_page(scripted: ScriptedRun) -> None:
    run = mixed_run(scripted)
    files = RunStore(run).cycle(2)
    for path in (run / "best.json", run / "metrics.jsonl", run / "ledger.json", files.evaluation, files.selection):
        path.unlink()
    shutil.rmtree(RunStore(run).final.folder)
    for name in reversed(STAGES):
        path = getattr(files, name)
        path.write_bytes(path.read_bytes()[:-3])
        assert "not finished: cycle 2" in Page(write_report(run).read_text(encoding="utf-8")).text
        path.unlink()
    assert "not finished: cycle 2: " in Page(write_report(run).read_text(encoding="utf-8")).text


def test_a_changed_video_is_said_to_be_another(scripted: ScriptedRun, clips: Path) -> None:
    run = mixed_run(scripted)
    (clips / "clips" / "c.mp4").replace(clips / "clips" / "a.mp4")
    assert "the file has changed since" in write_report(run).read_text(encoding="utf-8")


def test_at_most_24_samples_are_shown_however_many_there_are(scripted: ScriptedRun) -> None:
    rows = [sample_row(f"s-{number:03d}") for number in range(60)]
    rules = [part for number in range(60) for part in rule(f"s-{number:03d}", RIGHT if number % 2 else WRONG, WRONG)]
    run = scripted(rows, rules, cycles=1)[0].run
    text = write_report(run).read_text(encoding="utf-8")
    assert text.count('class="card sample"') == 24
    assert text.count(">right at once<") == text.count(">never right<") == 12


def test_why_a_right_explanation_was_not_kept_is_said(scripted: ScriptedRun) -> None:
    run = scripted([sample_row("one")], rule("one", WRONG, "It is yoga. So the answer is yoga."), cycles=1)[0].run
    assert "dropped: rationalized: parrot" in write_report(run).read_text(encoding="utf-8")
    assert rows_of(run / "cycle-1" / "conversations.jsonl") == []


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run directory"):
        write_report(tmp_path)


def test_a_long_answer_is_cut_and_says_so(scripted: ScriptedRun) -> None:
    run = scripted([sample_row("one")], rule("one", "word " * 5000), cycles=1, generate={"max_new_tokens": 9000})[0].run
    text = write_report(run).read_text(encoding="utf-8")
    assert "25000 characters in all" in text
    assert len(text) < 200_000


def test_metrics_that_hold_nothing_give_no_curves(scripted: ScriptedRun) -> None:
    run = scripted([sample_row("one")], rule("one", WRONG), cycles=1)[0].run
    assert json.loads((run / "best.json").read_text())["name"] == "base"
    write_json(run / "environment.json", {"python": "3", "platform": "p", "cpus": 2, "packages": {}})
    assert write_report(run).read_text(encoding="utf-8").count("<svg") == 2
