"""What an answer states about the things that a question names: that they are so, or that they are not."""

from __future__ import annotations

from videostar.labels._commit import question_words
from videostar.labels._negation import DENIED, HEDGED, statuses
from videostar.labels._normalize import is_filler
from videostar.labels._scan import Scan
from videostar.labels._weigh import NOTHING, Reading, Settled

_ENOUGH = 0.6


def stated(scan: Scan, question: str, enough: float = _ENOUGH) -> Settled:
    """A sentence that takes up the share `enough` of the question's words: True where it asserts them, False where it denies one."""
    asked = question_words(question)
    best: tuple[float, int, int] = (0.0, 0, 0)
    for first, last in scan.sentences if asked else ():
        content = {stem for word, stem in zip(scan.words[first:last], scan.stems[first:last], strict=True) if not is_filler(word)}
        share = len(asked & content) / len(asked)
        if share >= enough and share >= best[0]:
            best = (share, first, last)
    marks = statuses(scan)
    if not best[0]:
        return _absent(scan, asked, marks)
    hits = [index for index in range(best[1], best[2]) if scan.stems[index] in asked]
    if any(marks[index] == HEDGED for index in hits):
        return Settled("guessed")
    return Settled("one", (Reading(all(marks[index] != DENIED for index in hits), best[1], best[2]),))


def _absent(scan: Scan, asked: frozenset[str], marks: list[int]) -> Settled:
    """`there is no evidence of tennis`, `I don't see a ball`: something asked about is said to be absent."""
    for first, last in scan.sentences:
        words = scan.words[first:last]
        if words[:2] in (
            ["there", "is"],
            ["there", "are"],
            ["there's", "no"],
            ["i", "don't"],
            ["i", "do"],
            ["no", "sign"],
            ["no", "evidence"],
        ):
            hits = [index for index in range(first, last) if scan.stems[index] in asked and marks[index] == DENIED]
            if hits:
                return Settled("one", (Reading(False, hits[0], last),))
    return NOTHING
