"""Rewriting: the same sentence in another tense, person, voice, form or spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families import rewriting_words as words
from pipelines.starter.families.far_words import MEN, WOMEN
from pipelines.starter.families.inflection import verb_form
from pipelines.starter.families.noun_lists import PACKAGES
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.rewriting_shapes import (
    CONTRACTED_SHAPES,
    EXPANDED_SHAPES,
    NAME_SHAPES,
    OWN_SHAPES,
    PERSONS,
    PLAIN_SHAPES,
    SAID_SHAPES,
    SPELLED_NOUN_SHAPES,
    SPELLED_VERB_SHAPES,
)
from pipelines.starter.families.rewriting_wordings import WORDINGS
from pipelines.starter.families.sentence_words import capitalised

FAMILY = "rewriting"
_SAMPLES = 2000
_LONGEST_ANSWER = 15


class Scene(NamedTuple):
    """Who does what to what: "the nurse", "open", "the window"; "with care", "at home", "on Sundays"."""

    who: str
    verb: str
    thing: str
    manner: str
    place: str
    habit: str

    def form(self, tag: str) -> str:
        """The verb's form of this Penn Treebank tag."""
        return verb_form(self.verb, tag)

    def parts(self) -> dict[str, str]:
        """What may be put into the sentence shapes."""
        forms = {
            "past": self.form("VBD"),
            "done": self.form("VBN"),
            "doing": self.form("VBG"),
            "does": self.form("VBZ"),
        }
        return {
            "who": self.who,
            "do": self.verb,
            "thing": self.thing,
            "place": self.place,
            "habit": self.habit,
            **forms,
        }


def _scenes(side: Side, seed: str) -> Iterator[tuple[Draws, Scene]]:
    """Scenes with people and verbs of a side, and draws for what else is needed."""
    draws = Draws(f"{seed} {side.name}")
    determiners, people = side.kept(words.DETERMINERS), side.kept(words.PEOPLE)
    phrases = [phrase.split(" ", 1) for phrase in words.ACTIONS if side.has(phrase.split()[0])]
    actions = [(verb, thing) for verb, thing in phrases if all(verb_form(verb, tag) for tag in ("VBD", "VBN", "VBG"))]
    for _ in range(_SAMPLES):
        verb, thing = draws.pick(actions)
        manner, place, habit = (draws.pick(kind) for kind in (words.MANNERS, words.PLACES, words.HABITS))
        yield draws, Scene(f"{draws.pick(determiners)} {draws.pick(people)}", verb, thing, manner, place, habit)


def _sentence(*parts: str, end: str = ".") -> str:
    return capitalised(" ".join(part for part in parts if part)) + end


def _changed(seed: str, change: Callable[[Scene, str, int], tuple[str, str]], ways: int = 1, *, habits: bool) -> Pairs:
    """Sentences that `change` makes from a scene and a tail, in one of some ways.

    The tail says how and where it happens, and with `habits` how often, as far as the answer stays short.
    """

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for draws, scene in _scenes(side, seed):
            way = draws.below(ways)
            habit = f" {scene.habit}" if habits else ""
            for tail in (f"{scene.manner} {scene.place}{habit}", f"{scene.place}{habit}", scene.place):
                before, after = change(scene, tail, way)
                if len(after.split()) <= _LONGEST_ANSWER:
                    yield before, after
                    break

    return pairs


# How each tense says it, denies it and asks it: the auxiliary, what follows it, and the statement's own verb.
def _tense(scene: Scene, way: int) -> tuple[str, str, str]:
    tenses = (
        ("does", scene.verb, scene.form("VBZ")),
        ("did", scene.verb, scene.form("VBD")),
        ("will", scene.verb, f"will {scene.verb}"),
        ("is", scene.form("VBG"), f"is {scene.form('VBG')}"),
        ("has", scene.form("VBN"), f"has {scene.form('VBN')}"),
        ("should", scene.verb, f"should {scene.verb}"),
    )
    return tenses[way]


def _negated(scene: Scene, tail: str, way: int) -> tuple[str, str]:
    auxiliary, rest, statement = _tense(scene, way)
    return (
        _sentence(scene.who, statement, scene.thing, tail),
        _sentence(scene.who, auxiliary, "not", rest, scene.thing, tail),
    )


def _asked(scene: Scene, tail: str, way: int) -> tuple[str, str]:
    auxiliary, rest, statement = _tense(scene, way)
    return (
        _sentence(scene.who, statement, scene.thing, tail),
        _sentence(auxiliary, scene.who, rest, scene.thing, tail, end="?"),
    )


def _future(scene: Scene, tail: str, _: int) -> tuple[str, str]:
    return (
        _sentence(scene.who, scene.form("VBD"), scene.thing, tail),
        _sentence(scene.who, "will", scene.verb, scene.thing, tail),
    )


def _future_of_pronoun(scene: Scene, tail: str, way: int) -> tuple[str, str]:
    return _future(scene._replace(who=("we", "they", "she", "he", "I")[way]), tail, 0)


def _continuous(scene: Scene, tail: str, _: int) -> tuple[str, str]:
    return (
        _sentence(scene.who, scene.form("VBZ"), scene.thing, tail),
        _sentence(scene.who, "is", scene.form("VBG"), scene.thing, tail),
    )


def _perfect(scene: Scene, tail: str, _: int) -> tuple[str, str]:
    return (
        _sentence(scene.who, scene.form("VBD"), scene.thing, tail),
        _sentence(scene.who, "has", scene.form("VBN"), scene.thing, tail),
    )


def _passive(scene: Scene, tail: str, way: int) -> tuple[str, str]:
    active, auxiliary = (
        (scene.form("VBD"), "was"),
        (scene.form("VBZ"), "is"),
        (f"will {scene.verb}", "will be"),
        (f"must {scene.verb}", "must be"),
    )[way]
    return (
        _sentence(scene.who, active, scene.thing, tail),
        _sentence(scene.thing, auxiliary, scene.form("VBN"), "by", scene.who, tail),
    )


def _polite(scene: Scene, tail: str, _: int) -> tuple[str, str]:
    return (
        _sentence(scene.verb, scene.thing, tail),
        _sentence("could you please", scene.verb, scene.thing, tail, end="?"),
    )


def _forbidden(scene: Scene, tail: str, _: int) -> tuple[str, str]:
    return _sentence(scene.verb, scene.thing, tail), _sentence("do not", scene.verb, scene.thing, tail)


def _without_adjective(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences with an adjective before the subject or before the place."""
    traits, looks = side.kept(words.TRAITS), side.kept(words.SITE_LOOKS)
    for draws, scene in _scenes(side, "without adjective"):
        article, person = scene.who.split(" ", 1)
        site = draws.pick(words.SITES)
        if draws.below(2):
            shown = (f"{article} {draws.pick(traits)} {person}", f"in the {site}")
        else:
            shown = (scene.who, f"in the {draws.pick(looks)} {site}")
        yield (
            _sentence(shown[0], scene.form("VBD"), scene.thing, shown[1], scene.manner, scene.habit),
            _sentence(scene.who, scene.form("VBD"), scene.thing, f"in the {site}", scene.manner, scene.habit),
        )


def _without_object_adjective(side: Side) -> Iterator[tuple[str, str]]:
    looks = side.kept(words.LOOKS)
    for draws, scene in _scenes(side, "without object adjective"):
        thing = scene.thing.replace("the ", f"the {draws.pick(looks)} ")
        site = f"in the {draws.pick(words.SITES)}"
        yield (
            _sentence(scene.who, scene.form("VBD"), thing, site, scene.manner, scene.habit),
            _sentence(scene.who, scene.form("VBD"), scene.thing, site, scene.manner, scene.habit),
        )


def _because(side: Side) -> Iterator[tuple[str, str]]:
    for draws, scene in _scenes(side, "because"):
        reason = draws.pick(words.REASONS)
        tail = draws.pick((scene.manner, scene.place, f"{scene.manner} {scene.place}"))
        first = _sentence(scene.who, scene.form("VBD"), scene.thing, tail, end="")
        yield f"{first}. {capitalised(reason)}.", f"{first} because {reason}."


def _short(pairs: Pairs) -> Pairs:
    """Those pairs whose answer is not too long."""
    return lambda side: ((text, answer) for text, answer in pairs(side) if len(answer.split()) <= _LONGEST_ANSWER)


def _in_person(shape: str, values: Mapping[str, str], scene: Scene, person: str) -> str:
    """A shape of which I, my, am and the verb have been put into a person."""
    verb = scene.verb if person == "I" else scene.form("VBZ")
    return capitalised(shape.format(**{**values, **PERSONS[person], "act": f"{verb} {scene.thing}"}))


def _own(side: Side, draws: Draws, scene: Scene) -> dict[str, str]:
    return {
        "own": draws.pick(side.kept(words.OWN_THINGS)),
        "relative": draws.pick(side.kept(words.RELATIVES)),
        "place": scene.place,
        "habit": scene.habit,
    }


def _told_of(person: str) -> Pairs:
    """What somebody says of themselves, told of this person."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for draws, scene in _scenes(side, f"told of {person}"):
            shape, values = draws.pick(OWN_SHAPES), _own(side, draws, scene)
            yield _in_person(shape, values, scene, "I"), _in_person(shape, values, scene, person)

    return pairs


def _reported(side: Side) -> Iterator[tuple[str, str]]:
    for draws, scene in _scenes(side, "reported"):
        person = draws.pick(("she", "he"))
        name = draws.pick(side.kept(WOMEN if person == "she" else MEN))
        says = draws.pick(words.SAYINGS)
        shape, values = draws.pick(SAID_SHAPES), _own(side, draws, scene)
        direct = _in_person(shape, values, scene, "I")
        told = _in_person(shape, values, scene, person)
        yield f'{name} {says}: "{direct}"', f"{name} {says} that {person}{told[len(person) :]}"


def _pronouns(side: Side) -> Iterator[tuple[str, str]]:
    for draws, scene in _scenes(side, "pronouns"):
        person = draws.pick(("she", "he"))
        name = draws.pick(side.kept(WOMEN if person == "she" else MEN))
        shape = draws.pick(NAME_SHAPES)
        own = {key: PERSONS[person][key] for key in ("i", "me", "my")}
        named = {"i": name, "me": name, "my": f"{name}'s"}
        values = {**scene.parts(), "relative": draws.pick(words.RELATIVES)}
        yield capitalised(shape.format(**values, **named)), capitalised(shape.format(**values, **own))


def _filled(seed: str, shapes: tuple[tuple[str, str], ...]) -> Pairs:
    """Shapes in two versions, filled with the same scene."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        for draws, scene in _scenes(side, seed):
            before, after = draws.pick(shapes)
            parts = scene.parts()
            yield capitalised(before.format(**parts)), capitalised(after.format(**parts))

    return pairs


def _punctuated(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws(f"punctuated {side.name}")
    names = side.kept([*WOMEN, *MEN])
    for _ in range(_SAMPLES):
        one, other = draws.sample(names, 2)
        sentence = draws.pick(PLAIN_SHAPES).format(
            one=one,
            other=other,
            city=draws.pick(side.kept(words.CITIES)),
            language=draws.pick(words.LANGUAGES),
            day=draws.pick(words.WEEKDAYS),
        )
        yield re.sub("[,.?]", "", sentence).lower(), sentence


def _american(side: Side) -> Iterator[tuple[str, str]]:
    draws = Draws(f"american {side.name}")
    names = side.kept([*WOMEN, *MEN])
    for _ in range(_SAMPLES):
        name, place, day = draws.pick(names), draws.pick(words.PLACES), draws.pick(words.WEEKDAYS)
        spellings, shapes = draws.pick(
            ((words.SPELLED_NOUNS, SPELLED_NOUN_SHAPES), (words.SPELLED_VERBS, SPELLED_VERB_SHAPES))
        )
        place = place.replace("harbour", "sea")
        british, american = draws.pick(side.kept(spellings)).split("/")
        shape = draws.pick(shapes)
        values = {"name": name, "place": place, "day": day}
        yield capitalised(shape.format(british, **values)), capitalised(shape.format(american, **values))


def drafts() -> tuple[Draft, ...]:
    """The rewriting tasks."""

    def draft(name: str, pairs: Pairs, partition: Partition = "seen", twin_of: str = "") -> Draft:
        return Draft(
            name,
            **WORDINGS[name],
            pairs=opening_pairs(_short(pairs)),
            packages=PACKAGES,
            partition=partition,
            twin_of=twin_of,
        )

    return (
        draft("sentence-negation", _changed("negated", _negated, 6, habits=True)),
        draft("sentence-question", _changed("asked", _asked, 6, habits=True)),
        draft("past-to-future", _changed("future", _future, habits=True)),
        draft("present-to-continuous", _changed("continuous", _continuous, habits=False)),
        draft("active-to-passive", _changed("passive", _passive, 4, habits=True)),
        draft("polite-request", _changed("polite", _polite, habits=True)),
        draft("i-to-she", _told_of("she")),
        draft("reported-speech", _reported),
        draft("name-to-pronoun", _pronouns),
        draft("contractions-expanded", _filled("expanded", CONTRACTED_SHAPES)),
        draft("contractions-made", _filled("contracted", EXPANDED_SHAPES)),
        draft("drop-adjective", _without_adjective),
        draft("join-with-because", _because),
        draft("punctuation-restored", _punctuated),
        draft("british-to-american", _american),
        draft("i-to-he", _told_of("he"), "dev"),
        draft("past-to-perfect", _changed("perfect", _perfect, habits=False), "dev"),
        draft("drop-object-adjective", _without_object_adjective, "held-out", "drop-adjective"),
        draft(
            "pronoun-past-to-future",
            _changed("future of pronoun", _future_of_pronoun, 5, habits=True),
            "held-out",
            "past-to-future",
        ),
        draft("forbid-instead", _changed("forbidden", _forbidden, habits=True), "held-out"),
    )
