"""The page behind its guard on a socket: one address, videos at an address of their own, everything ended and deleted at the end."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from videostar.app.browse_keeping import Keeper
from videostar.app.context import Context
from videostar.app.guard import Guard
from videostar.app.media import PREFIX, TYPES
from videostar.errors import RunError

FIRST_PORT, PORTS = 7860, 20
ENDING_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """Where the app listens. port: None takes the first free one. token: what a browser must know; "" on loopback only."""

    host: str = "127.0.0.1"
    port: int | None = None
    token: str = ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def serve(context: Context, binding: Binding, started: Callable[[str], None]) -> None:
    """Serve until interrupted. started: told the address once the page can be opened.

    Raises `RunError` where the address cannot be listened at.
    """
    import uvicorn

    with listening(binding) as sock:
        address = address_of(binding, sock.getsockname()[1])
        app = application(context, binding)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started(address)

        signal.signal(signal.SIGTERM, _end)
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=ENDING_SECONDS)
        threading.Thread(target=context.model.warm, daemon=True, name="model").start()
        with Keeper(context):
            Server(config).run([sock])


def _end(*_: object) -> None:
    """Being told to end is as good as Ctrl-C: what was uploaded is deleted."""
    raise KeyboardInterrupt


def listening(binding: Binding) -> socket.socket:
    """A socket that is bound. Raises `RunError` with what to do."""
    ports = range(FIRST_PORT, FIRST_PORT + PORTS) if binding.port is None else [binding.port]
    problem = ""
    for port in ports:
        try:
            family, kind, _, _, place = socket.getaddrinfo(binding.host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
            sock = socket.socket(family, kind)
            try:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(place)
            except OSError:
                sock.close()
                raise
            return sock
        except OSError as error:
            problem = error.strerror or str(error)
    named = f"{ports[0]}" if len(ports) == 1 else f"{ports[0]} to {ports[-1]}"
    raise RunError(f"cannot listen at {binding.host}, port {named}: {problem}; give another --host or --port")


def address_of(binding: Binding, port: int) -> str:
    """What a person opens."""
    host = f"[{binding.host}]" if ":" in binding.host and not binding.host.startswith("[") else binding.host
    return f"http://{host}:{port}/" + (f"?token={binding.token}" if binding.token else "")


def application(context: Context, binding: Binding) -> Guard:
    """The ASGI app."""
    os.environ["GRADIO_TEMP_DIR"] = str(context.uploads.incoming)  # where the framework puts what arrives
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, Response

    from videostar.app.page import page

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route(PREFIX + "{address:path}", methods=["GET", "HEAD"])
    def media(address: str) -> Response:
        found = context.media.file_of(address)
        if found is None:
            return Response("There is no such video.\n", 404, media_type="text/plain")
        return FileResponse(found, media_type=TYPES[found.suffix.lower()], headers={"cache-control": "private, max-age=600"})

    made = page(context)
    megabytes = context.uploads.limits.megabytes
    shut: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    mounted = gr.mount_gradio_app(
        app,
        made.blocks,
        "/",
        server_name=binding.host,
        footer_links=[],
        run_history=False,
        app_kwargs=shut,
        allowed_paths=[],
        show_error=False,
        max_file_size=megabytes << 20,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        **made.looks,
    )
    made.blocks.has_launched = True  # else the framework, being mounted, would not look where a file lies that it is told to take
    hosts = ("127.0.0.1", "localhost", "[::1]", binding.host) if is_loopback(binding.host) else ()
    return Guard(mounted, binding.token, hosts, (megabytes + 1) << 20, context.uploads.incoming)
