"""How the unit tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "kilometres-to-metres": wordings("""
        Convert the kilometres to metres.
        3.4 km -> 3400 m
        How many metres is this distance? Write the number and m.
        You are given a length in km. Return it in m.
        Multiply by one thousand and change the unit from km to m.
        Express the distance in metres.
        Write the same length with the smaller unit, metre, abbreviated m.
        Change km into m; keep a space before the unit.
        A walker counts steps of a metre each: what distance is noted, with m behind it?
        Put the road length into the basic SI unit.
        Shift the decimal point three places and label the result "m".
        The map says kilometres but the form asks for metres; fill in the form.
    """),
    "kilograms-to-grams": wordings("""
        Convert the kilograms to grams.
        3.4 kg -> 3400 g
        How many grams is this weight? Write the number and g.
        You are given a mass in kg. Return it in g.
        Multiply by one thousand and change the unit from kg to g.
        Express the weight in grams.
        Write the same mass with the smaller unit, gram, abbreviated g.
        Change kg into g; keep a space before the unit.
        The kitchen scale shows grams only: what does it show, unit included?
        Put this amount of flour in the unit of the recipe, which is g.
        Shift the decimal point three places and label the result "g".
        A parcel's kilos are known, the label wants grams; write the label.
    """),
    "grams-to-kilograms": wordings("""
        Convert the grams to kilograms.
        3400 g -> 3.4 kg
        How many kilograms is this weight? Write the number and kg.
        You are given a mass in g. Return it in kg as a decimal.
        Divide by one thousand and change the unit from g to kg.
        Express the weight in kilograms.
        Write the same mass with the larger unit, kilogram, abbreviated kg, without zeros at the end.
        Change g into kg; keep a space before the unit.
        A market scale shows kilos only: what does it show, unit included?
        Give the figure a farmer would use for this load, in kg.
        Shift the point three places to the left and label the result "kg".
        How heavy is that, if a thousand of these units make one?
    """),
    "metres-and-centimetres": wordings("""
        Write the length in centimetres only.
        1 m 85 cm -> 185 cm
        Convert metres and centimetres to centimetres.
        You are given a length in two units, m and cm. Return it in cm.
        How many centimetres are there altogether?
        Multiply the metres by one hundred and add the centimetres.
        Express the height with the single unit cm.
        Merge both parts of the measure into centimetres.
        A tape measure has nothing but cm on it; which mark is at this height?
        Join the m part to the smaller part; one number plus unit is wanted.
        Get rid of the metres by turning them into hundreds of the lesser unit.
        State the body height as a doctor's form wants it, e.g. 172 cm.
    """),
    "centimetres-to-metres": wordings("""
        Convert the centimetres to metres.
        185 cm -> 1.85 m
        How many metres is this length? Write a decimal number and m.
        You are given a length in cm. Return it in m.
        Divide by one hundred and change the unit from cm to m.
        Express the length in metres without zeros at the end.
        Write the same length with the larger unit, metre.
        Change cm into m with a decimal point where it is needed.
        A carpenter's ruler counts hundredths; give the plan's figure, which is in m.
        Shift the point two places left and write "m" behind it.
        The passport wants this height in metres: fill it in with its unit.
        How long is it if a hundred of these make one of the bigger unit?
    """),
    "hours-and-minutes-to-minutes": wordings("""
        Write the duration in minutes only.
        2 hours 15 minutes -> 135 minutes
        How many minutes are there altogether? Write the number and "minutes".
        You are given a time span in hours and minutes. Return it in minutes.
        Multiply the hours by sixty and add the minutes.
        Convert the running time of the film to minutes.
        Express the span with the minute as its single unit.
        Turn the hours into minutes and put both together.
        A timer accepts minutes alone; what do you set it to, unit included?
        Get rid of the hours by counting sixty for each, then state the total with its unit.
        For how long does it last, measured in sixtieths of an hour?
        Merge the two parts of the travel time into the lesser unit.
    """),
    "weeks-and-days-to-days": wordings("""
        Write the time span in days only.
        3 weeks and 4 days -> 25 days
        How many days are there altogether? Write the number and "days".
        You are given a number of weeks and days. Return it in days.
        Multiply the weeks by seven and add the days.
        Convert the length of the holiday to days.
        Express the period with the day as its single unit.
        Turn the weeks into days and put both together.
        A calendar is torn off once a day: how many sheets go, written as so many days?
        Get rid of the weeks by counting seven for each, then state the total with its unit.
        For how many sunrises does it last? Answer like 25 days.
        Merge the two parts of the waiting time into the lesser unit.
    """),
    "money-to-cents": wordings("""
        Write the amount in cents.
        $12.05 -> 1205 cents
        How many cents is this price? Write the number and "cents".
        You are given an amount in dollars. Return it in cents.
        Multiply the dollars by one hundred.
        Convert the price to the smaller coin unit.
        Express the sum with the cent as its only unit.
        Drop the dollar sign and the point and say how many cents it is.
        A machine takes nothing but one-cent coins: what must be put in, unit named?
        Programs store money as whole numbers of cents; give that, followed by the word.
        Change the sum entirely into pennies and write it like 350 cents.
        State the cost in hundredths of a dollar.
    """),
    "unit-abbreviation": wordings("""
        Abbreviate the unit of the measure.
        12 kilometres -> 12 km
        Write the measure with the symbol of its unit.
        You are given a number with a unit in full. Return it with the unit's short form.
        Replace the unit name by its usual sign and keep the number.
        How is this measure written in a table, with the standard abbreviation?
        Shorten the name of the unit to letters such as kg or ms.
        Use the official symbol after the number in place of the word.
        A physics book prints this with the sign of the unit; do so.
        Save space on the label: figure, blank, symbol.
        Condense the spelled-out quantity to SI or customary notation.
        What would stand on the rating plate of a device for this value?
    """),
    "unit-in-full": wordings("""
        Write the unit of the measure in full.
        12 km -> 12 kilometres
        Replace the symbol of the unit by its name in the plural.
        You are given a number with an abbreviated unit. Return it with the unit as a word.
        Expand the abbreviation after the number, in British spelling.
        How is this measure read aloud? Keep the figure but name the unit.
        Spell out the short form such as kg or ms.
        Use the word for the unit and leave the number as it is.
        Someone does not know what the letters behind the figure mean; write them out.
        Lengthen the sign to its complete name, figure first.
        What does the symbol stand for? Repeat the quantity with the whole word.
        Undo the shortening of the unit on this label.
    """),
    "measured-quantity": wordings("""
        What is measured: length, mass, time, volume or temperature?
        Label the measure as length, mass, time, volume or temperature.
        34 kg -> mass
        You are given a number with a unit. Say if it is a length, mass, time, volume or temperature, in one word.
        Which kind of quantity has this unit? Choose from length, mass, time, volume, temperature.
        Tell the physical quantity of the value: mass, length, volume, temperature or time.
        Classify the measurement by its unit (time / length / mass / volume / temperature).
        Would you use a ruler (length), scales (mass), a clock (time), a jug (volume) or a thermometer (temperature)?
        Sort the figure into one of five drawers: temperature, volume, time, mass, length.
        Name the dimension that belongs to the unit here, e.g. litres belong to volume.
        Does it say how long, heavy, warm, roomy or lasting? Reply length, mass, temperature, volume or time.
        Of which property of things or events is this a value? One noun out of the usual five.
    """),
    "longer-distance": wordings("""
        Which of the two distances is longer? Repeat it with its unit.
        3.4 km or 950 m -> 3.4 km
        Compare the kilometres with the metres and write the longer distance.
        You are given two lengths in km and m. Return the greater one unchanged.
        Pick the distance that takes more time to walk.
        Bring both lengths to one unit, compare them, and copy the larger as it stands.
        Which road is longer? Write it exactly as given.
        Leave out the shorter of the two distances.
        Two hikers tell how far they went; quote the one who went further.
        One is in thousands of the other's unit: which of them wins in length? Quote it.
        Reply with whichever stretch is farther, number and unit untouched.
        Choose the maximum of both ways.
    """),
    "heavier-weight": wordings("""
        Which of the two weights is heavier? Repeat it with its unit.
        3.4 kg or 950 g -> 3.4 kg
        Compare the kilograms with the grams and write the heavier weight.
        You are given two masses in kg and g. Return the greater one unchanged.
        Pick the weight that is harder to carry.
        Bring both masses to one unit, compare them, and copy the larger as it stands.
        Which parcel weighs more? Write its weight exactly as given.
        Leave out the lighter of the two weights.
        The scales tip to one side: quote what lies there.
        Two cooks say how much flour they used; who used more? Cite the amount.
        Reply with whichever load is bigger, number and unit untouched.
        Choose the maximum of both masses.
    """),
    "sentence-kilometres-to-metres": wordings("""
        Which distance does the sentence mention? Write it in metres.
        Find the kilometres in the text and convert them to m.
        sentence with 3.4 km -> 3400 m
        You are given a sentence with a length in km. Return that length in m.
        Read the sentence and express its distance in metres, with m after the number.
        Extract the measure and multiply it by one thousand to get metres.
        How many metres is the way or thing in the statement? Answer like 1200 m.
        Take the distance out of this line and change km to m.
        Somebody reports a length in thousands of metres; note it in single ones, with unit.
        From the remark, fill in the field "distance (m)".
        The measure within the message must go into the basic SI unit of length.
        Tell how far or long it is, using the lesser of both usual road units.
    """),
    "diary-kilometres-to-metres": wordings("""
        Which distance does the diary entry mention? Write it in metres.
        Find the kilometres in this line of a travel diary and convert them to m.
        diary line with 3.4 km -> 3400 m
        You are given a note from a journey with a length in km. Return that length in m.
        Read what the traveller wrote and express the distance in metres, with m after the number.
        Extract the stretch of the journey and multiply it by one thousand to get metres.
        How many metres of the trip does the writer speak of? Answer like 1200 m.
        Take the distance out of the travel note and change km to m.
        The hiker's journal is to be put into a table in metres: supply the entry.
        Out of these memories of a tour, state its length in the basic SI unit.
        How far was it, according to the author on the road, if counted in m?
        Rewrite only the measured part of the travelogue, with the lesser road unit.
    """),
    "sentence-kilograms-to-grams": wordings("""
        Which weight does the sentence mention? Write it in grams.
        Find the kilograms in the text and convert them to g.
        sentence with 3.4 kg -> 3400 g
        You are given a sentence with a mass in kg. Return that mass in g.
        Read the sentence and express its weight in grams, with g after the number.
        Extract the measure and multiply it by one thousand to get grams.
        How many grams does the thing in the statement weigh? Answer like 1200 g.
        Take the weight out of this line and change kg to g.
        Somebody reports a load in kilos; note it for a kitchen scale, with unit.
        From the remark, fill in the field "mass (g)".
        The heaviness told of here must be given in thousandths of a kilo.
        Tell how heavy it is, using the lesser of both usual market units.
    """),
    "sentence-weeks-to-days": wordings("""
        Which number of weeks does the sentence mention? Write it in days.
        Find the weeks in the text and convert them to days.
        sentence with 3 weeks -> 21 days
        You are given a sentence with a time span in weeks. Return that span in days.
        Read the sentence and express its duration in days, with "days" after the number.
        Extract the period and multiply it by seven.
        For how many days does the statement say it lasts? Answer like 14 days.
        Take the time span out of this line and change weeks to days.
        Somebody plans in weeks while we count single mornings; translate the plan's figure and name the unit.
        From the remark, fill in the field "duration" as so many days.
        The stretch of time told of here must be given in the unit of a wall calendar's squares.
        Seven for each one mentioned: state the total, followed by its unit.
    """),
    "sentence-measure-shortened": wordings("""
        Which measure does the sentence spell out? Write it with digits and the unit's symbol.
        Find the length in words and shorten it, like 12 mm.
        sentence with "twelve metres" -> 12 m
        You are given a sentence with a length in words. Return it as a figure with the abbreviated unit.
        Read the sentence and note its measure in short: numeral, space, unit sign.
        Extract the length from the text and abbreviate both number and unit.
        How would a plan print the measure that the sentence names in full?
        Take the spelled-out size from this line and write it in technical form.
        A draughtsman hears this and notes only the dimension; what is on the paper?
        From the remark, fill in the column for lengths, as brief as usual.
        Condense the extent told of here to ciphers and the customary letters, such as ft.
        Report how long it is the way a ruler or a floor plan would.
    """),
}
