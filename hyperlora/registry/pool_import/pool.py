"""Import a pool: every folder is read, described, compared with what is there, registered and journalled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from hyperlora.errors import BaseModelError, HyperLoRAError, InputError
from hyperlora.files.durable import fault_point, write_json
from hyperlora.identity import content_hash
from hyperlora.lora.sketches import decode, encode, sketch
from hyperlora.models import BaseModel, load_base_model
from hyperlora.models.config_only import is_config_only
from hyperlora.peft_io.folder import WEIGHTS_FILE
from hyperlora.progress import progress
from hyperlora.registry import Query, Registry
from hyperlora.registry.entry import KINDS
from hyperlora.registry.pool_import.bases import KnownBases, known_bases
from hyperlora.registry.pool_import.candidate import Candidate, read_candidate
from hyperlora.registry.pool_import.duplicates import Duplicate, KnownAdapters
from hyperlora.registry.pool_import.folders import PoolFolder, files_hash, find_folders, locate_pool
from hyperlora.registry.pool_import.journal import Journal, Settled
from hyperlora.registry.pool_import.layout import Member, arrange
from hyperlora.registry.pool_import.naming import name_folders
from hyperlora.registry.pool_import.options import ImportOptions
from hyperlora.registry.pool_import.report import Report, Row

# As many adapters answer the probes together, and are in memory.
_TOGETHER = 32
_LARGEST_TOGETHER = 2**29
_LONGEST_REASON = 2000
_MOST_NAMED = 5
_DESCRIBE = "Describe it in a file for --descriptions, one name and description a line"


def import_pool(reference: str, options: ImportOptions | None = None, *, registry: Registry | None = None) -> Report:
    """Take every adapter below a folder, or in a repository of the hub, into the registry.

    A folder that cannot be taken in is reported and keeps no other from it. Each is journalled when it is done with:
    the same import, run again, passes over folders whose files did not change, and comes to the same report. The
    report is also written to `imports/ID/report.json` in the registry's folder.

    Args:
        reference: `file:FOLDER` or `hf:ORG/NAME[@REVISION]`.

    Raises:
        InputError: nothing to import, an unusable option, or the same import is running.
        AdapterFormatError: there is no such folder.
        BaseModelError: a base model that was named is not there.
    """
    options = options or ImportOptions()
    registry = registry or Registry()
    pool = locate_pool(reference)
    members = arrange(pool, find_folders(pool), all_checkpoints=options.all_checkpoints)
    if pool.is_one and not options.all_checkpoints:
        # what lies below one adapter is left alone, but for the checkpoints that it came from
        members = [member for member in members if member.folder == "." or member.instead == "."]
    bases = known_bases(options.bases)
    identity = options.identity(pool.label, bases)
    home = registry.home / "imports" / identity
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / ".lock", timeout=0):
            running = _Import(pool, members, bases, options, registry, Journal(home / "journal.jsonl"))
            before = running.already_there
            report = Report(identity, pool.label, tuple(running.rows()), running.notes())
            write_json(home / "report.json", report.as_json())
            report = replace(report, already_there=before)
    except Timeout as error:
        raise InputError(f"{pool.label} is being imported by another process", "Wait until it has ended.") from error
    return report


@dataclass(frozen=True)
class _Refused:
    """A folder that cannot be taken in.

    Attributes:
        reason, remedy: as the report says them.
        lasting: whether only other files would change that; a base model may come to be there.
    """

    reason: str
    remedy: str
    lasting: bool


class _Import:
    """One import under way."""

    def __init__(
        self,
        pool: PoolFolder,
        members: Sequence[Member],
        bases: KnownBases,
        options: ImportOptions,
        registry: Registry,
        journal: Journal,
    ) -> None:
        self._pool, self._bases, self._options = pool, bases, options
        self._members = {member.folder: member for member in members}
        self._folders = folders = [member.folder for member in members if not member.instead]
        self._registry, self._journal = registry, journal
        self._unreadable: dict[str, _Refused] = {}
        self._files = {folder: self._hash(folder) for folder in folders}
        self._identities = {
            folder: content_hash({"import": pool.label, "folder": folder, "files": files})
            for folder, files in self._files.items()
        }
        self._known = KnownAdapters(registry.load)
        self._names, self._settled = self._look_around()
        self._probed: tuple[str, BaseModel] | None = None

    @property
    def already_there(self) -> int:
        """How many of the adapters an earlier run has registered."""
        return sum(bool(settled.row.reference) for settled in self._settled.values())

    def notes(self) -> tuple[str, ...]:
        """What a person may want to know of the import as a whole."""
        notes = []
        unused = sorted(set(self._options.descriptions) - set(self._names.values()) - set(self._folders))
        if unused:
            more = f" and {len(unused) - _MOST_NAMED} more" if len(unused) > _MOST_NAMED else ""
            notes.append(f"descriptions that no folder has the name of: {', '.join(unused[:_MOST_NAMED])}{more}")
        unheard = list(self._described_duplicates())
        notes += [
            f"what is said of {row.folder} was not applied, because {row.duplicate_of} is the same adapter; say it "
            f"with: hyperlora registry edit {row.duplicate_of.partition('@')[0]} --description … --template …"
            for row in unheard[:_MOST_NAMED]
        ]
        if len(unheard) > _MOST_NAMED:
            notes.append(f"what is said of {len(unheard) - _MOST_NAMED} more duplicates was not applied either")
        notes += [
            f"{base} is here without weights, and shapes were checked against its config alone; once the weights are "
            "here, name them for each of its adapters: hyperlora registry edit REF --base REF"
            for base in sorted({row.base for row in self._on_configs()})
        ]
        return tuple(notes)

    def _described_duplicates(self) -> Iterator[Row]:
        """The rows of duplicates of which descriptions say something."""
        for folder in self._folders:
            settled = self._journal.settled.get(folder)
            if settled is not None and settled.row.status == "duplicate":
                said = self._options.told(self._names[folder], folder)
                if said.description or said.template:
                    yield settled.row

    def _on_configs(self) -> Iterator[Row]:
        """The rows of adapters whose base models are here without weights."""
        settled = (self._journal.settled[folder] for folder in self._folders if folder in self._journal.settled)
        return (each.row for each in settled if each.base.startswith("config:"))

    def rows(self) -> Iterator[Row]:
        """Every folder's row, in order."""
        taken = {row.folder: row for row in self._taken()}
        for member in self._members.values():
            if not member.instead:
                yield taken[member.folder]
                continue
            where = "this folder's own adapter" if member.instead == "." else member.instead
            yield Row(
                member.folder,
                "superseded",
                reason=f"an older checkpoint or snapshot of the same adapter, of which {where} is taken",
                remedy="Every checkpoint of a training is taken with --all-checkpoints.",
            )

    def _taken(self) -> Iterator[Row]:
        """Import what is left, and give the rows of all that is to be taken in."""
        with progress(len(self._folders), "import", "adapter", initial=len(self._settled)) as bar:
            for together in self._batches():
                left = [folder for folder in together if folder not in self._settled]
                read = {folder: self._read(folder) for folder in left}
                proposed = self._propose([each for each in read.values() if isinstance(each, Candidate)])
                for folder in together:
                    if folder in self._settled:
                        yield self._settled[folder].row
                        continue
                    # popped, so that a batch frees its adapters as it goes
                    yield self._take_in(folder, read.pop(folder), proposed)
                    bar.update()

    def _hash(self, folder: str) -> str:
        try:
            return files_hash(self._pool.folder / folder, self._pool.boundary, self._beside(folder))
        except (HyperLoRAError, OSError) as error:
            self._unreadable[folder] = self._refusal(folder, error)
            return content_hash(folder)

    def _beside(self, folder: str) -> list[Path]:
        return [self._pool.folder / each for each in self._members[folder].beside]

    def _look_around(self) -> tuple[Mapping[str, str], Mapping[str, Settled]]:
        """Name the folders, find those that are done with, and know the adapters that are there.

        What this import registered counts from the folder on that it came from, as in a run without interruption.
        """
        # archived ones among them: their names are taken, and who has them needs no second copy
        entries = list(self._registry.catalogue.entries(Query(kind="adapter", archived=None)))
        others = {
            entry.name
            for kind in KINDS
            if kind != "adapter"
            for entry in self._registry.catalogue.entries(Query(kind=kind, archived=None))
        }
        mine = set(self._identities.values())
        before = {settled.row.name for settled in self._journal.settled.values()}
        taken = {entry.name for entry in entries if entry.identity not in mine} - before | others
        after = {folder: self._members[folder].named_after for folder in self._folders}
        names = name_folders(self._folders, self._files, self._options.prefix, taken, after)
        own = {(self._identities[folder], name) for folder, name in names.items()}
        there = {entry.reference for entry in entries}
        for entry in entries:
            if (entry.identity, entry.name) not in own:
                values = decode(entry.sketch) if entry.sketch else None
                self._known.add(entry.reference, entry.base, entry.weights, values)
        settled = {}
        for folder in self._folders:
            before_now = self._journal.settled.get(folder)
            if before_now is None or before_now.files != self._files[folder]:
                continue
            row = before_now.row
            if {row.reference, row.duplicate_of} - {""} <= there:
                settled[folder] = before_now
                if row.reference:
                    self._known.add(row.reference, before_now.base, before_now.weights, decode(before_now.sketch))
        return names, settled

    def _batches(self) -> Iterator[list[str]]:
        """The folders, so many at a time that their adapters fit in memory; always divided alike."""
        batch: list[str] = []
        size = 0
        for folder in self._folders:
            weights = self._pool.folder / folder / WEIGHTS_FILE
            more = weights.stat().st_size if weights.is_file() else 0
            if batch and (len(batch) == _TOGETHER or size + more > _LARGEST_TOGETHER):
                yield batch
                batch, size = [], 0
            batch.append(folder)
            size += more
        yield batch

    def _read(self, folder: str) -> Candidate | _Refused:
        if folder in self._unreadable:
            return self._unreadable[folder]
        member = self._members[folder]
        said = self._options.told(self._names[folder], folder)
        try:
            candidate = read_candidate(
                self._pool.folder / folder,
                self._bases,
                self._options.conversion,
                prompt_template=said.template or self._options.prompt_template,
                store_examples=self._options.store_examples,
                beside=self._beside(folder),
                source=member.source,
                name=member.named_after.rpartition("/")[2],
            )
        # a stranger's file may make any library that reads it fail in its own way, which must not end the import
        except (HyperLoRAError, OSError, ValueError, RuntimeError) as error:
            return self._refusal(folder, error)
        return candidate.with_description(said.description) if said.description else candidate

    def _refusal(self, folder: str, error: Exception) -> _Refused:
        where = self._pool.folder if folder == "." else self._pool.folder / folder
        if isinstance(error, HyperLoRAError):
            reason = error.problem.removeprefix(f"{where}: ").replace(f"{where}/", "")
            return _Refused(reason[:_LONGEST_REASON], error.remedy, lasting=not isinstance(error, BaseModelError))
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".replace(f"{where}/", "")
        return _Refused(reason[:_LONGEST_REASON], "Check its files, or save the adapter again.", lasting=False)

    def _propose(self, candidates: Sequence[Candidate]) -> Mapping[str, str | HyperLoRAError]:
        """Descriptions of those that need one, by content hash, or what kept them from being proposed.

        Empty where their answers do not say it, or could not.
        """
        found: dict[str, str | HyperLoRAError] = {}
        wanted: dict[str, dict[str, Candidate]] = {}
        for candidate in candidates:
            weights = candidate.adapter.content_hash
            if candidate.described or not self._options.probe:
                continue
            if candidate.foreign_template or is_config_only(candidate.adapter.base):
                found[weights] = ""  # there is nothing to ask, or only in prompts that are surely not its own
            elif weights in self._journal.proposed:
                found[weights] = self._journal.proposed[weights]
            elif self._options.keep_duplicates or not self._known.has_weights(weights):
                wanted.setdefault(candidate.base, {})[weights] = candidate
        for base, asked in wanted.items():
            from hyperlora.registry.pool_import.probing import propose_descriptions

            adapters = [each.adapter for each in asked.values()]
            try:
                texts = propose_descriptions(
                    self._base_model(base), adapters, [each.settled_by for each in asked.values()]
                )
            except HyperLoRAError as error:
                found |= dict.fromkeys(asked, error)
                continue
            proposals = dict(zip(asked, texts, strict=True))
            self._journal.propose(proposals)
            found |= proposals
        return found

    def _base_model(self, reference: str) -> BaseModel:
        """The base model, kept until another one is asked for."""
        if self._probed is None or self._probed[0] != reference:
            self._probed = None
            self._probed = reference, load_base_model(reference)
        return self._probed[1]

    def _take_in(self, folder: str, read: Candidate | _Refused, proposed: Mapping[str, str | HyperLoRAError]) -> Row:
        """Settle one folder."""
        row = Row(folder, "quarantined", self._names[folder])
        files = self._files[folder]
        if isinstance(read, _Refused):
            row = replace(row, reason=read.reason, remedy=read.remedy)
            return self._settle(Settled(row, files)) if read.lasting else row
        adapter = read.adapter
        row = replace(row, base=adapter.base.id, note=read.note, method=read.method or "", energy_kept=read.energy_kept)
        values = sketch(adapter)
        duplicate = self._known.find(adapter, values)
        if duplicate is not None:
            row = replace(row, duplicate_of=duplicate.reference, cosine=duplicate.cosine)
            if not self._options.keep_duplicates:
                reason, remedy = _why(duplicate), "Use that one, or register both with --keep-duplicates."
                return self._settle(Settled(replace(row, status="duplicate", reason=reason, remedy=remedy), files))
        if not read.described:
            text = proposed.get(adapter.content_hash)
            if not isinstance(text, str):
                reason = "nothing says what its task is"
                reason += "" if text is None else f", and no description could be proposed: {text.problem}"
                return replace(row, status="undescribed", reason=reason, remedy=f"{_DESCRIBE}; its name is {row.name}.")
            if not text:
                row = replace(row, note="; ".join(filter(None, (row.note, _why_unknown(read)))))
            read = read.with_description(text or f"Unknown task ({row.name})", "proposed" if text else "unknown")
        entry = self._registry.register(read.adapter, row.name, identity=self._identities[folder])
        fault_point("import-registered")
        row = replace(
            row,
            status="accepted" if read.method is None else "converted",
            reference=entry.reference,
            description=read.adapter.card.description,
            description_source=read.adapter.card.description_source,
        )
        base, weights = adapter.base.fingerprint, adapter.content_hash
        self._known.add(entry.reference, base, weights, values)
        return self._settle(Settled(row, files, base, weights, encode(values)))

    def _settle(self, settled: Settled) -> Row:
        self._journal.settle(settled)
        fault_point("import-journalled")
        return settled.row


def _why_unknown(read: Candidate) -> str:
    """Why its answers do not say what its task is."""
    if is_config_only(read.adapter.base):
        return "its base model's weights are not here, so it was asked nothing"
    if read.foreign_template:
        return "it was not asked in another template"
    shown = read.adapter.card.prompt_template.replace("\n", "\\n")
    doubt = "" if read.template else ", which may not be its own"
    return f'it answers "{shown}" as the base model does{doubt}'


def _why(duplicate: Duplicate) -> str:
    how = "has the same weights as" if duplicate.same_content else "changes the base model in the same way as"
    return f"it {how} {duplicate.reference}"
