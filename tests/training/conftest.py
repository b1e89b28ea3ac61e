from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.models.tiny_checkpoint import build

torch.set_num_threads(1)  # a model this small is slower on several


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checkpoint folder, shared: nobody writes into it."""
    return build(tmp_path_factory.mktemp("checkpoint"))
