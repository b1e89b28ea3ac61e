"""LLaVA, as Qwen-VL's finetuning scripts and VSTaR-1M write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table, conversation_columns, kept_or_why_not
from videostar.export.texts import VIDEO, plain

SPEAKERS = {"user": "human", "assistant": "gpt"}


class Llava(Exporter):
    """LLaVA-style JSON: read by LLaVA-NeXT, Video-LLaVA, Qwen-VL's finetuning scripts and whatever reads VSTaR-1M.

    {"id": "k-1/1/generated/0/direct", "video": "clips/a.mp4", "conversations": [{"from": "human", "value": "<video>\\nWhat is
    the person doing?"}, {"from": "gpt", "value": "yoga"}], "form": "direct", "score": 1.0, "difficulty": 0.5, ...}
    """

    tables: Sequence[Table] = (Table("train.json", "conversations"),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each conversation."""
        for item in kept_or_why_not(question):
            if isinstance(item, LeftOut):
                yield item
                continue
            said = [{"from": SPEAKERS[turn.role], "value": plain(turn.content)} for turn in item.messages]
            said[0]["value"] = f"{VIDEO}\n{said[0]['value']}"
            columns = {"id": item.id, "video": question.video, "conversations": said}
            yield Row("train.json", {**columns, **conversation_columns(question, item)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The two paths that LLaVA's scripts take."""
        return f"train with --data_path {folder / 'train.json'}" + (f" --video_folder {videos}" if videos else "")
