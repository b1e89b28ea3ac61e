"""What rows call a video: relative to the data root, absolute, or a copy beside the rows; parts of files are cut out for that."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from videostar.export.exporter import LeftOut, Question
from videostar.export.texts import encodable
from videostar.seeds import seed_for

Mode: TypeAlias = Literal["relative", "absolute", "copy"]
MODES: tuple[Mode, ...] = ("relative", "absolute", "copy")
FOLDER = "videos"


@dataclass(frozen=True, slots=True)
class Videos:
    """How the videos of one export are named. root: what `Sample.video` is relative to. folder: of the export."""

    mode: Mode
    root: Path
    folder: Path

    @property
    def base(self) -> str:
        """What the paths in the rows are relative to; "" where they are absolute."""
        return {"relative": str(self.root), "absolute": "", "copy": str(self.folder.absolute())}[self.mode]

    def placed(self, question: Question, says_parts: bool) -> Question | LeftOut:
        """The question with its video as rows are to hold it, or why they cannot."""
        sample = question.sample
        if not all(map(encodable, (sample.id, sample.video, sample.question, sample.task, sample.source, sample.group))):
            return LeftOut("its id, its words or the name of its video are not UTF-8")
        if question.unread:
            return question
        if self.mode == "copy":
            return self._copied(question)
        if question.is_part and not says_parts:
            return LeftOut("it is about a part of a video, which this format cannot say; --videos copy cuts it out")
        return question if self.mode == "relative" else replace(question, video=str(self.root / sample.video))

    def _copied(self, question: Question) -> Question | LeftOut:
        """The file beside the rows, the part that the sample is about where it is one."""
        source = self.root / question.sample.video
        if not source.is_file():
            return LeftOut("its video is not there to be copied")
        if not question.is_part:
            target = self.folder / FOLDER / question.sample.video
            if not (target.exists() and target.stat().st_size == source.stat().st_size):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            return replace(question, video=f"{FOLDER}/{question.sample.video}")
        from videostar.export.cutting import CutError, cut

        span = f"{question.start_seconds!r}-{question.end_seconds!r}"
        name = f"{FOLDER}/parts/{seed_for('part', question.sample.video, span):016x}.mp4"
        target = self.folder / name
        try:
            if not target.exists():
                cut(source, target, question.start_seconds, question.end_seconds)
        except CutError as error:
            return LeftOut(f"its part of the video could not be cut out: {error}")
        return replace(question, video=name, start_seconds=0.0, end_seconds=None)
