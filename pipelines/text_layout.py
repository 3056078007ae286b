"""Lines and tables that fit a terminal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from textwrap import wrap

# Where there is no terminal, and the least that is of use.
_USUAL, _LEAST = 100, 40
_GAP = 3
# A command with its options, references and what stands for a value.
_COMMAND = re.compile(r"\bhyperlora (?:(?:registry|train|tasks) )?[a-z]+(?: (?:-\S+(?: [a-z]\S*)?|\w+:\S+|[A-Z]+\b))*")
_BOUND = "\x00"  # a space at which nothing is broken


def terminal_width() -> int:
    """Columns of the terminal, 100 where there is none."""
    return max(_LEAST, shutil.get_terminal_size((_USUAL, 24)).columns)


def wrapped(line: str, width: int) -> list[str]:
    """A line broken between words, and continued four columns right of where it begins.

    Longer words stay whole, and so do commands, which somebody may copy.
    """
    indent = line[: len(line) - len(line.lstrip())]
    parts = wrap(
        _COMMAND.sub(lambda found: found[0].replace(" ", _BOUND), line),
        width,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(_BOUND, " ") for part in parts]


def cut(text: str, width: int) -> str:
    """The text on one line of at most so many characters, with an ellipsis where some are left out."""
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: max(width - 1, 0)].rstrip()}…"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, indent: int = 5) -> list[str]:
    """Rows below their heads in columns; the widest cells are cut until rows fit."""
    lines = [[" ".join(cell.split()) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[place]) for row in lines) for place in range(len(heads))]
    room = width - indent - _GAP * (len(heads) - 1)
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    gap = " " * _GAP
    return [
        " " * indent + gap.join(f"{cut(cell, size):<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
