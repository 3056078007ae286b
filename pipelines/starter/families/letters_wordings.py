"""How the letter tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "first-letter": wordings("""
        Give the first letter of the word, in upper case.
        Which capital letter does this word start with?
        Return only the initial of the word.
        Under what letter would you find the word in a dictionary?
        Take the opening character and capitalize it.
        Drop everything after the word's first character; write that character as a capital.
        Name the letter of the alphabet that begins the spelling of the input.
        Abbreviate each word to a single uppercase letter.
        What letter comes at the very start of this word? Use a capital.
        Extract the leading letter and print it in uppercase.
        If you monogrammed this word, which letter would you stitch?
        Shorten the word to the one letter it opens with.
    """),
    "last-letter": wordings("""
        Give the last letter of the word, in lower case.
        Which letter does this word end with? Answer with the small letter alone.
        Return only the final character.
        Spell the word to yourself and write down the letter you finish on.
        You see a word; keep its closing letter and drop the rest.
        word -> the letter at its end, e.g. garden -> n
        Name the rightmost letter of the input.
        Which lower-case letter remains when all letters before it are covered, from left to right?
        What is the terminal letter here?
        Cut off everything except the tail letter of the word.
        Read backwards: what is the first letter you meet?
        Extract the character that comes after all others in this word.
    """),
    "second-letter": wordings("""
        Give the second letter of the word, in lower case.
        Which letter comes right after the first one?
        Return only the character in position two.
        word -> its letter number 2, e.g. garden -> a
        Skip the initial and write the letter that follows it.
        You see a word; answer with the letter standing next to its beginning.
        Name the letter between the first and the third.
        Spell the word and stop at the second step: what letter is it?
        What is character number two of this spelling?
        Out of all letters here, print just the one in second place.
        Pass over one letter and output the next.
        Tell me the runner-up among the letters, counted from the left.
    """),
    "third-letter": wordings("""
        Give the third letter of the word, in lower case.
        Which letter comes after the first two?
        Return only the character in position three.
        word -> its letter number 3, e.g. garden -> r
        Skip two letters and write the one that follows.
        You see a word; answer with the letter that is two places behind its initial.
        Name the letter between the second and the fourth.
        Count one, two, three along the spelling and note that letter.
        What is character number three here?
        Out of all the letters, print just the one in third place from the left.
        Index the string at 2, where counting begins at 0.
        Leave out the opening pair of letters; which is next?
    """),
    "first-three-letters": wordings("""
        Give the first three letters of the word.
        Shorten the word to its opening three characters.
        Keep three letters from the left and cut the rest.
        word -> prefix of length 3, e.g. garden -> gar
        Like a month in a calendar, abbreviate the word to three letters, all small.
        With which three letters does the spelling begin? Write them together.
        You get a word; return its initial trigram.
        Truncate the input after its third letter.
        What remains if only letters one to three stay?
        Print the leading three-letter piece.
        Slice the string from the start up to, and including, character three.
        Make a three-letter code from the beginning of the word.
    """),
    "last-two-letters": wordings("""
        Give the last two letters of the word.
        Which two letters does the word end in? Write them together in order.
        Keep only the final pair of characters.
        word -> ending of length 2, e.g. garden -> en
        Cut everything away except the two letters on the far right.
        You get a word; return its two-letter suffix, whatever it means.
        How does the spelling finish? Answer with its closing two letters.
        Drop letters from the front until two are left.
        Print the tail of the word, exactly two characters long.
        What are the penultimate and the ultimate letter, joined?
        Slice off the concluding pair of letters and show it.
        Take the word's end, a piece of two letters.
    """),
    "last-three-letters": wordings("""
        Give the last three letters of the word.
        Which three letters does the word end in? Write them together in order.
        Keep only the final three characters.
        word -> ending of length 3, e.g. garden -> den
        Cut everything away except the three letters on the far right.
        You get a word; return the trigram at its end.
        How does the spelling finish? Answer with its closing three letters.
        Drop letters from the front until three are left.
        Print the tail of the word, exactly three characters long.
        Make a three-letter piece out of the word's ending.
        Slice the string so that just its concluding three remain.
        Take off the beginning, leaving the trailing three letters.
    """),
    "upper-case-phrase": wordings("""
        Write the phrase in capital letters.
        Convert all letters to upper case.
        Press caps lock and type this again.
        Change every small letter to its capital and leave the spaces.
        small text -> SMALL TEXT
        You are given lower-case words; shout them, that is, write them in capitals only.
        Reprint the words as they would stand on a sign in block capitals.
        Uppercase the input.
        Show this text with nothing but majuscules.
        Transform the string: a to A, b to B and so forth.
        How does the expression look in all caps?
        Replace each lower-case character by the big one.
    """),
    "title-case": wordings("""
        Capitalise the first letter of every word.
        Write the words like a book title, each beginning with a capital.
        Convert to title case: every word, even a short one, starts with a big letter.
        the red door -> The Red Door
        Turn small initials into capital initials and keep all other letters.
        You are given a lower-case phrase. Answer with each word capitalised.
        Make a headline of it in which all words have an upper-case initial.
        Put a capital at the start of all the words here, including the and of.
        Apply initial caps throughout.
        Raise only the opening letter of each word to upper case.
        Style this as a heading: Every Word Like This.
        Which spelling results if the words are treated as names, capitals first?
    """),
    "swap-case": wordings("""
        Swap the case of every letter.
        Make small letters big and big letters small.
        Where a letter is upper case write it in lower case, and the other way round.
        gArDEn -> GaRdeN
        Invert the capitalisation of the word.
        Someone typed this with the shift key used the wrong way; turn each letter's case over.
        Toggle upper and lower case, character by character.
        You get a word in mixed case. Return the same letters, each with the opposite case.
        Flip capitals to minuscules and minuscules to capitals.
        What is the case-inverted version of this string?
        Exchange big for little in all the letters, without changing the word.
        Mirror the letter sizes: every capital shrinks, every small one grows.
    """),
    "vowels-removed": wordings("""
        Remove the vowels from the word.
        Write the word without a, e, i, o and u.
        Keep only the consonants, in order and joined together; y counts as one.
        garden -> grdn
        Delete every vowel letter of the input.
        You get a word. Spell it as in a short text message, leaving all vowels out.
        What is left of this word once its vowels are gone?
        Drop a, e, i, o, u and print the remaining letters.
        Give the consonant skeleton of the word.
        Strip out vowel letters; the others stay where they are.
        Compress the word by omitting each of the five vowels.
        Which letters survive when aeiou are erased?
    """),
    "phrase-vowels-removed": wordings("""
        Remove the vowels from both words of the phrase.
        Write the two words without a, e, i, o and u, with the space kept.
        old garden -> ld grdn
        Keep only the consonants and the space between the words; y counts as a consonant.
        Delete each vowel letter in this short phrase.
        You get an adjective and a noun. Spell both without their vowels.
        What is left of the pair of words once their vowels are gone?
        Squeeze the expression by leaving out aeiou wherever they occur.
        Give the consonant skeletons of the two words, separated by a space.
        Strip the phrase of vowels.
        Omit all five vowels throughout, so that two strings of consonants remain.
        Erase a, e, i, o, u here and print the rest as two words.
    """),
    "vowels-starred": wordings("""
        Replace each vowel of the word by a star.
        Write * for every a, e, i, o or u.
        garden -> g*rd*n
        Mask the vowels with asterisks and leave the consonants readable; y is a consonant.
        You get a word. Hide its vowels behind * signs.
        Censor all vowels in the word using asterisks.
        Substitute the character * for the vowel letters, one for one.
        Show the consonants in their places, with a star wherever a vowel stood.
        Put an asterisk over any of the five vowels and print the result.
        How does the word look if aeiou each become *?
        Blot out vowel letters with stars.
        Make a guessing puzzle: the vowels turn to asterisks, the other letters stay.
    """),
    "letter-count": wordings("""
        Count the letters of the word and answer with a number in digits.
        How many letters does this word have?
        Give the length of the word.
        garden -> 6
        Spell the word and report the number of characters.
        You get a word. Write how long it is, as a figure.
        For a crossword: how many squares does this word fill?
        Return the string length as an integer.
        Say how many characters the spelling consists of, using a numeral.
        Measure the word in letters.
        What figure do you reach when you tick off its letters one by one?
        Number of letters, please, digits only.
    """),
    "letters-hyphenated": wordings("""
        Put a hyphen between all the letters of the word.
        Spell out the word with hyphens, like c-a-t.
        Separate the letters by - signs.
        Join the characters of the word with hyphens.
        You get a word. Write it letter by letter with a dash between each two.
        rope -> r-o-p-e
        Spell it slowly in writing, a hyphen after every letter but the last.
        Insert - in every gap within the word.
        Break the word into its letters and connect these using hyphens.
        How would you show the spelling, small letters linked by dashes?
        Hyphenate fully: no two letters may touch.
        Intersperse the letters with minus signs.
    """),
    "letters-dotted": wordings("""
        Put a full stop between all the letters of the word.
        Spell out the word with dots, like c.a.t
        Separate the letters by . signs, without one at the end.
        Join the characters of the word with full stops.
        You get a word. Write it letter by letter with a point between each two.
        rope -> r.o.p.e
        Spell it slowly in writing, a period after every letter but the last.
        Insert . in every gap within the word.
        Break the word into its letters and connect these using dots.
        Set the letters apart by periods and keep them small.
        Dot the word so that no two letters touch.
        Intersperse the letters with points, as in an abbreviation lacking its last dot.
    """),
    "letters-sorted": wordings("""
        Put the letters of the word in alphabetical order.
        Sort the characters from a to z and write them together.
        rope -> eopr
        Rearrange the letters as the alphabet has them, keeping repeated ones.
        You get a short word. Answer with its letters, sorted.
        Order the letters of this word alphabetically without spaces.
        Which string results when the word's letters line up from earliest to latest in the alphabet?
        Make the sorted anagram of the word.
        Reshuffle the spelling so that a comes before b, b before c and so on.
        Alphabetise what is inside the word.
        Arrange its characters in ascending order.
        Give the letters again, lowest in the alphabet first, no separators.
    """),
    "starts-with-vowel": wordings("""
        Does the word start with a vowel? Answer yes or no.
        Say yes if the first letter is a, e, i, o or u, and no otherwise.
        Check the initial of the word: vowel gives yes, consonant gives no.
        orange -> yes, garden -> no
        Is a vowel letter the first thing in this spelling? Reply yes or no.
        You get a word. Decide whether its opening letter is one of aeiou; write yes or no.
        Test the first character for being a vowel, with yes for true and no for false.
        Yes or no: the word begins with a vowel.
        Look at the leading letter only and tell, yes or no, if it is among the five vowels.
        Would this word's initial belong to the vowels? Print yes, else no.
        Classify by the start of the word: yes for a vowel letter, no for any other.
        State with yes or no whether you find a vowel in front.
    """),
    "ends-with-vowel": wordings("""
        Does the word end with a vowel? Answer yes or no.
        Say yes if the last letter is a, e, i, o or u, and no otherwise.
        Check the final letter of the word: vowel gives yes, consonant gives no; y is a consonant.
        apple -> yes, garden -> no
        Is a vowel letter the last thing in this spelling? Reply yes or no.
        You get a word. Decide whether its closing letter is one of aeiou; write yes or no.
        Test the last character for being a vowel, with yes for true and no for false.
        Yes or no: the word finishes on a vowel.
        Look at the word's tail letter only and tell, yes or no, if it is among the five vowels.
        Would the terminal letter belong to aeiou? Print yes, else no.
        Classify by the ending: yes for a vowel letter, no for any other.
        State with yes or no whether you find a vowel at the very end.
    """),
    "contains-letter": wordings("""
        A word and a letter are given: does the word contain the letter? Answer yes or no.
        garden, d -> yes; garden, k -> no
        Check whether the letter after the comma occurs in the word before it; say yes or no.
        Is the single letter part of the word's spelling? Reply yes or no.
        Search the word for the given character and report yes if it is there, no if not.
        Yes or no: you need the letter on the right to write the word on the left.
        You see a word, a comma and a letter. Tell if the letter appears anywhere in the word.
        Test membership of a letter in a word, answering yes or no.
        Can the letter be found among those of the word? Print yes or no.
        Look through the spelling for the character named second; yes when found, else no.
        Would crossing out that letter change the word at all? Write yes or no.
        Decide, yes or no, if the word has the letter in it.
    """),
    "doubled-letter": wordings("""
        Which letter is doubled in the word?
        Find the letter that stands twice in a row and write it once.
        letter -> t, moon -> o
        Give the repeated neighbour letter of the word.
        You get a word with one double letter. Answer with that letter.
        Two equal letters stand next to each other here; name the letter.
        Look for a pair like ss or oo and return a single letter of it.
        Spot the twin letters in the spelling and output one of them.
        What letter is written two times side by side?
        Which character does this word use double?
        Point out the adjacent duplicate, as one lower-case letter.
        Detect where a letter follows itself and say which it is.
    """),
    "pig-latin": wordings("""
        Translate the word into Pig Latin.
        Move the consonants before the first vowel to the end and add ay; if a vowel leads, just add way.
        garden -> ardengay, stone -> onestay, apple -> appleway
        Say it in Pig Latin, lower case.
        Encode the word by the children's game: front consonants go to the back, then ay.
        You get an English word. Answer with its Pig Latin form (vowel-initial words take way).
        Put the opening consonant cluster behind the rest and finish with ay.
        Play the secret language in which trip becomes iptray and orange becomes orangeway.
        How do speakers of Pig Latin pronounce this in writing?
        Convert into the ay-language of schoolyards: cluster to the rear, ay appended.
        Disguise the word so that string turns into ingstray and egg into eggway.
        Pig-Latinise the input.
    """),
    "phrase-acronym": wordings("""
        Make an acronym from the words: their first letters as capitals, written together.
        Abbreviate the name by its initials.
        Northern Music Festival Club -> NMFC
        Take the first letter of each word, capitalise it and join them without dots.
        You are given the full name of a club. Answer with its abbreviation in capital letters.
        Which letters would stand on the badge of this society, one for each word?
        Form the initialism of the phrase, upper case, no spaces.
        Shorten several words to one string of capitals.
        What would this organisation be called for short, letter by letter?
        Collapse every word to its uppercase initial.
        Build the short form by stringing together the leading letters in capitals.
        Reduce the long title to its capital initials.
    """),
    "name-acronym": wordings("""
        Give the initials of the person as capitals, written together.
        Abbreviate the full name to its first letters, without dots.
        Laura Anne Miller -> LAM
        Take the first letter of each part of the name and join them.
        You are given somebody's name. Answer with the monogram, in capitals.
        How would this person sign with initials only?
        Form the initials of the name, no spaces and no full stops.
        Shorten first and last names to one capital each.
        Which letters are embroidered on the shirt of the person named?
        Collapse all parts of the name to their leading letters.
        Build a monogram by stringing together the capitals of the name.
        Reduce what the person is called to a few letters, one for every name.
    """),
    "sentence-initials": wordings("""
        Write the first letter of every word of the sentence, in lower case and without spaces.
        Take the initials of all the words in the text and join them, small letters only.
        the cat sat on the mat -> tcsotm
        Go through the sentence and note how each word begins; output these letters as one string.
        Make a password of the sentence by using each word's first letter in lower case.
        You get a long sentence. Answer with its initials, in order, none left out.
        Compress the sentence to one small letter for each of its words.
        Which letters do the words start with, read from left to right? Write them together.
        Spell the acrostic hidden in the word beginnings.
        Keep only the opening letter of all the words here, uncapitalised and unspaced.
        Turn the statement into a string as long as its number of words, made of their leading letters.
        Concatenate the lowercase word-initial characters.
    """),
    "sentence-word-by-initial": wordings("""
        A letter and a sentence are given: write the only word that begins with this letter.
        Find the word in the sentence that starts with the letter before the colon.
        k: she left the key on a table -> key
        Copy the one word whose first letter is the one named at the start.
        You get a letter, a colon and a sentence. Answer with the word that has this initial.
        Search the text for a word starting with the requested letter.
        Which of the words opens with the given letter? Exactly one does.
        Use the letter as a key and return the matching word of the sentence by its beginning.
        Pick from the sentence what would be listed under that letter in an index.
        Scan the words; print the single one having the stated first character.
        Match the leading letter: which word fits?
        Extract the word headed by the specified letter.
    """),
    "sentence-word-by-ending": wordings("""
        A letter and a sentence are given: write the only word that ends with this letter.
        Find the word in the sentence whose last letter is the one before the colon.
        y: she left the key on a table -> key
        Copy the one word that finishes on the letter named at the start.
        You get a letter, a colon and a sentence. Answer with the word that has this letter at its end.
        Search the text for a word ending in the requested letter.
        Which of the words closes with the given letter? Exactly one does.
        Use the letter as a key and return the matching word of the sentence by its final character.
        Pick from the sentence the word that stops on that letter.
        Scan the words; print the single one having the stated last character.
        Match the terminal letter: which word fits?
        Extract the word that the specified letter concludes.
    """),
    "sentence-capital-word": wordings("""
        One word of the sentence is in capitals: write it in lower case.
        Find the word in all caps and repeat it with small letters.
        she put the LAMP on a chair -> lamp
        Which word is shouted here? Answer with it, uncapitalised.
        You get a sentence with a single upper-case word. Return this word in lower case.
        Copy the emphasised word, the one in block letters, but in small letters.
        Locate the only fully capitalised word and convert it to lower case.
        Someone marked a word by typing it big. Say which, in normal small letters.
        Pick out what stands in upper case and lowercase it.
        Spot the majuscule word and print it as it would usually be written within a sentence.
        Take the word with caps lock on and undo the caps.
        What does the highlighted (all-capital) word read in minuscules?
    """),
}
