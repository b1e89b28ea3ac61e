"""The trainer of scripted models: it learns accepted answers by heart. A tiny, honest stand-in for fine-tuning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from videostar.errors import CheckpointError
from videostar.ports import TrainingJob, TrainingResult, Watcher
from videostar.store import write_json
from videostar.training.dataset import ConversationFile
from videostar.types import Conversation

SCRIPT = "script.json"


class ScriptedTrainer:
    """Writes a folder with a script: every answer of the conversations under its sample and its prompt, word for word, before
    the rules of the base. Several answers to one prompt become several candidates. A base with `"generalizes": true` learns by
    prompt alone, so that what it learned is said of every sample that is asked the same.
    """

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """Raises `DataError` for a file without conversations, `CheckpointError` for a base that is no script."""
        base = _read(Path(job.base))
        rows = ConversationFile(job.conversations)
        learned: dict[tuple[str, str], list[str]] = {}
        with watch.progress("training", len(rows)) as bar:
            for index in range(len(rows)):
                _learn(rows[index], learned)
                bar.advance()
        rules = [
            {**({"sample_id": sample_id} if sample_id and not base.get("generalizes") else {}), "equals": prompt, "replies": replies}
            for (sample_id, prompt), replies in learned.items()
        ]
        write_json(job.output / SCRIPT, {**base, "rules": [*rules, *base.get("rules", [])]})
        return TrainingResult(rows=len(rows), dropped={}, steps=len(rows), losses=())


def _learn(conversation: Conversation, learned: dict[tuple[str, str], list[str]]) -> None:
    for asked, answered in zip(conversation.messages, conversation.messages[1:], strict=False):
        if asked.role == "user" and answered.role == "assistant":
            replies = learned.setdefault((conversation.sample_id, asked.content), [])
            if answered.content not in replies:
                replies.append(answered.content)


def _read(path: Path) -> dict[str, Any]:
    file = path / SCRIPT if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f'script "{file}" cannot be read: {error}') from None
    if not isinstance(content, dict):
        raise CheckpointError(f'script "{file}" must be an object with "rules"')
    return content
