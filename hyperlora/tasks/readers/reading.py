"""A reference to task data, `SCHEME:PATH`, and the reader that each scheme names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.readers.big_bench_hard import read_big_bench_hard
from hyperlora.tasks.readers.csv_files import read_csv
from hyperlora.tasks.readers.datasets_folder import read_dataset
from hyperlora.tasks.readers.function_vectors import read_function_vectors
from hyperlora.tasks.readers.gathering import Gathering, OnError
from hyperlora.tasks.readers.instruction_induction import read_instruction_induction
from hyperlora.tasks.readers.jsonl_files import read_jsonl
from hyperlora.tasks.readers.natural_instructions import read_natural_instructions
from hyperlora.tasks.readers.own_folders import read_own_folders
from hyperlora.tasks.readers.side_file import read_side_file
from hyperlora.tasks.task import Suite

Reader = Callable[[Path, Gathering], None]

# What each scheme's path is read as; a reader adds its tasks to the gathering in a fixed order.
READERS: Mapping[str, Reader] = {
    "file": read_own_folders,
    "function-vectors": read_function_vectors,
    "instruction-induction": read_instruction_induction,
    "natural-instructions": read_natural_instructions,
    "bbh": read_big_bench_hard,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "dataset": read_dataset,
}


def read_suite(reference: str, *, on_error: OnError | None = None) -> Suite:
    """The tasks that a reference names, as a suite.

    The same data always gives the same suite. Tasks of others' data are in the parts that `tasks.yaml` beside them
    names; if it names none, the suite is undivided. Those of our own task folders (`file:`) are as their `task.yaml`
    says. A task with too few examples is
    left out and named in the suite's `rejected`; what was left out of a task that is there stands in its `notes`.

    Args:
        reference: `SCHEME:PATH` with a scheme of `READERS`, for example `bbh:~/data/bbh`.
        on_error: called with the name and the error of a task that cannot be read, which is then passed over; without
            it, the error is raised.

    Raises:
        TaskFormatError: the scheme is unknown, there is nothing at the path, no task can be used, `tasks.yaml` is
            wrong, or, without `on_error`, a task is malformed; the message names the file and the place in it.
    """
    scheme, _, target = reference.partition(":")
    listed = ", ".join(f"{name}:" for name in READERS)
    if scheme not in READERS:
        raise TaskFormatError(f"suite {reference!r} does not begin with a known scheme", f"Use one of {listed}")
    if not target:
        raise TaskFormatError(f"suite {reference!r} names nothing after {scheme}:", f"Write {scheme}:PATH")
    try:
        path = Path(target).expanduser()
        there = path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise TaskFormatError(f"suite {reference!r}: the path cannot be used ({error})", "Correct it.") from error
    if not there:
        raise TaskFormatError(f"suite {reference!r}: there is nothing at {path}", "Correct the path.")
    gathering = Gathering(scheme, path, read_side_file(path) if scheme != "file" else None, on_error)
    try:
        READERS[scheme](path, gathering)
    except OSError as error:
        raise TaskFormatError(f"{error.filename or path} cannot be read: {error.strerror}", "Correct it.") from error
    return gathering.suite()
