"""What a person sees in a terminal, and what a log file gets."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from videostar import console as shown_in
from videostar.config import checked
from videostar.console import ConsoleWatcher, final_table, status
from videostar.errors import RunError
from videostar.rows import result_from_json, to_json
from videostar.store import BatchNote, RunStore, StageLog, write_json, write_rows
from videostar.types import Cost, CycleResult, Estimate, Ledger, Yields

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SCORE = Estimate(0.612, 0.52, 0.701, 240)
YIELDS = Yields(478, 210, 268, 150, 0.41, 0.44, 0.43, 0.9, {"generated/pass": 210})
COST = Cost(123456, {"generate": 95.0, "train": 3725.0}, 0, 480)
LEDGER = Ledger(480, 350, {"rationalized: wrong": 120, "video: ends early": 10})
CYCLE = CycleResult(2, "cycle 2", "cycle-2/checkpoint", True, {"validation": SCORE, "test": SCORE}, LEDGER, YIELDS, COST)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def plain() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=80, highlight=False, emoji=False), text


def terminal() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=80, force_terminal=True, highlight=False, emoji=False), text


def lines(text: io.StringIO) -> list[str]:
    return text.getvalue().splitlines()


def test_without_a_terminal_progress_is_a_few_plain_lines() -> None:
    console, text = plain()
    clock = Clock()
    with ConsoleWatcher(console, clock).progress("cycle 1: generate", 1000) as bar:
        for _ in range(1000):
            clock.seconds += 1
            bar.advance()
    said = lines(text)
    assert said[0] == "cycle 1: generate: 1,000"
    assert said[1] == "cycle 1: generate: 100 of 1,000 (1/s, 1m40s, 15m00s left)"
    assert said[-1] == "cycle 1: generate: 1,000 of 1,000 in 16m40s (1/s)"
    assert len(said) == 11
    assert not CONTROL.search(text.getvalue().replace("\n", ""))


def test_a_quick_stage_says_only_start_and_end() -> None:
    console, text = plain()
    clock = Clock()
    with ConsoleWatcher(console, clock).progress("evaluate", 50) as bar:
        for _ in range(50):
            clock.seconds += 0.1
            bar.advance()
    assert lines(text) == ["evaluate: 50", "evaluate: 50 of 50 in 5.0s (10/s)"]


def test_a_slow_stage_still_shows_life() -> None:
    console, text = plain()
    clock = Clock()
    with ConsoleWatcher(console, clock).progress("generate", 1_000_000) as bar:
        for _ in range(12):
            clock.seconds += 60
            bar.advance(32)
    assert [line.split(" (")[0] for line in lines(text)[1:-1]] == ["generate: 160 of 1,000,000", "generate: 320 of 1,000,000"]


def test_what_was_done_before_does_not_count_as_speed() -> None:
    console, text = plain()
    clock = Clock()
    with ConsoleWatcher(console, clock).progress("generate", 100, done=80) as bar:
        clock.seconds += 20
        bar.advance(20)
    assert lines(text) == ["generate: 100, 80 of them done before", "generate: 100 of 100 in 20s (1/s)"]


def test_an_interrupted_stage_leaves_the_terminal_in_order() -> None:
    console, _ = terminal()
    watcher = ConsoleWatcher(console)
    with pytest.raises(KeyboardInterrupt), watcher.progress("generate", 10):
        raise KeyboardInterrupt
    with watcher.progress("generate", 10) as bar:
        bar.advance(10)


def test_a_terminal_gets_a_bar_with_counts_and_rate() -> None:
    console, text = terminal()
    watcher = ConsoleWatcher(console)
    with watcher.progress("cycle 1: generate", 480) as bar:
        bar.advance(480)
        watcher.say("a line in between")
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.getvalue()).splitlines()
    assert any("cycle 1: generate" in line and "480/480" in line and "/s)" in line for line in last)
    assert "a line in between" in last
    assert max(len(line.split("\r")[-1]) for line in last) <= 80


def test_two_bars_may_run_at_once() -> None:
    console, text = terminal()
    watcher = ConsoleWatcher(console)
    with watcher.progress("outer", 2) as outer, watcher.progress("inner", 2) as inner:
        inner.advance(2)
        outer.advance(2)
    assert "inner" in text.getvalue()


def test_the_cycle_table_says_everything_in_80_columns() -> None:
    console, text = plain()
    ConsoleWatcher(console).cycle_done(CYCLE)
    said = text.getvalue()
    for words in ("480", "350 of 480", "120 rationalized: wrong", "61.2 [52.0, 70.1]  of 240", "(353 per kept sample)"):
        assert words in said
    assert re.search(r"clips\s+0 decoded, 480 from cache", said)
    assert re.search(r"time\s+1h03m\s+\(11s per kept sample\)", said)
    assert max(map(len, lines(text))) <= 80
    assert not CONTROL.search(said.replace("\n", ""))


def test_the_base_has_scores_only() -> None:
    console, text = plain()
    ConsoleWatcher(console).cycle_done(CycleResult(0, "base", "x", False, {"validation": SCORE}))
    assert "validation accuracy" in text.getvalue()
    assert "asked" not in text.getvalue()


def test_foreign_text_can_neither_style_nor_steer_the_terminal() -> None:
    console, text = plain()
    watcher = ConsoleWatcher(console)
    hostile = "[red]not red[/red] [/] \x1b[2J \ud800 \u202e \x00"
    watcher.say(hostile)
    watcher.cycle_done(CycleResult(1, hostile, hostile, True, {}, Ledger(1, 0, {hostile: 1}), note=hostile))
    with watcher.progress(hostile, 1) as bar:
        bar.advance()
    assert "[red]not red[/red] [/] \\x1b[2J \\ud800 \\u202e \\x00" in lines(text)[0]
    assert not CONTROL.search(text.getvalue().replace("\n", ""))
    console, text = terminal()
    with ConsoleWatcher(console).progress(hostile, 1) as bar:
        bar.advance()
    assert "\x1b[2J" not in text.getvalue()


def test_the_final_table_sets_the_cycles_side_by_side() -> None:
    console, text = plain()
    base = CycleResult(0, "base", "b", False, {"validation": SCORE, "test": SCORE}, cost=COST)
    final_table([base, CYCLE, CycleResult(2, "final", "final", True, {"validation": SCORE})], console)
    rows = lines(text)
    assert max(map(len, rows)) <= 80
    assert [row.split()[0] for row in rows if "[" in row] == ["base", "cycle", "final"]
    cycle = next(row for row in rows if "cycle 2" in row)
    assert "350/480" in cycle
    assert cycle.count("61.2 [52.0, 70.1]") == 2


def test_large_numbers_keep_the_final_table_within_80_columns() -> None:
    console, text = plain()
    full = Estimate(1.0, 1.0, 1.0, 100)
    large = CycleResult(
        12,
        "cycle 12",
        "c",
        True,
        {"validation": full, "test": full},
        Ledger(1_000_000, 999_999, {"x": 1}),
        Yields(1, 1, 1, 1, 1, 1, 1, 1, {}),
        COST,
    )
    final_table([large], console)
    assert max(map(len, lines(text))) <= 80
    assert "100.0 [100.0, 100.0]" in text.getvalue() or "100.0" in text.getvalue()


def test_output_that_is_no_terminal_is_80_columns_wide(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    final_table([CYCLE])
    assert "61.2 [52.0, 70.1]" in capsys.readouterr().out
    assert shown_in.WIDTH == 80


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    run = tmp_path / "run"
    config = checked({"run": str(run), "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m"}, "generate": {"batch_size": 4}})
    with_config = RunStore(run).open(config)
    with_config.close()
    write_json(run / "samples" / "done.json", {"root": ".", "counts": {"train": 10, "validation": 6, "test": 0}, "notes": [], "tables": {}})
    return with_config


def standing_of(store: RunStore) -> str:
    console, text = plain()
    status(store.root, console)
    return text.getvalue()


def test_status_names_the_stage_and_how_far_it_is(store: RunStore) -> None:
    files = store.cycle(1)
    assert "not finished: base: evaluate;" in standing_of(store)
    log = StageLog(files.answers)
    log.recover()
    log.append([{"sample_id": str(number)} for number in range(4)], BatchNote(1.0, 4, 0))
    assert "cycle 1: generate, 4 of 10" in standing_of(store)
    with log.progress_path.open("a") as file:
        file.write('{"bytes": 99')  # being written right now
    assert "cycle 1: generate, 4 of 10" in standing_of(store)
    log.recover()
    log.finish()
    assert "cycle 1: verify" in standing_of(store)
    write_rows(files.verdicts, ({"sample_id": str(number), "outcome": "fail" if number < 3 else "pass"} for number in range(10)))
    log = StageLog(files.rationales)
    log.recover()
    log.append([{}], BatchNote(1.0, 0, 1))
    assert "cycle 1: rationalize, 3 of 3" in standing_of(store)
    log.finish()
    assert "cycle 1: select" in standing_of(store)
    write_json(files.selection, {})
    write_rows(files.conversations, ({"id": str(number)} for number in range(7)))
    assert "cycle 1: train on 7 conversations" in standing_of(store)
    write_json(files.training, {})
    log = StageLog(files.evaluation_answers("validation"))
    log.recover()
    log.append([{}], BatchNote(1.0, 0, 1))
    assert "cycle 1: evaluate on validation, 4 of 6" in standing_of(store)


def test_status_of_a_finished_run_is_its_table_and_its_best(store: RunStore) -> None:
    write_rows(store.metrics, [to_json(CYCLE)])
    write_json(store.best, {"name": "cycle 2", "checkpoint": "cycle-2/checkpoint"})
    said = standing_of(store)
    assert "61.2 [52.0, 70.1]" in said
    assert "finished; the best is cycle 2: cycle-2/checkpoint" in said


def test_status_of_something_else_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run directory"):
        status(tmp_path)


def test_results_survive_the_way_to_disk() -> None:
    assert result_from_json(to_json(CYCLE)) == CYCLE
    base = CycleResult(0, "base", "m", False, {})
    assert result_from_json(to_json(base)) == base
