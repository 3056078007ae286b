"""Searching the pool: by a text, by solved examples, or by an adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hyperlora.errors import InputError
from hyperlora.lora.base_completion import complete_base
from hyperlora.registry.catalogue import check_origins
from hyperlora.registry.open_adapter import open_adapter
from hyperlora.tasks.task import Example
from pipelines.runtime import Runtime
from retrieval.documents import QueryKind
from retrieval.index import Where
from retrieval.retriever import Match
from retrieval.weight_similarity import adapters_like


def search(
    runtime: Runtime,
    k: int,
    *,
    text: str = "",
    kind: QueryKind = "description",
    examples: Sequence[Example] = (),
    like: str = "",
    tags: Mapping[str, str | None] | None = None,
    origins: tuple[str, ...] = (),
) -> list[Match]:
    """The k adapters of the runtime's base model that fit a text, examples or an adapter best, best first.

    Raises:
        InputError: not exactly one of the three is given, a filter is given with `like`, an origin is none, or k is
            below 1.
    """
    given = sum(map(bool, (text.strip(), examples, like)))
    if given == 0:
        raise InputError("the description is empty", "Say in a sentence what the task is, or give solved examples.")
    if given > 1:
        raise InputError("a search is by a text, by examples or by an adapter", "Give only one of them.")
    check_origins(origins)
    where = Where(tags=tags or {}, origins=origins)
    if like:
        if tags or origins:
            raise InputError("a search by an adapter knows no filters", "Leave out tags and origins.")
        adapter = open_adapter(like, runtime.base_name)
        # an adapter knows its base model, among whose adapters it is compared
        if runtime.base_name is not None:
            adapter = complete_base(adapter, runtime.located)
            adapter.require_base(runtime.located.identity)
        own = (runtime.registry.get(like).reference,) if like.startswith("registry:") else ()
        return [
            Match(entry, cosine, cosine) for entry, cosine in adapters_like(runtime.registry, adapter, k, leave_out=own)
        ]
    retriever = runtime.retriever()
    runtime.warn()
    if examples:
        return retriever.search_examples(runtime.base, examples, k, where=where)
    return retriever.search(text, k, kind=kind, where=where)
