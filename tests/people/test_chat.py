"""A conversation: what the model is told and shown, what is forgotten, what a person sees of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import render_clip
from tests.video.rendered import number_of, write_numbered
from videostar.errors import DataError, UserError
from videostar.people.chat import Chat
from videostar.people.moments import clock, moment_in
from videostar.people.opening import Opened, opened
from videostar.people.terminal import talk
from videostar.ports import Decoding, Reply, Request

Ready = Callable[..., Opened]
VIDEOSTAR = Path(sys.executable).with_name("videostar")


class Narrow:
    """A model whose context holds `words` words, and that answers with what it was asked last."""

    name = "narrow"

    def __init__(self, words: int) -> None:
        self.words, self.told = words, list[Request]()

    def answer(self, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
        self.told += requests
        return [[self._reply(request)] for request in requests]

    def close(self) -> None:
        return None

    def _reply(self, request: Request) -> Reply:
        length = sum(len(message.content.split()) for message in request.messages)
        return Reply("", "error", 0) if length > self.words else Reply(f"about {request.messages[-1].content}", "stop", 3)


@pytest.mark.parametrize(
    ("question", "stretch"),
    [
        ("What happens at 0:12?", (10.5, 13.5)),
        ("what happens at 12 s", (10.5, 13.5)),
        ("And around 12.5 seconds?", (11.0, 14.0)),
        ("What is there at about 1:02:03?", (3721.5, 3724.5)),
        ("What does she do at second 7?", (5.5, 8.5)),
        ("Describe 0:05-0:09", (5.0, 9.0)),
        ("What happens between 3 and 5 seconds?", (3.0, 5.0)),
        ("What happens from 0:10 to 0:08?", (8.0, 10.0)),
        ("at 1 s?", (0.0, 2.5)),
        ("Does it take 5 seconds?", None),
        ("How many turns at the end?", None),
        ("Did he win 3:2 at home?", None),
    ],
)
def test_only_words_that_point_make_a_time_a_moment(question: str, stretch: tuple[float, float] | None) -> None:
    assert moment_in(question) == stretch


def test_clock_is_what_players_show() -> None:
    assert [clock(seconds) for seconds in (0, 12.44, 59.96, 75, 3723.5)] == ["0:00", "0:12.4", "1:00", "1:15", "1:02:03.5"]


def test_a_second_question_comes_after_the_first_and_its_answer(ready: Ready, clip: Path) -> None:
    seen: list[Request] = []

    def says(request: Request) -> list[str]:
        seen.append(request)
        return [f"answer {len(seen)}"]

    chat = Chat(ready(says))
    chat.show(clip)
    assert chat.ask("What is it?").answer == "answer 1"
    chat.ask("  Why? ")
    assert [(message.role, message.content) for message in seen[1].messages] == [
        ("user", "What is it?"),
        ("assistant", "answer 1"),
        ("user", "Why?"),
    ]
    assert seen[0].frames is seen[1].frames
    assert len({request.seeds for request in seen}) == 2


def test_a_model_of_ours_is_asked_as_it_was_trained(ready: Ready, clip: Path) -> None:
    model = Narrow(100)
    chat = Chat(replace(ready(model), trained_here=True))
    chat.show(clip)
    for question in ("How many turns?", "Does it fall?", "When does it fall?", "Is it red or blue?", "Why?"):
        assert chat.ask(question).question == question
    told = [message.content for message in model.told[-1].messages if message.role == "user"]
    assert told == [
        "How many turns?\nAnswer with one whole number.",
        "Does it fall?\nAnswer yes or no.",
        "When does it fall?\nGive the time in seconds from the start of the clip.",
        "Is it red or blue?",
        "Why?",
    ]


def test_the_oldest_turns_go_first_and_frames_never(ready: Ready, clip: Path) -> None:
    model = Narrow(20)
    chat = Chat(ready(model))
    whole = chat.show(clip).whole
    turns = [chat.ask(f"question number {number} here") for number in range(4)]
    assert [turn.forgotten for turn in turns] == [0, 0, 1, 1]
    assert turns[2].note == "the oldest turn is forgotten, so that the rest fits the model's context"
    last = model.told[-1].messages
    assert [message.content for message in last] == ["question number 2 here", "about question number 2 here", "question number 3 here"]
    assert all(request.frames is whole for request in model.told)
    with pytest.raises(UserError, match="do not fit the model's context together; ask in fewer words"):
        chat.ask("word " * 30)
    assert chat.ask("still there").answer == "about still there"


def test_a_question_about_a_moment_is_answered_on_the_frames_there(ready: Ready, tmp_path: Path) -> None:
    video = write_numbered(tmp_path / "long.mp4", [number / 10 for number in range(200)])  # frame n at n / 10 s
    model = Narrow(100)
    chat = Chat(ready(model))
    chat.show(video)
    turn = chat.ask("What happens at 0:12?")
    assert turn.looked_at == (10.5, 13.5)
    assert turn.note == "looked at 0:10.5 to 0:13.5"
    frames = model.told[-1].frames
    assert frames is not None
    assert all(10.5 <= seconds <= 13.5 for seconds in frames.timestamps_seconds)
    shown = [number_of(pixels) for pixels in frames.pixels]
    assert shown == [round(10 * seconds) for seconds in frames.timestamps_seconds]
    assert chat.ask("And in all?").looked_at is None
    assert model.told[-1].frames is chat.current.whole
    with pytest.raises(UserError, match=r"the video ends at 0:19\.9; ask about a moment before that"):
        chat.ask("What happens at 2:00?")


def test_each_video_has_its_own_history(ready: Ready, clip: Path, tmp_path: Path) -> None:
    model = Narrow(100)
    chat = Chat(ready(model))
    chat.show(clip)
    chat.ask("first")
    chat.show(render_clip(tmp_path / "b.mp4", 200))
    chat.ask("second")
    assert len(model.told[-1].messages) == 1
    with pytest.raises(DataError, match=r"gone\.mp4 cannot be used: missing: no such file; give a video file"):
        chat.show(tmp_path / "gone.mp4")
    assert chat.current.video.name == "b.mp4"
    chat.show(clip)
    chat.ask("third")
    assert model.told[-1].messages[0].content == "first"


def test_what_was_said_is_saved_as_markdown_and_json(ready: Ready, clip: Path, tmp_path: Path) -> None:
    chat = Chat(ready(lambda _: ["A square moves."]))
    chat.show(clip)
    chat.ask("What happens?")
    assert "**What happens?**\n\nA square moves." in chat.save(tmp_path / "talk.md").read_text()
    saved = json.loads(chat.save(tmp_path / "talk.json").read_text())
    assert saved["videos"][0]["turns"][0]["answer"] == "A square moves."


def test_control_characters_of_a_model_do_not_reach_the_terminal(ready: Ready, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = Chat(ready(lambda _: ["red \x1b[2J\x07 square"]))
    chat.show(clip)
    talk(chat, iter(["What is it?\n"]))
    assert "\x1b" not in (out := capsys.readouterr().out)
    assert "red \\x1b[2J\\x07 square" in out


def test_over_a_pipe_with_mistakes_on_the_way(clip: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": [{"contains": "colour", "replies": ["It is red."]}], "default": ["I cannot tell."]}))
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    render_clip(tmp_path / "b.mp4", 200)
    first = ["Which colour?", "", "/vidoes", "/video broken.mp4", "/video b.mp4", "What happens at 0:59?"]
    said = "\n".join([*first, "/all Which colour?", "/save talk.md", "/videos", "/quit", "no"])
    command = [VIDEOSTAR, "chat", clip.name, "--model", "script.json"]
    done = subprocess.run(command, cwd=tmp_path, input=said, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "a.mp4 (0:02), with the script script.json; /help lists commands"
    assert lines[1:3] == ["> Which colour?", "It is red."]
    assert "now about b.mp4 (0:02)" in lines
    assert [line for line in lines if line.startswith(("a.mp4:", "b.mp4:"))] == ["a.mp4: It is red.", "b.mp4: It is red."]
    assert lines[-3:-1] == [" 1 a.mp4 (0:02), 2 turns", "*2 b.mp4 (0:02), 1 turn"]
    assert 'there is no /vidoes (did you mean "/videos"?); allowed are /video, ' in done.stderr
    assert "broken.mp4 cannot be used: unreadable: " in done.stderr
    assert "the video ends at 0:02; ask about a moment before that" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "talk.md").read_text().count("It is red.") == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.mp4", "--model", "script.json"], "gone.mp4 cannot be used: missing: no such file"),
        (["a.mp4", "--model", "./nowhere"], '"./nowhere" is neither a run directory (with config.yaml) nor a checkpoint folder'),
    ],
)
def test_mistakes_show_no_traceback(clip: Path, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "script.json").write_text("{}")
    done = subprocess.run([VIDEOSTAR, "chat", *words], cwd=tmp_path, input="", capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_embedded_model_encodes_a_video_once_and_speaks_word_by_word(tmp_path: Path) -> None:
    from videostar.models.transformers import TransformersModel

    looked: list[int] = []
    with opened() as ready:
        model = ready.model
        assert isinstance(model, TransformersModel)
        loaded = model._load()
        visual = next(module for name, module in loaded.model.named_modules() if name.rpartition(".")[2] == "visual")
        visual.register_forward_pre_hook(lambda *_: looked.append(1))
        chat = Chat(ready, max_new_tokens=48)
        chat.show(render_clip(tmp_path / "a.mp4", 90))
        pieces: list[str] = []
        first = chat.ask("Describe the video.", pieces.append)
        assert "".join(pieces).strip() == first.answer
        assert len(pieces) > 3
        chat.ask("Why?")
        assert looked == [1]
        room = loaded.encoder.prompt(
            Request("-", (_user("Describe the video."),), chat.current.whole, ()).messages, chat.current.whole
        ).length
        model._loaded = replace(loaded, context=room + 48 + 2)
        turn = chat.ask("What do you see?")
        assert turn.forgotten == 2
        assert turn.answer
        assert looked == [1]


def _user(text: str):  # type: ignore[no-untyped-def]
    from videostar.types import Message

    return Message("user", text)
