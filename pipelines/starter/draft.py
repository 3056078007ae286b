"""A task as its family module writes it, before its examples are divided among the splits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeVar

from hyperlora.tasks.task import Partition
from pipelines.starter.splits import USUAL_SIZES

SideName = Literal["seen", "unseen"]
Item = TypeVar("Item")
_SEEN_SHARE = 0.55


@dataclass(frozen=True)
class Side:
    """One of two halves of all words, numbers and names: seen tasks use one, dev and held-out tasks the other.

    Tasks whose inputs are single words or numbers need no thought: the builder keeps the inputs of their side. Tasks
    that put several into one input (lists, sentences) should take each from `kept`, so that the single word of a
    held-out task is not the beginning of a seen task's list.
    """

    name: SideName

    def has(self, entity: str) -> bool:
        """Whether a word, number or name belongs to this half."""
        first = sha256(f"side\n{entity.casefold()}".encode()).digest()[0]
        return (first < _SEEN_SHARE * 256) == (self.name == "seen")

    def kept(self, entities: Iterable[str]) -> list[str]:
        """Those of this half, in their order."""
        return [entity for entity in entities if self.has(entity)]


Pairs = Callable[[Side], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Draft:
    """One task.

    Attributes:
        name: lower-case words joined by hyphens, 64 characters at most.
        descriptions: eight wordings that are trained on; the first is the plainest.
        unseen_descriptions: four more, in other words and another build, that nothing is ever trained on.
        pairs: all (input, output) that a side offers, in any order; twice as many as needed is good.
        packages: the data packages it is made with; none where the data is made by rule.
        partition: where the task belongs.
        twin_of: the seen task of which this held-out one is a close variant.
        sizes: fewest and most (train, validation, test).
        whole: a seen task whose source is so small that it takes every input, whatever its side; no held-out task
            can then use these inputs.
        case_sensitive: as in `Task`.
    """

    name: str
    descriptions: tuple[str, ...]
    unseen_descriptions: tuple[str, ...]
    pairs: Pairs
    packages: tuple[str, ...] = ()
    partition: Partition = "seen"
    twin_of: str = ""
    sizes: tuple[int, int, int] = USUAL_SIZES
    whole: bool = False
    case_sensitive: bool = True

    @property
    def side(self) -> Side:
        """The half its inputs come from."""
        return Side("seen" if self.partition == "seen" else "unseen")

    def candidates(self) -> dict[str, str]:
        """Output by input, of the task's own side.

        Raises:
            ValueError: an input occurs with two outputs.
        """
        found: dict[str, str] = {}
        for text, output in self.pairs(self.side):
            if not (self.whole or self.side.has(text)):
                continue
            if found.setdefault(text, output) != output:
                raise ValueError(f"{self.name}: {text!r} has the outputs {found[text]!r} and {output!r}")
        return found
