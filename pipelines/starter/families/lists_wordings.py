"""How the list tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "last-item": wordings("""
        Pick the last item of the list.
        Which word comes at the end of this enumeration?
        Return whatever follows the final comma.
        Of the words given, keep only the one in the last position.
        Several nouns are separated by commas; repeat the one that was mentioned most recently.
        Choose the closing element of the series.
        Read the sequence through and write down the word it stops on.
        Select the rightmost entry.
        From these four options, answer with number four.
        Output the final element of a comma-separated list.
        Ignore everything but the tail of the list.
        What is the bottom-most thing if the words were written one under another in this order?
    """),
    "list-first": wordings("""
        Pick the first item of the list, whose items are separated by semicolons.
        Which word opens this enumeration?
        Return everything up to the first semicolon.
        a; b; c; d; e; f -> a
        You are given seven or more nouns with semicolons between them. Repeat the one that stands at the front.
        Keep the opening element and throw all the others away.
        Who is at the head of the queue? Give that noun alone.
        Select the leftmost entry of the semicolon-separated row.
        Answer with item number one.
        What does the list begin with? One noun, no punctuation.
        Cut the line off where its earliest ; stands and hand back the piece before it.
        If each word were on a line of its own, what would the topmost line say?
    """),
    "list-second": wordings("""
        Pick the second item of the list.
        Which word stands between the first and the second comma?
        Return item number two of this comma-separated list.
        a, b, c, d -> b
        Skip one noun and repeat the next.
        You are given some nouns separated by commas. Write only the one in second position.
        Who is second in line? Reply with that noun alone.
        Take the element that follows the opening one.
        After the initial comma there is a word; copy it.
        Whichever thing is mentioned straight after the first thing is your answer.
        In a zero-based array of these strings, print the one at index 1.
        If these were the results of a race, who would get the silver medal?
    """),
    "list-third": wordings("""
        Pick the third item of the list, whose items are separated by slashes.
        Which word stands between the second and the third slash?
        a / b / c / d / e -> c
        Skip two nouns and repeat the next one.
        You are given nouns divided by slashes. Write only the one in position three.
        Return item number three and nothing else.
        Who takes the bronze medal, if this is the order of arrival?
        Split the line at every slash and output the third piece.
        In a zero-based array of these strings, which is at index 2?
        Pass over the opening pair and name whatever comes directly afterwards.
        Count three words from the left; where you stop is the answer.
        What would be written on line 3 if each entry had its own line?
    """),
    "list-next-to-last": wordings("""
        Pick the item that comes just before the last one.
        Which word is second from the end?
        Return the penultimate entry of the comma-separated list.
        a, b, c, d, e -> d
        You are given several nouns with commas between them. Write the last but one.
        Start from the right, skip one word and repeat the next.
        Which noun stands between the final two commas?
        In a programming language the answer would be items[-2].
        Leave the closing word aside; what does the list end with then?
        Name the neighbour on the left of whatever concludes this enumeration.
        Tell me the next-to-last thing mentioned here.
        Someone in a queue has exactly one person behind them: who is it?
    """),
    "list-middle-of-five": wordings("""
        Pick the middle one of the five items.
        Which word has as many words before it as after it?
        Return the central entry of the semicolon-separated list.
        a; b; c; d; e -> c
        You are given five nouns with semicolons between them. Write the one in the centre.
        Leave out two nouns on each side and repeat what remains.
        Five things stand in a row; name the one that is halfway.
        Find the median position of this row and output its noun.
        With two neighbours to its left and another two to its right, which is it?
        Peel off the outermost pair, then the next pair; what is at the core?
        Say what sits right at the heart of the enumeration.
        What stands on the midpoint, if the row is folded in half?
    """),
    "list-first-and-last": wordings("""
        Write the first and the last item of the list, joined by "and".
        Which words stand at the two ends? Answer like this: moon and river.
        a / b / c / d / e -> a and e
        Keep the opening and the closing entry, with the word and between them.
        You are given nouns divided by slashes. Name the outermost two, in order, with "and".
        Drop everything in between and join what is left at both ends by and.
        From this row take the head and the tail: HEAD and TAIL.
        Return the leftmost noun, then "and", then the rightmost noun.
        What does the line start with, and what does it finish with? Form: X and Y.
        All the inner words go; connect the survivors with a conjunction.
        Tell where this trip begins and where it ends, as in "start and goal".
        Shorten the chain to its two extremes, putting and in the middle.
    """),
    "list-drop-first": wordings("""
        Leave out the first item and write the rest of the list.
        Remove the word at the front; keep the others with their semicolons.
        a; b; c; d -> b; c; d
        Which items remain when the opening one is taken away? Separate them by semicolons.
        You are given nouns with semicolons between them. Repeat them all except the first.
        Delete everything up to and including the first semicolon.
        Return the tail of the list: all but its head, in the same order.
        The front person leaves the queue; write down who is still waiting, divided by ; signs.
        Copy the line from its second entry on.
        Start reading after one noun and reproduce what follows until the end.
        In Python this would be items[1:], joined again with "; ".
        Cross off number one, then give back whatever has not been crossed off.
    """),
    "list-item-after": wordings("""
        Which item of the list comes right after the word behind the bar?
        Find the named word in the list and return the item that follows it.
        a, b, c, d, e | c -> d
        You are given a list, a vertical bar and one word of the list. Write that word's right-hand neighbour.
        Look up the last word among the items and answer with the next item.
        Who stands directly behind the person named at the end of the line?
        Search the enumeration for the key after the | sign; output its successor.
        Give the noun that comes next in the list once the asked one has been read.
        Move one place to the right of the queried entry and say what is there.
        The word after the bar occurs earlier too; what is mentioned immediately afterwards?
        Where the key is found, take one step forward and report.
        Tell me the thing following this one in the row.
    """),
    "list-item-by-number": wordings("""
        Write the item of the numbered list that has the number asked for.
        Look up the given number in the list and return its entry.
        1. a 2. b 3. c 4. d | number 3 -> c
        Which word stands behind the number named after the bar?
        You are given a numbered list and then a number. Answer with the noun that carries this number.
        Find the entry at the position that the end of the line tells you.
        Read off what is listed under the requested number.
        The menu is numbered; the guest orders by number. Say which noun he gets.
        Use the figure at the end as an index into the enumeration before it.
        Every noun here has a numeral. Give the noun belonging to the one wanted.
        Someone calls a number: who has to stand up?
        Fetch the line item whose ordinal is quoted last.
    """),
    "list-last-in-sentence": wordings("""
        Name the last thing that the sentence lists, without its article.
        Which thing comes at the end of the enumeration in this sentence?
        We saw a car, a fox and a spoon. -> spoon
        The sentence names several things; write the one after "and".
        You are given a sentence with an enumeration. Return its final noun without a or an.
        Read the whole sentence and repeat the thing mentioned last, leaving the article out.
        What follows the word and? Drop the a or an in front of it.
        Extract the closing member of the series of objects in the text.
        Tell me just the object with which the statement finishes.
        Of everything enumerated here, only the concluding one is wanted, as a bare noun.
        Find where the list of nouns stops: what is there?
        Copy whatever stands between the last article and the full stop.
    """),
    "list-and-before-last": wordings("""
        Replace the dashes by commas, but write "and" before the last item.
        Turn the row of words into a normal English enumeration: commas, and "and" before the final word.
        a - b - c - d -> a, b, c and d
        How would you list these things in a sentence, without a comma before and?
        You are given nouns with dashes between them. Join them with commas and a closing "and".
        Rewrite the dashed list in running English.
        Format the entries for reading aloud: the final two are connected by and, the others by commas.
        Every dash becomes a comma except the last one, which becomes the word and.
        Put the items in prose style, no Oxford comma.
        Make an ordinary series as in "tea, milk and sugar" out of it.
        Convert hyphen-delimited nouns to natural-language coordination.
        Write it out as you would tell a friend what is on the shopping list.
    """),
    "list-fourth": wordings("""
        Pick the fourth item of the list.
        Which word stands between the third and the fourth comma?
        Return item number four of this comma-separated list.
        a, b, c, d, e, f -> d
        Skip three nouns and repeat the next.
        You are given seven or more nouns separated by commas. Write only the one in position four.
        Who arrived fourth, if this is the order of arrival?
        Split at the commas and output the fourth piece alone.
        If the words stood in a column, what would line 4 contain?
        In a zero-based array of these strings, index 3 holds what?
        Three entries come before the wanted one. Name it.
        Count to four from the left and tell me where you are.
    """),
    "list-last-of-eight": wordings("""
        Pick the last of the eight items.
        Which of these eight words comes at the end?
        a, b, c, d, e, f, g, h -> h
        Return what follows the seventh and final comma.
        You are given eight nouns with commas between them. Write only the closing one.
        Leave out seven nouns and keep the last.
        Eight things stand in a row; name the one on the far right.
        Output entry number eight of the list.
        With what does this group of eight finish?
        Who is at the very back of the queue of eight?
        Drop all but the concluding noun.
        Go through the complete line of eight words and report its end.
    """),
    "list-second-after-semicolon": wordings("""
        Pick the second item of the list, whose items are separated by semicolons.
        Which noun stands between the first and the second semicolon, if there is a second?
        a; b; c; d -> b
        Split the line at each semicolon and output piece number two.
        You are given some nouns with semicolons between them. Write only the second.
        Pass over the opening noun and copy the one after it, without the semicolon.
        Return the runner-up in this row of nouns divided by ; signs.
        Item number two of the semicolon list, please.
        What comes straight after the initial ; sign?
        Ignore how the row starts; its next member is what I want.
        Of these nouns, name whichever has exactly one other to its left.
        Take the value at index 1 of the ;-delimited record.
    """),
    "list-item-before": wordings("""
        Which item of the list comes right before the word behind the bar?
        Find the named word in the list and return the item that precedes it.
        a, b, c, d, e | c -> b
        You are given a list, a vertical bar and one word of the list. Write that word's left-hand neighbour.
        Look up the last word among the items and answer with the previous item.
        Who stands directly in front of the person named at the end of the line?
        Search the enumeration for the key after the | sign; output its predecessor.
        Give the noun that was read just before the asked one.
        Where the key is found, take one step back and report.
        The queried entry has something to its left. What?
        Tell me the thing that this one follows in the row.
        What is mentioned last before the word that the line ends with is reached?
    """),
    "list-drop-last": wordings("""
        Leave out the last item and write the rest of the list.
        Remove the word at the end; keep the others with their slashes.
        a / b / c / d -> a / b / c
        Which items remain when the closing one is taken away? Separate them by slashes.
        You are given nouns divided by slashes. Repeat them all except the last.
        Delete the final slash and everything behind it.
        Return the list without its tail element, in the same order.
        The person at the back gives up waiting; write down the remaining queue with / between the names.
        Copy the line but stop before its concluding entry.
        In Python this would be items[:-1], joined again with " / ".
        Shorten the row by one on the right-hand side.
        All of it, please, apart from whatever comes at the very end.
    """),
}
