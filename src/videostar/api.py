"""`import videostar as vs`: what the commands do, for programs. Importing it loads no model library; opening a model does.

import videostar as vs

model = vs.load("runs/diving")                      # a run, a checkpoint folder, or nothing for the embedded tiny model
print(model.ask("dive.mp4", "How big is the splash?"))
found = model.assess("dive.mp4", "diving")
print(found.overall, found.improve)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from videostar.errors import UserError

if TYPE_CHECKING:
    from videostar.config import Config
    from videostar.people.assessment import Assessment
    from videostar.people.chat import Chat
    from videostar.people.footage import Footage
    from videostar.people.opening import Opened
    from videostar.people.rubric import Rubric
    from videostar.types import CycleResult

PathLike = str | Path


class Model:
    """A checkpoint that is ready to be asked; a context manager that ends what it started. Made by `load`."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that decode and free the memory; nothing can be asked after."""
        self._opened.close()

    @property
    def origin(self) -> str:
        """What it is, in words, such as "cycle 2 of runs/demo"."""
        return self._opened.origin

    def ask(self, video: PathLike, question: str, hear: Callable[[str], None] = lambda _: None) -> str:
        """The answer to one question about a video; one that names a moment ("at 0:12") is answered on the frames there.

        hear: given the answer piece by piece while it comes. Raises `UserError` for a video or question that cannot be used.
        """
        return self.chat(video).ask(question, hear).answer

    def chat(self, *videos: PathLike, temperature: float = 0.0) -> Chat:
        """A conversation: `.ask(question)` gives a turn with `.answer`; questions may refer back. The last video is the current one."""
        from videostar.people.chat import Chat

        chat = Chat(self._opened, temperature)
        for video in videos:
            chat.show(video)
        return chat

    def assess(self, video: PathLike, rubric: PathLike | Rubric, examples: PathLike | None = None, *, reasons: bool = True) -> Assessment:
        """A video assessed by a rubric: a YAML file, or "diving", "lab" or "osats".

        examples: a JSON Lines table of labelled clips that the score is calibrated on. reasons: whether the model is asked for them.
        Raises `UserError` that tells every mistake in rubric or examples at once.
        """
        return self._assessor(rubric, examples, None).one(Path(video).expanduser(), reasons=reasons)[0]

    def assess_folder(self, folder: PathLike, rubric: PathLike | Rubric, out: PathLike, examples: PathLike | None = None) -> Footage:
        """All clips of a folder assessed, with recurring faults, contrasts and a plan, written into `out`; resumable."""
        from videostar.people.footage import assess_folder

        return assess_folder(self._assessor(rubric, examples, Path(out)), Path(folder).expanduser(), Path(out))

    def _assessor(self, rubric: PathLike | Rubric, examples: PathLike | None, keep: Path | None) -> Any:
        from videostar.people.assessor import Assessor
        from videostar.people.examples import read_examples
        from videostar.people.rubric import Rubric, read_rubric

        known = rubric if isinstance(rubric, Rubric) else read_rubric(rubric)
        assessor = Assessor(self._opened, known, keep)
        if examples is not None:
            assessor.learn(read_examples(Path(examples).expanduser(), known))
        return assessor


def load(model_or_run: PathLike | None = None) -> Model:
    """A run's best checkpoint, a checkpoint folder or name, or the embedded one. Raises `UserError` where it is none of these."""
    from videostar.people.opening import opened

    return Model(opened(model_or_run))


def run(config: PathLike | Mapping[str, Any] | Config, overrides: Sequence[str] = ()) -> list[CycleResult]:
    """The loop on labelled videos, from a YAML file, plain values or a `Config`; the same call goes on after an interruption.

    overrides: such as "generate.n=4". Gives one result per cycle, the base first; everything else lies in the run directory.
    """
    from videostar.build import ConfiguredAdapters
    from videostar.config import Config, changed, checked, load_config
    from videostar.loop import stages
    from videostar.ports import Silent
    from videostar.rows import result_from_json
    from videostar.store import RunStore, rows_if_any

    if isinstance(config, (str, Path)):
        known = load_config(Path(config), overrides)
    else:
        known = changed(config if isinstance(config, Config) else checked(config), overrides)
    for _ in stages(known, ConfiguredAdapters(known), Silent()):
        pass
    return [result_from_json(row) for row in rows_if_any(RunStore(known.run).metrics)]


__all__ = ["Model", "UserError", "load", "run"]
