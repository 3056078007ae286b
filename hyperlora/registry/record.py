"""The record: what MLflow holds of the registry, read and written in its own terms.

One registered model a name, one model version a version. What the project knows of a version stands in tags under
`hyperlora.`; tags without that prefix are people's own. A deleted version leaves a tombstone among the tags of its
name, because MLflow forgets all but the number.
"""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from hyperlora.errors import RegistryError
from hyperlora.files.durable import fault_point
from hyperlora.registry.entry import KINDS, Entry, Kind, NameState, Tombstone, with_aliases
from hyperlora.registry.tracking import connect, record_id

PREFIX = "hyperlora."
FORMAT = 2
_TOMBSTONE = f"{PREFIX}tombstone."
_SKIPPED = f"{PREFIX}skipped"
_NAMES_A_PAGE = 1000
_VERSIONS_A_PAGE = 5000
# fields that are texts; all others are JSON in their tags
_TEXTS = {"kind", "description", "description_source", "family", "origin", "base", "base_id", "encoder", "weights"}
_TEXTS |= {"sketch", "content", "identity", "recipe", "dataset", "run_id", "licence"}
_NOT_OURS = ("mlflow.", PREFIX)

_log = logging.getLogger(__name__)


class _Name(NamedTuple):
    """What is needed of one of MLflow's registered models."""

    name: str
    tags: Mapping[str, str]
    aliases: Mapping[str, str]


class Record:
    """MLflow's side of one registry.

    Args:
        home: the registry's folder.
        uri: the MLflow tracking and registry URI; the settings' when None.
        folder_of: the local folder of a content hash.
    """

    def __init__(self, home: Path, uri: str | None, folder_of: Callable[[str], Path]) -> None:
        self._home = home
        self._uri = uri
        self._folder_of = folder_of

    @cached_property
    def client(self) -> Any:
        """MLflow's client. The first use creates the store's tables, under the registry's lock: do not hold it."""
        return connect(self._home, self._uri)

    @cached_property
    def id(self) -> str:
        """A random name of this record, kept in MLflow, by which caches know whose they are."""
        return record_id(self.client)

    # --- reading ------------------------------------------------------------------------------------------------

    def states(self) -> Iterator[NameState]:
        """Every name of the registry with all its versions; names of other tools are left out."""
        for kind in KINDS:
            # not MLflow's own objects, each of which holds its newest version with all tags
            models = {model.name: _Name(model.name, model.tags, model.aliases) for model in self._models(kind)}
            for name, versions in groupby(self._versions(_of_kind(kind)), lambda found: found.name):
                if name in models:
                    yield self._state(models.pop(name), list(versions))
            for model in models.values():
                yield self._state(model, [])

    def state(self, name: str, versions: Iterable[int] | None = None) -> NameState | None:
        """One name with all its versions, or only some of them, then marked partial; None when it is not ours.

        Versions that are asked for and are not there are simply absent.
        """
        model = self._model(name)
        if model is None or PREFIX + "kind" not in model.tags:
            return None
        if versions is None:
            return self._state(model, list(self._versions(f"name = '{name}'")))
        found = [self._version(name, version) for version in versions]
        return self._state(model, [version for version in found if version is not None], partial=True)

    def contents(self) -> set[str]:
        """The content hashes of all live versions, also of those that this release cannot read."""
        return {
            found.tags[PREFIX + "content"]
            for kind in KINDS
            for found in self._versions(_of_kind(kind))
            if PREFIX + "content" in found.tags
        }

    def kind(self, name: str) -> str | None:
        """What a name holds: one of `KINDS`, `` for a model of another tool, None when there is none."""
        model = self._model(name)
        return None if model is None else model.tags.get(PREFIX + "kind", "")

    def by_version(self, name: str, version: int) -> Entry | None:
        """A live version."""
        found = self._version(name, version)
        return None if found is None else self._entry(found)

    def by_alias(self, name: str, alias: str) -> Entry | None:
        """The version that an alias points at."""
        from mlflow.exceptions import MlflowException

        try:
            found = self.client.get_model_version_by_alias(name, alias)
        except MlflowException as error:
            _only_absence(error, "INVALID_PARAMETER_VALUE")
            return None
        return self._entry(found)

    def newest(self, name: str) -> Entry | None:
        """The newest version of a name that is not archived, or the newest of all if all are."""
        newest = None
        for found in self._versions(f"name = '{name}'", order="version_number DESC", page=10):
            if PREFIX + "content" in found.tags:
                newest = newest or found
                if PREFIX + "archived" not in found.tags:
                    newest = found
                    break
        # asked for again, because a search returns no aliases
        return None if newest is None else self.by_version(name, int(newest.version))

    def with_content(self, name: str, content: str) -> Entry | None:
        """The newest live version of a name that holds this content."""
        found = list(self._versions(f"name = '{name}' and tags.`{PREFIX}content` = '{content}'"))
        return self._entry(found[-1]) if found else None

    def tombstones(self, name: str) -> dict[int, Tombstone]:
        """The deleted versions of a name."""
        model = self._model(name)
        return {} if model is None else _tombstones(model.tags)

    # --- writing: the caller holds the registry's lock ----------------------------------------------------------

    def create_name(self, kind: Kind, name: str, description: str) -> None:
        """Make a name that takes versions of a kind."""
        self.client.create_registered_model(name, tags={PREFIX + "kind": kind}, description=_storable(description))
        fault_point("name-created")

    def describe_name(self, name: str, description: str) -> None:
        """Say something else of a name."""
        self.client.update_registered_model(name, description=_storable(description))
        fault_point("name-described")

    def create_version(
        self,
        name: str,
        source: str,
        fields: Mapping[str, Any],
        labels: Mapping[str, str],
        *,
        card: str,
        source_run: str | None,
    ) -> int:
        """Make a version visible, with all that is known of it, in one write; its number."""
        tags = {**labels, **to_tags({"format": FORMAT, **fields})}
        shown = _storable(card)
        created = self.client.create_model_version(name, source, run_id=source_run, tags=tags, description=shown)
        fault_point("version-created")
        return int(created.version)

    def skip_version(self, name: str, source: str, tombstone: Tombstone, *, source_run: str | None) -> int:
        """Use up the next version number for something that was deleted; a restored backup needs it."""
        tags = {_SKIPPED: _to_text(tombstone)}  # by which `finish` knows what to do with it after a kill
        version = int(self.client.create_model_version(name, source, run_id=source_run, tags=tags).version)
        fault_point("version-skipped")
        self.bury(name, version, tombstone)
        return version

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point an alias at a version, taking it from the one that had it."""
        self.client.set_registered_model_alias(name, alias, str(version))
        fault_point("alias-set")

    def remove_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""
        self.client.delete_registered_model_alias(name, alias)
        fault_point("alias-removed")

    def set_tags(self, name: str, version: int, changes: Mapping[str, str | None]) -> None:
        """Set or, where the value is None, remove tags of a version."""
        for key, value in changes.items():
            if value is None:
                self.client.delete_model_version_tag(name, str(version), key)
            else:
                self.client.set_model_version_tag(name, str(version), key, value)
            fault_point("tag-set")

    def set_fields(self, name: str, version: int, **fields: Any) -> None:
        """Change what the record knows of a version; None removes."""
        removed = {PREFIX + key: None for key, value in fields.items() if value is None}
        kept = to_tags({key: value for key, value in fields.items() if value is not None})
        self.set_tags(name, version, {**removed, **kept})

    def bury(self, name: str, version: int, tombstone: Tombstone) -> None:
        """Delete a version: its tombstone first, so that a kill between the two cannot bring it back."""
        self.client.set_registered_model_tag(name, f"{_TOMBSTONE}{version}", _to_text(tombstone))
        fault_point("tombstone-written")
        self._delete_version(name, version)
        fault_point("version-deleted")

    def forget(self, name: str) -> None:
        """Remove a name with everything under it."""
        self.client.delete_registered_model(name)
        fault_point("name-deleted")

    def finish(self, name: str) -> None:
        """Complete what a killed writer began: buried versions go, and so does a name that never got a version."""
        model = self._model(name)
        if model is None or PREFIX + "kind" not in model.tags:
            return
        buried = _tombstones(model.tags)
        live = {int(version.version): version.tags for version in self._versions(f"name = '{name}'")}
        for version in set(live) & set(buried):
            self._delete_version(name, version)
        for version in set(live) - set(buried):
            if skipped := live[version].get(_SKIPPED):
                self.bury(name, version, Tombstone(**json.loads(skipped)))
        if not live and not buried:
            self.client.delete_registered_model(name)

    # --- MLflow's own calls -------------------------------------------------------------------------------------

    def _models(self, kind: Kind) -> Iterator[Any]:
        yield from self._pages(
            lambda token: self.client.search_registered_models(
                _of_kind(kind), max_results=_NAMES_A_PAGE, page_token=token
            )
        )

    def _versions(self, condition: str, order: str = "version_number ASC", page: int = _VERSIONS_A_PAGE) -> Any:
        return self._pages(
            lambda token: self.client.search_model_versions(
                condition, max_results=page, order_by=["name ASC", order], page_token=token
            )
        )

    def _pages(self, fetch: Callable[[str | None], Any]) -> Iterator[Any]:
        token = None
        while True:
            with _no_garbage_collection():
                page = fetch(token)
            yield from page
            token = page.token
            if not token:
                return

    def _model(self, name: str) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            return self.client.get_registered_model(name)
        except MlflowException as error:
            _only_absence(error)
            return None

    def _version(self, name: str, version: int) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            found = self.client.get_model_version(name, str(version))
        except MlflowException as error:
            _only_absence(error)
            return None
        return found if PREFIX + "content" in found.tags else None

    def _delete_version(self, name: str, version: int) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self.client.delete_model_version(name, str(version))
        except MlflowException as error:
            _only_absence(error)

    def _state(self, model: Any, versions: list[Any], partial: bool = False) -> NameState:
        aliases = {alias: int(version) for alias, version in model.aliases.items()}
        buried = _tombstones(model.tags)
        entries = {}
        for found in versions:
            if int(found.version) in buried or PREFIX + "content" not in found.tags:
                continue
            try:
                entry = self._entry(found)
            except RegistryError as error:
                _log.warning("left out: %s", error)
                continue
            entries[entry.version] = with_aliases(entry, aliases)
        kind: Kind = next((kind for kind in KINDS if kind == model.tags[PREFIX + "kind"]), "adapter")
        return NameState(kind, model.name, entries, aliases, buried, partial)

    def _entry(self, found: Any) -> Entry:
        tags = {key.removeprefix(PREFIX): value for key, value in found.tags.items() if key.startswith(PREFIX)}
        name = f"registry:{found.name}@{found.version}"
        try:
            if json.loads(tags.get("format", "1")) > FORMAT:
                raise RegistryError(f"{name} was registered by a newer HyperLoRA", "Upgrade hyperlora.")
            parsed = {key: json.loads(value) for key, value in tags.items() if key not in _TEXTS}
            fields = {key: value for key, value in tags.items() if key in _TEXTS}
            return Entry(
                **_known(fields),
                name=found.name,
                version=int(found.version),
                manifest=parsed["manifest"],
                folder=self._folder_of(tags["content"]),
                created=int(parsed.get("created") or found.creation_timestamp or 0),
                paraphrases=tuple(parsed.get("paraphrases", ())),
                parents=tuple(parsed.get("parents", ())),
                size=int(parsed.get("size", 0)),
                metrics={key: float(value) for key, value in parsed.get("metrics", {}).items()},
                tags={key: value for key, value in found.tags.items() if not key.startswith(_NOT_OURS)},
                expires=_moment(parsed.get("expires")),
                archived=_moment(parsed.get("archived")),
                aliases=tuple(sorted(found.aliases or ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RegistryError(
                f"{name}: its {PREFIX}* tags were changed and cannot be read ({type(error).__name__}: {error})",
                "Delete this version in MLflow and register the adapter again.",
            ) from error


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """SQLAlchemy makes so many objects for a page that Python would search all of them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def to_tags(fields: Mapping[str, Any]) -> dict[str, str]:
    """MLflow tags for a record's fields: texts as they are, everything else as JSON; empty ones are left out."""
    kept = {key: value for key, value in fields.items() if value not in (None, "", (), [], {})}
    return {PREFIX + key: _storable(value) if isinstance(value, str) else _json(value) for key, value in kept.items()}


def _storable(text: str) -> str:
    # PostgreSQL keeps no NUL in a text; JSON escapes it
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _to_text(tombstone: Tombstone) -> str:
    return json.dumps(asdict(tombstone), sort_keys=True)


def _json(value: Any) -> str:
    # MLflow takes so many characters, and an escaped one counts six times
    return json.dumps(value, sort_keys=True, allow_nan=False, ensure_ascii=False)


def _of_kind(kind: Kind) -> str:
    """The condition by which MLflow finds names and versions of a kind."""
    return f"tags.`{PREFIX}kind` = '{kind}'"


def _known(texts: Mapping[str, str]) -> dict[str, Any]:
    kind = texts.get("kind")
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}")
    return {"description": "", **texts}


def _moment(value: Any) -> int | None:
    return None if value is None else int(value)


def _tombstones(tags: Mapping[str, str]) -> dict[int, Tombstone]:
    return {
        int(key.removeprefix(_TOMBSTONE)): Tombstone(**json.loads(value))
        for key, value in tags.items()
        if key.startswith(_TOMBSTONE)
    }


def _only_absence(error: Any, *also: str) -> None:
    """Raise the error again unless MLflow says that something is not there; `also` lists its other codes for that."""
    if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", *also):
        raise error
