"""How the tasks about dates are described, and the sentences in which two dates occur."""

from __future__ import annotations

from pipelines.starter.families.wordings import Wordings, wordings

EARLIER_SENTENCES = (
    "The committee in {city} will choose between {one} and {other} for {event} this week.",
    "Please say whether {one} or {other} suits you better for {event} in {city}.",
    "For {event} in {city} there are still tickets left, on {one} as well as on {other}.",
    "Because {one} is taken, {event} in {city} may have to be held on {other} instead.",
    "She noted two possible days for {event} in {city}, namely {one} and {other}.",
    "The poster in {city} gives {one}, the newspaper {other}, as the day of {event}.",
    "There are photos of {event} in {city} from {one} and a few more from {other}.",
    "Our club took part in {event} in {city} twice, on {one} and again on {other}.",
    "He mixed up {one} and {other} and therefore missed {event} in {city}.",
    "Two bills for {event} reached us from {city}, dated {one} and {other}.",
)

STAY_SENTENCES = (
    "We arrive in {city} on {one} and leave on {other}, right after {event}.",
    "My parents have a room in {city} from {one} to {other} because of {event}.",
    "The guests of {event} check in on {one} and check out on {other} in {city}.",
    "For {event} she has booked a hotel in {city} from {one} until {other}.",
    "They reach the hostel in {city} on {one} and go home on {other}, after {event}.",
    "Please reserve a quiet room in {city} for {event}, arrival {one}, departure {other}.",
    "He stays with friends in {city} for {event}; he comes on {one} and travels back on {other}.",
    "The cottage near {city} is ours from {one} to {other}, so we can see {event}.",
    "Our group flies to {city} on {one} for {event} and flies back on {other}.",
    "During {event} the band sleeps in a hotel in {city}, checking in {one}, checking out {other}.",
)

_INTO_LANGUAGE = """
    Write the ISO date out in {language}, for example 2021-05-03 -> {example}.
    Convert a date from year-month-day to the long {language} form with the month as a word.
    How would a {language} letter show this day? Use the month's {language} name.
    YYYY-MM-DD -> long date in {language}
    You are given a date in digits. Spell it the {language} way: day, name of the month, year.
    Format the calendar day for readers of {language}, month in letters, like {example}.
    Put this technical date into {language} words and figures, without the weekday.
    A {language} newspaper prints the day below on its front page; what does it print?
    Localise a timestamp's date part for the locale {language}, long style.
    Say 2021-05-03 as {example}, and every other such date accordingly in {language}.
    Turn machine notation into what people who speak {language} put at the top of a letter.
    Expected output: the same day, as one reads it in {language} prose.
"""


def _into_language(language: str, example: str) -> Wordings:
    return wordings(_INTO_LANGUAGE.format(language=language, example=example))


WORDINGS = {
    "date-iso-to-german": _into_language("German", "3. Mai 2021"),
    "date-iso-to-french": _into_language("French", "3 mai 2021"),
    "date-iso-to-italian": _into_language("Italian", "3 maggio 2021"),
    "date-iso-to-english": wordings("""
        Write the ISO date as day, English month name and year, like 3 May 2021.
        2021-05-03 -> 3 May 2021
        Convert a date in digits to the long British form without commas.
        You get year, month and day joined by hyphens; output the day first, then the month in letters, then the year.
        How do people in London write this date in a letter?
        Spell the month of the date and put the parts in the order day month year.
        Make the numeric date readable: day number, full month name, four-digit year.
        Reformat YYYY-MM-DD as D Month YYYY in English.
        A British diary has an entry for this day; give its heading, month written out.
        From machine format to English with the number of the day in front, no comma.
        Please read this database date and print it for people in the UK.
        Expand the month's figures to a word and reverse the order of the three parts.
    """),
    "date-iso-to-american": wordings("""
        Write the ISO date the American way, like May 3, 2021.
        2021-05-03 -> May 3, 2021
        Convert the date to month name, day, comma, year.
        How would a newspaper in New York print this date in full?
        Given YYYY-MM-DD, answer in US long format with the month first and a comma before the year.
        Format the day for American readers, month spelled out in front.
        You see a date in digits and hyphens. Rewrite it as Month D, YYYY.
        Change the order to month, day, year and write the month as a word, US style.
        An office in Chicago dates its letters differently from a database: give its version.
        Produce the long en-US rendering of the calendar date.
        Start with the month in letters, go on with the day, close with comma and year.
        Say the stored date as an American would type it at the top of a page.
    """),
    "date-american-slashes-to-iso": wordings("""
        Convert a US date with slashes to ISO format, e.g. 05/03/2021 -> 2021-05-03.
        The date is written month/day/year. Return year-month-day.
        MM/DD/YYYY -> YYYY-MM-DD
        Rearrange the American short date so that the year comes first and hyphens replace the slashes.
        You are given a date as US forms have it; normalise it for a database.
        Turn this slash date, in which the month is the first number, into the international standard.
        Which ISO 8601 date does the American notation stand for?
        Sortable dates wanted: put year, month, day in this order with hyphens, given that the month comes first.
        An American filled in the form; store the day as the standard demands.
        Move the last four digits to the front and swap / for -.
        Read month, then day, then year, and print them from large to small.
        Standardise the slashed calendar entry from the United States.
    """),
    "date-english-to-iso": wordings("""
        Convert an English date such as 3 May 2021 to ISO format, 2021-05-03.
        3 May 2021 -> 2021-05-03
        Write the date in digits only, as year-month-day.
        You are given day, month name and year. Answer with YYYY-MM-DD, two digits each for month and day.
        Normalise the written-out date for a spreadsheet that sorts by year, month and day.
        Replace the month's name by its number and put the year first, joined with hyphens.
        What does this day look like in the ISO 8601 standard?
        Make a machine-readable date out of the British long form.
        File names begin with such a date in figures; give the prefix for this day.
        Encode the calendar day numerically, largest unit in front.
        From words to a sortable stamp: the name of the month must become two figures.
        Print the same day as computers like it.
    """),
    "date-spanish-to-english": wordings("""
        Translate a Spanish date into English, e.g. 3 de mayo de 2021 -> 3 May 2021.
        The date is in Spanish. Write it in English as day, month name, year.
        3 de mayo de 2021 -> 3 May 2021
        You read a letter from Madrid; give its date in English without commas.
        Convert "day de month de year" in Spanish to the British long date.
        Drop the two words "de" and put the Spanish month into English.
        Which day is meant? Answer in English, the month as a word and the day before it.
        Render the Spanish calendar day for English readers, in the order day month year.
        A Mexican document carries this date; quote it in an English report.
        Only the month changes its language; the small words between disappear.
        English equivalent, please, of a day noted down by a Spaniard.
        Anglicise the date, keeping the figures as they are.
    """),
    "date-month-name": wordings("""
        Give the English name of the month in an ISO date.
        2021-05-03 -> May
        In which month is this date? Answer with the month's full name.
        Take the middle number of year-month-day and write the month it stands for.
        You get a date in digits; output only the name of its month, in English with a capital.
        Tell the month, as a word, and leave out day and year.
        Which page of a monthly calendar shows this day?
        Name the month that the two digits between the hyphens mean.
        January to December: choose where the given day falls.
        Extract the month and spell it, nothing else.
        Under what heading of a wall calendar would you look for it?
        Read 01 as January, 02 as February and so on; ignore the other figures.
    """),
    "date-quarter": wordings("""
        Give the quarter of the year for a date like 3 May 2021: Q1, Q2, Q3 or Q4.
        In which quarter does the written-out day fall? Answer Q1, Q2, Q3 or Q4.
        3 May 2021 -> Q2
        January to March is Q1, April to June Q2, July to September Q3, the rest Q4: classify the English date.
        Assign the day, given with the month's name, to its business quarter.
        From the name of the month, work out the quarter and write it as Q and a digit.
        A shop adds up its sales every three months; into which of Q1 to Q4 does this day go?
        Label an English long date with its quarter.
        Q1, Q2, Q3, Q4: file the letter dated as follows under the right one.
        Report the three-month period of the year, short form, for a day in words.
        Which fourth of the calendar year contains it, going by the month's name?
        An accountant books an invoice of this day; state the quarter's code.
    """),
    "date-iso-quarter": wordings("""
        Give the quarter of the year for an ISO date: Q1, Q2, Q3 or Q4.
        2021-05-03 -> Q2
        In which quarter does the day in year-month-day notation fall?
        Use the month's number: 01 to 03 make Q1, 04 to 06 Q2, 07 to 09 Q3, 10 to 12 Q4.
        Classify the numeric date by quarter and answer with Q and one digit.
        From a date in digits, compute the quarter of the calendar year.
        A database stores days as YYYY-MM-DD; print the quarter each belongs to, as in Q2.
        Which of Q1, Q2, Q3 and Q4 holds this hyphenated date?
        Divide the month in figures by three, round up, and put a Q before it.
        Name the period of three months for the timestamp.
        Reduce the machine date to its quarter code.
        Sort sales records, dated the ISO way, into the four parts of a year.
    """),
    "date-next-day": wordings("""
        Give the day after an ISO date, in the same format.
        2021-05-31 -> 2021-06-01
        What date is tomorrow if today is the date below? Keep year-month-day.
        Add one day to the date, minding the ends of months and years.
        You are given YYYY-MM-DD; output the following day as YYYY-MM-DD.
        Move one step forward in the calendar.
        Which day comes next? Write it with hyphens like the input.
        Increase the date by a single day and return it in ISO form.
        Today is as stated; state tomorrow.
        Turn the calendar's leaf once and read off the new date.
        Successor of a calendar day, standard notation.
        A night passes: how must the stamp be changed?
    """),
    "date-day-before": wordings("""
        Give the day before an ISO date, in the same format.
        2021-06-01 -> 2021-05-31
        What date was yesterday if today is the date below? Keep year-month-day.
        Subtract one day from the date, minding the beginnings of months and years.
        You are given YYYY-MM-DD; output the previous day as YYYY-MM-DD.
        Go one step back in the calendar.
        Which day came just before? Write it with hyphens like the input.
        Decrease the date by a single day and return it in ISO form.
        Today is as stated; state yesterday.
        Predecessor of a calendar day, standard notation.
        The clock is turned back by 24 hours: what does the date become?
        When was the eve of this day?
    """),
    "date-week-later": wordings("""
        Give the date one week later, in the same form, e.g. 3 May 2021 -> 10 May 2021.
        What date is it seven days after this one? Answer with day, month name and year.
        28 May 2021 -> 4 June 2021
        Add a week to the English date and keep its format.
        A meeting on this day is put off by one week. Write the new date the same way.
        Move the date forward by seven days, into the next month if needed.
        You get a date in words and figures; output the same weekday of the following week as a date.
        Calculate date + 7 days, written like 10 May 2021.
        Same weekday, next week: which date does the diary show?
        The library lends books for a week. Borrowed on this day, when are they due?
        Count on by seven and state the result in the long form.
        Postpone the event by a week, please.
    """),
    "year-century": wordings("""
        Give the century of a year, e.g. 1984 -> 20th century.
        In which century was or is this year? Answer like 20th century.
        year -> century, as a number with th or st and the word century
        You are given a year in digits. Name the century it belongs to.
        Add one to the hundreds of the year and write it as an ordinal followed by "century".
        Say which hundred years contain the year, for instance 15th century.
        A museum sorts its objects by century; where does one from this year go?
        Turn 1492 into 15th century, 2015 into 21st century, and so on.
        Historians speak of centuries rather than years: put it their way.
        Ordinal plus "century" for the four-digit or three-digit date.
        To what age of a hundred years would you count it?
        From the first digits, derive the century and phrase it as in "18th century".
    """),
    "leap-year": wordings("""
        Is the year a leap year? Answer yes or no.
        Say yes if February has 29 days in this year, and no otherwise.
        year -> yes / no (leap year)
        You get a year; decide by the Gregorian rules whether a day is added to it.
        Divisible by 4, but not by 100 unless by 400: does the year fulfil this? yes or no.
        Check if this year has 366 days and reply with yes or no.
        Does the calendar of the year below contain a 29th of February?
        Classify the number of a year as leap (yes) or common (no).
        Could somebody be born on 29 February then? yes, no.
        Tell with one lower-case word whether an extra day is inserted.
        Test for a bissextile year.
        365 days mean no, one more means yes.
    """),
    "month-length": wordings("""
        How many days has the month of this year? Answer with 28, 29, 30 or 31.
        Give the number of days in the month, minding leap years.
        February 2024 -> 29
        You are given a month and a year. Output how many days it has, in digits.
        Look at the calendar page of this month and write the number of the last day.
        Count the days of the month named below; February depends on the year.
        Return the length of the month in days.
        Is it 28, 29, 30 or 31 days long?
        Rent is paid per day: for how many days in this period?
        On what number does the month end?
        A page of the wall calendar is shown; say the highest figure on it.
        Days per month, please, with February checked for the leap day.
    """),
    "month-after": wordings("""
        Give the month after this one, in the form year-month.
        2021-11 -> 2021-12
        Add one month to YYYY-MM and keep the format; December leads to January of the next year.
        Which month comes next? Write it in digits with a hyphen.
        You are given a year and a month as numbers. Output the following month the same way.
        Move one page ahead in a monthly calendar and name the page in figures, e.g. 2021-05.
        The bill comes every month: when is the next one after the month below?
        Increase the month number by one, and the year too after month 12.
        Successor of a calendar month in ISO notation.
        Four weeks and a bit later, how is the period labelled?
        If the report covers this period, which one does the next report cover?
        Roll over to the coming month.
    """),
    "sentence-date-to-iso": wordings("""
        Find the date in the sentence and write it in ISO format, e.g. 3 May 2021 as 2021-05-03.
        Extract the day mentioned in the text and convert it to year-month-day in digits.
        sentence with a date like 3 May 2021 -> YYYY-MM-DD
        A message names a day in the British form, day before month. Return the day as 2021-05-03 style digits.
        When does it happen? Answer with an ISO 8601 date only.
        Read the note and output its date numerically, the year in front, hyphens between the parts.
        Turn the note into a calendar entry: only the date, as YYYY-MM-DD.
        You receive a sentence with one date, month in letters after the day; normalise that date.
        Which key would a diary database use for the day this message is about?
        Pull out day, month and year, and reorder them as figures from large to small.
        Ignore places and events; encode the calendar day for a computer.
        Timestamp (date part) of what is announced here, please.
    """),
    "sentence-american-date-to-iso": wordings("""
        Find the American date in the sentence and write it in ISO format, e.g. May 3, 2021 as 2021-05-03.
        Extract the day, given as month, day, comma, year, and convert it to year-month-day.
        sentence with a date like May 3, 2021 -> YYYY-MM-DD
        A US message says when something takes place. Output the date in digits with hyphens, year first.
        Normalise the one date of the text, in which the month's name stands before the day.
        Read an announcement in American style and give its date as 2021-05-03 style digits.
        On what day? The text puts the month first; your answer should be an ISO date.
        Make a database date from the US long date inside the message.
        Dig out Month D, YYYY and print it machine-readable.
        Somebody in Boston wrote this; file it under its standard numeric day.
        The comma before the year has to go, the month becomes two figures, everything else in the text is dropped.
        Calendar software needs the moment in YYYY-MM-DD, taken from a line with a US date.
    """),
    "sentence-date-to-german": wordings("""
        Find the date in the English sentence and write it in German, e.g. 3. Mai 2021.
        Extract the day from the message and put only this into German, with the German name of the month.
        English sentence with a date -> that date in German, such as 24. Dezember 1999
        When does it happen? Tell a German reader: day with a full stop, month in German, year.
        Read the note and output its date as a German newspaper prints it.
        You get an English message; translate nothing but the date it mentions into German.
        Take the date out of the text and convert it to the long German form.
        Which day is named? Answer in German notation, month written out.
        A visitor from Berlin asks for the day of the event: write it down in her language.
        Leave out the event; render day, month and year auf Deutsch.
        Pick the calendar day here and localise it for Germany.
        From this announcement, what belongs into the field "Datum"?
    """),
    "sentence-earlier-date": wordings("""
        Two dates occur in the sentence. Write the earlier one as it stands.
        Which of the two days mentioned comes first in time? Copy it.
        sentence with two dates -> the earlier date, unchanged
        Compare both dates in the text and answer with the one that lies further back.
        Find the first day in calendar order, not in the order of the sentence, and repeat it.
        You read a note with a pair of dates; output the older of them in the same notation.
        Take the date that precedes the other by year, month and day.
        Give only the sooner of the two days named below.
        Put the days on a time line and report the left one.
        Whichever came before: quote it exactly.
        Drop the later of both calendar days, keep its rival.
        From the pair in this text select the minimum.
    """),
    "stay-nights": wordings("""
        How many nights does the stay last? Answer with a number in digits.
        Compute the number of nights between arrival and departure in the sentence.
        text with first and last day of a stay -> number of nights
        Somebody books a room from one day to another; count the nights to be paid.
        Subtract the day of arrival from the day of departure and write the difference.
        Read the message and tell the hotel for how many nights the bed is needed, as a figure.
        From check-in to check-out, how often do the guests sleep there?
        You get two days of one month in a sentence; return how many days lie from the first to the second.
        The landlord charges per night. Which number goes on the bill?
        Length of the visit in overnight stays, please.
        Work out the difference in days between coming and going.
        Someone comes, someone goes: what is the gap in nights?
    """),
}
