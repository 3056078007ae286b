"""Everyday words that single-word tasks ask about: nouns, verbs and adjectives that a person has read."""

from __future__ import annotations

from functools import cache

from pipelines.starter.families.inflection import adjective_comparatives, all_verbs, noun_plurals
from pipelines.starter.families.inflection_words import LONG_ADJECTIVES

# A sentence may begin with these, or they are no good examples.
_LEFT_OUT_TEXT = "have do be let get kill die god saint suffer choke bury drug gun bomb cannon pistol bullet tumor"
_LEFT_OUT = frozenset(_LEFT_OUT_TEXT.split())


@cache
def content_words() -> tuple[str, ...]:
    """About 2,500 lemmas of three or more letters, nouns first, none of them a function word."""
    lemmas = [
        *(noun for noun, _ in noun_plurals()),
        *all_verbs(),
        *(adjective for adjective, _ in adjective_comparatives()),
        *LONG_ADJECTIVES,
    ]
    return tuple(word for word in dict.fromkeys(lemmas) if len(word) > 2 and word not in _LEFT_OUT)
