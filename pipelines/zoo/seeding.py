"""Registering the shipped zoo: adapters, generators, retrievers, and the runs that trained them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.artifact import write_generator
from hyperlora.progress import progress
from hyperlora.registry import Registry
from hyperlora.registry.entry import KINDS, Kind
from hyperlora.run_archive import restore_run
from hyperlora.tracking import connect
from pipelines.session import CHAMPION
from pipelines.zoo.packing import ZOO_FOLDER, Zoo, ZooGenerator, ZooRetriever, read_zoo
from retrieval.artifact import write_retriever


@dataclass(frozen=True)
class SeedReport:
    """What seeding did.

    Attributes:
        registered: names that were registered now.
        skipped: names that were taken already, and were left alone.
    """

    registered: tuple[str, ...]
    skipped: tuple[str, ...]


def seed_zoo(registry: Registry, folder: Path = ZOO_FOLDER) -> SeedReport:
    """Register what the zoo holds under every name that is free; a killed seeding is simply run again.

    Raises:
        AdapterFormatError: the zoo's files are missing or damaged.
    """
    taken = {entry.name for kind in KINDS for entry in registry.entries(kind)}
    zoo = read_zoo(folder)
    writers: list[ZooGenerator | ZooRetriever] = [*zoo.generators, *zoo.retrievers]
    names = [*(member.name for member in zoo.adapters), *(each.name for each in writers)]
    if set(names) <= taken:
        return SeedReport((), tuple(names))
    runs = _restore_runs(registry, zoo, taken)
    with progress(len(names), "seed", "adapter", initial=len(taken & set(names))) as bar:
        for member in zoo.adapters:
            if member.name not in taken:
                run_id = None if member.run is None else runs[member.run]
                registry.register(
                    member.adapter,
                    member.name,
                    identity=member.identity,
                    run_id=run_id,
                    tags=member.tags,
                    alias=CHAMPION,
                )
                bar.update()
        for each in writers:
            if each.name not in taken:
                run_id = None if each.run is None else runs[each.run]
                fields = {**each.fields, "identity": each.identity}
                kind, write = _written(each)
                registry.put(kind, each.name, write, fields, run_id, alias=CHAMPION)
                bar.update()
    return SeedReport(
        tuple(name for name in names if name not in taken), tuple(name for name in names if name in taken)
    )


def _written(member: ZooGenerator | ZooRetriever) -> tuple[Kind, Callable[[Path], None]]:
    if isinstance(member, ZooGenerator):
        return "generator", partial(write_generator, member.network)
    return "retriever", partial(write_retriever, member.trained)


def _restore_runs(registry: Registry, zoo: Zoo, taken: set[str]) -> dict[int, str]:
    """The runs' ids in this registry's MLflow; only of those that something still to be registered came from."""
    adapters = {member.run for member in zoo.adapters if member.name not in taken}
    generators = {each.run for each in zoo.generators if each.name not in taken}
    retrievers = {each.run for each in zoo.retrievers if each.name not in taken}
    wanted = (adapters | generators | retrievers) - {None}
    client = connect(registry.home)
    return {number: restore_run(client, zoo.runs[number]) for number in wanted if number is not None}
