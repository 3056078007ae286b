"""The lines of a text file of somebody else's, none longer than an example may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hyperlora.errors import TaskFormatError
from hyperlora.tasks import LONGEST_LINE


def text_lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines with their numbers and line ends; a byte order mark is passed over.

    Raises:
        TaskFormatError: the file cannot be read, or a line is not UTF-8 or longer than 64 KiB.
    """
    number = 0
    try:
        with file.open("rb") as handle:
            while line := handle.readline(LONGEST_LINE + 2):
                number += 1
                place = f"{file}, line {number}"
                if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
                    raise TaskFormatError(f"{place}: is longer than {LONGEST_LINE // 1024} KiB", "Shorten the example.")
                yield number, (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode()
    except UnicodeDecodeError as error:
        raise TaskFormatError(f"{file}, line {number}: is not UTF-8", "Save the file as UTF-8.") from error
    except OSError as error:
        raise TaskFormatError(f"{file} cannot be read: {error.strerror}", "Correct its rights.") from error
