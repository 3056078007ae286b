"""One registered version, as the registry's record describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hyperlora.references import Reference

Kind = Literal["adapter", "generator"]
PREFIX = "hyperlora."


@dataclass(frozen=True)
class Entry:
    """One version of a registered adapter or generator.

    Attributes:
        kind: `adapter` or `generator`.
        name, version: what `registry:name@version` refers to.
        description: the card's task description.
        origin: how the weights came to be.
        parents: references of what they came from.
        base: fingerprint of the base model.
        encoder: id of the text encoder a generator was trained with; empty for adapters.
        weights: the adapter's content hash (weights only), or a generator's.
        content: hash of the stored folder.
        manifest: SHA-256 by file.
        metrics: measured scores.
        identity: hash of the run that made it, or empty.
        created: milliseconds since the epoch.
        aliases: aliases of this version.
        folder: where its files are; not yet verified.
    """

    kind: Kind
    name: str
    version: int
    description: str
    origin: str
    parents: tuple[str, ...]
    base: str
    encoder: str
    weights: str
    content: str
    manifest: Mapping[str, str]
    metrics: Mapping[str, float]
    identity: str
    created: int
    aliases: tuple[str, ...]
    folder: Path

    @property
    def reference(self) -> str:
        """`registry:name@version`."""
        return str(Reference("registry", self.name, version=self.version))

    def summary(self) -> dict[str, Any]:
        """What `--json` and the HTTP API show of it."""
        return {
            "name": self.name,
            "version": self.version,
            "reference": self.reference,
            "kind": self.kind,
            "description": self.description,
            "origin": self.origin,
            "parents": list(self.parents),
            "metrics": dict(self.metrics),
            "aliases": list(self.aliases),
            "base": self.base,
            "created": self.created,
            "folder": str(self.folder),
        }


def to_tags(fields: Mapping[str, Any]) -> dict[str, str]:
    """MLflow tags for a record's fields; values are JSON, so that they come back as they were."""
    return {
        PREFIX + key: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in fields.items()
    }
