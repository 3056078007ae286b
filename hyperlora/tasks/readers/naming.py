"""The names and default descriptions of tasks that come with nothing but a file name."""

from __future__ import annotations

import re
from hashlib import sha256

_LONGEST = 64
_SUFFIX = 8


def task_name(text: str) -> str:
    """Text as a task's name: lower case, digits and single hyphens, 64 characters at most.

    Where nothing of the text can stay, or not all that tells two apart, the beginning of its hash does.
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()[:_SUFFIX]
    if not name:
        return f"task-{digest}"
    if len(name) > _LONGEST:
        return f"{name[: _LONGEST - _SUFFIX - 1].rstrip('-')}-{digest}"
    return name


def in_words(text: str) -> str:
    """A file's name as words: `choose_first_of_3` is "choose first of 3"."""
    writable = text.encode(errors="ignore").decode()
    return " ".join(re.split(r"[\s_\-.]+", writable)).strip() or task_name(text).replace("-", " ")


def one_line(text: str) -> str:
    """Text of any number of lines in one, without what UTF-8 cannot write."""
    return " ".join(text.encode(errors="ignore").decode().split())
