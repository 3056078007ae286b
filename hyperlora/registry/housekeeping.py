"""Keeping the pool sound and small: verify it, expire what was made in passing, collect garbage, redact, migrate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hyperlora.errors import AdapterFormatError, RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.finite_weights import non_finite_tensors
from hyperlora.progress import progress
from hyperlora.registry.catalogue import Query
from hyperlora.registry.entry import Entry, now
from hyperlora.registry.registry import Registry
from hyperlora.settings import get_settings

_NEVER = 2**62


@dataclass(frozen=True)
class Problem:
    """Something wrong with one entry."""

    reference: str
    problem: str
    remedy: str


def verify(registry: Registry, references: Iterable[str] = ()) -> tuple[int, list[Problem]]:
    """Read every byte of entries, of the whole registry when none is named, and compare it with the record.

    Weights that hold NaN or Inf are damaged, too, although they are what was registered.

    Returns:
        How many entries were checked, and what is wrong.
    """
    named = list(references)
    everything = [registry.get(reference) for reference in named]
    if not named:
        everything = list(registry.catalogue.entries(Query(kind=None, archived=None)))
    problems = []
    with progress(len(everything), "verify", "entry") as bar:
        for entry in everything:
            try:
                folder = registry.verified_folder(entry)
                bad = [
                    name
                    for file in entry.manifest
                    if file.endswith(".safetensors")
                    for name in non_finite_tensors(folder / file)
                ]
            except (RegistryError, AdapterFormatError) as error:
                problems.append(Problem(entry.reference, error.problem, error.remedy))
            else:
                if bad:
                    problems.append(_not_finite(entry, bad))
            bar.update(1)
    return len(everything), problems


def _not_finite(entry: Entry, tensors: Sequence[str]) -> Problem:
    some = ", ".join(tensors[:3]) + (", …" if len(tensors) > 3 else "")
    return Problem(
        entry.reference,
        f"{len(tensors)} tensors of this {entry.kind} hold NaN or Inf ({some})",
        f"Delete it: hyperlora registry delete {entry.reference} --force",
    )


def expired(registry: Registry, quota: int | None = None) -> list[tuple[Entry, str]]:
    """What has an end and has reached it, each with `expired` or `over quota`, oldest first.

    Only entries registered with an end are ever here, and of those none that has an alias or is the parent of
    another entry.

    Args:
        quota: how many entries with an end may stay; the `HYPERLORA_ADAPT_QUOTA` setting when None.
    """
    allowed = get_settings().adapt_quota if quota is None else quota
    moment = now()
    with_an_end = registry.catalogue.entries(Query(kind=None, expired_before=_NEVER, archived=None, order="created"))
    ending = [entry for entry in with_an_end if not entry.aliases]
    found = [(entry, "expired") for entry in ending if (entry.expires or 0) <= moment]
    staying = [entry for entry in ending if (entry.expires or 0) > moment]
    found += [(entry, "over quota") for entry in staying[: max(0, len(staying) - allowed)]]
    return [(entry, why) for entry, why in found if not _is_parent(registry, entry)]


def _is_parent(registry: Registry, entry: Entry) -> bool:
    return registry.catalogue.count(Query(kind=None, parent=entry.reference, archived=None)) > 0


def expire(registry: Registry, quota: int | None = None) -> list[tuple[Entry, str]]:
    """Delete what `expired` finds, and return it.

    A name whose last version this was goes altogether: `adapt` names an adapter after its description and weights,
    so the name can never come to mean something else.
    """
    deleted = []
    for entry, why in expired(registry, quota):
        try:
            registry.delete(entry.reference, reason=why)
        except RegistryError:
            continue  # deleted or given an alias meanwhile
        deleted.append((entry, why))
        if not registry.catalogue.count(Query(kind=None, name=entry.name, archived=None)):
            registry.forget(entry.name)
    return deleted


@dataclass(frozen=True)
class Collected:
    """What a garbage collection removed, or would remove.

    Attributes:
        expired: references of entries that had reached their end.
        contents: content hashes that no entry refers to.
        leftovers: how many unfinished writes of killed processes.
    """

    expired: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    leftovers: int = 0


def collect_garbage(registry: Registry, *, quota: int | None = None, dry_run: bool = False) -> Collected:
    """Delete what has expired, and the files that no entry of any record in this home refers to any more."""
    ended = expired(registry, quota) if dry_run else expire(registry, quota)
    with registry.ledger.locked():
        kept = registry.record.contents() | registry.ledger.contents_of_other_records()
        unused = sorted(registry.contents.listed() - kept)
        if dry_run:
            return Collected([entry.reference for entry, _ in ended], unused)
        for content in unused:
            registry.contents.remove(content)
        return Collected([entry.reference for entry, _ in ended], unused, registry.contents.reap())


def redact(registry: Registry, reference: str) -> Entry:
    """Remove the examples that an adapter's card stores, from the record and from disk.

    A version without them takes its place, with its aliases and tags; the old version's files are removed at once.
    """
    entry = registry.get(reference)
    adapter = registry.load(entry.reference)
    if not adapter.card.examples:
        return entry
    without = adapter.with_card(adapter.card.model_copy(update={"examples": ()}))
    return _replace(registry, entry, without, "redacted")


def migrate(registry: Registry) -> list[tuple[str, str]]:
    """Bring versions of older formats to today's; old and new reference of each.

    Format 1 has no `MLmodel`, so MLflow could not load it.
    """
    old = [entry for entry in registry.catalogue.entries(Query(archived=None)) if "MLmodel" not in entry.manifest]
    moved = []
    for entry in old:
        new = _replace(registry, entry, registry.load(entry.reference), "migrated")
        moved.append((entry.reference, new.reference))
    return moved


def _replace(registry: Registry, entry: Entry, adapter: Adapter, reason: str) -> Entry:
    """Register an adapter in the place of an entry; killed anywhere, the same call completes it."""
    new = registry.register(
        adapter,
        entry.name,
        identity=entry.identity,
        run_id=entry.run_id or None,
        expires=entry.expires,
        tags=entry.tags,
    )
    for alias in entry.aliases:
        registry.set_alias(new.reference, alias)
    if entry.archived is not None:
        registry.archive(new.reference)
    registry.delete(entry.reference, reason=f"{reason}, now @{new.version}")
    with registry.ledger.locked() as catalogue:
        if entry.content not in catalogue.contents() | registry.ledger.contents_of_other_records():
            registry.contents.remove(entry.content)
    return registry.get(new.reference)
