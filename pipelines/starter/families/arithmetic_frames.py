"""Stories around two numbers `{a}` and `{b}`; written for HyperLoRA."""

from __future__ import annotations

# Asked for: a + b.
ADDING = (
    "{name} had {a} {items} in a drawer and bought {b} more at the market in {city}.",
    "There were {a} {items} on the table, and then {name} put {b} more next to them.",
    "{name} collected {a} {items} before lunch and another {b} of them after lunch.",
    "On Monday {name} packed {a} {items} into boxes, and on Tuesday {b} more were packed.",
    "{name} owns {a} {items}. For a birthday {other} gives {name} {b} more of them.",
    "A shop in {city} sold {a} {items} in the morning and {b} in the afternoon.",
    "In the first basket {name} found {a} {items}, and in the second basket there were {b}.",
    "{name} brought {a} {items} to the fair in {city} and {other} brought {b}.",
    "The red box holds {a} {items} and the blue box, which belongs to {name}, holds {b}.",
    "Yesterday {name} had {a} {items}; today a parcel with {b} more arrived from {city}.",
    "{other} counted {a} {items} on one shelf and {b} {items} on the shelf below it.",
    "Together with a friend, {name} made {a} {items} in May and {b} more in June.",
)

# Asked for: a - b.
TAKING_AWAY = (
    "{name} had {a} {items} and gave {b} of them to {other} after school.",
    "There were {a} {items} in the box from {city}, but {b} of them were broken.",
    "A shop in {city} had {a} {items} this morning and has sold {b} of them since.",
    "{name} took {a} {items} to the fair and came home with {b} fewer than that.",
    "Of the {a} {items} that {name} collected last summer, {b} have been lost.",
    "On the shelf lay {a} {items} until {name} took {b} of them away.",
    "{name} needs {a} {items} for the party and has already found {b} of them in a cupboard.",
    "The basket held {a} {items}. On the way to {city}, {name} dropped {b} of them.",
    "Yesterday {name} still had {a} {items}, but {b} of them were sold to {other} today.",
    "Out of {a} {items} in the hall, {b} were carried to the cellar by {name}.",
    "{name} bought {a} {items} in {city} and later returned {b} of them to the shop.",
    "A box of {a} {items} arrived, and {name} put {b} of them on the table.",
)

# Asked for: how many more a is than b.
COMPARING = (
    "{name} has {a} {items}, while {other} has only {b} of them at home.",
    "At the fair in {city}, {name} sold {a} {items} and {other} sold {b}.",
    "By Friday {name} had collected {a} {items}, but {other} had found no more than {b}.",
    "For the school in {city}, {name} made {a} {items}, whereas {other} made {b}.",
    "While {name} keeps {a} {items} in a trunk, {other} keeps just {b} in a bag.",
    "Because {name} started early, there are {a} {items} in the first pile and {b} in that of {other}.",
    "{name} ordered {a} {items} from {city} and {other} asked for {b} of the same kind.",
    "We counted {a} {items} in the shop of {name} and {b} in the shop of {other}.",
    "They gave {a} {items} to {name}, although {other} got only {b} from them.",
    "Over the summer {name} painted {a} {items}; {other} managed to paint {b} in the same time.",
    "From the tree house {name} threw {a} {items}, and {other} threw {b} of them.",
    "{name} and {other} both like {items}: the first owns {a}, the second {b}.",
)

# Asked for: a + b.
BOARDING = (
    "At the stop in {city}, {b} people got on a bus that already carried {a} passengers.",
    "{name} welcomed {a} guests to the hotel in {city} before {b} more arrived by train.",
    "By nine o'clock {a} visitors were in the museum of {city}, and soon {b} more came in.",
    "While {a} singers were waiting on the stage in {city}, {b} more joined them from the left.",
    "For the picnic near {city}, {name} invited {a} neighbours and later {b} colleagues as well.",
    "From the harbour of {city}, {a} tourists set off, and at the island {b} more came on board.",
    "They had {a} sheep on the farm near {city} until {name} bought another {b}.",
    "We saw {a} swans on the lake in the morning, and then {b} more landed near {name}.",
    "At first {a} pupils sat in the room of {name}, and later {b} pupils from {city} joined them.",
    "Today {a} players from {city} came to the training of {name}, followed by {b} more.",
    "{name} leads a choir of {a} people in {city}, and this week {b} new members joined.",
    "Behind the fence near {city}, {name} counted {a} cows, and {b} others stood by the river.",
)

# A price a in whole dollars, and the note b that it is paid with.
PAYING = (
    "{name} buys a {thing} for ${a} and pays with a ${b} note.",
    "The {thing} costs ${a}, and {name} hands the shopkeeper in {city} a ${b} note.",
    "With a ${b} note in hand, {name} pays for a {thing} at ${a}.",
    "At the market in {city}, {name} gives ${b} for a {thing} that costs ${a}.",
    "{name} owes the seller ${a} for the old {thing} and puts a ${b} note on the table.",
    "A used {thing} was ${a}; {name} had nothing but a ${b} note to pay with.",
    "The bill for the {thing} is ${a}. {name} lays down ${b} and waits for the change.",
    "In {city}, {name} chose a {thing} for ${a} and paid with a single ${b} note.",
    "{name} took a ${b} note out of the purse because the {thing} was marked ${a}.",
    "After finding a {thing} for ${a} in {city}, {name} paid for it with ${b}.",
    "Paying with a ${b} note, {name} leaves the shop with a {thing} that cost ${a}.",
    "For ${a} {name} got a {thing} from {other}, who had to give change for ${b}.",
)
