from __future__ import annotations

import torch

from videostar.models.decoding import pick

LOGITS = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))


def _generators(count: int, start: int = 0) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(start + index) for index in range(count)]


def _shares(temperature: float, top_p: float, count: int = 4000) -> list[float]:
    drawn = pick(LOGITS.expand(count, -1), temperature, top_p, _generators(count))
    return [round(float((drawn == token).float().mean()), 2) for token in range(4)]


def test_temperature_zero_takes_the_likeliest() -> None:
    assert pick(LOGITS.expand(5, -1), 0.0, 0.1, _generators(5)).tolist() == [0] * 5


def test_noise_draws_from_the_softmax() -> None:
    assert all(abs(share - true) < 0.03 for share, true in zip(_shares(1.0, 1.0), [0.5, 0.3, 0.15, 0.05], strict=True))


def test_a_low_temperature_sharpens() -> None:
    squares = torch.tensor([0.25, 0.09, 0.0225, 0.0025])
    assert all(abs(share - true) < 0.03 for share, true in zip(_shares(0.5, 1.0), (squares / squares.sum()).tolist(), strict=True))


def test_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    shares = _shares(1.0, 0.8)
    assert shares[2:] == [0.0, 0.0]
    assert abs(shares[0] - 0.5 / 0.8) < 0.03
    assert _shares(1.0, 1e-9) == [1.0, 0.0, 0.0, 0.0]


def test_a_row_hangs_on_its_own_seed_only() -> None:
    alone = pick(LOGITS, 1.0, 1.0, _generators(1, start=7))
    among = pick(LOGITS.expand(3, -1), 1.0, 1.0, [*_generators(2), *_generators(1, start=7)])
    assert alone.tolist() == among[2:].tolist()
