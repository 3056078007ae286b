"""The bank itself: hooks on a frozen model's linear modules, and the context in which they act."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from hyperlora.bank.delta import BoundFactors, add, place, place_gated
from hyperlora.bank.factors import Factors, StackedFactors
from hyperlora.bank.gates import Gates
from hyperlora.bank.route import Choice, Route
from hyperlora.errors import AdapterFormatError, InputError


@dataclass(frozen=True)
class Prepared:
    """Factors and route brought together for a batch of one composition; see `AdapterBank.prepare`.

    Attributes:
        factors, route: as given.
        bound: for each linear module of the model, in order, its factors brought together with the route.
    """

    factors: Factors
    route: Route
    bound: tuple[BoundFactors | None, ...]


class _PerThread(threading.local):
    # Not a context variable: torch.compile traces thread locals, and a route then changes without a recompile.
    active: Prepared | None = None


class AdapterBank:
    """Makes a frozen causal LM add per-row adapter changes while a `run` context is open.

    The model's modules, quantised or not, are hooked, never replaced or copied. Each thread has its own open
    context; a forward outside any is the bare base model's. A context must not be left open across an `await`.

    Args:
        model: a transformers causal LM.
    """

    def __init__(self, model: nn.Module) -> None:
        linears = {name: module for name, module in model.named_modules() if _is_linear(module)}
        self._linears = linears
        self._positions = {name: position for position, name in enumerate(linears)}
        self._per_thread = _PerThread()
        self._hooks: dict[str, Any] = {}
        self._hooking = threading.Lock()
        find_head: Any = getattr(model, "get_output_embeddings", None)
        head = find_head and find_head()
        self._head = next((name for name, module in linears.items() if module is head), None)
        floating = next(parameter for parameter in model.parameters() if parameter.is_floating_point())
        self.device = floating.device
        self._dtype = floating.dtype

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

    def attach(self, modules: Sequence[str]) -> None:
        """Hook modules now rather than at their first `run`; before `torch.compile`, which does not look again.

        A model that was compiled before stays the bare base model. Slots of one rank, with routes of one k, need one
        graph; slots of several ranks one for each way in which a batch's rows divide among them.
        """
        with self._hooking:
            for name in modules:
                if name not in self._hooks:
                    hook = self._hook(self._positions[name])
                    self._hooks[name] = self._linears[name].register_forward_hook(hook)

    def run(self, factors: Factors, route: Route, gates: Gates | None = None) -> AbstractContextManager[None]:
        """Forwards inside the body run with the adapters of the route, one row a sample (or a token).

        Gradients flow to factors and route weights.

        Args:
            gates: every token weighs its sample's adapters by itself, times the route's weights.

        Raises:
            AdapterFormatError: the model has no such modules, or of other shapes.
            InputError: the route points outside the stack; or gates meet a route per token, adapters of unlike ranks,
                or the output head.
        """
        return self.using(self.prepare(factors, route, gates))

    def prepare(self, factors: Factors, route: Route, gates: Gates | None = None) -> Prepared:
        """Gather what `using` needs for a batch, in the model's dtype; many forwards may use it, as in decoding.

        What happens to slots afterwards does not reach it. Raises as `run`.
        """
        self.check({name: stack.shape for name, stack in factors.items()})
        _check_route(factors, route)
        self.attach(list(factors))
        bound: list[BoundFactors | None] = [None] * len(self._linears)
        for name, stack in factors.items():
            directions = None if gates is None else gates.directions.get(name)
            if gates is None or directions is None:
                bound[self._positions[name]] = place(stack, route, self._dtype)
            elif route.per_token or name == self._head or not isinstance(stack, StackedFactors):
                raise InputError(
                    f"tokens cannot choose among the adapters of {name}",
                    "Give gates with a route per sample, adapters stacked at one rank, and modules before the head.",
                )
            else:
                bound[self._positions[name]] = place_gated(stack, route, gates, directions, self._dtype)
        return Prepared(factors, route, tuple(bound))

    @contextmanager
    def using(self, prepared: Prepared | None) -> Iterator[None]:
        """Forwards inside the body run with what was prepared; None is the bare base model."""
        before = self._per_thread.active
        self._per_thread.active = prepared
        try:
            yield
        finally:
            self._per_thread.active = before

    @contextmanager
    def head_on_rows(self, samples: Tensor, positions: Tensor) -> Iterator[None]:
        """Inside the body the output head is given single positions of a batch, the other modules the whole batch.

        Args:
            samples: (positions,), the sample of the open context that each position belongs to.
            positions: (positions,), its index in the flattened (batch · sequence).
        """
        active = self._per_thread.active
        if active is None or self._head is None or self._head not in active.factors:
            yield
            return
        route = active.route.take(positions if active.route.per_token else samples, per_token=True)
        bound = list(active.bound)
        bound[self._positions[self._head]] = place(active.factors[self._head], route, self._dtype)
        with self.using(Prepared(active.factors, active.route, tuple(bound))):
            yield

    def checkpoint_contexts(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        """A `context_fn` for `torch.utils.checkpoint`: recomputation runs with the factors and route of its forward.

        Recomputation happens during backward, when the `run` context may be closed, and on CUDA in another thread:

            model.activation_checkpointing_enable(
                activation_checkpointing_kwargs={"use_reentrant": False, "context_fn": bank.checkpoint_contexts}
            )
        """
        return nullcontext(), self.using(self._per_thread.active)

    def _hook(self, position: int) -> Any:
        per_thread = self._per_thread

        def add_delta(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
            active = per_thread.active
            if active is None:
                return None
            bound = active.bound[position]
            return None if bound is None else add(output, inputs[0], bound)

        return add_delta

    def close(self) -> None:
        """Take all hooks off the model."""
        for handle in self._hooks.values():
            handle.remove()
        self._hooks.clear()


def _is_linear(module: nn.Module) -> bool:
    """True of nn.Linear and of quantised linears, which are modules of many classes with the same two attributes."""
    return isinstance(getattr(module, "in_features", None), int) and isinstance(
        getattr(module, "out_features", None), int
    )


def _check_route(factors: Factors, route: Route) -> None:
    if route.index.device.type != "cpu" or not route.index.numel():
        return  # looking would make the host wait for the device
    first, last = int(route.index.min()), int(route.index.max())
    for name, stack in factors.items():
        if first < 0 or last >= len(stack):
            raise InputError(
                f"the route asks for adapter {last if first >= 0 else first}, {name} has {len(stack)}",
                "Give positions in the stack.",
            )


def routed(
    bank: AdapterBank | None,
    factors: Factors | None,
    choices: Sequence[Choice] | None,
    rows: Sequence[int],
    gates: Gates | None = None,
) -> AbstractContextManager[None]:
    """The context in which a batch of these rows of a larger job runs: each row's choice, or the bare base model.

    Args:
        bank, factors, choices: None leaves every row to the bare base model.
        rows: positions in `choices`, one a sample.
        gates: as in `AdapterBank.run`.
    """
    if bank is None or factors is None or choices is None:
        return nullcontext()
    return bank.run(factors, Route.of([choices[row] for row in rows]), gates)
