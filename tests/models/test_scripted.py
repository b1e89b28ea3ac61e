from __future__ import annotations

import json
from pathlib import Path

import pytest

from videostar.errors import CheckpointError
from videostar.models.scripted import ScriptedModel
from videostar.ports import Decoding, Reply, Request
from videostar.types import Message

DECODING = Decoding(0.2, 1.0, 20)


def _request(text: str, sample_id: str = "k-1", n: int = 1) -> Request:
    return Request(sample_id, (Message("user", text),), None, tuple(range(n)))


def _script(folder: Path, content: object) -> Path:
    path = folder / "script.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_first_rule_that_fits_answers(tmp_path: Path) -> None:
    rules = [
        {"contains": "colour", "sample_id": "k-2", "replies": ["blue"]},
        {"contains": "colour", "replies": ["red", "rather red"]},
        {"equals": "Why?", "replies": ["Because."]},
    ]
    model = ScriptedModel(_script(tmp_path, {"rules": rules, "default": ["no idea"]}))
    asked = [_request("Which colour?", n=3), _request("Which colour?", "k-2"), _request("Why?"), _request("Why? Tell me.")]
    texts = [[reply.text for reply in row] for row in model.answer(asked, DECODING)]
    assert texts == [["red", "rather red", "red"], ["blue"], ["Because."], ["no idea"]]


def test_a_folder_with_a_script_is_a_checkpoint(tmp_path: Path) -> None:
    _script(tmp_path, {"rules": [], "default": ["hm"]})
    model = ScriptedModel(tmp_path)
    assert model.name == f"scripted:{tmp_path}"
    assert model.answer([_request("?")], DECODING) == [[Reply("hm", "stop", 1)]]


def test_a_function_is_a_script() -> None:
    model = ScriptedModel(lambda request: [request.sample_id.upper()])
    assert model.answer([_request("?")], DECODING)[0][0].text == "K-1"
    model.close()
    assert model.answer([_request("?")], DECODING)[0][0].text == "K-1"


def test_tokens_are_words_and_too_many_are_cut() -> None:
    model = ScriptedModel(lambda request: ["one two  three"])
    assert model.answer([_request("?")], Decoding(0, 1, 3))[0][0] == Reply("one two  three", "stop", 3)
    assert model.answer([_request("?")], Decoding(0, 1, 2))[0][0] == Reply("one two", "length", 2)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not readable JSON"),
        ([], 'must be an object with a list of "rules"'),
        ({"rules": [{"contain": "x", "replies": ["y"]}]}, r'rule 1: unknown field "contain" \(did you mean "contains"\?\)'),
        ({"rules": [{"replies": []}]}, r'rule 1: "replies" must be a list of at least one text, not \[\]'),
        ({"rules": [{"contains": 3, "replies": ["y"]}]}, 'rule 1: "contains" must be a text, not 3'),
        ({"rules": ["x"]}, "rule 1 must be an object, not 'x'"),
        ({"default": "x"}, "\"default\" must be a list of at least one text, not 'x'"),
    ],
)
def test_a_bad_script_is_told(tmp_path: Path, content: object, told: str) -> None:
    with pytest.raises(CheckpointError, match=told):
        ScriptedModel(_script(tmp_path, content)).answer([_request("?")], DECODING)


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r'there is no script ".*gone.json"; give a JSON file'):
        ScriptedModel(tmp_path / "gone.json").answer([_request("?")], DECODING)
