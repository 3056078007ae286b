"""How the tasks about names of countries are described."""

from __future__ import annotations

from pipelines.starter.families.wordings import Wordings, wordings

_INTO = """
    Translate the English name of a country or region into {language}.
    Write this country's name in {language}, for example {english} -> {foreign}.
    What is the following country called in {language}?
    English country name -> {language} country name
    You are given a country, territory or part of the world in English. Reply with the name that {language} atlases use.
    Someone who speaks only {language} reads the map: which name must stand on it for this place?
    Localise the geographic name: source English, target {language}, keeping the usual spelling with its accents.
    Tell me how people say the name of this land when they talk in {language}.
    Label the given state the way a {language} newspaper would.
    Needed: the {language} equivalent of an English place name such as {english} ({foreign}).
    Rename nations for travellers who know no English but fluent {language}.
    Pick the {language} word for the territory below and output nothing else.
"""
_FROM = """
    Translate the {language} name of a country or region into English.
    Which country is meant? The name is in {language}; answer with the English one.
    {language} country name -> English country name, e.g. {foreign} -> {english}
    Read a country as it is written in {language} and give its usual name in English.
    You get the name of a state, territory or part of the world from a {language} atlas; output the English form.
    Convert geographic names from {language} to English, like {foreign} to {english}.
    How would an English speaker call the place that is known in {language} by this name?
    Put this {language} word for a land into English.
    Identify the nation behind the {language} label and name it for British readers.
    Help an English tourist: decode the country that a {language} road sign mentions.
    Source: place name, {language}. Target: the same place on an English map.
    Whoever sees {foreign} should write {english}; do likewise with other countries in {language}.
"""
_FROM_ONE_OF = """
    Translate the name of a country, written in {languages}, into English.
    The input is a country or region in {languages}. Say what it is called in English.
    Foreign country name ({languages}) -> English country name
    Give the English name of the country below, which is spelled in {languages}.
    A list from abroad names countries in {languages}; write each of them in English.
    Into English, please: one country or territory, in {languages} here, like {foreign} for {english}.
    Find the English word for this part of the world; the word you see comes from {languages}.
    Work as a translator of place names from {languages} to English.
    Guess which nation a text in {languages} speaks of, then type its English name.
    Turn {foreign} into {english} and treat further lands, all in {languages}, the same way.
    What do the English call the state that people name like this in {languages}?
    Customs office: the sender filled in the destination in {languages}, the clerk needs it in English.
"""
_EXAMPLES = {
    "German": "Deutschland",
    "French": "Allemagne",
    "Spanish": "Alemania",
    "Italian": "Germania",
}


def _into(language: str) -> Wordings:
    return wordings(_INTO.format(language=language, english="Germany", foreign=_EXAMPLES[language]))


def _from(language: str) -> Wordings:
    return wordings(_FROM.format(language=language, english="Germany", foreign=_EXAMPLES[language]))


def _from_one_of(languages: str, foreign: str, english: str) -> Wordings:
    return wordings(_FROM_ONE_OF.format(languages=languages, foreign=foreign, english=english))


WORDINGS = {
    "country-german": _into("German"),
    "country-french": _into("French"),
    "country-spanish": _into("Spanish"),
    "country-italian": _into("Italian"),
    "german-country": _from("German"),
    "french-country": _from("French"),
    "spanish-country": _from("Spanish"),
    "iberian-country": _from_one_of("Portuguese or Catalan", "Alemanha", "Germany"),
    "nordic-country": _from_one_of("Dutch, Swedish, Danish or Norwegian", "Duitsland", "Germany"),
    "slavic-country": _from_one_of("Polish, Czech or Croatian", "Niemcy", "Germany"),
    "german-country-in-note": wordings("""
        Find the German country name in quotation marks and give it in English.
        A sentence quotes the name of a country in German. Which country is it, in English?
        note with "Norwegen" in it -> Norway
        Translate only the quoted German place into English and leave out the rest of the sentence.
        Read the message, look between the quotation marks, and answer with the English name of that land.
        You receive an English sentence that cites a country or region as Germans write it; return its English name.
        Which part of the world does the quoted word stand for? Reply in English with the name alone.
        Somebody wrote a country in German inside an English note; say what it is called in English.
        Take the foreign label from this line and turn it into what English maps print.
        From the text, resolve the German geographic expression to its counterpart in our language.
        Only one word or phrase here is not English: name the state it denotes for an English reader.
        Pick out the cited land, spelled the German way, and convert it.
    """),
}
