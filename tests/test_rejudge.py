"""Other thresholds over a finished run: what changes, what is written, and that nothing of the run itself is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ScriptedRun, rows_of, sample_row
from videostar.errors import ConfigError, RunError
from videostar.rejudge import rejudge, sweep

SCORE = "What score does this dive get?"


def scored(name: str, **label: Any) -> dict[str, Any]:
    return sample_row(name, question=SCORE, label={"kind": "number", "value": 100.0, **label})


def said(number: float) -> str:
    return f"The take-off is high, the pike is tight and the splash stays small. So the score is {number}."


def rules(**answers: float) -> list[dict[str, Any]]:
    return [{"sample_id": name, "replies": [said(number)]} for name, number in answers.items()]


@pytest.fixture
def run(scripted: ScriptedRun) -> Path:
    """Answers off by 3, 8, 15 and 8 percent; `own` states a tolerance of 0.2 itself; the config's default is 0.1."""
    rows = [scored("a"), scored("b"), scored("c"), scored("own", relative_tolerance=0.2)]
    config, _ = scripted(rows, rules(a=103, b=108, c=115, own=108), cycles=1, labels={"number.relative_tolerance": 0.1})
    return config.run


def files_of(run: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in run.rglob("*") if path.is_file() and "rejudged" not in path.parts}


def outcomes(folder: Path, name: str = "verdicts.jsonl") -> dict[str, str]:
    return {row["sample_id"]: row["outcome"] for row in rows_of(folder / "cycle-1" / name)}


def test_a_stricter_default_reaches_rows_that_state_none_and_leaves_those_that_do(run: Path) -> None:
    before = files_of(run)
    text = rejudge(run, ["number.relative_tolerance=0.05"])
    folder = run / "rejudged" / "number.relative_tolerance=0.05"
    assert outcomes(run) == {"a": "pass", "b": "pass", "c": "fail", "own": "pass"}
    assert outcomes(folder) == {"a": "pass", "b": "fail", "c": "fail", "own": "pass"}
    assert "generated: 3 -> 2 of 4 questions have a right answer; 0 gained, 1 lost" in text
    assert files_of(run) == before, "nothing of the run itself may change"


def test_what_now_fails_and_was_never_explained_is_said(run: Path) -> None:
    text = rejudge(run, ["labels.number.relative_tolerance=0.05"])
    summary = json.loads((run / "rejudged" / "labels.number.relative_tolerance=0.05" / "summary.json").read_text())
    cycle = summary["cycles"]["cycle-1"]
    assert cycle["ledger"]["after"]["dropped"] == {"rationalized: wrong": 1, "wrong now, and not asked to explain": 1}
    after = cycle["ledger"]["after"]
    assert after["in"] == after["kept"] + sum(after["dropped"].values())
    assert "wrong now, and not asked to explain: 0 -> 1" in text
    assert "never shown their label" in summary["note"]
    example = cycle["routes"]["generated"]["examples"][0]
    assert (example["sample_id"], example["before"]["outcome"], example["after"]["outcome"]) == ("b", "pass", "fail")
    assert example["after"]["reason"]


def test_a_looser_default_gains_generated_answers_and_yields_follow(run: Path) -> None:
    rejudge(run, ["number.relative_tolerance=0.2"])
    cycle = json.loads((run / "rejudged" / "number.relative_tolerance=0.2" / "summary.json").read_text())["cycles"]["cycle-1"]
    assert (cycle["ledger"]["before"]["kept"], cycle["ledger"]["after"]["kept"]) == (3, 4)
    assert (cycle["yields"]["before"]["pass_at_1"], cycle["yields"]["after"]["pass_at_1"]) == (0.75, 1.0)
    assert cycle["routes"]["generated"]["gained"] == 1
    conversations = rows_of(run / "rejudged" / "number.relative_tolerance=0.2" / "cycle-1" / "conversations.jsonl")
    assert {row["sample_id"] for row in conversations} == {"a", "b", "c", "own"}


def test_the_same_thresholds_give_the_same_verdicts_and_conversations(run: Path) -> None:
    text = rejudge(run, [])
    folder = run / "rejudged" / "same-thresholds" / "cycle-1"
    for name in ("verdicts.jsonl", "rationale_verdicts.jsonl", "conversations.jsonl", "selection.json"):
        assert (folder / name).read_bytes() == (run / "cycle-1" / name).read_bytes()
    assert "0 gained, 0 lost" in text


def test_judging_again_twice_keeps_both(run: Path) -> None:
    rejudge(run, ["select.max_words=5"])
    first = files_of(run / "rejudged")
    rejudge(run, ["select.max_words=5"])
    assert (run / "rejudged" / "select.max_words=5-2" / "summary.json").is_file()
    assert all(path.read_bytes() == content for path, content in first.items())


def test_select_keys_change_what_is_kept_and_no_verdict(run: Path) -> None:
    rejudge(run, ["select.max_words=5"])
    cycle = json.loads((run / "rejudged" / "select.max_words=5" / "summary.json").read_text())["cycles"]["cycle-1"]
    assert cycle["routes"]["generated"]["answers_passed"] == [3, 3]
    assert cycle["ledger"]["after"]["dropped"]["too long"] == 3


def test_a_sweep_is_a_table_of_cycle_and_setting_and_the_same_as_json(run: Path) -> None:
    text = sweep(run, [], "number.relative_tolerance=0.01,0.05,0.2")
    rows = json.loads((run / "rejudged" / "number.relative_tolerance=0.01,0.05,0.2.json").read_text())["rows"]
    assert [(row["setting"].partition("=")[2], row["cycle"], row["generated_passes"], row["kept"]) for row in rows] == [
        ("0.01", "cycle-1", 1, 1),
        ("0.05", "cycle-1", 2, 2),
        ("0.2", "cycle-1", 4, 4),
    ]
    lines = [line.split() for line in text.splitlines()[:4]]
    assert lines[2] == ["number.relative_tolerance=0.05", "cycle-1", "2", "2", "4"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["train.learning_rate=1"], r'"train\.learning_rate" has nothing to do with judging'),
        (["number.tolerance=1"], r'number labels have no field "tolerance"'),
        (["number.relative_tolerance=-1"], r'"labels\.number\.relative_tolerance" is -1'),
        (["select.max_per_question=0"], r'"select\.max_per_question" is 0'),
        (["nonsense"], r'"nonsense" has nothing to do with judging'),
        (["number"], r'"labels\.number" is not an override; write key=value'),
        (["select.blind_filter=true"], "never asked its questions without the video"),
        (["number.minimum=0"], "a would have been asked something else"),
    ],
)
def test_what_cannot_be_judged_again_is_told_and_nothing_is_written(run: Path, overrides: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        rejudge(run, overrides)
    assert not (run / "rejudged").exists()


def test_all_values_of_a_sweep_are_checked_before_any_work(run: Path) -> None:
    with pytest.raises(ConfigError, match="relative_tolerance"):
        sweep(run, [], "number.relative_tolerance=0.1,-1")
    assert not (run / "rejudged").exists()
    with pytest.raises(ConfigError, match="write key=a,b,c"):
        sweep(run, [], "number.relative_tolerance")


def test_a_folder_without_a_run_or_a_selected_cycle_is_told(tmp_path: Path, run: Path) -> None:
    with pytest.raises(RunError, match="is not a run directory"):
        rejudge(tmp_path / "nothing", [])
    (run / "cycle-1" / "selection.json").unlink()
    with pytest.raises(RunError, match="no selected cycle yet"):
        rejudge(run, [])


def test_the_blind_filter_of_a_run_is_judged_again_too(scripted: ScriptedRun) -> None:
    config, _ = scripted(
        [scored("a"), scored("b")],
        rules(a=103, b=108),
        cycles=1,
        labels={"number.relative_tolerance": 0.05},
        select={"blind_filter": True},
        rationalize={"enabled": False},
    )
    rejudge(config.run, ["number.relative_tolerance=0.1"])
    rejudge(config.run, ["select.blind_filter=false"])
    kept = {
        path.name: json.loads((path / "summary.json").read_text())["cycles"]["cycle-1"]["ledger"]["after"]["dropped"]
        for path in (config.run / "rejudged").iterdir()
    }
    assert kept["number.relative_tolerance=0.1"] == {"answered right without the video": 2}
    assert kept["select.blind_filter=false"] == {"wrong": 1}


def test_the_command_prints_what_changed_and_loads_no_model(run: Path) -> None:
    code = (
        "import sys; sys.argv = ['videostar', 'rejudge', sys.argv[1], 'number.relative_tolerance=0.05']\n"
        "from videostar import cli\n"
        "try: cli.main()\n"
        "finally: print('loaded:', [name for name in ('torch', 'transformers', 'av') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "loaded: []" in done.stdout
    assert "3 -> 2 of 4 questions" in done.stdout
