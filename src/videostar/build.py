"""The only place where a name in a config becomes an adapter. Heavy imports happen here, when a name is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from videostar.config import Config
from videostar.ports import Embedder, Executor, Judge, Request, Trainer, TrainingJob, TrainingResult, VideoModel, Watcher
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
        """What fine-tunes, with the memory that the held model takes freed first; its videos are relative to `root`."""
        return self.freeing_memory(TRAINERS[self._config.model.engine](self._config, frames, root))

    def freeing_memory(self, trainer: Trainer) -> Trainer:
        """A trainer before which no model is held."""
        return _AfterClosing(self, trainer)

    def close(self) -> None:
        """Let go of the model that is held: its memory, or its server."""
        if self._held is not None:
            self._held[1].close()

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


class _AfterClosing:
    """A trainer that finds the memory free: no model is held, and no server of ours runs."""

    def __init__(self, adapters: ConfiguredAdapters, trainer: Trainer) -> None:
        self._adapters = adapters
        self._trainer = trainer

    def train(self, job: TrainingJob, watch: Watcher) -> TrainingResult:
        """As the trainer itself."""
        self._adapters.close()
        return self._trainer.train(job, watch)


def _transformers_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar import checkpoints
    from videostar.models.transformers import TransformersModel

    checkpoints.check(checkpoint)  # a folder that lacks something is told before any video is read
    return TransformersModel(checkpoint, config.model)


def _server_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar.models.hosts import FixedHost
    from videostar.models.server import ServerModel

    base, served = config.model.model_name_or_path, config.server.model
    name = served if served is not None and checkpoint == base and "{checkpoint}" not in served else checkpoint
    return ServerModel(name, config.server, FixedHost(config.server, checkpoint, base), _trained_tokens(config, checkpoint))


def _managed_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar import checkpoints
    from videostar.models.managed import ManagedHost
    from videostar.models.server import ServerModel

    checkpoints.check(checkpoint)
    host = ManagedHost(config.server, checkpoint, config.run)
    return ServerModel(checkpoint, config.server, host, _trained_tokens(config, checkpoint))


def _trained_tokens(config: Config, checkpoint: str) -> Callable[[Request], int] | None:
    """How many tokens training shows before the answer to a request, where the checkpoint is a folder here."""
    if not Path(checkpoint).expanduser().is_dir():
        return None
    from videostar.models.trained_prompt import TrainedPrompt

    return TrainedPrompt(checkpoint, config.model).tokens


def _scripted_model(config: Config, checkpoint: str) -> VideoModel:
    from videostar.models.scripted import ScriptedModel

    return ScriptedModel(checkpoint)


def _fine_tuner(config: Config, frames: FrameStore, root: Path) -> Trainer:
    from videostar.training.finetune import FineTuner

    return FineTuner(config, frames, root)


def _scripted_trainer(config: Config, frames: FrameStore, root: Path) -> Trainer:
    from videostar.training.scripted import ScriptedTrainer

    return ScriptedTrainer()


MODELS: dict[str, Callable[[Config, str], VideoModel]] = {
    "transformers": _transformers_model,
    "server": _server_model,
    "managed": _managed_model,
    "scripted": _scripted_model,
}
TRAINERS: dict[str, Callable[[Config, FrameStore, Path], Trainer]] = {
    "transformers": _fine_tuner,
    "server": _fine_tuner,
    "managed": _fine_tuner,
    "scripted": _scripted_trainer,
}
