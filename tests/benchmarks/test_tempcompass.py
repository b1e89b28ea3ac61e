"""TempCompass by its official rules. Cases were worked out by hand from the four evaluation scripts of llyx97/TempCompass (e1b4631)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.given import SCENES, TEMPCOMPASS, score, write_json
from videostar.benchmarks.tempcompass import caption_is_right, option_is_right, word_is_right
from videostar.errors import DataError

OPTIONS = "C. dunking a basketball"
CAPTIONS = (
    "Which description is a more suitable match for the video?\nOption 1: The man is dribbling.\nOption 2: A man is dunking: at last."
)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("C. dunking a basketball", True),
        ("C", True),
        ("A", False),
        ("C.", True),
        ("C. passing a basketball", True),  # the letter decides, whatever follows
        ("A. dunking a basketball", False),
        ("C) dunking", True),
        ("D) no", False),
        ("E", None),  # four letters are known
        ("c", None),  # capitals only
        ("(C) dunking a basketball", None),
        ("dunking a basketball", None),
        ("The answer is C.", None),
        ("C: dunking", None),
        ("Crouching", None),
        ("", None),
    ],
)
def test_multiple_choice(said: str, right: bool | None) -> None:
    assert option_is_right(said, OPTIONS) is right


@pytest.mark.parametrize(
    ("said", "answer", "right"),
    [
        ("yes", "yes", True),
        ("Yes, he is.", "yes", True),
        ("YESTERDAY", "yes", True),  # only the beginning counts
        ("No.", "yes", False),
        ("Nothing moves", "no", True),
        ("not at all", "yes", False),
        ("The answer is yes", "yes", None),
        ("", "no", None),
    ],
)
def test_yes_or_no(said: str, answer: str, right: bool | None) -> None:
    assert word_is_right(said, answer) is right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Option 2: A man is dunking: at last.", True),
        ("Option 1: The man is dribbling.", False),
        ("The man is dribbling.", False),
        ("A man is dunking", True),  # a sentence ends at its first colon
        ("A man is dunking: at last.", None),
        ("(2) A man is dunking", True),
        ("(1) A man is dunking", True),  # the sentence behind the bracket decides
        ("Option 2", True),
        ("Option 2.", True),
        ("2", True),
        ("1.", False),
        ("Option 1", False),
        ("option 2", None),
        ("The second one", None),
    ],
)
def test_caption_matching(said: str, right: bool | None) -> None:
    assert caption_is_right(said, CAPTIONS, "Option 2: A man is dunking: at last.") is right


def predicted(task: str, *answers: str | None) -> dict[str, Any]:
    """The official layout: the questions of the file in their order, with these predictions."""
    given = iter(answers)
    return {
        video: {aspect: [{**row, "prediction": next(given, None)} for row in rows] for aspect, rows in aspects.items()}
        for video, aspects in TEMPCOMPASS[f"{task}.json"].items()
    }


def test_given_predictions_get_the_official_score_and_the_table_by_aspect(tmp_path: Path) -> None:
    files = [
        write_json(tmp_path / "multi-choice.json", predicted("multi-choice", "A. red</s>", "(B) left", None)),
        write_json(tmp_path / "yes_no.json", predicted("yes_no", "Yes", "yes")),
        write_json(tmp_path / "caption_matching.json", predicted("caption_matching", "Caption B")),
    ]
    done = score(tmp_path, "tempcompass", TEMPCOMPASS, files)
    rows = {(row["section"], row["name"]): row for row in done["table"]}
    assert rows["multi-choice", "all"]["model"]["accuracy"]["mean"] == pytest.approx(1 / 3)  # a refusal and an unmatched answer count 0
    assert rows["multi-choice", "all"]["undecided"] == 2
    assert rows["multi-choice", "attribute_change"]["model"]["accuracy"]["mean"] == 1.0
    assert rows["multi-choice", "attribute_change: color & light change"]["questions"] == 1
    assert rows["multi-choice", "direction"]["model"]["accuracy"]["mean"] == 0.0
    assert rows["multi-choice", "all"]["random"]["accuracy"]["mean"] == pytest.approx((1 / 2 + 1 / 3 + 1 / 2) / 3)
    assert rows["yes_no", "all"]["model"]["accuracy"]["mean"] == 0.5
    assert rows["caption_matching", "all"]["model"]["accuracy"]["mean"] == 1.0
    assert ("captioning", "all") not in rows
    assert "judge" in done["not_scored"]["captioning"]
    assert done["missing"] == {"no prediction was given": 1}  # of the caption to generate


def test_what_is_written_for_the_official_scripts_scores_the_same(tmp_path: Path) -> None:
    given = write_json(tmp_path / "yes_no.json", predicted("yes_no", "Yes", "no idea"))
    first = score(tmp_path, "tempcompass", TEMPCOMPASS, [given], tasks=("yes_no",))
    written = tmp_path / "out" / "predictions" / "yes_no.json"
    assert json.loads(written.read_text())["v1"]["action"][0] == {"question": "Is it moving?", "answer": "yes", "prediction": "Yes"}
    again = score(tmp_path, "tempcompass", TEMPCOMPASS, [written], out="again", tasks=("yes_no",), against=tmp_path / "out")
    assert again["table"] == first["table"]
    assert (again["against"]["yes_no"]["gain"]["mean"], again["against"]["yes_no"]["p_value"]) == (0.0, 1.0)


def test_videos_that_were_made_of_one_another_are_one_cluster(tmp_path: Path) -> None:
    given = write_json(tmp_path / "multi-choice.json", predicted("multi-choice", "A", "A", "A"))
    score(tmp_path, "tempcompass", TEMPCOMPASS, [given], tasks=("multi-choice",))
    outcomes = [json.loads(line) for line in (tmp_path / "out" / "outcomes.jsonl").read_text().splitlines()]
    assert {row["group"] for row in outcomes} == {"v1"}
    assert len(SCENES) == 2


def test_official_predictions_on_the_real_rows_match_by_their_question(tmp_path: Path, real: Path) -> None:
    """Every row of the real files that stand beside the checkout is asked, and the answer key itself scores 100."""
    files = sorted((real / "annotations").glob("tempcompass_*.json"))
    given = []
    for path in files:
        content = json.loads(path.read_text())
        for aspects in content.values():
            for rows in aspects.values():
                for row in rows:
                    row["prediction"] = row["answer"]
        given.append(write_json(tmp_path / path.name, content))
    done = score(tmp_path, "tempcompass", files, given)
    total = sum(len(rows) for path in files for aspects in json.loads(path.read_text()).values() for rows in aspects.values())
    assert (done["questions"], done["missing"], done["rows_dropped"]) == (total, {}, {})
    assert {row["model"]["accuracy"]["mean"] for row in done["table"]} == {1.0}


def test_two_models_are_compared_question_by_question(tmp_path: Path) -> None:
    first = write_json(tmp_path / "first" / "yes_no.json", predicted("yes_no", "No", "yes"))
    second = write_json(tmp_path / "second" / "yes_no.json", predicted("yes_no", "Yes", "no"))
    score(tmp_path, "tempcompass", TEMPCOMPASS, [first], out="before", tasks=("yes_no",))
    done = score(tmp_path, "tempcompass", TEMPCOMPASS, [second], out="after", tasks=("yes_no",), against=tmp_path / "before")
    assert done["against"]["yes_no"]["gain"]["mean"] == 1.0
    assert (done["against"]["yes_no"]["groups"], done["against"]["yes_no"]["p_value"]) == (1, 1.0)  # two questions, one video: one coin
    with pytest.raises(DataError, match=r"there is no outcomes.jsonl; name the --out folder"):
        score(tmp_path, "tempcompass", TEMPCOMPASS, [second], out="third", tasks=("yes_no",), against=tmp_path / "nowhere")
