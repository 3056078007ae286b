"""How the ordering tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "alphabetically-first-of-three": wordings("""
        Which of the three words comes first in the alphabet?
        Compare the three nouns and write the one that a dictionary lists first.
        plum, axe, tent -> axe
        Pick the alphabetically smallest of the three items.
        You are given three words separated by commas. Return the one with the earliest initial.
        Sort the trio from a to z in your head and give only its first member.
        In a telephone book, which of these would be found before the other two?
        Take the minimum of the three strings in lexicographic order.
        Of this threesome, name whichever is nearest to the beginning of the alphabet.
        An encyclopedia has an entry for each; which would you reach soonest when leafing from the front?
        What would head the list after alphabetical sorting of three entries?
        Tell me the word whose letters win the a-before-z race among three.
    """),
    "alphabetically-last-of-four": wordings("""
        Which of the four words comes last in the alphabet?
        Compare the four nouns and write the one that a dictionary lists last.
        plum, axe, tent, door -> tent
        Pick the alphabetically greatest of the four items.
        You are given four words separated by commas. Return the one with the latest initial.
        Sort the four from a to z in your head and give only the final one.
        In a telephone book, which of these would be found after the other three?
        Take the maximum of the four strings in lexicographic order.
        Of this foursome, name whichever is nearest to the letter z.
        What would stand at the bottom after alphabetical sorting of these entries?
        An encyclopedia has an entry for each; which is in the rearmost volume?
        Tell me the noun that every one of its three companions precedes from A to Z.
    """),
    "longest-word": wordings("""
        Which of the words is the longest?
        Pick the noun with the most letters.
        cup, lantern, tree, door -> lantern
        Compare how many letters the items have and return the one that has the greatest number.
        You are given four or five words separated by commas. Write the longest of them.
        Find the entry that takes up the most space on paper.
        Which item of the list would need the widest column?
        Return max(words, key=len).
        Count characters: whichever noun scores highest is the answer.
        Spelling out one of these takes more time than any other. Which?
        Name the list member of greatest length.
        Somebody pays per letter; what is the dearest word here?
    """),
    "sort-three-words": wordings("""
        Put the three words in alphabetical order, separated by semicolons.
        Sort the nouns from a to z.
        plum; axe; tent -> axe; plum; tent
        Write the three items again as a dictionary would order them, with semicolons.
        You are given three words divided by semicolons. Arrange them alphabetically.
        Rearrange the entries by their first letters, earliest letter first.
        In which order would these three be listed in an index? Keep the semicolons.
        Return the lexicographically sorted list, in ascending order.
        Alphabetize the trio.
        Tidy up the row so that no noun stands behind one that it should precede from A to Z.
        How would a librarian shelve the following, if each were a title? Put ; between.
        Apply sorted() to three strings and join the result by "; ".
    """),
    "reverse-list": wordings("""
        Write the list in reverse order.
        Turn the order of the items around, keeping the slashes.
        cup / lamp / tree -> tree / lamp / cup
        Start with the last noun and end with the first, with slashes between them.
        You are given nouns divided by slashes. List them backwards, but do not change the words.
        What was first becomes last, and the other way round for the whole row.
        Read the entries from right to left and write them down in that order.
        Return items[::-1], joined with " / ".
        The queue turns about: who stands where now? Divide the nouns by / signs.
        Flip the sequence of words.
        Copy the row beginning at its far end.
        Walk back along the same stations that this route passes.
    """),
    "count-list-items": wordings("""
        Count the items of the list and write the number as a digit.
        How many words does the list have?
        cup, lamp, tree -> 3
        How many nouns are separated by the commas? One digit.
        You are given nouns with commas between them. Return their number.
        Give the length of this list in digits.
        Add one to the number of commas and output the result.
        If each thing costs one coin, how many coins do I need? Answer with a figure.
        Return len(items).
        Tell how long the enumeration is, as a numeral.
        Number these nouns in your mind; which figure does the final one get?
        What quantity of entries stands on the line?
    """),
    "is-sorted": wordings("""
        Are the four words in alphabetical order? Answer yes or no.
        Write yes if the list is sorted from a to z, otherwise no.
        axe, door, plum, tent -> yes; door, axe, plum, tent -> no
        Check whether each noun comes before the next one in the dictionary; yes or no.
        You are given four words separated by commas. Say yes if they are alphabetized and no if they are not.
        Is the list already sorted? Reply with yes or no.
        Test items == sorted(items); print yes for true and no for false.
        Judge whether any noun stands too early or too late for the order A to Z: no if one does, yes if none does.
        A librarian wants the alphabet respected. Is she content (yes) or does something have to be moved (no)?
        yes = initials keep rising through the row, no = somewhere they fall.
        Decide if this index needs no re-ordering; respond with a plain yes or no.
        Does the sequence of nouns follow the ABC from its start until its end? One word: yes, no.
    """),
    "repeated-item": wordings("""
        Which word occurs twice in the list?
        Find the noun that is repeated.
        cup, tree, lamp, tree, door -> tree
        One item of the list appears two times. Write it once.
        You are given nouns separated by commas, one of them twice. Return that one.
        Spot the duplicate and name it.
        All the words but one are different from each other; which one has a copy?
        Output the only element whose count is 2.
        Somebody wrote one thing down a second time by mistake. What was it?
        Tell me what the enumeration mentions more than once.
        Look for a matching pair among these entries and say what it shows.
        Which entry could be struck out without losing anything?
    """),
    "largest-number": wordings("""
        Which of the four numbers is the largest?
        Write the greatest number of the list.
        41, 87, 23, 65 -> 87
        Compare the four numbers and return the highest.
        You are given four whole numbers separated by commas. Pick the biggest.
        Take the maximum of the four values.
        These are the points of four players; how many did the winner get?
        Which figure here has none of the other three above it?
        Return max(a, b, c, d).
        Of four amounts, repeat the one that you would most like to be paid.
        Tell the peak value among these readings.
        If the quartet were sorted upwards, what would come at the end?
    """),
    "sort-three-numbers": wordings("""
        Sort the three numbers from small to large and put < between them.
        Write the numbers in ascending order with the sign < between neighbours.
        41, 87, 23 -> 23 < 41 < 87
        Arrange the three values so that they rise, joined by less-than signs.
        You are given three numbers separated by commas. Order them as in smallest < middle < largest.
        Make a true chain a < b < c of these numbers.
        Put the least number first and the greatest last, with < in the gaps.
        Rank the figures upwards and replace the commas by <.
        Build the correct double inequality out of this trio of integers.
        Line the amounts up by size, increasing, each followed by a "less than" symbol except for the final one.
        How do the three compare? State it in the form x < y < z.
        Rewrite this row as a growing one and mark every step by <.
    """),
    "most-expensive": wordings("""
        Which of the things is the most expensive?
        Name the thing with the highest price, without an article.
        A cup costs $3, a lamp $60 and a sock $5. -> lamp
        Compare the prices in the sentence and write what costs most.
        You are given a sentence with several things and their prices in dollars. Return the dearest thing.
        Which article has the largest amount beside it?
        Find the maximum price and answer with the noun to which it belongs.
        What would you have to save up for longest?
        Of everything offered here, for which one is the greatest sum of money asked or paid?
        Tell me the costliest item mentioned.
        Look at the dollar figures: whose is on top?
        Say what a thief after money value would take out of this offer.
    """),
    "oldest-person": wordings("""
        Who is the oldest?
        Name the person with the highest age.
        Tom is 12, Sue is 45 and Joe is 30. -> Sue
        Compare the ages in the sentence and write the name of the oldest person.
        You are given several people with their ages. Return who was born first.
        Which of the people has lived longest so far? Only the name.
        Find the largest number of years and answer with the name to which it belongs.
        Say who is senior to all the others.
        Whose birthday cake carries the most candles?
        Pick the first name that goes with the greatest age mentioned.
        If they lined up by age, youngest in front, who would be at the back?
        Tell me which member of this group was already alive before the rest.
    """),
    "built-first": wordings("""
        Which of the buildings is the oldest?
        Compare the years in the sentence and name what was built first.
        The inn is from 1820, the mill from 1702 and the pier from 1911. -> mill
        Write the place with the earliest year, without "the".
        You are given three places with the years in which they were finished. Return the one with the smallest year.
        Which of the three had already been there before both of the others?
        Find the lowest year and answer with the noun to which it belongs.
        Put the constructions on a time line and name the leftmost.
        What stood in the town earliest, judging by the dates given?
        Tell me whichever goes furthest back in time.
        A historian starts with the most ancient site of these three. Where does she begin?
        Of the years mentioned take the minimum; what was completed then?
    """),
    "shortest-word": wordings("""
        Which of the words is the shortest?
        Pick the noun with the fewest letters.
        cup, lantern, trees, doors -> cup
        Compare how many letters the items have and return the one that has the smallest number.
        You are given four or five words separated by commas. Write the shortest of them.
        Find the entry that takes up the least space on paper.
        Return min(words, key=len).
        Which item of the list would fit into the narrowest column?
        Count characters: whichever noun scores lowest is the answer.
        Spelling out one of these takes less time than any other. Which?
        Name the list member of least length.
        Somebody pays per letter; what is the cheapest word here?
    """),
    "alphabetically-first-of-five": wordings("""
        Which of the five words comes first in the alphabet?
        Compare the five nouns and write the one that a dictionary lists first.
        plum, door, axe, tent, lamp -> axe
        Pick the alphabetically smallest of the five items.
        You are given five words separated by commas. Return the one with the earliest initial.
        Sort the five from a to z in your head and give only the first.
        In a telephone book, which of these would be found before the other four?
        Take the minimum of the five strings in lexicographic order.
        Of this quintet, name whichever is nearest to the letter a.
        What would be on top after alphabetical sorting of the nouns?
        A register has five such headings; which is on its earliest page?
        Tell me the noun that precedes every one of its four companions from A to Z.
    """),
    "largest-of-six-numbers": wordings("""
        Which of the six numbers is the largest?
        Write the greatest of the six numbers.
        41, 87, 23, 65, 12, 50 -> 87
        Compare all six numbers and return the highest one.
        You are given six whole numbers separated by commas. Pick the biggest of them.
        Take the maximum of the six values.
        These are the scores of six players; what is the best score?
        Which figure here has none of the other five above it?
        Return max() of half a dozen integers.
        Of six amounts, repeat the top one.
        Tell the peak among these half-dozen readings.
        If the sextet were sorted upwards, what would come at the end?
    """),
    "smallest-number": wordings("""
        Which of the five numbers is the smallest?
        Write the lowest number of the list.
        41, 87, 23, 65, 50 -> 23
        Compare the five numbers and return the least.
        You are given five whole numbers separated by commas. Pick the smallest of them.
        Take the minimum of the five values.
        These are the times of five runners in seconds; what was the winning time?
        Which figure here has none of the other four below it?
        Return min() over the integers shown.
        Of five amounts, repeat the one that you would rather owe.
        Tell the bottom value among these readings.
        If the quintet were sorted upwards, what would come at the beginning?
    """),
    "cheapest": wordings("""
        Which of the things is the cheapest?
        Name the thing with the lowest price, without an article.
        A cup costs $3, a lamp $60 and a sock $5. -> cup
        Compare the prices in the sentence and write what costs least.
        You are given a sentence with several things and their prices in dollars. Return the least expensive thing.
        Which article has the smallest amount beside it?
        Find the minimum price and answer with the noun to which it belongs.
        What can be had for the smallest sum of money?
        Tell me the bargain among the items mentioned.
        Look at the dollar figures: whose is at the bottom?
        A customer with hardly any cash could only afford one of these. Which one?
        For what in this offer does the buyer pay less than for anything else?
    """),
}
