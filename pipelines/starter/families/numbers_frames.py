"""Sentences that hold one number, in `{shown}`; written for HyperLoRA."""

from __future__ import annotations

COUNTS = (
    "{name} counted {shown} {items} in the cellar before the lorry came to fetch them.",
    "The museum in {city} had {shown} visitors on the first day of the new exhibition.",
    "After the storm, {shown} trees had to be cut down in the park near {city}.",
    "We ordered {shown} {items} for the village fair, and all of them were sold by noon.",
    "According to the teacher, {shown} children from {city} took part in the drawing contest.",
    "There were {shown} {items} on the long table when {name} opened the door of the hall.",
    "In a long letter {name} writes that {shown} people live in the valley behind the mill.",
    "The old library keeps {shown} maps of {city}, but only a few can be seen today.",
    "It took {name} almost a year to collect {shown} {items} from all over the country.",
    "The captain told {name} that {shown} boxes of {items} were still lying in the harbour.",
    "On the market square of {city} someone had put up {shown} chairs for the concert.",
    "Last winter {name} and {other} baked {shown} small cakes for the school in {city}.",
    "Of all the {items} in the shop, {shown} were sold to a hotel in {city}.",
    "A farmer near {city} says that his {shown} sheep gave more wool than ever this spring.",
)

DIGITS = (
    "Please bring {shown} {items} to the office in {city} before the end of the week.",
    "The train to {city} has {shown} seats, and nearly all of them were taken today.",
    "{name} has to read {shown} pages about the history of {city} before the lesson starts.",
    "Exactly {shown} runners crossed the finish line in {city} before it began to rain heavily.",
    "There are {shown} steps from the gate up to the small tower where {name} works.",
    "The cook asked {name} to peel {shown} potatoes for the guests from {city}.",
    "In the whole street only {shown} houses still have the red roofs that {name} likes.",
    "My neighbour {name} grows {shown} kinds of roses in a garden outside {city}.",
    "The choir of {city} has {shown} members, most of whom have been singing for years.",
    "After {shown} minutes of waiting, {name} went home without seeing the doctor in {city}.",
    "For the party {name} blew up {shown} balloons and hung them over the long table.",
    "The hotel in {city} offers {shown} rooms with a view over the river and the bridge.",
)

PRICES = (
    "The {thing} in the window costs {shown}, which is less than {name} had expected to pay.",
    "{name} paid {shown} for a {thing} at the flea market behind the station.",
    "For {shown} you can buy a {thing} in any larger shop in {city}.",
    "My sister sold her old {thing} to {name} for {shown} after a long talk.",
    "A ticket from here to {city} costs {shown} if you book it a week before.",
    "At the till {name} was asked for {shown} and looked for the right coins.",
    "The repair of the {thing} came to {shown}, and {name} got a bill by post.",
    "Because the box was broken, the shop in {city} gave {name} a discount of {shown}.",
    "They say that the {thing} is worth {shown}, although it was made in {city} long ago.",
    "Lunch for {name} and {other} was {shown} in the small café next to the theatre.",
    "With delivery to {city} the {thing} costs {shown} and arrives within three working days.",
    "In the end {name} gave {shown} to the children who were collecting money in {city}.",
)

# About half of the openings are of words that no seen task asks about.
HEADLINES = (
    "{city}: {shown} passengers spend the night at the airport after heavy snow",
    "{city} school gives {shown} old computers to families in need",
    "{city} plants {shown} new trees along the river to cool down the streets",
    "{city} police find {shown} stolen bicycles in a cellar behind the station",
    "Over {shown} {items} found in an empty flat, the owner {name} is surprised",
    "Behind the scenes: how {shown} helpers built the new stage in {city}",
    "From {city} to the sea with {shown} sheep: the long walk of {name}",
    "Despite the rain: {shown} runners start in the {city} night race this weekend",
    "For sale in {city}: castle with {shown} windows and a very friendly ghost",
    "{name} from {city} wins contest with a tower built of {shown} {items}",
    "{name}, a retired baker, has written {shown} letters to the mayor of {city}",
    "At last: {shown} new flats open their doors near the harbour of {city}",
    "Because of a power cut, {shown} homes in {city} stay dark until morning",
    "All {shown} tickets for the concert of {name} in {city} sold within minutes",
)

ORDINALS = (
    "{name} finished the race through {city} in {shown} place and was still very happy.",
    "{city} is celebrating the {shown} birthday of its zoo with a party for children.",
    "At the {shown} attempt {name} finally managed to open the old box from {city}.",
    "For the {shown} time this year the lift in the tower of {city} is broken.",
    "My aunt lives on the {shown} floor of a tall building near the centre of {city}.",
    "They gave a present to the {shown} visitor of the new exhibition, a man from {city}.",
    "Today {name} sent off the {shown} parcel of the month, a heavy one to {city}.",
    "While {name} was reading the {shown} page of the report, the telephone rang in {city}.",
    "Behind the {shown} door of the long corridor {name} found nothing but old {items}.",
    "Because it was the {shown} question of the quiz, {name} and {other} were already tired.",
    "She put the {shown} stamp from {city} into her album and closed it with care.",
    "Although it is only the {shown} largest town of the country, {city} has two theatres.",
    "He told {name} that the {shown} meeting of the chess club would be in {city}.",
)
