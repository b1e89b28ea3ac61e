"""docs/servers.md names what there is, and its configs are ones that are accepted."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from videostar.config import checked
from videostar.models.dialects import DIALECTS
from videostar.models.endpoint import AGAIN, LONGEST_WAIT_SECONDS
from videostar.models.video_parts import FORMS

PAGE = (Path(__file__).parents[1] / "docs" / "servers.md").read_text(encoding="utf-8")


def test_every_config_on_the_page_is_accepted() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    configs = [checked({"run": "r", "data": {"train": "t.jsonl"}, **yaml.safe_load(block)}) for block in blocks]
    assert {config.server.dialect for config in configs} == set(DIALECTS)
    assert {config.model.engine for config in configs} == {"server", "managed"}


def test_every_form_stands_on_the_page_with_who_takes_it() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE, re.MULTILINE))
    assert set(FORMS) <= set(rows)
    names = {"vllm": "vLLM", "sglang": "SGLang", "transformers": "transformers serve", "openai": "hosted APIs"}
    for dialect, settings in DIALECTS.items():
        assert f"{names[dialect]} (default)" in rows[settings.video_part]


def test_what_is_tried_again_is_what_the_page_says() -> None:
    said = re.search(r"^\| ([\d, ]+), 5xx, .* at most (\d+) \|$", PAGE, re.MULTILINE)
    assert said is not None
    assert {int(status) for status in said[1].split(", ")} == {status for status in AGAIN if status < 500}
    assert float(said[2]) == LONGEST_WAIT_SECONDS
