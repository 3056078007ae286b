"""Durable writes: all or nothing, also when the body fails or the process is killed."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hyperlora.files.durable import commit_folder, staged_folder, staging_folder, write_bytes, write_json

DAY = 24 * 3600
STAGE_AND_COMMIT = """
from pathlib import Path
from hyperlora.files.durable import fault_point, staged_folder
with staged_folder(Path({target!r})) as staging:
    (staging / "weights").write_text("all of it")
    fault_point("before-commit")
fault_point("after-commit")
"""


def test_a_staged_folder_appears_whole_when_the_body_ends(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "folder"
    with staged_folder(target) as staging:
        (staging / "sub").mkdir()
        (staging / "sub" / "file").write_text("x")
        assert not target.exists()
    assert [path.relative_to(target).as_posix() for path in sorted(target.rglob("*"))] == ["sub", "sub/file"]
    assert list(target.parent.iterdir()) == [target]


def test_a_fault_in_the_body_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="halfway"), staged_folder(tmp_path / "target") as staging:
        (staging / "file").write_text("x")
        raise RuntimeError("halfway")
    assert list(tmp_path.iterdir()) == []


def test_a_kill_before_the_commit_leaves_no_target_and_a_retry_works(start_apart: Callable, tmp_path: Path) -> None:
    target = tmp_path / "target"
    source = STAGE_AND_COMMIT.format(target=str(target))
    killed = start_apart(source, HYPERLORA_FAULT="before-commit")
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert not target.exists()
    killed = start_apart(source, HYPERLORA_FAULT="after-commit")
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert (target / "weights").read_text() == "all of it"


def test_leftovers_of_killed_processes_go_after_a_day_and_not_before(tmp_path: Path) -> None:
    old, young = tmp_path / ".staging-old", tmp_path / ".staging-young"
    for folder, age in ((old, DAY + 60), (young, DAY - 60)):
        folder.mkdir()
        (folder / "file").write_text("x")
        os.utime(folder, (time.time() - age,) * 2)
    with staging_folder(tmp_path) as staging:
        assert sorted(tmp_path.iterdir()) == sorted([staging, young])


def test_leftover_files_of_killed_writes_go_after_a_day_too(tmp_path: Path) -> None:
    leftover = tmp_path / ".staging-catalogue.json-0123abcd"
    leftover.write_text("half of it")
    os.utime(leftover, (time.time() - DAY - 60,) * 2)
    with staging_folder(tmp_path) as staging:
        assert list(tmp_path.iterdir()) == [staging]


def test_the_first_of_two_commits_to_one_target_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    with staging_folder(tmp_path) as first, staging_folder(tmp_path) as second:
        (first / "file").write_text("first")
        (second / "file").write_text("second")
        commit_folder(first, target)
        commit_folder(second, target)
    assert (target / "file").read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_a_target_that_is_a_file_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    with pytest.raises(OSError), staged_folder(tmp_path / "target"):
        pass
    assert (tmp_path / "target").read_text() == "mine"
    assert list(tmp_path.iterdir()) == [tmp_path / "target"]


def test_a_write_that_fails_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    write_json(path, {"b": "é", "a": 1})
    assert json.loads(path.read_text()) == {"a": 1, "b": "é"}

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    assert json.loads(path.read_text()) == {"a": 1, "b": "é"}
    assert list(tmp_path.iterdir()) == [path]
