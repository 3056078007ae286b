"""How the category tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import Wordings, wordings

# By task: one thing of the kind with its article, several, an example list with its answer, a hint in other words.
_KINDS = {
    "animal": ("an animal", "animals", "spoon, tiger, tailor, tram -> tiger", "is a creature but no human being"),
    "body-part": ("a part of the body", "body parts", "spoon, knee, tailor, tram -> knee", "belongs to a human body"),
    "colour": ("a colour", "colours", "spoon, blue, tailor, tram -> blue", "could describe the paint on a wall"),
    "country": ("a country", "countries", "Lima, Danish, Norway, Oslo -> Norway", "is a state with a government"),
    "fruit": ("a fruit", "fruits", "spoon, pear, tailor, tram -> pear", "could go into a fruit salad"),
    "profession": ("a profession", "professions", "spoon, tiger, tailor, tram -> tailor", "is somebody's job"),
    "vehicle": ("a vehicle", "vehicles", "spoon, tiger, tailor, tram -> tram", "can take you somewhere"),
    "instrument": (
        "a musical instrument",
        "instruments",
        "spoon, tiger, flute, tram -> flute",
        "can be played to make music",
    ),
    "clothing": ("a piece of clothing", "clothes", "spoon, tiger, sock, tram -> sock", "can be worn"),
}
_PICK_FRAMES = """
    Pick the word from the list that names {one}.
    Which of the words is {one}?
    {example}
    Exactly one item counts among the {several}; write it.
    You are given several words separated by commas. Answer with {one}, copied from the list.
    Find {one} among the things listed and repeat its name.
    Strike out every word that is not {one}. What is left?
    Look through the items and return the single one that {hint}.
    Something here {hint}: name it.
    Filter the entries by type, keeping {several} alone.
    A child collects cards of {several}. From this hand, which card does she keep?
    What in this mixed enumeration would you file under "{several}"?
"""


def pick_wordings(name: str) -> Wordings:
    """The wordings of the task that picks the word of a kind."""
    one, several, example, hint = _KINDS[name]
    return wordings(_PICK_FRAMES.format(one=one, several=several, example=example, hint=hint))


WORDINGS = {
    "pick-asked-kind": wordings("""
        Pick the item of the list that belongs to the category named before the colon.
        Which of the listed things is of the kind that the line begins with?
        drink: spoon, tea, tailor, tram -> tea
        Read the category, then choose the one word behind the colon that fits it.
        You are given a category, a colon and five words. Answer with the word that is an example of the category.
        Match the heading with the only entry that suits it.
        Copy the member of the asked class from the words that follow.
        The question comes first, the options come after it; select the right option.
        Someone looks for a certain type of thing; which of these five would satisfy him?
        Return the candidate that may be called by the term on the left.
        Of the words on the right, just one is an instance of the concept in front. Say it.
        What does the label at the start of the line describe?
    """),
    "odd-one-of-four": wordings("""
        Which of the four words does not belong with the others?
        Find the odd one out and write it.
        tiger, spoon, goat, owl -> spoon
        Three of the words are of one kind; name the fourth.
        You are given four words separated by commas. Return the one that is of another category than the rest.
        Spot the intruder among four items.
        One thing in this list is out of place. Which?
        Group the words by meaning and answer with the one that is left alone.
        Tell me the misfit of this foursome.
        A heading would suit three entries; what would have to be crossed out?
        Who would be the stranger at this gathering of four?
        Identify the outlier by topic in a set where the remaining trio share a type.
    """),
    "shared-kind": wordings("""
        What are these things: animals, clothes, fruits, professions, sports or vehicles?
        Name the category that all the words have in common: animals, clothes, fruits, professions, sports or vehicles.
        tiger, goat, owl -> animals
        Write a heading for the list; choose among animals, clothes, fruits, professions, sports, vehicles.
        Three or four words of one kind are given. Say which: fruits, animals, vehicles, sports, clothes, professions.
        Summarize the words by one plural noun, for example "fruits" for plum, pear, fig.
        Under which general term do the items fall? Options: vehicles, sports, professions, fruits, clothes, animals.
        Classify the group as sports, animals, fruits, vehicles, clothes or professions.
        Complete "All of them are ..." with animals, sports, clothes, fruits, vehicles or professions.
        Put a label on this box: its content is fruits, clothes, vehicles, animals, sports, or professions?
        Find the umbrella word, a plural such as vehicles or professions, that covers every entry.
        Which of six shelves holds these cards: animals / fruits / clothes / vehicles / sports / professions?
    """),
    "kind-of-word": wordings("""
        Is the word an animal, a food, an object, a person or a place? Answer with one of these nouns.
        Write the category of the word: animal, food, object, person or place.
        goat -> animal; pizza -> food; hammer -> object; baker -> person; villa -> place
        Sort the word into one of five classes: person, animal, food, place, object.
        You are given one noun. Reply animal, person, food, object or place, whichever it names.
        What kind of thing is meant: food, place, object, animal, person?
        Label the noun with its type (object / person / food / place / animal).
        Can one eat it, use it, go there, or does it live or work? Say food, object, place, animal, person.
        Choose the fitting general term, out of animal, food, person, place and object, for what is named.
        Into which of five drawers marked place, person, animal, object, food would you put the picture card?
        Tell the semantic class: one word from {food, person, place, object, animal}.
        A quiz master only reveals what sort of answer it is. What does he say: food, animal, object, place, or person?
    """),
    "count-animals": wordings("""
        How many of the words are animals? Answer with a digit.
        Count the animals in the list.
        tiger, spoon, goat, tram, sofa -> 2
        Write the number of words that name an animal.
        You are given six or seven words separated by commas. Return how many creatures are among them, as a digit.
        Leave out everything that is not an animal and count the rest.
        If the listed things were real, how many would have to be fed in a zoo?
        Tell with one figure how often an animal is mentioned.
        Of these nouns, what quantity refers to beasts, birds, fish or insects?
        Number of living creatures here, please (digit only).
        A vet looks at the enumeration. To how many entries does her work apply?
        Total up the fauna: a numeral from 1 to 4.
    """),
    "has-a-tool": wordings("""
        Is there a tool in the list? Answer yes or no.
        Write yes if one of the words is a tool, and no if none is.
        tiger, hammer, sofa, tram -> yes; tiger, plum, sofa, tram -> no
        Check whether the list names a tool such as a hammer or a rake: yes or no.
        You are given five to seven words separated by commas. Say yes when a tool is among them, otherwise no.
        Does any of the items belong into a toolbox or a garden shed? Yes or no, in small letters.
        Look for something that a craftsman works with; yes if you find it, no if not.
        Could you do a repair with one of these things? Reply with yes or no.
        any(item is a tool) as yes/no.
        Decide if an implement for building or gardening occurs in this enumeration, with a simple yes or no.
        A workshop wants to know if the delivery contains equipment for it: respond yes or no.
        yes = at least one entry is for hammering, cutting, digging and the like; no = nothing is.
    """),
    "animal-in-sentence": wordings("""
        Name the animal that the sentence mentions, without its article.
        Which animal occurs in the sentence?
        The card shows a spoon, a tiger and a tram. -> tiger
        Find the creature in the text and write only its name.
        You are given a sentence about three things, one of them an animal. Return the animal.
        What would be at home in a zoo, on a farm or in the wild? Copy it from the sentence, without a or an.
        Extract the one living being that is not human.
        Read the sentence and answer with the word for the animal.
        Of the three nouns listed there, which one can run, fly, crawl or swim by itself?
        Tell me about what beast, bird or insect this statement speaks.
        Pull the fauna term out of the line and leave the rest.
        Someone who loves zoology reads this. Which word does he underline?
    """),
    "profession-in-sentence": wordings("""
        Name the profession that the sentence mentions, without its article.
        Which job occurs in the sentence?
        The card shows a spoon, a tailor and a tram. -> tailor
        Find the person in the text and write only what he or she is by trade.
        You are given a sentence about three things, one of them a profession. Return the profession.
        Who is meant? Copy the occupation from the sentence, leaving out a or an.
        Extract the one word that tells how somebody earns a living.
        Read the sentence and answer with the human being in it.
        Of the three nouns listed there, which could you train to become?
        Tell me what worker this statement speaks of.
        Pull the occupational term out of the line and leave the rest.
        An employment office reads this. What does it underline?
    """),
    "odd-one-of-five": wordings("""
        Which of the five words does not belong with the others?
        Find the odd one out of five and write it.
        tiger, spoon, goat, owl, frog -> spoon
        Four of the words are of one kind; name the fifth.
        You are given five words separated by commas. Return the one that is of another category than the other four.
        Spot the intruder among five items.
        One of five things listed here is out of place. Which?
        Group the five words by meaning and answer with the one that is left alone.
        Tell me the misfit of this quintet.
        A heading would suit four entries; what would have to be crossed out?
        Who would be the stranger at this gathering of five?
        Identify the outlier by topic in a set where a majority of four share one type.
    """),
    "pick-animal-of-eight": wordings("""
        Pick the animal from the eight words.
        Which of the eight things is an animal?
        spoon, tiger, tailor, tram, plum, sock, sofa, knee -> tiger
        Seven of the words name no animal; write the eighth.
        You are given eight words separated by commas. Answer with the animal among them.
        Find the creature in this list of eight and repeat its name.
        Sort out the seven that are not animals. What is left?
        Look through eight items and return the single animal.
        Tell me which member of this group of eight can move on its own legs, wings or fins.
        Keep the fauna entry, discard seven others.
        Eight cards lie on the table; what beast, bird or insect is pictured on one?
        Which noun out of eight belongs in the zoo?
    """),
    "vehicle-in-sentence": wordings("""
        Name the vehicle that the sentence mentions, without its article.
        Which means of transport occurs in the sentence?
        The card shows a spoon, a tailor and a tram. -> tram
        Find what people can travel in or on and write only its name.
        You are given a sentence about three things, one of them a vehicle. Return the vehicle.
        What could take you to another place? Copy it from the sentence, without a or an.
        Extract the word for something that drives, sails or flies with passengers or goods.
        Read the sentence and answer with the means of transport.
        Of the three nouns listed there, which one has a driver, a captain or a pilot?
        Tell me what this statement mentions that one could ride, drive, row or steer.
        Pull the transport term out of the line and leave the rest.
        A traffic museum reads this. Which word does it underline?
    """),
}
