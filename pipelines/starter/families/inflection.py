"""Inflection: forms of nouns, verbs and adjectives, alone and in phrases and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.inflection_wordings import WORDINGS
from pipelines.starter.families.inflection_words import (
    ADVERBS_LEFT_OUT,
    IRREGULAR_NOUNS,
    LEFT_OUT_ADJECTIVES,
    LEFT_OUT_NOUNS,
    LEFT_OUT_VERBS,
    LONG_ADJECTIVES,
    MORE_VERBS,
    NOUNS_THAT_ARE_VERBS,
    PLURALS_OF_TWO_NOUNS,
    SETTLED_ADVERBS,
    SETTLED_COMPARATIVES,
    SETTLED_PASTS,
    SETTLED_PLURALS,
    left_out,
)
from pipelines.starter.families.sentence_words import (
    NOUNS,
    PERSONS,
    Habit,
    capitalised,
    habits,
    noun_phrases,
)
from pipelines.starter.sources import data_package, frequency, frequent_words
from pipelines.starter.splits import USUAL_SIZES

FAMILY = "inflection"
_PACKAGES = ("lemminflect", "wordfreq")
COMPARATIVE_SIZES = (200, 50, 100)
_SMALL = (120, 20, 50)
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# Written with a vowel but spoken with a consonant first, and the other way round.
_SPOKEN_WITH_CONSONANT = ("uni", "use", "usu", "uti", "ute", "eu")
_SPOKEN_WITH_VOWEL = ("hour", "honest", "hono", "heir")


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


@cache
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


@cache
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


@cache
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


@cache
def adverb_adjectives() -> list[tuple[str, str]]:
    """Adverbs in -ly with the adjective they come from, most frequent adverb first."""
    pairs = []
    for adverb in frequent_words(120000):
        if not adverb.endswith("ly") or len(adverb) < 6 or adverb in ADVERBS_LEFT_OUT or "RB" not in _tags(adverb):
            continue
        stem = adverb.removesuffix("ly")
        bases = [stem, stem[:-1] + "y" if stem.endswith("i") else "", stem + "le", stem + "l", stem[:-1] + "le"]
        if stem.endswith("ical"):
            # Where both "poetic" and "poetical" are in use, the adverb does not tell which.
            bases = [stem, stem[:-2]]
        elif stem.endswith("al"):
            bases.append(stem[:-2])
        known = sorted({base for base in bases if "JJ" in _tags(base) and frequency(base) > 2.5})
        if adverb in SETTLED_ADVERBS:
            known = [SETTLED_ADVERBS[adverb]]
        if len(known) == 1 and known[0] not in ADVERBS_LEFT_OUT:
            pairs.append((adverb, known[0]))
    return pairs


def superlatives() -> list[tuple[str, str]]:
    """Adjectives with their superlative in -est, or with "most"."""
    short = []
    for word, comparative in adjective_comparatives():
        irregular = {"better": "best", "worse": "worst"}
        short.append((word, irregular.get(comparative, comparative.removesuffix("r") + "st")))
    return short + [(word, f"most {word}") for word in LONG_ADJECTIVES]


def verb_form(verb: str, tag: str) -> str:
    """A verb's form for VBD (past), VBN (participle), VBZ (third person) or VBG; empty where two are in use."""
    forms = _forms(verb, tag, SETTLED_PASTS if tag == "VBD" else {})
    if tag == "VBN" and not forms:
        return verb_form(verb, "VBD")
    return forms[0] if len(forms) == 1 and _is_plain(forms[0]) else ""


def all_verbs() -> list[str]:
    """The verbs of `verb_pasts`, then less frequent ones."""
    return list(dict.fromkeys([*(verb for verb, _ in verb_pasts()), *MORE_VERBS]))


def with_article(phrase: str) -> str:
    """The phrase after "a" or "an", whichever its first sound demands."""
    vowel = phrase[0] in "aeiou" and not phrase.startswith(_SPOKEN_WITH_CONSONANT)
    return f"{'an' if vowel or phrase.startswith(_SPOKEN_WITH_VOWEL) else 'a'} {phrase}"


def _swapped(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Output to input, without the outputs that come from two inputs."""
    outputs = [output for _, output in pairs]
    return [(output, text) for text, output in pairs if outputs.count(output) == 1]


def _singulars() -> list[tuple[str, str]]:
    return [(plural, noun) for plural, noun in _swapped(noun_plurals()) if plural not in PLURALS_OF_TWO_NOUNS]


def _verb_forms(tag: str, answer: str = "{}") -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for verb in side.kept(all_verbs()):
            if form := verb_form(verb, tag):
                yield verb, answer.format(form)

    return pairs


def _bases(tag: str) -> Pairs:
    def pairs(side: Side) -> list[tuple[str, str]]:
        forms = [(verb, verb_form(verb, tag)) for verb in all_verbs()]
        return _swapped([(verb, form) for verb, form in forms if form and form != verb])

    return pairs


def _phrase_articles(side: Side) -> Iterator[tuple[str, str]]:
    for adjective, noun in noun_phrases(side, f"article {side.name}", 1500):
        yield f"{adjective} {noun}", with_article(f"{adjective} {noun}")


def _noun_articles(side: Side) -> Iterator[tuple[str, str]]:
    nouns = side.kept(sorted({*NOUNS, *(noun for noun, _ in noun_plurals())}))
    vowels = [noun for noun in nouns if with_article(noun).startswith("an ")]
    consonants = [noun for noun in nouns if with_article(noun).startswith("a ")]
    for noun in vowels + Draws("noun article").sample(consonants, len(vowels) * 3 // 2):
        yield noun, with_article(noun)


def _possessives(plural: bool) -> Pairs:
    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, plurals = Draws(f"possessive {plural}"), dict(noun_plurals())
        owners, things = side.kept(person for person in PERSONS if person in plurals), side.kept(NOUNS)
        for _ in range(4000):
            owner, thing = draws.pick(owners), draws.pick(things)
            if not plural:
                yield f"the {thing} of the {owner}", f"the {owner}'s {thing}"
            elif thing in plurals:
                many, thing = plurals[owner], plurals[thing]
                yield (
                    f"the {thing} of the {many}",
                    f"the {many}{chr(39) if many.endswith('s') else chr(39) + 's'} {thing}",
                )

    return pairs


def _counted(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("counted noun")
    for noun, plural in noun_plurals():
        for count in draws.sample(range(1, len(_NUMBER_WORDS) + 1), 2) if side.has(noun) else ():
            yield f"{noun}, {count}", f"{_NUMBER_WORDS[count - 1]} {noun if count == 1 else plural}"


def _plural_sentences(side: Side) -> Iterator[tuple[str, str]]:
    draws, plurals = Draws("plural sentence"), dict(noun_plurals())
    persons = [person for person in PERSONS if person in plurals]
    for habit in habits(side, "plural sentence", 1500):
        person = draws.pick(persons)
        subject = draws.pick(("The", "The tall", "The busy", "The friendly", "The tired", "The clever", "The cheerful"))
        rest = f"{habit.rest} {habit.when}."
        yield (
            f"{subject} {person} {verb_form(habit.verb, 'VBZ')} {rest}",
            f"{subject} {plurals[person]} {habit.verb} {rest}",
        )


def _habit_sentence(habit: Habit, verb: str, *, long: bool) -> str:
    rest = f"{habit.rest} {habit.companion} {habit.place} {habit.when}" if long else f"{habit.rest} {habit.when}"
    return f"{capitalised(habit.who)} {verb} {rest}."


def _past_sentences(side: Side) -> Iterator[tuple[str, str]]:
    for habit in habits(side, "past sentence", 1500):
        present, past = verb_form(habit.verb, "VBZ"), verb_form(habit.verb, "VBD")
        yield _habit_sentence(habit, present, long=False), _habit_sentence(habit, past, long=False)


def _past_verbs(side: Side) -> Iterator[tuple[str, str]]:
    for habit in habits(side, "past verb", 1500):
        yield _habit_sentence(habit, verb_form(habit.verb, "VBZ"), long=True), verb_form(habit.verb, "VBD")


def _past_gaps(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("past gap")
    shapes = (
        "Yesterday {who} ___ ({verb}) {rest} {place}.",
        "Last week {who} ___ ({verb}) {rest} {companion}.",
        "Two years ago {who} often ___ ({verb}) {rest} {when}.",
        "I remember that {who} ___ ({verb}) {rest} {place} last month.",
        "In those days {who} ___ ({verb}) {rest} {when}.",
        "When we arrived, {who} ___ ({verb}) {rest} {companion}.",
        "After the party last night {who} ___ ({verb}) {rest} {place}.",
        "While it was raining, {who} ___ ({verb}) {rest} {companion} {place}.",
        "It was in 1998 that {who} first ___ ({verb}) {rest} {place}.",
        "Nobody knew why {who} ___ ({verb}) {rest} {companion} that day.",
    )
    for habit in habits(side, "past gap", 1500):
        yield draws.pick(shapes).format(**habit._asdict()), verb_form(habit.verb, "VBD")


def _plural_gaps(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("plural gap")
    shapes = (
        "At dinner they talked about three ___ ({}) that nobody else had heard of.",
        "There were several ___ ({}) in the story that our teacher read to us.",
        "She wrote a short report about two ___ ({}) and showed it to her boss.",
        "We have seen many ___ ({}) like these, but never so close to home.",
        "He could name at least five different ___ ({}) without looking at his notes.",
        "The new film is about four ___ ({}) and the people around them.",
        "How many ___ ({}) are mentioned on the first page of the book?",
        "All of these ___ ({}) were unknown to me before I came here.",
        "My sister asked a lot of questions about those two ___ ({}) last night.",
        "The picture on the wall shows a dozen ___ ({}) in bright colours.",
        "Only a few ___ ({}) were left when we came back in the evening.",
    )
    for noun, plural in noun_plurals():
        for shape in draws.sample(shapes, 2):
            if side.has(noun):
                yield shape.format(noun), plural


def _comparative_gaps(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws("comparative gap")
    shapes = (
        "This one is ___ ({}) than the one that we saw last week.",
        "I think that yours is much ___ ({}) than mine, but I like both of them.",
        "Everything here seems a little ___ ({}) than it was ten years ago.",
        "Nobody expected the second part to be ___ ({}) than the first one.",
        "Is the copy really ___ ({}) than the original, or do I imagine that?",
        "The picture on the left looks ___ ({}) than the picture on the right.",
        "You said that it could not get any ___ ({}) than that, and you were right.",
        "My first impression was that the new version was ___ ({}) than the old version.",
        "What could be ___ ({}) than this, she asked her friend with a smile.",
        "Both are fine, although the other one was perhaps slightly ___ ({}) than this.",
    )
    for adjective, comparative in adjective_comparatives():
        for shape in draws.sample(shapes, 10):
            if side.has(adjective):
                yield shape.format(adjective), comparative


def drafts() -> tuple[Draft, ...]:
    """The inflection tasks."""

    def draft(
        name: str,
        pairs: Pairs,
        *,
        partition: Partition = "seen",
        twin_of: str = "",
        sizes: tuple[int, int, int] = USUAL_SIZES,
        whole: bool = False,
    ) -> Draft:
        return Draft(
            name=name,
            **WORDINGS[name],
            pairs=pairs,
            packages=_PACKAGES,
            partition=partition,
            twin_of=twin_of,
            sizes=sizes,
            whole=whole,
        )

    return (
        draft("noun-plural", lambda _: noun_plurals()),
        draft("verb-past", lambda _: verb_pasts()),
        draft("adjective-comparative", lambda _: adjective_comparatives(), sizes=COMPARATIVE_SIZES, whole=True),
        draft("plural-singular", lambda _: _singulars()),
        draft("past-base", _bases("VBD")),
        draft("verb-ing", _verb_forms("VBG")),
        draft("verb-third-person", _verb_forms("VBZ")),
        draft("verb-perfect", _verb_forms("VBN", "has {}")),
        draft("adjective-superlative", lambda _: superlatives(), sizes=(180, 30, 60)),
        draft("adjective-adverb", lambda _: _swapped(adverb_adjectives())),
        draft("phrase-article", _phrase_articles),
        draft("of-possessive", _possessives(plural=False)),
        draft("counted-noun", _counted),
        draft("sentence-plural", _plural_sentences),
        draft("sentence-past", _past_sentences),
        draft("sentence-past-verb", _past_verbs),
        draft("gap-past", _past_gaps),
        draft("gap-plural", _plural_gaps),
        draft("adverb-adjective", lambda _: adverb_adjectives(), partition="dev", sizes=(180, 30, 80)),
        draft("gap-comparative", _comparative_gaps, partition="dev"),
        draft("third-person-base", _bases("VBZ"), partition="held-out", twin_of="plural-singular", sizes=(180, 30, 80)),
        draft("noun-article", _noun_articles, partition="held-out", twin_of="phrase-article", sizes=_SMALL),
        draft("ing-base", _bases("VBG"), partition="held-out", sizes=(180, 30, 80)),
        draft("plural-possessive", _possessives(plural=True), partition="held-out"),
    )
