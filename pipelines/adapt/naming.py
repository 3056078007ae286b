"""Names that say what an adapter is for, for those that nobody named."""

from __future__ import annotations

import re


def short_name(description: str, digest: str, prefix: str = "") -> str:
    """The prefix, the first words of a description and the first eight digits of a hash, joined by dashes.

    Both the registry and file systems take it, whatever the description.
    """
    words = "-".join(re.findall(r"[a-z0-9]+", description.lower())[:6])[:48].strip("-")
    return "-".join(part for part in (prefix, words, digest[:8]) if part)
