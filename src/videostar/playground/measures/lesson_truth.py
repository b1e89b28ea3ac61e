"""The truth of a lesson's clip, in the form that statements are checked against."""

from __future__ import annotations

from videostar.playground.lessons.dives import DiveClip
from videostar.playground.lessons.lesson import LessonClip
from videostar.playground.lessons.moves import MoveClip
from videostar.playground.lessons.procedures import ProcedureClip
from videostar.playground.measures.facts import Truth, truth_from_json
from videostar.playground.worlds.dives import dive_json
from videostar.playground.worlds.procedures import procedure_json


def truth_of_clip(clip: LessonClip) -> Truth:
    """All that is true of it. Raises ValueError for a clip of no lesson."""
    if isinstance(clip, MoveClip):
        return truth_from_json("moves", clip.scene.truth.to_json())
    if isinstance(clip, DiveClip):
        return truth_from_json("dives", dive_json(clip.dive))
    if isinstance(clip, ProcedureClip):
        return truth_from_json("procedures", procedure_json(clip.procedure))
    raise ValueError(f"{type(clip).__name__} is no clip of a lesson")
