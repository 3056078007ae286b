"""How people ask: plain, terse, long and foreign wordings of tasks, and requests that no adapter of the zoo serves.

Written by hand from the names and examples of tasks alone, by somebody who had not seen the descriptions. Nothing is
trained on them or indexed by them; `wordings.json` beside this module calibrates the shipped retriever.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

CALIBRATION_FILE = Path(__file__).parent / "wordings.json"


@dataclass(frozen=True)
class Wording:
    """A request.

    Attributes:
        text: as somebody would type it.
        kind: `plain`, `terse`, `long` or `foreign`; of one that is for no task `nonsense`, `offtopic` or
            `offtopic_foreign`.
        task: name of the task it asks for; None for one that is for none.
    """

    text: str
    kind: str
    task: str | None = None


def read_wordings(path: Path = CALIBRATION_FILE) -> list[Wording]:
    """All wordings of a file, those of tasks first.

    Raises:
        OSError, ValueError, KeyError: the file is missing, or no file of wordings.
    """
    held = json.loads(path.read_text(encoding="utf-8"))
    asked = [
        Wording(text, kind, task)
        for task, kinds in held["tasks"].items()
        for kind, texts in kinds.items()
        for text in texts
    ]
    return asked + [Wording(text, kind) for kind, texts in held["unfit"].items() for text in texts]
