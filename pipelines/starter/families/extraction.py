"""Copying one fact out of a sentence that holds several."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.extraction_words import HANDOVERS, SHAPES
from pipelines.starter.families.frames import fill, opens_apart
from pipelines.starter.families.slots import slots

FAMILY = "extraction"
_SENTENCES_OF_A_SHAPE = 260


@cache
def _sentences(shape: str, side: Side) -> list[tuple[str, dict[str, str]]]:
    """Sentences of one shape with what fills their slots; all tasks ask about the same ones."""
    draws = Draws(f"extraction {side.name} {shape}")
    return [fill(shape, slots(side), draws) for _ in range(_SENTENCES_OF_A_SHAPE)]


def facts(slot: str, side: Side) -> Iterator[tuple[str, str]]:
    """Every sentence that has this slot, with what fills it."""
    shapes = [*SHAPES, *HANDOVERS] if slot in {"giver", "receiver"} else list(SHAPES)
    if slot == "clock":
        shapes = [shape.replace("{time}", "{clock}") for shape in shapes]
    for shape in shapes:
        if f"{{{slot}}}" in shape:
            made = _sentences(shape, side)
            yield from ((text, values[slot]) for text, values in made if opens_apart(text, side))


def _draft(
    name: str,
    slot: str,
    descriptions: tuple[str, ...],
    unseen_descriptions: tuple[str, ...],
    partition: Partition = "seen",
    twin_of: str = "",
) -> Draft:
    return Draft(
        name,
        descriptions,
        unseen_descriptions,
        partial(facts, slot),
        packages=("faker",),
        partition=partition,
        twin_of=twin_of,
    )


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    return (
        _draft(
            "extract-person-name",
            "person",
            (
                "Copy the full name of the person mentioned in the sentence.",
                "Who is named here? Give first name and family name exactly as written.",
                "Find the human being in the text and output first and last name, nothing else.",
                "sentence -> full name of the person in it",
                "You are given a sentence with one person in it; answer with that person's complete name.",
                "Pull out the personal name (e.g. Maria Lopez), not the firm and not the town.",
                "Named entity recognition, type PERSON: return the single mention.",
                "Which man or woman does this message talk about? Reply with both names.",
            ),
            (
                "Spot the individual the writer refers to by forename plus surname and repeat these two words.",
                "Somebody's name occurs once below. What is it, in full?",
                "Fill in the name field of a form from this line: given name, then surname.",
                "Leave everything out except what the person is called.",
            ),
        ),
        _draft(
            "extract-city",
            "city",
            (
                "Copy the name of the city from the sentence.",
                "Which town is mentioned? Answer with its name only.",
                "Find the place on the map that the text names, such as Oslo or Cape Town.",
                "sentence -> city named in it",
                "Read the message and return the one city that occurs in it, spelled as it is there.",
                "Location tagging: output the urban place name and no other word.",
                "You get a line of text; tell me what city it has to do with.",
                "Extract the city, leaving out people, companies and dates.",
            ),
            (
                "Name the municipality that comes up in these words.",
                "Where on earth are we? Write just the metropolis or town referred to.",
                "Give the geographical name hidden in the sentence, without the preposition.",
                "If you had to fill in the field 'city' from this note, what would you put?",
            ),
        ),
        _draft(
            "extract-price",
            "price",
            (
                "Copy the price from the sentence, with its currency exactly as written.",
                "How much money is it? Output the amount together with the sign or word for the currency.",
                "Find the sum of money in the text, like $40 or 12.50 euros.",
                "sentence -> amount of money in it",
                "Return the monetary amount mentioned, keeping the form it has in the text.",
                "What does it cost? Quote the figure and the currency only.",
                "You will see a message; pick out what was or must be paid.",
                "Entity type MONEY: give the one span of that type.",
            ),
            (
                "Note down the cost as it stands in the line, currency included, ignoring other numbers.",
                "Tell me the number of pounds, euros or dollars named here, in the writer's own notation.",
                "Only the price tag, please.",
                "Which cash figure appears below? Repeat it unchanged.",
            ),
        ),
        _draft(
            "extract-date",
            "date",
            (
                "Copy the date from the sentence exactly as it is written.",
                "On which calendar day? Output the date in the form the text uses.",
                "Find the date, whether it looks like 3 May 2021, May 3 or 2021-05-03, and repeat it.",
                "sentence -> date in it, unchanged",
                "Pick out day and month (and year if given) and drop the rest of the sentence.",
                "You are given a note. Return the calendar date it contains, without reformatting.",
                "Entity type DATE: give the text of the single mention.",
                "When is or was it? Answer with the date only, not the time.",
            ),
            (
                "Which day of which month does the writer name? Keep the original notation.",
                "Fish the date out of this line and leave its spelling alone.",
                "Fill the 'date' box of a form with what this text says, character for character.",
                "Just the day, month and possible year mentioned, please.",
            ),
        ),
        _draft(
            "extract-email",
            "email",
            (
                "Copy the e-mail address from the sentence.",
                "To which address can one write electronically? Output it exactly.",
                "Find the string with an @ sign in the text and return it whole.",
                "sentence -> email address in it",
                "Return the mail address mentioned, like jo@example.com, without a full stop after it.",
                "You are given a message; extract the mailbox somebody can be reached at.",
                "Contact detail wanted: the email, not the phone number and not the name.",
                "Pick out user name, at sign and domain as one piece.",
            ),
            (
                "What would you type into the 'To:' line of a mail program after reading this?",
                "Give only the electronic mailing address found below.",
                "Scan for an address of the kind name@host and repeat it character by character.",
                "Strip everything away but the e-mail contact.",
            ),
        ),
        _draft(
            "extract-order-number",
            "order",
            (
                "Copy the order number from the sentence, with its letters and signs.",
                "What is the number of the order? Give it exactly as printed.",
                "Find the reference of the purchase, like B-2041 or #5520, and output it.",
                "sentence -> order number",
                "A customer message follows; return the order ID it names.",
                "Extract which order is meant, not the price, the date or the number of pieces.",
                "Support desk: read the text and give the identifier of the order.",
                "Pick the code that comes with the word order and leave out everything else.",
            ),
            (
                "Under what code would you look up this purchase in the system?",
                "Give the ID that tells this order apart from all others, unchanged.",
                "Which order are they talking about? Only its code, please.",
                "Read off the purchase reference, punctuation inside it included.",
            ),
        ),
        _draft(
            "extract-product",
            "product",
            (
                "Copy the name of the product from the sentence, without the article.",
                "Which article of merchandise is it about? Output the noun only, e.g. desk lamp.",
                "Find the thing that is bought, sold, sent or repaired and return its name.",
                "sentence -> product mentioned (no 'a' or 'the')",
                "You are given a message to a shop; answer with the item it is about.",
                "What object does the text mention? Give all words of its name in lower case.",
                "Extract the goods, not the customer, the firm or the amount.",
                "Entity type PRODUCT: return that one phrase and drop the determiner.",
            ),
            (
                "Name the piece of merchandise these words deal with, one or two words.",
                "What would be printed on the box? Just the item, please.",
                "If a warehouse clerk read this line, which item would they look for?",
                "Write down what kind of household or leisure object comes up here.",
            ),
        ),
        _draft(
            "extract-company",
            "company",
            (
                "Copy the name of the company from the sentence.",
                "Which firm is mentioned? Output both words of its name.",
                "Find the business in the text, such as Lakeside Toys, and return its name.",
                "sentence -> company named in it",
                "Entity type ORGANISATION: give the single mention.",
                "You get a short message; tell me which enterprise it names, nothing else.",
                "Extract the employer, shop or supplier by its full name as written.",
                "What is the business called? Leave out people and towns.",
            ),
            (
                "Give the corporate name appearing in these words.",
                "Whose logo would be on the letter? Write that firm's two-word title.",
                "Point out the organisation and repeat how it is called.",
                "Only the company, please, capital letters kept.",
            ),
        ),
        _draft(
            "extract-time",
            "time",
            (
                "Copy the time of day from the sentence, with am or pm.",
                "At what o'clock? Output the clock time exactly as in the text, e.g. 6:30 pm.",
                "Find the hour (and minutes) mentioned and keep the am or pm after it.",
                "sentence -> time with am/pm",
                "You are given a message; answer with the clock time it names, not the day.",
                "Entity type TIME: return the one span, twelve-hour format kept.",
                "When on that day? Give only the hour as written, including am or pm.",
                "Extract what a clock would show and whether it is morning or afternoon (am, pm).",
            ),
            (
                "Which moment of the day is named? Repeat figures and the two letters behind them.",
                "For setting an alarm I need the hour in this line, in its original twelve-hour form.",
                "Point to the part of the sentence that you could read off a watch, ending in am or pm.",
                "Drop the date and everything else; keep the hour plus am or pm.",
            ),
        ),
        _draft(
            "extract-hashtag",
            "hashtag",
            (
                "Copy the hashtag from the sentence, including the # sign.",
                "Which tag is used? Output it with its hash, capitals as they are.",
                "Find the word that begins with # and return it whole.",
                "post -> its hashtag",
                "You are given a post; give the tag people can search for, such as #CityRun.",
                "Extract the social media label, hash sign first.",
                "What comes after the # in this text? Answer with the sign and the word.",
                "Pick out the tag and ignore names, places and dates.",
            ),
            (
                "Under what tag would this be listed on a social network? Begin with #.",
                "Repeat the one token marked by a hash character.",
                "Only the hashtag, please, spelled just like there.",
                "Give me the clickable keyword in this message, symbol in front included.",
            ),
        ),
        _draft(
            "extract-quoted-words",
            "quoted",
            (
                "Copy the words between the double quotation marks, without the marks.",
                "What is in quotes? Output these words only.",
                "Find the quoted title or phrase and return it without its quotation marks.",
                "sentence -> text inside the quotes",
                "The text has one passage in double quotes; write what stands between them.",
                "Give the title that is set off by inverted commas, leaving the commas out.",
                'Extract the string enclosed by " and ".',
                "Quote the quotation: only the words someone put in quotation marks.",
            ),
            (
                "Strip away everything outside the speech marks and the marks themselves.",
                "Which words did the writer enclose in inverted commas?",
                "Between an opening and a closing quote sign there is something; repeat it bare.",
                "Return the inner content of the quoted span.",
            ),
        ),
        _draft(
            "extract-colour",
            "colour",
            (
                "Copy the colour named in the sentence.",
                "Which colour is mentioned? Include words such as light, dark or pale that go with it.",
                "Find the colour word or words in the text, like navy blue, and output nothing else.",
                "sentence -> colour",
                "What hue does the writer name? Answer in lower case, as in the text.",
                "Extract the shade and leave out the thing that has it.",
                "You are given a sentence with one colour in it; say which.",
                "Give the adjective or phrase that tells how something looks in terms of colour.",
            ),
            (
                "Name the tint that comes up here, with any word that makes it lighter or darker.",
                "If you had to paint what is described, which paint would you buy?",
                "Only the colour, please, one or two words.",
                "Spot the term you would find on a colour chart and repeat it.",
            ),
        ),
        _draft(
            "extract-weekday",
            "weekday",
            (
                "Copy the day of the week from the sentence.",
                "Which weekday is mentioned? Answer with one word from Monday to Sunday.",
                "Find the name of the day in the text and output just that.",
                "sentence -> weekday in it",
                "On what day of the week does it happen? Give the name in full.",
                "Extract the weekday and ignore the hour, the place and the people.",
                "You get a message; reply with the one of the seven days that it names.",
                "Pick out Monday, Tuesday, Wednesday, Thursday, Friday, Saturday or Sunday, whichever occurs.",
            ),
            (
                "Where in the week are we, going by this line? A single day's name, please.",
                "Name the day that I should mark in my weekly planner.",
                "Seven names are possible; say which of them this writer uses.",
                "Leave only the word that ends in -day and starts with a capital.",
            ),
        ),
        _draft(
            "extract-giver",
            "giver",
            (
                "Copy the first name of the person who gave, lent, sold or sent the thing.",
                "Two people occur here. Who handed something over? Answer with the giver's name.",
                "From whom did the object come? Output one first name.",
                "sentence -> name of the giver",
                "Find the one who parted with something, not the one who got it.",
                "You read about a gift, loan or sale; name the person on the giving side.",
                "Semantic role: return the donor (agent, source) of the transfer.",
                "Whose thing was it before? Give that person's name.",
            ),
            (
                "Something changes hands; who had it first?",
                "Name the lender, seller, sender or donor.",
                "Of both individuals, pick the one at the origin of the handover.",
                "Who should be thanked for it, according to these words? Only the name.",
            ),
        ),
        _draft(
            "extract-phone-number",
            "phone",
            (
                "Copy the telephone number from the sentence exactly as written.",
                "Which number should one dial? Output digits, spaces, brackets and hyphens unchanged.",
                "Find the phone number in the text and return nothing else.",
                "sentence -> phone number",
                "You are given a message; give the number at which somebody can be called.",
                "Extract the telephone contact, not the order number and not the time.",
                "What would you key into a mobile to reach them? Keep the notation of the text.",
                "Pick out the string of figures that is a phone line, e.g. 555-0123.",
            ),
            (
                "Note the digits to ring, with whatever brackets or dashes they have here.",
                "On what line do they answer calls? Repeat it character by character.",
                "Only the tel. no., please.",
                "Read this and fill in the form's field 'phone'.",
            ),
            partition="dev",
        ),
        _draft(
            "extract-language",
            "language",
            (
                "Copy the language that the sentence mentions.",
                "Which language is spoken, taught or used according to the text? One word.",
                "Find the name of a language in the message and output it.",
                "sentence -> language named in it",
                "In what tongue does it happen? Answer with the word used, such as Greek.",
                "Extract the language, leaving out the town, the person and the firm.",
                "You are given a line in English that names another or the same language; say which one it names.",
                "Give the linguistic term (Dutch, Thai, ...) that occurs here.",
            ),
            (
                "What would an interpreter for this occasion have to know? Name the language stated.",
                "Spot the capitalised word that stands for a way of speaking of a people.",
                "Tell me the mother tongue or course subject that comes up, just its name.",
                "Only the language stated in these words, not the one they are written in.",
            ),
            partition="dev",
        ),
        _draft(
            "extract-clock-time",
            "clock",
            (
                "Copy the time of day from the sentence in its 24-hour form, such as 17:45.",
                "At what time? Output hours and minutes, four digits with a colon, as in the text.",
                "Find the digital clock time hh:mm in the message and return it.",
                "sentence -> hh:mm named in it",
                "Extract the 24-hour time and drop the day, the place and the people.",
                "You get a note that states a time between 00:00 and 23:59; repeat it.",
                "What would a digital watch read at that moment? Give the figures as they stand.",
                "Return the one time stamp in the text, hour and minute joined by a colon.",
            ),
            (
                "Which figures around a colon tell when it happens?",
                "Only the hour and the minute on the twenty-four-hour clock, please.",
                "Read off the moment in military style notation that this line names.",
                "For the timetable I need the time given here, unchanged.",
            ),
            partition="held-out",
            twin_of="extract-time",
        ),
        _draft(
            "extract-receiver",
            "receiver",
            (
                "Copy the first name of the person who got, borrowed or bought the thing.",
                "Two people occur here. Who ended up with the object? Answer with one name.",
                "To whom did it go? Output the receiver's first name.",
                "sentence -> name of the receiver",
                "Find the one who was given something, not the one who gave it.",
                "You read about a gift, loan or sale; name the person on the receiving side.",
                "Semantic role: return the recipient (goal, beneficiary) of the transfer.",
                "Who has the thing now? Give that person's name.",
            ),
            (
                "Something changes hands; who holds it at the end?",
                "Name the borrower, buyer or addressee.",
                "Of both individuals, pick the one where the handover arrives.",
                "Who should say thank you, according to these words?",
            ),
            partition="held-out",
        ),
        _draft(
            "extract-quantity",
            "quantity",
            (
                "Copy the number of things or people from the sentence, in digits or words as written there.",
                "How many are there? Output only the count, in the form that the text uses.",
                "Find the quantity and return it, e.g. 12 or fifteen; prices, times and dates do not count.",
                "sentence -> how many, as written",
                "You get a message; answer with the amount of pieces, copies, seats or persons in it.",
                "Extract the number that says how many, not how much money and not when.",
                "Pick out the figure or number word standing before the counted noun.",
                "Entity type QUANTITY: give the numeral and leave off the noun.",
            ),
            (
                "What count does the writer state? Do not turn words into figures or the other way round.",
                "Which numeral belongs to the units being spoken of?",
                "For the packing list: the number of units in this line, copied unchanged.",
                "Only the head count or piece count, please.",
            ),
            partition="held-out",
        ),
    )
