"""What an import came to: every folder once, with what became of it and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

Status = Literal["accepted", "converted", "duplicate", "quarantined", "undescribed", "superseded"]


@dataclass(frozen=True)
class Row:
    """What became of one folder.

    Attributes:
        folder: relative to the pool.
        status: `accepted` as it is; `converted` from another method or form; `duplicate` of an adapter that is
            there; `quarantined`, cannot be taken in; `undescribed`, waits for a description; `superseded`, an older
            checkpoint or snapshot of one that is imported.
        name: what it is, or would be, registered as.
        reference: of its registered version; empty if there is none.
        reason, remedy: why it was not taken in, and what to do next.
        note: what a person may want to know and no fault.
        description: its task in words, where that is known.
        description_source: `given`, `proposed` or `unknown`; empty without a description.
        base: id of its base model; empty if it is not known.
        method: what it was converted from; empty if it was not.
        energy_kept: the share of its weight change that conversion kept.
        duplicate_of: reference of the adapter that it duplicates.
        cosine: between its weight change and that adapter's.
    """

    folder: str
    status: Status
    name: str = ""
    reference: str = ""
    reason: str = ""
    remedy: str = ""
    note: str = ""
    description: str = ""
    description_source: str = ""
    base: str = ""
    method: str = ""
    energy_kept: float | None = None
    duplicate_of: str = ""
    cosine: float | None = None


@dataclass(frozen=True)
class Report:
    """What an import came to.

    Attributes:
        id: of source and options; an interrupted import with the same is continued.
        source: what was imported.
        rows: one a folder, in order.
        notes: on the import as a whole.
        already_there: how many of the accepted and converted ones an earlier run of the same import registered. Two
            reports that differ in it alone are equal, and the written one does not count it.
    """

    id: str
    source: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    already_there: int = field(default=0, compare=False)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many folders have each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in get_args(Status)}

    @property
    def importable(self) -> bool:
        """Whether there was anything that is, or could be, in the registry."""
        return any(row.status not in ("quarantined", "superseded") for row in self.rows)

    @property
    def unknown(self) -> tuple[str, ...]:
        """References of what is registered without anybody knowing its task."""
        return tuple(row.reference for row in self.rows if row.reference and row.description_source == "unknown")

    def of_status(self, status: Status) -> tuple[Row, ...]:
        """The rows of one status."""
        return tuple(row for row in self.rows if row.status == status)

    def as_json(self) -> dict[str, Any]:
        """A form for `json.dumps`."""
        return {
            "id": self.id,
            "source": self.source,
            "counts": dict(self.counts),
            "already_there": self.already_there,
            "notes": list(self.notes),
            "unknown": list(self.unknown),
            "rows": [asdict(row) for row in self.rows],
        }

    def as_text(self) -> str:
        """Lines for people: counts, what was taken in, and for all else the reason and the remedy."""
        counts = ", ".join(f"{count} {status}" for status, count in self.counts.items() if count)
        lines = [f"{self.source}: {len(self.rows)} folder{'s' * (len(self.rows) != 1)}: {counts}"]
        if self.already_there:
            taken = len(self.of_status("accepted") + self.of_status("converted"))
            lines[0] += f"; {self.already_there} of them already there, {taken - self.already_there} new"
        lines += [_line(row) for row in self.rows]
        if self.unknown:
            lines.append(f"tasks that nobody knows: {len(self.unknown)}; no description finds these. Say what they do:")
            lines += [
                f'  hyperlora registry edit {reference.partition("@")[0]} --description "…" --template "…{{input}}…"'
                for reference in self.unknown
            ]
        return "\n".join(lines + [f"note: {note}" for note in self.notes])


def _line(row: Row) -> str:
    note = f" [{row.note}]" if row.note else ""
    if row.status in ("accepted", "converted"):
        kept = "" if row.energy_kept is None else f" (from {row.method}, keeping {row.energy_kept:.2%} of its change)"
        proposed = "" if row.description_source == "given" else f" ({row.description_source})"
        also = f" (also {row.duplicate_of})" if row.duplicate_of else ""
        return f"  {row.status:<11} {row.folder} -> {row.reference}: {row.description}{proposed}{kept}{also}{note}"
    if row.status == "duplicate":
        return f"  {row.status:<11} {row.folder} = {row.duplicate_of} (cosine {row.cosine:.4f}){note}"
    if row.status == "superseded":
        return f"  {row.status:<11} {row.folder}: {row.reason}"
    return f"  {row.status:<11} {row.folder}: {row.reason.rstrip('.')}. {row.remedy}{note}"
