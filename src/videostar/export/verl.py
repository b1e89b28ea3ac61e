"""verl: questions with their label as Parquet, train and validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from videostar.export.chat import turns
from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table
from videostar.export.reinforcement import QUESTIONS, asked_question, label_columns, label_text, why_not_asked
from videostar.export.schemas import origins


def _schema() -> Any:
    import pyarrow as pa

    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    video = pa.struct([("video", pa.string()), ("video_start", pa.float64()), ("video_end", pa.float64())])
    extra = [(name, pa.string()) for name in ("split", "id", "question", "label", "task")]
    extra += [("duration_seconds", pa.float64()), ("width", pa.int64()), ("height", pa.int64())]
    extra += [("mean_score", pa.float64()), ("difficulty", pa.float64()), ("provenance", origins())]
    return pa.schema(
        [
            ("data_source", pa.string()),
            ("prompt", pa.list_(message)),
            ("ability", pa.string()),
            ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
            ("extra_info", pa.struct(extra)),
            ("videos", pa.list_(video)),
        ]
    )


class Verl(Exporter):
    """verl's Parquet, one row a question; `ground_truth` is the label that `videostar.rewards.reward` judges by, as JSON.

    {"data_source": "kinetics", "prompt": [{"role": "user", "content": "<video>What is the person doing?"}], "ability": "action",
    "reward_model": {"style": "rule", "ground_truth": "{\\"kind\\": \\"category\\", \\"value\\": \\"yoga\\"}"}, "extra_info":
    {"split": "train", "id": "k-1", "difficulty": 0.5, ...}, "videos": [{"video": "clips/a.mp4", "video_start": null, ...}]}
    """

    says_parts = True
    held_out = True
    tables: Sequence[Table] = (Table("train.parquet", QUESTIONS, _schema), Table("val.parquet", QUESTIONS, _schema))

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """One row for each question of the train and the validation split."""
        reason = why_not_asked(question)
        if reason:
            yield LeftOut(reason)
        elif question.sample.split != "test":
            file = "train.parquet" if question.sample.split == "train" else "val.parquet"
            yield Row(file, _columns(question))

    def next_step(self, folder: Path, videos: str) -> str:
        """The settings."""
        files = f"data.train_files={folder / 'train.parquet'} data.val_files={folder / 'val.parquet'}"
        return f"train with {files} data.video_key=videos" + (f", in the folder {videos}" if videos else "")


def _columns(question: Question) -> dict[str, Any]:
    sample, told = question.sample, label_columns(question)
    names = ("question", "label", "task", "duration_seconds", "width", "height", "mean_score", "difficulty", "provenance")
    start = question.start_seconds if question.is_part else None
    return {
        "data_source": sample.source or "videostar",
        "prompt": turns([asked_question(question)]),
        "ability": sample.task or sample.label.kind,
        "reward_model": {"style": "rule", "ground_truth": label_text(question)},
        "extra_info": {"split": sample.split, "id": sample.id, **{name: told[name] for name in names}},
        "videos": [{"video": question.video, "video_start": start, "video_end": question.end_seconds}],
    }
