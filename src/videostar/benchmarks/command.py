"""`videostar benchmark`: a published benchmark on a checkpoint, or on given answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

_OVERRIDE = re.compile(r"[a-z_]+(\.[a-z_]+)*=.*", re.DOTALL)


@click.command("benchmark")
@click.argument("words", metavar="[MODEL] NAME [KEY=VALUE]...", nargs=-1)
@click.option("--annotations", multiple=True, metavar="PATH", help="An official file or a folder of them; may be given several times.")
@click.option("--videos", type=click.Path(path_type=Path), default=None, help="Folder of the videos; files are found below it by name.")
@click.option("--predictions", multiple=True, type=click.Path(path_type=Path), help="Score these answers instead of asking a model.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where answers and results go; default: runs/benchmarks/...")
@click.option("--task", "tasks", multiple=True, metavar="TASK", help="Only these tasks; may be given several times.")
@click.option("--against", type=click.Path(path_type=Path), default=None, help="Compare with another --out folder, question by question.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Draw so many questions by seed.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the importer; see docs/formats.md.")
@click.option("--list", "is_list", is_flag=True, help="Say which benchmarks there are and which official files each wants.")
def benchmark_command(words: tuple[str, ...], is_list: bool, **given: Any) -> None:
    """Run a published benchmark by its official protocol, on a checkpoint folder, a hub name or the best checkpoint of a run.

    With --predictions no MODEL is needed. The same command goes on after an interruption; docs/benchmarks.md says more.
    """
    from videostar.benchmarks.known import BENCHMARKS, named

    if is_list:
        click.echo("\n".join(f"{name}\n    {found.title}: {found.files} ({found.official})" for name, found in BENCHMARKS.items()))
        return
    overrides = tuple(word for word in words if _OVERRIDE.fullmatch(word))
    plain = [word for word in words if word not in overrides]
    model, name = (plain[0], plain[1]) if len(plain) == 2 else ("", plain[0] if plain else "")
    if not name or len(plain) > 2:
        raise click.UsageError("name a model and a benchmark: videostar benchmark MODEL NAME; --list says which there are")
    found = named(name)
    if not given["annotations"]:
        raise click.UsageError(f"name the official files with --annotations PATH: {found.files}")
    if not model and not given["predictions"]:
        raise click.UsageError("name a model before the benchmark, or given answers with --predictions FILE")
    _run(name, model, overrides, given)


def _run(name: str, model: str, overrides: tuple[str, ...], given: dict[str, Any]) -> None:
    from videostar.benchmarks.running import BenchmarkRequest, benchmark
    from videostar.benchmarks.scoring import words as shown_table
    from videostar.console import ConsoleWatcher
    from videostar.shown import interval, p_value

    given["out"] = given["out"] or Path("runs") / "benchmarks" / f"{name}-{Path(model).name or 'predictions'}"
    request = BenchmarkRequest(name=name, model=model, overrides=overrides, **given)
    report = benchmark(request, ConsoleWatcher())
    click.echo("in percent where it is a share, with 95 % intervals clustered by video; majority: always the commonest answer")
    click.echo(shown_table(report.rows))
    for section, test in report.against.items():
        gain = f"{interval(test.gain)} points over {given['against']}, {p_value(test.p_value)}"
        click.echo(f"{section}: {gain} (paired by {test.gain.count} questions, over {test.groups} videos)")
    for task, why in report.not_scored.items():
        click.echo(f"{task}: not scored; {why}")
    for reason, count in report.missing.items():
        click.echo(f"missing: {count} questions: {reason}")
    for note in report.notes:
        click.echo(f"note: {note}")
    click.echo(f"results: {request.out / 'results.json'}")
