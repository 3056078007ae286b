"""What has been measured so far, one line a method and task, so that a killed evaluation goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hyperlora.errors import InputError
from hyperlora.files.durable import fsync, write_json

_RUN = "run.json"
_LINES = "answers.jsonl"


@dataclass(frozen=True)
class Measured:
    """The outcome of one method on one task.

    Attributes:
        method, task: their names.
        scores: one for each asked test example.
        prompt_tokens: mean length of the prompts.
        seconds: time it took, its share of the group it was measured with.
        notes: what the method chose.
        generated: scores of the examples that were also answered by real generation, by their number.
    """

    method: str
    task: str
    scores: tuple[float, ...]
    prompt_tokens: float
    seconds: float
    notes: Mapping[str, Any]
    generated: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Mean score."""
        return sum(self.scores) / len(self.scores)


class Journal:
    """The answers file of one evaluation.

    Args:
        folder: the evaluation's own.
        identity: what its results depend on, by name; a folder of another evaluation is refused.

    Raises:
        InputError: the folder holds another evaluation.
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any]) -> None:
        self._path = folder / _LINES
        self.done: dict[tuple[str, str], Measured] = {}
        known = folder / _RUN
        if known.is_file():
            self._refuse_another(folder, json.loads(known.read_text(encoding="utf-8")), identity)
            self._read()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            write_json(known, dict(identity))

    @staticmethod
    def _refuse_another(folder: Path, known: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
        if different := [key for key in {**known, **identity} if known.get(key) != identity.get(key)]:
            raise InputError(
                f"{folder} holds an evaluation with another {', '.join(different)}", "Name another --out folder."
            )

    def _read(self) -> None:
        if not self._path.is_file():
            return
        whole = b""
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                value = json.loads(line)
                if not line.endswith(b"\n"):
                    break
            except ValueError:
                break  # the line that a kill cut short
            whole += line
            measured = Measured(**(value | {"scores": tuple(value["scores"])}))
            self.done[measured.method, measured.task] = measured
        if len(whole) < self._path.stat().st_size:
            with self._path.open("r+b") as handle:
                handle.truncate(len(whole))

    def add(self, results: Sequence[Measured]) -> None:
        """Keep results; they are on the disk when this returns."""
        lines = "".join(json.dumps(asdict(each), ensure_ascii=False, sort_keys=True) + "\n" for each in results)
        with self._path.open("ab") as handle:
            handle.write(lines.encode())
        fsync(self._path)
        self.done |= {(each.method, each.task): each for each in results}
