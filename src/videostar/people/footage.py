"""A folder of clips -> what recurs in it, what tells the best from the worst, and a plan to train by. Reckoned from the assessments alone.

"Hours of footage -> a tailored plan": every line of the plan names the clips and moments that it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from videostar import shown
from videostar.people.assessment import Assessment, number
from videostar.people.assessor import Assessor
from videostar.people.moments import span
from videostar.people.panel import videos_in
from videostar.store import write_json, write_rows, write_text

MOST_CITED = 4
MOST_IN_GROUP = 5
SHARE_IN_GROUP = 0.2


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a clip."""

    video: str
    start_seconds: float
    end_seconds: float

    def __str__(self) -> str:
        return f"{shown.one_line(self.video, 120)} at {span(self.start_seconds, self.end_seconds)}"


@dataclass(frozen=True, slots=True)
class Recurring:
    """A fault over all clips.

    clips: how many show it. share: of all that could. cost: points of the overall score, the mean over the clips that show it.
    weight: share x cost, what faults are ranked by. moments: the dearest first. done_well: clips without it, the best rated first.
    """

    name: str
    clips: int
    share: float
    cost: float
    cost_is_difference: bool
    weight: float
    advice: str
    moments: tuple[Moment, ...]
    done_well: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One thing that tells the best rated clips from the worst. best, worst: what each group shows, in words."""

    name: str
    best: str
    worst: str
    gap: float


@dataclass(frozen=True, slots=True)
class Footage:
    """All clips of a folder. unread: clip and why. plan: the lines to train by."""

    clips: int
    unread: tuple[tuple[str, str], ...]
    mean_score: float | None
    best: tuple[tuple[str, float], ...]
    worst: tuple[tuple[str, float], ...]
    recurring: tuple[Recurring, ...]
    contrasts: tuple[Contrast, ...]
    plan: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def assess_folder(assessor: Assessor, folder: Path, out: Path) -> Footage:
    """Assess every clip below a folder and write `assessments.jsonl`, `footage.json` and `plan.md` into `out`.

    Clips are named by their path below the folder. What an interrupted call answered is not asked again. Raises `UserError` where the
    folder holds no video.
    """
    found: dict[str, Assessment] = {}
    unread: dict[str, str] = {}
    for video, item in assessor.many(videos_in(folder)):
        name = video.relative_to(folder).as_posix()
        if isinstance(item, str):
            unread[name] = item
        else:
            found[name] = replace(item, video=name)
    total = footage([found[name] for name in sorted(found)], dict(sorted(unread.items())))
    out.mkdir(parents=True, exist_ok=True)
    write_rows(out / "assessments.jsonl", (found[name].to_json() for name in sorted(found)))
    write_json(out / "footage.json", total.to_json())
    write_text(out / "plan.md", footage_text(total))
    return total


def footage(found: Sequence[Assessment], unread: Mapping[str, str]) -> Footage:
    """What the assessments of a folder's clips come to."""
    rated = sorted((item for item in found if item.overall is not None), key=lambda item: (-_score(item), item.video))
    size = min(MOST_IN_GROUP, len(rated) // 2, max(1, round(SHARE_IN_GROUP * len(rated))))
    best, worst = rated[:size], rated[::-1][:size]
    recurring = ranked_faults(found)
    contrasts = tuple(_contrasts(best, worst))
    return Footage(
        clips=len(found),
        unread=tuple(unread.items()),
        mean_score=round(fmean(_score(item) for item in rated), 2) if rated else None,
        best=tuple((item.video, _score(item)) for item in best),
        worst=tuple((item.video, _score(item)) for item in worst),
        recurring=recurring,
        contrasts=contrasts,
        plan=tuple(_plan_line(place, fault) for place, fault in enumerate(recurring, 1)),
    )


def ranked_faults(found: Sequence[Assessment]) -> tuple[Recurring, ...]:
    """All faults that any clip shows, by how often x how dear."""
    names = dict.fromkeys(fault.name for item in found for fault in item.faults)
    return tuple(sorted((_recurring(name, found) for name in names), key=lambda fault: (-fault.weight, -fault.clips, fault.name)))


def footage_text(total: Footage) -> str:
    """As a person reads it, in Markdown."""
    mean = "" if total.mean_score is None else f", mean score {number(total.mean_score)}"
    lines = [f"# {total.clips} clips assessed{mean}", ""]
    if total.unread:
        lines += [
            f"{len(total.unread)} could not be read:",
            *(f"- {shown.one_line(name, 120)}: {shown.one_line(why, 120)}" for name, why in total.unread),
            "",
        ]
    lines += ["## Recurring faults", ""]
    for place, fault in enumerate(total.recurring, 1):
        lines.append(f"{place}. {fault.name}: {fault.clips} clips ({100 * fault.share:.0f} %), {_cost(fault)}")
        lines += [f"   - {moment}" for moment in fault.moments]
    lines += ["" if total.recurring else "none seen", "", "## Best and worst", ""]
    lines += [f"- best: {shown.one_line(name, 120)} {number(score)}" for name, score in total.best]
    lines += [f"- worst: {shown.one_line(name, 120)} {number(score)}" for name, score in total.worst]
    lines += [f"- {item.name}: best {item.best}, worst {item.worst}" for item in total.contrasts]
    lines += ["", "## Training plan", "", *(total.plan or ("Nothing recurs; keep going.",)), ""]
    return "\n".join(shown.visible(line) for line in lines)


def _recurring(name: str, found: Sequence[Assessment]) -> Recurring:
    """A rubric whose overall score takes no part in the fault tells no cost; then the difference between the clips' mean scores does."""
    showing = [(item, fault) for item in found for fault in item.faults if fault.name == name]
    clean = [item for item in found if name not in {fault.name for fault in item.faults} and item.shares.get(name) is not None]
    told = [fault.cost for _, fault in showing if fault.cost is not None]
    cost = fmean(told) if told else _difference([item for item, _ in showing], clean)
    share = len(showing) / max(1, len(showing) + len(clean))
    dearest = sorted(showing, key=lambda pair: (-(pair[1].cost or 0.0), -pair[1].share, pair[0].video))
    rated = sorted((item for item in clean if item.overall is not None), key=lambda item: (-_score(item), item.video))
    return Recurring(
        name=name,
        clips=len(showing),
        share=round(share, 4),
        cost=round(cost, 2),
        cost_is_difference=not told,
        weight=round(share * cost, 4),
        advice=showing[0][1].advice,
        moments=tuple(Moment(item.video, fault.start_seconds, fault.end_seconds) for item, fault in dearest[:MOST_CITED]),
        done_well=tuple(item.video for item in rated[:2]),
    )


def _difference(showing: Sequence[Assessment], clean: Sequence[Assessment]) -> float:
    """How much lower clips with a fault are rated than those without; at least 0."""
    two = [[_score(item) for item in group if item.overall is not None] for group in (showing, clean)]
    return max(0.0, fmean(two[1]) - fmean(two[0])) if all(two) else 0.0


def _contrasts(best: Sequence[Assessment], worst: Sequence[Assessment]) -> list[Contrast]:
    """What differs most between the two groups, first: faults by their shares, numbers by the share of their scale."""
    if not best or not worst:
        return []
    found = []
    for name in best[0].shares:
        high, low = (sum(name in {fault.name for fault in item.faults} for item in group) for group in (best, worst))
        gap = abs(high / len(best) - low / len(worst))
        found.append(Contrast(name, f"{high} of {len(best)}", f"{low} of {len(worst)}", round(gap, 4)))
    for aspect in (item for item in best[0].aspects if item.shown and item.scale is not None):
        high_mean, low_mean = (_mean(group, aspect.name) for group in (best, worst))
        if high_mean is not None and low_mean is not None and aspect.scale is not None:
            gap = abs(high_mean - low_mean) / (aspect.scale[1] - aspect.scale[0])
            found.append(Contrast(aspect.name, number(high_mean), number(low_mean), round(gap, 4)))
    return sorted((item for item in found if item.gap > 0), key=lambda item: (-item.gap, item.name))


def _mean(group: Sequence[Assessment], name: str) -> float | None:
    values = [aspect.value for item in group for aspect in item.aspects if aspect.name == name]
    numbers = [value for value in values if isinstance(value, float)]
    return fmean(numbers) if numbers else None


def _plan_line(place: int, fault: Recurring) -> str:
    """What to work on, why, and where to look: always with clips."""
    seen = "; ".join(str(moment) for moment in fault.moments)
    good = f" For comparison, without it: {', '.join(shown.one_line(name, 120) for name in fault.done_well)}." if fault.done_well else ""
    return f"{place}. {fault.name} ({fault.clips} clips, {_cost(fault)}): {fault.advice} Look at {seen}.{good}"


def _cost(fault: Recurring) -> str:
    if fault.cost_is_difference:
        return f"clips with it are rated {number(fault.cost)} lower"
    return f"costs {number(fault.cost)} each time"


def _score(item: Assessment) -> float:
    return item.overall.value if item.overall is not None else 0.0
