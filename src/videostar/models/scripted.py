"""A model that answers from a script: the whole loop runs in a second, without weights, and every answer is foreseeable.

A script is a JSON file, or a folder with a `script.json` in it:
`{"rules": [{"contains": "colour", "sample_id": "k-1", "replies": ["red", "blue"]}], "default": ["I do not know."]}`.
The first rule that fits answers; `contains` and `equals` look at the last user message. Candidate i gets replies[i % len(replies)].
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from videostar.errors import CheckpointError, nearest
from videostar.ports import Decoding, Reply, Request

SCRIPT = "script.json"
RULE_FIELDS = ("contains", "equals", "sample_id", "replies")


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits a request when everything that is not None does."""

    replies: tuple[str, ...]
    contains: str | None = None
    equals: str | None = None
    sample_id: str | None = None

    def fits(self, request: Request) -> bool:
        """Whether this rule answers the request."""
        asked = request.messages[-1].content
        return (
            (self.contains is None or self.contains in asked)
            and (self.equals is None or self.equals == asked)
            and (self.sample_id is None or self.sample_id == request.sample_id)
        )


@dataclass(frozen=True, slots=True)
class Script:
    """Rules in order, and what is said where none fits."""

    rules: tuple[Rule, ...] = ()
    default: tuple[str, ...] = ("I do not know.",)

    def replies(self, request: Request) -> tuple[str, ...]:
        """The texts to draw candidates from."""
        return next((rule.replies for rule in self.rules if rule.fits(request)), self.default)


class ScriptedModel:
    """A `VideoModel` that looks its answers up. Tokens are words; an answer beyond `max_new_tokens` words is cut, as a model's would be.

    source: a JSON file, a folder with a `script.json`, or anything that gives the replies to a request. Files are read at the
    first question; `CheckpointError` then tells everything that is wrong in them.
    """

    def __init__(self, source: str | Path | Callable[[Request], Sequence[str]]) -> None:
        self._source = source
        self._replies: Callable[[Request], Sequence[str]] | None = source if callable(source) else None

    @property
    def name(self) -> str:
        """`scripted:` and the path."""
        return "scripted" if callable(self._source) else f"scripted:{self._source}"

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        """What the script says."""
        return [
            [_reply(texts[index % len(texts)], decoding.max_new_tokens) for index, _ in enumerate(request.seeds)]
            for request in requests
            for texts in [self._look_up(request)]
        ]

    def close(self) -> None:
        """The next question reads the script again."""
        self._replies = self._source if callable(self._source) else None

    def _look_up(self, request: Request) -> Sequence[str]:
        if self._replies is None:
            self._replies = read_script(str(self._source)).replies
        return self._replies(request)


def read_script(path: str | Path) -> Script:
    """Parse a script. Raises `CheckpointError` with every problem."""
    file = Path(path).expanduser()
    file = file / SCRIPT if file.is_dir() else file
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f'there is no script "{file}"; give a JSON file or a folder with a {SCRIPT}') from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f'script "{file}" is not readable JSON: {error}') from None
    if not isinstance(content, Mapping) or not isinstance(content.get("rules", []), list):
        raise CheckpointError(f'script "{file}" must be an object with a list of "rules" and, if wanted, a "default" list of replies')
    problems = [problem for number, rule in enumerate(content.get("rules", []), 1) for problem in _rule_problems(number, rule)]
    if "default" in content and not _are_texts(content["default"]):
        problems.append(f'"default" must be a list of at least one text, not {content["default"]!r}')
    if problems:
        raise CheckpointError(*(f'script "{file}": {problem}' for problem in problems))
    rules = tuple(Rule(**{**rule, "replies": tuple(rule["replies"])}) for rule in content.get("rules", []))
    return Script(rules, tuple(content["default"])) if "default" in content else Script(rules)


def _rule_problems(number: int, rule: object) -> list[str]:
    if not isinstance(rule, Mapping):
        return [f"rule {number} must be an object, not {rule!r}"]
    problems = [
        f'rule {number}: unknown field "{name}"{nearest(str(name), RULE_FIELDS)}; allowed are {", ".join(RULE_FIELDS)}'
        for name in rule
        if name not in RULE_FIELDS
    ]
    problems += [
        f'rule {number}: "{name}" must be a text, not {rule[name]!r}'
        for name in RULE_FIELDS[:3]
        if name in rule and not isinstance(rule[name], str)
    ]
    if not _are_texts(rule.get("replies")):
        problems.append(f'rule {number}: "replies" must be a list of at least one text, not {rule.get("replies")!r}')
    return problems


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _reply(text: str, max_new_tokens: int) -> Reply:
    words = text.split()
    if len(words) > max_new_tokens:
        return Reply(" ".join(words[:max_new_tokens]), "length", max_new_tokens)
    return Reply(text, "stop", len(words))
