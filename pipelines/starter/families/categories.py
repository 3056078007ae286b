"""Categories: picking the word of a kind, naming the kind, the odd one out, counting those of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.categories_wordings import WORDINGS, pick_wordings
from pipelines.starter.families.category_words import WORDS_OF_KIND, kinds_apart_from
from pipelines.starter.families.inflection import with_article
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import Wordings

FAMILY = "categories"
_SAMPLES = 2400
# What several things of a kind are called.
_SHARED = {
    "animal": "animals",
    "fruit": "fruits",
    "piece of clothing": "clothes",
    "profession": "professions",
    "sport": "sports",
    "vehicle": "vehicles",
}
# The larger kinds that a single word is sorted into, each with the kinds that it takes in.
_LARGER_KINDS = {
    "animal": ("animal",),
    "food": ("fruit", "vegetable", "dish"),
    "object": ("kitchen utensil", "piece of clothing", "piece of furniture", "tool"),
    "person": ("profession",),
    "place": ("building", "city", "country"),
}
_WORDS_OF_LARGER_KIND = 64
# Kinds whose words go with "a" or "an" in a sentence.
_COUNTABLE = (
    "animal",
    "building",
    "fruit",
    "kitchen utensil",
    "musical instrument",
    "piece of clothing",
    "piece of furniture",
    "profession",
    "tool",
    "vehicle",
)
_SENTENCES = (
    "In the picture you can see {}, {} and {}.",
    "Her first drawing shows {} next to {} and {}.",
    "The story begins with {}, {} and {} in a small town.",
    "On the old stamps there are {}, {} and {}.",
    "My dream last night was about {}, {} and {}.",
    "The children have to guess the words for {}, {} and {}.",
    "Next to {} the artist painted {} and {}.",
    "For the puzzle we need pictures of {}, {} and {}.",
    "The poster at school shows {} between {} and {}.",
    "In the film there was {} in front of {}, and behind them {}.",
    "The cards in his hand showed {}, {} and {}.",
    "Please write a short poem about {}, {} and {}.",
    "Today we read a story about {}, {} and {}.",
    "My sister can draw {}, {} and {} very well.",
    "They found pictures of {}, {} and {} in the box.",
    "At school the children painted {}, {} and {}.",
    "She wants to take photos of {}, {} and {}.",
    "He made {}, {} and {} out of paper.",
    "Another page of the book shows {}, {} and {}.",
    "Once I saw {}, {} and {} on the same day.",
)


def _words(side: Side, kind: str) -> list[str]:
    return side.kept(WORDS_OF_KIND[kind])


def _others(side: Side, draws: Draws, kinds: Sequence[str], count: int) -> list[str]:
    """Different words, each of one of these kinds; no two of a kind while there are kinds left."""
    shuffled = draws.shuffled(kinds)
    return [draws.pick(_words(side, shuffled[place])) for place in range(count)]


def _picks(kind: str, shortest: int, longest: int) -> Pairs:
    """Words of which one is of this kind, and that word."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, kinds = Draws(f"pick {kind} {longest} {side.name}"), kinds_apart_from(kind)
        for _ in range(_SAMPLES):
            wanted = draws.pick(_words(side, kind))
            count = draws.between(shortest, longest) - 1
            # There are too few kinds of names for one of each.
            others = _others(side, draws, kinds * (1 + count // len(kinds)), count)
            if len(set(others)) == count:
                yield ", ".join(draws.shuffled([wanted, *others])), wanted

    return pairs


def _picks_in_sentences(kind: str) -> Pairs:
    """Sentences that name one thing of this kind and two others, and that thing."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"sentence {kind} {side.name}")
        kinds = [other for other in kinds_apart_from(kind) if other in _COUNTABLE]
        for _ in range(_SAMPLES):
            wanted = draws.pick(_words(side, kind))
            things = [wanted, *_others(side, draws, kinds, 2)]
            # Words like "trousers" take no article.
            if not any(thing.endswith("s") for thing in things):
                phrases = [with_article(thing) for thing in draws.shuffled(things)]
                yield draws.pick(_SENTENCES).format(*phrases), wanted

    return pairs


def _asked_kinds(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws(f"asked kind {side.name}")
    kinds = [kind for kind in WORDS_OF_KIND if len(kinds_apart_from(kind)) > 3]
    for _ in range(_SAMPLES):
        kind = draws.pick(kinds)
        wanted = draws.pick(_words(side, kind))
        listed = draws.shuffled([wanted, *_others(side, draws, kinds_apart_from(kind), 4)])
        yield f"{kind}: {', '.join(listed)}", wanted


def _odd_ones(alike: int) -> Pairs:
    """Some words of a kind and one of another, and the latter."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"odd one {alike} {side.name}")
        kinds = [kind for kind in WORDS_OF_KIND if len(kinds_apart_from(kind)) > 3]
        for _ in range(_SAMPLES):
            kind = draws.pick(kinds)
            odd = draws.pick(_words(side, draws.pick(kinds_apart_from(kind))))
            yield ", ".join(draws.shuffled([odd, *draws.sample(_words(side, kind), alike)])), odd

    return pairs


def _shared_kinds(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws(f"shared kind {side.name}")
    for number in range(_SAMPLES):
        kind = sorted(_SHARED)[number % len(_SHARED)]
        yield ", ".join(draws.sample(_words(side, kind), draws.between(3, 4))), _SHARED[kind]


def _kinds_of_words(side: Side) -> Iterator[tuple[str, str]]:
    for label, kinds in _LARGER_KINDS.items():
        words = [word for kind in kinds for word in _words(side, kind)]
        for word in Draws(f"larger {label}").shuffled(words)[:_WORDS_OF_LARGER_KIND]:
            yield word, label


def _counts(kind: str) -> Pairs:
    """Six or seven words and how many of them are of this kind, from one to four."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, kinds = Draws(f"count {kind} {side.name}"), kinds_apart_from(kind)
        for number in range(_SAMPLES):
            count = 1 + number % 4
            wanted = draws.sample(_words(side, kind), count)
            others = _others(side, draws, kinds, draws.between(6, 7) - count)
            yield ", ".join(draws.shuffled([*wanted, *others])), str(count)

    return pairs


def _has_one(kind: str) -> Pairs:
    """Five to seven words and whether one of them is of this kind."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, kinds = Draws(f"has {kind} {side.name}"), kinds_apart_from(kind)
        for number in range(_SAMPLES):
            words = _others(side, draws, kinds, draws.between(5, 7))
            if number % 2:
                words[draws.below(len(words))] = draws.pick(_words(side, kind))
            yield ", ".join(words), "yes" if number % 2 else "no"

    return pairs


def drafts() -> tuple[Draft, ...]:
    """The category tasks."""

    def draft(
        name: str,
        pairs: Pairs,
        partition: Partition = "seen",
        twin_of: str = "",
        wording: Wordings | None = None,
        sizes: tuple[int, int, int] = (240, 50, 100),
    ) -> Draft:
        wording = wording or WORDINGS[name]
        return Draft(name, **wording, pairs=opening_pairs(pairs), partition=partition, twin_of=twin_of, sizes=sizes)

    def pick(name: str, kind: str, partition: Partition = "seen") -> Draft:
        length = (6, 8) if kind == "country" else (5, 7)
        return draft(f"pick-{name}", _picks(kind, *length), partition, wording=pick_wordings(name))

    return (
        pick("animal", "animal"),
        pick("body-part", "body part"),
        pick("colour", "colour"),
        pick("country", "country"),
        pick("fruit", "fruit"),
        pick("profession", "profession"),
        pick("vehicle", "vehicle"),
        draft("pick-asked-kind", _asked_kinds),
        draft("odd-one-of-four", _odd_ones(3)),
        draft("shared-kind", _shared_kinds),
        draft("kind-of-word", _kinds_of_words, sizes=(190, 35, 75)),
        draft("count-animals", _counts("animal")),
        draft("has-a-tool", _has_one("tool")),
        draft("animal-in-sentence", _picks_in_sentences("animal")),
        draft("profession-in-sentence", _picks_in_sentences("profession")),
        pick("instrument", "musical instrument", "dev"),
        draft("odd-one-of-five", _odd_ones(4), "held-out", "odd-one-of-four"),
        draft("pick-animal-of-eight", _picks("animal", 8, 8), "held-out", "pick-animal"),
        pick("clothing", "piece of clothing", "held-out"),
        draft("vehicle-in-sentence", _picks_in_sentences("vehicle"), "dev"),
    )
