"""How the inflection tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "noun-plural": wordings("""
        Give the plural form of a noun.
        Turn the singular noun into its plural.
        How do you say this word when there is more than one of it?
        Pluralize the given English noun, minding irregular forms.
        You are shown a noun that stands for a single thing; write the form used for several.
        Convert one into many: from singular to plural.
        Write the word that fills the gap in 'one X, two ...'.
        For each noun, provide the form that means two or more.
        Respond with how the noun is spelled when it refers to multiple items.
        Make this noun plural.
        Change the word so that it names a group of such things instead of just one.
        What is the plural of the word below?
    """),
    "verb-past": wordings("""
        Give the simple past of a verb.
        Put the verb into the past tense.
        Rewrite this base-form verb as it would appear in a sentence about yesterday.
        From the infinitive, form the preterite; some verbs are irregular.
        I do it today; say what I did last week, using the same verb.
        Conjugate the English verb for a finished action.
        Complete the pattern 'today I X, yesterday I ...' with one word.
        Show how the verb looks once the action is over.
        What is the past tense form of the verb shown?
        Take a present-tense verb and answer with the version used for things that already happened.
        Inflect the verb: present goes in, past comes out.
        Write the -ed form of the verb, or its irregular equivalent.
    """),
    "adjective-comparative": wordings("""
        Give the comparative form of an adjective.
        Turn the adjective into the form used to compare two things.
        Write the word that goes before 'than' when this quality is stronger in one of two.
        Which single word means 'more X' for the adjective X given?
        Form the comparative in -er, or the irregular one where English has it.
        Say how you would call something that has more of this property.
        Raise the adjective by one degree: from positive to comparative.
        Finish 'this one is X, but that one is even ...' with the right word.
        Which form of the adjective stands between the basic form and the superlative?
        How does the adjective change when one thing outdoes another?
        Replace the descriptive word with its 'more so' version, as a single word.
        Inflect the adjective for a comparison between two items.
    """),
    "plural-singular": wordings("""
        Give the singular form of a plural noun.
        Several things are named; what do you call just one of them?
        plural -> singular, e.g. geese -> goose
        Take the plural word and reduce it to the form used for a single item.
        You are given a noun in the plural. Answer with the same noun in the singular.
        Strip the plural ending, or undo the irregular change, so that the noun means one.
        Finish the phrase 'two X, but only one ...' with the fitting noun.
        Look up the dictionary entry under which this plural noun would be listed.
        If there were only one left, which word would you use instead of this plural?
        Singularise the English noun.
        From many to one: write how the noun is spelled for exactly one thing.
        Reverse the pluralisation of the word below.
    """),
    "verb-ing": wordings("""
        Give the -ing form of a verb.
        Add -ing to the verb with correct spelling, for instance make becomes making.
        What is the present participle of this verb?
        Complete 'right now she is ...' with the verb shown, as one word.
        You get a verb in its base form; write the gerund.
        Put the verb into the shape it takes after 'to be' in the progressive tense.
        infinitive -> participle in -ing, doubling or dropping letters where English does
        Show how the verb is spelled when the action is still going on.
        Which word ending in ing belongs to this verb?
        Make a continuous form: run should become running, and so on.
        Turn an action word into the noun-like form used in 'I like ...ing'.
        Answer with the verb's active present participle only.
    """),
    "verb-third-person": wordings("""
        Give the third person singular present of a verb.
        I do it; what does he or she do? Answer with the verb form only, such as goes for go.
        Put the verb into the form that follows 'it' in the simple present.
        Add the ending -s, -es or -ies that this verb takes after she.
        Conjugate the infinitive for he/she/it in the present tense.
        base form -> form with final s, as in carry -> carries
        You see a verb as a dictionary lists it. Write it as in 'every day my friend ...'.
        How does this verb look in the present when a single other person does the action?
        Supply the s-form of the verb.
        Complete 'they X, but he ...' with one verb in the present.
        Make the verb agree with a subject like 'the cat', staying in the present.
        Which spelling has this verb in the present after a singular noun?
    """),
    "verb-perfect": wordings("""
        Put the verb into the present perfect for he or she: write 'has' and the past participle.
        Given a verb such as take, answer has taken.
        What has she just done? Form two words, has plus the participle of the verb shown.
        Build the perfect tense, third person singular, from the infinitive.
        base verb -> has + past participle
        Write the verb after 'it already ...', using the auxiliary has.
        You are given an action; say that someone has completed it, in two words without the subject.
        Use the third form of the irregular verb table, and put has in front of it.
        How would 'he X-es' read in the perfect? Leave out the he.
        Combine the auxiliary has with the right participle of the following verb.
        Show that the action is finished by now: go turns into has gone.
        Conjugate into present perfect, singular, giving only the verb group.
    """),
    "adjective-superlative": wordings("""
        Give the superlative form of an adjective, with 'most' where English needs it.
        Say that something has this quality to the highest degree: small gives smallest, famous gives most famous.
        Write the form of the adjective that goes after 'the' when nothing exceeds it.
        Add -est to the adjective or put most before it, whichever is right.
        From the positive degree, form the third degree of comparison.
        big -> biggest, careful -> most careful; continue with the adjective given.
        You get an adjective. How would you describe the winner among many with it? No article.
        Which form of this adjective completes 'of all of them, this one is the ...'?
        Inflect the describing word so that it beats all others.
        Top of the scale, please: answer with the superlative only, leaving out 'the'.
        Raise this adjective to its maximum, by ending or by the word most.
        What comes third after the basic form and the comparative?
    """),
    "phrase-article": wordings("""
        Put the right indefinite article, a or an, before the phrase.
        Write the two words again with a or an in front of them, depending on the first sound.
        Does this phrase take a or an? Answer with article and phrase.
        adjective + noun -> a/an + adjective + noun
        You are given a description and a thing, such as old car; reply with an old car.
        Choose between a and an by how the adjective sounds, and repeat the whole phrase after it.
        Complete the noun phrase with its missing indefinite article.
        Copy the text, but begin with an before a vowel sound and with a before any other.
        Make the phrase usable after 'I saw': prefix the fitting little word, a or an.
        Insert the indefinite article at the start, minding words like hour or unit.
        Which is right, a or an? Give it along with the adjective and the noun.
        Turn the bare pair of words into an indefinite noun phrase.
    """),
    "noun-article": wordings("""
        Write the noun with a or an before it.
        Which indefinite article goes with this noun? Answer with both, for example an island.
        Prefix the single noun with a, or with an if it starts with a vowel sound.
        noun -> a noun / an noun, as pronunciation demands
        You see one countable noun. Repeat it after the correct one of the articles a and an.
        Say 'this is ...' with the word: give only article and noun.
        Decide between a and an for the word by its first sound, then write them together.
        Put the missing indefinite article in front of the thing named.
        Is it a or an? Reply in two words, the second being the noun itself.
        Add the English indefinite article that fits this noun.
        One of these, please: expand the noun to a short phrase meaning one such thing, with a or an.
        Let the opening sound of the noun choose its article and output the pair.
    """),
    "of-possessive": wordings("""
        Rewrite the phrase with 's instead of of.
        Change 'the X of the Y' to 'the Y's X'.
        Say the same with an apostrophe: the roof of the house becomes the house's roof.
        Turn the of-phrase into a possessive with apostrophe and s.
        You are given a thing and its owner joined by of. Name the owner first, in the genitive.
        Shorten the expression by using the Saxon genitive.
        Whose is it? Put the singular owner before the thing, with 's attached.
        Swap owner and possession and drop the word of, adding 's where it belongs.
        Express the possession in the shorter English way, with an apostrophe.
        Transform a prepositional possessor to a noun ending in 's placed up front.
        the door of the shop -> the shop's door; do likewise.
        Reformulate so that the possessor precedes what is possessed.
    """),
    "plural-possessive": wordings("""
        Rewrite the phrase with a plural possessive instead of of.
        Several owners are named after of; put them first with the apostrophe in the right place.
        the toys of the boys -> the boys' toys; the toys of the children -> the children's toys
        Turn 'the X of the Ys' into its genitive form, with only an apostrophe after a plural in s.
        You get things belonging to a group of people. Name the group first, in the possessive plural.
        Place the plural owners before their possessions and mark them with s' or, if irregular, 's.
        Drop of and use the apostrophe as English does for more than one owner.
        Shorten the expression, treating the owners as plural.
        Whose are they? Answer with the plural genitive in front of the noun it governs.
        Express that a group owns these things, owner group leading, apostrophe correctly set.
        Reorder the words to form a possessive of many, for instance the nurses' coats.
        Replace the of-construction by an apostrophe construction; the possessor is in the plural.
    """),
    "counted-noun": wordings("""
        Write the number as a word, followed by the noun in the fitting form.
        A noun and a count are given; say how many there are, as in 'mouse, 3' -> three mice.
        Combine the two into a phrase: number word first, then the noun, plural unless the count is one.
        noun, figure -> spelled-out number + noun in singular or plural
        You get an item and how often it occurs. Answer like a shopping list, in words: five apples.
        Spell the figure and make the noun agree with it.
        How would you say this many of that thing? Use no digits.
        Turn 'woman, 2' into two women, and treat the others alike.
        Express the quantity in letters and inflect what is counted.
        Read out the stock entry: how many, then what, with the correct ending.
        Form a counting phrase from the thing and its amount, words only.
        Put the amount, verbalised, before the noun and pluralise where needed.
    """),
    "sentence-plural": wordings("""
        Rewrite the sentence with its subject in the plural.
        Make it several people instead of one: change the subject noun and the verb, nothing else.
        The old man sleeps. -> The old men sleep. Do the same with this sentence.
        Pluralise the subject and let the verb agree; keep the rest word for word.
        You are given a statement about one person. State it about more than one.
        Turn the singular sentence into a plural one.
        Imagine more than one of the people mentioned at the start, and adapt noun and verb.
        Change subject and predicate from singular to plural and copy the remainder.
        How does this sentence read if there are many such persons?
        Convert the opening noun phrase to plural, with matching present-tense verb.
        Write the sentence again so that it speaks of a group doing the same.
        Multiply whoever acts here; adjust grammar accordingly.
    """),
    "sentence-past": wordings("""
        Rewrite the sentence in the past tense.
        Put the present-tense sentence into the simple past and leave all other words alone.
        He sings every day. -> He sang every day. Treat the sentence in this way.
        Tell it as something that used to happen: change only the verb.
        Shift the statement from present to preterite.
        You read what somebody does. Write the full sentence saying that they did it.
        Copy the sentence with its verb changed to the past.
        Make this a sentence about long ago, keeping subject, object and time words.
        How would the whole sentence sound in a story told in the past?
        Backdate the sentence: same words, past verb.
        Transform the tense, simple present in and simple past out, complete sentence.
        Report the habit as over, answering with the entire sentence.
    """),
    "sentence-past-verb": wordings("""
        Find the verb of the sentence and answer with its past tense only.
        The sentence is in the present; write just the verb, as it would be in the past.
        She writes a letter in the garden. -> wrote
        Pick out what the person does and give the simple past of that verb, one word.
        Read the long sentence, locate its verb ending in s, and output the preterite.
        If all this had happened yesterday, which single word would change, and into what?
        Reply with one word: the past form of the sentence's predicate.
        You are given a statement about a habit. Name the action in the past, without subject or object.
        Extract the finite verb and inflect it for past time.
        What would replace the verb here if the text were about last year? Only that word.
        Ignore people and places; return the action word in its past shape.
        Which past-tense verb belongs in this sentence instead of the present one?
    """),
    "gap-past": wordings("""
        Fill the gap with the past tense of the verb in brackets.
        Which form of the bracketed verb belongs on the line? The sentence is about the past.
        Complete the grammar exercise: write the missing verb in the simple past.
        Last week he ___ (go) home. -> went
        The blank stands for a verb, given in parentheses in its base form. Answer with its preterite only.
        Solve the cloze: put the infinitive from the brackets into the form that the time expression demands.
        One word is missing from the story; supply it by inflecting the verb in round brackets.
        Do not copy the sentence; just give the past form that goes where the underscores are.
        Inflect the hinted verb so that it fits the blank of this past-tense sentence.
        What should stand in place of ___ here?
        Answer the textbook item by conjugating what the parentheses contain for finished time.
        A sentence with a hole and a hint is shown: provide the verb, in the simple past, that closes the hole.
    """),
    "gap-plural": wordings("""
        Fill the gap with the plural of the word in brackets.
        The noun in parentheses is missing from the sentence; write it as the plural that fits.
        They saw four ___ (goose) by the lake. -> geese
        Complete the exercise: which form of the bracketed noun goes on the line?
        Answer with one word, the noun from the brackets as it must be after a number above one.
        Put the hinted singular noun into the blank in its correct form and give only that form.
        Replace the underscores by the plural noun and reply with it alone.
        More than one is meant: supply the missing noun, spelled as the sentence needs it.
        Which word closes the gap, given its singular as a hint?
        Inflect the noun between the round brackets for number.
        A cloze about nouns: output what should be written instead of ___.
        From the hint make the many-form that this sentence lacks.
    """),
    "gap-comparative": wordings("""
        Fill the gap with the comparative of the adjective in brackets.
        The adjective in parentheses belongs on the line, in the form used before than.
        This bag is ___ (big) than that one. -> bigger
        Complete the comparison with the right form of the bracketed adjective, -er or irregular.
        Two things are compared; supply the missing adjective as the comparison demands.
        Write only the comparative that replaces the underscores.
        Grammar exercise: raise the adjective in brackets by one degree so that the sentence is correct.
        Which single word should stand before than here, made from the hint?
        Inflect the describing word between the round brackets to close the hole.
        What goes in place of ___, given that one outdoes the other?
        A cloze with an adjective as its hint: answer with its second degree.
        Make the hint fit the sentence and reply with that word alone.
    """),
    "adjective-adverb": wordings("""
        Turn the adjective into an adverb.
        Give the -ly form: quick becomes quickly, happy becomes happily.
        From a word that describes a thing, make the word that describes how something is done.
        adjective -> adverb of manner, with correct spelling
        You are given an adjective. Answer with the adverb that ends in ly.
        Derive the adverb belonging to this quality.
        How would somebody act who is X? Write the one-word adverb.
        Add -ly, -ily or -ally to the adjective as its spelling requires.
        Which word would you put after a verb instead of this adjective?
        Make this describing word fit next to an action.
        Form an adverbial derivative of the entry.
        Supply the ly-word for the property below.
    """),
    "adverb-adjective": wordings("""
        Turn the adverb into the adjective it comes from.
        Remove the adverb ending: quickly becomes quick, happily becomes happy.
        From a word that tells how something is done, get back to the word that describes a thing.
        adverb in -ly -> adjective
        You are given an adverb. Answer with its adjective.
        Which quality lies behind this ly-word? Write the adjective only.
        Undo the derivation with -ly, -ily or -ally and spell the base correctly.
        What kind of person acts this way? Reply with the single adjective.
        Name the descriptive word on which the adverb is built.
        Convert a manner word to the form that can stand before a noun.
        Take off ly and repair the spelling where necessary.
        Give the root adjective of the entry below.
    """),
    "third-person-base": wordings("""
        Give the base form of a verb that ends in s.
        He does it; what do I do? Answer with the plain verb, such as go for goes.
        Take the verb from the form used after she and write it as used after they.
        third person singular -> infinitive without to
        Remove the ending -s, -es or -ies of the present-tense verb.
        You see a verb as in 'every day my friend ...s'. Write its dictionary form.
        Which infinitive belongs to this s-form?
        Undo the agreement with he, she or it: carries should become carry.
        Complete 'he X, and we ... too' with one verb in the present.
        Strip the verb down to how a lexicon lists it.
        What would the verb be with a plural subject?
        Restore the uninflected verb from its singular present form.
    """),
    "past-base": wordings("""
        Give the base form of a verb in the past tense.
        went -> go, asked -> ask; continue with the verb shown.
        They did it yesterday; which verb names what they do today?
        Undo the past tense and write the infinitive without to.
        You are given a simple past form, regular or irregular. Answer with the verb's present.
        Under which entry would a dictionary list this past form?
        Take the verb back from yesterday to now, as in 'I ...'.
        Name the infinitive that this preterite belongs to.
        Complete 'did you ...?' using the verb below.
        Lemmatise the past-tense verb.
        Return the action word to its uninflected shape, removing the past.
        What is it called to do now what was done then?
    """),
    "ing-base": wordings("""
        Give the base form of a verb that ends in -ing.
        running -> run, making -> make; continue with the form shown.
        Someone is doing it; write the plain verb for what they do.
        Remove -ing from the participle and restore the spelling of the infinitive.
        You are given a gerund. Answer with the verb as listed in a dictionary.
        Which infinitive, without to, belongs to this present participle?
        Undo the progressive form, with attention to doubled and dropped letters.
        Complete 'she is X now; yesterday she did not ...' with one word.
        Get from the continuous form back to the simple verb.
        What is the stem verb of this word in ing?
        Lemmatise the present participle below.
        Reply with the uninflected verb from which the ing-word is built.
    """),
}
