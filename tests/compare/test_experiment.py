"""What an experiment's file may say, and what is said about one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.compare.scripted_experiment import write_experiment
from videostar.compare import running, work
from videostar.compare.experiment import load_experiment, slug, value_slug
from videostar.errors import ConfigError, UserError

CONFIGS = Path(__file__).parents[2] / "configs"


def _mistake(tmp_path: Path, **changes: Any) -> str:
    with pytest.raises(UserError) as caught:
        work.check(load_experiment(write_experiment(tmp_path, **changes)))
    return str(caught.value)


@pytest.mark.parametrize("name", ["paper_on_playground.yaml", "sensitivity.yaml", "controls.yaml"])
def test_the_shipped_experiments_can_be_run(name: str) -> None:
    experiment = load_experiment(CONFIGS / name)
    assert experiment.reference == "full"
    for plan in work.plans(experiment):
        running.check_names(plan)
        assert plan.experiment.candidates(plan.arm)


def test_every_arm_of_the_paper_gets_the_same_updates_and_the_same_search() -> None:
    experiment = load_experiment(CONFIGS / "paper_on_playground.yaml")
    for name, arm in experiment.arms.items():
        assert not any(key.startswith("train.") and key != "train.start_from" for key in arm.set), name
        own = name == "direct labels, own best epoch"  # whose search says so
        assert (arm.search is None) != own, name
    assert len(experiment.seeds) == 3


def test_searched_values_are_combined() -> None:
    experiment = load_experiment(CONFIGS / "paper_on_playground.yaml")
    assert len(experiment.candidates(experiment.arms["direct labels, own best epoch"])) == 6
    assert experiment.candidates(experiment.arms["base"]) == [{}]
    assert value_slug({"train.learning_rate": 0.001, "train.max_steps": 5}) == "learning-rate-0.001-max-steps-5"
    assert value_slug({}) == "as-it-is"
    assert slug("Direct labels, own 2 %") == "direct-labels-own-2"


def test_mistakes_in_the_file_are_told_all_at_once(tmp_path: Path) -> None:
    text = _mistake(tmp_path, reference="ful", seeds=[0, 0], arms={"bad/name": {}, "two words": {}, "two-words": {}})
    assert 'arms.bad/name": a name has up to 80 letters' in text
    assert '"reference" is "ful" (did you mean "full"?); arms are base, full' in text
    assert '"seeds" are [0, 0]; each may stand there once' in text
    assert '"arms.two words" and another arm would share the file two-words-*.json' in text


def test_unknown_keys_name_those_that_there_are(tmp_path: Path) -> None:
    assert 'unknown key "arms.full.sampels" (did you mean "samples"?); allowed here: note, set' in _mistake(
        tmp_path, arms={"full": {"sampels": "x"}}
    )
    assert 'unknown key "seed" (did you mean "seeds"?)' in _mistake(tmp_path, seed=1)
    assert '"arms.full.samples" is' in _mistake(tmp_path, arms={"full": {"samples": {"share": 0.1, "tolerance": 0.2}}})


def test_unknown_names_name_those_that_there_are(tmp_path: Path) -> None:
    assert 'no change of conversations named "swap"; there are direct labels, ' in _mistake(
        tmp_path, arms={"full": {"conversations": "swap"}}
    )
    assert 'no change of samples named "swap"; there are shuffled labels, ' in _mistake(tmp_path, arms={"full": {"samples": "swap"}})
    assert '"measures" names beauty; there are ' in _mistake(tmp_path, measures=["beauty"])
    assert "preference tuning needs pairs; set conversations: preference pairs" in _mistake(tmp_path, arms={"full": {"preference": 0.1}})


def test_overrides_are_checked_before_anything_is_run(tmp_path: Path) -> None:
    text = _mistake(tmp_path, arms={"full": {"set": {"generate.temprature": 1}}})
    assert 'unknown key "generate.temprature" (did you mean "temperature"?)' in text
    assert not (tmp_path / "runs").exists()


def test_a_missing_file_and_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no file .*nowhere\.yaml; configs/ holds examples"):
        load_experiment(tmp_path / "nowhere.yaml")
    (tmp_path / "list.yaml").write_text("- a\n")
    with pytest.raises(ConfigError, match="must hold keys such as `arms:` and `seeds:`, not list"):
        load_experiment(tmp_path / "list.yaml")


def test_the_base_may_be_a_config_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("cycles: 4\n")
    path = write_experiment(tmp_path)
    path.write_text(path.read_text().replace("\nbase:\n", "\nbase: mine.yaml\nignored:\n"))
    with pytest.raises(ConfigError, match='unknown key "ignored"'):
        load_experiment(path)
    text = path.read_text()
    path.write_text(text[: text.index("ignored:")] + text[text.index("reference:") :])
    assert load_experiment(path).base == {"cycles": 4}
