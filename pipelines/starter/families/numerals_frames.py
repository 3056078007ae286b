"""Sentences that hold one percentage or Roman numeral, in `{shown}`; written for HyperLoRA."""

from __future__ import annotations

PERCENTAGES = (
    "About {shown} of the people who live in {city} go to work by bicycle.",
    "The shop in {city} takes {shown} off the price of every {thing} this week.",
    "{name} says that {shown} of the {items} from the last parcel were broken.",
    "In a survey of the zoo in {city}, {shown} of the visitors liked the penguins best.",
    "Only {shown} of the tickets for the concert in {city} have been sold so far.",
    "The bank offers {name} an interest rate of {shown} for the next few years.",
    "According to {name}, sales of the {thing} have grown by {shown} since last spring.",
    "Heavy rain filled the lake near {city} to {shown} of its usual level in May.",
    "When {name} looked at the screen, {shown} of the battery of the camera was left.",
    "Last year {shown} of the pupils in {city} chose music as their favourite subject.",
    "A cheese from the farm near {city} contains {shown} fat and a little salt.",
    "{name} has read {shown} of the long novel about a baker from {city}.",
)

CHAPTERS = (
    "{name} found the answer in chapter {shown} of the old book about {city}.",
    "Please copy page {shown} of the preface for {name} before the lesson begins.",
    "In volume {shown} of the encyclopaedia there is a long article about {city}.",
    "The clock on the town hall of {city} shows the numeral {shown} in golden letters.",
    "Section {shown} of the contract says that {name} has to pay for the repairs.",
    "{name} is working on scene {shown} of a play that is set in {city}.",
    "According to appendix {shown}, the tower of {city} is higher than the church.",
    "The poem about {city} stands in part {shown} of the collection that {name} edited.",
    "Figure {shown} in the report of {name} shows a map of {city} in winter.",
    "{name} wrote the remark about {city} next to paragraph {shown} in pencil.",
    "On plate {shown} of the atlas you can see the harbour of {city} from above.",
    "Lesson {shown} of the language course takes place at a market in {city}.",
)

# All openings are of words that no seen task asks about.
SEQUELS = (
    "{name} has bought tickets for the film Space Pirates {shown}, which opens in {city} tonight.",
    "At the cinema in {city} they are showing The Haunted Lighthouse {shown} all week long.",
    "For the summer games number {shown}, {city} is building a large new swimming hall.",
    "They named the ship Northern Star {shown} and launched it in the harbour of {city}.",
    "{city} was ruled by King Aldemar {shown} in the tale that {name} told us.",
    "My favourite game is Dragon Valley {shown}, and {name} from {city} plays it as well.",
    "We watched Robot Detective {shown} with {name} and then walked home through {city}.",
    "She plays the young queen in Winter Crown {shown}, a film that was made in {city}.",
    "He told {name} that the research station Polaris {shown} would be finished in {city}.",
    "During the flight to {city}, {name} fell asleep in the middle of Desert Train {shown}.",
    "According to the legend, Princess Ilvara {shown} hid a treasure under the walls of {city}.",
    "Today {name} starts to play Castle Builder {shown} on a new computer from {city}.",
)
