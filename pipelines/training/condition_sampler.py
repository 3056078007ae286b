"""What a hypernet is told of its training tasks: at every step another wording, some of the examples, or both."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from generator.condition_features import FeatureSizes
from generator.conditions import Senses, description_features, example_states
from hyperlora.embeddings.whitening import fit_whitening
from hyperlora.progress import progress
from hyperlora.tasks.task import Task
from pipelines.recipes import HypernetRecipe

# Of each task so many training examples are read; conditions have some of them.
_EXAMPLES = 16
# Tasks whose examples are read together.
_GROUP = 16


class ConditionSampler:
    """Draws conditions of training tasks; each depends on nothing but task, step and seed, so that runs can go on.

    Args:
        tasks: their training wordings and training examples are read, once.
        sizes: what a condition is made of; embeddings alone when None.
    """

    def __init__(
        self, tasks: Sequence[Task], sizes: FeatureSizes | None, senses: Senses, recipe: HypernetRecipe, template: str
    ) -> None:
        self._names = [task.name for task in tasks]
        self._recipe = recipe
        self._embedding = senses.encoder.dimensions
        self._examples: list[Tensor] = []
        texts = [text for task in tasks for text in task.descriptions]
        counts = [len(task.descriptions) for task in tasks]
        if sizes is None:
            self._wordings = list(torch.from_numpy(senses.encoder.encode(texts)).split(counts))
            return
        embeddings, self._readings = description_features(texts, sizes, senses)
        self._wordings = list(torch.cat([embeddings, self._readings], dim=1).split(counts))
        self._owners = [owner for owner, count in enumerate(counts) for _ in range(count)]
        with progress(len(tasks), "read examples", "task") as bar:
            for start in range(0, len(tasks), _GROUP):
                groups = [task.train[:_EXAMPLES] for task in tasks[start : start + _GROUP]]
                self._examples += example_states(groups, sizes, senses, template)
                bar.update(len(groups))

    def whitenings(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Centre and matrix of the states over descriptions, and of those over examples, as `Views.fit` takes them."""
        owners = [owner for owner, states in enumerate(self._examples) for _ in states]
        return (
            fit_whitening(self._readings.numpy(), self._owners),
            fit_whitening(torch.cat(self._examples).numpy(), owners),
        )

    def similar(self, count: int) -> list[list[int]]:
        """The numbers of the tasks whose wordings are most like each task's, closest first."""
        means = torch.stack([wordings[:, : self._embedding].mean(dim=0) for wordings in self._wordings])
        unit = torch.nn.functional.normalize(means, dim=1)
        similarity = unit @ unit.T
        similarity.fill_diagonal_(-2)
        ranked: list[list[int]] = similarity.topk(min(count, len(unit) - 1), dim=1).indices.tolist()
        return ranked

    def draw(self, number: int, step: int) -> Tensor:
        """A condition (condition_size,) of task `number` for a step."""
        recipe = self._recipe
        draw = random.Random(f"{recipe.seed}/{self._names[number]}/{step}")
        wordings = self._wordings[number]
        wording = wordings[draw.randrange(len(wordings))]
        if not self._examples:
            return wording
        kind = draw.random()
        states = self._examples[number]
        if kind >= recipe.shown + recipe.both:
            return torch.cat([wording, torch.zeros_like(states[0])])
        count = draw.randint(1, min(recipe.most_shown, len(states)))
        vector = states[draw.sample(range(len(states)), count)].mean(dim=0)
        return torch.cat([torch.zeros_like(wording) if kind < recipe.shown else wording, vector])

    def noise(self, count: int, size: int, step: int) -> Tensor | None:
        """What is added to the conditions of a step, (count, size)."""
        if not self._recipe.condition_noise:
            return None
        draws = torch.Generator().manual_seed(random.Random(f"{self._recipe.seed}/noise/{step}").getrandbits(63))
        return self._recipe.condition_noise * torch.randn(count, size, generator=draws)
