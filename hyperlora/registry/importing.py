"""Take what was made elsewhere into the registry: one PEFT folder, a pool of them, or an exported archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hyperlora.errors import InputError
from hyperlora.models import load_base_model
from hyperlora.models.config_only import is_config_only
from hyperlora.peft_io.methods import is_convertible
from hyperlora.references import parse_reference
from hyperlora.registry import Entry, Registry
from hyperlora.registry.backup import BackupReport, read_backup
from hyperlora.registry.pool_import import (
    Conversion,
    ImportOptions,
    Report,
    Told,
    import_pool,
    known_bases,
    locate_pool,
    only_member,
    read_candidate,
    read_descriptions,
    slug,
)
from hyperlora.settings import get_settings


def import_adapters(
    source: str,
    *,
    name: str | None = None,
    description: str | None = None,
    prompt_template: str | None = None,
    bases: Sequence[str] = (),
    rank: int | None = None,
    energy: float | None = None,
    canonicalise: bool = False,
    prefix: str = "",
    descriptions: Path | str | Mapping[str, str | Told] | None = None,
    probe: bool | None = None,
    keep_duplicates: bool = False,
    store_examples: bool = True,
    all_checkpoints: bool = False,
    registry: Registry | None = None,
) -> Entry | Report | BackupReport:
    """Register your own PEFT adapters; the same as `hyperlora import`.

    Args:
        source: `file:FOLDER`, a path, `hf:ORG/NAME[@REVISION]`, or the path of an archive from `registry export`. A
            folder with an `adapter_config.json` is one adapter, and so is a training's or a repository's folder that
            is given a name or a description; any other is a pool.
        name, description: of one adapter.
        prompt_template: the prompts that adapters were trained on that do not say it.
        bases: references of base models; of one adapter at most one.
        rank, energy, canonicalise: see `Conversion`.
        prefix: of a pool or an archive, put in front of every name.
        descriptions: of a pool, a file or a mapping of descriptions and templates by name or folder.
        probe: propose a description from its answers for an adapter that has none; when None a pool does, one adapter
            does not.
        keep_duplicates, store_examples, all_checkpoints: see `ImportOptions`.

    Returns:
        The entry of one adapter, the report of a pool, or what was restored from an archive.

    Raises:
        InputError: an option that is not for this source, or see `import_adapter` and `import_pool`.
        AdapterFormatError, BaseModelError: see there.
    """
    of_one: dict[str, object] = {"name": name, "description": description}
    of_pool: dict[str, object] = {
        "prefix": prefix,
        "descriptions": descriptions,
        "keep_duplicates": keep_duplicates,
        "all_checkpoints": all_checkpoints,
    }
    reading: dict[str, object] = {
        "template": prompt_template,
        "rank": rank,
        "energy": energy,
        "canonicalise": canonicalise,
    }
    reading |= {"base": bases, "probe": probe, "no_store_examples": not store_examples}
    reference = parse_reference(source, ("file", "hf"))
    if reference.scheme == "file" and reference.path.is_file():
        _refuse("is an exported archive", of_one | reading | of_pool | {"prefix": None})
        return read_backup(registry or Registry(), reference.path, prefix=prefix)
    pool = locate_pool(source)
    if (pool.is_one or any(of_one.values())) and not all_checkpoints:
        _refuse("is one adapter", of_pool)
        if len(bases) > 1:
            raise InputError("one adapter has one base model", "Give --base once.")
        return import_adapter(
            source,
            name,
            description=description,
            prompt_template=prompt_template,
            base=bases[0] if bases else None,
            rank=rank,
            energy=energy,
            canonicalise=canonicalise,
            probe=bool(probe),
            store_examples=store_examples,
            registry=registry,
        )
    _refuse("is a pool, not one adapter", of_one)
    told = read_descriptions(Path(descriptions)) if isinstance(descriptions, str | Path) else descriptions
    options = ImportOptions(
        bases=tuple(bases),
        prefix=prefix,
        prompt_template=prompt_template,
        conversion=Conversion(rank, energy, canonicalise),
        descriptions=told or {},
        probe=probe is not False,
        keep_duplicates=keep_duplicates,
        store_examples=store_examples,
        all_checkpoints=all_checkpoints,
    )
    return import_pool(source, options, registry=registry)


def _refuse(what: str, options: Mapping[str, object]) -> None:
    """Refuse options that mean nothing here, rather than pass over them."""
    if given := [f"--{option.replace('_', '-')}" for option, value in options.items() if value]:
        raise InputError(f"this {what}, which {given[0]} is not for", f"Leave out {' and '.join(given)}.")


def import_adapter(
    reference: str,
    name: str | None = None,
    *,
    description: str | None = None,
    prompt_template: str | None = None,
    base: str | None = None,
    rank: int | None = None,
    energy: float | None = None,
    canonicalise: bool = False,
    probe: bool = False,
    store_examples: bool = True,
    registry: Registry | None = None,
) -> Entry:
    """Check a PEFT folder against its base model and register it.

    A folder of LoHa, LoKr, VeRA, RandLoRA, MiSS, DoRA or KaSA is converted to LoRA; the entry's metrics then say which
    share of its weight change was kept, as `energy_kept`.

    Args:
        reference: `file:FOLDER`, a path or `hf:ORG/NAME[@REVISION]`; of the checkpoints in a training's folder the last
            is taken.
        name: what to register it as; when None its folder's name, the training's for a checkpoint.
        description: its task in words; what its card or README says when None.
        prompt_template: the prompts it was trained on; when None the card's, those its trainer's files name, or the
            default.
        base: its base model; when None the one its config names if that is known here, else the
            `HYPERLORA_BASE_MODEL` setting. A folder that holds its config alone is enough.
        rank: for another method than LoRA, or with `canonicalise`, the largest rank of a module.
        energy: the same without `rank`: the share of each weight change to keep.
        canonicalise: write plain LoRA in balanced SVD form with scaling 1.
        probe: where nobody describes its task, propose a description from its answers; if these do not say it, its
            `description_source` is `unknown`.
        store_examples: keep the card's examples.

    Raises:
        InputError: no description, a bad template or name, no such reference or repository, or a rank or energy for a
            folder that needs no conversion.
        AdapterFormatError: damaged, unsupported, or its modules are not the base model's.
        BaseModelError: the folder says it belongs to another base model, or that is not there.
    """
    pool = locate_pool(reference)
    member = only_member(pool)
    folder = pool.folder / member.folder
    name = slug(member.named_after) if name is None else name
    if not canonicalise and (rank is not None or energy is not None) and not is_convertible(folder):
        raise InputError(f"{folder} needs no conversion", "Leave out --rank and --energy, or add --canonicalise.")
    if description is not None and not description.strip():
        raise InputError("the description is empty", "Say in a sentence what the task is.")
    candidate = read_candidate(
        folder,
        known_bases(() if base is None else (base,), fallback=get_settings().base_model),
        Conversion(rank, energy, canonicalise),
        prompt_template=prompt_template,
        store_examples=store_examples,
        # where one checkpoint was named, what lies above it was not
        beside=[pool.folder / each for each in member.beside],
        source=member.source,
        name=member.named_after.rpartition("/")[2],
    )
    if description is not None:
        candidate = candidate.with_description(description)
    elif not candidate.described and probe:
        text = ""
        if not candidate.foreign_template and not is_config_only(candidate.adapter.base):
            from hyperlora.registry.pool_import.probing import propose_descriptions

            base_model = load_base_model(candidate.base)
            (text,) = propose_descriptions(base_model, [candidate.adapter], [candidate.settled_by])
        candidate = candidate.with_description(text or f"Unknown task ({name})", "proposed" if text else "unknown")
    elif not candidate.described:
        raise InputError(
            f"{folder} does not say what its task is",
            "Say it with --description, or have a description proposed from its answers with --probe.",
        )
    return (registry or Registry()).register(candidate.adapter, name)
