"""One untrained tiny model and its processor for all tests of the playground."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def processor() -> Any:
    from videostar.playground.folder import new_processor, train_tokenizer

    return new_processor(train_tokenizer())


@pytest.fixture(scope="session")
def untrained(processor: Any) -> Any:
    from videostar.playground.architecture import new_model, tiny_config
    from videostar.playground.folder import special_ids

    return new_model(tiny_config(len(processor.tokenizer), special_ids(processor.tokenizer)), seed=0).eval()
