"""How the arithmetic tasks are described: eight wordings to train on, then four others."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

WORDINGS = {
    "add-two-numbers": wordings("""
        Add the two numbers.
        What is the sum of both numbers?
        34 + 27 -> 61; work out this addition too.
        You are given a + b in figures. Write the result.
        Calculate the total of the two summands.
        How much do the numbers on both sides of the plus sign make together?
        Compute the sum and answer with the number alone.
        Do the addition in your head and note what comes out.
        Evaluate the expression with the plus.
        Put both amounts on one heap: how many is that?
        Which integer should follow the equals sign of this addition exercise?
        Increase the left value by the right value.
    """),
    "subtract-two-numbers": wordings("""
        Subtract the second number from the first.
        What is the difference of the two numbers?
        63 - 28 -> 35; work out this subtraction too.
        You are given a - b in figures. Write what is left.
        Calculate the result of the subtraction.
        How much remains when the right number is taken from the left one?
        Compute a minus b and answer with the number alone.
        Take away and note the remainder in digits.
        Evaluate the expression with the minus sign.
        By how many units does the left value exceed the right value?
        Which integer belongs behind the equals sign of this take-away exercise?
        Decrease the former by the latter.
    """),
    "missing-addend": wordings("""
        Which number belongs in place of the underscore so that the addition is right?
        34 + _ = 61 -> 27
        Find the missing summand.
        You are given a sum with a gap. Write the number that fills it.
        Solve the equation for the blank.
        What must be added to the first number to get the result?
        Fill in the second addend of the addition.
        The total and one summand are known; work out the other summand.
        Complete the sum: what is hidden behind the _?
        Subtract what is on the left from what is on the right and reply with that.
        Which value makes both sides of the equals sign agree?
        A pupil smudged part of this addition exercise; restore it.
    """),
    "number-after": wordings("""
        Write the number that comes after this one.
        Which whole number follows directly?
        Add one to the number.
        Count on by one step: what do you say next?
        You are given an integer n. Return n + 1.
        1299 -> 1300
        Give the successor of the number.
        Increase the value by a single unit.
        If this page is open, what is printed on the following page?
        Move one place to the right on the number line.
        Advance the counter once and show the new reading.
        Tell me the next integer up.
    """),
    "number-before": wordings("""
        Write the number that comes right before this one.
        Which whole number is one less?
        Take one away from the number.
        Count back by a single step: where do you land?
        You are given an integer n. Return n - 1.
        4300 -> 4299
        Give the predecessor of the number.
        Decrease the value by one unit.
        If this page is open, what does the preceding page say?
        Move a place to the left on the number line.
        Turn the counter back once and show the reading.
        Tell me the integer just below.
    """),
    "double-number": wordings("""
        Double the number.
        What is twice this number?
        Multiply the value by two.
        146 -> 292; do the same with this one.
        You are given an integer n. Return 2n.
        Add the number to itself.
        How much do you need if you want two times as much?
        Calculate the duplicate amount in figures.
        Two people each hold this many; what do they hold altogether?
        Scale the quantity up by a factor of 2.
        What product do you get with 2 as the other factor?
        A recipe is made for double the guests: adapt the figure.
    """),
    "half-number": wordings("""
        Halve the number.
        What is half of this number?
        Divide the value by two.
        292 -> 146; do the same with this one.
        You are given an even integer n. Return n / 2.
        Split the amount into two equal shares and give the size of one.
        Calculate fifty per cent of the number.
        How much is left if one of two equal halves goes away?
        Which number, taken twice, makes the given one?
        Two friends share this fairly; state what each gets.
        Scale the quantity down by a factor of 2.
        Cut the figure at its middle: how large is either part?
    """),
    "even-or-odd": wordings("""
        Is the number even or odd? Answer with one of these words.
        Say "even" if the number can be divided by two, else "odd".
        Give the parity of the number: even or odd.
        You are given an integer. Label it as even or odd.
        number -> even / odd
        Look at the last digit and decide between odd and even.
        Would this many socks make full pairs? Answer even if so, odd if one is left over.
        Classify the number by its remainder on division by 2: even for 0, odd for 1.
        House numbers are odd on one side of a street and even on the other; which kind is this one?
        Determine whether two divides the figure without rest (even) or not (odd).
        One word, please: which parity?
        Does counting in twos from zero reach it? Write even or odd accordingly.
    """),
    "larger-decimal": wordings("""
        Which of the two decimal numbers is larger?
        3.4, 3.27 -> 3.4
        Compare both decimals and write the greater one.
        You are given two numbers with decimal points. Return the bigger of them unchanged.
        Pick the higher of the two values.
        Write the maximum of the pair of decimals.
        Which number lies further to the right on the number line?
        Leave out the smaller decimal and copy the other.
        Two athletes jumped this far in metres; what is the winning distance?
        More digits do not mean more: which value is really on top?
        Repeat whichever figure exceeds its partner.
        Of these measurements, give the one with greater size.
    """),
    "sum-of-three": wordings("""
        Add up the three numbers.
        What do the three numbers make together?
        14, 7, 12 -> 33
        Calculate the sum of all three values.
        You are given three integers with commas between them. Return their total.
        Put the three amounts together and note the result.
        How much is it if you add the second and the third number to the first?
        Total the list of three.
        A shopper buys three things at these prices: what is due?
        Three dice of a giant show these points; count them all.
        Merge the triple into one figure by addition.
        Compute a plus b plus c.
    """),
    "sum-of-four": wordings("""
        Add up the four numbers.
        What do the four numbers make together?
        14, 7, 12, 5 -> 38
        Calculate the sum of all four values.
        You are given four integers with commas between them. Return their total.
        Put the four amounts together and note the result.
        Work out a + b + c + d.
        Total the list of four.
        Somebody played four rounds and scored these points: how many in all?
        Merge the quadruple into one figure by addition.
        The bill has four positions; state the amount at its bottom.
        Go through the row from left to right, adding each of the 4 entries.
    """),
    "sign-of-result": wordings("""
        Is the result positive, negative or zero?
        Work out the sign of the expression: positive, negative or zero.
        12 - 30 -> negative; label this calculation in the same way.
        You are given a small calculation. Say whether it comes out positive, negative or zero.
        Decide if the outcome lies above, below or at zero; answer positive, negative or zero.
        Classify the value of the expression as positive, negative or zero without writing it.
        Would a thermometer that starts at 0 and moves like this show a positive, a negative or a zero reading?
        expression -> positive / negative / zero
        On which side of nought does the answer fall? Write zero if on neither, else negative or positive.
        Compare both parts: does the plus side win (positive), the minus side (negative), or nobody (zero)?
        Only the kind of the outcome counts: above nothing, below nothing, or nothing, as an adjective or "zero".
        Evaluate and report its signum as one word.
    """),
    "comparison-sign": wordings("""
        Which sign belongs in the gap: <, > or =?
        Compare the sum on the left with the number on the right and answer <, > or =.
        12 + 7 _ 21 -> <
        You are given a sum, a blank and a number. Put the right comparison sign into the blank.
        Decide whether the left side is smaller (<), larger (>) or equal (=).
        Fill the underscore with <, > or = so that the statement is true.
        Work out the addition and compare it; reply with the sign alone.
        sum _ number -> <, > or =
        Which relation holds between both sides? One of the symbols =, <, > is wanted.
        A balance has these weights left and right; give the symbol for how it tips.
        Make the line a true (in)equation by choosing its operator.
        Less than, greater than, or the same? Use the mathematical character.
    """),
    "round-to-ten": wordings("""
        Round the number to the nearest ten.
        347 -> 350, 342 -> 340; round this number likewise.
        Which multiple of ten is closest?
        You are given an integer. Return it rounded to tens.
        Write the number with a zero at the end, rounded up or down properly.
        Round so that the last digit becomes 0.
        Give the full ten that lies nearest to the value.
        Express the amount roughly, exact to ten units.
        Approximate with tens as the smallest step.
        A price is to lose its final non-zero figure by ordinary rounding; what does it become?
        To which decade of the number line is the point nearer? State that mark.
        Adjust it to the closest value divisible by 10.
    """),
    "middle-of-three": wordings("""
        Which of the three numbers lies between the other two?
        Find the median of the three numbers.
        48, 12, 30 -> 30
        You are given three different integers. Return the one that is neither largest nor smallest.
        Write the middle value when the numbers are ordered by size.
        Leave out the minimum and the maximum; what remains?
        Pick the number of medium size.
        Which value would stand second if the three were sorted?
        Three children stand in order of height, these being centimetres: how tall is the central child?
        Neither the winner nor the last: state the runner-up's points.
        Reply with whichever figure has exactly one above and one below it.
        Take the central element after ranking them.
    """),
    "add-in-words": wordings("""
        Add the two numbers and write the sum in words.
        twenty-four plus seven -> thirty-one
        What is the result of this spoken addition? Answer in English words.
        You are given an addition in words. Give the total in words, too.
        Calculate the sum without using any digits.
        Somebody asks you this sum aloud; write what you would answer, in letters.
        Work out how much both number words make together and spell it.
        Solve the plus exercise; figures are not allowed.
        Read the addends as numbers, add them, and name the outcome as a number word.
        Reply in plain English letters: what does the phrase amount to?
        Which number word equals the phrase with "plus"?
        Join both spelled-out quantities into one spelled-out quantity.
    """),
    "subtract-in-words": wordings("""
        Subtract the second number from the first and write the difference in words.
        ninety-two minus five -> eighty-seven
        What is the result of this spoken subtraction? Answer in English words.
        You are given a subtraction in words. Give what is left in words, too.
        Calculate the difference without using any digits.
        Somebody asks you to take one number from another; write the answer in letters.
        Work out how much remains and spell it.
        Solve the minus exercise; figures are not allowed.
        Which number word equals the phrase with "minus"?
        Reply in plain English letters: how many are left over?
        Decrease the first spelled-out quantity by the second and name what comes out.
        Speak the remainder of this take-away sum, as text.
    """),
    "story-adding": wordings("""
        How many are there altogether in the story? Answer with the number.
        Add the two amounts of things in the text.
        word problem -> the sum of its two numbers
        You are given a short story with two quantities. Return how many things that makes in all.
        Read the sentence and work out the total of the things in it.
        A child reads this problem at school: what is the result of putting both amounts together?
        Solve the text exercise by addition; write only the figure.
        How many objects does the text tell of when everything is counted together?
        Combine what was there with what came along and state how many it is.
        Find both figures within the story and report what they come to jointly.
        What would you get if you counted all of the items mentioned, old and new?
        Word exercise, plus kind: give its solution in digits.
    """),
    "story-taking-away": wordings("""
        How many are left in the story? Answer with the number.
        Subtract the smaller amount in the text from the larger one.
        word problem -> what remains
        You are given a short story in which some of the things go away. Return how many remain.
        Read the sentence and work out how many things are still there or still needed.
        A child reads this problem at school: what is the result of taking the second amount away?
        Solve the text exercise by subtraction; write only the figure.
        How many objects are not sold, lost, given away or moved in the text?
        Part of the things is gone by the end; state the size of the rest.
        Find both figures within the story and report what is over after removing one from the other.
        What would you count if you looked at the remaining items?
        Word exercise, minus kind: give its solution in digits.
    """),
    "story-how-many-more": wordings("""
        How many more does the first person have than the second? Answer with the number.
        Find the difference between the amounts of the two people in the text.
        comparison story -> by how many the larger amount is ahead
        You are given a sentence that compares two people. Return by how much their numbers differ.
        Read the text and say how many things one person is ahead of the other.
        By how much is the first quantity larger than the second one? Give figures only.
        How many are lacking to the person who has less?
        Compare both quantities in the story and compute the gap between them.
        What lead does the one with the greater amount hold?
        If the poorer of the pair wants to catch up, what number of items must be found?
        Measure the distance from the lower count to the higher count in this report.
        Work out the surplus of whoever is mentioned with more.
    """),
    "story-boarding": wordings("""
        How many people or animals are there in the end? Answer with the number.
        Add those who come later to those who were there first.
        story of arrivals -> how many there are in all
        You are given a sentence in which a group grows. Return its size afterwards.
        Read the text and work out how many take part altogether.
        Both groups are counted together: what is the total?
        Solve the word problem about people or animals who join others; write only the figure.
        How large is the whole crowd once everyone has arrived?
        First some, then more of them: state the final head count.
        Count every living being the report speaks of, early or late.
        The newcomers enlarge the group to what number?
        Sum up the arrivals and those already present in this scene.
    """),
    "change-from-note": wordings("""
        How much change is given back? Answer with a dollar sign.
        Subtract the price from the money that was paid and write it like $7.
        purchase -> change in dollars, e.g. $13 paid with a $20 note -> $7
        You are given a sentence about somebody paying. Return the change, with $ in front.
        Read the text and work out how many dollars the buyer gets back.
        What does the shopkeeper return to the customer? Write the amount with a dollar sign.
        Compute note minus price and put $ before the result.
        The note is worth more than the price; by how many dollars? Use the $ sign.
        Which sum goes back over the counter, currency sign included?
        Cashier's exercise: state the money to hand out after this payment.
        Find what the buyer still holds of the note afterwards, written like $12.
        Work out the coins and notes due to whoever bought something here, as $ and a figure.
    """),
}
