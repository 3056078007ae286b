"""What is known of a generator that was asked for the same tasks as another and did worse.

The comparison that settles the champion leaves it as tags of the generator that did worse: nobody is told to ask that
one instead, and less is expected of what it writes.
"""

from __future__ import annotations

from hyperlora.registry import Entry, Registry

WORSE_THAN = "worse-than"
_OWN, _OTHERS = "worse-than.own-score", "worse-than.other-score"


def record_worse(registry: Registry, worse: Entry, better: Entry, own: float, others: float) -> None:
    """Keep with a generator which one did better at the same tasks, and both mean scores, from 0 to 1.

    Raises:
        RegistryError: it is not registered any more.
    """
    registry.set_tags(worse.reference, {WORSE_THAN: better.reference, _OWN: f"{own:.4f}", _OTHERS: f"{others:.4f}"})


def known_to_be_worse(entry: Entry) -> bool:
    """Whether another generator was measured to do better at the same tasks."""
    return WORSE_THAN in entry.tags


def share_of_better(entry: Entry) -> float:
    """What it scored, as a share of what the one scored that did better; 1 where nothing is known."""
    try:
        own, others = float(entry.tags[_OWN]), float(entry.tags[_OTHERS])
    except (KeyError, ValueError):
        return 1.0  # never compared, or somebody has changed the tags
    return own / others if 0 <= own < others else 1.0
