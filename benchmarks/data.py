"""How fast, and in how much memory, annotations become samples.

The rows of one real or made-up Kinetics CSV are repeated with fresh ids and paths; the import runs in a process of its own, whose largest
memory is read when it ends. Usage: python benchmarks/data.py [--rows 650000] [--annotations val.csv] [--folder /tmp] [--export]

With `--export` the imported samples are checked, selected and exported too (benchmarks/exporting.py).
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

HEADER = ("label", "youtube_id", "time_start", "time_end", "split", "is_cc")
ROWS = (("abseiling", "0wR5jVB-WPk", "417", "427", "val", "0"), ("massaging person's head", "-3yaoNwz99x", "62", "72", "val", "1"))
SIZES = (50_000, 100_000, 200_000)


def main() -> None:
    """Print one line for each size; more rows must not take more time or memory for a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=650_000)
    parser.add_argument("--annotations", type=Path, default=None, help="a Kinetics CSV whose rows are repeated; default: made-up rows")
    parser.add_argument("--folder", type=Path, default=None, help="where the files lie while they are measured")
    parser.add_argument("--export", action="store_true", help="select and export what was imported, too")
    options = parser.parse_args()
    rows = ROWS if options.annotations is None else read(options.annotations)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        for count in (*(size for size in SIZES if size < options.rows), options.rows):
            measured(Path(name), rows, count)
            if options.export:
                exported(Path(name) / "samples.jsonl")


def read(path: Path) -> list[tuple[str, ...]]:
    """The rows of a real file, in the columns of `HEADER`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in HEADER) for row in csv.DictReader(file)]


def measured(folder: Path, rows: Sequence[tuple[str, ...]], count: int) -> None:
    """Import `count` rows on one core."""
    table, out = folder / "train.csv", folder / "samples.jsonl"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, row in enumerate(islice(cycle(rows), count)):
            writer.writerow((row[0], f"{row[1]}{number:07d}", *row[2:]))
    code = "from videostar.cli import main; main()"
    command = [sys.executable, "-c", code, "import", "kinetics", str(table), "--out", str(out)]
    begin = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    samples = sum(1 for _ in out.open("rb"))
    print(
        f"{count:>9,} rows -> {samples:,} samples: {processor:.1f} s of processor, {time.perf_counter() - begin:.1f} s in all, "
        f"{1e6 * processor / count:.0f} us a row, {after.ru_maxrss / 1024:.0f} MB at most (of all sizes so far)"
    )


def exported(samples: Path) -> None:
    """Select and export what was imported."""
    subprocess.run([sys.executable, str(Path(__file__).with_name("exporting.py")), str(samples)], check=True)


if __name__ == "__main__":
    main()
