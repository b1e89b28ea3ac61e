"""Which column of an unknown table means what: told by the user, else guessed by its name; and said before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from videostar.errors import DataError, nearest

NAMES: Mapping[str, tuple[str, ...]] = {
    "video": tuple(
        "video video_path path file filename file_name clip clip_path video_name video_id vid videos youtube_id gif_name name".split()
    ),
    "label": tuple("label class class_name action activity category label_name labels target".split()),
    "question": tuple("question query prompt instruction problem".split()),
    "answer": tuple("answer response ground_truth gt answer_text solution output".split()),
    "options": tuple("options choices candidates".split()),
    "start": tuple("start_seconds start start_time time_start start_sec t_start begin start_timestamp start_frame".split()),
    "end": tuple("end_seconds end end_time time_end end_sec t_end stop stop_timestamp end_frame stop_frame".split()),
    "duration": tuple("duration_seconds duration length".split()),
    "split": tuple("split subset partition".split()),
    "id": tuple("id sample_id question_id qid uid".split()),
    "group": tuple("group source_video subject participant_id".split()),
}
MEANINGS: Mapping[str, str] = {
    "video": "column of the video's path",
    "label": "column of the class, or of another label (see kind)",
    "question": "column of the question",
    "answer": "column of the answer",
    "options": "column of the options of a multiple choice",
    "start": "column of the start",
    "end": "column of the end",
    "duration": "column of the video's length in seconds, for times in shares",
    "split": "column of the split",
    "id": "column of a unique name",
    "group": "column of what splits keep together",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Column by meaning; guessed: the meanings that were not told."""

    by_meaning: Mapping[str, str]
    guessed: frozenset[str]

    @staticmethod
    def among(found: Iterable[str], told: Mapping[str, str], where: str) -> Columns:
        """What is told, and guesses for the rest. Raises `DataError` when there is no video or nothing to ask."""
        names = list(found)
        lower = {name.lower().strip(): name for name in reversed(names)}
        by_meaning: dict[str, str] = {}
        for meaning in NAMES:
            if meaning in told:
                if told[meaning] not in names:
                    guess = nearest(told[meaning], names)
                    raise DataError(f'{where} has no column "{told[meaning]}"{guess}; its columns are {", ".join(names)[:400]}')
                by_meaning[meaning] = told[meaning]
        for meaning, synonyms in NAMES.items():
            free = [lower[name] for name in synonyms if name in lower and lower[name] not in by_meaning.values()]
            if meaning not in by_meaning and free:
                by_meaning[meaning] = free[0]
        has_label = "label" in by_meaning or {"question", "answer"} <= set(by_meaning)
        if "video" not in by_meaning or not has_label:
            missing = "the video" if "video" not in by_meaning else "a label, or a question and an answer"
            raise DataError(
                f"{where} has the columns {', '.join(names)[:400] or 'none'}; none is known to hold {missing}. "
                "Say which: --set video=COLUMN --set label=COLUMN, or --set question=COLUMN --set answer=COLUMN"
            )
        return Columns(by_meaning, frozenset(set(by_meaning) - set(told)))

    @property
    def asks_questions(self) -> bool:
        """Whether rows bring a question and an answer, not a label alone."""
        return {"question", "answer"} <= set(self.by_meaning) and not ("label" in self.by_meaning and "label" not in self.guessed)

    def words(self, where: str) -> str:
        """How the columns are read, in one line."""
        used = [meaning for meaning in self.by_meaning if not (meaning == "label" and self.asks_questions)]
        pairs = [f'{meaning} from "{self.by_meaning[meaning]}"{" (guessed)" if meaning in self.guessed else ""}' for meaning in used]
        return f"{where}: {', '.join(pairs)}; change with --set {used[0]}=COLUMN"
