"""Answers of the shipped starter suite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.starter import starter_suite

Answers = Callable[[str], dict[str, str]]


@pytest.fixture(scope="session")
def answers() -> Answers:
    """Input to output over all splits of a shipped task."""

    def of(name: str) -> dict[str, str]:
        splits = starter_suite().tasks[name].splits().values()
        return {example.input: example.output for part in splits for example in part}

    return of
