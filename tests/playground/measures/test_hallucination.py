"""What explanations say, counted: over a run's files by cycle, route and stage, and by the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import rows_of
from videostar.labels.category import CategoryLabel
from videostar.playground.demo import TINY
from videostar.playground.measures.__main__ import main
from videostar.playground.measures.hallucination import Explained, against_base, hallucination, not_understood, of_run
from videostar.rows import to_json
from videostar.store import RunStore, write_rows
from videostar.types import Answer, AnswerRef, Conversation, FrameRecord, Message, Route, Sample, Verdict

META = {
    "colour": "red",
    "shape": "square",
    "path": "left",
    "turning": "clockwise",
    "size_change": "grows",
    "speed": "slow",
    "distractors": 2,
}
TRUE = "The red square goes left slowly. It turns clockwise and grows. So the answer is zorvek."
HALF = "The red square goes up slowly. It turns clockwise and shrinks. So the answer is zorvek."


def _sample(name: str) -> Sample:
    return Sample(name, f"{name}.mp4", "What is it?", CategoryLabel(value="zorvek"), source="moves", group=name, meta=META)


def _answer(sample_id: str, text: str, route: Route = "generated", candidate: int = 0) -> Answer:
    return Answer(sample_id, 1, candidate, route, "?", text, "stop", FrameRecord(), "m", 0, 9, 0.1)


def test_statements_are_counted_one_by_one_and_by_kind() -> None:
    found = hallucination([Explained(_sample("a"), TRUE), Explained(_sample("b"), HALF)])
    assert found["statements true"].mean == 10 / 12
    assert found["statements true"].count == 12
    assert found["true: direction"].mean == 3 / 4
    assert found["true: size change"].mean == 1 / 2
    assert found["true: colour"].mean == found["true: shape"].mean == 1.0
    assert found["explanations wholly true"].mean == 1 / 2
    assert found["statements an explanation"].mean == 6.0
    assert (found["sentences understood"].mean, found["sentences understood"].count) == (1.0, 4)
    assert found["statements true"].low < found["statements true"].mean < found["statements true"].high


def test_what_is_not_understood_counts_and_is_listed() -> None:
    rows = [
        Explained(_sample(name), f"It sparkles. {text}") for name, text in (("a", TRUE), ("b", HALF), ("c", "The square hums. It grows."))
    ]
    found = hallucination(rows)
    assert found["sentences understood"].mean == 6 / 9
    assert found["sentences understood to the last word"].mean == 5 / 9
    assert not_understood(rows)[0] == ("It sparkles.", 3)


def test_an_empty_set_of_answers_measures_nothing() -> None:
    assert hallucination([]) == {}
    assert hallucination([Explained(_sample("a"), "")])["statements an explanation"].mean == 0.0


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's files as the loop writes them: of three questions one is kept as answered, another as explained after its label."""
    store = RunStore(tmp_path / "run")
    store.samples("train").parent.mkdir(parents=True)
    write_rows(store.samples("train"), map(to_json, map(_sample, "abc")))
    write_rows(store.samples("test"), [to_json(replace(_sample("t"), split="test"))])
    files = store.cycle(1)
    files.folder.mkdir()
    store.cycle(0).folder.mkdir()
    write_rows(store.cycle(0).evaluation_answers("test"), [to_json(_answer("t", HALF))])
    _judged(files.answers, files.verdicts, [("a", TRUE, True), ("b", HALF, True), ("c", HALF, False)], "generated")
    _judged(files.rationales, files.rationale_verdicts, [("c", HALF, True)], "rationalized")
    kept = [_kept("a", "generated"), _kept("c", "rationalized")]
    write_rows(files.conversations, map(to_json, kept))
    (store.root / "config.yaml").write_text("{}")
    return store.root


def _judged(answers: Path, verdicts: Path, rows: Sequence[tuple[str, str, bool]], route: Route) -> None:
    write_rows(answers, [to_json(_answer(name, text, route)) for name, text, _ in rows])
    outcome = {True: "pass", False: "fail"}
    told = [
        {"sample_id": name, "cycle": 1, "candidate": 0, "route": route, **to_json(Verdict("fail", 0, None, "")), "outcome": outcome[right]}
        for name, _, right in rows
    ]
    write_rows(verdicts, told)


def _kept(name: str, route: Route) -> Conversation:
    messages = (Message("user", "?"), Message("assistant", "zorvek"))
    return Conversation(f"{name}/x", name, route, "direct", f"{name}.mp4", 0.0, None, messages, AnswerRef(1, 0, ""))


def test_a_run_is_read_by_cycle_route_and_stage(run: Path) -> None:
    found = {name: [(one.sample.id, one.text) for one in rows] for name, rows in of_run(run).items()}
    assert found == {
        "base, test": [("t", HALF)],
        "cycle 1, generated, all": [("a", TRUE), ("b", HALF), ("c", HALF)],
        "cycle 1, generated, right": [("a", TRUE), ("b", HALF)],
        "cycle 1, generated, kept": [("a", TRUE)],
        "cycle 1, rationalized, all": [("c", HALF)],
        "cycle 1, rationalized, right": [("c", HALF)],
        "cycle 1, rationalized, kept": [("c", HALF)],
    }


def test_truth_is_compared_with_the_base_question_by_question() -> None:
    base = [Explained(_sample(name), text) for name, text in (("a", HALF), ("b", TRUE), ("c", TRUE), ("d", ""))]
    after = [Explained(_sample(name), text) for name, text in (("a", TRUE), ("b", TRUE), ("d", TRUE))]
    found = against_base({"base, test": base, "cycle 1, test": after, "cycle 1, generated, all": base})
    assert list(found) == ["cycle 1, test - base"]
    assert found["cycle 1, test - base"].mean == pytest.approx((2 / 6 + 0) / 2)
    assert found["cycle 1, test - base"].count == 2
    assert against_base({"cycle 1, test": after}) == {}


def test_the_command_tells_of_stored_answers_without_a_model(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(run), "--files-only", "--examples", "7", "--out", str(tmp_path / "out" / "m.json")])
    printed = capsys.readouterr().out
    assert "hallucination, cycle 1, generated, kept" in printed
    assert "FALSE   path        goes up" in printed
    stored = json.loads((tmp_path / "out" / "m.json").read_text())["measures"]
    assert stored["hallucination, cycle 1, rationalized, kept"]["statements true"]["mean"] == pytest.approx(4 / 6)
    assert len(rows_of(run / "cycle-1" / "answers.jsonl")) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no folder nowhere; give a run directory or a checkpoint"),
        ([str(TINY), "--files-only"], "--files-only and --checkpoint need a run directory"),
        ([str(TINY), "--measures", "blnd"], 'there is no measure "blnd" (did you mean "blind"?)'),
        ([str(TINY), "--videos", "0"], "--videos must be at least 1, not 0"),
    ],
)
def test_mistakes_are_told_in_one_message(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_measures_the_embedded_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(TINY), "--videos", "1", "--out", str(tmp_path / "m.json")])
    printed = capsys.readouterr().out
    stored = json.loads((tmp_path / "m.json").read_text())["measures"]
    assert set(stored) == {"hallucination", "faithfulness", "forms", "general", "turns", "blind"}
    understood = stored["hallucination"]["generated: sentences understood"]
    assert understood["mean"] >= 0.95
    assert understood["count"] > 20
    # Going on from its own words, the model goes on as it did.
    assert stored["faithfulness"]["nothing"]["mean"] <= 0.2
    assert stored["faithfulness"]["nothing"]["count"] > 10
    for aspect in ("action", "direction", "speed", "event order", "attribute change"):
        assert stored["general"][f"{aspect}: right"]["count"] >= 15
    assert "with the video - without the video" in printed
