"""Where refinement begins when nothing was written: at the mean of a pool, which knows what tasks have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from hyperlora.errors import InputError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import recompress, weighted_sum
from hyperlora.lora.card import Card
from hyperlora.lora.licences import combined_licence
from hyperlora.registry import Entry
from hyperlora.tasks.task import Example
from pipelines.runtime import Runtime
from retrieval.index import pool_entries

# The mean of a pool has a rank as large as all of its adapters' together; this much holds nearly all of it.
MEAN_RANK = 32
# Of a larger pool, the adapters for the tasks that are most like the examples.
_MOST = 100


def mean_adapter(adapters: Sequence[Adapter]) -> Adapter:
    """The mean weight change of adapters, which may differ in rank, scaling and modules, at rank 32 or less.

    Its prompt template is the one that most of them have, its licence what all of theirs allow.

    Raises:
        InputError: there are none.
        BaseModelError: they were made for different base models.
    """
    templates = Counter(adapter.card.prompt_template for adapter in adapters)
    card = Card(
        description="The mean of the pool",
        origin="composed",
        prompt_template=max(templates, key=templates.__getitem__, default=""),
        licence=combined_licence(adapter.card.licence for adapter in adapters),
    )
    total = weighted_sum(adapters, [1 / len(adapters)] * len(adapters), card)
    return recompress(total, MEAN_RANK).adapter


class PoolMeanInit:
    """The means that adapters for some examples begin at; one that several begin at is made once.

    Args:
        runtime: names the pool.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._made: dict[tuple[str, ...], Adapter] = {}

    def members(self, examples: Sequence[Example]) -> list[Entry]:
        """Whose mean it is: the pool by name, or the hundred of a larger one whose own examples are most like these.

        Raises:
            InputError: the pool has no adapter for the runtime's base model.
        """
        entries = self._pool
        if not entries:
            raise InputError(
                f"the registry has no adapters for {self._runtime.located.identity.id} to begin at",
                "Run: hyperlora registry seed, or begin at what is generated: --start generated",
            )
        if len(entries) > _MOST:
            hits = self._runtime.retriever().search_examples(self._runtime.base, examples, _MOST)
            entries = [hit.entry for hit in hits]
        return sorted(entries, key=lambda entry: entry.name)

    @cached_property
    def _pool(self) -> list[Entry]:
        return pool_entries(self._runtime.registry, self._runtime.located.identity.fingerprint)

    def start(self, members: Sequence[Entry]) -> Adapter:
        """Their mean."""
        references = tuple(entry.reference for entry in members)
        if references not in self._made:
            self._made[references] = mean_adapter([self._runtime.registry.load(each) for each in references])
        return self._made[references]
