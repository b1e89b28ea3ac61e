"""Tables over results whose numbers are known beforehand."""

from __future__ import annotations

from typing import Any

from videostar.compare.experiment import Experiment
from videostar.compare.tables import Comparison, Table, Where, beyond_chance, markdown, tables, text
from videostar.types import Estimate


def _experiment(**arms: Any) -> Experiment:
    raw = {"name": "n", "work": "w", "results": "r", "seeds": [0, 1], "reference": "full", "parts": {"unseen": {"unseen": True}}}
    return Experiment.model_validate({**raw, "arms": arms, "measures": ["truth"]})


def _result(arm: str, seed: int, test: str, after: str = "", **more: Any) -> dict[str, Any]:
    """Ten videos with as many questions each as there are rounds in `test`; odd ones are unseen."""
    questions = [
        {"id": f"q{number}", "group": f"v{number % 10}", "source": "moves", "task": "t", "parts": ["unseen"] * (number % 2)}
        for number in range(len(test))
    ]
    outcomes = {"base": {"test": test, "validation": ""}} | ({"cycle 1": {"test": after, "validation": ""}} if after else {})
    row = {
        "arm": arm,
        "seed": seed,
        "questions": {"test": questions, "validation": []},
        "outcomes": outcomes,
        "compared": "cycle 1" if after else "base",
        "prior": None,
        "measures": {},
        "trained": {"cycle 1": {"updates": 7, "rows": 5, "dropped": {}, "seconds": 1.0}} if after else {},
        "tokens": {"cycle 1": 1200} if after else {},
        "kept": {"cycle 1": {"generated": 3, "rationalized": 5}} if after else {},
        "wrong": {},
        "search": {},
        "chosen": {},
    }
    return {**row, **more}


def _compared() -> Comparison:
    experiment = _experiment(base={"trained": False}, full={}, half={"note": "a | b <i>"}, later={})
    results = [
        _result("base", 0, "f" * 20, prior=[0.25] * 20),
        _result("full", 0, "f" * 20, "p" * 20, measures={"truth": {"cycle 1": {"true": 0.5, "moves: true": 0.1}}}),
        _result("full", 1, "f" * 20, "p" * 20, measures={"truth": {"cycle 1": {"true": {"mean": 0.7, "low": 0, "high": 1, "count": 2}}}}),
        _result("half", 0, "f" * 20, "pf" * 10, wrong={"cycle 1": {"generated": [1, 4]}}, search={"a": 0.5, "b": 0.75}, chosen={"k": 2}),
    ]
    return Comparison(experiment, results)


def test_seeds_are_taken_together_and_parts_apart() -> None:
    compared = _compared()
    assert (compared.accuracy("full").mean, compared.accuracy("full").count) == (1.0, 40)
    assert (compared.accuracy("half", Where("unseen")).mean, compared.accuracy("half", Where("unseen")).count) == (0.0, 10)
    assert compared.accuracy("half", Where(checkpoint="base")).mean == 0.0
    assert compared.accuracy("later").count == 0
    assert compared.arms == ["base", "full", "half"]


def test_differences_are_paired_over_the_seeds_that_both_have() -> None:
    compared = _compared()
    gain = compared.beyond("half")
    assert (gain.mean, gain.count) == (0.5, 20)
    assert compared.beyond("half", Where("unseen")).low == 1.0
    assert compared.difference("half", "full").mean == -0.5
    assert beyond_chance(gain)
    assert not beyond_chance(Estimate(0.1, 0.0, 0.2, 5))


def test_videos_of_two_seeds_are_different_videos() -> None:
    """Ten videos right in one seed and wrong in the other: as one cluster each they would leave no uncertainty at all."""
    experiment = _experiment(full={})
    results = [_result("full", seed, "f" * 20, ("p" if seed else "f") * 20) for seed in (0, 1)]
    score = Comparison(experiment, results).accuracy("full")
    assert score.mean == 0.5
    assert score.high - score.low > 0.3


def test_an_arm_of_fewer_cycles_is_compared_with_the_reference_at_that_cycle() -> None:
    experiment = _experiment(full={}, short={"beside": "base"})
    compared = Comparison(experiment, [_result("full", 0, "fp" * 5, "p" * 10), _result("short", 0, "f" * 10, "f" * 10)])
    assert compared.beyond("short").mean == 0.5
    assert "short (beside base)" in text(tables(compared)[1])


def test_every_table_says_what_is_known() -> None:
    told = {table.title: table for table in tables(_compared())}
    assert told["Accuracy"].rows[1][:3] == ("full", "0, 1", "100.0 [100.0, 100.0]")
    assert told["Accuracy"].rows[-1][2] == "25.0 [25.0, 25.0]"
    assert told["What full gives beyond each arm"].rows[1][2] == "100.0 [100.0, 100.0] *"
    assert told["By source"].head == ("arm", "moves, unseen")
    assert told["Work"].rows[1] == ("full", "7", "1", "1,200", "generated 3, rationalized 5")
    assert told["Measured: truth"].rows == (("full", "0.600"),)
    assert told["Wrong labels among what was kept"].rows == (("half", "cycle 1", "generated", "25.0 of 4"),)
    assert told["Search"].rows == (("half", "0", "k=2", "a: 50.0, b: 75.0"),)


def test_foreign_text_cannot_break_out_of_a_cell() -> None:
    table = Table("t", "", ("a",), (("x | y <b>\n\x1b[2J",),))
    assert markdown(table).splitlines()[2] == "| x \\| y &lt;b> \\\\x1b[2J |"
    assert "\x1b" not in text(table)
