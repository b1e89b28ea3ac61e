"""The commands. Each is thin: it reads its words, calls one function, and says what to do next.

Exit codes: 0 done, 1 a mistake that a user can mend, 2 wrong usage, 130 interrupted (the same command resumes).
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from videostar import __version__
from videostar.app.command import app_command
from videostar.benchmarks.command import benchmark_command
from videostar.data_commands import check_command, import_command
from videostar.errors import UserError
from videostar.export.command import export_command
from videostar.people.commands import assess_command, chat_command
from videostar.search_commands import index_command, search_command

if TYPE_CHECKING:
    from videostar.config import Config
    from videostar.steps.shards import Shard

MENDABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
"""What the machine refuses for reasons that a user can mend; a missing file is told where it is looked for."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
STAGES = {
    "generate": "Answer the questions of the next pending cycle.",
    "verify": "Judge the pending answers against their labels.",
    "rationalize": "Show the label where every answer failed, and ask for an explanation.",
    "select": "Choose what is kept, write its conversations and the ledger.",
    "train": "Fine-tune on what was kept.",
    "evaluate": "Evaluate the newest checkpoint on validation and test.",
}
SHARDED = {"generate", "rationalize", "evaluate"}
SHARDS = {True: " shard=3/16 does one of sixteen parts, beside other machines on a shared disk.", False: ""}
CONFIG = click.argument("config", type=click.Path(path_type=Path))
OVERRIDES = click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
RUN = click.argument("run", type=click.Path(path_type=Path))


def main() -> None:
    """The entry point of the `videostar` command."""
    try:
        code = commands.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno not in MENDABLE:
            raise
        elsewhere = "choose another place, or make room or rights there"
        mend = "make room there; the same command goes on from here" if error.errno in FULL else elsewhere
        click.echo(f"error: {error.filename or 'writing'}: {error.strerror}; {mend}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\ninterrupted; the same command goes on from here", err=True)
        sys.exit(130)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="videostar")
def commands() -> None:
    """Turn labelled videos into a video-language model that explains its answers.

    Start with `videostar demo`; then `videostar run CONFIG.yaml` on your own videos.
    """


@commands.command()
@click.option("--run", "folder", type=click.Path(path_type=Path), default=Path("runs/demo"), show_default=True, help="The run directory.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the videos, their class names and every sample.")
@click.option("--cycles", type=click.IntRange(min=1), default=None, help="How many cycles at most.")
def demo(folder: Path, seed: int, cycles: int | None) -> None:
    """Run the loop on rendered videos with the embedded tiny model; ends with a table and a report."""
    from videostar.playground.demo import demo_config
    from videostar.playground.gains import gains, ranking, shown

    _run(demo_config(folder, seed, cycles))
    click.echo(f"\n{shown(gains(folder), ranking(folder))}")


@commands.command("run")
@CONFIG
@OVERRIDES
@click.option("--dry-run", is_flag=True, help="Print the plan (rows, frames, tokens, memory, GPU hours) and load no model.")
def run_command(config: Path, overrides: tuple[str, ...], dry_run: bool) -> None:
    """Run the loop on your data; the same command resumes an interrupted run."""
    from videostar.config import load_config
    from videostar.sharded import taken

    loaded = load_config(config, taken(overrides, "run")[1])
    if dry_run:
        from videostar.plan import plan

        click.echo(plan(loaded))
        return
    _run(loaded)


@commands.command()
@RUN
def status(run: Path) -> None:
    """Say where a run stands."""
    from videostar import console

    console.status(run)


@commands.command()
@RUN
def report(run: Path) -> None:
    """Write RUN/report.html: curves, funnel, and a sample of videos with every answer."""
    from videostar.report import write_report

    click.echo(f"report: {write_report(run)}")


@commands.command()
@RUN
@OVERRIDES
@click.option("--sweep", metavar="KEY=A,B,C", default=None, help="Several values of one key: a table of what passes and what is kept.")
def rejudge(run: Path, overrides: tuple[str, ...], sweep: str | None) -> None:
    """Put other thresholds over a run's stored answers, without a model: label fields (number.relative_tolerance=0.1) and select.* keys."""
    from videostar import rejudge as again

    click.echo(again.rejudge(run, overrides) if sweep is None else again.sweep(run, overrides, sweep))


@commands.command()
@click.argument("experiment", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="ARM", help="Only this arm; may be given several times.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that share the seeds.")
@click.option("--work-only", is_flag=True, hidden=True)
def compare(experiment: Path, only: tuple[str, ...], jobs: int, work_only: bool) -> None:
    """Run arms x seeds of EXPERIMENT.yaml and compare them: intervals, paired differences, curves. The same command goes on."""
    from videostar import compare as of
    from videostar.console import ConsoleWatcher

    if work_only:
        of.take_part(experiment, ConsoleWatcher(), only)
        return
    click.echo(of.compare(experiment, ConsoleWatcher(), only, jobs))


@commands.command()
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where the verdicts go; default: printed.")
def judge(cases: Path, out: Path | None) -> None:
    """Judge answers without any model: rows of "label", "answer" and, if known, "question", "duration_seconds", "width", "height"."""
    from videostar.judge import judge_cases
    from videostar.store import write_rows

    rows = judge_cases(cases)
    if out is None:
        from videostar.rows import dump

        for row in rows:
            click.echo(dump(row), nl=False)
        return
    write_rows(out, rows)
    click.echo(f"verdicts: {out}")


@commands.command()
@click.argument("answer")
@click.option("--label", required=True, help='The label as JSON, such as \'{"kind": "count", "value": 3}\'.')
@click.option("--question", default="", help="The question that was asked.")
def explain(answer: str, label: str, question: str) -> None:
    """Judge one answer and show what decided."""
    from videostar.judge import explained

    click.echo(explained(answer, label, question))


@commands.command()
@click.argument("subject", metavar="[CONFIG_OR_TABLE]", type=click.Path(path_type=Path), required=False)
@click.option("--bug-report", is_flag=True, help="Print a block to paste into an issue, without names, folders or keys.")
@click.pass_context
def doctor(context: click.Context, subject: Path | None, bug_report: bool) -> None:
    """Say whether this machine can run the loop: decoders, versions, GPU, disk, and the tokens of the longest video of a config or table.

    Exit code 1 if anything would stop a run.
    """
    from videostar import doctor as of

    findings = of.examine(subject)
    if bug_report:
        from videostar.doctor.bug_report import bug_report as block
        from videostar.doctor.tokens import config_of

        click.echo(block(findings, None if subject is None else config_of(subject)))
    else:
        click.echo(of.listed(findings))
    context.exit(1 if any(item.state == "bad" for item in findings) else 0)


def _stage_command(name: str, text: str) -> click.Command:
    @CONFIG
    @OVERRIDES
    def command(config: Path, overrides: tuple[str, ...]) -> None:
        from videostar.config import load_config
        from videostar.sharded import taken

        shard, others = taken(overrides, name)
        loaded = load_config(config, others)
        if shard is None:
            _run_until(loaded, name)
        else:
            _run_shard(loaded, name, shard)

    return click.command(
        name, help=f"{text} What must come before is done first; runs until this stage has done something.{SHARDS[name in SHARDED]}"
    )(command)


commands.add_command(import_command)
commands.add_command(check_command)
for _name, _text in STAGES.items():
    commands.add_command(_stage_command(_name, _text))
commands.add_command(export_command)
for _command in (benchmark_command, chat_command, assess_command, index_command, search_command, app_command):
    commands.add_command(_command)


def _run(config: Config) -> None:
    """The whole loop, then the table and the report."""
    from videostar import console
    from videostar.build import ConfiguredAdapters
    from videostar.loop import stages
    from videostar.report import write_report

    for _ in stages(config, ConfiguredAdapters(config), console.ConsoleWatcher()):
        pass
    console.status(config.run)
    path = write_report(config.run)
    click.echo(f"report: {path}\nnext: open it in a browser; the best checkpoint is named in {config.run / 'best.json'}")


def _run_until(config: Config, name: str) -> None:
    """Stages in their order until one of that name has done something."""
    from videostar.build import ConfiguredAdapters
    from videostar.console import ConsoleWatcher
    from videostar.loop import stages

    for stage in stages(config, ConfiguredAdapters(config), ConsoleWatcher()):
        if stage.name == name and stage.fresh:
            click.echo(f"{name} of cycle {stage.cycle} is done; next: videostar status {config.run}")
            return
    click.echo(f"nothing left to {name}: the run in {config.run} has ended; next: videostar report {config.run}")


def _run_shard(config: Config, name: str, shard: Shard) -> None:
    """One part of one stage."""
    from videostar.build import ConfiguredAdapters
    from videostar.console import ConsoleWatcher
    from videostar.sharded import work

    click.echo(work(config, ConfiguredAdapters(config), ConsoleWatcher(), name, shard))


if __name__ == "__main__":
    main()
