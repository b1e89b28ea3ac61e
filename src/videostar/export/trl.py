"""TRL: prompts and completions, and preference pairs, with contents as lists of typed parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table, conversation_columns, kept_or_why_not
from videostar.export.pairs import PAIRS, pair_columns, pair_id, pairs
from videostar.export.texts import plain
from videostar.types import Message

FILE = "train.jsonl"


class Trl(Exporter):
    """TRL's conversational prompt and completion, for `SFTTrainer` with a collator of one's own, since TRL's know images only.

    A conversation of several turns gives one row for each answer.

    {"prompt": [{"role": "user", "content": [{"type": "video", "video": "clips/a.mp4"}, {"type": "text", "text": "What is the
    person doing?"}]}], "completion": [{"role": "assistant", "content": [{"type": "text", "text": "yoga"}]}], ...}
    """

    tables: Sequence[Table] = (Table(FILE, "answers"),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each answer in the question's conversations."""
        for item in kept_or_why_not(question):
            if isinstance(item, LeftOut):
                yield item
                continue
            said = _messages(item.messages, question.video)
            for place in range(1, len(said), 2):
                name = item.id if len(said) == 2 else f"{item.id}/{place // 2}"
                columns = {"id": name, "prompt": said[:place], "completion": [said[place]]}
                yield Row(FILE, {**columns, **conversation_columns(question, item)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The call."""
        return _call(folder, videos, "SFTTrainer")


class TrlPreference(Exporter):
    """TRL's conversational preference pairs with an explicit prompt, for `DPOTrainer`.

    {"prompt": [{"role": "user", "content": [{"type": "video", "video": "clips/a.mp4"}, {"type": "text", "text": "..."}]}],
    "chosen": [{"role": "assistant", "content": [{"type": "text", "text": "... So the answer is yoga."}]}], "rejected": [...], ...}
    """

    tables: Sequence[Table] = (Table(FILE, PAIRS),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """The question's pairs."""
        for pair in pairs(question):
            if isinstance(pair, LeftOut):
                yield pair
                continue
            row = {
                "id": pair_id(question, pair),
                "prompt": _messages([Message("user", pair.asked)], question.video),
                "chosen": _messages([Message("assistant", pair.chosen.answer.text)], ""),
                "rejected": _messages([Message("assistant", pair.rejected.answer.text)], ""),
            }
            yield Row(FILE, {**row, **pair_columns(question, pair)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The call."""
        return _call(folder, videos, "DPOTrainer")


def _messages(messages: Sequence[Message], video: str) -> list[dict[str, Any]]:
    rows = [{"role": turn.role, "content": [{"type": "text", "text": plain(turn.content)}]} for turn in messages]
    if video:
        rows[0]["content"] = [{"type": "video", "video": video}, *rows[0]["content"]]
    return rows


def _call(folder: Path, videos: str, trainer: str) -> str:
    where = f", in the folder {videos}" if videos else ""
    rows = f'load_dataset("json", data_files="{folder / FILE}", split="train")'
    return f"{rows} is a data set for TRL's {trainer}, with a collator that loads the videos{where}"
