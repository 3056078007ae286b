"""Whether the pool has moved on since a generator was trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from shlex import quote
from typing import Any

from generator.artifact import CONFIG_FILE
from hyperlora.errors import AdapterFormatError, RegistryError
from hyperlora.files.strict_json import parse_json
from hyperlora.references import Reference
from hyperlora.registry import Entry, Query, Registry
from pipelines.adapt.measured_generators import known_to_be_worse
from pipelines.runtime import LoadedGenerator, Runtime
from retrieval.documents import card_of
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
    # imported and composed adapters have no task that a hypernet could be given
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


def generator_notes(runtime: Runtime, generator: LoadedGenerator | None) -> list[str]:
    """What there is to say of the generator that is asked: what it lacks, and which cannot be read in its place."""
    stale = None if generator is None else staleness_note(runtime, generator)
    return [*runtime.notes, *([] if stale is None else [stale])]


def staleness_note(runtime: Runtime, generator: LoadedGenerator) -> str | None:
    """One line on what a generator has not seen, with what to do about it; None for one that is up to date.

    Adapters for other prompts than its own do not count: no generator learns them together with its tasks.
    """
    registry, config = runtime.registry, generator.network.config
    unseen = [
        reference
        for reference in unseen_adapters(registry, generator.entry, config.tasks)
        if _prompts(registry.get(reference), config.prompt_template)
    ]
    if not unseen:
        return None
    some = ", ".join(unseen[:3]) + (", …" if len(unseen) > 3 else "")
    noun = "adapter" if len(unseen) == 1 else "adapters"
    base = "" if runtime.base_name is None else f" --base {quote(runtime.base_name)}"
    told = f"the pool has {len(unseen)} {noun} that the generator has not seen ({some})"
    if (other := _has_seen(runtime, generator.entry, unseen)) is not None:
        return f"{told}; {other.reference} has: --generator {other.reference} asks it"
    return f"{told}; to include what they do: hyperlora train generator --kind cvae --pool{base}"


def _prompts(entry: Entry, template: str) -> bool:
    """Whether an adapter is for prompts of this template; True where its card is not at hand."""
    card = card_of(entry)
    return card is None or card.prompt_template == template


def _has_seen(runtime: Runtime, asked: Entry, adapters: Sequence[str]) -> Entry | None:
    """Another generator, to which none of these adapters is news, and which is not known to write worse ones."""
    for entry in runtime.generators():
        if entry.reference == asked.reference or known_to_be_worse(entry):
            continue
        try:
            tasks = trained_tasks(runtime.registry, entry)
        except (AdapterFormatError, RegistryError):
            continue  # a damaged one helps nobody
        if not set(adapters) & set(unseen_adapters(runtime.registry, entry, tasks)):
            return entry
    return None


def _has_other_data(registry: Registry, versions: Query, moment: int) -> bool:
    """Whether the newest of an adapter's versions was trained on data that none had at that moment."""
    entries = list(registry.catalogue.entries(versions))
    newest = entries[-1].dataset
    return bool(newest) and newest not in {each.dataset for each in entries if each.created <= moment}
