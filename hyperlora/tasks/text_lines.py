"""The lines of a text file of somebody else's, none longer than an example may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.examples import LONGEST_LINE

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def text_lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines with their numbers and line ends; a byte order mark is passed over.

    Raises:
        TaskFormatError: the file cannot be read, or a line is not UTF-8 or longer than 64 KiB.
    """
    try:
        with file.open("rb") as handle:
            yield from lines_of(handle, file)
    except OSError as error:
        raise unreadable(file, error) from error


def lines_of(handle: BinaryIO, file: Path) -> Iterator[tuple[int, str]]:
    """The same of a file that is open at its beginning.

    Raises:
        TaskFormatError: a line is not UTF-8 or longer than 64 KiB.
    """
    number = 0
    while line := handle.readline(LONGEST_LINE + 2):
        number += 1
        place = f"{file}, line {number}"
        if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
            raise TaskFormatError(f"{place}: is longer than {LONGEST_LINE // 1024} KiB", "Shorten the example.")
        try:
            text = (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).decode()
        except UnicodeDecodeError as error:
            raise TaskFormatError(f"{place}: is not UTF-8", "Save the file as UTF-8.") from error
        yield number, text


def unreadable(file: Path, error: OSError) -> TaskFormatError:
    """What to say of a file that could not be read."""
    return TaskFormatError(f"{file} cannot be read: {error.strerror}", "Correct the path, or add the file.")
