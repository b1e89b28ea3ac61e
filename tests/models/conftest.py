from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.models.loopback import Server
from tests.models.tiny_checkpoint import build

torch.set_num_threads(1)  # a model this small is slower on several


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checkpoint folder, shared: nobody writes into it."""
    return build(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on the loopback."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.released.set()
    made.shutdown()
    made.server_close()
