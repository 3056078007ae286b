"""Emoji: their names, their kinds, and which one a sentence is about."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings
from pipelines.starter.sources import data_package

FAMILY = "emoji"
_PACKAGES = ("emoji",)
_SAMPLES = 1500

# Names in Unicode's words.
_KINDS_TEXT = {
    "animal": "dog, cat, horse, pig, giraffe, elephant, mouse, rabbit, hedgehog, rooster, duck, eagle, swan, owl, "
    "frog, crocodile, turtle, snake, dolphin, fish, octopus, snail, butterfly, ant, honeybee, spider, goat, zebra, "
    "kangaroo, penguin, flamingo, lobster, crab, whale, camel",
    "food": "grapes, watermelon, lemon, banana, pineapple, mango, pear, strawberry, tomato, coconut, avocado, potato, "
    "carrot, broccoli, garlic, onion, bread, croissant, pretzel, hamburger, pizza, sandwich, taco, egg, popcorn, "
    "spaghetti, doughnut, cookie, pie, lollipop",
    "vehicle": "locomotive, tram, bus, ambulance, fire engine, taxi, tractor, motorcycle, bicycle, canoe, sailboat, "
    "speedboat, airplane, helicopter, rocket, automobile",
    "clothing": "necktie, jeans, scarf, gloves, coat, socks, dress, kimono, shorts, running shoe, hiking boot, top hat",
    "tool": "hammer, axe, wrench, screwdriver, carpentry saw, nut and bolt, ladder, magnet, gear, pick",
    "instrument": "violin, guitar, drum, trumpet, saxophone, accordion, banjo, flute, maracas, musical keyboard",
}
_KINDS = {kind: tuple(text.split(", ")) for kind, text in _KINDS_TEXT.items()}
_ADJECTIVES = ("", "", "", "", "little ", "big ", "wonderful ", "strange ", "funny ", "other ")
_SENTENCES = {
    "animal": (
        "I saw that the {} was asleep behind the big tree over there.",
        "They took a photo of the {} on their way home from the park.",
        "We read a story about the {} that was terribly afraid of the dark.",
        "I dreamed that the {} could talk and told me its name.",
        "My little brother drew the {} with a blue crayon this morning.",
        "One of the children asked what the {} likes to eat in winter.",
    ),
    "food": (
        "They packed the {} and two bottles of water for the long trip home.",
        "I left the {} on the kitchen table before I went to work.",
        "She put the {} in a paper bag and paid at the counter.",
        "We shared the {} on a wooden bench beside the river after school.",
        "He wanted the {} for lunch, but somebody had already taken it.",
        "My grandmother bought the {} at the market early on Saturday.",
    ),
    "vehicle": (
        "They saw the {} from the window of their room just after breakfast.",
        "We waited for nearly an hour until the {} came round the corner.",
        "I heard the {} a long time before anybody in the street could see it.",
        "She painted the {} bright yellow and then gave it a name of its own.",
        "My uncle repaired the {} on Sunday in the yard behind his house.",
        "He stood beside the {} and waved to us with both hands.",
    ),
    "tool": (
        "They found the {} again at the very bottom of an old wooden box.",
        "She borrowed the {} from the neighbours to mend the fence.",
        "He left the {} out in the rain and it went rusty.",
        "We need the {} again before the shelf can be finished.",
        "I always keep the {} on a rusty nail beside the cellar door.",
        "My father hung the {} back on its place on the wall of the workshop.",
    ),
    "instrument": (
        "She played the {} in the school concert last Friday evening.",
        "They heard the {} through the wall until late at night.",
        "He carried the {} carefully up the stairs to the stage.",
        "We sold the {} in the end because nobody had touched it for years.",
        "I practise the {} for half an hour every day after lunch.",
        "My sister learned the {} from an old man in our street.",
    ),
}


def _picture(name: str) -> str:
    picture: str = data_package("emoji").emojize(f":{name.replace(' ', '_')}:")
    if picture.startswith(":"):
        raise ValueError(f"no emoji is called {name!r}")
    return picture


def emoji_names(side: Side) -> Iterator[tuple[str, str]]:
    """Two emoji with their names."""
    draws = Draws(f"emoji names {side.name}")
    names = [name for names in _KINDS.values() for name in names]
    for _ in range(_SAMPLES):
        pair = draws.sample(names, 2)
        yield " ".join(map(_picture, pair)), ", ".join(pair)


def emoji_kinds(side: Side) -> Iterator[tuple[str, str]]:
    """Three emoji of a kind with the kind, as many of each of six."""
    draws = Draws(f"emoji kinds {side.name}")
    for _ in range(_SAMPLES):
        kind = draws.pick(tuple(_KINDS))
        yield "".join(map(_picture, draws.sample(_KINDS[kind], 3))), kind


def sentence_emoji(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences about a thing with the emoji of the thing."""
    draws = Draws(f"emoji sentences {side.name}")
    for _ in range(2 * _SAMPLES):
        kind = draws.pick(tuple(_SENTENCES))
        name = draws.pick(_KINDS[kind])
        yield draws.pick(_SENTENCES[kind]).format(draws.pick(_ADJECTIVES) + name), _picture(name)


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "emoji-names": (
            emoji_names,
            """
            Name the two emoji in words, with a comma between.
            What do these two pictures show? Write their names in small letters, separated by a comma.
            two emoji -> their Unicode names, e.g. 🍋 🐸 -> lemon, frog
            You are given a pair of emoji. Describe each by its standard name and keep the order.
            Read the little pictures aloud for somebody who cannot see them: first one, comma, second one.
            Translate emoji to plain English words, as a screen reader does, joined by ", ".
            Write out in text what each of the symbols stands for.
            Convert the icons to lower-case names such as banana or fire engine, listing both.
            My phone cannot display these; what are they called? Give both names with a comma.
            Caption the first emoji and then the second with the name it has in the Unicode standard.
            Which objects, foods or animals are pictured? A comma goes between the answers.
            Spell the pictograms as nouns, left one first.
            """,
        ),
        "emoji-kind": (
            emoji_kinds,
            """
            Say what the three emoji have in common: animal, food, vehicle, clothing, tool or instrument.
            Which of these groups are the pictures from: animal, food, vehicle, clothing, tool, instrument?
            three emoji -> animal / food / vehicle / clothing / tool / instrument
            You are given three emoji of the same sort. Name the sort with one word, e.g. vehicle.
            Sort rows of emoji into animal, food, clothing, vehicle, tool and instrument.
            Classify the icons: do they show an animal, food, a vehicle, clothing, a tool or an instrument?
            Find the common category of the little pictures among six, from animal to instrument.
            What sort of thing is in all three pictures? Choose animal, clothing, food, instrument, tool or vehicle.
            On which page of the emoji keyboard would these belong, with labels like food, tool or clothing?
            One label fits the whole row of pictograms: animal, tool, food, instrument, vehicle or clothing. Write it.
            Do I eat, wear, ride, play or work with these, or are they alive? Use the six category words.
            Give the hypernym (animal, food, clothing, vehicle, tool, instrument) that covers the symbols.
            """,
        ),
        "sentence-to-emoji": (
            sentence_emoji,
            """
            Write the emoji of the thing that the sentence is about.
            Which emoji goes with this sentence? Answer with the single picture of the animal or object in it.
            sentence -> emoji of the noun after "the"
            You are given a sentence about an animal, food, vehicle, tool or instrument. Reply with its emoji only.
            Choose the picture that a friend would add to this message: the thing that is mentioned.
            Find the creature or item in the text and show it as one emoji.
            Illustrate the sentence with the pictogram of what it talks about.
            Replace the whole sentence by a single emoji for its main object.
            Tell me with one symbol what was seen, bought, played or heard in the line below.
            No words, please: answer with a picture character for the item named.
            Pick from the emoji keyboard whatever is described here.
            Summarise the message as an icon of the thing in it.
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), packages=_PACKAGES, partition="held-out", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
