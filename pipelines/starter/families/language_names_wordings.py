"""How the tasks about names of languages are described."""

from __future__ import annotations

from pipelines.starter.families.wordings import Wordings, wordings

_INTO = """
    Give the {language} word for a language whose English name you see.
    Translate the name of a language from English to {language}, e.g. {english} becomes {foreign}.
    How do you say the name of this tongue in {language}?
    language name, English -> {language}
    An English text mentions a human language. Write what {language} speakers call that language.
    For the language menu of a {language} website, render the English entry in {language}.
    You see a language such as {english}; output its {language} name with the usual capital or small first letter.
    What would a {language} dictionary of languages have as the headword for this one?
    Provide the {language} label of the tongue named here.
    Suppose a speaker of {language} lists what people speak around the world: write down their term for this item.
    Convert the glottonym to {language}; the source is English.
    As {english} corresponds to {foreign}, state the counterpart of the language below.
"""
_FROM = """
    Give the English name of a language that is named in {language}.
    {language} language name -> English, e.g. {foreign} -> {english}
    Someone tells you in {language} which language they speak. Say in English which one it is.
    Translate this word, the name of a tongue, from {language} into English.
    Read the entry of a {language} language list and write the English equivalent with a capital letter.
    Which language does a {language} speaker mean by this word? Answer in English.
    The input names a language in {language}; produce its usual English name.
    Interpret a {language} term for a way of speaking, ancient or modern, and name that language in English.
    What is spoken by people of whom {language} books say they talk like this? Use the English term.
    Switch a menu of languages from {language} back to English.
    Glottonym in {language} in, English glottonym out.
    Whenever you read {foreign}, reply {english}; handle any other tongue named in {language} alike.
"""
_FROM_ONE_OF = """
    Give the English name of a language that is named in {languages}.
    Translate the name of a language into English; it is written in {languages}, like {foreign} for {english}.
    name of a language ({languages}) -> its English name
    Which language do people who write {languages} mean by this word? Answer in English, with a capital.
    A form filled in abroad states a person's language in {languages}. Enter it in English.
    The word below is a language's name as spelled in {languages}; output the English one.
    Read what somebody speaks, noted in {languages}, and tell me in English.
    From {languages} to English: render the term for a tongue.
    Help a librarian who catalogues books by language: the labels are in {languages}, the catalogue in English.
    Say {english} when you meet {foreign}, and so on for all tongues listed in {languages}.
    What would an Englishman call the speech known abroad, in {languages}, under this heading?
    Decode a glottonym; expect {languages} and produce English.
"""
_EXAMPLES = {"German": "Deutsch", "French": "allemand", "Spanish": "alemán", "Italian": "tedesco"}


def _named(frames: str, language: str) -> Wordings:
    return wordings(frames.format(language=language, english="German", foreign=_EXAMPLES[language]))


def _from_one_of(languages: str, foreign: str) -> Wordings:
    return wordings(_FROM_ONE_OF.format(languages=languages, foreign=foreign, english="German"))


WORDINGS = {
    "language-german": _named(_INTO, "German"),
    "language-french": _named(_INTO, "French"),
    "language-spanish": _named(_INTO, "Spanish"),
    "language-italian": _named(_INTO, "Italian"),
    "german-language": _named(_FROM, "German"),
    "french-language": _named(_FROM, "French"),
    "spanish-language": _named(_FROM, "Spanish"),
    "iberian-language": _from_one_of("Portuguese or Catalan", "alemão"),
    "nordic-language": _from_one_of("Dutch, Swedish, Danish or Norwegian", "Duits"),
    "native-language": wordings("""
        A language is named in that language itself. Give its English name.
        Deutsch is German, suomi is Finnish: what language calls itself as below?
        autonym -> English name of the language
        Translate a language's own name for itself into English.
        Which language do its native speakers call by this word? Answer in English.
        You see an entry of a website's language menu, each in its own tongue and script; name the language in English.
        Recognise the endonym of a language and output the common English term.
        The speakers of a language wrote down its name the way they do at home. Tell an English reader which one it is.
        From svenska make Swedish, from Cymraeg make Welsh, and so forth.
        By what English term is the tongue known that refers to itself like this?
        Convert self-designations of languages to English.
        A phone offers this choice among its languages; what would the English version of the phone show?
    """),
    "word-script": wordings("""
        Name the script a word is written in: Arabic, Cyrillic, Devanagari, Greek, Hebrew or Latin.
        Which writing system is this: Latin, Greek, Cyrillic, Hebrew, Arabic or Devanagari?
        word -> script (Latin / Cyrillic / Greek / Arabic / Hebrew / Devanagari)
        Look at the letters and tell which alphabet they belong to, for example Россия -> Cyrillic.
        Classify the text by its letters; answer with one of Devanagari, Latin, Hebrew, Greek, Arabic, Cyrillic.
        You get the name of a country in some language. Do not translate it, only say what script it uses.
        A typesetter asks which font is needed: one for Greek, Hebrew, Arabic, Latin, Devanagari or Cyrillic letters?
        Determine the Unicode script of the characters in the line, written as in "Cyrillic" or "Latin".
        Are these characters Hebrew, Devanagari, Latin, Cyrillic, Arabic or Greek ones?
        Identify the kind of alphabet, not the language; six kinds occur, from Arabic to Latin.
        For the sign below, state the family of letters that the painter used (Greek, Latin, Hebrew, ...).
        Sort place names by how they are spelled out on paper: Ελλάδα goes to Greek, भारत to Devanagari.
    """),
    "german-course-language": wordings("""
        Which language is the quoted German course or book about? Give the language's English name.
        A sentence quotes a German title such as "Dänisch für Anfänger". Answer with the language to be learned: Danish.
        title in German inside a note -> English name of the language taught
        Find the language in the German title between quotation marks and translate it into English.
        You read about a class or a textbook with a German name. What language does it teach? One English term.
        From the message, extract what people can learn there, a language, and name it in English instead of German.
        Say in English which tongue the cited lesson, dictionary or grammar deals with.
        Ignore day, room and price; only tell which language the course named in German is for, in English.
        What will somebody speak after working through the book or class? Its heading is German, your answer not.
        Pick the tongue from the German heading and give us the English word for it.
        Subject of the quoted lesson, please, as an English language name.
        The librarian knows no German: tell her which language that title promises to teach.
    """),
    "learned-language": wordings("""
        Which language is the person in the sentence learning? Answer with its name.
        Of the three languages mentioned, give the one that is being studied in a course.
        sentence about a person's languages -> the language they are learning
        Someone has a mother tongue, a language for work and one they are just learning: output the last of these.
        Find out what tongue the person takes lessons in and write only that.
        Read about a speaker of several languages and return the new one, in which they are still a beginner.
        In which language does this person have classes? Not the one of the family, nor that of the job.
        Extract the language of the course that is being taken.
        Name what the pupil is being taught.
        Three tongues are listed; choose the one not mastered yet.
        For which language would this person need a beginner's textbook?
        Leave out home and office: what else is spoken of, as a thing to study?
    """),
    "mother-tongue": wordings("""
        Which language is the mother tongue of the person in the sentence?
        Of the three languages mentioned, return the one spoken in childhood or with the family.
        sentence about a person's languages -> the first language
        Someone has a family language, a language for work and one they study: output the first of these.
        What did this person grow up speaking? Write only the language.
        Read the note and give the native language of whoever it is about.
        Find the tongue used at home since childhood, not the one at work and not the one in class.
        Extract the language the speaker was raised in.
        As small children we learn one language first; which was it here?
        Tell me what the parents talk in.
        Fill the field "native speaker of" from this text.
        Neither the office nor the course: the remaining language is asked for.
    """),
}
