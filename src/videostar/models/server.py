"""A model behind a server that speaks the OpenAI chat protocol, as a `VideoModel`: vLLM, SGLang, `transformers serve`, hosted APIs.

Every candidate is one call with a seed of its own. Before the first question the server is tried with four small frames, so that a
wrong name, key or form of video ends the run at once; afterwards one request that fails costs one row, and a server that is gone ends
the run with what was answered kept.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from videostar.errors import ServerError
from videostar.models import chat
from videostar.models.dialects import DIALECTS
from videostar.models.endpoint import Endpoint, Failure
from videostar.models.hosts import Host
from videostar.models.prompt_check import PromptCheck
from videostar.models.video_parts import Parts, parts
from videostar.ports import Decoding, Reply, Request
from videostar.server_config import ModelServerConfig
from videostar.types import FrameRecord, Message
from videostar.video.frames import Frames

MOST_REPLY_BYTES = 4 << 20
ONE_TOKEN = Decoding(0.0, 1.0, 1)
REASONS = {"unseen": "video not seen", "unusable": "server reply unusable"}
NO_START = (
    "an answer that is begun for the model cannot be asked of a server: the chat protocol has no common way to say it; "
    "measure the checkpoint with `model.engine: transformers`"
)
REMEDY = "Nothing that was answered is lost: the same command goes on from here."


class _Failed(Exception):  # noqa: N818 - what a call came to
    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.message)


@dataclass(frozen=True, slots=True)
class _Open:
    """A server in use."""

    endpoint: Endpoint
    model: str
    check: PromptCheck


class ServerModel:
    """Answers with what `host` serves, opened at the first question.

    name: what answers record. trained: tokens of a request's prompt as training shows it, where the checkpoint is at hand.
    wait_seconds: before the first retry of a call.
    """

    def __init__(
        self,
        name: str,
        settings: ModelServerConfig,
        host: Host,
        trained: Callable[[Request], int] | None = None,
        wait_seconds: float = 1.0,
    ) -> None:
        self._name = name
        self._settings = settings
        self._host = host
        self._trained = trained if settings.check_video == "trained" else None
        self._wait_seconds = wait_seconds
        self._dialect = DIALECTS[settings.dialect]
        self._opened: _Open | None = None

    @property
    def name(self) -> str:
        """The checkpoint, or the server's name for it."""
        return self._name

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        """For each request, one reply per seed; "error" for a call that fails for good.

        Raises `ServerError` when the server is gone, and for a request with a `start`.
        """
        if any(request.start for request in requests):
            raise ServerError(NO_START)
        service = self._service()
        with ThreadPoolExecutor(self._settings.parallel, "server") as pool:
            try:
                futures = [row for request in requests for row in self._submitted(pool, service, request, decoding)]
                replies = [future.result() for future in futures]
            except BaseException:
                service.endpoint.stop()  # what still waits ends now, so that an interrupted run does not wait for it
                pool.shutdown(wait=False, cancel_futures=True)
                self.close()
                raise
        self._refuse_a_server_that_is_gone(service, replies)
        rest = iter(reply for reply, _ in replies)
        return [[next(rest) for _ in request.seeds] for request in requests]

    def close(self) -> None:
        """End a server of our own; the next `answer` opens it again."""
        self._opened = None
        self._host.close()

    def _submitted(
        self, pool: ThreadPoolExecutor, service: _Open, request: Request, decoding: Decoding
    ) -> list[Future[tuple[Reply, Failure | None]]]:
        clip = _Clip(request.frames, self._settings, self._form, len(request.seeds))
        return [pool.submit(self._one, service, request, decoding, (clip, seed)) for seed in request.seeds]

    def _one(self, service: _Open, request: Request, decoding: Decoding, how: tuple[_Clip, int]) -> tuple[Reply, Failure | None]:
        """One candidate, checked for having seen its video; the failure is what its call came to."""
        clip, seed = how
        try:
            with clip.parts() as shown:
                said = self._said(service, request, shown, decoding, seed)
            self._refuse_unseen(service, request, said)
        except _Failed as failed:
            why = REASONS.get(failed.failure.why, f"server {failed.failure.why}")
            return Reply("", "error", 0, error=f"{why}: {failed.failure.message}"), failed.failure
        return said.reply, None

    def _said(self, service: _Open, request: Request, shown: Parts, decoding: Decoding, seed: int) -> chat.Said:
        body = service.endpoint.call(self._payload(service.model, request, shown, (decoding, seed)), seed)
        if isinstance(body, Failure):
            raise _Failed(body)
        said = chat.read(body)
        if isinstance(said, str):
            raise _Failed(Failure("unusable", said))
        return said

    def _refuse_unseen(self, service: _Open, request: Request, said: chat.Said) -> None:
        """Raise `_Failed` for an answer that cannot be one about the video."""
        if request.frames is None or self._settings.check_video == "off":
            return
        if said.prompt_tokens is None:
            raise ServerError(
                "the server does not say how many tokens a prompt has (usage.prompt_tokens), so whether it sees the videos cannot be told; "
                "`server.check_video: off` takes its word for it"
            )
        if problem := service.check.problem(request, said.prompt_tokens):
            raise _Failed(Failure("unseen", problem))

    def _payload(self, model: str, request: Request, shown: Parts, how: tuple[Decoding, int]) -> dict[str, Any]:
        fields = {
            "model": model,
            "messages": chat.turns(request.messages, shown),
            **self._dialect.drawn(*how),
            **(self._dialect.with_video if shown else {}),
            **self._settings.extra,
        }
        return {name: value for name, value in fields.items() if value is not None}

    @property
    def _form(self) -> str:
        return self._settings.video_part or self._dialect.video_part

    def _service(self) -> _Open:
        """The server, opened and tried."""
        if self._opened is None:
            address = self._host.open()
            settings = self._settings.model_copy(update={"url": address.url})
            endpoint = Endpoint(settings, "chat/completions", MOST_REPLY_BYTES, self._wait_seconds, lambda: bool(self._host.ended()))
            service = _Open(endpoint, address.model, PromptCheck(lambda request: self._text_tokens(service, request), self._trained))
            try:
                self._try(service)
            except BaseException:
                self.close()
                raise
            self._opened = service
        return self._opened

    def _text_tokens(self, service: _Open, request: Request) -> int:
        """The server's own count of the request's prompt without its video."""
        said = self._said(service, replace(request, frames=None), [], ONE_TOKEN, 0)
        if said.prompt_tokens is None:
            raise _Failed(Failure("unusable", "usage.prompt_tokens is missing"))
        return said.prompt_tokens

    def _try(self, service: _Open) -> None:
        """Raise `ServerError` unless a question about four small frames is answered, and by a model that sees them."""
        request = Request("(trial)", (Message("user", "What happens?"),), _trial_frames(), (0,))
        check = PromptCheck(lambda asked: self._text_tokens(service, asked), None)
        trial = _Open(service.endpoint, service.model, check)
        reply, failure = self._one(trial, request, ONE_TOKEN, (_Clip(request.frames, self._settings, self._form, 1), 0))
        if failure is None:
            return
        where = f"the server for {self._name} ({service.model})"
        if ended := self._host.ended():
            raise ServerError(f"{where}: {ended}\n{REMEDY}")
        if failure.may_pass and not (failure.status is not None and self._answers_texts(trial, request)):
            raise ServerError(f"{where} does not answer: {failure.message}. {REMEDY}")
        raise ServerError(
            f'{where} cannot be asked about a video in the form "{self._form}": {reply.error}. '
            "docs/servers.md says which server takes which `server.video_part`, and how it is started"
        )

    def _answers_texts(self, service: _Open, request: Request) -> bool:
        """Whether the same question is answered without its video; some servers say 500 to a form that they do not take."""
        try:
            return self._text_tokens(service, request) >= 0
        except _Failed:
            return False

    def _refuse_a_server_that_is_gone(self, service: _Open, replies: Sequence[tuple[Reply, Failure | None]]) -> None:
        """A failure is a row's own only if the server still answers; else the batch is not kept, and asked again on resuming."""
        failures = [failure for _, failure in replies if failure is not None]
        if failures and (len(failures) == len(replies) or any(failure.may_pass for failure in failures)):
            try:
                self._try(service)
            except ServerError:
                self.close()
                raise


class _Clip:
    """The content parts of one request: made by the first of its candidates that is asked, let go after the last."""

    def __init__(self, frames: Frames | None, settings: ModelServerConfig, form: str, candidates: int) -> None:
        self._frames = frames
        self._form = form
        self._place = settings.video_folder and settings.video_folder.expanduser()
        self._left = candidates
        self._lock = threading.Lock()
        self._made: tuple[Parts, tempfile.TemporaryDirectory[str]] | None = None

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """Parts that stay valid inside."""
        if self._frames is None:
            yield []
            return
        with self._lock:
            if self._made is None:
                if self._place is not None:
                    self._place.mkdir(parents=True, exist_ok=True)
                folder = tempfile.TemporaryDirectory(prefix="videostar-clip-", dir=self._place)
                self._made = parts(self._form, self._frames, Path(folder.name)), folder
            made = self._made[0]
        try:
            yield made
        finally:
            with self._lock:
                self._left -= 1
                if self._left == 0:
                    self._made[1].cleanup()
                    self._made = None


def _trial_frames() -> Frames:
    """Four frames of 112 x 112: a bright square that moves over grey."""
    pixels = np.full((4, 112, 112, 3), 90, np.uint8)
    for index in range(4):
        pixels[index, 40:72, 24 * index : 24 * index + 32] = 220
    times = (0.25, 0.75, 1.25, 1.75)
    return Frames(pixels, times, 2.0, FrameRecord("trial", times))
