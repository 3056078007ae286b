"""What people type to search, as an expression of the full-text index that means only these words."""

from __future__ import annotations

import re
import unicodedata

from hyperlora.errors import InputError

_MOST_WORDS = 64
_SHORTEST_PREFIX = 2  # one letter begins too many words to be of use
_WORD = re.compile(r"[^\W_]+")


def match_expression(text: str) -> str:
    """All words of a text, the last as a prefix; nothing in it is taken for the index's own syntax.

    Raises:
        InputError: there is no word in it, or too many.
    """
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    if not found:
        raise InputError(f"{text[:80]!r} holds no word to look for", "Give words of letters or digits.")
    words = [f'"{word}"' for word in found]
    if len(found[-1]) >= _SHORTEST_PREFIX or not found[-1].isascii():
        words[-1] += "*"
    different = list(dict.fromkeys(words))
    if len(different) > _MOST_WORDS:
        raise InputError(f"the text has {len(different)} words", f"Give at most {_MOST_WORDS} that must all be there.")
    return " AND ".join(different)
