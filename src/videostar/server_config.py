"""The part of the config that is about servers: where they are, how they are asked, how one is started."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A frozen part of the config that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerConfig(Section):
    """A model behind an OpenAI-style server; off unless `url` is set."""

    url: str | None = Field(None, description="such as http://localhost:8000/v1")
    model: str | None = Field(None, description="as the server names it")
    key_variable: str | None = Field(None, description="environment variable that holds the key, where the server wants one")
    timeout_seconds: float = Field(30.0, gt=0, description="for one call, whatever the server does")
    retries: int = Field(2, ge=0)


class ModelServerConfig(ServerConfig):
    """Who answers where `model.engine` is `server` (at `url`) or `managed` (`command` is started for every checkpoint)."""

    dialect: Literal["vllm", "sglang", "transformers", "openai"] = Field("vllm", description="what kind of server it is")
    video_part: Literal["video_url_data", "video_path", "video_file_url", "images", "images_jpeg"] | None = Field(
        None, description="how frames travel; default: what suits the dialect"
    )
    video_folder: Path | None = Field(
        None, description="where clips that travel as files lie; the server must see it; default: a temporary one"
    )
    check_video: Literal["trained", "seen", "off"] = Field(
        "trained",
        description="compare the server's prompt with what training shows (where the checkpoint is here), or only that it is longer",
    )
    parallel: int = Field(16, ge=1, le=1024, description="calls at once")
    timeout_seconds: float = Field(600.0, gt=0, description="for one call, whatever the server does")
    retries: int = Field(4, ge=0)
    extra: dict[str, Any] = Field(default_factory=dict, description="further fields of every request; null takes one out")
    command: str | tuple[str, ...] | None = Field(None, description="starts a server; {checkpoint}, {port} and {python} are filled in")
    start_seconds: float = Field(1800.0, gt=0, description="from its start until it answers")
    stop_seconds: float = Field(30.0, ge=0, description="from SIGTERM to SIGKILL")


_NOT_ASKED = "url key_variable timeout_seconds retries parallel video_folder command start_seconds stop_seconds"
MAY_CHANGE = tuple(f"server.{name}:" for name in _NOT_ASKED.split())
"""Differences that leave a run what it was: where and how patiently its questions are asked, not what is asked."""


def engine_problems(engine: str, server: ModelServerConfig) -> list[str]:
    """What the section `server` lacks for the engine that wants it."""
    problems = []
    if engine == "server":
        problems += url_problems("server", server.url or "")
    if engine == "managed":
        words = server.command if isinstance(server.command, str) else " ".join(server.command or ())
        try:
            shlex.split(words if isinstance(server.command, str) else "")
        except ValueError as error:
            problems.append(f'"server.command" cannot be read as a command: {error}')
        missing = [name for name in ("{checkpoint}", "{port}") if name not in words]
        if missing:
            example = "vllm serve {checkpoint} --port {port}"
            problems.append(f'"server.command" lacks {" and ".join(missing)}; "model.engine: managed" wants one such as {example}')
        if server.url is not None:
            problems.append('"server.url" is set, and "model.engine: managed" chooses a port by itself; take one of them out')
    return problems


def url_problems(key: str, url: str) -> list[str]:
    """What is wrong with an address."""
    if url.startswith(("http://", "https://")):
        return []
    return [f'"{key}.url" is {url!r}; it starts with http:// or https://, such as http://localhost:8000/v1']
