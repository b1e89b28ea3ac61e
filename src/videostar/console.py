"""A run as a person sees it in a terminal: bars, a table per cycle, one for the whole run, and where a run stands.

Where the output is no terminal there are plain lines, few of them, and no control characters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from videostar import ports, shown
from videostar.rows import result_from_json
from videostar.standing import standing
from videostar.store import RunStore, read_config, rows_if_any
from videostar.types import SPLITS, Cost, CycleResult, Ledger, Split, Yields

WIDTH = 80
LONGEST_TEXT = 300
QUIET_SECONDS = 10.0
QUIET_SHARE = 0.1
LONGEST_QUIET_SECONDS = 300.0

Rows = Iterator[tuple[str, str]]


class ConsoleWatcher:
    """A `ports.Watcher` for people. `console` and `clock` (seconds, monotonic) are for tests."""

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console or _console()
        self._clock = clock
        self._bars: Bars | None = None

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[ports.Progress]:
        """A bar with rate, elapsed time and time left; plain lines where the output is no terminal."""
        pace = _Pace(total, done, self._clock)
        return self._bar(title, pace) if self._console.is_terminal else self._lines(title, pace)

    def say(self, line: str) -> None:
        """One plain line."""
        self._console.print(Text(shown.visible(line)), soft_wrap=True)

    def cycle_done(self, result: CycleResult) -> None:
        """The table of a cycle."""
        self._console.print(_cycle_table(result))

    @contextmanager
    def _bar(self, title: str, pace: _Pace) -> Iterator[ports.Progress]:
        outer = self._bars
        bars = self._bars = outer or Bars(
            TextColumn("{task.description}", markup=False), BarColumn(20), MofNCompleteColumn(), _PaceColumn(), console=self._console
        )
        if outer is None:
            bars.start()
        task = bars.add_task(shown.one_line(title, 30), total=pace.total, completed=pace.done, pace=pace)
        try:
            yield _Bar(bars, task, pace)
        finally:
            if outer is None:
                bars.stop()
                self._bars = None

    @contextmanager
    def _lines(self, title: str, pace: _Pace) -> Iterator[ports.Progress]:
        before = f", {shown.count(pace.done)} of them done before" if pace.done else ""
        self.say(f"{title}: {shown.count(pace.total)}{before}")
        yield _Lines(title, pace, self.say)
        self.say(f"{title}: {shown.count(pace.done)} of {shown.count(pace.total)} {pace.ended()}")


def final_table(results: Sequence[CycleResult], console: Console | None = None) -> None:
    """Print one row per cycle: what was kept, yields, scores, time."""
    (console or _console()).print(_results_table(results))


def status(run: Path, console: Console | None = None) -> None:
    """Print where a run stands: its cycles so far and the stage that it is in. Raises `RunError` when the folder holds no run."""
    config = read_config(run)
    screen = console or _console()
    store = RunStore(run)
    results = [result_from_json(row) for row in rows_if_any(store.metrics)]
    if results:
        screen.print(_results_table(results))
    screen.print(Text(shown.visible(standing(store, config))), soft_wrap=True)


def _console() -> Console:
    """Standard output; at least 80 columns where it is no terminal."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=WIDTH)


class _Pace:
    """How fast units get done; those from before this start do not count."""

    def __init__(self, total: int, done: int, clock: Callable[[], float]) -> None:
        self.total, self.done = total, done
        self._before, self._clock, self._started = done, clock, clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    def rate(self) -> float:
        """Units a second; 0 while unknown."""
        return (self.done - self._before) / self.elapsed if self.elapsed > 0 else 0.0

    def running(self) -> str:
        """Rate, elapsed time and time left in words."""
        rate = self.rate()
        left = f", {shown.duration((self.total - self.done) / rate)} left" if rate else ""
        return f"{rate:.3g}/s, {shown.duration(self.elapsed)}{left}"

    def ended(self) -> str:
        """Elapsed time and rate in words."""
        return f"in {shown.duration(self.elapsed)} ({self.rate():.3g}/s)"


class _PaceColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Rate and times of one bar."""
        pace: _Pace = task.fields["pace"]
        return Text(pace.ended() if task.finished else pace.running())


class _Bar:
    def __init__(self, bars: Bars, task: TaskID, pace: _Pace) -> None:
        self._bars, self._task, self._pace = bars, task, pace

    def advance(self, units: int = 1) -> None:
        """`units` more are done."""
        self._pace.done += units
        self._bars.update(self._task, completed=self._pace.done)


class _Lines:
    """A line now and then: never two within QUIET_SECONDS, and one at least every LONGEST_QUIET_SECONDS of work."""

    def __init__(self, title: str, pace: _Pace, say: Callable[[str], None]) -> None:
        self._title, self._pace, self._say = title, pace, say
        self._said_at, self._said_done = 0.0, pace.done

    def advance(self, units: int = 1) -> None:
        """`units` more are done."""
        pace = self._pace
        pace.done += units
        quiet = pace.elapsed - self._said_at
        enough = pace.done - self._said_done >= QUIET_SHARE * pace.total or quiet >= LONGEST_QUIET_SECONDS
        if pace.done < pace.total and quiet >= QUIET_SECONDS and enough:
            self._said_at, self._said_done = pace.elapsed, pace.done
            self._say(f"{self._title}: {shown.count(pace.done)} of {shown.count(pace.total)} ({pace.running()})")


def _cycle_table(result: CycleResult) -> Table:
    table = Table(title=Text(shown.one_line(result.name, 40), style="bold"), box=None, show_header=False, title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for group in _cycle_rows(result):
        for name, value in group:
            table.add_row(Text(name), Text(value))
        table.add_row()
    return table


def _cycle_rows(result: CycleResult) -> Iterator[Rows]:
    """Groups of name and value; model text in them is made harmless."""
    if result.yields is not None:
        yield _asked_rows(result.yields)
    if result.ledger is not None:
        yield _ledger_rows(result.ledger)
    if result.yields is not None:
        yield _yield_rows(result.yields)
    yield ((f"{split} accuracy, %", f"{shown.interval(score)}  of {shown.count(score.count)}") for split, score in result.scores.items())
    if result.cost is not None:
        yield _cost_rows(result.cost, result)
    if result.note:
        yield iter([("note", shown.one_line(result.note, LONGEST_TEXT))])


def _asked_rows(yields: Yields) -> Rows:
    yield "asked", shown.count(yields.asked)
    yield "passed", shown.count(yields.passed)
    yield "rationalized", shown.count(yields.rationalized)
    yield "passed then", shown.count(yields.passed_then)


def _ledger_rows(ledger: Ledger) -> Rows:
    yield "kept", f"{shown.count(ledger.kept)} of {shown.count(ledger.samples_in)}"
    yield "dropped", shown.count(sum(ledger.dropped.values()))
    for reason, number in sorted(ledger.dropped.items(), key=lambda item: -item[1]):
        yield "", f"{shown.count(number)} {shown.one_line(reason, LONGEST_TEXT)}"


def _yield_rows(yields: Yields) -> Rows:
    yield "pass@1, %", shown.percent(yields.pass_at_1)
    yield "pass@k, %", shown.percent(yields.pass_at_k)
    yield "majority, %", shown.percent(yields.majority)
    yield "distinct answers, %", shown.percent(yields.distinct)


def _cost_rows(cost: Cost, result: CycleResult) -> Rows:
    total = shown.total_seconds(result)
    tokens, seconds = shown.per_kept(cost.tokens, result), shown.per_kept(total, result)
    yield "generated tokens", shown.count(cost.tokens) + ("" if tokens is None else f"  ({tokens:,.0f} per kept sample)")
    yield "time", shown.duration(total) + ("" if seconds is None else f"  ({shown.duration(seconds)} per kept sample)")
    for stage, spent in cost.seconds.items():
        yield "", f"{shown.duration(spent)} {stage}"
    yield "clips", f"{shown.count(cost.clips_decoded)} decoded, {shown.count(cost.clips_from_cache)} from cache"


def _results_table(results: Sequence[CycleResult]) -> Table:
    splits: list[Split] = [split for split in SPLITS if any(split in result.scores for result in results)]
    table = Table(box=None, title="in percent, with 95 % intervals", title_justify="left", title_style="", padding=(0, 1, 0, 0))
    table.add_column("")
    for name in ("kept", "pass@1", "pass@k", *splits, "time"):
        table.add_column(name, justify="right")
    for result in results:
        table.add_row(*(Text(cell) for cell in _result_cells(result, splits)))
    return table


def _result_cells(result: CycleResult, splits: Sequence[Split]) -> Iterator[str]:
    yields = result.yields
    yield shown.one_line(result.name, 12)
    yield shown.kept_of(result)
    yield shown.percent(yields.pass_at_1) if yields else shown.NOTHING
    yield shown.percent(yields.pass_at_k) if yields else shown.NOTHING
    yield from (shown.interval(result.scores.get(split)) for split in splits)
    yield shown.duration(shown.total_seconds(result)) if result.cost else shown.NOTHING
