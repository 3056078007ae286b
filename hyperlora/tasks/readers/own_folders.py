"""`file:FOLDER`: our own task folders, or a single one."""

from __future__ import annotations

from pathlib import Path

from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.task import TASK_FILE, load_task, task_folders


def read_own_folders(path: Path, gathering: Gathering) -> None:
    """Add the task folder, or every task folder in the folder.

    Raises:
        TaskFormatError: the path is no folder, there is no task in it, or one is malformed.
    """
    folders = [path] if (path / TASK_FILE).exists() else task_folders(path)
    for folder in folders:
        with gathering.attempt(folder.name):
            gathering.add_finished(load_task(folder))
