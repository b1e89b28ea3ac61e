"""The only place where a name in a config becomes an adapter. Heavy imports happen here, when a name is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from videostar.config import Config
from videostar.ports import Embedder, Executor, Judge, Trainer, VideoModel
from videostar.video.store import FrameStore


class ConfiguredAdapters:
    """The adapters of one config. One model is held at a time: asking for another checkpoint closes the last."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._held: tuple[str, VideoModel] | None = None

    def frames(self) -> FrameStore:
        """Frames by the config's policy."""
        return FrameStore(self._config.frames)

    def model(self, checkpoint: str) -> VideoModel:
        """A model that loads itself when it is first asked."""
        if self._held is not None and self._held[0] == checkpoint:
            return self._held[1]
        if self._held is not None:
            self._held[1].close()
        model = MODELS[self._config.model.engine](self._config, checkpoint)
        self._held = (checkpoint, model)
        return model

    def trainer(self, frames: FrameStore, root: Path) -> Trainer:
        """What fine-tunes; its videos are relative to `root`."""
        return TRAINERS[self._config.model.engine](self._config, frames, root)

    def judge(self) -> Judge | None:
        """The judge model's server, where one is configured."""
        if self._config.judge.url is None:
            return None
        from videostar.models.judge_server import JudgeServer

        return JudgeServer(self._config.judge)

    def embedder(self) -> Embedder | None:
        """The text encoder's folder or server, where one is configured."""
        settings = self._config.embedder
        if settings.folder is not None:
            from videostar import checkpoints
            from videostar.models.text_encoder import TextEncoder

            checkpoints.check_text_encoder(str(settings.folder))  # what it lacks is told before any video is read
            return TextEncoder(settings.folder)
        if settings.url is None:
            return None
        from videostar.models.embedding_server import EmbeddingServer

        return EmbeddingServer(settings)

    def executor(self) -> Executor | None:
        """The Ray cluster, where it is configured."""
        if self._config.generate.executor == "local":
            return None
        from videostar.executors.ray import RayExecutor

        return RayExecutor(self._config.generate.workers)


def _transformers_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar import checkpoints
    from videostar.models.transformers import TransformersModel

    checkpoints.check(checkpoint)  # a folder that lacks something is told before any video is read
    return TransformersModel(checkpoint, config.model)


def _scripted_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar.models.scripted import ScriptedModel

    return ScriptedModel(checkpoint)


def _fine_tuner(config: Config, frames: FrameStore, root: Path) -> Trainer:
    from videostar.training.finetune import FineTuner

    return FineTuner(config, frames, root)


def _scripted_trainer(config: Config, frames: FrameStore, root: Path) -> Trainer:
    from videostar.training.scripted import ScriptedTrainer

    return ScriptedTrainer()


MODELS: dict[str, Callable[[Config, str], VideoModel]] = {"transformers": _transformers_model, "scripted": _scripted_model}
TRAINERS: dict[str, Callable[[Config, FrameStore, Path], Trainer]] = {"transformers": _fine_tuner, "scripted": _scripted_trainer}
