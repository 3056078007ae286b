"""The events and sentences around dates and times, written for HyperLoRA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import phrases
from pipelines.starter.families.openings import opens_on
from pipelines.starter.families.slot_words import CITIES

EVENTS = phrases(
    "the spring concert, the book fair, the school play, the chess final, the flower market, the choir rehearsal, "
    "the staff meeting, the film evening, the poetry reading, the swimming lesson, the guided tour, the boat race, "
    "the cooking class, the art exhibition, the village dance, the science lecture, the charity run, "
    "the pottery course, the farewell party, the puppet show, the garden party, the first-aid course, "
    "the photo workshop, the quiz night, the winter ball, the street festival, the dress rehearsal, the summer camp, "
    "the jazz session, the bicycle tour, "
    "the opening ceremony, the parents' evening, the cheese tasting, the tennis match, the safety training, "
    "the bird walk"
)

# Each holds one {date}; about two thirds open with words that no seen task asks about.
DATE_SENTENCES = (
    "At the last meeting we agreed that {event} would be held on {date} in {city}.",
    "Because of the repairs, {event} in {city} has been moved to {date} and will start as usual.",
    "For {event} on {date} we still need two helpers from {city} and a longer table.",
    "My notes say that {event} in {city} takes place on {date}, so please keep the evening free.",
    "According to the new plan, {event} is on {date}, two streets from the station of {city}.",
    "She wrote from {city} that {event} on {date} was the best she had ever been to.",
    "They have asked everybody in {city} to send their papers for {event} before {date}.",
    "By {date} all guests of {event} in {city} should have told us what they would like to eat.",
    "The hall in {city} has been booked for {event} on {date}, and the deposit is paid.",
    "Please remember that {event} in {city} begins on {date}, and bring warm clothes and something to drink.",
    "Tickets for {event} on {date} are sold at the door and in a bookshop in {city}.",
    "Our train to {city} leaves early, because {event} on {date} opens with a long speech.",
    "While we were in {city} we heard that {event} had been fixed for {date}.",
    "From {date} on, the posters for {event} will hang in every shop window of {city}.",
)

# Each holds one {time}.
TIME_SENTENCES = (
    "At the gate in {city} we were told that {event} would not begin before {time}.",
    "Because the hall in {city} is cleaned first, {event} opens its doors at {time} today.",
    "For {event} in {city} please be at the side entrance by {time} with your ticket in hand.",
    "My bus from {city} was late, so I missed the beginning of {event} at {time}.",
    "According to the poster in {city}, {event} starts at {time} and costs nothing for children.",
    "She called from {city} to say that {event} had been moved to {time} this once.",
    "They will meet all helpers for {event} in {city} at {time} in front of the church.",
    "By {time} everyone in {city} who wants to see {event} should have found a seat.",
    "The doors for {event} in {city} close at {time}, and nobody is let in after that.",
    "Please note that {event} in {city} now begins at {time} because of the football match.",
    "Our taxi to {city} comes at {time}, which leaves us enough time for {event}.",
    "It was exactly {time} when the lights went out in {city} and {event} had to stop.",
    "While we waited in {city} for {event}, the clock on the tower showed {time} at last.",
    "From {time} on you can park behind the station of {city} and walk to {event}.",
)


def sentences(side: Side, seed: str, shapes: Sequence[str], count: int) -> Iterator[tuple[Draws, str]]:
    """Shapes with an event and a city filled in, whatever else is in braces left for the caller, and the choices."""
    draws = Draws(f"{seed} {side.name}")
    usable = [shape for shape in shapes if opens_on(side, shape)]
    for _ in range(count):
        shape = draws.pick(usable)
        yield draws, shape.replace("{event}", draws.pick(EVENTS)).replace("{city}", draws.pick(CITIES))
