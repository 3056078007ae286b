"""Whether the pool has moved on since a generator was trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from generator.artifact import CONFIG_FILE
from hyperlora.errors import AdapterFormatError
from hyperlora.references import Reference
from hyperlora.registry import Entry, Query, Registry
from hyperlora.strict_json import parse_json
from pipelines.session import LoadedGenerator
from retrieval.index.pool import READS_TAG


def unseen_adapters(registry: Registry, entry: Entry, tasks: Iterable[str]) -> list[str]:
    """References of the pool's trained adapters that a generator has not seen, by name; none if it is up to date.

    They are the newest versions of adapters for tasks it was not trained on, told by name, and of those whose data
    has changed: versions registered after the generator, trained on other data than each before it.

    Args:
        entry: of the generator.
        tasks: names of those it was trained on.
    """
    known = frozenset(tasks)
    # imported and composed adapters have no task that `train generator` could be given
    trained = Query(base=entry.base, origins=("trained",))
    catalogue = registry.catalogue
    told = set(catalogue.versions(replace(trained, tags={READS_TAG: None})))
    first: dict[str, int] = {}
    newest: dict[str, tuple[int, int]] = {}
    for name, version, created in catalogue.versions(trained):
        if (name, version, created) not in told:
            first.setdefault(name, created)
            newest[name] = version, created
    unseen = []
    for name, (version, created) in newest.items():
        replaced = first[name] <= entry.created < created
        if name not in known or (replaced and _has_other_data(registry, replace(trained, name=name), entry.created)):
            unseen.append(str(Reference("registry", name, version=version)))
    return unseen


def trained_tasks(registry: Registry, entry: Entry) -> tuple[str, ...]:
    """The names of the tasks that a generator was trained on; its weights are checked and not read.

    Raises:
        RegistryError: its folder does not match its record.
        AdapterFormatError: its config is damaged.
    """
    path = registry.verified_folder(entry) / CONFIG_FILE
    try:
        config: Any = parse_json(path.read_bytes())
        return tuple(str(name) for name in config.get("tasks", ()))
    except (OSError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise AdapterFormatError(
            f"{path} is not a generator's config", "Train the generator again, or restore the folder."
        ) from error


def staleness_note(registry: Registry, generator: LoadedGenerator) -> str | None:
    """One line on what a generator has not seen, with what to do about it; None for one that is up to date."""
    unseen = unseen_adapters(registry, generator.entry, generator.network.config.tasks)
    if not unseen:
        return None
    some = ", ".join(unseen[:3]) + (", …" if len(unseen) > 3 else "")
    noun = "adapter" if len(unseen) == 1 else "adapters"
    return (
        f"the pool has {len(unseen)} {noun} that the generator has not seen ({some}); to include what they do: "
        "hyperlora train generator"
    )


def _has_other_data(registry: Registry, versions: Query, moment: int) -> bool:
    """Whether the newest of an adapter's versions was trained on data that none had at that moment."""
    entries = list(registry.catalogue.entries(versions))
    newest = entries[-1].dataset
    return bool(newest) and newest not in {each.dataset for each in entries if each.created <= moment}
