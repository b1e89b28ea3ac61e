"""The records that cross every wall of the house: Sample -> Answer -> Verdict -> Conversation -> CycleResult.

All are frozen. Every time in them is in seconds; `Sample.start_seconds` and `end_seconds` are file time (half open),
every other time is counted from the Sample's start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

Outcome: TypeAlias = Literal["pass", "fail", "undecided"]
Route: TypeAlias = Literal["generated", "rationalized"]
Finish: TypeAlias = Literal["stop", "length", "error"]
Form: TypeAlias = Literal["reasoned", "direct", "choice", "multi_turn"]
Split: TypeAlias = Literal["train", "validation", "test"]
Role: TypeAlias = Literal["user", "assistant"]

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Clip:
    """What a judge may know about the clip an answer is about: its length in seconds, its size in pixels."""

    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a long clip that is asked about by itself; times are counted from the clip's start.

    owned_start_seconds, owned_end_seconds: the part of it that is this window's alone, up to the middle of what it shares with the next.
    """

    start_seconds: float
    end_seconds: float
    owned_start_seconds: float
    owned_end_seconds: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end_seconds - self.start_seconds

    @property
    def owned_share(self) -> float:
        """Which share of it is its own, in (0, 1]."""
        return (self.owned_end_seconds - self.owned_start_seconds) / self.seconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one answer.

    outcome: `undecided` means that the text does not say; it is not kept, and it is wrong in accuracy.
    score: graded, in [0, 1], also when the answer fails; 1.0 for a perfect answer.
    extracted: what the answer was understood to commit to, as JSON (None where nothing was found).
    reason: one sentence for a person.
    parts: verdicts of a composite label's parts, by name.
    span: half-open character range of the answer's text that decided, where there is one.
    """

    outcome: Outcome
    score: float
    extracted: Any
    reason: str
    parts: Mapping[str, Verdict] = field(default_factory=dict)
    span: tuple[int, int] | None = None


class Label(Protocol):
    """One piece of supervision that knows what it means. The kinds live in `videostar.labels`, one file each."""

    @property
    def kind(self) -> str:
        """The name that the JSON form carries, such as "category"."""

    @property
    def metric(self) -> str:
        """Name of the field's usual measure for this kind, such as "accuracy" or "spearman"."""

    def to_json(self) -> dict[str, Any]:
        """The JSON form: `kind`, `value` and what differs from the defaults; parsing it gives an equal label."""

    def hint(self) -> str:
        """The truth in words, for a rationalization prompt."""

    def format_text(self) -> str:
        """What a question must state so that the answer can be judged: scale, unit, options. "" where nothing is needed."""

    def answer_text(self) -> str:
        """The label as a short direct answer, which `judge` passes."""

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Decide whether `answer` commits to this label. Pure; never raises on any text."""

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Up to `count` wrong answers in the form of `answer_text`, none equal or equivalent to the truth."""

    @property
    def windows_overlap(self) -> bool:
        """Whether the windows of a long clip may share stretches, because `merged` knows what was seen twice."""

    def absent_text(self) -> str:
        """What to answer in a window that holds nothing of what is asked for; "" where the question leaves no such case."""

    def window_hint(self, window: Window) -> str:
        """The truth in words as far as one window of the clip goes, for a rationalization prompt."""

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """What a window's text commits to, as a short direct answer about that window; "" where it commits to nothing.

        Like `merged`, it reads the text alone, as if the truth were not known.
        """

    def merged(self, parts: Sequence[tuple[Window, str]], question: str = "") -> str:
        """One answer for the whole clip from the texts about its windows, which come in order; times from the clip's start.

        "" where the texts do not give one. Never raises on any text.
        """


@dataclass(frozen=True, slots=True)
class Sample:
    """One question about one span of one video, with its label.

    video: path as written in the table (relative to the data root).
    end_seconds: None means the end of the file.
    question: holds neither options nor answer format; those come from the label.
    group: what the bootstrap clusters by and splits keep together; the video where a table names nothing else.
    """

    id: str
    video: str
    question: str
    label: Label
    start_seconds: float = 0.0
    end_seconds: float | None = None
    task: str = ""
    split: Split = "train"
    source: str = ""
    group: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """Which frames an answer was given on.

    policy: the sampling policy and the cap that applied, in words.
    timestamps_seconds: T values, counted from the Sample's start.
    sha256: of the pixels and timestamps; training and evaluation must see the same ("" where none were read).
    error: "" or why the video could not be read, with the decoder's message: the sample is then quarantined.
    duration_seconds, width, height: of the clip as it is in the file, for judging times and boxes in pixels.
    visual_tokens: how many tokens of the prompt stood for the frames; None where not known, as behind a server.
    """

    policy: str = ""
    timestamps_seconds: tuple[float, ...] = ()
    sha256: str = ""
    error: str = ""
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    visual_tokens: int | None = None

    @property
    def clip(self) -> Clip:
        """What a judge may know."""
        return Clip(self.duration_seconds, self.width, self.height)


@dataclass(frozen=True, slots=True)
class WindowAnswer:
    """Raw model text about one window of a long clip, and what was seen of it. Times as in `Window` and `FrameRecord`.

    timestamps_seconds: counted from the window's start.
    """

    window: Window
    text: str
    finish: Finish
    frames_sha256: str
    timestamps_seconds: tuple[float, ...] = ()
    visual_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Raw model text and how it was made. Kept for ever: generating is dear, judging is cheap.

    tokens: generated ones. seconds: wall time of the batch divided by its answers.
    windows: of a clip that was asked about by windows, what was said about each; `text` is then what their label merged of it, and
        `prompt` what the first was asked. () for all others.
    """

    sample_id: str
    cycle: int
    candidate: int
    route: Route
    prompt: str
    text: str
    finish: Finish
    frames: FrameRecord
    model: str
    seed: int
    tokens: int
    seconds: float
    windows: tuple[WindowAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, text only; the video belongs to the first user turn."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class AnswerRef:
    """The answer that a conversation was made from, and the frames it was given on; visual_tokens: None where not known."""

    cycle: int
    candidate: int
    frames_sha256: str
    timestamps_seconds: tuple[float, ...] = ()
    visual_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TurnRef:
    """The kept answer behind one assistant turn, and the score of its verdict, which is a pass."""

    sample_id: str
    cycle: int
    route: Route
    candidate: int
    score: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is trained on and exported. `video` is "" for text-only auxiliary data; `answer_ref` is None for all auxiliary data.

    turns: of a multi-turn conversation, the answer behind each assistant turn; () elsewhere, where `answer_ref` says it.
    """

    id: str
    sample_id: str
    route: Route
    form: Form
    video: str
    start_seconds: float
    end_seconds: float | None
    messages: tuple[Message, ...]
    answer_ref: AnswerRef | None = None
    turns: tuple[TurnRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % bootstrap interval, clustered by group. `count` is the number of questions behind it."""

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every train sample of a cycle went: `samples_in` = `kept` + the sum of `dropped`."""

    samples_in: int
    kept: int
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Yields:
    """What the questions of a cycle gave.

    asked: train samples asked (quarantined ones are not). passed: with at least one right generated candidate.
    rationalized: samples shown their label. passed_then: right rationalizations before selection.
    pass_at_1, pass_at_k, majority: shares in [0, 1] over asked samples. distinct: share of different answers among candidates.
    candidates: number of candidate answers by route and outcome, such as {"generated/pass": 12}.
    """

    asked: int
    passed: int
    rationalized: int
    passed_then: int
    pass_at_1: float
    pass_at_k: float
    majority: float
    distinct: float
    candidates: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a cycle took. Tokens are generated ones; seconds are wall time by stage, added up over interruptions."""

    tokens: int
    seconds: Mapping[str, float]
    clips_decoded: int
    clips_from_cache: int


@dataclass(frozen=True, slots=True)
class CycleResult:
    """What one cycle gave.

    cycle: 0 is the base model, evaluated as it is. name: "base", "cycle 1", ..., "final".
    checkpoint: the model that was evaluated; relative to the run directory where it lies inside.
    trained: False for the base, and for a cycle that kept nothing.
    scores: accuracy by split.
    """

    cycle: int
    name: str
    checkpoint: str
    trained: bool
    scores: Mapping[str, Estimate]
    ledger: Ledger | None = None
    yields: Yields | None = None
    cost: Cost | None = None
    note: str = ""
