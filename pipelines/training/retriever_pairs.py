"""What a retriever learns from: pairs of texts of one task, in batches whose tasks lie close to each other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hyperlora.embeddings.encoder import TextEncoder
from pipelines.recipes import RetrieverRecipe
from retrieval.documents import Document, prompt_text, unit_mean

Pair = tuple[str, str]


def training_pairs(tasks: Sequence[Document], encoder: TextEncoder, recipe: RetrieverRecipe) -> list[Pair]:
    """The pairs of all steps, `tasks_per_step` a step, no two of a step from one task.

    A step takes tasks in groups of near neighbours, so that the others of a batch are hard negatives and yet never
    another wording of the same task.

    Args:
        tasks: each one's wordings and inputs; one without inputs is asked for by wordings alone.
        encoder: before training; it tells which tasks are near.
    """
    means = np.stack([unit_mean(encoder.encode(task.wordings)) for task in tasks])
    draw = random.Random(recipe.seed)
    batches = _neighbourly(means, min(recipe.tasks_per_step, len(tasks)), recipe.neighbours, draw)
    return [_pair(tasks[number], recipe, draw) for _ in range(recipe.steps) for number in next(batches)]


def _neighbourly(vectors: NDArray[np.float32], size: int, neighbours: int, draw: random.Random) -> Iterator[list[int]]:
    """Endless batches of different tasks; every task comes up as often as any other, and brings its neighbours."""
    nearest = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")[:, 1 : neighbours + 1].tolist()
    waiting: list[int] = []
    while True:
        batch: dict[int, None] = {}
        while len(batch) < size:
            if not waiting:
                waiting = draw.sample(range(len(vectors)), len(vectors))
            first = waiting.pop()
            for number in (first, *nearest[first]):
                if len(batch) < size:
                    batch.setdefault(number)
        yield list(batch)


def _pair(task: Document, recipe: RetrieverRecipe, draw: random.Random) -> Pair:
    """What is asked and what it should find: two wordings, or two prompts, as retrieval compares them.

    A prompt beside a bare wording would teach that inputs tell nothing, which measured worse by 8 points.
    """
    asked, found = draw.sample(task.wordings, 2) if len(task.wordings) > 1 else task.wordings * 2
    if not task.inputs:
        return asked, found
    one, other = draw.choice(task.inputs), draw.choice(task.inputs)
    if draw.random() < recipe.inputs:
        return one, prompt_text(found, other)
    if draw.random() < recipe.prompts:
        return prompt_text(asked, one), prompt_text(found, other)
    return asked, found
