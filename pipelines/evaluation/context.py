"""What methods may use: the runtime, the suite's examples, and the pool of adapters trained on seen tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.models import BaseModel, load_base_model
from hyperlora.registry import Entry
from hyperlora.tasks.task import Example, Suite, Task
from pipelines.adapt.pool_mean import mean_adapter
from pipelines.evaluation.requests import GatedPool, drawn_examples
from pipelines.evaluation.wordings import Control, wordings
from pipelines.recipes import EvaluationRecipe
from pipelines.runtime import Runtime
from retrieval.compose.arrow import arrow_gates
from retrieval.index import READS_TAG, pool_entries


class EvaluationContext:
    """One evaluation's means.

    Args:
        runtime: base model, registry, index and generator.
        tasks: all tasks of the evaluation, in order.
        recipe: how it is measured.
        folder: where methods that train keep their checkpoints.
        suite: where the tasks are from, which says what twins they have; the tasks themselves when None.

    Attributes:
        kept: what methods make once and use for many tasks.
    """

    def __init__(
        self,
        runtime: Runtime,
        tasks: Sequence[Task],
        recipe: EvaluationRecipe,
        folder: Path,
        suite: Suite | None = None,
    ) -> None:
        self.runtime = runtime
        self.recipe = recipe
        self.folder = folder
        self._tasks = list(tasks)
        self._suite = self._tasks if suite is None else list(suite)
        self.kept: dict[object, Any] = {}
        self._wordings: dict[Control, Mapping[str, tuple[str, ...]]] = {}

    def asked(self, task: Task) -> tuple[Example, ...]:
        """The test examples that are asked."""
        return task.test[: self.recipe.test_examples]

    def shown(self, task: Task, count: int) -> list[Example]:
        """The solved examples a method is given."""
        return drawn_examples(task, count, self.recipe.seed)

    def wordings(self, task: Task, control: Control = "") -> tuple[str, ...]:
        """The descriptions a method is asked with; example number i uses number i modulo their count."""
        if control not in self._wordings:
            self._wordings[control] = wordings(self._tasks, control, self.recipe.seed)
        return self._wordings[control][task.name]

    @cached_property
    def training_base(self) -> BaseModel:
        """The base model, loaded for training."""
        return load_base_model(self.runtime.base_name, training=True)

    @cached_property
    def pool_entries(self) -> list[Entry]:
        """The adapters that may be retrieved, by name."""
        pool = pool_entries(self.runtime.registry, self.runtime.located.identity.fingerprint)
        return sorted(pool, key=lambda entry: entry.name)

    @cached_property
    def pool(self) -> dict[str, Adapter]:
        """The adapters that may be retrieved, by reference.

        Raises:
            InputError: there is none for this base model.
        """
        if not self.pool_entries:
            raise InputError(
                f"the registry has no adapters for {self.runtime.located.identity.id}", "Run: hyperlora registry seed"
            )
        return {entry.reference: self.runtime.registry.load(entry.reference) for entry in self.pool_entries}

    @cached_property
    def mean_adapter(self) -> Adapter:
        """The mean weight change of the pool: what is known before anything is said of the task."""
        return mean_adapter(list(self.pool.values()))

    def trained_for(self, task: Task) -> Entry | None:
        """The newest pool adapter that was trained on exactly the task's training examples."""
        fitting = [entry for entry in self.pool_entries if entry.dataset == task.training_hash]
        return max(fitting, key=lambda entry: entry.created, default=None)

    def adapters_for(self, task: Task) -> frozenset[str]:
        """References of the pool adapters that are for the task or a twin of it, by what they are called or trained on.

        Twins are the seen task and all that are close variants of it.
        """
        root = task.twin_of or task.name
        twins = [each for each in self._suite if root in (each.name, each.twin_of)]
        names = {task.name, root, *(each.name for each in twins)}
        datasets = {each.training_hash for each in (task, *twins)}
        return frozenset(e.reference for e in self.pool_entries if e.name in names or e.dataset in datasets)

    @cached_property
    def gated_pool(self) -> GatedPool:
        """The pool, every token choosing among a prompt's adapters as Arrow does."""
        members = list(self.pool.values())
        return GatedPool(tuple(members), arrow_gates(members, device=self.runtime.base.device))

    def multitask(self, reads: str) -> Adapter:
        """The adapter that reads a `description`, or `examples`, in its prompt.

        Raises:
            InputError: the registry has none for this base model.
        """
        if (known := self.kept.get(("multitask", reads))) is None:
            entry = self._multitask_entry(reads)
            if entry is None:
                raise InputError(
                    f"the registry has no multi-task adapter that reads {reads}",
                    f"Run: hyperlora registry seed, or hyperlora train multitask --reads {reads}",
                )
            known = self.kept["multitask", reads] = self.runtime.registry.load(entry.reference)
        assert isinstance(known, Adapter)
        return known

    def _multitask_entry(self, reads: str) -> Entry | None:
        fingerprint = self.runtime.located.identity.fingerprint
        fitting = [
            entry
            for entry in self.runtime.registry.entries("adapter")
            if entry.tags.get(READS_TAG) == reads and entry.base == fingerprint
        ]
        return max(fitting, key=lambda entry: entry.created, default=None)

    def trained_parts(self) -> list[tuple[str, list[Entry]]]:
        """What was trained before the evaluation, for its learning curves."""
        told = {f"multitask+{reads}": self._multitask_entry(reads) for reads in ("description", "examples")}
        parts = [("pool adapters", self.pool_entries)]
        parts += [(name, [entry]) for name, entry in told.items() if entry is not None]
        if (writer := self.runtime.generator()) is not None:
            parts.append(("generator", [writer.entry]))
        return parts
