"""What a judge model says where the official rules leave an answer open; its replies are kept, none is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

from videostar.benchmarks.protocol import Protocol
from videostar.benchmarks.scoring import Outcome
from videostar.ports import Judge, Watcher
from videostar.steps.kept import Kept
from videostar.types import Verdict

PARALLEL = 4
LONGEST_ANSWER = 4000


def with_opinions(protocol: Protocol, outcomes: Sequence[Outcome], judge: Judge, kept: Kept, watch: Watcher) -> list[Outcome]:
    """The outcomes with the judge's opinions taken in; where none can be had the verdict stays undecided."""
    prompts = list(dict.fromkeys(prompt for one in outcomes for prompt, _ in _questions(protocol, one) if kept.get(prompt) is None))
    if prompts:
        watch.say(f"judge {judge.name}: {len(prompts)} questions about answers that the official rules leave open")
    with watch.progress("judge", len(prompts)) as bar, ThreadPoolExecutor(PARALLEL) as threads:
        pending = iter(prompts)
        while batch := list(islice(pending, PARALLEL)):
            replies = zip(batch, threads.map(judge.says_same, batch), strict=True)
            kept.add({prompt: reply for prompt, reply in replies if reply is not None})
            bar.advance(len(batch))
    return [_settled(protocol, one, kept, judge.name) for one in outcomes]


def _questions(protocol: Protocol, one: Outcome) -> Iterator[tuple[str, bool]]:
    is_open = one.verdict is not None and one.verdict.outcome == "undecided" and one.text.strip()
    if protocol.opinions is not None and is_open:
        yield from protocol.opinions(one.sample, one.text.strip()[:LONGEST_ANSWER])


def _settled(protocol: Protocol, one: Outcome, kept: Kept, name: str) -> Outcome:
    asked = list(_questions(protocol, one))
    replies = [(kept.get(prompt), wanted) for prompt, wanted in asked]
    if not replies or any(reply is None for reply, _ in replies):
        return one
    right = all(reply == wanted for reply, wanted in replies)
    reason = f"no official rule decides; the judge model {name} says that it is {'right' if right else 'wrong'}"
    return replace(one, verdict=Verdict("pass" if right else "fail", float(right), one.text[:200], reason))
