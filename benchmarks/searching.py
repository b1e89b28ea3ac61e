"""Does a search find what was rendered, and how long does it take among many records?

    python benchmarks/searching.py recall [--clips 300] [--queries 40] [--model CHECKPOINT] [--folder KEEP]
    python benchmarks/searching.py speed [--clips 100000]

`recall` renders clips of the three worlds that no training has seen, lets the checkpoint index them, each by itself and five to a file one
after another, and asks for clips by facts of their truth, in words and an order that are not those of its descriptions. A query's
answer is every clip whose truth has all its facts; recall@5 is the share of those, five at most, that are among the first five. A moment
is found where the middle of such a clip lies within two seconds of the first hit's first moment.

`speed` makes records of many clips and times searches in one process, against a pass over all of the texts.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from videostar.console import ConsoleWatcher
from videostar.people.index import IndexRequest, index
from videostar.people.index_file import StoredLabel, StoredMoment, written
from videostar.people.index_questions import plan_from
from videostar.people.opening import opened
from videostar.people.search import Filters, search
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.worlds.asking import WorldClip
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS, draw_clips
from videostar.seeds import rng_for
from videostar.video.windows import Windowing
from videostar.video.write import write_mp4

SEED = 8_008
CLIPS_OF_A_FILE = 5
CLIP_SECONDS = 4.0
NEAR_SECONDS = 2.0
MOST_ANSWERS = 4

# What is looked for, in the words of somebody who has read no description: nouns, other forms, another order.
SPLASH = {True: "a big splash", False: "hardly splashing"}
TURNS = ("", "half a turn", "one turn", "one and a half turns", "two turns", "two and a half turns", "three turns")
PATHS = {
    "right": "going to the right",
    "left": "going to the left",
    "up": "going up",
    "down": "going down",
    "still": "staying in one place",
    "round": "going round and round in circles",
    "zigzag": "zigzagging",
    "back and forth": "back and forth",
}
SIZES = {"same": "keeping the size", "grows": "growing", "shrinks": "shrinking"}
DOES = {"touch": "touching a", "stir": "stirring in a", "grasp": "taking hold of a"}


@dataclass(frozen=True, slots=True)
class Clip:
    """A rendered clip: its facts, each with the words to look for it by."""

    world: str
    clip: WorldClip
    facts: Mapping[str, str]


def held_out(count: int) -> list[Clip]:
    """Clips of all worlds in turn, from a seed that nothing is trained on."""
    facts: Mapping[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
        "dives": _dive_facts,
        "procedures": _procedure_facts,
        "moves": _move_facts,
    }
    each = -(-count // len(facts))
    found = {name: [clip for _, clip in draw_clips(WORLDS[name](SEED), "test-seen", each)] for name in facts}
    rows = [Clip(name, found[name][place], facts[name](found[name][place].truth)) for place in range(each) for name in facts]
    return rows[:count]


def _dive_facts(truth: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"splash {'splash' in truth['faults']}": SPLASH["splash" in truth["faults"]],
        f"turns {truth['half_turns']}": f"{TURNS[truth['half_turns']]} {truth['turning']}",
        f"position {truth['position']}": {"tuck": "tucked", "pike": "piked", "straight": "a straight body"}[truth["position"]],
        f"colour {truth['colour']}": f"{truth['colour']} diver",
        f"end {truth['half_turns'] % 2}": "head first" if truth["half_turns"] % 2 else "feet first",
    }


def _procedure_facts(truth: Mapping[str, Any]) -> dict[str, str]:
    """Three acts on things, and how the hand is."""
    found = {
        f"tremor {truth['tremor']}": {"none": "steady hand", "slight": "hand shaking a little", "strong": "hand shaking a lot"}[
            truth["tremor"]
        ]
    }
    for name, item, *_ in truth["phases"]:
        if name in DOES:
            found[f"{name} {truth['items'][item]}"] = f"{DOES[name]} {truth['items'][item]}"
        elif name == "drop":
            found["drop"] = "something dropped"
    return found


def _move_facts(truth: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"thing {truth['colour']} {truth['shape']}": f"{truth['colour']} {truth['shape']}",
        f"path {truth['path']}": PATHS[truth["path"]],
        f"size {truth['size_change']}": SIZES[truth["size_change"]],
        f"turning {truth['turning']}": {"none": "never turning"}.get(truth["turning"], f"{truth['turning']} turning"),
    }


@dataclass(frozen=True, slots=True)
class Query:
    """Words, and the numbers of the clips that have all the facts in them."""

    text: str
    answers: frozenset[int]


def queries(clips: Sequence[Clip], count: int) -> list[Query]:
    """Facts of clips drawn by seed, as few as leave at most `MOST_ANSWERS`; in an order drawn anew."""
    rng, found = rng_for("searching", SEED), dict[str, Query]()
    for place in rng.sample(range(len(clips)), len(clips)):
        if len(found) == count:
            break
        if (query := _query(clips, place, rng)) is not None:
            found.setdefault(query.text, query)
    return list(found.values())


def _query(clips: Sequence[Clip], place: int, rng: random.Random) -> Query | None:
    facts = rng.sample(sorted(clips[place].facts), len(clips[place].facts))
    for size in range(2, len(facts) + 1):
        asked = frozenset(facts[:size])
        answers = frozenset(number for number, clip in enumerate(clips) if clip.world == clips[place].world and asked <= set(clip.facts))
        if len(answers) <= MOST_ANSWERS:
            return Query(", ".join(clips[place].facts[fact] for fact in facts[:size]), answers)
    return None


def render(clips: Sequence[Clip], folder: Path) -> None:
    """Every clip by itself, and five to a file."""
    (folder / "single").mkdir(parents=True, exist_ok=True)
    (folder / "long").mkdir(exist_ok=True)
    for first in range(0, len(clips), CLIPS_OF_A_FILE):
        file = folder / "long" / f"{first // CLIPS_OF_A_FILE:04d}.mp4"
        if file.exists():
            continue
        shown = [clip.clip.frames(video_times(CLIP_SECONDS), FRAME_SIZE) for clip in clips[first : first + CLIPS_OF_A_FILE]]
        for place, frames in enumerate(shown, first):
            write_mp4(folder / "single" / f"{place:04d}.mp4", frames, VIDEO_FPS)
        write_mp4(file, np.concatenate(shown), VIDEO_FPS)


def recall(options: argparse.Namespace) -> None:
    """Print recall@5 of single clips, and the share of moments found in the files of five."""
    clips = held_out(options.clips)
    asked = queries(clips, options.queries)
    render(clips, options.folder)
    plan = plan_from(None, (), Windowing(CLIP_SECONDS, CLIP_SECONDS / 2))
    with opened(options.model) as model:
        for name in ("single", "long"):
            for line in index(IndexRequest([options.folder / name], options.folder / f"{name}.index", plan), model, ConsoleWatcher()).lines(
                options.folder / f"{name}.index"
            ):
                print(line, flush=True)
    shares, moments = [], []
    for query in asked:
        first = [int(hit.video.stem) for hit in search(options.folder / "single.index", query.text, limit=5).hits]
        shares.append(len(query.answers & set(first)) / min(5, len(query.answers)))
        moments.append(_moment_found(options.folder / "long.index", query))
        print(f"{shares[-1]:.2f} {'moment' if moments[-1] else '-':6} {query.text}  (answers {sorted(query.answers)}, first {first})")
    print(f"\n{len(clips)} clips, {len(asked)} queries: recall@5 {statistics.mean(shares):.3f} (promised: .8),", end=" ")
    print(f"first moment within {NEAR_SECONDS:g} s {statistics.mean(moments):.3f}")


def _moment_found(path: Path, query: Query) -> bool:
    """Whether the first moment of one of the first five files is one of the query's, within `NEAR_SECONDS` of the clip's middle."""
    for hit in search(path, query.text, limit=1).hits:
        for answer in query.answers:
            middle = (answer % CLIPS_OF_A_FILE + 0.5) * CLIP_SECONDS
            if int(hit.video.stem) == answer // CLIPS_OF_A_FILE and abs(hit.moments[0].at_seconds - middle) <= NEAR_SECONDS:
                return True
    return False


WHO = ("diver", "tool", "square", "circle", "triangle", "cross", "athlete", "surgeon", "student", "runner")
HOW = ("tuck", "pike", "straight", "late", "clean", "slow", "fast", "steady", "shaking", "big", "small", "careful")


def records(count: int) -> Iterator[StoredMoment]:
    """Descriptions that share many words, as those of one collection do."""
    rng = random.Random(SEED)
    rare = [f"name{number:05d}" for number in range(20_000)]
    for _ in range(count):
        colour, splash = rng.choice(("red", "green", "blue", "yellow")), rng.choice(("big", "small"))
        moves = f"moves {rng.choice(HOW)} and {rng.choice(HOW)}"
        words = f"The {rng.choice(WHO)} in {colour} {moves}, then enters the water with a {splash} splash."
        own = f"{words} {rng.choice(rare)} {rng.choice(rare)} splash: {splash}."
        labels = [StoredLabel("splash", "category", splash), StoredLabel("score", "number", "", round(rng.uniform(0, 45), 1))]
        yield StoredMoment(0.0, 4.0, True, own, "", [("description", words, "stop")], labels)


def fill(path: Path, count: int) -> None:
    """An index of `count` clips of one moment each."""
    with written(path) as out, out.database:
        for number, moment in enumerate(records(count)):
            out.database.execute(
                "insert into videos (path, size, mtime_ns, sha256, asked, is_done) values (?, 1, 1, '', '', 1)",
                (f"/v/{number:06d}.mp4".encode(),),
            )
            out._add(number + 1, moment)  # in one transaction, not in a hundred thousand
            out._label(number + 1, None, moment.labels)


def speed(options: argparse.Namespace) -> None:
    """Print the median and the slowest time of each kind of query, and its ratio to reading all texts."""
    path = options.folder / f"speed-{options.clips}.index"
    if not path.exists():
        fill(path, options.clips)
    kinds: Mapping[str, tuple[str, Filters]] = {
        "two rare words": ("name00042 name01234", Filters()),
        "a rare word and common ones": ("a diver with a big splash name00042", Filters()),
        "common words alone": ("diver in red with a big splash", Filters()),
        "a phrase": ('"big splash" surgeon', Filters()),
        "beginnings": ("nam div spl", Filters()),
        "words, a label and a score": ("surgeon shaking", Filters({"splash": ["big"]}, {"score": (30, 40)})),
        "a label alone": ("", Filters({"splash": ["big"]})),
    }
    with written(path) as out:
        started = time.process_time()
        sum(len(text) for (text,) in out.database.execute("select own from moments"))
        whole = time.process_time() - started
    print(f"{options.clips:,} clips, {path.stat().st_size / 2**20:.0f} MiB; reading all texts once: {1000 * whole:.0f} ms of processor")
    print(f"{'query':30} {'median ms':>10} {'slowest ms':>10} {'of reading all':>14}")
    for name, (text, filters) in kinds.items():
        times = []
        for _ in range(options.repeats):
            started = time.process_time()
            search(path, text, filters)
            times.append(time.process_time() - started)
        median = statistics.median(times)
        print(f"{name:30} {1000 * median:10.1f} {1000 * max(times):10.1f} {median / whole:14.2f}", flush=True)


def main() -> None:
    """One of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("recall", "speed"))
    parser.add_argument("--clips", type=int, default=None)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--model", default=None)
    parser.add_argument("--folder", type=Path, default=None, help="where clips and indexes stay, to go on with")
    options = parser.parse_args()
    options.clips = options.clips or (300 if options.what == "recall" else 100_000)
    with tempfile.TemporaryDirectory() as temporary:
        options.folder = options.folder or Path(temporary)
        options.folder.mkdir(parents=True, exist_ok=True)
        (recall if options.what == "recall" else speed)(options)


if __name__ == "__main__":
    main()
