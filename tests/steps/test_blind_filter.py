"""What the base answers right without the video is left out, once and for all cycles; what needs looking at stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.conftest import render_clip, rows_of, sample_row, write_table
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.loop import stages
from videostar.models.scripted import ScriptedModel
from videostar.ports import Request, Silent, VideoModel
from videostar.store import RunStore, read_json

RIGHT, WRONG = "The person does yoga on a mat.", "The person is running."


class _Adapters(ConfiguredAdapters):
    """A base that guesses "guess" right with its eyes shut, and whose later checkpoints guess everything right."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.base = config.model.model_name_or_path
        self.blind: list[tuple[str, str]] = []

    def model(self, checkpoint: str) -> VideoModel:
        def replies(request: Request) -> Sequence[str]:
            if request.frames is None:
                self.blind.append((request.sample_id, checkpoint))
                return (RIGHT if request.sample_id == "guess" or checkpoint != self.base else WRONG,)
            return (WRONG,) if request.sample_id == "fail" else (RIGHT,)

        return ScriptedModel(replies)


def _ran(tmp_path: Path, filtered: bool) -> tuple[RunStore, _Adapters]:
    render_clip(tmp_path / "clips" / "a.mp4", 90)
    table = write_table(tmp_path / "train.jsonl", [sample_row(name) for name in ("fail", "guess", "look")])
    script = tmp_path / "script.json"
    script.write_text('{"rules": []}', encoding="utf-8")
    config = checked(
        {
            "run": str(tmp_path / f"run-{filtered}"),
            "cycles": 2,
            "data": {"train": str(table)},
            "model": {"model_name_or_path": str(script), "engine": "scripted"},
            "frames": {"cache": str(tmp_path / "cache"), "num_frames": 4},
            "rationalize": {"enabled": False},
            "select": {"blind_filter": filtered},
        }
    )
    adapters = _Adapters(config)
    for _ in stages(config, adapters, Silent()):
        pass
    return RunStore(config.run), adapters


def test_what_is_answered_blind_is_left_out_of_every_cycle(tmp_path: Path) -> None:
    store, adapters = _ran(tmp_path, filtered=True)
    for cycle in (1, 2):
        entry = read_json(store.ledger)[f"cycle-{cycle}"]
        assert entry["kept"] == 1
        assert entry["dropped"] == {"answered right without the video": 1, "wrong": 1}
        assert {row["sample_id"] for row in rows_of(store.cycle(cycle).conversations)} == {"look"}
    # Asked once, of the base: a trained model would guess what it was taught.
    assert sorted(adapters.blind) == [(name, adapters.base) for name in ("fail", "guess", "look")]
    assert {row["frames"]["policy"] for row in rows_of(store.cycle(1).blind_answers)} == {"no frames"}
    assert not store.cycle(2).blind_answers.exists()


def test_without_the_filter_nobody_asks_blind(tmp_path: Path) -> None:
    store, adapters = _ran(tmp_path, filtered=False)
    assert sorted(adapters.blind) == []
    assert {row["sample_id"] for row in rows_of(store.cycle(1).conversations)} == {"guess", "look"}
