"""A format of your own for `videostar import`: two functions and a record. Your package names it in its pyproject.toml:

    [project.entry-points."videostar.importers"]
    tennis = "my_dataset:FORMAT"

Then `videostar import tennis rallies.txt --out samples.jsonl` reads lines such as

    match1.mp4 12.5 19.0 forehand smash | won
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, number


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One row a line: every line gives samples or the reason why it gives none."""
    for path in paths:
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield Row(f"{path.name}:{line}", tuple(_items(text, f"{path.stem}-{line}", options)))


def _items(text: str, key: str, options: Options) -> Iterator[Item]:
    stretch, mark, outcome = text.partition("|")
    video, start, end, *shot = [*stretch.split(), "", "", ""]
    begin = number(start)
    if not mark or begin is None:
        yield Dropped("not VIDEO START END SHOT | OUTCOME", text[:60])
        return
    take = Take("tennis", key, options.video("{name}", {"name": video}), options.seed, begin, number(end), group=video)
    yield take.ask("action", {"kind": "category", "value": " ".join(shot).strip()})
    yield take.own("outcome", "Does the player win the point?", {"kind": "boolean", "value": outcome.strip() == "won"})


FORMAT = Format(title="tennis rallies", read=rows, files="rallies.txt", tasks=("action", "outcome"))
