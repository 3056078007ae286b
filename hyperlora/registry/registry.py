"""Register, find, verify and load adapters, generators and retrievers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperlora.cancellation import commit
from hyperlora.errors import InputError, RegistryError
from hyperlora.files.durable import fault_point
from hyperlora.lora.licences import combined_licence
from hyperlora.references import Reference, parse_reference
from hyperlora.registry.catalogue import Catalogue, Event, Page, Query
from hyperlora.registry.champions import CHAMPION, rivals
from hyperlora.registry.contents import Contents
from hyperlora.registry.entry import Entry, Kind, Tombstone, now
from hyperlora.registry.ledger import Ledger
from hyperlora.registry.record import Record
from hyperlora.registry.remote_contents import contents_for
from hyperlora.settings import get_settings

if TYPE_CHECKING:
    from hyperlora.lora.adapter import Adapter

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_ALIAS = re.compile(r"(?!v[0-9]+$)(?!latest$)[a-z][a-z0-9_-]{0,63}", re.IGNORECASE)
_TAG = re.compile(r"(?!hyperlora\.|mlflow\.)[A-Za-z0-9_][A-Za-z0-9_./ -]{0,99}")
_LONGEST_TAG = 1000
_ALL = 2**31
_MOST_PARAPHRASES = 50_000  # characters of them in the record; MLflow takes 100,000


class Registry:
    """A pool of adapters, with generators and retrievers: MLflow holds the record, verified folders hold the contents.

    A registered version is complete or not there at all: its folder is written and renamed first, the MLflow
    version that makes it visible comes last, under one lock per registry. `get` and `load` ask MLflow, so that an
    alias moved in its UI counts at once; lists and searches ask the catalogue, which `sync` brings up to date with
    edits made elsewhere.

    Args:
        home: the folder of the registry; the `HYPERLORA_HOME` setting when None.
        uri: the MLflow registry URI; the `HYPERLORA_REGISTRY_URI` setting, else SQLite in `home`, when None.
    """

    def __init__(self, home: Path | None = None, uri: str | None = None) -> None:
        self.home = (home or get_settings().home_dir) / "registry"
        self.contents: Contents = contents_for(self.home, uri, get_settings().artifact_uri)
        self.record = Record(self.home, uri, self.contents.path)
        self.ledger = Ledger(self.home, uri, self.record, self.contents)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, ready to be asked."""
        return self.ledger.reading()

    # --- in -----------------------------------------------------------------------------------------------------

    def register(
        self,
        adapter: Adapter,
        name: str,
        *,
        identity: str = "",
        run_id: str | None = None,
        expires: int | None = None,
        tags: Mapping[str, str] | None = None,
        alias: str | None = None,
    ) -> Entry:
        """Store an adapter and make it the newest version of `name`; no base model is loaded.

        The same files under the same name are one version, however often they are registered. What has parents in
        this registry takes its licence from them.

        Args:
            name: lowercase letters, digits, `.`, `_` and `-`.
            identity: hash of the run that made it, by which a resumed run finds it.
            run_id: the MLflow run to link.
            expires: when garbage collection may delete it, in milliseconds since the epoch; never when None.
            tags: people's labels.
            alias: points at it from now on, as by `set_alias`.
        """
        from hyperlora.lora.sketches import encode, sketch
        from hyperlora.peft_io.folder import write_adapter_files
        from hyperlora.registry.mlflow_model import card_markdown, write_mlmodel

        def write(folder: Path) -> None:
            write_adapter_files(adapter, folder)
            write_mlmodel(folder)

        adapter = self._under_its_parents_licences(adapter)
        card = adapter.card
        fields = {
            "description": card.description,
            "paraphrases": _within(card.paraphrases, _MOST_PARAPHRASES),
            "description_source": card.description_source,
            "family": card.family,
            "origin": card.origin,
            "parents": list(card.parents),
            "base": adapter.base.fingerprint,
            "base_id": adapter.base.id,
            "weights": adapter.content_hash,
            "sketch": encode(sketch(adapter)),
            "metrics": card.metrics,
            "recipe": card.recipe_hash,
            "dataset": card.dataset_hash,
            "licence": card.licence,
            "identity": identity,
        }
        shown = card_markdown(adapter)
        return self.put("adapter", name, write, fields, run_id, expires=expires, tags=tags, alias=alias, card=shown)

    def put(
        self,
        kind: Kind,
        name: str,
        write: Callable[[Path], None],
        fields: Mapping[str, Any],
        run_id: str | None = None,
        *,
        expires: int | None = None,
        tags: Mapping[str, str] | None = None,
        alias: str | None = None,
        card: str = "",
    ) -> Entry:
        """Store the folder that `write` fills as a version of `name`; see `register`.

        Args:
            fields: what is known of it, by the names of `Entry`'s attributes.
            card: Markdown that MLflow's UI shows with the version; the description when empty.

        Raises:
            Cancelled: the work that this is a part of was given up; nothing is stored.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot name an adapter", "Use lowercase letters, digits, '.', '_' and '-', at most 128."
            )
        labels = _checked_tags(tags or {})
        _check_alias(alias)
        description = str(fields.get("description", ""))
        with self.ledger.writing(name) as touched:
            held = self.record.kind(name)
            if held not in (None, kind):
                raise RegistryError(
                    f"{name} names a registered {held or 'model of another tool'}", "Choose another name."
                )
            commit()
            content, manifest = self.contents.put(write)
            fault_point("content-stored")
            if held is None:
                self.record.create_name(kind, name, description[:1000])
            existing = None if held is None else self.record.with_content(name, content)
            if existing is not None:
                touched.add(existing.version)
                self._revive(existing, expires, str(fields.get("identity", "")), run_id or "")
                self._point(alias, name, existing.version)
                return self._read_back(name, existing.version)
            size = sum((self.contents.path(content) / file).stat().st_size for file in manifest)
            known = {**fields, "kind": kind, "content": content, "manifest": manifest, "size": size}
            version = self.record.create_version(
                name,
                self.contents.uri(content),
                {**known, "expires": expires, "run_id": run_id or ""},
                labels,
                card=card or description[:1000],
                source_run=self.contents.source_run_id or run_id,
            )
            touched.add(version)
            self._point(alias, name, version)
        return self._read_back(name, version)

    def _point(self, alias: str | None, name: str, version: int) -> None:
        if alias is not None:
            self.record.set_alias(name, alias, version)

    def _under_its_parents_licences(self, adapter: Adapter) -> Adapter:
        parents = [self._parent_licence(reference) for reference in adapter.card.parents]
        if not any(parents):
            return adapter
        licence = combined_licence(parents)  # one that nobody knows makes the whole unknown
        return adapter.with_card(adapter.card.model_copy(update={"licence": licence}))

    def _parent_licence(self, reference: str) -> str:
        try:
            return self.get(reference).licence
        except (InputError, RegistryError):
            return ""  # not of this registry, or not there any more

    def _revive(self, entry: Entry, expires: int | None, identity: str, run_id: str) -> None:
        """What is registered again is wanted again: back from the archive, kept as long as anybody wants it.

        It also belongs to the newest run that came to it, or that run, resumed, would not find it.
        """
        lasting = entry.expires is None or expires is None
        wanted = {
            "archived": None,
            "expires": None if lasting else max(entry.expires or 0, expires or 0),
            "identity": identity or entry.identity,
            "run_id": run_id or entry.run_id,
        }
        changes = {key: value for key, value in wanted.items() if value != getattr(entry, key)}
        self.record.set_fields(entry.name, entry.version, **changes)

    # --- out ----------------------------------------------------------------------------------------------------

    def get(self, reference: str) -> Entry:
        """The entry a `registry:name[@version|@alias]` refers to; the newest that is not archived when none is named.

        Raises:
            InputError: not a registry reference.
            RegistryError: there is no such entry, or it was deleted.
        """
        parsed = parse_reference(reference, ("registry",))
        name = parsed.target
        if parsed.version is not None:
            entry = self.record.by_version(name, parsed.version)
        elif parsed.alias is not None:
            entry = self.record.by_alias(name, parsed.alias)
        else:
            entry = self.record.newest(name)
        if entry is None:
            raise self._absence(reference, parsed)
        return entry

    def _absence(self, reference: str, parsed: Reference) -> RegistryError:
        tombstones = self.record.tombstones(parsed.target)
        if tombstone := tombstones.get(parsed.version or 0):
            day = time.strftime("%Y-%m-%d", time.gmtime(tombstone.deleted / 1000))
            return RegistryError(
                f"{reference} was deleted on {day} ({tombstone.reason})",
                f"See: hyperlora registry show registry:{parsed.target}",
            )
        if self.record.newest(parsed.target) is None:
            return RegistryError(
                f"{reference}: nothing is registered as {parsed.target}", "See: hyperlora registry list"
            )
        return RegistryError(
            f"{reference}: {parsed.target} has no such version or alias",
            f"See: hyperlora registry show registry:{parsed.target}",
        )

    def load(self, reference: str) -> Adapter:
        """Verify and read a registered adapter.

        Raises:
            RegistryError: no such adapter, or its folder does not match its record.
        """
        from hyperlora.peft_io.folder import read_adapter

        entry = self.get(reference)
        if entry.kind != "adapter":
            raise RegistryError(f"{reference} is a {entry.kind}, not an adapter", "See: hyperlora registry list")
        return read_adapter(self.verified_folder(entry))

    def verified_folder(self, entry: Entry) -> Path:
        """The entry's folder after every byte was checked against the record."""
        return self.contents.verify(entry.content, entry.manifest)

    # --- browsing: answered by the catalogue --------------------------------------------------------------------

    def entries(self, kind: Kind = "adapter", *, name: str | None = None) -> list[Entry]:
        """Every version of every entry of a kind that is not archived, by name and version; one name's if given."""
        return list(self.catalogue.entries(Query(kind=kind, name=name)))

    def find(self, kind: Kind, identity: str) -> list[Entry]:
        """The entries of a kind that the run with this identity registered, archived ones among them."""
        return list(self.catalogue.entries(Query(kind=kind, identity=identity, archived=None)))

    def search(self, query: Query | None = None, *, limit: int = 50, cursor: str | None = None) -> Page:
        """One page of the entries that a query asks for; the first says how many there are on all.

        Pass `page.next` as cursor for the next one; an order by relevance has only one.

        Raises:
            InputError: the query is malformed, or the cursor belongs to another one.
        """
        return self.catalogue.page(query or Query(), limit=limit, cursor=cursor, total=cursor is None)

    def facets(self, query: Query | None = None) -> dict[str, dict[str, int]]:
        """How many entries of a query have each base model, origin, family, licence, alias and tag."""
        return self.catalogue.facets(query or Query())

    def watermark(self) -> str:
        """A text that changes whenever any entry does; `events` tells what happened since."""
        return self.catalogue.watermark()

    def events(self, since: str | None = None) -> list[Event]:
        """What happened since a watermark, oldest first.

        Raises:
            InputError: the watermark is of another catalogue, so that only reading everything again helps.
        """
        return self.catalogue.events(since, limit=_ALL)

    # --- changes ------------------------------------------------------------------------------------------------

    def set_alias(self, reference: str, alias: str) -> Entry:
        """Point an alias at a version, taking it from the version that had it.

        Of generators and retrievers there is one `champion` for a base model and encoder: other names lose it.
        """
        _check_alias(alias)
        name = parse_reference(reference, ("registry",)).target
        with self.ledger.writing(name) as touched:
            entry = self.get(reference)
            touched.add(entry.version)
            self.record.set_alias(name, alias, entry.version)
        for rival in rivals(self, entry) if alias == CHAMPION else ():
            self.remove_alias(rival.name, alias)
        return self._read_back(name, entry.version)

    def remove_alias(self, name: str, alias: str) -> None:
        """Remove an alias of a name.

        Raises:
            RegistryError: the name has no such alias.
        """
        with self.ledger.writing(name):
            if self.record.by_alias(name, alias) is None:
                raise RegistryError(f"{name} has no alias {alias}", f"See: hyperlora registry show registry:{name}")
            self.record.remove_alias(name, alias)

    def set_tags(self, reference: str, changes: Mapping[str, str | None]) -> Entry:
        """Set tags of a version, or remove those whose new value is None.

        Raises:
            InputError: a key or value that MLflow would not keep, or one that the project keeps for itself.
        """
        _checked_tags({key: value or "" for key, value in changes.items()})
        return self._change(reference, lambda entry: self.record.set_tags(entry.name, entry.version, changes))

    def edit(
        self,
        reference: str,
        *,
        description: str | None = None,
        prompt_template: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        base: str | None = None,
    ) -> Entry:
        """Say something else of an adapter; see `editing.edit`."""
        from hyperlora.registry.editing import edit

        return edit(self, reference, description=description, prompt_template=prompt_template, tags=tags, base=base)

    def archive(self, reference: str) -> Entry:
        """Take a version out of lists, searches and indexes; it can still be loaded by its version or alias."""

        def change(entry: Entry) -> None:
            if entry.archived is None:
                self.record.set_fields(entry.name, entry.version, archived=now())

        return self._change(reference, change)

    def restore(self, reference: str) -> Entry:
        """Take a version back out of the archive."""
        return self._change(reference, lambda entry: self.record.set_fields(entry.name, entry.version, archived=None))

    def delete(self, reference: str, *, force: bool = False, reason: str = "deleted") -> Tombstone:
        """Delete a version; its number is never used again. The files go with the next garbage collection.

        Args:
            force: delete it although an alias points at it.

        Raises:
            RegistryError: there is no such version, or an alias points at it.
        """
        name = parse_reference(reference, ("registry",)).target
        with self.ledger.writing(name) as touched:
            entry = self.get(reference)
            if entry.aliases and not force:
                raise RegistryError(
                    f"{entry.reference} has the alias {entry.aliases[0]}", "Move the alias first, or say --force."
                )
            touched.add(entry.version)
            tombstone = Tombstone(entry.content, now(), reason)
            self.record.bury(name, entry.version, tombstone)
        return tombstone

    def forget(self, name: str) -> None:
        """Remove a name with everything under it, tombstones included, so that it begins anew at version 1."""
        with self.ledger.writing(name):
            self.record.forget(name)

    def sync(self) -> list[Event]:
        """Take over what was changed in MLflow by others; what that was."""
        return self.ledger.sync()

    def rebuild(self) -> None:
        """Make the catalogue anew from the record."""
        self.ledger.rebuild()

    def _change(self, reference: str, change: Callable[[Entry], None]) -> Entry:
        name = parse_reference(reference, ("registry",)).target
        with self.ledger.writing(name) as touched:
            entry = self.get(reference)
            touched.add(entry.version)
            change(entry)
        return self._read_back(name, entry.version)

    def _read_back(self, name: str, version: int) -> Entry:
        entry = self.record.by_version(name, version)
        if entry is None:
            raise RegistryError(f"registry:{name}@{version} was deleted meanwhile", "Register it again.")
        return entry


def _check_alias(alias: str | None) -> None:
    if alias is not None and not _ALIAS.fullmatch(alias):
        raise InputError(f"{alias!r} cannot be an alias", "Use letters, digits, '_' and '-', but not v3 or latest.")


def _checked_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    for key, value in tags.items():
        if not _TAG.fullmatch(key) or len(value) > _LONGEST_TAG:
            raise InputError(
                f"{key!r} with {len(value)} characters cannot be a tag",
                f"Use letters, digits and _./- in keys, but not hyperlora. or mlflow., and at most {_LONGEST_TAG} "
                "characters in values.",
            )
    return tags


def _within(texts: Sequence[str], characters: int) -> list[str]:
    """As many of the texts, from the first, as fit."""
    kept: list[str] = []
    for text in texts:
        characters -= len(text)
        if characters < 0:
            break
        kept.append(text)
    return kept
