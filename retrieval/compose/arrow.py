"""`arrow`: every token finds its adapters by itself, in every module, without training."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from hyperlora.bank import Gates
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import truncated_product


def arrow_gates(
    adapters: Sequence[Adapter], *, top: int = 3, temperature: float = 1.0, device: torch.device | str = "cpu"
) -> Gates:
    """Gates whose direction for an adapter is what its weight change stretches most: the first right singular vector.

    After Arrow (Ostapenko et al. 2024, "Towards Modular LLMs by Building and Reusing a Library of LoRAs", section 4.2).
    Give them to the bank with the same adapters, stacked at one rank, and a route that names each sample's candidates:

        with bank.run(stack_at_one_rank(adapters), Route.mix([{0: 1.0, 1: 1.0}]), arrow_gates(adapters)):

    Args:
        top: adapters that act on a token, at most.
        temperature: of the softmax over their scores.

    Returns:
        Unit directions; zeros, which close the gate, for an adapter that leaves a module alone.
    """
    directions = {}
    for name in sorted({name for adapter in adapters for name in adapter.modules}):
        parts = [adapter.modules.get(name) for adapter in adapters]
        rows = [
            None if part is None else truncated_product(part.A.double()[None], part.B.double()[None], 1)[0][0, 0]
            for part in parts
        ]
        size = next(row.shape[0] for row in rows if row is not None)
        filled = [torch.zeros(size) if row is None else (row / row.norm().clamp(min=1e-30)).float() for row in rows]
        directions[name] = torch.stack(filled).to(device)
    return Gates(directions, top, temperature)
