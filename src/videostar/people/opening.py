"""A run, a checkpoint folder or nothing -> a model ready to be asked, with the frames that it was trained to see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import CheckpointError, DataError, OutOfMemoryError, RunError, UserError
from videostar.ports import VideoModel
from videostar.standing import cycles, whole_rows
from videostar.store import RunStore, read_config, read_json
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore

SCRIPT = "script.json"
NO_TABLE = "-"


@dataclass(frozen=True, slots=True)
class Opened:
    """A model and how it sees. checkpoint: folder or name. origin: what it is, in words, such as "cycle 2 of runs/demo".

    trained_here: whether it was trained on questions as `videostar.prompts` asks them, so that questions are asked in that form.

    A context manager: leaving ends the processes that decode and frees the model's memory.
    """

    model: VideoModel
    frames: FrameStore
    config: Config
    checkpoint: str
    origin: str
    trained_here: bool = False

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End what was started; nothing can be asked after."""
        self.frames.close()
        self.model.close()

    @property
    def fingerprint(self) -> str:
        """Equal while the checkpoint's files and the way that frames are taken are the same."""
        folder = Path(self.checkpoint).expanduser()
        files = sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else [folder]
        found = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files if path.exists() for stat in [path.stat()]]
        told = repr((self.checkpoint, found, sorted(self.frames.sampling.to_json().items()), self.config.model.engine))
        return hashlib.sha256(told.encode()).hexdigest()

    def look(self, video: Path, start_seconds: float = 0.0, end_seconds: float | None = None) -> Frames:
        """The frames of a span of a file. Raises `DataError` that says why there are none."""
        loaded = next(self.frames.load([ClipRef(video, start_seconds, end_seconds)]))
        if isinstance(loaded, FrameFailure):
            raise unreadable(video, loaded)
        return loaded


def opened(named: str | Path | None = None) -> Opened:
    """What `named` is: a run (its best checkpoint; of an unfinished one the newest), a checkpoint folder or name, a script of answers,
    or None for the embedded checkpoint. A checkpoint inside a run is shown frames as the run shows them.

    Raises `RunError` or `CheckpointError` where it is nothing of that.
    """
    config, checkpoint, origin = _found(named)
    adapters = ConfiguredAdapters(config)
    model = adapters.model(checkpoint)
    trained_here = named is None or (config.run != Path(NO_TABLE) and checkpoint != config.model.model_name_or_path)
    return Opened(model, adapters.frames(), config, checkpoint, origin, trained_here)


def checkpoint_of(named: str | Path | None) -> str:
    """The folder or name of the checkpoint that `opened` would open; it is not opened. Raises as `opened` does."""
    return _found(named)[1]


def unreadable(video: Path, failure: FrameFailure) -> DataError:
    """What is told of a video that cannot be seen."""
    return DataError(f"{video} cannot be used: {failure.reason}: {failure.message}; give a video file that plays to its end")


@contextmanager
def memory_told() -> Iterator[None]:
    """Running out of memory on one question becomes a mistake that a user can mend."""
    try:
        yield
    except OutOfMemoryError as error:
        raise UserError(
            f"the video does not fit the memory ({str(error)[:120]}); use a smaller model, or a run with a smaller frames.max_frames"
        ) from None


def _found(named: str | Path | None) -> tuple[Config, str, str]:
    """(config, checkpoint, what it is)."""
    if named is None:
        config = _embedded()
        return config, config.model.model_name_or_path, "the embedded tiny checkpoint"
    path = Path(named).expanduser()
    if (path / "config.yaml").is_file():
        return _of_run(path)
    if path.suffix == ".json" or (path / SCRIPT).is_file():
        return _bare(str(path), engine="scripted"), str(path), f"the script {path}"
    if path.is_dir():
        run = next((folder for folder in list(path.absolute().parents)[:2] if (folder / "config.yaml").is_file()), None)
        if run is None:
            return _bare(str(path)), str(path), f"the checkpoint {path}"
        return read_config(run), str(path), f"the checkpoint {path}"
    if path.exists() or path.is_absolute() or str(named).startswith((".", "~")) or str(named).count("/") != 1:
        raise CheckpointError(
            f'"{named}" is neither a run directory (with config.yaml) nor a checkpoint folder (with config.json); '
            "give the folder of one, or leave --model out for the embedded tiny checkpoint"
        )
    return _bare(str(named)), str(named), f"the checkpoint {named}"


def _embedded() -> Config:
    from videostar.playground.demo import TINY, demo_frames

    return _bare(str(TINY), frames=demo_frames(), dtype="float32")


def _bare(checkpoint: str, engine: str = "transformers", frames: Mapping[str, int] | None = None, dtype: str = "bfloat16") -> Config:
    """A config of nothing but a model: what is asked of people's own videos is not kept on disk."""
    return checked(
        {
            "run": NO_TABLE,
            "data": {"train": NO_TABLE},
            "model": {"model_name_or_path": checkpoint, "engine": engine, "dtype": dtype},
            "frames": {"cache_gib": 0, **(frames or {})},
            "generate": {"max_new_tokens": 256},
        }
    )


def _of_run(run: Path) -> tuple[Config, str, str]:
    """The best checkpoint, or the newest that is whole, or the base."""
    config, store = read_config(run), RunStore(run)
    if store.best.exists():
        best = read_json(store.best)
        return config, _placed(run, str(best["checkpoint"])), f"{best['name']} of {run}"
    rows = list(whole_rows(store.metrics))
    newest = next((row for row in reversed(rows) if row.get("trained")), None)
    if newest is not None:
        return config, _placed(run, str(newest["checkpoint"])), f"{newest['name']} of {run}, which is not finished"
    if not cycles(store) and not store.ingested.exists():
        raise RunError(f"{run} has not begun: nothing is trained there; `videostar run` begins it")
    return config, config.model.model_name_or_path, f"the base of {run}, which has trained nothing yet"


def _placed(run: Path, checkpoint: str) -> str:
    inside = run / checkpoint
    return str(inside) if inside.exists() else checkpoint
