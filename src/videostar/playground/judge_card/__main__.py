"""Print the card of the rules: `python -m videostar.playground.judge_card`; `--docs` writes it into a page as well."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from videostar import shown
from videostar.errors import ConfigError, UserError
from videostar.playground.judge_card.card import Judged, judged, rows, table, unspoken

SEEDS = (0, 1, 2)
CLIPS, ANSWERS = 12, 5
START, END = "<!-- judge card: written by `make judge-card` -->", "<!-- end of the judge card -->"
LONGEST_SHOWN = 240


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 where the page cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m videostar.playground.judge_card", description=__doc__)
    parser.add_argument("--clips", type=int, default=CLIPS, help="clips of each part of each world and seed")
    parser.add_argument("--answers", type=int, default=ANSWERS, help="answers to each question")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="of the worlds and the answers")
    parser.add_argument("--misses", type=int, default=0, help="show so many wrong verdicts of each kind")
    parser.add_argument("--docs", type=Path, help="write the tables between the marks of this page")
    options = parser.parse_args(arguments)
    found = list(judged(options.seeds, options.clips, options.answers))
    lines = _card(found, options.seeds)
    sys.stdout.write("\n".join([*lines, *_misses(found, options.misses)]) + "\n")
    try:
        if options.docs:
            _write(options.docs, lines)
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _card(found: Sequence[Judged], seeds: Sequence[int]) -> list[str]:
    by_kind, by_form = rows(found)
    questions = len({(one.asked.question, repr(one.asked.label)) for one in found})
    lines = [
        f"{len(found)} answers to {questions} questions of the worlds of seed {', '.join(map(str, seeds))}.",
        "",
        *table("kind", by_kind),
    ]
    missing = unspoken(seeds[0])
    if missing:
        lines += ["", f"No answers are written for: {', '.join(missing)}."]
    return [*lines, "", *table("form of the answer", by_form)]


def _misses(found: Sequence[Judged], most: int) -> list[str]:
    lines: list[str] = []
    for kind in sorted({one.asked.label.kind for one in found}):
        wrong = [one for one in found if one.wrong and one.asked.label.kind == kind]
        lines += ["", f"{kind}: {len(wrong)} wrong verdicts"] if most else []
        for one in wrong[:: max(1, len(wrong) // max(1, most))][:most]:
            truth = "right" if one.said.right else "not right"
            lines.append(
                f"  [{one.said.form}, {truth}] {one.asked.question} = {shown.one_line(one.asked.label.answer_text(), LONGEST_SHOWN)}"
            )
            lines.append(f"    said: {shown.one_line(one.said.text, LONGEST_SHOWN)}")
            lines.append(f"    {one.verdict.outcome}: {shown.one_line(one.verdict.reason, LONGEST_SHOWN)}")
    return lines


def _write(page: Path, lines: Sequence[str]) -> None:
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ConfigError(f"{page} has no place for the card: it needs the lines {START} and {END}")
    page.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
