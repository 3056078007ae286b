"""The result of validating an adapter folder: every problem at once, each with its kind, file and remedy."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from hyperlora.errors import AdapterFormatError
from hyperlora.peft_io.folder.features import shown

_SHOWN = 8

Kind = Literal["missing", "unexpected", "mismatched", "non_finite", "unsupported", "malformed"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a folder.

    Attributes:
        kind: `missing` or `unexpected` files and tensors; `mismatched` tensors, whose shape or dtype is not what
            config or base model say; `non_finite` values; `unsupported` features; `malformed` files and fields.
        file: the file's name.
        text: what is wrong, beginning with the file.
        remedy: what to do next.
    """

    kind: Kind
    file: str
    text: str
    remedy: str


@dataclass(frozen=True)
class Summary:
    """What a sound folder holds, in short.

    Attributes:
        modules: how many modules it changes.
        targets: the last parts of their names.
        ranks, alphas, scalings: the distinct ones, ascending.
        dtypes: of the stored factors.
        parameters: how many numbers the factors hold.
        base: the base model it was made for: its id in `hyperlora.json`, else the name in `adapter_config.json`, which
            nobody checked; None if the folder does not say.
    """

    modules: int
    targets: tuple[str, ...]
    ranks: tuple[int, ...]
    alphas: tuple[float, ...]
    scalings: tuple[float, ...]
    dtypes: tuple[str, ...]
    parameters: int
    base: str | None


@dataclass(frozen=True)
class Validation:
    """What was found in an adapter folder.

    Attributes:
        folder: the folder.
        problems: everything wrong with it; the folder is read only if there is nothing.
        notes: what a person may want to know and no fault.
        summary: what it holds; None unless it is sound.
    """

    folder: Path
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    summary: Summary | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def of_kind(self, kind: Kind) -> tuple[Problem, ...]:
        """The problems of one kind."""
        return tuple(problem for problem in self.problems if problem.kind == kind)

    @property
    def missing(self) -> tuple[Problem, ...]:
        """Files and factors that should be there."""
        return self.of_kind("missing")

    @property
    def unexpected(self) -> tuple[Problem, ...]:
        """Tensors that should not be there."""
        return self.of_kind("unexpected")

    @property
    def mismatched(self) -> tuple[Problem, ...]:
        """Tensors of another shape or dtype than config and base model say."""
        return self.of_kind("mismatched")

    @property
    def non_finite(self) -> tuple[Problem, ...]:
        """Tensors with NaN, Inf, or values whose products overflow."""
        return self.of_kind("non_finite")

    @property
    def unsupported(self) -> tuple[Problem, ...]:
        """Features that are not read."""
        return self.of_kind("unsupported")

    @property
    def malformed(self) -> tuple[Problem, ...]:
        """Files and fields that are not what they should be."""
        return self.of_kind("malformed")

    def _alike(self) -> list[tuple[Problem, int]]:
        """Problems that differ only in the layer, as the first of them and how many follow."""
        groups: dict[tuple[str, str], list[Problem]] = {}
        for problem in self.problems:
            groups.setdefault((problem.kind, re.sub(r"\.\d+\.", ".", problem.text)), []).append(problem)
        return [(group[0], len(group) - 1) for group in groups.values()]

    def raise_problems(self) -> None:
        """Raise an `AdapterFormatError` that lists the first problems, unless there are none."""
        if not self.problems:
            return
        texts, previous = [], ""
        alike = self._alike()
        for problem, more in alike[:_SHOWN]:
            # a file's name is written once for all its problems in a row
            text = problem.text.removeprefix(f"{problem.file}: ") if problem.file == previous else problem.text
            texts.append(text + _and_more(more))
            previous = problem.file
        if rest := sum(1 + more for _, more in alike[_SHOWN:]):
            texts.append(f"and {rest} more")
        remedies = list(dict.fromkeys(problem.remedy for problem, _ in alike[:_SHOWN]))
        raise AdapterFormatError(f"{self.folder}: {'; '.join(texts)}", " ".join(remedies[:3]))

    def as_json(self) -> dict[str, Any]:
        """A form for `json.dumps`, every kind of problem with its list."""
        return {"folder": str(self.folder), "ok": self.ok} | {
            **{kind: [asdict(problem) for problem in self.of_kind(kind)] for kind in get_args(Kind)},
            "notes": list(self.notes),
            "summary": None if self.summary is None else asdict(self.summary),
        }

    def as_text(self) -> str:
        """Lines for people: the summary or every problem with its remedy, and the notes."""
        lines = []
        if self.summary is not None:
            summary = self.summary
            lines += [
                f"{self.folder}: sound, {summary.modules} modules ({', '.join(summary.targets)})",
                f"  rank {_listed(summary.ranks)}",
                f"  alpha {_listed(summary.alphas)}, scaling {_listed(summary.scalings)}",
                f"  {summary.parameters} parameters in {', '.join(summary.dtypes)}",
                f"  base model: {'not said' if summary.base is None else shown(summary.base)}",
            ]
        else:
            lines.append(f"{self.folder}: {len(self.problems)} problem{'s' * (len(self.problems) != 1)}")
            lines += [
                f"  {problem.kind}: {problem.text}{_and_more(more)}. {problem.remedy}"
                for problem, more in self._alike()
            ]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def _and_more(count: int) -> str:
    return f" (and {count} more like it)" if count else ""


def _listed(values: tuple[float, ...]) -> str:
    first = ", ".join(f"{value:g}" for value in values[:8])
    return first + (f" and {len(values) - 8} more" if len(values) > 8 else "")
