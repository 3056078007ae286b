"""What people type to search, as an expression of the full-text index that means only these words."""

from __future__ import annotations

import re
import unicodedata

from hyperlora.errors import InputError

_MOST_WORDS = 64
_LONGEST_NAME = 128
_SHORTEST_PREFIX = 2  # one letter begins too many words to be of use
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def joined(name: str) -> str:
    """A name without what joins its words: `title-case` and `TitleCase` become `titlecase`."""
    return "".join(_WORD.findall(name)).lower()


def match_expression(text: str) -> str:
    """All words of a text, the last as a prefix, or a name that they make; nothing in it is the index's own syntax.

    A word such as `TitleCase` also means the words it is made of.

    Raises:
        InputError: there is no word in it, or too many.
    """
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    if not found:
        raise InputError(f"{text[:80]!r} holds no word to look for", "Give words of letters or digits.")
    different = list(dict.fromkeys([*map(_word, found[:-1]), _word(found[-1], last=True)]))
    if len(different) > _MOST_WORDS:
        raise InputError(f"the text has {len(different)} words", f"Give at most {_MOST_WORDS} that must all be there.")
    words, name = " AND ".join(different), "".join(found)
    return words if len(found) == 1 or len(name) > _LONGEST_NAME else f'({words}) OR name : "{name}" *'


def _word(word: str, *, last: bool = False) -> str:
    """One word, or the words it is made of."""
    parts = _HUMP.sub(" ", word).split()
    whole = _quoted(word, last)
    if len(parts) == 1:
        return whole
    within = " AND ".join([*map(_quoted, parts[:-1]), _quoted(parts[-1], last)])
    return f"({whole} OR ({within}))"


def _quoted(word: str, last: bool = False) -> str:
    return f'"{word}"*' if last and (len(word) >= _SHORTEST_PREFIX or not word.isascii()) else f'"{word}"'
