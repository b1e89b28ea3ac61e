"""The whole loop with a scripted model: what is asked, kept, dropped, trained and named best."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ScriptedRun, render_clip, rows_of, sample_row, write_table
from videostar.errors import DataError, RunError

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."
LEAKED = "The correct answer is given as yoga, so the person on the mat is stretching slowly forward. So the answer is yoga."


def rule(name: str, *replies: str, hinted: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What a sample is answered; `hinted` once its label is shown."""
    with_hint = [{"sample_id": name, "contains": "The correct answer is", "replies": list(hinted)}] if hinted else []
    return [*with_hint, {"sample_id": name, "replies": list(replies)}]


def test_failures_alone_are_rationalized_and_the_next_cycle_answers_what_was_learned(scripted: ScriptedRun) -> None:
    rows = [sample_row("knows"), sample_row("learns", video="clips/b.mp4"), sample_row("never", video="clips/c.mp4")]
    rules = [*rule("knows", RIGHT), *rule("learns", WRONG, hinted=(RIGHT,)), *rule("never", WRONG, hinted=(WRONG,))]
    config, _ = scripted(rows, rules, select={"forms": {"reasoned": 1.0}})
    first, second = config.run / "cycle-1", config.run / "cycle-2"
    assert [row["sample_id"] for row in rows_of(first / "rationales.jsonl")] == ["learns", "never"]
    assert [(row["sample_id"], row["route"]) for row in rows_of(first / "conversations.jsonl")] == [
        ("knows", "generated"),
        ("learns", "rationalized"),
    ]
    assert [row["sample_id"] for row in rows_of(second / "rationales.jsonl")] == ["never"]
    ledger = json.loads((config.run / "ledger.json").read_text())
    assert ledger["cycle-1"] == {
        "in": 3,
        "kept": 2,
        "dropped": {"rationalized: wrong": 1},
        "candidates": {"generated/fail": 2, "generated/pass": 1, "rationalized/fail": 1, "rationalized/pass": 1},
        "rejected": {},
    }


def test_what_is_stored_for_training_is_what_was_asked_without_the_hint(scripted: ScriptedRun) -> None:
    config, _ = scripted([sample_row("learns")], rule("learns", WRONG, hinted=(RIGHT,)), select={"forms": {"reasoned": 1.0, "direct": 1.0}})
    rationale = rows_of(config.run / "cycle-1" / "rationales.jsonl")[0]
    assert "The correct answer is: yoga." in rationale["prompt"]
    reasoned, direct = rows_of(config.run / "cycle-1" / "conversations.jsonl")
    generated = rows_of(config.run / "cycle-1" / "answers.jsonl")[0]
    assert reasoned["messages"] == [{"role": "user", "content": generated["prompt"]}, {"role": "assistant", "content": RIGHT}]
    assert direct["messages"][1]["content"] == "yoga"
    assert "step by step" not in direct["messages"][0]["content"]
    assert reasoned["answer_ref"]["frames_sha256"] == generated["frames"]["sha256"] != ""


@pytest.mark.parametrize(
    ("hinted", "reason"),
    [
        (LEAKED, "rationalized: leak"),
        ("It is yoga. So the answer is yoga.", "rationalized: parrot"),
        (WRONG, "rationalized: wrong"),
        ("I cannot tell what this is.", "rationalized: undecided"),
    ],
)
def test_each_rejected_rationale_has_its_reason_in_the_ledger(scripted: ScriptedRun, hinted: str, reason: str) -> None:
    config, _ = scripted([sample_row("one")], rule("one", WRONG, hinted=(hinted,)))
    assert json.loads((config.run / "ledger.json").read_text())["cycle-1"]["dropped"] == {reason: 1}


def test_nothing_kept_ends_the_run_well_with_the_base_as_best(scripted: ScriptedRun) -> None:
    config, done = scripted([sample_row("one")], rule("one", WRONG))
    best = json.loads((config.run / "best.json").read_text())
    assert (best["name"], best["checkpoint"]) == ("base", config.model.model_name_or_path)
    assert not (config.run / "final").exists()
    assert "train" not in [stage.name for stage in done]


def test_without_rationalization_failures_are_dropped_as_wrong(scripted: ScriptedRun) -> None:
    rules = [*rule("a", RIGHT), *rule("b", WRONG, hinted=(RIGHT,))]
    config, _ = scripted([sample_row("a"), sample_row("b")], rules, rationalize={"enabled": False})
    assert json.loads((config.run / "ledger.json").read_text())["cycle-1"]["dropped"] == {"wrong": 1}


def test_an_unreadable_video_is_quarantined_and_counted_not_replaced(scripted: ScriptedRun, clips: Path) -> None:
    (clips / "clips" / "broken.mp4").write_text("<html>404</html>")
    config, _ = scripted([sample_row("good"), sample_row("bad", video="clips/broken.mp4")], rule("good", RIGHT))
    ledger = json.loads((config.run / "ledger.json").read_text())["cycle-1"]
    assert ledger["in"] == 2 == ledger["kept"] + sum(ledger["dropped"].values())
    assert [reason for reason in ledger["dropped"] if reason.startswith("quarantined: ")]
    assert [row["sample_id"] for row in rows_of(config.run / "quarantine.jsonl")] == ["bad"]
    answer = next(row for row in rows_of(config.run / "cycle-1" / "answers.jsonl") if row["sample_id"] == "bad")
    assert answer["finish"] == "error"
    assert answer["text"] == ""
    assert answer["frames"]["error"]


def test_the_second_cycle_decodes_nothing(scripted: ScriptedRun) -> None:
    rows = [sample_row("a"), sample_row("b", video="clips/b.mp4")]
    config, _ = scripted(rows, [*rule("a", RIGHT), *rule("b", WRONG, hinted=(RIGHT,))])
    costs = [row["cost"] for row in rows_of(config.run / "metrics.jsonl")]
    assert costs[1]["clips_decoded"] == 2
    assert costs[2]["clips_decoded"] == 0
    assert costs[2]["clips_from_cache"] >= 2


def test_final_is_trained_on_the_last_cycles_generated_answers_alone(scripted: ScriptedRun) -> None:
    rules = [*rule("a", RIGHT), *rule("b", WRONG, hinted=(RIGHT,))]
    config, _ = scripted([sample_row("a"), sample_row("b")], rules, cycles=1)
    assert {row["route"] for row in rows_of(config.run / "final-training" / "conversations.jsonl")} == {"generated"}
    assert (config.run / "final").is_dir()


def test_the_plateau_ends_the_cycles_and_best_looks_at_validation_only(scripted: ScriptedRun, clips: Path) -> None:
    render_clip(clips / "clips" / "v.mp4", 200)
    held_out = [sample_row(f"v{number}", video="clips/v.mp4", group=f"g{number}") for number in range(8)]
    write_table(clips / "val.jsonl", held_out)
    rules = [*rule("a", RIGHT), *(item for number in range(8) for item in rule(f"v{number}", RIGHT if number < 4 else WRONG))]
    data = {"validation": str(clips / "val.jsonl")}
    config, done = scripted([sample_row("a")], rules, cycles=5, data=data)
    names = [row["name"] for row in rows_of(config.run / "metrics.jsonl")]
    assert names == ["base", "cycle 1", "final"], "the base is right on half; training on one answer that it knows adds nothing"
    assert json.loads((config.run / "best.json").read_text())["name"] == "base"
    assert rows_of(config.run / "metrics.jsonl")[0]["scores"]["validation"]["mean"] == 0.5
    assert max(stage.cycle for stage in done) == 1


def test_a_finished_run_started_again_does_nothing_and_changes_nothing(scripted: ScriptedRun) -> None:
    rows, rules = [sample_row("a")], rule("a", RIGHT)
    config, _ = scripted(rows, rules)
    before = {path: path.read_bytes() for path in config.run.rglob("*.json*") if path.is_file()}
    _, again = scripted(rows, rules)
    assert not any(stage.fresh for stage in again)
    assert {path: path.read_bytes() for path in before} == before


def test_another_config_in_the_same_run_directory_is_refused_with_the_difference(scripted: ScriptedRun) -> None:
    scripted([sample_row("a")], rule("a", RIGHT))
    with pytest.raises(RunError, match=r"generate\.n: 1 -> 2"):
        scripted([sample_row("a")], rule("a", RIGHT), generate={"n": 2})


def test_changed_tables_are_refused(scripted: ScriptedRun) -> None:
    scripted([sample_row("a")], rule("a", RIGHT))
    with pytest.raises(RunError, match="have changed since the run began"):
        scripted([sample_row("b")], rule("a", RIGHT))


def test_candidates_give_pass_at_k_majority_and_distinct(scripted: ScriptedRun) -> None:
    config, _ = scripted([sample_row("a")], rule("a", WRONG, RIGHT, WRONG), generate={"n": 3, "temperature": 1.0}, cycles=1)
    yields = rows_of(config.run / "metrics.jsonl")[1]["yields"]
    assert yields["pass_at_1"] == pytest.approx(1 / 3)
    assert yields["pass_at_k"] == 1.0
    assert yields["majority"] == 0.0
    assert yields["distinct"] == pytest.approx(2 / 3)


def test_distinct_right_answers_are_kept_up_to_the_cap(scripted: ScriptedRun) -> None:
    other = "Slow breathing and a long hold on the mat tell it. So the answer is yoga."
    settings = {"max_per_question": 2, "forms": {"reasoned": 1.0}}
    config, _ = scripted(
        [sample_row("a")], rule("a", RIGHT, RIGHT, other), generate={"n": 3, "temperature": 1.0}, select=settings, cycles=1
    )
    kept = [row["messages"][1]["content"] for row in rows_of(config.run / "cycle-1" / "conversations.jsonl")]
    assert kept == [RIGHT, other]


def test_the_share_of_rationalized_answers_is_capped(scripted: ScriptedRun) -> None:
    rules = [*rule("a", RIGHT), *(item for name in "bcd" for item in rule(name, WRONG, hinted=(RIGHT,)))]
    config, _ = scripted([sample_row(name) for name in "abcd"], rules, select={"max_rationalized_share": 0.5}, cycles=1)
    ledger = json.loads((config.run / "ledger.json").read_text())["cycle-1"]
    assert ledger["kept"] == 2
    assert ledger["dropped"] == {"above max_rationalized_share": 2}


def test_questions_answered_without_the_video_are_left_out_by_the_blind_filter(scripted: ScriptedRun) -> None:
    config, _ = scripted([sample_row("a")], rule("a", RIGHT), select={"blind_filter": True}, cycles=1)
    assert rows_of(config.run / "cycle-1" / "blind_answers.jsonl")[0]["frames"]["policy"] == "no frames"
    assert json.loads((config.run / "ledger.json").read_text())["cycle-1"]["dropped"] == {"answered right without the video": 1}


def test_auxiliary_conversations_are_mixed_in_by_weight(scripted: ScriptedRun, tmp_path: Path) -> None:
    extra = [
        {"id": f"x{number}", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
        for number in range(10)
    ]
    mix = [{"path": str(write_table(tmp_path / "aux.jsonl", extra)), "weight": 3.0}]
    config, _ = scripted([sample_row("a")], rule("a", RIGHT), data={"mix": mix}, cycles=1)
    names = [row["id"] for row in rows_of(config.run / "cycle-1" / "mixed.jsonl")]
    assert len(names) == 4
    assert sum(name.startswith("x") for name in names) == 3
    assert len(rows_of(config.run / "cycle-1" / "conversations.jsonl")) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"video": "/etc/passwd"}, r"aux\.jsonl:2: the video '/etc/passwd' lies outside"),
        ({"id": 7}, r'aux\.jsonl:2: a conversation is an object with a text "id"'),
        ({"messages": [{"role": "user", "content": "Hi"}]}, r'aux\.jsonl:2: "messages" must be turns'),
    ],
)
def test_auxiliary_rows_that_cannot_be_trained_on_are_told_before_anything_starts(
    scripted: ScriptedRun, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    good = {"id": "x", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
    extra = write_table(tmp_path / "aux.jsonl", [good, {**good, **changes}])
    with pytest.raises(DataError, match=message):
        scripted([sample_row("a")], rule("a", RIGHT), data={"mix": [{"path": str(extra), "weight": 1.0}]}, cycles=1)


def test_a_run_stopped_after_an_evaluation_has_its_results_on_disk_and_goes_on(scripted: ScriptedRun) -> None:
    rows, rules = [sample_row("a")], rule("a", RIGHT)
    config, _ = scripted(rows, rules, until=(1, "evaluate"))
    assert [row["name"] for row in rows_of(config.run / "metrics.jsonl")] == ["base", "cycle 1"]
    assert not (config.run / "best.json").exists()
    _, done = scripted(rows, rules)
    assert not any(stage.fresh for stage in done if stage.cycle < 2)
    assert (config.run / "best.json").exists()


def test_held_out_groups_that_stand_in_train_are_said(scripted: ScriptedRun, clips: Path) -> None:
    write_table(clips / "val.jsonl", [sample_row("v")])
    config, _ = scripted([sample_row("a")], rule("a", RIGHT), data={"validation": str(clips / "val.jsonl")}, cycles=1)
    notes = json.loads((config.run / "samples" / "done.json").read_text())["notes"]
    assert notes[0] == "data: 1 train questions, 1 validation questions"
    assert "1 groups of the validation split stand in train too" in notes[1]
