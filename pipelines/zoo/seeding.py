"""Registering the shipped zoo: adapters, generators, retrievers, and the runs that trained them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.artifact import write_generator
from hyperlora.progress import progress
from hyperlora.registry import Registry
from hyperlora.registry.champions import CHAMPION, rivals
from hyperlora.registry.entry import KINDS, Kind
from hyperlora.registry.run_archive import restore_run
from hyperlora.registry.tracking import connect
from pipelines.zoo.packing import ZOO_FOLDER, Zoo, ZooAdapter, ZooGenerator, ZooRetriever, read_zoo
from retrieval.artifact import write_retriever

_Member = ZooAdapter | ZooGenerator | ZooRetriever


@dataclass(frozen=True)
class SeedReport:
    """What seeding did.

    Attributes:
        registered: names that were registered now.
        skipped: names that were taken already, and were left alone.
        different: those of them that hold nothing of what this zoo has for them: one's own, or an earlier zoo's.
    """

    registered: tuple[str, ...]
    skipped: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def note(self) -> str:
        """What somebody who meant to have this zoo should know; empty if they have it."""
        if not self.different:
            return ""
        names = ", ".join([*self.different[:3], *(["..."] if len(self.different) > 3 else [])])
        return (
            f"{len(self.different)} names hold something else than this zoo has for them ({names}); "
            "to register that, too: hyperlora registry seed --update"
        )


def seed_zoo(registry: Registry, folder: Path = ZOO_FOLDER, *, update: bool = False) -> SeedReport:
    """Register what the zoo holds under every name that is free; a killed seeding is simply run again.

    Args:
        update: register it under names that hold something different as well, as new versions and champions.

    Raises:
        AdapterFormatError: the zoo's files are missing or damaged.
        RegistryError: a name that is updated is that of another kind.
    """
    held: dict[str, set[str]] = {}
    for kind in KINDS:
        for entry in registry.entries(kind):
            held.setdefault(entry.name, set()).add(entry.identity)
    zoo = read_zoo(folder)
    members: list[_Member] = [*zoo.adapters, *zoo.generators, *zoo.retrievers]
    known = {each.name for each in members if each.identity in held.get(each.name, ())}
    skipped = known if update else held.keys()
    wanted = [each for each in members if each.name not in skipped]
    if wanted:
        runs = _restore_runs(registry, zoo, wanted)
        with progress(len(members), "seed", "adapter", initial=len(members) - len(wanted)) as bar:
            for each in wanted:
                _register(registry, each, None if each.run is None else runs[each.run])
                bar.update()
    left = tuple(each.name for each in members if each.name in skipped)
    return SeedReport(tuple(each.name for each in wanted), left, tuple(name for name in left if name not in known))


def _register(registry: Registry, member: _Member, run_id: str | None) -> None:
    if isinstance(member, ZooAdapter):
        registry.register(
            member.adapter, member.name, identity=member.identity, run_id=run_id, tags=member.tags, alias=CHAMPION
        )
        return
    kind, write = _written(member)
    entry = registry.put(kind, member.name, write, {**member.fields, "identity": member.identity}, run_id)
    if not rivals(registry, entry):  # somebody's own champion stays
        registry.set_alias(entry.reference, CHAMPION)


def _written(member: ZooGenerator | ZooRetriever) -> tuple[Kind, Callable[[Path], None]]:
    if isinstance(member, ZooGenerator):
        return "generator", partial(write_generator, member.network)
    return "retriever", partial(write_retriever, member.trained)


def _restore_runs(registry: Registry, zoo: Zoo, members: Sequence[_Member]) -> dict[int, str]:
    """The runs' ids in this registry's MLflow; only of those that these members came from."""
    wanted = {each.run for each in members if each.run is not None}
    client = connect(registry.home)
    return {number: restore_run(client, zoo.runs[number]) for number in sorted(wanted)}
