"""One registered version as the registry knows it, and the state of one name; no MLflow, no SQL."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from hyperlora.references import Reference
from hyperlora.registry.headline import headline_metric

Kind = Literal["adapter", "generator", "retriever"]
KINDS: tuple[Kind, ...] = ("adapter", "generator", "retriever")


@dataclass(frozen=True)
class Entry:
    """One version of a registered adapter, generator or retriever.

    Attributes:
        kind: `adapter`, `generator` or `retriever`.
        name, version: what `registry:name@version` refers to.
        description: the card's task description.
        paraphrases: the card's other wordings.
        description_source: `given`, or `proposed` when nobody wrote the description.
        family: the task's family, or empty.
        origin: how the weights came to be.
        parents: references of what they came from.
        base: fingerprint of the base model.
        base_id: the base model's name, e.g. `smollm2-135m-instruct`.
        encoder: id of the text encoder that a generator or retriever was trained with; empty for adapters.
        weights: the adapter's content hash (weights only), or a generator's.
        sketch: base64 of a random projection of the weight change, by which near copies are found; or empty.
        content: hash of the stored folder.
        manifest: SHA-256 by file.
        size: bytes of the stored folder.
        metrics: measured scores.
        tags: labels set by people, `key` to `value`.
        identity: hash of the run that made it, or empty.
        recipe: hash of the recipe it was made with, or empty.
        dataset: hash of the data it was trained on, or empty.
        run_id: the MLflow run it came from, or empty.
        licence: SPDX expression of the weights.
        created: milliseconds since the epoch.
        expires: when garbage collection may delete it, in the same unit; None for never.
        archived: when it was archived, in the same unit; None when it is not.
        aliases: aliases of this version.
        folder: where its files are on this machine; not yet verified, and not there before the first use where the
            contents lie in an object store.
    """

    kind: Kind
    name: str
    version: int
    description: str
    content: str
    manifest: Mapping[str, str]
    folder: Path
    created: int
    origin: str = ""
    paraphrases: tuple[str, ...] = ()
    description_source: str = "given"
    family: str = ""
    parents: tuple[str, ...] = ()
    base: str = ""
    base_id: str = ""
    encoder: str = ""
    weights: str = ""
    sketch: str = ""
    size: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""
    recipe: str = ""
    dataset: str = ""
    run_id: str = ""
    licence: str = ""
    expires: int | None = None
    archived: int | None = None
    aliases: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """`registry:name@version`."""
        return str(Reference("registry", self.name, version=self.version))

    @property
    def headline_metric(self) -> tuple[str, float] | None:
        """Name and value of the score that says most of new inputs; None where nothing was measured."""
        return headline_metric(self.metrics)

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        headline = self.headline_metric
        return {
            "name": self.name,
            "version": self.version,
            "reference": self.reference,
            "kind": self.kind,
            "description": self.description,
            "description_source": self.description_source,
            "family": self.family,
            "origin": self.origin,
            "parents": list(self.parents),
            "metric": None if headline is None else {"name": headline[0], "value": headline[1]},
            "metrics": dict(self.metrics),
            "tags": dict(self.tags),
            "aliases": list(self.aliases),
            "base": self.base,
            "base_id": self.base_id,
            "licence": self.licence,
            "created": self.created,
            "expires": self.expires,
            "archived": self.archived,
            "size": self.size,
            "folder": str(self.folder),
        }


@dataclass(frozen=True)
class Tombstone:
    """What is left of a deleted version, so that its number is never given to something else.

    Attributes:
        content: the hash its folder had.
        deleted: when, in milliseconds since the epoch.
        reason: why, e.g. `deleted`, `expired`, `redacted`; `elsewhere` when another tool deleted it.
    """

    content: str
    deleted: int
    reason: str


@dataclass(frozen=True)
class NameState:
    """Everything the record says of one name, or, where `partial`, of some of its versions.

    Attributes:
        kind: what the name may hold.
        name: the name.
        entries: live versions by number; where `partial`, only those that were looked at.
        aliases: version by alias, always all of them.
        tombstones: deleted versions by number, always all of them.
        partial: versions absent from `entries` and `tombstones` are unchanged, not gone.
    """

    kind: Kind
    name: str
    entries: Mapping[int, Entry]
    aliases: Mapping[str, int] = field(default_factory=dict)
    tombstones: Mapping[int, Tombstone] = field(default_factory=dict)
    partial: bool = False


def with_aliases(entry: Entry, aliases: Mapping[str, int]) -> Entry:
    """The entry with those of a name's aliases that point at it."""
    return replace(
        entry, aliases=tuple(sorted(alias for alias, version in aliases.items() if version == entry.version))
    )


def now() -> int:
    """This moment, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
