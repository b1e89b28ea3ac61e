"""One model with one rubric: assesses a video, or many, calibrated on labelled examples where there are some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from videostar.people.assessment import Assessment, assess
from videostar.people.calibration import FEWEST_EXAMPLES, Calibration, Example, calibrated, chosen_thresholds
from videostar.people.examples import Labelled
from videostar.people.opening import Opened
from videostar.people.panel import Heard, Kept, hear, hear_all, hear_reasons
from videostar.people.rubric import Question, Rubric, key
from videostar.ports import Silent, Watcher
from videostar.video.frames import Frames


@dataclass(frozen=True, slots=True)
class Tuned:
    """What labelled examples taught. notes: what a person should know of it, one line each."""

    calibration: Calibration | None = None
    thresholds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Assessor:
    """keep: a folder for the raw answers about examples and folders, so that nothing is asked twice; None keeps nothing."""

    def __init__(self, opened: Opened, rubric: Rubric, keep: Path | None = None, watch: Watcher | None = None) -> None:
        self._opened = opened
        self._rubric = rubric
        self._kept = None if keep is None else Kept(keep, opened, rubric)
        self._watch: Watcher = watch or Silent()
        self.tuned = Tuned()

    @property
    def rubric(self) -> Rubric:
        """What is assessed by."""
        return self._rubric

    def learn(self, examples: Sequence[Labelled]) -> Tuned:
        """Calibrate on labelled examples from now on. Those whose video cannot be read are left out and counted in the notes."""
        known = {item.video: item for item in examples}
        found: list[Example] = []
        unread = 0
        for video, heard in self._heard(list(known), "examples"):
            if heard.problem:
                unread += 1
                continue
            found.append(Example(self._plain(heard), known[video].score, known[video].faults))
        calibration = calibrated(found)
        notes = [f"{unread} of {len(known)} examples could not be read and were left out"] if unread else []
        scored = sum(item.score is not None for item in found)
        if calibration is None and scored:
            notes.append(f"{scored} examples with a score; calibration needs {FEWEST_EXAMPLES}, so the score is not calibrated")
        self.tuned = Tuned(calibration, chosen_thresholds(found), tuple(notes))
        return self.tuned

    def one(self, video: Path, *, reasons: bool = True) -> tuple[Assessment, Frames]:
        """One video assessed, and the frames that it was assessed on. Raises `DataError` for one that cannot be read."""
        heard, frames = hear(self._opened, self._rubric, video)
        found = self._finished(heard)
        return (self._explained(found, frames) if reasons else found), frames

    def many(self, videos: Sequence[Path]) -> Iterator[tuple[Path, Assessment | str]]:
        """Each video assessed, or why it cannot be read; no reasons are asked for."""
        for video, heard in self._heard(videos, "assess"):
            yield video, heard.problem or self._finished(heard)

    def _heard(self, videos: Sequence[Path], title: str) -> Iterator[tuple[Path, Heard]]:
        with self._watch.progress(title, len(videos)) as progress:
            for pair in hear_all(self._opened, self._rubric, videos, self._kept):
                progress.advance()
                yield pair

    def _plain(self, heard: Heard) -> Assessment:
        return assess(self._rubric, heard, self._opened.origin, self.tuned.thresholds)

    def _finished(self, heard: Heard) -> Assessment:
        found = self._plain(heard)
        return self.tuned.calibration.applied(found) if self.tuned.calibration is not None else found

    def _explained(self, found: Assessment, frames: Frames) -> Assessment:
        """With the model's own reasons beside each shown aspect that was asked and each fault that was seen."""
        questions: dict[str, Question] = {}
        for name, aspect in self._rubric.aspects.items():
            if aspect.asked is not None and aspect.shown:
                questions[f"aspect {name}"] = aspect.asked
        for item in found.faults:
            questions[f"fault {item.name}"] = self._rubric.faults[item.name].asked
        distinct = {key(question): question for question in questions.values()}
        if not distinct:
            return found
        said = dict(zip(distinct, hear_reasons(self._opened, frames, list(distinct.values())), strict=True))
        told = {name: said[key(question)] for name, question in questions.items()}
        return replace(
            found,
            aspects=tuple(replace(item, reasons=told.get(f"aspect {item.name}", item.reasons)) for item in found.aspects),
            faults=tuple(replace(item, reasons=told[f"fault {item.name}"]) for item in found.faults),
        )
