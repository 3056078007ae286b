"""How the numeral tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "roman-to-number": wordings("""
        Convert the Roman numeral to an ordinary number.
        What number is this Roman numeral? Answer in digits.
        XIV -> 14
        You are given a number in Roman letters. Write it with Arabic digits.
        Decode the letters I, V, X, L, C, D and M as a number.
        Work out the value of the Roman number.
        What does this inscription of a year or chapter mean in figures?
        Translate from the way the Romans wrote numbers to ours.
        Caesar's clerk noted this; tell a modern reader how much it is.
        Add and subtract the letter values properly and give the outcome.
        Read the ancient numeral and print a decimal integer.
        How would a sundial's marking be expressed on a digital watch?
    """),
    "number-to-roman": wordings("""
        Write the number as a Roman numeral.
        14 -> XIV
        Which Roman numeral stands for this number?
        You are given a number in digits. Return it in capital Roman letters.
        Convert the Arabic numeral to Roman notation.
        How would the ancient Romans have carved this number in stone?
        Express the integer with I, V, X, L, C, D and M.
        Give the Roman form of the figure.
        Number this chapter the antique way: which capitals are needed?
        Translate from our ciphers into those used by Caesar.
        What stands on an old clock face or monument in place of this figure?
        Encode the value as upper-case letters by the Latin scheme.
    """),
    "binary-to-number": wordings("""
        Convert the binary number to a decimal one.
        101101 -> 45
        What is the value of these bits in base ten?
        You are given a number in base two. Write it in ordinary decimal digits.
        Read the zeros and ones as a binary integer and print its decimal value.
        Add up the powers of two that are switched on.
        Translate from the dual system to the decimal system.
        How much is the bit pattern worth?
        A computer shows lamps that are on or off; which everyday integer do they encode?
        Parse with radix 2, output with radix 10.
        From machine notation made of 0 and 1, work out the usual count.
        Base 2 goes in, base 10 should come out.
    """),
    "hex-to-number": wordings("""
        Convert the hexadecimal number to a decimal one.
        0x2f -> 47
        What is the hex value after 0x in base ten?
        You are given a number in base sixteen. Write it in decimal digits.
        Read the hexadecimal digits and return the ordinary integer.
        Translate hex to decimal.
        Work out sixteens and ones, with a to f standing for 10 to 15.
        How much is this hexadecimal constant in everyday counting?
        A programmer wrote the byte with a 0x prefix; what would a bookkeeper write?
        Parse with radix 16 and print the plain value.
        Rid the figure of its letters by changing the base from sixteen.
        Multiply each hex place by its weight, add, and report the total.
    """),
    "thousands-commas": wordings("""
        Insert commas as thousands separators.
        1234567 -> 1,234,567
        Write the large number with a comma after every three digits from the right.
        You are given a long integer. Format it in the English way with commas.
        Group the digits of the number in threes by commas.
        Make the big number easier to read: put in the usual commas.
        Print the value with a comma between thousands, millions and so on.
        How does a newspaper print this amount, separators included?
        Separate hundreds from thousands and thousands from millions with the customary mark.
        Counting from the end, set off every trio of figures with ",".
        Apply the format {:,} to the integer.
        The figure is unreadable without punctuation; punctuate it.
    """),
    "german-number-to-english": wordings("""
        Rewrite the German number with English separators.
        1.234,50 -> 1,234.50
        Swap points and commas in the number.
        You are given a number with decimal comma. Write it with a decimal point and commas for thousands.
        Convert from European to American number format.
        Change the decimal comma to a point and the dots between thousands to commas.
        Adapt the figure for readers in London: which marks go where?
        How would an English bookkeeper write this amount from Germany?
        A spreadsheet with US settings must understand the value; rewrite it.
        Every comma becomes a dot and every dot a comma.
        Localise the amount from de to en.
        Use the British punctuation of numerals in place of the continental one.
    """),
    "percent-to-decimal": wordings("""
        Write the percentage as a decimal number.
        34% -> 0.34
        Divide the percentage by one hundred and drop the sign.
        Which decimal equals this percentage?
        You are given a number of per cent. Return the decimal fraction.
        Convert per cent to a plain factor.
        Move the point two places to the left and leave out the % sign.
        By what decimal do you multiply to take this percentage of something?
        If 100% is 1, how much is the given share?
        Express hundredths without the per cent symbol, with a decimal point.
        A formula needs the rate as an ordinary number; supply it.
        Get rid of "%" and keep the value the same.
    """),
    "decimal-to-percent": wordings("""
        Write the decimal number as a percentage.
        0.34 -> 34%
        Multiply the decimal by one hundred and add a per cent sign.
        Which percentage equals this decimal?
        You are given a decimal fraction. Return it in per cent, with the sign.
        Convert the factor to per cent.
        Move the point two places to the right and put % behind the number.
        How many hundredths is that? Give the number followed by %.
        If 1 is everything, what share in per cent is this?
        Express the probability the way a weather report would, as so many %.
        A chart is labelled with %; turn the ratio into its label.
        Format the proportion as a rate out of a hundred, symbol included.
    """),
    "fraction-lowest-terms": wordings("""
        Simplify the fraction.
        6/8 -> 3/4
        Reduce the fraction to lowest terms.
        You are given a fraction with a common factor above and below. Cancel it.
        Divide numerator and denominator by what they have in common.
        Write the same fraction with the smallest possible whole numbers.
        Which simplest fraction has this value? Use a slash.
        Cancel as far as possible.
        Make both sides of the slash as small as they can be while the ratio stays equal.
        Bring this part of a pie to its shortest notation.
        What is left over and under the bar once their greatest common divisor is removed?
        Find the irreducible form of this quotient.
    """),
    "scientific-to-number": wordings("""
        Write the number in scientific notation as an ordinary number.
        4.7e4 -> 47000
        What does the number with an exponent amount to, written out with all its zeros?
        You are given a value such as 3.25e5. Return it as a plain integer.
        Multiply by the power of ten after the e.
        Move the decimal point to the right as many places as the exponent says.
        Convert exponential notation to normal digits.
        Expand the floating-point literal to a whole number.
        The calculator's display has an e in it; what is the full figure?
        Remove mantissa and exponent in favour of one long integer.
        Undo the short form that engineers use for large values.
        How would a layperson, who knows no powers of ten, write this?
    """),
    "number-to-scientific": wordings("""
        Write the number in scientific notation with e.
        47000 -> 4.7e4
        Give one digit, a point, the other digits without end zeros, e and the exponent.
        You are given a large integer. Return it in the form 3.25e5.
        Convert normal digits to exponential notation.
        Shorten the number with a power of ten, like 6.1e3.
        How does a calculator show this value with mantissa and exponent? Use e.
        Move the point behind the first digit and say after e by how many places.
        Engineers dislike trailing zeros: rewrite the figure as they would, with an e.
        Express as a value between 1 and 10, then e, then the order of magnitude.
        Produce the floating-point literal for this whole number.
        Compact the integer; 520000 becomes 5.2e5.
    """),
    "pad-to-six-digits": wordings("""
        Fill the number up with leading zeros to six digits.
        347 -> 000347
        Put zeros in front until the number has six digits.
        You are given an integer. Return it with a width of six, padded with 0.
        Write the ticket number with six places.
        Left-pad with zeros; the result is six characters long.
        Format the value as %06d.
        How does a counter with six wheels show this number?
        Make a fixed-length code of half a dozen figures, empty places being 0.
        The form has six boxes: enter the amount right-aligned and nought elsewhere.
        Extend the numeral at its left end without changing its value, total length 6.
        File names need numbering with the same length, six; give that numbering here.
    """),
    "code-in-groups-of-three": wordings("""
        Write the code of nine digits in groups of three, joined by hyphens.
        482190735 -> 482-190-735
        Put a hyphen after every third digit.
        You are given nine digits. Split them into three blocks of three with hyphens between.
        Break the serial number into triples: abc-def-ghi.
        Make the code readable with two hyphens, three digits each.
        Format the digits as 000-000-000.
        Insert dashes so that each block has a length of three.
        Typing is easier in trios; separate this sequence with "-".
        Cut the string at one third and at two thirds, dash at each cut.
        Produce the XXX-XXX-XXX layout of this licence key.
        Divide the figures evenly over 3 hyphenated blocks.
    """),
    "key-in-groups-of-three": wordings("""
        Write the key of nine letters and digits in groups of three, joined by hyphens.
        4K8A1907X -> 4K8-A19-07X
        Put a hyphen after the third and the sixth character of the key.
        You are given nine characters. Split them into three blocks of three with hyphens between.
        Break the licence key of capitals and figures into triples: abc-def-ghi.
        Make the key readable with two hyphens, three characters each.
        Format the nine signs as XXX-XXX-XXX, letters and digits alike.
        Insert dashes so that each part of the product key has three characters.
        Typing keys is easier in trios; separate this mix of capitals and ciphers with "-".
        Cut the alphanumeric string at one third and at two thirds, dash at each cut.
        How is this activation key printed on its sticker, in 3 hyphenated parts of 3?
        Keep the order of the signs, but set a short stroke between each three of them.
    """),
    "code-in-groups-of-four": wordings("""
        Write the code of eight digits in two groups of four, joined by a hyphen.
        48219073 -> 4821-9073
        Put a hyphen after the fourth digit.
        You are given eight digits. Split them in the middle with a hyphen.
        Break the number into quadruples: abcd-efgh.
        Make the code readable, four digits on each side of a hyphen.
        Format the digits as 0000-0000.
        Insert one dash so that both blocks have a length of four.
        Typing is easier in foursomes; separate this sequence with "-".
        Cut the string into quartets, dash at the cut.
        Halve the row of figures by a short horizontal stroke.
        Produce the XXXX-XXXX layout of this voucher.
    """),
    "sentence-percent-to-decimal": wordings("""
        Which percentage does the sentence mention? Write it as a decimal number.
        Find the per cent figure in the text and divide it by one hundred.
        sentence with 34% -> 0.34
        You are given a sentence with a percentage. Return it as a decimal fraction without the sign.
        Read the sentence and convert its percentage to a number such as 0.07.
        Extract the rate from this line and write it with a decimal point.
        What factor corresponds to the percentage in the statement?
        Note the share that is mentioned here as a part of 1.
        A model takes proportions from 0 to 1; read this remark and supply its proportion.
        Locate "%" and reply with the value before it, shifted by two decimal places.
        Express the portion reported by the writer as a plain decimal.
        From the message take the only rate, and drop its symbol while keeping the value.
    """),
    "sentence-roman-to-number": wordings("""
        Which Roman numeral stands in the sentence? Write it in digits.
        Find the number in Roman letters and convert it to an ordinary one.
        sentence with chapter XIV -> 14
        You are given a sentence with a Roman numeral, such as the number of a page. Return its value in figures.
        Read the sentence and translate its Roman number to Arabic digits.
        Extract the chapter, page or part number and write it as a decimal integer.
        What number is meant by the capital letters I, V, X and L in the text?
        Decode the old-style numeral of this line; answer with figures only.
        A reader who never learned Latin numbers wants to know which one is spoken of.
        Locate letters such as XXVI and report the count they represent.
        Modernise: what would today's editor print where the antique numeral stands?
        Tell which place in a book, clock or plan is meant, by a plain number.
    """),
    "sequel-roman-to-number": wordings("""
        Which Roman numeral follows a name or title in the sentence? Write it in digits.
        Find the number of the film, game, ship or ruler in Roman letters and convert it.
        sentence with a sequel such as Star Fox XIV -> 14
        You are given a sentence about a title with a Roman numeral. Return the numeral's value in figures.
        Read the sentence and translate the Roman number after the name to Arabic digits.
        How many-eth part or ruler is it? Answer with the plain integer.
        Extract the capital letters that number the film or king and give them as a decimal number.
        Decode which part of the series is meant; figures only.
        The poster uses Latin numbering: what is the episode's count today?
        Tell the position of this work or monarch among those of equal name.
        From the remark, work out the integer hidden in X, V, L and I behind the name.
        State the sequel number as a person would type it on a keypad.
    """),
}
