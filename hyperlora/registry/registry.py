"""Register, find, verify and load adapters and generators."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from hyperlora.adapter import Adapter
from hyperlora.durable import fault_point
from hyperlora.errors import InputError, RegistryError
from hyperlora.peft_folder import read_adapter, write_adapter_files
from hyperlora.references import Reference, parse_reference
from hyperlora.registry.contents import ContentStore
from hyperlora.registry.entry import PREFIX, Entry, Kind, to_tags
from hyperlora.settings import get_settings
from hyperlora.tracking import connect

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_PAGE = 1000


class Registry:
    """A pool of adapters and generators: MLflow holds the record, verified folders hold the contents.

    A registered version is complete or not there at all: its folder is written and renamed first, the MLflow
    version that makes it visible comes last, under one lock per registry.

    Args:
        home: the folder of the registry; the `HYPERLORA_HOME` setting when None.
        uri: the MLflow registry URI; SQLite in `home` when None.
    """

    def __init__(self, home: Path | None = None, uri: str | None = None) -> None:
        self.home = (home or get_settings().home_dir) / "registry"
        self._uri = uri
        self._contents = ContentStore(self.home / "contents")

    @cached_property
    def _client(self) -> Any:
        return connect(self.home, self._uri)

    def register(self, adapter: Adapter, name: str, *, identity: str = "", run_id: str | None = None) -> Entry:
        """Store an adapter and make it the newest version of `name`.

        The same files under the same name are one version, however often they are registered.

        Args:
            name: lowercase letters, digits, `.`, `_` and `-`.
            identity: hash of the run that made it, by which a resumed run finds it.
            run_id: the MLflow run to link.
        """
        card = adapter.card
        fields = {
            "description": card.description,
            "origin": card.origin,
            "parents": list(card.parents),
            "base": adapter.base.fingerprint,
            "weights": adapter.content_hash,
            "metrics": card.metrics,
            "identity": identity,
        }
        return self.put("adapter", name, lambda folder: write_adapter_files(adapter, folder), fields, run_id)

    def put(
        self, kind: Kind, name: str, write: Callable[[Path], None], fields: Mapping[str, Any], run_id: str | None = None
    ) -> Entry:
        """Store the folder that `write` fills as a version of `name`; see `register`."""
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot name an adapter", "Use lowercase letters, digits, '.', '_' and '-', at most 128."
            )
        self.home.mkdir(parents=True, exist_ok=True)
        content, manifest = self._contents.put(write)
        fault_point("content-stored")
        tags = to_tags({**fields, "kind": kind, "content": content, "manifest": manifest})
        client = self._client  # connecting takes the same lock
        with FileLock(self.home / ".lock"):
            self._create_name(kind, name)
            existing = [entry for entry in self._versions(name) if entry.content == content]
            if existing:
                return existing[-1]
            source = self._contents.path(content).as_uri()
            version = client.create_model_version(
                name, source, run_id=run_id, tags=tags, description=str(fields.get("description", ""))
            )
        return self._entry(version, {})

    def _create_name(self, kind: Kind, name: str) -> None:
        from mlflow.exceptions import MlflowException

        try:
            model = self._client.get_registered_model(name)
        except MlflowException:
            self._client.create_registered_model(name, tags=to_tags({"kind": kind}))
            return
        found = model.tags.get(PREFIX + "kind")
        if found != kind:
            raise RegistryError(f"{name} names a registered {found or 'model of another tool'}", "Choose another name.")

    def entries(self, kind: Kind = "adapter", *, name: str | None = None) -> list[Entry]:
        """Every version of every entry of a kind, by name and version; one name's if given."""
        wanted = f" and name = '{name}'" if name and _NAME.fullmatch(name) else ""
        models = self._pages(
            lambda token: self._client.search_registered_models(
                f"tags.`{PREFIX}kind` = '{kind}'{wanted}", max_results=_PAGE, page_token=token
            )
        )
        aliases = {model.name: dict(model.aliases) for model in models}
        versions = self._pages(
            lambda token: self._client.search_model_versions(
                f"tags.`{PREFIX}kind` = '{kind}'{wanted}", max_results=_PAGE, page_token=token
            )
        )
        entries = [self._entry(version, aliases.get(version.name, {})) for version in versions]
        return sorted(entries, key=lambda entry: (entry.name, entry.version))

    def get(self, reference: str) -> Entry:
        """The entry a `registry:name[@version|@alias]` refers to; the newest version when none is named.

        Raises:
            InputError: not a registry reference.
            RegistryError: there is no such entry.
        """
        parsed = parse_reference(reference, ("registry",))
        versions = self._versions(parsed.target)
        if not versions:
            raise RegistryError(
                f"{reference}: nothing is registered as {parsed.target}", "See: hyperlora registry list"
            )
        for entry in versions:
            if parsed.version == entry.version or (parsed.alias and parsed.alias in entry.aliases):
                return entry
        if parsed.version or parsed.alias:
            raise RegistryError(
                f"{reference}: {parsed.target} has no such version or alias",
                f"See: hyperlora registry show registry:{parsed.target}",
            )
        return versions[-1]

    def find(self, kind: Kind, identity: str) -> list[Entry]:
        """The entries of a kind that the run with this identity registered."""
        return [entry for entry in self.entries(kind) if entry.identity == identity]

    def load(self, reference: str) -> Adapter:
        """Verify and read a registered adapter.

        Raises:
            RegistryError: no such adapter, or its folder does not match its record.
        """
        entry = self.get(reference)
        if entry.kind != "adapter":
            raise RegistryError(f"{reference} is a {entry.kind}, not an adapter", "See: hyperlora registry list")
        return read_adapter(self.verified_folder(entry))

    def verified_folder(self, entry: Entry) -> Path:
        """The entry's folder after every byte was checked against the record."""
        return self._contents.verify(entry.content, entry.manifest)

    def set_alias(self, reference: str, alias: str) -> Entry:
        """Point an alias at a version, taking it from the version that had it."""
        if not re.fullmatch(r"(?!v[0-9]+$)(?!latest$)[A-Za-z][A-Za-z0-9_-]{0,63}", alias, re.IGNORECASE):
            raise InputError(f"{alias!r} cannot be an alias", "Use letters, digits, '_' and '-', but not v3 or latest.")
        entry = self.get(reference)
        with FileLock(self.home / ".lock"):
            self._client.set_registered_model_alias(entry.name, alias, str(entry.version))
        return self.get(str(Reference("registry", entry.name, version=entry.version)))

    def _versions(self, name: str) -> list[Entry]:
        return [entry for kind in ("adapter", "generator") for entry in self.entries(kind, name=name)]

    def _pages(self, fetch: Callable[[str | None], Any]) -> list[Any]:
        found, token = [], None
        while True:
            page = fetch(token)
            found.extend(page)
            token = page.token
            if not token:
                return found

    def _entry(self, version: Any, aliases: Mapping[str, str]) -> Entry:
        tags = {key.removeprefix(PREFIX): value for key, value in version.tags.items() if key.startswith(PREFIX)}
        return Entry(
            kind="generator" if tags["kind"] == "generator" else "adapter",
            name=version.name,
            version=int(version.version),
            description=tags.get("description", ""),
            origin=tags.get("origin", ""),
            parents=tuple(json.loads(tags.get("parents", "[]"))),
            base=tags.get("base", ""),
            encoder=tags.get("encoder", ""),
            weights=tags.get("weights", ""),
            content=tags["content"],
            manifest=json.loads(tags["manifest"]),
            metrics=json.loads(tags.get("metrics", "{}")),
            identity=tags.get("identity", ""),
            created=int(version.creation_timestamp or 0),
            aliases=tuple(sorted(alias for alias, number in aliases.items() if int(number) == int(version.version))),
            folder=self._contents.path(tags["content"]),
        )
