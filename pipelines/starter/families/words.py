"""Word classes: what kind of word something is - its part of speech, form, language, mood or frequency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.inflection import (
    adjective_comparatives,
    adverb_adjectives,
    all_verbs,
    noun_plurals,
    superlatives,
    verb_form,
)
from pipelines.starter.families.inflection_words import LONG_ADJECTIVES, NOUNS_THAT_ARE_VERBS
from pipelines.starter.families.sentence_words import NOUNS
from pipelines.starter.families.words_wordings import WORDINGS
from pipelines.starter.families.words_words import (
    NEGATIVE_WORDS,
    NOT_A_GOOD_WORD,
    NOUN_SENTENCES,
    NOUNS_AND_VERBS,
    POSITIVE_WORDS,
    RARE_WORDS,
    VERB_SENTENCES,
)
from pipelines.starter.sources import data_package, frequency
from pipelines.starter.splits import USUAL_SIZES

FAMILY = "word-classes"
_FORMS = ("lemminflect", "wordfreq")
_LANGUAGES = {"en": "English", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "nl": "Dutch"}
# A word that is frequent in one of these as well belongs to no single language.
_OTHER_LANGUAGES = ("pt", "ca", "sv", "da", "nb", "ro", "pl")
_CLEAR_MOOD = 1.5
_CLASSES = ("noun", "verb", "adjective", "adverb")


@cache
def words_of_classes() -> dict[str, tuple[str, ...]]:
    """Words that can be nothing but a noun, a verb, an adjective or an adverb."""
    inflections: Callable[[str], dict[str, tuple[str, ...]]] = data_package("lemminflect").getAllInflections
    # Participles are forms of verbs as well.
    plain = [word for word in LONG_ADJECTIVES if not word.endswith(("ed", "ing"))]
    wanted = {
        "noun": ({"NN", "NNS"}, [noun for noun, _ in noun_plurals() if noun not in NOUNS_THAT_ARE_VERBS]),
        "verb": ({"VB", "VBD", "VBN", "VBP", "VBZ", "VBG"}, all_verbs()),
        "adjective": ({"JJ", "JJR", "JJS"}, [*(word for word, _ in adjective_comparatives()), *plain]),
        "adverb": ({"RB", "RBR", "RBS"}, [adverb for adverb, _ in adverb_adjectives() if frequency(adverb) > 2.8]),
    }
    return {
        name: tuple(dict.fromkeys(word for word in words if set(inflections(word)) <= tags))
        for name, (tags, words) in wanted.items()
    }


@cache
def words_of_moods() -> dict[str, tuple[str, ...]]:
    """Words that are clearly positive or clearly negative, to a reader and on the lexicon's scale from -4 to 4."""
    file = Path(str(data_package("vaderSentiment").__file__)).parent / "vader_lexicon.txt"
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line]
    lexicon = {row[0]: float(row[1]) for row in rows}
    return {
        "positive": tuple(word for word in POSITIVE_WORDS if lexicon[word] >= _CLEAR_MOOD),
        "negative": tuple(word for word in NEGATIVE_WORDS if lexicon[word] <= -_CLEAR_MOOD),
    }


@cache
def words_of_languages() -> dict[str, tuple[str, ...]]:
    """By language, frequent words of four or more letters that no other of these languages uses much."""
    wordfreq = data_package("wordfreq")
    found = {}
    for code, name in _LANGUAGES.items():
        others = sorted({*_LANGUAGES, *_OTHER_LANGUAGES} - {code})
        found[name] = tuple(
            word
            for word in wordfreq.top_n_list(code, 1500)
            if len(word) >= 4
            and word.isalpha()
            and word not in NOT_A_GOOD_WORD
            # The list has "ss" for the German sharp s.
            and not (code == "de" and "ss" in word)
            and wordfreq.zipf_frequency(word, code) - max(wordfreq.zipf_frequency(word, o) for o in others) >= 2
        )
    return found


def _labelled(groups: Callable[[], dict[str, tuple[str, ...]]], seed: str) -> Pairs:
    """As many words of each group, with the group's name."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        kept = {label: side.kept(words) for label, words in groups().items()}
        fewest = min(len(words) for words in kept.values())
        for label, words in kept.items():
            for word in Draws(f"{seed} {label}").sample(words, fewest):
                yield word, label

    return pairs


def _picked(groups: Callable[[], dict[str, tuple[str, ...]]], wanted: str, counts: Sequence[str]) -> Pairs:
    """Lists with one word of each of the groups named, in random order, and the word of the wanted group."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"pick {wanted}")
        kept = {label: side.kept(words) for label, words in groups().items()}
        for _ in range(1500):
            chosen = [(draws.pick(kept[label]), label) for label in counts]
            if len(dict(chosen)) == len(chosen):
                answer = next(word for word, label in chosen if label == wanted)
                yield ", ".join(word for word, _ in draws.shuffled(chosen)), answer

    return pairs


def _language_lists(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("language lists")
    for language, words in words_of_languages().items():
        kept = side.kept(words)
        for _ in range(250):
            yield ", ".join(draws.sample(kept, 4)), language


def _more_common(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("more common")
    common = [noun for noun in side.kept(noun for noun, _ in noun_plurals()) if frequency(noun) >= 4.6]
    rare = [word for word in side.kept(RARE_WORDS) if frequency(word) <= 3.2]
    for _ in range(1500):
        answer = draws.pick(common)
        yield ", ".join(draws.shuffled([answer, draws.pick(rare)])), answer


def _nouns_by_number() -> dict[str, tuple[str, ...]]:
    """Each noun once, every other one in the plural."""
    pairs = noun_plurals()
    return {
        "singular": tuple(noun for noun, _ in pairs[::2]),
        "plural": tuple(plural for _, plural in pairs[1::2]),
    }


def _verb_forms(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("verb forms")
    labels = {"VB": "base", "VBD": "past", "VBZ": "third person", "VBG": "ing"}
    bases = frozenset(all_verbs())
    pasts = frozenset(verb_form(verb, "VBD") for verb in bases) | {"found", "fell", "saw", "lay", "wound", "bore"}
    for verb in draws.shuffled(all_verbs()):
        tag = draws.pick(tuple(labels))
        form = verb if tag == "VB" else verb_form(verb, tag)
        clear = form not in pasts if tag == "VB" else form not in bases
        if form and clear and side.has(form) and not verb.endswith("ing"):
            yield form, labels[tag]


def _marked(side: Side) -> Iterator[tuple[str, str]]:
    for word in side.kept(NOUNS_AND_VERBS):
        for label, sentences in (("noun", NOUN_SENTENCES), ("verb", VERB_SENTENCES)):
            for sentence in sentences:
                yield sentence.format(word), label


def _degrees(side: Side) -> Iterator[tuple[str, str]]:
    draws, best = Draws("degrees"), dict(superlatives())
    nouns = side.kept(NOUNS)
    for adjective, comparative in adjective_comparatives():
        if side.has(adjective):
            forms = {"positive": adjective, "comparative": comparative, "superlative": best[adjective]}
            for label, form in forms.items():
                for owner in draws.sample(("my", "your", "his", "her", "our", "their"), 3):
                    yield f"{owner} {form} {draws.pick(nouns)}", label


def drafts() -> tuple[Draft, ...]:
    """The word-class tasks."""

    def draft(
        name: str,
        pairs: Pairs,
        packages: tuple[str, ...] = _FORMS,
        *,
        partition: Partition = "seen",
        twin_of: str = "",
        sizes: tuple[int, int, int] = USUAL_SIZES,
    ) -> Draft:
        return Draft(
            name=name,
            **WORDINGS[name],
            pairs=pairs,
            packages=packages,
            partition=partition,
            twin_of=twin_of,
            sizes=sizes,
        )

    moods = ("vaderSentiment",)
    one_positive = ("positive", "negative", "negative", "negative")
    return (
        draft("part-of-speech", _labelled(words_of_classes, "class")),
        draft("word-sentiment", _labelled(words_of_moods, "mood"), moods),
        draft("word-language", _labelled(words_of_languages, "language"), ("wordfreq",)),
        draft("more-common-word", _more_common),
        draft("singular-or-plural", _labelled(_nouns_by_number, "number")),
        draft("verb-form-name", _verb_forms),
        draft("marked-word-class", _marked, ()),
        draft("pick-noun", _picked(words_of_classes, "noun", _CLASSES)),
        draft("pick-verb", _picked(words_of_classes, "verb", _CLASSES)),
        draft("phrase-adjective-degree", _degrees, partition="dev"),
        draft("words-language", _language_lists, ("wordfreq",), partition="held-out", twin_of="word-language"),
        draft("pick-adjective", _picked(words_of_classes, "adjective", _CLASSES), partition="held-out"),
        draft("pick-positive-word", _picked(words_of_moods, "positive", one_positive), moods, partition="dev"),
    )
