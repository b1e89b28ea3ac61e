"""LlamaFactory: conversations and preference pairs, with the `dataset_info.json` that names both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from videostar.export.chat import question_and_answer, turns
from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table, conversation_columns, kept_or_why_not
from videostar.export.pairs import PAIRS, pair_columns, pair_id, pairs

NAME = "videostar"
PREFERENCES = "videostar_preferences"
TAGS = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}


class LlamaFactory(Exporter):
    """LlamaFactory's "sharegpt" formatting with OpenAI's tags, and `dataset_info.json` beside; pairs for its `stage: dpo`.

    {"messages": [{"role": "user", "content": "<video>What is the person doing?"}, {"role": "assistant", "content": "yoga"}],
    "videos": ["clips/a.mp4"], ...}
    {"messages": [...], "chosen": {"role": "assistant", "content": "yoga"}, "rejected": {"role": "assistant", "content":
    "running"}, "videos": ["clips/a.mp4"], ...}
    """

    tables: Sequence[Table] = (Table(f"{NAME}.jsonl", "conversations"), Table(f"{PREFERENCES}.jsonl", PAIRS))

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each conversation, and the question's pairs."""
        for item in kept_or_why_not(question):
            if isinstance(item, LeftOut):
                yield item
                continue
            columns = {"id": item.id, "messages": turns(item.messages), "videos": [question.video]}
            yield Row(f"{NAME}.jsonl", {**columns, **conversation_columns(question, item)})
        for pair in pairs(question):
            if isinstance(pair, LeftOut):
                continue  # a question without a pair is not left out: its conversations are there
            asked, chosen = turns(question_and_answer(pair.asked, pair.chosen.answer.text))
            rejected = turns(question_and_answer("", pair.rejected.answer.text))[1]
            row = {"id": pair_id(question, pair), "messages": [asked], "chosen": chosen, "rejected": rejected, "videos": [question.video]}
            yield Row(f"{PREFERENCES}.jsonl", {**row, **pair_columns(question, pair)})

    def companions(self) -> Mapping[str, str]:
        """`dataset_info.json`: what each column is."""
        plain = {"formatting": "sharegpt", "columns": {"messages": "messages", "videos": "videos"}, "tags": TAGS}
        ranked = {"messages": "messages", "chosen": "chosen", "rejected": "rejected", "videos": "videos"}
        info = {
            NAME: {"file_name": f"{NAME}.jsonl", **plain},
            PREFERENCES: {"file_name": f"{PREFERENCES}.jsonl", "ranking": True, **plain, "columns": ranked},
        }
        return {"dataset_info.json": json.dumps(info, indent=2) + "\n"}

    def next_step(self, folder: Path, videos: str) -> str:
        """The keys of its YAML."""
        return f"in LlamaFactory's YAML: dataset_dir: {folder}, dataset: {NAME}" + (f", media_dir: {videos}" if videos else "")
