"""The path that an adapter's training took: its weights at the steps that its run kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter, LoraFactors


def read_paths(adapters: Sequence[Adapter], folder: Path) -> list[list[dict[str, LoraFactors]] | None]:
    """Read the snapshots of adapters that one run trained side by side.

    A run keeps adapters and modules by number. Which are whose is told by the weights: those of the last snapshot are
    the adapter's own but for half precision.

    Args:
        adapters: as they were registered.
        folder: where the run kept its snapshots, see `pipelines.training.pool.snapshot_folder`.

    Returns:
        For each adapter its float32 weights at each kept step, in the order of the steps, the finished ones last; None
        if no path ends with them: there are no snapshots, the last was taken before the end, or they are of a run that
        another took the place of.

    Raises:
        InputError: a snapshot is damaged.
    """
    try:
        steps = [load(path.read_bytes()) for path in sorted(folder.glob("step-*.safetensors"))]
    except SafetensorError as error:
        raise InputError(f"{folder} holds a damaged snapshot: {error}", "Delete the folder.") from error
    paths: list[list[dict[str, LoraFactors]] | None] = []
    for adapter in adapters:
        found = _found(adapter, steps[-1]) if steps else None
        if found is None:
            paths.append(None)
            continue
        row, places = found
        paths.append(
            [
                {
                    name: LoraFactors(
                        tensors[f"A.{place}"][row].float(), tensors[f"B.{place}"][row].float(), factors.scaling
                    )
                    for (name, factors), place in zip(adapter.modules.items(), places, strict=True)
                }
                for tensors in steps
            ]
        )
    return paths


def _found(adapter: Adapter, last: Mapping[str, Tensor]) -> tuple[int, list[int]] | None:
    """The row of an adapter, and the place of each of its modules; None if it is not there."""
    places = sorted(int(key.removeprefix("B.")) for key in last if key.startswith("B."))
    for row in range(last[f"B.{places[0]}"].shape[0]):
        told = {_mark(last[f"A.{place}"][row], last[f"B.{place}"][row]): place for place in places}
        found = [told.get(_mark(factors.A.half(), factors.B.half())) for factors in adapter.modules.values()]
        if all(place is not None for place in found):
            return row, [place for place in found if place is not None]
    return None


def _mark(A: Tensor, B: Tensor) -> bytes:
    return A.numpy().tobytes() + B.numpy().tobytes()
