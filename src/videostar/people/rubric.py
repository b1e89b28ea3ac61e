"""What a performance is assessed by: a YAML file of aspects, faults and advice, checked as a whole, every problem told at once.

title: Platform diving
overall: score                        # the aspect that is the overall score
aspects:
  tuck:                               # asked of the model
    question: Is the body in a tuck?
    label: {kind: boolean}            # a label kind without its truth: how the answer is read, and its scale
    points: {"yes": 0.2, "no": 0.0}   # what each value is worth; a number is worth itself
  execution:                          # computed from others
    start: 10
    minus_faults: true
    scale: [0, 10]
  score: {product: [difficulty, execution]}
faults:
  late opening:
    question: Does the body open late?
    label: {kind: boolean}
    present: ["yes"]                  # the values that mean the fault; "yes" where nothing is said
    when: {question: "When does the diver reach the water?", label: {kind: timestamp}}
    cost: 1.0
    advice: Open a quarter of a turn earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from videostar.errors import ConfigError, DataError, nearest
from videostar.labels import LabelRecord, parse_label
from videostar.prompts import asked
from videostar.server_config import Section
from videostar.types import Label, Sample

MOST_BYTES = 1 << 20
YES, NO = "yes", "no"
READABLE = ("boolean", "category", "choice", "count", "number", "timestamp", "interval", "text", "set", "sequence")
_TRUTHS: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"value": True},
    "count": {"value": 0},
    "timestamp": {"value_seconds": 0.0},
    "interval": {"start_seconds": 0.0, "end_seconds": 1.0},
    "text": {"value": "-"},
    "set": {"value": ["-"]},
    "sequence": {"value": ["-"]},
}
"""What stands where a rubric's label has no truth: only what an answer commits to is read, never whether it is right."""


class Question(Section):
    """What the model is asked. stated: whether the question ends with the form of its answer (scale, unit, options)."""

    question: str = Field(min_length=1, max_length=2000)
    label: dict[str, Any]
    stated: bool = True
    form: Literal["direct", "reasoned"] = "direct"

    @field_validator("label")
    @classmethod
    def _is_a_label(cls, row: dict[str, Any]) -> dict[str, Any]:
        _label(row)
        return row

    @property
    def read_by(self) -> LabelRecord:
        """A label of the kind, that reads answers."""
        return reading_label(json.dumps(self.label, sort_keys=True))

    @property
    def prompt(self) -> str:
        """What is asked, to the letter, in the question's own form."""
        return self._prompt(self.form)

    @property
    def reasons_prompt(self) -> str:
        """The same, asked step by step."""
        return self._prompt("reasoned")

    def _prompt(self, form: Literal["direct", "reasoned"]) -> str:
        label: Label = self.read_by if self.stated else _label({"kind": "text"})
        return asked(Sample(id="-", video="-", question=self.question, label=label), form)


class Aspect(Section):
    """One thing that is assessed: asked of the model (`question`, `label`) or computed from others.

    points: what each value is worth. per_unit: what one of a count or number is worth. start: what is added to sums.
    of, table: worth by the values of several asked aspects, such as `"water, forwards": 0.4`. shown: whether a report shows it.
    only_if: such as {position: [tuck]}: elsewhere it says nothing.
    """

    question: str | None = None
    label: dict[str, Any] | None = None
    stated: bool = True
    form: Literal["direct", "reasoned"] = "direct"
    points: dict[str, float] = Field(default_factory=dict)
    per_unit: float = 1.0
    of: tuple[str, ...] = ()
    table: dict[str, float] = Field(default_factory=dict)
    sum: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    start: float = 0.0
    minus_faults: bool = False
    scale: tuple[float, float] | None = None
    unit: str = ""
    shown: bool = True
    only_if: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def asked(self) -> Question | None:
        """The question, where it is asked."""
        if self.question is None or self.label is None:
            return None
        return Question(question=self.question, label=self.label, stated=self.stated, form=self.form)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        ways = [self.question is not None, bool(self.of), bool(self.product), bool(self.sum) or self.minus_faults]
        if sum(ways) != 1:
            raise ValueError("an aspect is one of: asked (question, label), of with table, sum and/or minus_faults, product")
        if (self.question is None) != (self.label is None):
            raise ValueError("question and label belong together")
        if bool(self.of) != bool(self.table):
            raise ValueError("of and table belong together")
        if self.scale is not None and self.scale[0] >= self.scale[1]:
            raise ValueError(f"scale {list(self.scale)} must rise")
        if self.label is not None:
            _label(self.label)
        return self


class Fault(Section):
    """Something that can go wrong. present: the values that mean it. when: what is asked for its time; the whole clip without.

    cost: in points, taken off where an aspect says `minus_faults`. advice: what is told whoever shows it.
    threshold: the share of candidate answers that must see it; labelled examples choose another.
    """

    question: str
    label: dict[str, Any]
    stated: bool = True
    form: Literal["direct", "reasoned"] = "direct"
    present: tuple[str, ...] = (YES,)
    when: Question | None = None
    cost: float = Field(0.0, ge=0)
    advice: str = Field(min_length=1, max_length=2000)
    threshold: float = Field(0.5, gt=0, le=1)
    only_if: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("label")
    @classmethod
    def _is_a_label(cls, row: dict[str, Any]) -> dict[str, Any]:
        _label(row)
        return row

    @property
    def asked(self) -> Question:
        """The question."""
        return Question(question=self.question, label=self.label, stated=self.stated, form=self.form)


class Rubric(Section):
    """The whole form. overall: the name of the aspect that is the overall score. candidates: how many answers to each question."""

    title: str = Field(min_length=1)
    about: str = ""
    overall: str
    candidates: int = Field(7, ge=1, le=64)
    temperature: float = Field(0.7, ge=0)
    max_new_tokens: int = Field(48, ge=1, description="of an answer without reasons")
    aspects: dict[str, Aspect]
    faults: dict[str, Fault] = Field(default_factory=dict)

    @field_validator("faults", "aspects", mode="before")
    @classmethod
    def _yes_and_no(cls, rows: Any) -> Any:
        """YAML reads a bare yes as true; here values are words."""
        return _as_words(rows)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Everything that is asked, each once."""
        found: dict[str, Question] = {}
        for question in self._all_questions():
            found.setdefault(key(question), question)
        return tuple(found.values())

    @property
    def sha256(self) -> str:
        """Of everything that decides what is asked; advice, costs and points may change without asking again."""
        told = [key(question) for question in self.questions]
        return hashlib.sha256(json.dumps([told, self.candidates, self.temperature, self.max_new_tokens]).encode()).hexdigest()

    def _all_questions(self) -> Iterable[Question]:
        for aspect in self.aspects.values():
            if aspect.asked is not None:
                yield aspect.asked
        for fault in self.faults.values():
            yield fault.asked
            if fault.when is not None:
                yield fault.when


def key(question: Question) -> str:
    """Equal for questions whose answers can be shared."""
    return json.dumps([question.prompt, question.label], sort_keys=True, ensure_ascii=False)


def shipped() -> tuple[str, ...]:
    """The names of the rubrics that come with the package."""
    return tuple(
        sorted(path.name.removesuffix(".yaml") for path in (files(__package__) / "rubrics").iterdir() if path.name.endswith(".yaml"))
    )


def read_rubric(named: str | Path) -> Rubric:
    """The rubric in a YAML file, or a shipped one by its name. Raises `ConfigError` with every problem at once."""
    name = str(named)
    if name in shipped():
        text = (files(__package__) / "rubrics" / f"{name}.yaml").read_text(encoding="utf-8")
    else:
        text = _file(Path(named).expanduser(), name)
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"rubric {name} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise ConfigError(f"rubric {name} must hold keys such as `title:`, `overall:` and `aspects:`, not {type(raw).__name__}")
    return rubric_from(raw, name)


def rubric_from(raw: Mapping[str, Any], name: str = "rubric") -> Rubric:
    """The same from plain values."""
    try:
        rubric = Rubric.model_validate(dict(raw))
    except (ValidationError, DataError) as error:
        found = [_said(item) for item in error.errors()] if isinstance(error, ValidationError) else list(error.problems)
        raise ConfigError(*(f"rubric {name}: {problem}" for problem in found)) from None
    problems = [f"rubric {name}: {problem}" for problem in _contradictions(rubric)]
    if problems:
        raise ConfigError(*problems)
    return rubric


def _file(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"rubric {name} is larger than {MOST_BYTES >> 20} MiB; that is no rubric")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = shipped()
        raise ConfigError(f"there is no rubric {name}{nearest(name, known)}; give a YAML file, or one of: {', '.join(known)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"rubric {name} cannot be read: {error}") from None


def _as_words(value: Any) -> Any:
    """Texts in place of the truth values that YAML makes of yes and no, in lists and as keys; `stated`, `shown`, ... keep theirs."""
    if not isinstance(value, Mapping):
        return value
    return {str(name): _words_of(row) if isinstance(row, Mapping) else row for name, row in value.items()}


def _words_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    fixed: dict[str, Any] = {}
    for name, value in row.items():
        if name in {"points", "table"} and isinstance(value, Mapping):
            fixed[name] = {_word(item): worth for item, worth in value.items()}
        elif name == "present" and isinstance(value, list):
            fixed[name] = [_word(item) for item in value]
        elif name == "only_if" and isinstance(value, Mapping):
            fixed[name] = {str(of): [_word(item) for item in items] if isinstance(items, list) else items for of, items in value.items()}
        else:
            fixed[str(name)] = value
    return fixed


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


@lru_cache(maxsize=512)
def reading_label(row: str) -> LabelRecord:
    """The label that reads answers, from its JSON with sorted keys."""
    return _label(json.loads(row))


def _label(row: Mapping[str, Any]) -> LabelRecord:
    """A label that reads answers, from a row without its truth. Raises ValueError in words."""
    kind = row.get("kind")
    if kind not in READABLE:
        raise ValueError(f"label kind {kind!r} cannot be used here{nearest(str(kind), READABLE)}; allowed are {', '.join(READABLE)}")
    truth = dict(_TRUTHS.get(kind, {}))
    if kind == "category":
        classes = row.get("classes") or ["-"]
        truth = {"value": classes[0] if isinstance(classes, Sequence) else "-"}
    if kind == "number":
        truth = {"value": row.get("minimum", 0)}
    if kind == "choice":
        truth = {"answer": 0}
    try:
        label = parse_label({**truth, **row})
    except DataError as error:
        raise ValueError("; ".join(error.problems)) from None
    assert isinstance(label, LabelRecord)  # noqa: S101 - for the type checker
    return label


_MODELS: Mapping[str, type[Section]] = {"aspects": Aspect, "faults": Fault, "when": Question}


def _said(error: Any) -> str:
    """One problem that pydantic found, in our words."""
    where = [str(part) for part in error["loc"]]
    place = ".".join(where)
    if error["type"] == "extra_forbidden":
        model = _MODELS.get("when" if "when" in where[:-1] else where[0], Rubric) if len(where) > 1 else Rubric
        return f'unknown key "{place}"{nearest(where[-1], model.model_fields)}; allowed here: {", ".join(model.model_fields)}'
    if error["type"] == "missing":
        return f'"{place}" is missing'
    message = error["msg"].removeprefix("Value error, ")
    return f'"{place}": {message[:1].lower()}{message[1:]}'


def _contradictions(rubric: Rubric) -> list[str]:
    problems, names = [], list(rubric.aspects)
    if rubric.overall not in names:
        problems.append(
            f'"overall" is "{rubric.overall}", which is no aspect{nearest(rubric.overall, names)}; aspects are {", ".join(names)}'
        )
    done: list[str] = []
    for name, aspect in rubric.aspects.items():
        problems += [
            f'"aspects.{name}" uses "{other}", which is no aspect above it{nearest(other, done)}; above it: {", ".join(done) or "none"}'
            for other in (*aspect.of, *aspect.sum, *aspect.product)
            if other not in done
        ]
        done.append(name)
    conditions = [("aspects", name, item.only_if) for name, item in rubric.aspects.items()]
    conditions += [("faults", name, item.only_if) for name, item in rubric.faults.items()]
    for where, name, only_if in conditions:
        problems += [
            f'"{where}.{name}.only_if" names "{other}", which is no aspect that is asked{nearest(other, names)}'
            for other in only_if
            if other not in names or rubric.aspects[other].asked is None
        ]
    return problems
