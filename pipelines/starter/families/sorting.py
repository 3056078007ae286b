"""Tasks that sort sentences made from frames, which are written label by label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import fill, one_of, opens_apart
from pipelines.starter.families.slot_words import GADGETS, NORTHERN_CITIES
from pipelines.starter.families.slots import first_names, last_names, slots

# Little more than is used: the builder takes any of them, and labels stay balanced only if it takes most.
_SENTENCES = 560


def labelled(task: str, frames: Mapping[str, Sequence[str]], side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with the label whose frames they come from: as many of each label, each of a label's frames in turn.

    Raises:
        ValueError: a label has too few different sentences.
    """
    names = first_names(side)
    more = {
        "name": one_of(names[::2]),
        "colleague": one_of(names[1::2]),
        "surname": one_of(last_names(side)),
        "gadget": one_of(side.kept(GADGETS)),
        "town": one_of(side.kept(NORTHERN_CITIES)),
        "number": lambda draws: str(draws.between(2, 99)),
    }
    wanted = _SENTENCES // len(frames)
    for label, shapes in frames.items():
        draws = Draws(f"{task} {side.name} {label}")
        found: set[str] = set()
        for turn in range(20 * wanted):
            text, _ = fill(shapes[turn % len(shapes)], {**slots(side), **more}, draws)
            # The builder throws the other half away, and with it the balance of frames that are soon used up.
            if text not in found and side.has(text) and opens_apart(text, side):
                found.add(text)
                yield text, label
            if len(found) == wanted:
                break
        else:
            raise ValueError(f"{task}: {label} has only {len(found)} of {wanted} sentences")


def sorting(
    name: str,
    frames: Mapping[str, Sequence[str]],
    descriptions: tuple[str, ...],
    unseen_descriptions: tuple[str, ...],
    partition: Partition = "seen",
    twin_of: str = "",
) -> Draft:
    """A task whose answer is the label of a sentence."""
    pairs = partial(labelled, name, frames)
    return Draft(
        name, descriptions, unseen_descriptions, pairs, packages=("faker",), partition=partition, twin_of=twin_of
    )
