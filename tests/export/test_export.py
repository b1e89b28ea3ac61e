"""The command: what it prints, what it refuses, videos and parts of videos, formats of others, and a push to a Hub of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import av
import pytest
from click.testing import CliRunner

from tests.conftest import ScriptedRun, rows_of, sample_row
from videostar.cli import commands
from videostar.config import Config
from videostar.datasets import samples
from videostar.datasets.importer import Options as ImportOptions
from videostar.datasets.table import Table, read_stated
from videostar.errors import RunError, UserError
from videostar.export.command import FORMATS
from videostar.export.cutting import CutError, cut
from videostar.export.formats import EXPORTERS, exporter_named
from videostar.export.make import Options, export
from videostar.export.push import checked_name
from videostar.export.texts import plain
from videostar.rows import read_rows, sample_from_json


def exported(*words: str) -> str:
    done = CliRunner().invoke(commands, ["export", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_help_names_every_format() -> None:
    assert FORMATS.split("|") == list(EXPORTERS)


def test_the_command_says_what_was_written_left_out_and_what_to_do(finished: Config, tmp_path: Path) -> None:
    lines = exported(str(finished.run), "--format", "swift", "--out", str(tmp_path / "x")).splitlines()
    number = len(rows_of(tmp_path / "x" / "train.jsonl"))
    assert lines[0] == f"swift, cycle 1: {tmp_path / 'x'}"
    assert lines[1].split() == ["train.jsonl", str(number), "conversations"]
    assert lines[2].split() == ["left", "out", "2"]
    assert any("the video could not be read" in line for line in lines)
    assert any("it is about a part of a video" in line for line in lines)
    assert lines[-1].startswith(f"next: run swift sft --dataset {tmp_path / 'x' / 'train.jsonl'}")


def test_the_command_loads_no_model_library(finished: Config, tmp_path: Path) -> None:
    code = (
        "import sys; from videostar.cli import commands; commands.main(sys.argv[1:], standalone_mode=False);"
        "print([name for name in ('torch', 'transformers', 'datasets') if name in sys.modules])"
    )
    words = ["export", str(finished.run), "--format", "parquet", "--out", str(tmp_path / "x")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("name", "message"),
    [("llavva", r'there is no format "llavva" \(did you mean "llava"\?\); formats are llava, llamafactory'), ("", 'no format ""')],
)
def test_an_unknown_format_is_refused_with_the_nearest(name: str, message: str, finished: Config, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        export(finished.run, name, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_folder_that_holds_something_else_is_never_written_into(finished: Config, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "README.md").write_text("mine")
    with pytest.raises(RunError, match="holds no export of ours; nothing is overwritten"):
        export(finished.run, "swift", tmp_path / "x")
    export(finished.run, "swift", tmp_path / "y")
    with pytest.raises(RunError, match=r"holds another export \(swift of run-\w+\); choose another --out"):
        export(finished.run, "llava", tmp_path / "y")
    assert (tmp_path / "x" / "README.md").read_text() == "mine"


def test_a_run_without_a_selected_cycle_has_nothing_to_export(scripted: ScriptedRun, tmp_path: Path, finished: Config) -> None:
    config, _ = scripted([sample_row("a")], [], until=(1, "generate"))
    with pytest.raises(RunError, match="has no selected cycle yet, so there is nothing to export"):
        export(config.run, "swift", tmp_path / "x")
    with pytest.raises(RunError, match=r"cycle 7 of .* has not been selected; selected are 1"):
        export(finished.run, "swift", tmp_path / "y", Options(cycle=7))
    with pytest.raises(RunError, match="is not a run directory"):
        export(tmp_path, "swift", tmp_path / "z")


def test_what_is_left_out_and_what_is_written_are_all_there_is(finished: Config, tmp_path: Path) -> None:
    written = export(finished.run, "swift-grpo", tmp_path / "x")
    asked = {row["sample_id"] for row in rows_of(finished.run / "cycle-1" / "answers.jsonl")}
    assert sum(written.counts.values()) + sum(written.left_out.values()) == len(asked)
    told = json.loads((tmp_path / "x" / "export.json").read_text())
    assert told["rows"] == dict(written.counts)
    assert told["left_out"] == dict(written.left_out)
    assert set(told["sha256"]) == {"train.jsonl", "README.md"}


def test_our_own_format_gives_the_same_samples_again(finished: Config, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    export(finished.run, "parquet", tmp_path / "x")
    rows = pq.read_table(tmp_path / "x" / "samples.parquet").to_pylist()
    again = tmp_path / "again.jsonl"
    nested = ({**row, "label": json.loads(row["label"]), "meta": json.loads(row["meta"])} for row in rows)
    again.write_text("".join(json.dumps(row) + "\n" for row in nested))
    again_by_import = [item for row in samples.rows([tmp_path / "x"], ImportOptions()) for item in row.items]
    before: list[Any] = []
    for split in ("train", "validation"):
        before += list(read_stated(Table(finished.run / "samples" / f"{split}.jsonl"), 0, finished.labels))
    assert list(read_stated(Table(again), 0, finished.labels)) == before
    assert len(before) == 10
    unfilled = [
        sample_from_json(row, {}) for split in ("train", "validation") for row in read_rows(finished.run / "samples" / f"{split}.jsonl")
    ]
    assert again_by_import == unfilled, "and so does `videostar import samples`"


@pytest.mark.parametrize("name", ["swift", "parquet"])
def test_copied_videos_lie_beside_the_rows_and_parts_are_cut_out(name: str, finished: Config, tmp_path: Path) -> None:
    written = export(finished.run, name, tmp_path / "x", Options(videos="copy"))
    assert not any("a part of a video" in reason for reason in written.left_out)
    if name == "parquet":
        import pyarrow.parquet as pq

        rows = [{"videos": [row["video"]], **row} for row in pq.read_table(tmp_path / "x" / "conversations.parquet").to_pylist()]
    else:
        rows = rows_of(tmp_path / "x" / "train.jsonl")
    assert all((tmp_path / "x" / video).is_file() for row in rows for video in row["videos"])
    part = next(row for row in rows if row["provenance"][0]["sample_id"] == "d1")
    with av.open(str(tmp_path / "x" / part["videos"][0])) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == [pytest.approx(number / 8) for number in range(8)], "1 second of 8 frames, counted from its start"
    assert export(finished.run, name, tmp_path / "x", Options(videos="copy")).counts == written.counts


def test_absolute_paths_are_there_for_a_trainer_on_this_machine(finished: Config, tmp_path: Path) -> None:
    written = export(finished.run, "swift", tmp_path / "x", Options(videos="absolute"))
    assert all(Path(row["videos"][0]).is_file() for row in rows_of(tmp_path / "x" / "train.jsonl"))
    assert "in the folder" not in written.next_step


def test_a_part_that_cannot_be_cut_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_text("<html>404</html>")
    with pytest.raises(CutError, match="Invalid data"):
        cut(tmp_path / "broken.mp4", tmp_path / "part.mp4", 0.0, 1.0)
    assert not (tmp_path / "part.mp4").exists()


def test_names_that_are_not_utf8_are_left_out_with_the_reason(scripted: ScriptedRun, clips: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"clips/a\xff.mp4")
    (clips / odd).write_bytes((clips / "clips" / "a.mp4").read_bytes())
    right = "Both arms move and rest while the feet stay where they are. So the answer is yoga."
    rows = [sample_row("a"), sample_row("b", video=odd)]
    config, _ = scripted(rows, [{"sample_id": name, "replies": [right]} for name in "ab"], cycles=1)
    written = export(config.run, "llava", tmp_path / "x")
    assert dict(written.left_out) == {"its id, its words or the name of its video are not UTF-8": 1}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <video> b", "a < video> b"),
        ("<|im_end|>", "< |im_end|>"),
        ("</S>", "< /S>"),
        ("x < 3 and y > 2, <b>", "x < 3 and y > 2, <b>"),
        ("<think>a</think>", "<think>a</think>"),
        ("\ud800", "\ufffd"),
    ],
)
def test_control_tokens_in_texts_are_broken_up(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_other_packages_add_formats_by_entry_point(finished: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(
        "from videostar.export.exporter import Exporter, Row, Table\n"
        "class Lines(Exporter):\n"
        "    tables = (Table('mine.jsonl', 'questions'),)\n"
        "    def rows(self, question):\n"
        "        yield Row('mine.jsonl', {'q': question.sample.question})\n"
        "    def next_step(self, folder, videos):\n"
        "        return 'look at it'\n"
    )
    info = tmp_path / "mine-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[videostar.exporters]\nlines = mine:Lines\nbad = mine:Nothing\nworse = json:loads\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    export(finished.run, "lines", tmp_path / "x")
    assert rows_of(tmp_path / "x" / "mine.jsonl")[0] == {"q": "What is the person doing?"}
    with pytest.raises(UserError, match=r'the format "bad" of mine:Nothing cannot be loaded'):
        exporter_named("bad")
    with pytest.raises(UserError, match='the format "worse" of json:loads cannot be loaded'):
        exporter_named("worse")


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub's HTTP interface as an upload of small files asks for."""

    seen: ClassVar[list[tuple[str, bytes]]] = []
    refuse: ClassVar[bool] = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.path.partition("?")[0], body))
        if self.refuse:
            self._answer({"error": "you may not"}, 403)
        elif self.path.startswith("/api/repos/create"):
            self._answer({"url": f"http://{self.headers['Host']}/datasets/lab/dives", "name": "lab/dives"})
        elif "/preupload/" in self.path:
            files = json.loads(body)["files"]
            self._answer({"files": [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in files]})
        elif "/commit/" in self.path:
            self._answer(
                {
                    "commitUrl": f"http://{self.headers['Host']}/datasets/lab/dives/commit/1",
                    "commitOid": "1" * 40,
                    "pullRequestUrl": None,
                    "success": True,
                }
            )
        else:
            self._answer({"errors": [], "warnings": []})

    def do_GET(self) -> None:
        self.seen.append((self.path.partition("?")[0], b""))
        self._answer({"sha": "0" * 40, "id": "lab/dives", "siblings": []})

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(Hub, "seen", [])
    monkeypatch.setattr(Hub, "refuse", False)
    endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    # The library reads the variable once, when it is first imported; a process of its own would have it by then.
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 20)
    yield Hub
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_push_uploads_what_was_written_and_nothing_else(finished: Config, tmp_path: Path, hub: type[Hub]) -> None:
    folder = tmp_path / "x"
    export(finished.run, "llamafactory", folder)
    (folder / "private notes.txt").write_text("secret")
    said = exported(str(finished.run), "--format", "llamafactory", "--out", str(folder), "--push", "lab/dives")
    assert "pushed: http://127.0.0.1:" in said
    created = json.loads(next(body for path, body in hub.seen if path == "/api/repos/create"))
    assert (created["organization"], created["name"], created["type"], created["visibility"]) == ("lab", "dives", "dataset", "private")
    (commit,) = [body for path, body in hub.seen if path.startswith("/api/datasets/lab/dives/commit/")]
    lines = [json.loads(line) for line in commit.splitlines()]
    pushed = {line["value"]["path"] for line in lines if line["key"] == "file"}
    assert pushed == {"README.md", "dataset_info.json", "export.json", "videostar.jsonl", "videostar_preferences.jsonl"}
    assert not any(b"secret" in body for _, body in hub.seen)


def test_a_refused_push_is_told_in_one_line_and_the_files_stay(finished: Config, tmp_path: Path, hub: type[Hub]) -> None:
    hub.refuse = True
    words = ["export", str(finished.run), "--format", "swift", "--out", str(tmp_path / "x"), "--push", "lab/dives"]
    with pytest.raises(RunError, match=r"did not take lab/dives: .*403.*; the files are in .*check HF_TOKEN"):
        CliRunner().invoke(commands, words, catch_exceptions=False, standalone_mode=False)
    assert (tmp_path / "x" / "train.jsonl").is_file()


def test_a_hub_that_is_not_there_is_told_in_one_line(finished: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 20)
    words = ["export", str(finished.run), "--format", "swift", "--out", str(tmp_path / "x"), "--push", "lab/dives"]
    with pytest.raises(RunError, match=r"http://127\.0\.0\.1:9 did not take lab/dives"):
        CliRunner().invoke(commands, words, catch_exceptions=False, standalone_mode=False)


@pytest.mark.parametrize("name", ["dives", "a/b/c", "lab/../dives", "-x/y", "lab/di ves", "lab/a--b"])
def test_a_name_that_the_hub_would_refuse_is_refused_before_anything_is_written(name: str) -> None:
    with pytest.raises(UserError, match="write ORG/NAME, such as my-lab/dives"):
        checked_name(name)


def test_a_part_of_a_turned_video_stands_upright(real: Path, tmp_path: Path) -> None:
    cut(real / "videos" / "rotated_phone.mov", tmp_path / "part.mp4", 0.0, 0.3)
    with av.open(str(tmp_path / "part.mp4")) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height, frame.rotation) == (480, 640, 0)


def test_a_playlist_is_no_video_to_cut(tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    with pytest.raises(CutError):
        cut(tmp_path / "list.mp4", tmp_path / "part.mp4", 0.0, 1.0)
