"""ms-swift: conversations, preference pairs and questions with their label for GRPO, each as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.export.chat import question_and_answer, turns
from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table, conversation_columns, kept_or_why_not
from videostar.export.pairs import PAIRS, pair_columns, pair_id, pairs
from videostar.export.reinforcement import QUESTIONS, asked_question, label_columns, why_not_asked

FILE = "train.jsonl"


class Swift(Exporter):
    """ms-swift's messages, for `swift sft`.

    {"messages": [{"role": "user", "content": "<video>What is the person doing?"}, {"role": "assistant", "content": "yoga"}],
    "videos": ["clips/a.mp4"], ...}
    """

    tables: Sequence[Table] = (Table(FILE, "conversations"),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each conversation."""
        for item in kept_or_why_not(question):
            if isinstance(item, LeftOut):
                yield item
                continue
            columns = {"id": item.id, "messages": turns(item.messages), "videos": [question.video]}
            yield Row(FILE, {**columns, **conversation_columns(question, item)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The command."""
        return _command(f"swift sft --dataset {folder / FILE}", videos)


class SwiftDpo(Exporter):
    """ms-swift's preference pairs, for `swift rlhf --rlhf_type dpo`.

    {"messages": [{"role": "user", "content": "<video>What is the person doing?"}, {"role": "assistant", "content": "... So the
    answer is yoga."}], "rejected_response": "... So the answer is running.", "videos": ["clips/a.mp4"], "chosen_score": 1.0, ...}
    """

    tables: Sequence[Table] = (Table(FILE, PAIRS),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """The question's pairs."""
        for pair in pairs(question):
            if isinstance(pair, LeftOut):
                yield pair
                continue
            messages = turns(question_and_answer(pair.asked, pair.chosen.answer.text))
            rejected = turns(question_and_answer("", pair.rejected.answer.text))[1]["content"]
            row = {"id": pair_id(question, pair), "messages": messages, "rejected_response": rejected, "videos": [question.video]}
            yield Row(FILE, {**row, **pair_columns(question, pair)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The command."""
        return _command(f"swift rlhf --rlhf_type dpo --dataset {folder / FILE}", videos)


class SwiftGrpo(Exporter):
    """ms-swift's questions for `swift rlhf --rlhf_type grpo`; `label` is what `videostar.rewards.reward` judges by.

    {"messages": [{"role": "user", "content": "<video>What is the person doing?"}], "videos": ["clips/a.mp4"], "solution":
    "yoga", "label": "{\\"kind\\": \\"category\\", \\"value\\": \\"yoga\\"}", "question": "What is the person doing?",
    "difficulty": 0.5, "mean_score": 0.5, ...}
    """

    tables: Sequence[Table] = (Table(FILE, QUESTIONS),)

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each question, whether it was answered right or not."""
        reason = why_not_asked(question)
        if reason:
            yield LeftOut(reason)
            return
        messages = turns([asked_question(question)])
        row = {"id": question.sample.id, "messages": messages, "videos": [question.video]}
        yield Row(FILE, {**row, **label_columns(question)})

    def next_step(self, folder: Path, videos: str) -> str:
        """The command."""
        return _command(f"swift rlhf --rlhf_type grpo --dataset {folder / FILE} (reward: videostar.rewards.reward)", videos)


def _command(words: str, videos: str) -> str:
    return f"run {words}" + (f", in the folder {videos}" if videos else "")
