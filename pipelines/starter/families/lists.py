"""Lists: picking an item from a comma-separated list."""

from __future__ import annotations

from hashlib import sha256

from hyperlora.tasks import Task
from pipelines.starter.inflection import noun_plurals
from pipelines.starter.sources import licence_line, source_line
from pipelines.starter.splits import USUAL_SIZES, split_examples

_PACKAGES = ("lemminflect", "wordfreq")
_LENGTH = 4


def last_items() -> list[tuple[str, str]]:
    """Lists of four different nouns, each with its last one; which nouns is decided by a hash."""
    nouns = [noun for noun, _ in noun_plurals()]
    lists = []
    for number in range(sum(USUAL_SIZES)):
        order = sorted(nouns, key=lambda noun: sha256(f"{number}\n{noun}".encode()).digest())
        lists.append(order[:_LENGTH])
    return [(", ".join(items), items[-1]) for items in lists]


def tasks() -> tuple[Task, ...]:
    """The list tasks."""
    return (
        Task(
            name="last-item",
            family="lists",
            descriptions=(
                "Pick the last item of the list.",
                "Which word comes at the end of this enumeration?",
                "Return whatever follows the final comma.",
                "Of the words given, keep only the one in the last position.",
                "Several nouns are separated by commas; repeat the one that was mentioned most recently.",
                "Choose the closing element of the series.",
                "Read the sequence through and write down the word it stops on.",
                "Select the rightmost entry.",
            ),
            unseen_descriptions=(
                "From these four options, answer with number four.",
                "Output the final element of a comma-separated list.",
                "Ignore everything but the tail of the list.",
                "What is the bottom-most thing if the words were written one under another in this order?",
            ),
            **split_examples("last-item", last_items(), USUAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
    )
