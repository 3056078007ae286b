"""Routing: from the adapters found for each prompt to what acts on it, one policy a function.

After LoraRetriever's batch inference (Zhao et al. 2024, section 3.3): every prompt of a batch has adapters of its own,
and the bank runs the batch at once. A policy is pure: it sees positions and weights, never a prompt or a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hyperlora.bank import Choice, Mix
from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from retrieval.compose import compose, even_weights
from retrieval.compose.weighting import softmax_weights

Found = Sequence[tuple[int, float]]
"""What was found for one prompt, best first: an adapter's position and its similarity."""


@dataclass(frozen=True)
class Routing:
    """What acts on each prompt of a batch.

    Attributes:
        adapters: to be stacked, in this order.
        choices: for each prompt, among these.
        gated: every token shares a prompt's adapters out by itself, with the gates of `arrow_gates`.
    """

    adapters: tuple[Adapter, ...]
    choices: tuple[Choice, ...]
    gated: bool = False


Combine = Callable[[Sequence[Adapter], Sequence[Mix]], Routing]
"""From adapters and each prompt's mix of them to a routing."""


@dataclass(frozen=True)
class Policy:
    """One way to let found adapters act.

    Attributes:
        name: as commands name it.
        title: what acts on a prompt.
        paper: where it is from.
        combine: the function.
        most: adapters of a prompt it looks at; None for all that were found.
        weighs: the prompt's adapters have weights that were set before any token was seen.
    """

    name: str
    title: str
    paper: str
    combine: Combine
    most: int | None = None
    weighs: bool = True

    def depth(self, k: int) -> int:
        """How many adapters are worth finding for a prompt that may have k."""
        return k if self.most is None else min(k, self.most)

    def mixes(self, found: Sequence[Found], temperature: float | None = None) -> list[Mix]:
        """Each prompt's mix of what was found for it, as far as the policy looks; see `mix_of`."""
        return [mix_of(each[: self.most], temperature) for each in found]


_LORA_RETRIEVER = "Zhao et al. 2024, LoraRetriever, section 3.3"
POLICIES: dict[str, Policy] = {}


def policy(
    name: str, title: str, paper: str = _LORA_RETRIEVER, *, most: int | None = None, weighs: bool = True
) -> Callable[[Combine], Combine]:
    """Register a function as a policy.

    Raises:
        ValueError: there is one of this name.
    """

    def register(combine: Combine) -> Combine:
        if name in POLICIES:
            raise ValueError(f"two policies are named {name}")
        POLICIES[name] = Policy(name, title, paper, combine, most, weighs)
        return combine

    return register


def find_policy(name: str) -> Policy:
    """The policy of this name.

    Raises:
        InputError: there is none.
    """
    if name not in POLICIES:
        raise InputError(f"there is no routing policy {name!r}", f"Use one of {', '.join(POLICIES)}.")
    return POLICIES[name]


def mix_of(found: Found, temperature: float | None = None) -> Mix:
    """The mix of what was found for one prompt, in the order of positions, so that equal sets are equal mixes.

    Args:
        temperature: of a softmax over the similarities; even weights, as LoraRetriever has them, when None.

    Raises:
        InputError: the temperature is not above 0.
    """
    if temperature is not None and not temperature > 0:
        raise InputError(f"temperature is {temperature}", "Give a number above 0, or none for even weights.")
    if not found:
        return ()
    similarities = [similarity for _, similarity in found]
    weights = even_weights(len(found)) if temperature is None else softmax_weights(similarities, temperature)
    return tuple(sorted((position, weight) for (position, _), weight in zip(found, weights, strict=True)))


@policy("selection", "closest adapter of each prompt", most=1)
def selection(adapters: Sequence[Adapter], mixes: Sequence[Mix]) -> Routing:
    """The closest adapter alone."""
    return Routing(tuple(adapters), tuple(mix[0][0] if mix else None for mix in mixes))


@policy("mixture", "mixture of each prompt's closest adapters")
def mixture(adapters: Sequence[Adapter], mixes: Sequence[Mix]) -> Routing:
    """The weighted sum of the adapters' outputs."""
    return Routing(tuple(adapters), tuple(mixes))


@policy("fusion", "averaged factors of each prompt's closest adapters")
def fusion(adapters: Sequence[Adapter], mixes: Sequence[Mix]) -> Routing:
    """The weighted average of the adapters' factors, composed once for each distinct mix."""
    distinct = {mix: place for place, mix in enumerate(dict.fromkeys(mix for mix in mixes if mix))}
    fused = tuple(
        compose([adapters[position] for position, _ in mix], [weight for _, weight in mix], method="fuse")
        for mix in distinct
    )
    return Routing(fused, tuple(distinct[mix] if mix else None for mix in mixes))


@policy("arrow", "each prompt's closest adapters, every token chooses", "Ostapenko et al. 2024, Arrow", weighs=False)
def arrow(adapters: Sequence[Adapter], mixes: Sequence[Mix]) -> Routing:
    """Every token shares the prompt's adapters out by itself, in every module; see `retrieval.compose.arrow`."""
    open_to_all = tuple(tuple((position, 1.0) for position, _ in mix) for mix in mixes)
    return Routing(tuple(adapters), open_to_all, gated=True)
