"""How the word-class tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "part-of-speech": wordings("""
        Name the part of speech of the word: noun, verb, adjective or adverb.
        Is this word a noun, a verb, an adjective or an adverb?
        Classify the word by its grammatical class, one of noun, verb, adjective, adverb.
        child -> noun, obey -> verb, polite -> adjective, politely -> adverb
        You get one English word. Answer with its word class in lower case, spelled out.
        Tag the word as noun, verb, adjective or adverb.
        Which label would a dictionary put after this entry: noun, verb, adjective or adverb?
        Say whether the word names a thing, an action, a quality or a manner by noun, verb, adjective or adverb.
        Determine the lexical category; the possible replies are adjective, adverb, noun and verb.
        What kind of word is it in school grammar? Write noun, verb, adjective or adverb.
        Sort the entry into one of four classes (verb, noun, adverb, adjective).
        Give the POS of the token as a full English term such as noun.
    """),
    "word-sentiment": wordings("""
        Is the word positive or negative?
        Classify the feeling of the word as positive or negative.
        joy -> positive, disaster -> negative
        Say whether people use this word for something good or bad; write positive or negative.
        You get one word. Answer positive if it sounds pleasant and negative if it sounds unpleasant.
        Label the sentiment that the word carries, either positive or negative.
        Does the term express approval or disapproval? Reply with positive or negative.
        Sort words by mood: the good ones are positive, the bad ones negative.
        What polarity has this word: negative or positive?
        Rate the emotional colour of the entry with one of two labels, positive or negative.
        Nice or nasty? Express it as positive or as negative.
        Judge the connotation; output negative for unhappy terms, otherwise positive.
    """),
    "word-language": wordings("""
        Name the language of the word: English, French, German, Spanish, Italian or Dutch.
        Which language is this word from? Answer with its English name, such as German.
        maison -> French, trabajo -> Spanish, vrouw -> Dutch
        Identify the language: one of Dutch, English, French, German, Italian, Spanish.
        You get a lower-case word of a European language. Say which language it belongs to.
        In the dictionary of what language would you look this word up?
        Detect whether the word is English, French, German, Spanish, Italian or Dutch.
        Classify the foreign or English word by language, written with a capital.
        Where do people speak like this? Give the name of the language, not of the country.
        Tell the tongue that uses the word (six are possible, from Dutch to Spanish).
        Label the token with its language, for instance Italian.
        A translator asks what language this vocabulary item is in. Reply in one word.
    """),
    "words-language": wordings("""
        Name the language of the four words: English, French, German, Spanish, Italian or Dutch.
        All these words come from one language. Which? Answer with its English name.
        maison, chien, rouge, avec -> French
        Identify the language of the list, one of Dutch, English, French, German, Italian, Spanish.
        You get several words separated by commas. Say in which single language they all are.
        Which dictionary contains every word of this list? Name its language.
        Detect the common language of the comma-separated words.
        Look at the whole list and classify it by language, written with a capital.
        Someone noted down this vocabulary. What language are they learning?
        Give one language name that fits all of the items.
        Label the series with the tongue it is taken from, for instance Italian.
        Decide among six European languages where this set of words belongs.
    """),
    "more-common-word": wordings("""
        Which of the two words is more common in English? Repeat it.
        Pick the word that people use more often.
        house, parapet -> house
        Two words are separated by a comma; answer with the more frequent one.
        Choose the everyday word and leave the rare one out.
        You get a frequent and a seldom word. Return the frequent one.
        Which one would a learner of English meet first?
        Select the better known of the pair.
        Compare how often both are written, and print the winner.
        One of these hardly ever occurs; give the other.
        From the pair, keep the ordinary word known to everybody.
        Say which term you would hear more in daily life.
    """),
    "singular-or-plural": wordings("""
        Is the noun singular or plural?
        Say whether the word stands for one thing or several: write singular or plural.
        child -> singular, mice -> plural
        Determine the grammatical number of the noun, singular or plural.
        You get a noun in one of its two forms. Answer with singular or plural.
        Label the noun by number: plural for more than one, otherwise singular.
        Would you use 'is' or 'are' after it? Reply singular for is and plural for are.
        Classify the form of the noun as singular or plural.
        One or many? Express it with the term singular or the term plural.
        Does this noun refer to a single item? If so print singular, if not plural.
        Tell the number category, of which English has two, singular and plural.
        Decide if the entry has been pluralised; output plural or singular.
    """),
    "verb-form-name": wordings("""
        Name the form of the verb: base, past, third person or ing.
        go -> base, went -> past, goes -> third person, going -> ing
        Which form of a verb is this? Choose from base, past, third person and ing.
        Classify the verb form with one of the labels base, ing, past, third person.
        You get a verb, inflected or not. Say base, past, third person or ing.
        Tell how the verb is inflected: base for not at all, past, third person, or ing.
        Label each verb by its ending or change as base, past, third person or ing.
        Grammar check: is the verb shown a base form, a past, a third person or an ing form? Give the label only.
        What has been done to the infinitive here: nothing (base), past, third person or ing?
        Identify the inflection and answer with ing, base, past or third person.
        Sort verbs into four boxes marked third person, ing, past and base.
        Verb in, label out: past, ing, third person, or base when it carries no ending.
    """),
    "marked-word-class": wordings("""
        Is the word between stars used as a noun or as a verb? Answer noun or verb.
        One word of the sentence is marked with asterisks; say if it is a noun or a verb there.
        They want to *dance* all night. -> verb
        Decide from the sentence whether the *marked* word is a noun or a verb.
        You get a sentence in which a word has stars around it. Name its word class here, noun or verb.
        The same word can name an action or a thing. Which is it in this sentence? Write verb or noun.
        Tag the starred word in its context as noun or verb.
        Read the sentence and determine the role of the highlighted word: verb or noun.
        How does the author use the word inside the asterisks, as noun or verb?
        Disambiguate: the emphasised item is either a verb or a noun.
        Tell the part of speech that the starred token has in context, choosing from noun and verb.
        Does the word in stars say what somebody does (verb) or is it a thing (noun)?
    """),
    "pick-noun": wordings("""
        Which of the four words is the noun? Repeat it.
        Pick the noun from the list.
        obey, child, politely, rude -> child
        Four words of different classes are given; answer with the one that is a noun.
        Choose the word that names a person or a thing.
        You get a verb, an adjective, an adverb and a noun in any order. Return the noun.
        Only one of these can stand after 'the' by itself as a name for something. Which?
        Find the noun among other parts of speech and copy it.
        Print the single entry that belongs to the nouns.
        Filter the list by word class, keeping what is a noun.
        Say which item you could put into the plural.
        Spot the naming word and leave out the others.
    """),
    "pick-verb": wordings("""
        Which of the four words is the verb? Repeat it.
        Pick the verb from the list.
        child, obey, politely, rude -> obey
        Four words of different classes are given; answer with the one that is a verb.
        Choose the word that says what somebody does.
        You get a noun, an adjective, an adverb and a verb in any order. Return the verb.
        Only one of these can stand after 'they will'. Which?
        Find the action word among other parts of speech and copy it.
        Print the single entry that belongs to the verbs.
        Filter the list by word class and keep just the verb.
        Say which item could be put into the past tense.
        Spot the doing word; ignore the rest.
    """),
    "pick-adjective": wordings("""
        Which of the four words is the adjective? Repeat it.
        Pick the adjective from the list.
        child, rude, obey, politely -> rude
        Four words of different classes are given; answer with the one that is an adjective.
        Choose the word that describes what something is like.
        You get a noun, a verb, an adverb and an adjective in any order. Return the adjective.
        Only one of these fits both before a noun and after 'it is very'. Which?
        Find the describing word among other parts of speech and copy it.
        Print the single entry that belongs to the adjectives.
        Filter the list by word class; just the quality word stays.
        Say which item could tell us what kind of thing we have.
        Spot the one adjective and write it down.
    """),
    "phrase-adjective-degree": wordings("""
        Name the degree of the adjective in the phrase: positive, comparative or superlative.
        their old house -> positive, their older house -> comparative, their oldest house -> superlative
        Is the adjective here in its positive, comparative or superlative form?
        Look at the describing word in the phrase and classify it as positive, comparative or superlative.
        You get a short phrase with an adjective. Answer with its degree of comparison in one word.
        Say positive for the plain adjective, comparative for the -er form, superlative for the -est form.
        Which step on the scale positive, comparative, superlative does the adjective take?
        Label the phrase by how its adjective is compared: positive, comparative, superlative.
        Identify the grade of the adjective, one out of superlative, comparative and positive.
        Has the quality word been raised? Reply positive if not, otherwise comparative or superlative.
        Determine the comparison level shown by the word before the noun.
        Sort by adjective form into comparative, superlative and positive.
    """),
    "pick-positive-word": wordings("""
        Which of the four words is the positive one? Repeat it.
        Pick the word with a good meaning from the list.
        disaster, joy, pain, failure -> joy
        Three words are unpleasant and one is pleasant; answer with the pleasant one.
        Choose the only word that you would be happy to hear.
        You get four words separated by commas, all negative except one. Return the exception.
        Find the word whose sentiment is positive and copy it.
        One of these expresses something good. Which?
        Print the single entry that does not sound bad.
        Filter the list by mood, keeping what is nice.
        Spot the friendly word among nasty ones.
        Say which item would fit into a compliment or good news.
    """),
}
