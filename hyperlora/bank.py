"""The bank: one batch in which every sample has its own adapter, or its own weighted mix, on one frozen base.

`delta` is the one primitive. Training many adapters in one pass, training a hypernetwork through the base, scoring
candidates and answering a mixed batch are all this function with factors from another place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn

from hyperlora.adapter import Adapter, LoraFactors
from hyperlora.errors import AdapterFormatError, InputError


@dataclass(frozen=True)
class StackedFactors:
    """The factors of n adapters for one module, stacked.

    Attributes:
        A: (n, rank, in_features).
        B: (n, out_features, rank).
        scaling: (n,).
    """

    A: Tensor
    B: Tensor
    scaling: Tensor


@dataclass(frozen=True)
class Route:
    """Which adapters act on each sample, and with what weight.

    Attributes:
        index: (batch, k), long; positions in the stack.
        weight: (batch, k); 0 where a place is unused, so that a row of zeros is the bare base model.
    """

    index: Tensor
    weight: Tensor

    @classmethod
    def select(cls, choices: Sequence[int | None], device: torch.device | str = "cpu") -> Route:
        """One adapter a sample; None is the bare base model."""
        index = torch.tensor([[choice or 0] for choice in choices], dtype=torch.long, device=device)
        weight = torch.tensor([[0.0 if choice is None else 1.0] for choice in choices], device=device)
        return cls(index, weight)

    def repeated(self, times: int) -> Route:
        """The route of a batch in which every sample stands `times` times in a row.

        So transformers lays out beams and `num_return_sequences`; reordering beams moves them only within their
        sample, which leaves the route true.
        """
        return Route(self.index.repeat_interleave(times, 0), self.weight.repeat_interleave(times, 0))

    def __len__(self) -> int:
        return self.index.shape[0]


Factors = Mapping[str, StackedFactors]


def gather(stack: StackedFactors, route: Route, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Each sample's own factors, its k adapters side by side along the rank.

    A weighted sum of adapters is one adapter of rank k·rank, so a mixture costs what a larger rank costs and is
    exact. Scaling and route weight go into A's side.

    Returns:
        A^T of shape (batch, in_features, k·rank) and B^T of shape (batch, k·rank, out_features), in `dtype`.
    """
    batch, k = route.index.shape
    flat = route.index.reshape(-1)
    strength = (stack.scaling.index_select(0, flat) * route.weight.reshape(-1)).view(-1, 1, 1)
    A = (stack.A.index_select(0, flat) * strength).to(dtype)
    B = stack.B.index_select(0, flat).to(dtype)
    rank, features = A.shape[1:]
    A = A.reshape(batch, k * rank, features)
    B = B.view(batch, k, -1, rank).permute(0, 1, 3, 2).reshape(batch, k * rank, -1)
    return A.transpose(1, 2), B


def delta(x: Tensor, stack: StackedFactors, route: Route) -> Tensor:
    """What the adapters add to a linear layer's output: ``sum_k w_k s_k (x A_k^T) B_k^T`` for each sample.

    Args:
        x: (batch, sequence, in_features).
        stack: factors of n adapters.
        route: (batch, k) choices among them.

    Returns:
        (batch, sequence, out_features), in the dtype of `x`.
    """
    return apply(x, gather(stack, route, x.dtype))


def apply(x: Tensor, gathered: tuple[Tensor, Tensor]) -> Tensor:
    """`delta` with factors that were gathered before."""
    A, B = gathered
    return torch.bmm(torch.bmm(x, A), B)


@dataclass
class _Active:
    """The factors and route of the running forward; gathered factors are kept for decode steps."""

    factors: Factors
    route: Route
    gathered: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict)

    def delta(self, name: str, x: Tensor) -> Tensor:
        if name not in self.gathered:
            self.gathered[name] = gather(self.factors[name], self.route, x.dtype)
        return apply(x, self.gathered[name])


class AdapterBank:
    """Makes a frozen causal LM add per-sample adapter changes while a `run` context is open.

    The model's modules are hooked, never replaced or copied. Each thread and task has its own open context; a
    forward outside any is the bare base model's.

    Args:
        model: a transformers causal LM.
    """

    def __init__(self, model: nn.Module) -> None:
        self._linears = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}
        self._active: ContextVar[_Active | None] = ContextVar("active_bank", default=None)
        self._hooks: dict[str, Any] = {}
        self._hooking = Lock()
        self.device = next(model.parameters()).device

    def check(self, shapes: Mapping[str, tuple[int, int]]) -> None:
        """Raise `AdapterFormatError` unless the model has these modules with these (out, in) features."""
        problems = []
        for name, (out_features, in_features) in shapes.items():
            linear = self._linears.get(name)
            if linear is None:
                problems.append(f"the base model has no linear module {name}")
            elif (linear.out_features, linear.in_features) != (out_features, in_features):
                problems.append(
                    f"{name} is {linear.out_features}x{linear.in_features}, the adapter's {out_features}x{in_features}"
                )
        if problems:
            raise AdapterFormatError("; ".join(problems[:4]), "Use an adapter made for this base model.")

    @contextmanager
    def run(self, factors: Factors, route: Route) -> Iterator[None]:
        """Forwards inside the body, of ``len(route)`` samples each, run with their adapters.

        Gradients flow to the factors. The factors must not change while the context is open.
        """
        self.check({name: (stack.B.shape[1], stack.A.shape[2]) for name, stack in factors.items()})
        with self._hooking:
            for name in factors.keys() - self._hooks.keys():
                self._hooks[name] = self._linears[name].register_forward_hook(self._hook(name))
        with self._reopened(_Active(factors, route)):
            yield

    def checkpoint_contexts(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        """A `context_fn` for `torch.utils.checkpoint`: recomputation runs with the factors and route of its forward.

        Recomputation happens during backward, when the `run` context may be closed, and on CUDA in another thread:

            model.activation_checkpointing_enable(
                activation_checkpointing_kwargs={"use_reentrant": False, "context_fn": bank.checkpoint_contexts}
            )
        """
        active = self._active.get()
        # gathered anew, because recomputation must save the tensors that its forward saved
        return nullcontext(), self._reopened(active and _Active(active.factors, active.route))

    @contextmanager
    def _reopened(self, active: _Active | None) -> Iterator[None]:
        token = self._active.set(active)
        try:
            yield
        finally:
            self._active.reset(token)

    def _hook(self, name: str) -> Any:
        def add_delta(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
            active = self._active.get()
            if active is None or name not in active.factors:
                return None
            x = inputs[0]
            if x.shape[0] != len(active.route):
                raise InputError(
                    f"a batch of {x.shape[0]} samples met a route of {len(active.route)}",
                    "Give one route row a sample.",
                )
            return output + active.delta(name, x)

        return add_delta

    def close(self) -> None:
        """Take all hooks off the model."""
        for handle in self._hooks.values():
            handle.remove()
        self._hooks.clear()


def routed(
    bank: AdapterBank | None,
    factors: Factors | None,
    choices: Sequence[int | None] | None,
    rows: Sequence[int],
) -> AbstractContextManager[None]:
    """The context in which a batch of these rows of a larger job runs: each row's choice, or the bare base model.

    Args:
        bank, factors, choices: None leaves every row to the bare base model.
        rows: positions in `choices`, one a sample.
    """
    if bank is None or factors is None or choices is None:
        return nullcontext()
    return bank.run(factors, Route.select([choices[row] for row in rows], bank.device))


def stack_adapters(adapters: Sequence[Adapter], device: torch.device | str = "cpu") -> dict[str, StackedFactors]:
    """Stack adapters for a bank; smaller ranks and missing modules are filled with zeros, which change nothing."""
    shapes: dict[str, tuple[int, int, int]] = {}
    for adapter in adapters:
        for name, factors in adapter.modules.items():
            rank, _, _ = shapes.get(name, (0, 0, 0))
            shapes[name] = (max(rank, factors.rank), factors.B.shape[0], factors.A.shape[1])
    stacked = {}
    for name, (rank, out_features, in_features) in shapes.items():
        A = torch.zeros(len(adapters), rank, in_features)
        B = torch.zeros(len(adapters), out_features, rank)
        scaling = torch.zeros(len(adapters))
        for position, adapter in enumerate(adapters):
            if found := adapter.modules.get(name):
                A[position, : found.rank] = found.A
                B[position, :, : found.rank] = found.B
                scaling[position] = found.scaling
        stacked[name] = StackedFactors(A.to(device), B.to(device), scaling.to(device))
    return stacked


def unstack(factors: Factors, position: int) -> dict[str, LoraFactors]:
    """One adapter's factors out of a stack, detached and copied."""
    return {
        name: LoraFactors(
            stack.A[position].detach().clone(), stack.B[position].detach().clone(), float(stack.scaling[position])
        )
        for name, stack in factors.items()
    }
