"""Inflection: plurals of nouns, simple past of verbs, comparatives of adjectives."""

from __future__ import annotations

from hyperlora.tasks import Task
from pipelines.starter.inflection_words import (
    IRREGULAR_NOUNS,
    LEFT_OUT_ADJECTIVES,
    LEFT_OUT_NOUNS,
    LEFT_OUT_VERBS,
    NOUNS_THAT_ARE_VERBS,
    SETTLED_COMPARATIVES,
    SETTLED_PASTS,
    SETTLED_PLURALS,
    left_out,
)
from pipelines.starter.sources import data_package, frequency, frequent_words, licence_line, source_line
from pipelines.starter.splits import USUAL_SIZES, split_examples

_PACKAGES = ("lemminflect", "wordfreq")
COMPARATIVE_SIZES = (200, 50, 100)


def _forms(word: str, tag: str, settled: dict[str, str]) -> tuple[str, ...]:
    """The inflected forms of a word for a Penn Treebank tag; one where a person settled which."""
    forms: tuple[str, ...] = data_package("lemminflect").getAllInflections(word).get(tag, ())
    if word in settled:
        if settled[word] not in forms:
            raise ValueError(f"lemminflect does not know {settled[word]!r} as a form of {word!r}")
        return (settled[word],)
    return forms


def _is_lemma(word: str, part_of_speech: str) -> bool:
    lemmas: dict[str, tuple[str, ...]] = data_package("lemminflect").getAllLemmas(word)
    return word in lemmas.get(part_of_speech, ())


def _tags(word: str) -> frozenset[str]:
    return frozenset(data_package("lemminflect").getAllInflections(word))


def _is_plain(form: str) -> bool:
    return form.isascii() and form.isalpha() and form.islower()


def noun_plurals() -> list[tuple[str, str]]:
    """Frequent nouns with their plural: every irregular one of the list, then by frequency."""
    shunned = left_out(LEFT_OUT_NOUNS)
    also_verbs = frozenset(NOUNS_THAT_ARE_VERBS)
    pairs: dict[str, str] = {}
    for word in [*IRREGULAR_NOUNS, *frequent_words(9000)]:
        # An unchanged plural beside another form marks mass use ("three fish"), not a second plural.
        plurals = [form for form in _forms(word, "NNS", SETTLED_PLURALS) if form != word]
        if len(plurals) != 1 or not _is_plain(plurals[0]) or not _is_lemma(word, "NOUN") or word in shunned:
            continue
        if word not in IRREGULAR_NOUNS:
            other_uses = _tags(word) & {"VB", "JJ", "RB"}
            if len(word) < 3 or (other_uses and word not in also_verbs):
                continue
            # Nouns that are hardly used in the plural make poor examples.
            if frequency(plurals[0]) < 3.3 or frequency(word) - frequency(plurals[0]) > 1.3:
                continue
        pairs.setdefault(word, plurals[0])
    return list(pairs.items())


def verb_pasts() -> list[tuple[str, str]]:
    """Frequent verbs with their simple past: every irregular one found, then by the frequency of the past."""
    shunned = left_out(LEFT_OUT_VERBS)
    found: list[tuple[bool, float, str, str]] = []
    for word in frequent_words(12000):
        pasts = _forms(word, "VBD", SETTLED_PASTS)
        if len(pasts) != 1 or not _is_plain(pasts[0]) or not _is_lemma(word, "VERB") or word in shunned:
            continue
        regular = pasts[0].endswith("ed") and pasts[0].startswith(word[:-1]) and pasts[0] != word
        # Where the past is much rarer than the word itself, the word is mostly not a verb.
        rarest, furthest = (3.5, 1.0) if regular else (2.8, 1.6)
        if frequency(pasts[0]) < rarest or frequency(word) - frequency(pasts[0]) > furthest:
            continue
        found.append((regular, -frequency(pasts[0]), word, pasts[0]))
    return [(word, past) for _, _, word, past in sorted(found)]


def adjective_comparatives() -> list[tuple[str, str]]:
    """Adjectives with their comparative in -er (or irregular), most frequent comparative first."""
    shunned = left_out(LEFT_OUT_ADJECTIVES)
    found: list[tuple[float, str, str]] = []
    for word in frequent_words(80000):
        comparatives = _forms(word, "JJR", SETTLED_COMPARATIVES)
        if len(comparatives) != 1 or not _is_plain(comparatives[0]) or word in shunned:
            continue
        if _is_lemma(word, "ADJ") and frequency(comparatives[0]) >= 1.0:
            found.append((-frequency(comparatives[0]), word, comparatives[0]))
    return [(word, comparative) for _, word, comparative in sorted(found)]


def tasks() -> tuple[Task, ...]:
    """The inflection tasks."""
    return (
        Task(
            name="noun-plural",
            family="inflection",
            descriptions=(
                "Give the plural form of a noun.",
                "Turn the singular noun into its plural.",
                "How do you say this word when there is more than one of it?",
                "Pluralize the given English noun, minding irregular forms.",
                "You are shown a noun that stands for a single thing; write the form used for several.",
                "Convert one into many: from singular to plural.",
                "Write the word that fills the gap in 'one X, two ...'.",
                "For each noun, provide the form that means two or more.",
            ),
            unseen_descriptions=(
                "Respond with how the noun is spelled when it refers to multiple items.",
                "Make this noun plural.",
                "Change the word so that it names a group of such things instead of just one.",
                "What is the plural of the word below?",
            ),
            **split_examples("noun-plural", noun_plurals()[: sum(USUAL_SIZES)], USUAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
        Task(
            name="verb-past",
            family="inflection",
            descriptions=(
                "Give the simple past of a verb.",
                "Put the verb into the past tense.",
                "Rewrite this base-form verb as it would appear in a sentence about yesterday.",
                "From the infinitive, form the preterite; some verbs are irregular.",
                "I do it today; say what I did last week, using the same verb.",
                "Conjugate the English verb for a finished action.",
                "Complete the pattern 'today I X, yesterday I ...' with one word.",
                "Show how the verb looks once the action is over.",
            ),
            unseen_descriptions=(
                "What is the past tense form of the verb shown?",
                "Take a present-tense verb and answer with the version used for things that already happened.",
                "Inflect the verb: present goes in, past comes out.",
                "Write the -ed form of the verb, or its irregular equivalent.",
            ),
            **split_examples("verb-past", verb_pasts()[: sum(USUAL_SIZES)], USUAL_SIZES),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
        Task(
            name="adjective-comparative",
            family="inflection",
            descriptions=(
                "Give the comparative form of an adjective.",
                "Turn the adjective into the form used to compare two things.",
                "Write the word that goes before 'than' when this quality is stronger in one of two.",
                "Which single word means 'more X' for the adjective X given?",
                "Form the comparative in -er, or the irregular one where English has it.",
                "Say how you would call something that has more of this property.",
                "Raise the adjective by one degree: from positive to comparative.",
                "Finish 'this one is X, but that one is even ...' with the right word.",
            ),
            unseen_descriptions=(
                "Which form of the adjective stands between the basic form and the superlative?",
                "How does the adjective change when one thing outdoes another?",
                "Replace the descriptive word with its 'more so' version, as a single word.",
                "Inflect the adjective for a comparison between two items.",
            ),
            **split_examples(
                "adjective-comparative",
                adjective_comparatives()[: sum(COMPARATIVE_SIZES)],
                COMPARATIVE_SIZES,
            ),
            source=source_line(*_PACKAGES),
            licence=licence_line(*_PACKAGES),
        ),
    )
