"""The journal: what a kill leaves of it is used to the last whole line, and it belongs to one evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperlora.errors import InputError
from pipelines.evaluation.journal import Journal, Measured

IDENTITY = {"suite": "toys", "recipe": "abc"}


def measured(method: str, task: str) -> Measured:
    notes = {"adapter": "registry:ä b@1", "list": [1, 2]}
    return Measured(method, task, (1.0, 0.0, 0.5), 7.25, 0.125, notes, {"2": 0.5})


ENTRIES = [measured("base", "one"), measured("base", "two"), measured("icl-5", "one")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An evaluation's folder with three measurements, added in two goes."""
    journal = Journal(tmp_path / "out", IDENTITY)
    journal.add(ENTRIES[:2])
    journal.add(ENTRIES[2:])
    return tmp_path / "out"


def test_measurements_come_back_as_they_went(folder: Path) -> None:
    assert Journal(folder, IDENTITY).done == {(each.method, each.task): each for each in ENTRIES}
    assert ENTRIES[0].mean == 0.5


def test_cut_anywhere_whole_lines_are_kept_and_the_rest_is_measured_again(folder: Path) -> None:
    path = folder / "answers.jsonl"
    data = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(data) if byte == ord("\n")]
    assert len(ends) == 3
    for cut in range(0, len(data), 7):
        path.write_bytes(data[:cut])
        journal = Journal(folder, IDENTITY)
        whole = sum(end <= cut for end in ends)
        assert list(journal.done.values()) == ENTRIES[:whole], cut
        journal.add(ENTRIES[whole:])
        assert path.read_bytes() == data, cut
    for cut in (ends[-1] - 1, ends[0] - 1):  # all of a line but its end
        path.write_bytes(data[:cut])
        assert len(Journal(folder, IDENTITY).done) == sum(end <= cut for end in ends)


@pytest.mark.parametrize(
    ("identity", "what"),
    [
        ({"suite": "toys", "recipe": "other"}, "recipe"),
        ({"suite": "others", "recipe": "other"}, "suite, recipe|recipe, suite"),
        ({"suite": "toys"}, "recipe"),
        (IDENTITY | {"generator": "new"}, "generator"),
    ],
)
def test_a_folder_of_another_evaluation_is_refused_and_left_alone(
    identity: dict[str, str], what: str, folder: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match=rf"another ({what})\. Name another --out folder"):
        Journal(folder, identity)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
