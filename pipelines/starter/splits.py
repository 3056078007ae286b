"""Dividing a task's examples into train, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TypedDict

from hyperlora.tasks.task import Example

USUAL_SIZES = (240, 50, 100)
# What a task should have at least wherever its source is large enough.
LEAST_SIZES = (200, 50, 100)


class Splits(TypedDict):
    """The examples of a task, as its constructor takes them."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]


def split_examples(name: str, outputs: Mapping[str, str], sizes: tuple[int, int, int]) -> Splits:
    """Train, validation and test examples of a task.

    The order is that of the inputs' hashes: it needs no random generator, and adding or removing one word
    moves no other word to another place relative to the rest.

    Args:
        name: the task's name, which makes the order differ from task to task.
        outputs: output by input.
        sizes: how many to take for train, validation and test.

    Raises:
        ValueError: there are too few pairs.
    """
    if len(outputs) < sum(sizes):
        raise ValueError(f"{name}: {len(outputs)} examples where {sum(sizes)} are wanted")
    ordered = sorted(outputs, key=lambda text: sha256(f"{name}\n{text}".encode()).digest())
    examples = [Example(text, outputs[text]) for text in ordered]
    train, validation, test = sizes
    return {
        "test": tuple(examples[:test]),
        "validation": tuple(examples[test : test + validation]),
        "train": tuple(examples[test + validation : test + validation + train]),
    }
