"""The starter suite: eight small tasks with their examples, shipped as task folders.

`tasks/` is what users get and needs no data package; the modules beside it rebuild it byte for byte.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hyperlora.references import parse_reference
from hyperlora.tasks import Suite, load_suite

TASKS_FOLDER = Path(__file__).parent / "tasks"
# Tasks whose source has fewer examples than a task should have: the (train, validation, test) they must reach.
SMALLER_TASKS = {"country-capital": (140, 25, 50), "country-continent": (150, 25, 50)}


@lru_cache(maxsize=1)
def starter_suite() -> Suite:
    """The shipped suite, its tasks ordered by name; read once a process."""
    return Suite("starter", load_suite(TASKS_FOLDER).tasks)


def open_suite(reference: str) -> Suite:
    """`starter` for the shipped suite, or `file:FOLDER` of task folders."""
    return starter_suite() if reference == "starter" else load_suite(parse_reference(reference, ("file",)).path)
