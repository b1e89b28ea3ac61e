"""Benchmarks end to end: official files in, answers of a model or given ones, a table in which every question stands."""

from __future__ import annotations

import json
import pickle
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.given import SCENES, TEMPCOMPASS, official, score, write_json
from tests.conftest import render_clip, rows_of
from tests.models.loopback import Handler, Server
from tests.test_mistakes import VIDEOSTAR, refused, videostar
from videostar.benchmarks.running import BenchmarkRequest, benchmark
from videostar.benchmarks.scoring import words
from videostar.errors import DataError, RunError
from videostar.playground.demo import TINY
from videostar.ports import Silent

MVBENCH: dict[str, list[dict[str, Any]]] = {
    "action_sequence.json": [
        {
            "video": "a.mp4",
            "question": "What then?",
            "candidates": ["It stops.", "It goes."],
            "answer": "It goes.",
            "start": 0.5,
            "end": 1.5,
        },
        {
            "video": "b.mp4",
            "question": "What then?",
            "candidates": ["It stops.", "It goes."],
            "answer": "It stops.",
            "start": 0.0,
            "end": 1.0,
        },
    ],
    "moving_count.json": [{"video": "gone.mp4", "question": "How many?", "candidates": ["0", "1", "2"], "answer": "1"}],
}


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    for shade, name in ((60, "star/a.mp4"), (120, "star/b.mp4")):
        render_clip(tmp_path / "videos" / name, shade)
    return tmp_path / "videos"


def scripted(folder: Path, *rules: dict[str, Any]) -> str:
    return str(write_json(folder / "script.json", {"rules": list(rules), "default": ["I cannot tell."]}))


def asked(folder: Path, name: str, files: dict[str, Any], model: str, videos: Path, **words: Any) -> dict[str, Any]:
    frames = ("model.engine=scripted", "frames.num_frames=4", f"frames.cache={folder / 'cache'}")
    request = BenchmarkRequest(
        name, official(folder, files), folder / "out", model, videos, overrides=(*frames, *words.pop("more", ())), **words
    )
    benchmark(request, Silent())
    found: dict[str, Any] = json.loads((folder / "out" / "results.json").read_text())
    return found


def test_mvbench_asks_and_scores_as_the_notebook_does_and_counts_what_is_missing(tmp_path: Path, videos: Path) -> None:
    model = scripted(tmp_path, {"sample_id": "mvbench-action_sequence-0000", "replies": ["(B) It goes."]})
    done = asked(tmp_path, "mvbench", MVBENCH, model, videos)
    rows = {row["name"]: row for row in done["table"]}
    assert rows["action_sequence"]["model"]["accuracy"]["mean"] == 0.5
    assert rows["all"]["questions"] == 3
    assert rows["all"]["accuracy_with_missing_as_wrong"] == pytest.approx(1 / 3)
    assert rows["moving_count"]["model"] == {}
    assert done["missing"] == {"missing": 1}
    answer = rows_of(tmp_path / "out" / "answers.jsonl")[0]
    assert answer["prompt"].endswith("(A) It stops.\n(B) It goes.\nOnly give the best option.\nBest option:(")
    assert max(answer["frames"]["timestamps_seconds"]) < 1.0  # the second that start and end cut out


@pytest.mark.parametrize(
    ("said", "right"), [("(B", True), ("B", True), ("b.", True), ("B) It goes.", True), ("A", False), ("It goes.", False)]
)
def test_mvbench_looks_at_the_first_word(tmp_path: Path, said: str, right: bool) -> None:
    given = write_json(tmp_path / "given.json", {"mvbench-action_sequence-0000": said})
    done = score(tmp_path, "mvbench", {"action_sequence.json": MVBENCH["action_sequence.json"][:1]}, [given])
    assert done["table"][0]["model"]["accuracy"]["mean"] == float(right)


def test_charades_sta_reports_mean_iou_and_recall(tmp_path: Path) -> None:
    (tmp_path / "charades_sta_test.txt").write_text("AAAAA 0.0 10.0##a person sits.\nBBBBB 0.0 10.0##a person runs.\n")
    given = tmp_path / "given.jsonl"
    rows = [("charades-sta-AAAAA-1-interval", "from 0 to 6 seconds"), ("charades-sta-BBBBB-2-interval", "I cannot tell.")]
    given.write_text("".join(json.dumps({"id": name, "prediction": said}) + "\n" for name, said in rows))
    done = score(tmp_path, "charades-sta", [tmp_path / "charades_sta_test.txt"], [given])
    (row,) = done["table"]
    assert {name: value["mean"] for name, value in row["model"].items()} == pytest.approx(
        {"mean_iou": 0.3, "recall_at_0.3": 0.5, "recall_at_0.5": 0.5, "recall_at_0.7": 0.0}
    )
    assert row["majority"]["mean_iou"]["mean"] == 1.0  # both sentences have the same stretch
    assert row["undecided"] == 1


def test_finediving_ranks_the_test_dives_alone(tmp_path: Path) -> None:
    dives = {("01", number): {"dive_score": 40.0 + 10 * number} for number in range(1, 6)}
    files = {"dives.pkl": dives, "train_split.pkl": [("01", 1), ("01", 2)], "test_split.pkl": [("01", 3), ("01", 4), ("01", 5)]}
    for name, held in files.items():
        (tmp_path / name).write_bytes(pickle.dumps(held))
    given = write_json(
        tmp_path / "given.json", {"finediving-01-3-score": 60, "finediving-01-4-score": "About 85.", "finediving-01-5-score": 86}
    )
    done = score(tmp_path, "finediving", [tmp_path / name for name in files], [given])
    (row,) = done["table"]
    assert (done["questions"], row["model"]["spearman"]["mean"]) == (3, 1.0)
    assert row["model"]["relative_l2"]["mean"] == pytest.approx(100 * (10**2 + 5**2 + 4**2) / 20**2 / 3)
    assert row["majority"]["mean_absolute_error"]["mean"] == pytest.approx((20 + 30 + 40) / 3)  # the median of the train scores, 50


def test_kinetics_holds_answers_against_all_classes_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "val.csv").write_text(
        "label,youtube_id,time_start,time_end,split\narm wrestling,aaa,0,10,val\nyoga,bbb,0,10,val\nplaying tennis,ccc,0,10,val\n"
    )
    given = write_json(
        tmp_path / "given.json", {"kinetics-aaa-0-action": "Two men are arm wrestling.", "kinetics-bbb-0-action": "Playing tennis."}
    )
    done = score(tmp_path, "kinetics", [tmp_path / "val.csv"], [given])
    (row,) = done["table"]
    assert row["model"]["accuracy"]["mean"] == 0.5
    assert row["random"]["accuracy"]["mean"] == pytest.approx(1 / 3)
    assert row["missing"] == 1
    all_three = write_json(tmp_path / "all.json", {f"kinetics-{name}-0-action": "Yoga." for name in ("aaa", "bbb", "ccc")})
    (one,) = score(tmp_path, "kinetics", [tmp_path / "val.csv"], [all_three], out="drawn", limit=1)["table"]
    assert (one["questions"], one["random"]["accuracy"]["mean"]) == (1, pytest.approx(1 / 3))  # the classes are those of the whole file


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


def test_a_judge_model_scores_captions_and_what_no_rule_matches(tmp_path: Path, videos: Path, server: Server) -> None:
    def react(handler: Handler, _: int) -> None:
        prompt = handler.body["messages"][0]["content"]
        references = prompt.partition("<references>")[2].partition("</references>")[0]
        handler.say("yes" if "left" in references else "no")

    server.reaction = react
    model = scripted(tmp_path, {"contains": "Caption it", "replies": ["It goes left."]})
    for name in SCENES:
        render_clip(videos / f"{name}.mp4", 90)
    judge = (f"judge.url={server.url}", "judge.model=referee")
    tasks = ("captioning", "multi-choice")
    without = asked(tmp_path, "tempcompass", TEMPCOMPASS, model, videos, tasks=tasks)
    assert [row["model"]["accuracy"]["mean"] for row in without["table"] if row["name"] == "all"] == [0.0]
    assert set(without["not_scored"]) == {"captioning"}
    done = asked(tmp_path, "tempcompass", TEMPCOMPASS, model, videos, tasks=tasks, more=judge)
    rows = {(row["section"], row["name"]): row for row in done["table"]}
    assert rows["captioning", "all"]["model"]["accuracy"]["mean"] == 1.0
    assert rows["multi-choice", "all"]["model"]["accuracy"]["mean"] == pytest.approx(1 / 3)  # the judge calls "B. left" right alone
    assert (done["judge"], done["not_scored"]) == ("referee", {})
    calls = len(server.seen)
    assert asked(tmp_path, "tempcompass", TEMPCOMPASS, model, videos, tasks=tasks, more=judge)["table"] == done["table"]
    assert len(server.seen) == calls  # what it said is kept


def test_another_selection_of_questions_is_refused_in_the_same_folder(tmp_path: Path, videos: Path) -> None:
    model = scripted(tmp_path)
    asked(tmp_path, "mvbench", MVBENCH, model, videos)
    with pytest.raises(RunError, match=r"holds answers to other questions .* choose another --out"):
        asked(tmp_path, "mvbench", MVBENCH, model, videos, limit=1)
    with pytest.raises(RunError, match=r"asked otherwise; choose another --out, or set back:\n.*frames.num_frames: 4 -> 5"):
        asked(tmp_path, "mvbench", MVBENCH, model, videos, more=("frames.num_frames=5",))


def test_predictions_for_other_questions_are_told(tmp_path: Path) -> None:
    files = {"action_sequence.json": MVBENCH["action_sequence.json"]}
    with pytest.raises(
        DataError, match=r"none of the 1 predictions is for one of the 2 questions; .* such as mvbench-action_sequence-0000"
    ):
        score(tmp_path, "mvbench", files, [write_json(tmp_path / "given.json", {"who": "A"})])
    given = write_json(tmp_path / "some.json", {"who": "A", "mvbench-action_sequence-0000": "B"})
    assert "1 predictions are for no question that is asked" in score(tmp_path, "mvbench", files, [given], out="second")["notes"]


def test_mistakes_are_told_in_one_line(tmp_path: Path) -> None:
    path = write_json(tmp_path / "action_sequence.json", MVBENCH["action_sequence.json"])
    script = scripted(tmp_path)
    said = refused(videostar("benchmark", script, "mvbanch", "--annotations", path, cwd=tmp_path))
    assert 'there is no benchmark "mvbanch" (did you mean "mvbench"?)' in said
    said = refused(videostar("benchmark", script, "mvbench", "--annotations", path, "model.engine=scripted", cwd=tmp_path))
    assert "--videos DIR is missing" in said
    said = refused(videostar("benchmark", script, "tempcompass", "--annotations", path, "--videos", tmp_path, cwd=tmp_path))
    assert "expected one JSON object" in said
    said = refused(videostar("benchmark", script, "mvbench", "--annotations", path, "--videos", tmp_path, "--task", "count", cwd=tmp_path))
    assert '--task "count": these files have no such questions; there are action_sequence' in said
    done = videostar("benchmark", "mvbench", "--annotations", path, cwd=tmp_path)
    assert (done.returncode, "name a model before the benchmark" in done.stderr) == (2, True)


@pytest.mark.slow
def test_the_embedded_checkpoint_runs_tempcompass_and_goes_on_where_it_was(tmp_path: Path, videos: Path) -> None:
    """The command itself: rendered videos, one of them missing, the official layout; the second time nothing is asked again."""
    render_clip(videos / "v1.mp4", 90)
    files = official(tmp_path, TEMPCOMPASS)
    settings = ("model.dtype=float32", "frames.num_frames=8", f"frames.cache={tmp_path / 'cache'}", "evaluate.max_new_tokens=12")
    given = [word for path in files for word in ("--annotations", path)]
    command = ("benchmark", TINY, "tempcompass", *given, "--videos", videos, "--out", tmp_path / "out", *settings)
    done = subprocess.run([VIDEOSTAR, *map(str, command)], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    assert "multi-choice" in done.stdout
    assert "missing: 1 questions: missing" in done.stdout
    assert "captioning: not scored" in done.stdout
    results = (tmp_path / "out" / "results.json").read_bytes()
    answers = (tmp_path / "out" / "answers.jsonl").read_bytes()
    assert json.loads(results)["questions"] == 7
    assert sum(row["finish"] == "error" for row in map(json.loads, answers.splitlines())) == 1
    again = subprocess.run([VIDEOSTAR, *map(str, command)], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "out" / "results.json").read_bytes() == results
    assert (tmp_path / "out" / "answers.jsonl").read_bytes() == answers


def test_the_table_has_a_line_for_each_measure(tmp_path: Path) -> None:
    (tmp_path / "charades_sta_test.txt").write_text("AAAAA 0.0 10.0##a person sits.\n")
    given = write_json(tmp_path / "given.json", {"charades-sta-AAAAA-1-interval": "from 0 to 10 seconds"})
    names = (str(tmp_path / "charades_sta_test.txt"),)
    report = benchmark(BenchmarkRequest("charades-sta", names, tmp_path / "out", predictions=(given,)), Silent())
    lines = words(report.rows).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["interval", "", "", ""]
    assert "100.0 [100.0, 100.0]" in lines[1]


def test_the_real_row_of_mvbench_with_a_models_answer_is_judged_as_published(tmp_path: Path, real: Path) -> None:
    path = real / "annotations" / "mvbench_row_with_answer.json"
    (row,) = json.loads(path.read_text())
    given = write_json(tmp_path / "given.json", {"mvbench-action_sequence-0000": row["model_raw_output"]})
    done = score(tmp_path, "mvbench", [path], [given])
    assert done["table"][0]["model"]["accuracy"]["mean"] == float(row["correct"])
