"""Merge adapters into a loaded base model's weights, in place, with exact restore.

Merging is state of the model, not of a thread: while a merge is open, every forward of the model, a bank's included,
runs on the merged weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from hyperlora.errors import AdapterFormatError, BaseModelError
from hyperlora.lora.adapter import Adapter, LoraFactors
from hyperlora.models import BaseModel
from hyperlora.models.stored_weights import StoredWeights

_DTYPES = (torch.float32, torch.bfloat16, torch.float16)
_NAMED = 8


@contextmanager
def merged(base: BaseModel, adapter: Adapter, *, keep_originals: bool = True) -> Iterator[Any]:
    """Inside the body the base model's own weights hold ``W + scaling · B A``; afterwards the exact old bits.

    Sums are taken in float32 and rounded once to the weight's dtype. A weight that is tied to another one, such as a
    language model head to the embedding, stands alone inside the body, so that the other one keeps its values.

    Several merges may be open on a model at a time and end in any order: each weight is always the base model's plus
    the sum of those still open. Enter it into an `ExitStack` for a merge that outlives a function.

    Args:
        base, adapter: what to merge.
        keep_originals: keep the touched weights in memory meanwhile. If not, merging needs the memory of one module
            and ends by reading the touched weights from the base model's files again.

    Yields:
        The base model's transformers model.

    Raises:
        BaseModelError: the adapter was made for another base model; or a weight is quantised; or, without kept
            originals, the base model's files do not hold the bits in memory.
        AdapterFormatError: it names modules the model does not have, or has in another shape.
    """
    adapter.require_base(base.identity)
    linears = _mergeable(base.model, adapter)
    stored = None if keep_originals else StoredWeights(base.folder)
    uses = Counter(id(weight) for module in base.model.modules() for weight in module._parameters.values())
    merge = object()
    with ExitStack() as undo:
        for name, linear in linears.items():
            # first what undoes it: an interrupt between the two finds nothing to undo, the other way round too much
            undo.callback(_take_out, linear, merge)
            with _LOCK:
                if linear not in _HELD:
                    _HELD[linear] = _hold(name, linear, stored, shared=uses[id(linear.weight)] > 1)
                _HELD[linear].changes[merge] = adapter.modules[name]
                _write(linear, _HELD[linear])
        yield base.model


@dataclass
class _Held:
    """What a linear module's weight is made of while adapters are merged into it.

    Attributes:
        parameter: the module's own parameter.
        shared: other modules have it too, so that it stays as it is and the module gets one of its own meanwhile.
        original: gives the base model's weight, bit for bit.
        changes: the factors of each open merge, in the order they were opened.
    """

    parameter: Tensor
    shared: bool
    original: Callable[[], Tensor]
    changes: dict[object, LoraFactors] = field(default_factory=dict)


_HELD: WeakKeyDictionary[nn.Linear, _Held] = WeakKeyDictionary()
_LOCK = RLock()


def _mergeable(model: nn.Module, adapter: Adapter) -> dict[str, nn.Linear]:
    """The modules an adapter changes.

    Raises:
        AdapterFormatError: the model lacks some, or has them in another shape.
        BaseModelError: their weights are not plain float matrices.
    """
    linears: dict[str, nn.Linear] = {}
    missing, quantised = [], []
    for name, factors in adapter.modules.items():
        try:
            module = model.get_submodule(name)
        except AttributeError:
            missing.append(f"the base model has no linear module {name}")
            continue
        shape = (factors.B.shape[0], factors.A.shape[1])
        features = (getattr(module, "out_features", None), getattr(module, "in_features", None))
        if None in features:
            missing.append(f"{name} is no linear module but of class {type(module).__name__}")
        elif features != shape:
            missing.append(f"{name} is {features[0]}x{features[1]}, the adapter's {shape[0]}x{shape[1]}")
        elif not isinstance(module, nn.Linear):
            quantised.append(f"{name} is a {type(module).__module__}.{type(module).__name__}")
        elif foreign := _foreign_storage(module.weight):
            quantised.append(f"{name} holds its weight as {foreign}")
        else:
            linears[name] = module
    if missing:
        raise AdapterFormatError(_listed(missing), "Use an adapter made for this base model.")
    if quantised:
        raise BaseModelError(
            f"a quantised base model cannot be merged in place: {_listed(quantised)}",
            "Write a checkpoint instead, with hyperlora merge --dequantise, or load the base model unquantised.",
        )
    return linears


def _foreign_storage(weight: Tensor) -> str | None:
    """What a weight is, if not a plain float parameter in memory."""
    # a subclass of Tensor may call itself float32 and hold int8
    if type(weight) is not nn.Parameter:
        return type(weight).__name__
    if weight.dtype not in _DTYPES or weight.is_meta:
        return f"{weight.dtype} on {weight.device}"
    return None


def _listed(problems: list[str]) -> str:
    rest = len(problems) - _NAMED
    return "; ".join(problems[:_NAMED]) + (f"; and {rest} more" if rest > 0 else "")


def _hold(name: str, linear: nn.Linear, stored: StoredWeights | None, *, shared: bool) -> _Held:
    weight = linear.weight
    if shared:
        return _Held(weight, True, lambda: weight.data)
    if stored is not None:
        reread = _reader(stored, f"{name}.weight", weight)
        if not torch.equal(reread().view(torch.uint8), weight.detach().contiguous().view(torch.uint8)):
            raise BaseModelError(
                f"{name}.weight is not what {stored.folder} holds, so it could not be restored from there",
                "Merge with keep_originals=True.",
            )
        return _Held(weight, False, reread)
    # on CPU a merge leaves this tensor alone, see `_write`
    original = weight.data if weight.device.type == "cpu" else weight.detach().clone()
    return _Held(weight, False, lambda: original)


def _reader(stored: StoredWeights, name: str, weight: Tensor) -> Callable[[], Tensor]:
    return lambda: stored.read(name).to(weight)


def _take_out(linear: nn.Linear, merge: object) -> None:
    with _LOCK:
        held = _HELD.get(linear)
        if held is None:
            return
        held.changes.pop(merge, None)
        _write(linear, held)
        if not held.changes:
            del _HELD[linear]


def _write(linear: nn.Linear, held: _Held) -> None:
    """Give a module the base model's weight plus all that is merged into it."""
    weight = held.parameter
    # a tensor made under a caller's inference mode would stay behind as one that cannot be trained through
    with torch.inference_mode(False), torch.no_grad():
        if held.shared:
            linear.weight = nn.Parameter(_sum(held), weight.requires_grad) if held.changes else weight
        elif weight.device.type == "cpu":
            # Pointing the parameter elsewhere saves copying, which is half of the time; the tensor of the base
            # model's bits is never written.
            weight.data = _sum(held).to(weight)
        else:
            # captured CUDA graphs read addresses, so an accelerator's weights stay where they are
            weight.copy_(_sum(held))


def _sum(held: _Held) -> Tensor:
    original = held.original()
    total = original.float()
    for factors in held.changes.values():
        A, B = factors.A.to(total.device, torch.float32), factors.B.to(total.device, torch.float32)
        add = torch.addmm if total is original else Tensor.addmm_
        total = add(total, B, A, alpha=factors.scaling)
    return total.to(original.dtype)
