"""How the tasks about money are described, and the sentences in which amounts occur."""

from __future__ import annotations

from pipelines.starter.families.frames import phrases
from pipelines.starter.families.wordings import wordings

ITEMS = phrases(
    "a wool blanket, the desk lamp, a pair of gloves, the coffee grinder, a bicycle bell, the garden chair, a tea set, "
    "the rain jacket, a chess board, the frying pan, a travel bag, the alarm clock, a leather belt, the bread knife, "
    "a picture frame, the hiking map, a sleeping bag, the wall mirror, a straw hat, the table fan, a glass bowl, "
    "the tool box, a silk scarf, the bird house, a music stand, the cake tin, a door mat, the snow shovel, "
    "a sun shade, the key ring, a paint set, the rope ladder, a wooden spoon, the flower pot, a phone case, "
    "the letter opener"
)

# Each holds one {amount}; about two thirds open with words that no seen task asks about.
AMOUNT_SENTENCES = (
    "At the market in {city} she paid {amount} for {item} without asking for a lower price.",
    "For {item} from {city} the customs office wants another {amount} before they send it on.",
    "Because {item} was damaged on the way to {city}, the shop gave us back {amount}.",
    "My brother says that {item} costs {amount} in {city}, but only until Sunday evening.",
    "They asked {amount} for {item} at the second stall behind the station of {city}.",
    "According to the bill from {city}, {item} was {amount}, and the bag was free.",
    "An old woman in {city} sold me {item} for {amount} on the last day of the fair.",
    "She still owes her friend in {city} {amount} for {item} and a cup of coffee.",
    "By bank transfer he sent {amount} to {city} to pay for {item} in advance.",
    "From the {amount} in the box we bought {item} for the club in {city}.",
    "The price tag on {item} in the window in {city} said {amount} in thick red figures.",
    "Please put {amount} in the envelope for {item} and send it to our office in {city}.",
    "Our guide in {city} lost {amount} and {item} when the boat turned over.",
    "It took only {amount} to have {item} repaired by the man next door in {city}.",
)

OFFER_SENTENCES = (
    "The shop called {one} sells {item} for {one_price} euros, while {other} wants {other_price} euros for the same.",
    "We compared two prices for {item}: {one_price} euros at {one} and {other_price} euros at {other}.",
    "You can order {item} from {one} at {one_price} dollars or from {other} at {other_price} dollars.",
    "In the catalogue of {one} the price of {item} is {one_price} francs, in that of {other} {other_price} francs.",
    "My aunt saw {item} at {one} for {one_price} pounds and later at {other} for {other_price} pounds.",
    "Both {one} ({one_price} euros) and {other} ({other_price} euros) have {item} in stock this week.",
    "If you need {item}, {one} asks for {one_price} dollars and {other} for {other_price} dollars, delivery included.",
    "Last year {item} cost {one_price} pounds at {one}, and {other} sold it for {other_price} pounds.",
    "There are two offers for {item}, {one_price} euros from {one} and {other_price} euros from {other}.",
    "According to the leaflets, {item} is {one_price} francs at {one} but {other_price} francs at {other}.",
)

WORDINGS = {
    "currency-name": wordings("""
        Give the English name of the currency with this three-letter code, e.g. CHF -> Swiss Franc.
        ISO 4217 code -> full name of the currency
        Which money does the abbreviation stand for? Answer like Japanese Yen, with capitals.
        Expand a currency code into its name in English.
        You see three letters from an exchange-rate table. Write out the currency they mean.
        What would a bank call the currency coded as below, in full and in the singular?
        Decode the code of a present or former currency, such as DKK for Danish Krone.
        Translate the letters used by currency traders into words.
        GBP means British Pound; what do these three capitals mean?
        Look up the code on a price list from abroad and tell what people pay with.
        An airport board shows rates by code only: add the full English term next to it.
        Unfold the monetary abbreviation.
    """),
    "currency-code": wordings("""
        Give the three-letter code of a currency, e.g. Swiss Franc -> CHF.
        full currency name -> ISO 4217 code
        Abbreviate this currency the way banks do, in three capital letters.
        Which code stands for the money named below on an exchange-rate table?
        You get the English name of a present or past currency. Output its international code.
        Convert the name of a monetary unit to its ISO abbreviation, like DKK for Danish Krone.
        Find the capital letters that traders use for the named currency.
        A form has only room for three letters: how do you enter this currency?
        British Pound is written GBP for short; shorten the one given in the same manner.
        Encode the kind of money in letters, as on an international invoice.
        What appears in front of the amount on a bank statement instead of this long term?
        Look the currency up in the standard list and report its identifier.
    """),
    "amount-german": wordings("""
        Write the amount in euros the German way, e.g. 1234.5 EUR -> 1.234,50 €.
        1234.5 EUR -> 1.234,50 €
        Format the euro amount for a German bill: point between thousands, comma before two decimals, space, euro sign.
        You are given a plain number and EUR; output it as prices are printed in Berlin.
        Localise the euro price for Germany.
        Turn the decimal point into a comma, group thousands by points, always show two decimals and put € at the end.
        How does a bank in Frankfurt print this sum of euros?
        Rewrite the sum in German number notation with the sign of the euro behind it.
        An online shop for German customers shows which text for this price in euros?
        Euro value from a database to de-DE currency style.
        Point and comma change their roles, cents get two places, and the sign comes last.
        Make the computer's euro figure readable for somebody in Hamburg.
    """),
    "dollar-amount-german": wordings("""
        Write the amount in US dollars the German way, e.g. 1234.5 USD -> 1.234,50 $.
        1234.5 USD -> 1.234,50 $
        Format the dollars for a German reader: point between thousands, comma before two decimals, blank, dollar sign.
        You are given a plain number and USD; output it as a newspaper in Munich prints a sum of dollars.
        Localise the dollar price for Germany, the sign behind the number.
        Group thousands by points, write the decimal comma with two decimals, and end with a space and $.
        How does a German bank statement show this sum of dollars?
        A Cologne travel agency quotes American prices; rewrite this one in German number notation.
        Dollar value from a database to de-DE currency style.
        For tourists from Dresden: American money, yet with the separators they know from home.
        The sign $ goes last, cents take two places after a comma.
        Germans read about a cost in USD; typeset it for them.
    """),
    "amount-french": wordings("""
        Write the amount in euros the French way, e.g. 1234.5 EUR -> 1 234,50 €.
        1234.5 EUR -> 1 234,50 €
        Format the euro amount for a French bill: space between thousands, comma before two decimals, space, euro sign.
        You are given a plain number and EUR; output it as prices are printed in Paris.
        Localise the euro price for France.
        Turn the decimal point into a comma, part thousands by a space, always show two decimals and put € at the end.
        How does a bank in Lyon print this sum of euros?
        Rewrite the sum in French number notation with the sign of the euro behind it.
        An online shop for French customers shows which text for this price in euros?
        Euro value from a database to fr-FR currency style.
        Groups of three digits stand apart by a blank, cents follow a comma, and the sign comes last.
        Make the computer's euro figure readable for somebody in Marseille.
    """),
    "amount-american": wordings("""
        Write the amount in US dollars the American way, e.g. 1234.5 USD -> $1,234.50.
        1234.5 USD -> $1,234.50
        Format the dollar amount: dollar sign in front, commas between thousands, two decimals after a point.
        You are given a plain number and USD. Output it as price tags in New York show it.
        Localise the dollar price for the United States.
        Put $ before the number without a space, add the thousands commas and show the cents with two digits.
        How does a bank in Chicago print this sum?
        Tidy up the figure into proper US currency notation.
        What would the cash register in a Boston shop display for this value?
        Database value in dollars to en-US money style.
        Sign first, groups of three apart by commas, cents in full.
        Make the raw figure look like money on an American cheque.
    """),
    "amount-swiss": wordings("""
        Write the amount in Swiss francs the Swiss way, e.g. 1234.5 CHF -> CHF 1'234.50.
        1234.5 CHF -> CHF 1'234.50
        Format the amount for a bill in Zurich: CHF, a space, apostrophes between thousands, point, two decimals.
        You are given a plain number and CHF. Output it as price lists in Switzerland show it.
        Localise the price in francs for Switzerland.
        Move CHF to the front, group thousands by an apostrophe and always print two decimals after a point.
        How does a bank in Basel print this sum of francs?
        Rewrite the sum in the notation of Swiss invoices.
        Franc value from a database to de-CH currency style.
        The code leads, ' parts groups of three digits, and centimes take two places.
        What stands on a Swiss price tag for this number of francs?
        Make the raw figure look right to a reader in Bern.
    """),
    "amount-in-words": wordings("""
        Write the dollar amount in words, e.g. $3.25 -> three dollars and twenty-five cents.
        $3.25 -> three dollars and twenty-five cents
        Spell out dollars and cents as you would say them aloud.
        You are given a price with a dollar sign. Answer in words, dollars and cents joined by "and".
        How is this sum written in letters on a cheque?
        Read the price aloud and write down what you say, without any digits.
        Verbalise the amount of money: first the dollars, then the cents, lower case.
        Turn the price tag into full words, minding one dollar and one cent in the singular.
        A cashier tells a blind customer what is due; give the wording.
        Replace sign and figures by the words a speaker would use for the money.
        Sum in letters, please, both units named.
        Transcribe the cost from symbols to speech.
    """),
    "sentence-amount-to-code": wordings("""
        Find the amount in the sentence and write it in figures with the currency's code, e.g. 45.20 EUR.
        Extract the money, such as 45 euros and 20 cents, and convert it to a decimal number and an ISO code: 45.20 EUR.
        sentence with "12 pounds and 5 pence" -> 12.05 GBP
        How much money is mentioned? Answer with a decimal point, two decimals and EUR, USD, GBP, CHF, SEK or INR.
        You read a note that names a sum in words for its units; output number and three-letter currency code.
        Make a ledger entry out of the text: the sum with two decimals, a space and the code of the currency.
        Normalise the spelled-out units of the only price in the message to a code after the number.
        Pick whole units and hundredths from the sentence and merge them into one decimal amount plus code.
        For the accounts: what was it, in figures, followed by the bank's abbreviation for the money?
        Forget thing and town; write the sum in international notation.
        Cents, pence, öre and the like become two decimals; the main unit becomes three capitals.
        Return the monetary value here in the form that a payment form accepts, number first.
    """),
    "sentence-symbol-amount-to-code": wordings("""
        Find the price with a currency sign in the sentence and write number and code, e.g. €45.20 -> 45.20 EUR.
        Extract the amount and replace its sign (€, $, £ or ₹) by EUR, USD, GBP or INR after the number.
        sentence with £12.05 in it -> 12.05 GBP
        How much money is mentioned? Answer with the number, a space and the code that its symbol stands for.
        You read a note that holds a sum like $8.00; output 8.00 USD.
        Make a ledger entry out of the text: figure as it stands, then the code of the currency whose sign precedes it.
        Normalise the only price in the message, sign in front, to code behind.
        A bank form knows no signs such as £; enter the sum of this message with an ISO code.
        Forget thing and town; move the money sign behind the figure and turn it into three capitals.
        € is EUR, $ is USD, £ is GBP, ₹ is INR: rewrite what was paid here.
        Copy the figure from the line and append its monetary abbreviation.
        Which value and which kind of money does the symbol notation in this text give, for accounts?
    """),
    "cheaper-shop": wordings("""
        Two shops ask different prices for the same thing. Name the cheaper shop.
        Where does it cost less? Answer with the name of the shop only.
        sentence with two shops and prices -> the shop with the lower price
        Compare both prices in the text and write which seller wants less.
        You read about two offers; output the name belonging to the smaller sum.
        Somebody wants to save money: which of the two sellers should they choose?
        Find the lower of the two amounts and return the firm that asks for it.
        Pick the better bargain by price and give the seller's name as written.
        Whose price is the smaller one?
        Tell me at which place I should buy so as to spend little.
        Reject the dearer seller and report the remaining one.
        From two competing names in this line choose the less expensive.
    """),
}
