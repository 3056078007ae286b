"""Nearness of weight changes by what they do to inputs."""

from __future__ import annotations

import torch

from generator.canonical import balanced, leading_directions, projected
from generator.input_metric import InputMetric
from hyperlora.lora.adapter import LoraFactors
from hyperlora.lora.target_modules import TargetModule

MODULES = [TargetModule(name="layers.0.q_proj", kind="q_proj", layer=0, in_features=8, out_features=6)]
NAME = MODULES[0].name


def inputs(count: int, seed: int) -> torch.Tensor:
    """Inputs (count, 8) that lie mostly along one direction."""
    draw = torch.Generator().manual_seed(seed)
    main = torch.linspace(-1, 2, 8)
    return main * (1 + 0.2 * torch.randn(count, 1, generator=draw)) + 0.1 * torch.randn(count, 8, generator=draw)


def adapter(seed: int) -> dict[str, LoraFactors]:
    draw = torch.Generator().manual_seed(seed)
    factors = LoraFactors(torch.randn(4, 8, generator=draw), torch.randn(6, 4, generator=draw), 0.5)
    return {NAME: factors, "layers.0.o_proj": factors}


def metric_of(x: torch.Tensor) -> InputMetric:
    return InputMetric({NAME: x.mT @ x / len(x)})


def test_the_norm_of_a_measured_change_is_what_it_does_to_the_inputs() -> None:
    x = inputs(4000, 0)
    [measured] = metric_of(x).measured([adapter(1)])
    assert set(measured) == {NAME}, "other modules have no metric"
    change = adapter(1)[NAME].weight_change()
    done = (x @ change.mT).square().sum(dim=1).mean()
    torch.testing.assert_close(measured[NAME].weight_change().square().sum(), done, rtol=1e-2, atol=0.0)
    back = metric_of(x).as_read({NAME: measured[NAME].A})
    torch.testing.assert_close(back[NAME], adapter(1)[NAME].A, rtol=1e-3, atol=1e-3)


def test_on_one_common_direction_adapters_keep_what_they_do_and_not_what_they_are() -> None:
    metric = metric_of(inputs(4000, 0))
    pool = [adapter(seed) for seed in range(5)]
    lost = {}
    for way in ("weights", "inputs"):
        own = pool if way == "weights" else metric.measured(pool)
        common = leading_directions(own, MODULES, 1)
        B = projected(own, MODULES, common).factors[NAME].B
        A = common if way == "weights" else metric.as_read(common)
        unseen = inputs(500, 9)
        lost[way] = 0.0
        for place, each in enumerate(pool):
            wanted = unseen @ each[NAME].weight_change().mT
            got = unseen @ A[NAME].mT @ B[place].mT
            lost[way] += float((got - wanted).square().sum() / wanted.square().sum()) / len(pool)
    assert lost["inputs"] < 0.1 < 0.4 < lost["weights"]


def test_modules_may_share_their_moments_and_unseen_directions_stay_finite() -> None:
    moment = torch.zeros(8, 8)
    moment[0, 0] = 1.0
    metric = InputMetric({NAME: moment, "layers.0.v_proj": moment})
    rows = metric.as_read({NAME: torch.ones(2, 8)})[NAME]
    assert rows.isfinite().all()
    assert InputMetric({NAME: torch.zeros(8, 8)}).as_read({NAME: torch.ones(1, 8)})[NAME].isfinite().all()


def test_cut_down_in_the_metric_adapters_keep_more_of_what_they_do_than_by_their_weights() -> None:
    metric, unseen = metric_of(inputs(4000, 0)), inputs(500, 9)
    pool = [adapter(seed) for seed in range(5)]
    cut = metric.cut(pool, MODULES, 1)
    plain = balanced(pool, MODULES, 1).factors[NAME]
    lost, by_weights = [], []
    for place, (own, each) in enumerate(zip(pool, cut, strict=True)):
        assert (set(each), each[NAME].rank) == ({NAME}, 1)
        wanted = unseen @ own[NAME].weight_change().mT
        for missed, change in (
            (lost, each[NAME].weight_change()),
            (by_weights, plain.B[place] @ plain.A[place]),
        ):
            missed.append(float((unseen @ change.mT - wanted).square().sum() / wanted.square().sum()))
    assert max(lost) < 0.1 < 0.2 < sum(by_weights) / len(by_weights)
    [whole] = metric.cut(pool[:1], MODULES, 4)
    torch.testing.assert_close(whole[NAME].weight_change(), pool[0][NAME].weight_change(), rtol=1e-3, atol=1e-3)
