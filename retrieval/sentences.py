"""A description of several sentences, taken apart: its core may be any one of them."""

from __future__ import annotations

import re

# An end of a sentence, unless a small letter or a digit follows (as after "e.g." or "No."); or the end of a line.
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?![a-z0-9])|(?<=[。！？])|[\r\n]+")
# Sentences of one text that are searched by; a longer text is context rather than a task.
MOST_SENTENCES = 32
_WORD = re.compile(r"\w")


def sentences(text: str) -> list[str]:
    """The sentences of a text, at most `MOST_SENTENCES`, in their order; none for a text of one sentence."""
    parts = [part.strip(" \t•*-") for part in _END.split(text)]
    found = [part for part in parts if _WORD.search(part)]
    return found[:MOST_SENTENCES] if len(found) > 1 else []


def with_sentences(text: str) -> list[str]:
    """The text as a whole, then its sentences: all that a description is searched by."""
    return [text, *sentences(text)]
