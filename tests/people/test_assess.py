"""From answers to an assessment: values, faults with their times, advice that is never invented, calibration, pages, folders."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import render_clip, write_table
from videostar.errors import DataError
from videostar.people.assessment import Assessment, assess
from videostar.people.assessment_page import page
from videostar.people.assessment_text import assessment_text
from videostar.people.assessor import Assessor
from videostar.people.examples import read_examples
from videostar.people.footage import assess_folder
from videostar.people.opening import Opened
from videostar.people.panel import Heard
from videostar.people.rubric import Rubric, key, read_rubric, rubric_from
from videostar.ports import Request

Ready = Callable[..., Opened]
VIDEOSTAR = Path(sys.executable).with_name("videostar")
CLEAN = {
    "face at the start": "water",
    "Which way": "forwards",
    "half turns": "3",
    "tuck, in a pike": "pike",
    "open late": "no",
    "knees bent": "no",
    "turn in the end": "just right",
    "splash": "small",
    "reach the water": "2.5 seconds",
}


def dive(**changes: str) -> dict[str, str]:
    return {**CLEAN, **{name.replace("_", " "): text for name, text in changes.items()}}


def heard(rubric: Rubric, judges: Sequence[Mapping[str, str]]) -> Heard:
    """Each judge's answers, by a piece of the question."""
    answers = {
        key(question): [next(text for piece, text in judge.items() if piece in question.question) for judge in judges]
        for question in rubric.questions
    }
    return Heard("a.mp4", 4.0, answers)


def assessed(*judges: Mapping[str, str]) -> Assessment:
    rubric = read_rubric("diving")
    return assess(rubric, heard(rubric, judges), "nobody")


def value(found: Assessment, name: str) -> object:
    return next(item.value for item in found.aspects if item.name == name)


def test_a_clean_dive_is_worth_its_difficulty_and_nothing_is_advised() -> None:
    found = assessed(CLEAN)
    assert value(found, "difficulty") == pytest.approx(1.0 + 0.0 + 1.2 + 0.3)
    assert value(found, "execution") == 10
    assert found.overall is not None
    assert found.overall.value == pytest.approx(25.0)
    assert (found.faults, found.improve) == ((), ())
    assert "no fault seen" in assessment_text(found)


def test_every_line_of_advice_names_a_fault_that_was_seen_and_its_time() -> None:
    found = assessed(dive(splash="a big splash", knees_bent="yes"))
    assert [(fault.name, fault.start_seconds, fault.cost) for fault in found.faults] == [
        ("bent knees", 2.5, pytest.approx(0.5 * 2.5)),
        ("big splash", 2.5, pytest.approx(3 * 2.5)),
    ]
    assert [line.split(":")[0:2] for line in found.improve] == [["0", "02.5 bent knees"], ["0", "02.5 big splash"]]
    assert found.overall is not None
    assert found.overall.value == pytest.approx(2.5 * 6.5)


def test_a_fault_that_cannot_be_is_not_seen() -> None:
    assert [fault.name for fault in assessed(dive(open_late="yes")).faults] == ["late opening"]
    straight = assessed({**dive(open_late="yes"), "tuck, in a pike": "straight"})
    assert straight.faults == ()
    assert straight.shares["late opening"] is None
    assert value(straight, "execution") == 10


def test_judges_who_differ_widen_the_interval_and_the_majority_decides() -> None:
    found = assessed(CLEAN, CLEAN, dive(splash="big"), dive(half_turns="5"))
    assert value(found, "half turns") == 3
    assert found.faults == ()
    assert found.shares["big splash"] == 0.25
    assert found.overall is not None
    assert found.overall.low < found.overall.value < found.overall.high
    assert found.spread > 0
    seen = assess(read_rubric("diving"), heard(read_rubric("diving"), [CLEAN, dive(splash="big")]), "nobody", {"big splash": 0.5})
    assert [fault.name for fault in seen.faults] == ["big splash"]


def test_answers_that_say_nothing_give_no_score_and_no_fault() -> None:
    found = assessed(dict.fromkeys(CLEAN, "purple"))
    assert found.overall is None
    assert found.faults == ()
    assert value(found, "half turns") is None
    assert "no overall score: the answers do not tell enough" in assessment_text(found)


def test_a_time_outside_the_clip_or_untold_is_held_within_it() -> None:
    late, untold = assessed(dive(splash="big", reach_the_water="9 seconds")), assessed(dive(splash="big", reach_the_water="hard to say"))
    assert (late.faults[0].start_seconds, late.faults[0].end_seconds) == (4.0, 4.0)
    assert (untold.faults[0].start_seconds, untold.faults[0].end_seconds) == (0.0, 4.0)
    assert untold.improve[0].startswith("0:00 to 0:04 big splash: ")


def test_what_an_aspect_without_faults_in_it_costs_is_the_points_it_lost() -> None:
    rubric = read_rubric("osats")
    judge = {"hand steady": "steady", "wait": "yes", "out of its way": "no", "fall": "no"}
    found = assess(rubric, heard(rubric, [judge]), "nobody")
    assert [(fault.name, fault.cost) for fault in found.faults] == [("waiting", 2.0)]
    assert [value(found, name) for name in ("steadiness", "economy", "total")] == [5, 3, 8]


def scripted(ready: Ready, by_clip: Callable[[Request], Mapping[str, str]], calls: list[Request] | None = None) -> Opened:
    """A model whose answers about a clip are a dictionary of its."""

    def says(request: Request) -> list[str]:
        if calls is not None:
            calls.append(request)
        asked = request.messages[-1].content
        return [next((text for piece, text in by_clip(request).items() if piece in asked), "I cannot tell.")]

    return ready(says)


def test_reasons_are_the_models_own_step_by_step(ready: Ready, clip: Path) -> None:
    def says(request: Request) -> list[str]:
        asked = request.messages[-1].content
        if "step by step" in asked:
            return [f"<b>I see</b> it. Asked: {asked.splitlines()[0]}"]
        return [next(text for piece, text in dive(splash="big").items() if piece in asked)]

    found, frames = Assessor(ready(says), read_rubric("diving")).one(clip)
    assert found.faults[0].reasons == "<b>I see</b> it. Asked: How big is the splash?"
    html = page(found, frames)
    assert "&lt;b&gt;I see&lt;/b&gt;" in html
    assert "<b>" not in html


def test_the_page_is_one_file_that_escapes_all_that_is_foreign(ready: Ready, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    raw = read_rubric("diving").model_dump(mode="json", exclude_unset=True)
    raw["title"] = hostile
    raw["faults"]["big splash"]["advice"] = hostile
    video = render_clip(tmp_path / "<script>alert(2).mp4", 90)
    found, frames = Assessor(scripted(ready, lambda _: dive(splash="big")), rubric_from(raw)).one(video, reasons=False)
    html = page(found, frames, [hostile])
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 4
    assert not re.search(r'(?:src|href)="(?!data:image/jpeg;base64,)', html)
    assert html.count("<img") == 4 + 3
    assert html == page(found, frames, [hostile])


def shade(request: Request) -> int:
    """Which clip it is: the grey of its ground."""
    assert request.frames is not None
    return int(request.frames.pixels[0, 2, 2, 0])


def test_a_folder_gives_ranked_faults_contrasts_and_a_plan_that_cites_clips(ready: Ready, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    for number in range(6):
        render_clip(folder / f"{number}.mp4", 40 + 30 * number)
    (folder / "broken.mp4").write_bytes(b"no video")
    calls: list[Request] = []

    def by_clip(request: Request) -> dict[str, str]:
        number = round((shade(request) - 40) / 30)
        return dive(splash="big" if number < 2 else "small", knees_bent="yes" if number < 4 else "no")

    opened = scripted(ready, by_clip, calls)
    total = assess_folder(Assessor(opened, read_rubric("diving"), tmp_path / "out"), folder, tmp_path / "out")
    assert (total.clips, [name for name, _ in total.unread]) == (6, ["broken.mp4"])
    assert [(fault.name, fault.clips, fault.cost) for fault in total.recurring] == [("big splash", 2, 7.5), ("bent knees", 4, 1.25)]
    assert [moment.video for moment in total.recurring[0].moments] == ["0.mp4", "1.mp4"]
    assert total.best[0][0] in {"4.mp4", "5.mp4"}
    assert total.worst[0][0] in {"0.mp4", "1.mp4"}
    assert total.contrasts[0].name in {"big splash", "bent knees"}
    assert all(re.search(r"\d\.mp4 at 0:02", line) for line in total.plan)
    assert len(total.plan) == 2
    assert "0.mp4 at 0:02" in (tmp_path / "out" / "plan.md").read_text()
    asked = len(calls)
    kept = next((tmp_path / "out").glob("answers-*.jsonl"))
    kept.write_bytes(kept.read_bytes()[:-20])  # a kill in the middle of a line
    again = assess_folder(Assessor(opened, read_rubric("diving"), tmp_path / "out"), folder, tmp_path / "out")
    assert again == total
    assert len(calls) - asked in {0, asked // 6}


def test_examples_calibrate_and_say_so(ready: Ready, tmp_path: Path) -> None:
    for number in range(12):
        render_clip(tmp_path / f"{number}.mp4", 40 + 15 * number)
    rows = [{"video": f"{number}.mp4", "score": 50 + 2 * min(1 + number, 6), "faults": []} for number in range(12)]
    table = write_table(tmp_path / "labelled.jsonl", [*rows, {"video": "gone.mp4", "score": 3}])

    def by_clip(request: Request) -> dict[str, str]:
        return dive(half_turns=str(min(1 + round((shade(request) - 40) / 15), 6)))

    rubric = read_rubric("diving")
    assessor = Assessor(scripted(ready, by_clip), rubric)
    tuned = assessor.learn(read_examples(table, rubric))
    assert tuned.notes == ("1 of 13 examples could not be read and were left out",)
    found, _ = assessor.one(tmp_path / "3.mp4", reasons=False)
    assert found.overall is not None
    assert found.overall.value == pytest.approx(58, abs=0.5)
    assert found.overall.raw == pytest.approx(10 * (1.3 + 1.6))
    assert "calibration on 12 examples; mean held-out error: linear 0.0" in found.overall.how
    assert "80 % interval" in assessment_text(found)


def test_mistakes_in_examples_are_told_at_once(tmp_path: Path) -> None:
    table = tmp_path / "labelled.jsonl"
    rows: list[Any] = [{"video": "a.mp4", "score": "high"}, {"video": "a.mp4", "scor": 3}, {"video": "a.mp4", "faults": ["big spash"]}, 3]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    with pytest.raises(DataError) as caught:
        read_examples(table, read_rubric("diving"))
    told = str(caught.value)
    assert "labelled.jsonl:1: \"score\" is 'high'; it must be a number" in told
    assert 'unknown field "scor" (did you mean "score"?); allowed are video, score, faults' in told
    assert '"big spash" is no fault of the rubric (did you mean "big splash"?)' in told
    assert "labelled.jsonl:4 must be an object" in told
    assert "labelled.jsonl:5 is not JSON" in told


def test_the_command_prints_json_and_writes_the_page(clip: Path, tmp_path: Path) -> None:
    rules = [{"contains": piece, "replies": [text]} for piece, text in dive(splash="big").items()]
    (tmp_path / "script.json").write_text(json.dumps({"rules": rules}))
    words = ["assess", clip.name, "--rubric", "diving", "--model", "script.json", "--json", "--html", "page.html"]
    done = subprocess.run([VIDEOSTAR, *words], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["improve"][0].startswith("0:02 big splash: ")
    assert found["overall"]["interval_percent"] is None
    assert "big splash" in (tmp_path / "page.html").read_text()
    assert not (tmp_path / "assessed").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.mp4", "--rubric", "diving"], "there is no gone.mp4; give a video file or a folder of clips"),
        (["a.mp4", "--rubric", "divin"], 'there is no rubric divin (did you mean "diving"?)'),
        (["a.mp4", "--rubric", "diving", "--examples", "gone.jsonl"], "there is no file gone.jsonl; examples are lines such as"),
        (["broken.mp4", "--rubric", "diving", "--model", "script.json"], "broken.mp4 cannot be used: unreadable: "),
        (["empty", "--rubric", "diving", "--model", "script.json"], "empty holds no video; files named "),
    ],
)
def test_mistakes_show_no_traceback(clip: Path, words: list[str], message: str) -> None:
    (clip.parent / "script.json").write_text("{}")
    (clip.parent / "broken.mp4").write_bytes(b"no video")
    (clip.parent / "empty").mkdir()
    done = subprocess.run([VIDEOSTAR, "assess", *words], cwd=clip.parent, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
