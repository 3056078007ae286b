"""How the number-word tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import Wordings, wordings

_INTO = """
    Write the number in {language} words.
    Spell out the digits in {language}, in lower case.
    How is this number said in {language}? Answer with the {language} number word only.
    number -> {language} number word
    Convert the numeral into {language} text, as you would write it on a cheque.
    You are given a whole number below one thousand. Give its {language} name.
    A learner of {language} wants to read this figure aloud; write down what to say.
    Translate the digits to written {language}, without using any figures.
    Imagine a clerk who only speaks {language}: what would the clerk call this amount?
    {language} numeral names, please: put the integer into letters.
    Name the given count the way people who grew up with {language} do.
    Verbalize the Arabic figures; target language is {language}.
"""
_OUT_OF = """
    Write the {language} number word in digits.
    Which number is meant by these {language} words? Answer in figures.
    {language} number word -> digits
    Read the {language} number and note it as a numeral, for example 347.
    You are given a number spelled out in {language}. Output it with Arabic digits only.
    Convert the written-out {language} number to an integer.
    Someone tells you a count in {language}; put it into your calculator.
    Translate the {language} numeral name into plain figures without any letters.
    What would you type on a keypad after hearing this in {language}?
    Decode the text, a quantity in {language} letters, as a base-ten integer.
    Turn {language} speech into ciphers from 0 to 9: how much is it?
    Parse this {language} cardinal and return its value.
"""


def into_language(language: str) -> Wordings:
    """Descriptions of writing numbers in a language."""
    return wordings(_INTO.format(language=language))


def out_of_language(language: str) -> Wordings:
    """Descriptions of reading number words of a language."""
    return wordings(_OUT_OF.format(language=language))


WORDINGS = {
    "number-words": wordings("""
        Write the number in English words.
        Spell out the digits as you would say the number aloud.
        Convert numerals to text, for example 21 to twenty-one.
        How is this figure written on a cheque, in letters?
        Read the integer and give its name.
        Turn a number made of digits into its written-out form.
        Express the quantity without using any digits.
        You get a whole number below one thousand; put it into words.
        Verbalize the numeral.
        What do you call this number in plain English?
        Replace the figures by the words a speaker would use.
        Transcribe the given count from Arabic numerals to language.
    """),
    "words-to-number": wordings("""
        Write the number word in digits.
        Which number do these English words stand for? Use figures.
        spelled-out number -> digits, e.g. two hundred and six -> 206
        You are given a number in English words. Return it as a numeral.
        Convert the words to an integer without any letters.
        Somebody reads an amount to you; note it down in figures.
        Turn text such as ninety-four into a number such as 94.
        Parse the written-out English number and print its value.
        What would you key into a calculator for this phrase?
        Undo the spelling out: Arabic digits are wanted.
        Express the quantity with the symbols 0 to 9 in place of letters.
        How many is that, in ciphers?
    """),
    "ordinal-words": wordings("""
        Write the number as an English ordinal word.
        21 -> twenty-first; do the same with this number.
        Give the position that belongs to the number, in words: fourth, fifth and so on.
        Which ordinal, spelled out, corresponds to this count?
        You are given a whole number. Answer with its ordinal form in letters.
        Convert the cardinal numeral into a written-out ranking word.
        If a runner comes in at this place, which place is it in words?
        Spell the ordinal number that goes with these digits.
        Say at which rank something stands that has so many as its number; no figures.
        Turn figures into the kind of word that ends in -th, -first, -second or -third.
        Name the anniversary with this number, e.g. fiftieth, leaving out the noun.
        Verbalize the digits as an ordinal.
    """),
    "ordinal-suffix": wordings("""
        Add the right ending st, nd, rd or th to the number.
        Write the number as an ordinal in digits, like 21st.
        number -> ordinal with figures, e.g. 43 -> 43rd
        Which short ordinal belongs to this number: with st, nd, rd or th?
        You are given an integer. Repeat it with its English ordinal suffix attached.
        Turn the count into a rank, keeping the digits: 2 becomes 2nd.
        Append the two letters that make the numeral an ordinal.
        Format this number as people do for floors and birthdays, such as 5th.
        How would a scoreboard abbreviate finishing in that position?
        Make 7 into 7th, 22 into 22nd, and so on with whatever is given.
        Keep every figure and glue the proper pair of letters behind the last one.
        Produce the abbreviated place number in a ranking.
    """),
    "year-in-words": wordings("""
        Write the year in words, as it is spoken.
        How do you say this year aloud? Answer in words, like nineteen eighty-four.
        year in digits -> year in words, in two halves
        Read the year as two two-digit numbers and spell them out.
        You are given a year such as 1776. Give its spoken form, seventeen seventy-six.
        A narrator has to pronounce the date; write out the year for the narrator.
        Convert the four figures of a year to English text the way historians say it.
        Spell out the year in pairs of digits.
        What does a newsreader say on seeing this calendar number?
        Transcribe the pronunciation of the following A.D. date in letters, century first.
        Two number words, one for the century and one for the rest, are wanted.
        Put the annual figure into speech: 1492 would be fourteen ninety-two.
    """),
    "price-in-words": wordings("""
        Write the amount of money in words.
        $12.50 -> twelve dollars and fifty cents; spell out this price too.
        Say the price in full: dollars, then cents, all in letters.
        You are given a price with a dollar sign. Write it out in English words.
        How is this sum read aloud, with dollars and cents?
        Convert the dollar amount into text and leave cents out where there are none.
        Spell out both parts of the price, joined by "and".
        Fill in the line of a cheque that repeats the amount in words, cents included.
        What would a cashier say when asking for this much?
        Turn the currency figures into spoken language without digits or signs.
        Verbalize how many dollars and cents are due.
        Express the cost in letters only, for somebody who cannot see numbers.
    """),
    "decimal-in-words": wordings("""
        Write the decimal number in words.
        3.47 -> three point four seven; read this decimal out in the same way.
        Say the number with "point" and the digits after it one by one.
        How do you read this decimal fraction aloud in English?
        You are given a number with a decimal point. Spell it out.
        Convert the decimal to text: whole part, the word point, then single digits.
        Put the number with its decimals into letters.
        Dictate this value to someone, digit after digit behind the point.
        What does a maths teacher say when the board shows this figure?
        Transcribe to speech, naming the dot as well.
        Name the integer part, pronounce the separator, and go on with each decimal place.
        Verbalize a measurement that is not whole.
    """),
    "long-decimal-in-words": wordings("""
        Write the number with three decimals in words, such as seven point four one two.
        Read the decimal aloud: the whole part, point, and three separate digits.
        7.412 -> seven point four one two
        You are given a decimal number with three places. Spell it out in English.
        Say all three digits after the point one at a time, in letters.
        How would you dictate this value with its thousandths?
        Put the three-place decimal into words.
        Convert a number that is exact to a thousandth into spoken text.
        Pronounce the whole, the dot, and each of the trailing trio of figures.
        What is heard when a lab assistant reads this precise reading out?
        Transcribe the fraction to thousandths as English speech.
        Letters only: name what stands left of the dot and the triple on its right.
    """),
    "digits-read-out": wordings("""
        Read the number out digit by digit, in words.
        4071 -> four zero seven one
        Spell each digit as a separate word and use "zero" for 0.
        You are given a code made of digits. Dictate it figure after figure.
        Replace every digit with its English name, with spaces between.
        How would you tell someone this PIN over the telephone, one figure at a time?
        Write the name of each single digit in order.
        Convert the string of figures into a row of words from zero to nine.
        Voice the serial number slowly, never grouping figures into tens or hundreds.
        Name the ciphers from left to right.
        A robot announces this ticket code symbol by symbol; write its words.
        Transcribe character by character: 9 becomes nine, 0 becomes zero, and so forth.
    """),
    "sentence-number-to-digits": wordings("""
        Which number is spelled out in the sentence? Write it in digits.
        Find the number in the text and answer with figures only.
        sentence with a number in words -> the number as a numeral
        Read the sentence and convert its written-out number to digits.
        You are given a sentence that mentions a quantity in words. Return that quantity as an integer.
        How many are there, according to this sentence? Give figures.
        Extract the count that is written in letters and print it in Arabic numerals.
        Somewhere in the line stands a number word; output its value.
        A table needs the quantity mentioned here: supply it the way a spreadsheet wants it.
        Look for words such as forty-two and note what they amount to, without letters.
        What figure would replace the number name within this statement?
        Report the amount this remark talks about as a bare integer.
    """),
    "sentence-digits-to-words": wordings("""
        Which number does the sentence contain? Write it in English words.
        Find the figure in the text and spell it out.
        sentence with a number in digits -> that number in words
        Read the sentence and say its number in letters, e.g. one hundred and six.
        You are given a sentence with one numeral. Return the number written out in full.
        Extract the digits from this line and turn them into a number word.
        How would the numeral in this sentence be read aloud? Only the number, please.
        Spell the quantity that stands in figures in this statement and leave out the rest.
        An editor wants no digits in running text: supply the replacement for the figure found here.
        Locate the Arabic numeral and name it in plain English.
        What do you say when you reach the ciphers while reading this aloud?
        Pick up the count from the remark and verbalize it.
    """),
    "sentence-price-to-digits": wordings("""
        Which amount of money does the sentence mention? Write it like $12.50.
        Find the price in words and give it in digits with a dollar sign and two decimals.
        sentence with a price in words -> price as $0.00
        Read the sentence and note the sum of dollars and cents in figures.
        You are given a sentence that spells out a price. Return the price as a number with $ in front.
        How much money is it, written as on a price tag with dollars and cents?
        Extract the spelled-out amount and format it with a dollar sign, a point and two digits.
        Convert the dollars and cents named in the text to a figure such as $7.05.
        What would the receipt show for the amount somebody talks about here?
        Locate the money words and print them the way a cash register does.
        Bookkeeping: enter the sum from this remark, currency sign first, cents always shown.
        Turn the spoken cost within the line into tag notation, $ and hundredths included.
    """),
    "headline-number-to-digits": wordings("""
        Which number is spelled out in the headline? Write it in digits.
        Find the number words in this newspaper headline and answer in figures.
        headline with a written-out number -> the numeral
        You are given the title of a news report. Return the quantity it names as an integer.
        How many are there according to the headline? Digits only.
        Read the news title and convert its number to Arabic numerals.
        Shorten the headline's number: what is it in figures?
        Extract the count that the title of the article gives in letters, as a number.
        The layout has room for ciphers only; what replaces the lengthy quantity in this title?
        From the press line below, report the amount numerically.
        Editors want 312 and not its name: supply the figure for this piece of news.
        Spot how much or how many the newspaper speaks of, and key it in.
    """),
    "ordinal-words-to-suffix": wordings("""
        Write the ordinal word in digits with its ending, without "the".
        the twenty-first -> 21st
        Convert the spelled-out ordinal to figures followed by st, nd, rd or th.
        Which short form has this rank, for example 43rd for the forty-third?
        You are given an ordinal number in words. Abbreviate it with digits and suffix.
        Shorten the place in the ranking to a numeral with two letters behind it.
        Note the position in figures and keep the last two letters of the word.
        How would a calendar or a floor plan print this ordinal?
        Compress the long position name: ciphers first, then the usual letter pair.
        Give the scoreboard version of this written rank.
        Turn the hundredth into 100th, and treat the present word alike.
        Parse the ordinal's value, print it, and attach the matching suffix.
    """),
    "sentence-ordinal-to-suffix": wordings("""
        Which ordinal does the sentence contain? Write it in digits, like 23rd.
        Find the spelled-out rank in the text and shorten it to figures with st, nd, rd or th.
        sentence with an ordinal word -> the ordinal in digits, e.g. 41st
        You are given a sentence that mentions a position in words. Return it as a number with its suffix.
        Read the sentence and note its ordinal number in short form.
        Extract the place, floor or time that is counted here and write it like 32nd.
        Abbreviate the ordinal in this line and leave out everything else.
        The sentence says the how-manieth something is; give that as digits plus ending.
        What would stand instead of the long rank if the writer had saved ink?
        Locate words such as fifty-third and reply with their brief numeric spelling.
        From this remark, report only which one in the row is meant: ciphers and two letters.
        Condense the position named within the statement to calendar notation.
    """),
}
