"""Which generator or retriever is used where none is named: a new one has to be at least as good as the present one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hyperlora.registry import Entry, Registry
from hyperlora.registry.champions import CHAMPION


@dataclass(frozen=True)
class Comparison:
    """The present champion and a new one on the same questions.

    Attributes:
        of: whose tasks these are.
        tasks: how many there are at hand.
        asked: of how many of them was asked.
        present, new: mean scores of both, over those.
    """

    of: str
    tasks: int
    asked: int
    present: float
    new: float


@dataclass(frozen=True)
class ChampionDecision:
    """Which one is used from now on.

    Attributes:
        kind: `generator` or `retriever`.
        champion: reference of the one that is used from now on.
        new: reference of the one that was trained.
        present: reference of the one that was used so far; None if there was none.
        measure: what the scores are.
        compared: both by whose tasks; empty where nothing was compared.
        reason: why, in a sentence.
    """

    kind: str
    champion: str
    new: str
    present: str | None
    measure: str
    compared: tuple[Comparison, ...]
    reason: str

    @property
    def scores(self) -> tuple[float, float] | None:
        """Mean scores of the present one and of the new one over all tasks at hand; None where nothing was asked."""
        return total(self.compared)

    def summary(self) -> dict[str, Any]:
        """What `--json` shows of it."""
        scores = self.scores
        return {
            "champion": self.champion,
            "present": self.present,
            "new": self.new,
            "reason": self.reason,
            "measure": self.measure,
            "scores": None if scores is None else {"present": scores[0], "new": scores[1]},
            "compared": [asdict(each) for each in self.compared],
        }

    def text(self) -> str:
        """The same for people, with what to do to change it."""
        lines = []
        if (scores := self.scores) is not None:
            lines.append(f"{self.measure}: {self.present} {scores[0]:.2f}, {self.new} {scores[1]:.2f}")
            lines += [
                f"  {each.of}: {each.present:.2f} and {each.new:.2f} ({each.asked} of {each.tasks} tasks asked)"
                for each in self.compared
            ]
        lines.append(f"champion {self.kind}: {self.champion} ({self.reason})")
        other = self.present if self.champion == self.new else self.new
        if other is not None and other != self.champion:
            lines.append(f"to use the other: hyperlora registry alias {other} {CHAMPION}")
        return "\n".join(lines)


def total(compared: Sequence[Comparison]) -> tuple[float, float] | None:
    """Means of both over all tasks at hand: each group counts by how many tasks it has, however few were asked."""
    asked = [each for each in compared if each.asked]
    count = sum(each.tasks for each in asked)
    if not count:
        return None
    present = sum(each.tasks * each.present for each in asked) / count
    return present, sum(each.tasks * each.new for each in asked) / count


def settle_champion(
    registry: Registry,
    new: Entry,
    fitting: Iterable[Entry],
    compare: Callable[[Entry], tuple[Comparison, ...] | str],
    *,
    measure: str,
    trained_now: bool = True,
    make_champion: bool = False,
) -> ChampionDecision:
    """Decide who is champion, and give it the alias.

    Args:
        new: the one that was trained.
        fitting: all that may be used in its place and can be read, in the order in which they are used.
        compare: asks both, or says why the new one is no choice.
        trained_now: where it was there already, nothing changes unless it is made champion.
        make_champion: whatever it measures.
    """
    others = [entry for entry in fitting if entry.reference != new.reference]
    present = others[0] if others else None
    compared: tuple[Comparison, ...] = ()
    if CHAMPION in new.aliases:
        present, reason, takes = new, "it already was", True
    elif make_champion:
        reason, takes = "as you said", True
    elif present is None:
        reason, takes = "there is no other that can be used", True
    elif not trained_now:
        reason, takes = f"{new.reference} was there already, and nothing changes", False
    else:
        told = compare(present)
        compared = () if isinstance(told, str) else told
        takes, reason = (False, told) if isinstance(told, str) else _better(compared)
    winner = new if takes or present is None else present
    registry.set_alias(winner.reference, CHAMPION)
    return ChampionDecision(
        new.kind,
        winner.reference,
        new.reference,
        None if present is None else present.reference,
        measure,
        compared,
        reason,
    )


def _better(compared: Sequence[Comparison]) -> tuple[bool, str]:
    scores = total(compared)
    if scores is None:
        return False, "there are no tasks at hand to compare the new one on"
    present, new = scores
    if new >= present:
        return True, f"the new one is at least as good: {new:.3f}, the present one {present:.3f}"
    return False, f"the new one is not as good: {new:.3f}, the present one {present:.3f}"


def spread(names: Sequence[str], most: int) -> list[int]:
    """The places of at most so many of the names, evenly over their alphabet, so that all families are among them."""
    order = sorted(range(len(names)), key=names.__getitem__)
    if len(order) <= most:
        return sorted(order)
    return sorted(order[at * len(order) // most] for at in range(most))
