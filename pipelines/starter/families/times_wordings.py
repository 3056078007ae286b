"""How the tasks about times are described, and the sentences in which times occur."""

from __future__ import annotations

from pipelines.starter.families.wordings import wordings

SPAN_SENTENCES = (
    "At the town hall in {city} {event} runs from {start} to {end} this Friday.",
    "The room in {city} is booked from {start} until {end} for {event}, including coffee.",
    "Because of the rain {event} in {city} began at {start} and was already over at {end}.",
    "Please keep the time between {start} and {end} free for {event} in {city}.",
    "For {event} in {city} the main road is closed to cars from {start} to {end}.",
    "She sold tickets for {event} in {city} from {start} to {end} without a break.",
    "According to the programme, {event} in {city} starts at {start} and ends at {end}.",
    "My sister looks after the children from {start} to {end}, while we are at {event} in {city}.",
    "The radio station of {city} broadcasts {event} from {start} to {end} on Saturday.",
    "They opened the doors for {event} in {city} at {start} and closed them at {end}.",
)

END_SENTENCES = (
    "At {start} {event} in {city} begins, and it takes {length} without any break.",
    "Because it is popular, {event} in {city} lasts {length} this year, starting at {start}.",
    "For {event} in {city} we meet at {start}; the whole thing takes {length}.",
    "She leaves for {event} in {city} at {start} and will be away for {length}.",
    "According to the programme, {event} in {city} starts at {start} and lasts {length}.",
    "My ticket for {event} in {city} is valid for {length} from {start} on.",
    "They have rented the hall in {city} for {event} at {start} for {length}.",
    "By train the way to {event} in {city} takes {length} if you leave at {start}.",
    "From {start} on {event} keeps the whole team in {city} busy for {length}.",
    "While {event} goes on in {city}, for {length} beginning at {start}, the shops stay closed.",
)

FIRST_SENTENCES = (
    "On Saturday there is {one} at {one_at}, and {other} begins at {other_at}.",
    "We could go to {one}, which starts at {one_at}, or to {other} at {other_at}.",
    "The programme lists {one} for {one_at} and {other} for {other_at} on the same day.",
    "At {one_at} you can see {one}, and at {other_at} there is {other}.",
    "She is expected at {other} by {other_at} and has to be at {one} by {one_at}.",
    "Our diary for tomorrow has two entries: {one}, {one_at}, and {other}, {other_at}.",
    "My brother helps with {one} at {one_at}, and I take tickets for {other} at {other_at}.",
    "Because {one} opens at {one_at} and {other} at {other_at}, you can visit both.",
    "They moved {one} to {one_at} today, but {other} remains at {other_at}.",
    "For children we recommend {one} at {one_at} as well as {other} at {other_at}.",
)

WORDINGS = {
    "time-24-to-12": wordings("""
        Convert a 24-hour time to the 12-hour clock with am or pm, e.g. 15:45 -> 3:45 pm.
        15:45 -> 3:45 pm
        Write the time as Americans say it, with am or pm after a space.
        You are given hh:mm on the 24-hour clock. Answer in 12-hour form, lower-case am or pm.
        How would this railway time look on a clock with twelve hours? Add am or pm.
        Change the digital time to a.m./p.m. style, written without the full stops and without a leading zero.
        Reformat from 00:00-23:59 to 12:00 am-11:59 pm.
        Take twelve from the hours after noon and mark the half of the day by am or pm.
        Someone in Texas does not know military time; tell them in their own way.
        Express the moment on a twelve-hour dial, naming the half of the day.
        13:00 should turn into 1:00 pm; treat the input likewise.
        Rewrite the timetable's hour for people used to morning and afternoon counting.
    """),
    "time-12-to-24": wordings("""
        Convert a time with am or pm to the 24-hour clock, e.g. 3:45 pm -> 15:45.
        3:45 pm -> 15:45
        Write the 12-hour time as a railway timetable does, hh:mm with two digits for the hour.
        You are given a time followed by am or pm. Output it on the 24-hour clock without these letters.
        Turn am/pm time into military style with a colon.
        Add twelve to the hour if it is after noon, drop am or pm, and pad the hour to two digits.
        What does a digital 24-hour watch show at this moment?
        Normalise "h:mm am" and "h:mm pm" to four digits with a colon, 00:00 being midnight.
        Europeans count the hours to twenty-four; render the American time for them.
        Remove the marker of the half day by counting through from midnight.
        12:30 am gives 00:30, and 7:05 pm gives 19:05; which figures belong here?
        For the departure board, restate the hour in the continuous count of one day.
    """),
    "dotted-time-to-24": wordings("""
        Convert a time written like "at 3.45 p.m." to 24-hour form, 15:45.
        at 3.45 p.m. -> 15:45
        The time has a full stop between hour and minute and ends in a.m. or p.m. Give it as hh:mm, 24 hours.
        Rewrite British dotted clock times on the 24-hour clock with a colon.
        From "at h.mm a.m./p.m." to hh:mm: drop the word at, the dots and the letters.
        Read the dotted twelve-hour time and answer with four digits and a colon.
        Which time of a 24-hour watch corresponds to this one with a.m. or p.m. and a point before the minutes?
        Normalise the old-fashioned notation, such as 9.05 a.m., to 09:05.
        An invitation card prints the hour with points; a computer calendar needs it from 00:00 to 23:59.
        Replace the point by a colon and count on after noon.
        The Latin letters tell the half of the day: fold them into the hour, zero-padded.
        State this moment in the continuous day count, punctuation modernised.
    """),
    "time-half-hour-later": wordings("""
        Add 30 minutes to a 24-hour time, e.g. 15:45 -> 16:15.
        What time is it half an hour later? Keep the form hh:mm.
        15:45 -> 16:15
        Move the clock forward by thirty minutes and write the new time.
        You are given hh:mm; return the time half an hour after it, also as hh:mm.
        The bus is thirty minutes late. When does it arrive instead?
        Increase the minutes by 30 and carry over to the hour, after 23 to 00.
        A lesson of half an hour starts now; at what time does it end?
        Set the watch ahead by one half of an hour.
        Now plus thirty minutes, in 24-hour digits.
        An egg timer for half an hour is started; which figures does the clock show when it rings?
        Shift this departure to thirty minutes past its plan.
    """),
    "time-quarter-hour-earlier": wordings("""
        Subtract 15 minutes from a 24-hour time, e.g. 15:05 -> 14:50.
        What time was it a quarter of an hour earlier? Keep the form hh:mm.
        15:05 -> 14:50
        Move the clock back by fifteen minutes and write the new time.
        You are given hh:mm; return the time fifteen minutes before it, also as hh:mm.
        You want to be there a quarter of an hour early. At what time must you arrive?
        Decrease the minutes by 15 and borrow from the hour, 00 going back to 23.
        The alarm should ring fifteen minutes before this appointment; set it.
        Set the watch behind by one fourth of an hour.
        Appointment minus fifteen minutes, in 24-hour digits.
        Somebody came a quarter of an hour ago; what did the display read at that moment?
        Bring the departure forward by fifteen minutes.
    """),
    "time-spoken": wordings("""
        Say the time in English words with past and to, e.g. 15:20 -> twenty past three.
        15:45 -> a quarter to four
        Write the digital time as people speak it, without telling the part of the day.
        How do you read this clock aloud in British English? Use half past, a quarter past, a quarter to, o'clock.
        You are given hh:mm. Answer in words: the minutes past or to the hour, on the twelve-hour clock.
        Spell out the time; minutes that do not divide by five need the word minutes, as in seven minutes past two.
        Turn figures into a spoken clock time such as half past six.
        Put the time into words like a grandfather reading an old clock to a child.
        Someone without glasses asks what the display says; reply in full words, half past and quarters included.
        Verbalise the hour and minutes with "past" up to thirty and "to" after it.
        No digits, please: what o'clock is it?
        Pronounce the railway time the old way, hours from one to twelve.
    """),
    "spoken-time-to-24": wordings("""
        Convert a spoken time to 24-hour digits, e.g. twenty past three in the afternoon -> 15:20.
        a quarter to four in the afternoon -> 15:45
        The time is given in words with the part of the day. Write it as hh:mm.
        Someone tells you the time in English. What does a digital 24-hour clock show?
        Read "half past", "a quarter to" and the like and output four digits with a colon.
        Transcribe a clock time from words to figures on the 24-hour clock.
        You get a phrase like ten past nine in the evening; answer 21:10 style.
        Use morning, afternoon or evening to find the right hour and write the time numerically.
        A voice message names the hour; type it into a timetable.
        From speech to digits: two for the hour, a colon, two for the minute.
        Half past seven in the evening is 19:30. What is this one?
        Note the dictated moment as military time.
    """),
    "time-part-of-day": wordings("""
        Name the part of the day of a 24-hour time: night to 05:59, morning to 11:59, afternoon to 17:59, else evening.
        Classify hh:mm as night, morning, afternoon or evening, each six hours long, the night from midnight.
        07:15 -> morning
        Is this time in the morning, the afternoon, the evening or the night? The day has four equal parts from 00:00.
        You get a time. From 6 o'clock it is morning, from 12 afternoon, from 18 evening, from 0 night.
        Answer with one word: night (0-5 h), morning (6-11 h), afternoon (12-17 h), evening (18-23 h).
        Which of the four quarters of the day, night, morning, afternoon, evening, does the clock time belong to?
        Sort the departure times into morning, afternoon, evening and night by their hour, changing at 6, 12 and 18.
        Look at the hour only: below six night, below twelve morning, below eighteen afternoon, else evening.
        Good morning, good evening or what? Give the part of day; it changes every six hours, first at midnight.
        Label a time stamp with its six-hour period in plain English, lower case.
        Translate the display into a rough word such as afternoon.
    """),
    "minutes-to-hours": wordings("""
        Convert minutes to hours and minutes, e.g. 135 minutes -> 2 hours 15 minutes.
        135 minutes -> 2 hours 15 minutes
        How many full hours and remaining minutes is this? Write both with their units.
        A film's length is given in minutes. State it in hours and minutes.
        Divide by sixty: the result is the hours, the rest the minutes; answer like 1 hour 5 minutes.
        Break the duration down into hours and minutes, using hour or hours as needed.
        You get a number of minutes; express it as "h hours m minutes" without a comma.
        Rewrite the running time so that there are fewer than sixty minutes left over.
        Nobody says so many minutes: make hours out of them, and name what remains.
        Group every 60 into an hour and report both parts in words and figures.
        For the cinema's programme, put the running time in larger units.
        Duration in min in, duration in h and min out, units spelled in full.
    """),
    "seconds-to-clock": wordings("""
        Convert seconds to minutes and seconds with a colon, e.g. 135 seconds -> 2:15.
        135 seconds -> 2:15
        Show the number of seconds like a music player does, m:ss.
        You get a length in seconds. Write minutes, a colon and two digits for the seconds left.
        Divide by sixty and print quotient and remainder as on a stopwatch.
        What does the display of a stopwatch read after this many seconds? Format 4:07.
        A song's length is stored in seconds; show it as m:ss.
        Turn the count of seconds into track-length notation.
        Every sixty make a minute: put the minutes before a colon, the rest after it.
        How long is the track, in the way CD covers print it?
        Timer output wanted, no leading zero for the minutes.
        Runners' results are written with a colon; convert this one.
    """),
    "sentence-time-to-24": wordings("""
        Find the time in the sentence and write it on the 24-hour clock, e.g. 3:30 pm as 15:30.
        Extract the time with am or pm from the message and convert it to hh:mm.
        sentence with a time like 3:30 pm -> 15:30
        When does it happen? Answer with a 24-hour time only.
        A note names an hour in the American way. Return it as a railway timetable would print it.
        Read the text, pick its clock time and normalise it to four digits with a colon.
        You receive an announcement; output the moment it mentions in military style, hh:mm.
        Make a calendar entry: only the time, counted from 00:00 to 23:59.
        At what point of the day, in continuous counting, does the message place the matter?
        Ignore events and towns; transform the clock reading that is left.
        Pull out the hour, get rid of am and pm by counting through the day.
        Digits for a European alarm clock, please, from this line.
    """),
    "sentence-duration": wordings("""
        How long does it last? Compute the time between beginning and end, e.g. 2 hours 30 minutes.
        Work out the duration from the two clock times in the sentence.
        sentence with start and end -> duration, like 1 hour 30 minutes
        Subtract the earlier time from the later one and answer in hours and minutes.
        From the message, find when something starts and ends, and state its length with units.
        You read an announcement with two times. Output the span between them, leaving out zero hours or minutes.
        Tell how many hours and minutes pass between the two moments named.
        Give the length of what is described: hours, and 30 minutes where there is a half hour.
        For how long would a parking ticket have to be valid?
        The difference of both clock readings, in words and figures, please.
        Measure the interval that this note speaks of.
        Start and finish are known: what lies between them?
    """),
    "sentence-end-time": wordings("""
        At what time does it end? Add the duration in the sentence to the starting time and write hh:mm.
        Compute the end from beginning and length, e.g. 19:30 and 2 hours -> 21:30.
        sentence with start and duration -> time of the end
        Read when something starts and how long it takes, and answer with the 24-hour time at which it is over.
        The message tells a start and a length. When is it finished?
        Add the hours and minutes mentioned to the clock time mentioned.
        You get an announcement; output the moment when it will be over, in digits with a colon.
        Find the closing time: starting time plus the span given.
        I have to fetch somebody afterwards; when should I be there?
        Given the opening hour and how much time goes by, work out what the clock shows last.
        Sum of a clock reading and a span, both in the text.
        When can people go home, as a 24-hour figure?
    """),
    "earlier-event": wordings("""
        Two events with their times are mentioned. Which one comes first? Copy its name with "the".
        Compare the two clock times in the sentence and answer with the event that starts earlier.
        sentence with two events and times -> the earlier event
        Read the programme and name what takes place before the other, as written.
        Which of both happens sooner on that day, going by the hours and not by the order of words?
        You get a sentence on two things at two times; output the thing with the smaller time.
        Pick the event that begins first and repeat its name from the text.
        Tell me where I have to go first: give the name of the event only.
        Put both appointments on a time line and report the left one's title.
        Whose hour is the lower? Quote the occasion, article included.
        From the pair of entries, select what opens the day.
        Drop the later occasion and write down its rival.
    """),
}
