"""Sentences that hold one measure, in `{shown}`; written for HyperLoRA."""

from __future__ import annotations

WALKING = (
    "{name} cycled {shown} along the river before the rain started in {city}.",
    "The path from the station to the old mill near {city} is {shown} long.",
    "It is only {shown} from the hotel in {city} to the house of {name}.",
    "On Sunday {name} and {other} hiked {shown} through the woods near {city}.",
    "The new tunnel under the hill of {city} will have a length of {shown}.",
    "After {shown} you will see a bridge, and behind it the garden of {name}.",
    "A road of {shown} runs around the park in which {name} likes to read.",
    "The runners in {city} have to cover {shown} before they may rest.",
    "{name} lives {shown} from the school in {city} and goes there on foot.",
    "In fog the lighthouse near {city} can be seen from {shown} away, says {name}.",
    "Last winter the ski run above {city} was made longer and now measures {shown}.",
    "The bus carried {name} {shown} in the wrong direction before anybody in {city} noticed.",
)

WAITING = (
    "{name} has been waiting {shown} for an answer from the office in {city}.",
    "The repair of the {thing} took {shown}, because a part had to come from {city}.",
    "In {shown} the big summer fair in {city} opens, and {name} is already excited.",
    "The course in {city} that {name} wants to take lasts {shown} in all.",
    "{name} stayed in {city} for {shown} and learned to cook there.",
    "It rained for {shown} in {city}, says {name}, and nobody could work in the garden.",
    "After {shown} on the road, {name} was glad to be back in {city}.",
    "The library in {city} lets {name} keep the book for {shown} this time.",
    "There are still {shown} left until {name} moves to a new flat in {city}.",
    "The {thing} was delivered to {name} {shown} after it had been ordered in {city}.",
    "Work on the bridge in {city} has been stopped for {shown}, which surprises {name}.",
    "{other} can look after the cat of {name} for {shown} during the holidays.",
)

MEASURING = (
    "{name} measured the hall in {city} and found that it is {shown} long.",
    "The rope that {name} bought for the boat has a length of {shown} in all.",
    "According to {name}, the wall around the garden in {city} is {shown} long.",
    "The shelf was {shown} too wide for the corner in the flat of {name}.",
    "A snake of {shown} was found behind the station of {city} by {name}.",
    "The carpenter cut {shown} off the board that {name} had brought from {city}.",
    "Please leave a gap of {shown} between the {thing} and the wall, says {name}.",
    "In the contest in {city}, the ball of {name} landed {shown} behind the line.",
    "The drawing by {name} shows a tower with a height of {shown} near {city}.",
    "{name} needs a ribbon of {shown} to tie around the parcel for {other}.",
    "The ditch that runs past the house of {name} is about {shown} wide.",
    "A sign near {city} tells {name} that the water rose by {shown} in spring.",
)

# All openings of those below are of words that no seen task asks about.
CARRYING = (
    "{name} carried {shown} of apples up to the flat of {other} in {city}.",
    "At the market in {city}, {name} bought {shown} of flour for the bakery.",
    "For the party {name} needs {shown} of potatoes from the farm near {city}.",
    "They sent a parcel of {shown} from {city} to the house of {name}.",
    "Because the box weighs {shown}, {name} had to pay more at the post office.",
    "{name} put {shown} of sand into the bucket and pulled it through {city}.",
    "By evening {name} had picked {shown} of cherries in the garden of {other}.",
    "My old suitcase weighs {shown}, and {name} does not want to take it to {city}.",
    "We gave {shown} of hay to the horses of {name} when it was cold.",
    "She asked {name} to bring {shown} of rice from the shop in {city}.",
    "According to the scales in {city}, the dog of {name} weighs {shown} now.",
    "Today {name} found a stone of {shown} on the beach near {city}.",
)

DIARY = (
    "Today we cycled {shown} from the camp to {city}, where {name} was waiting for us.",
    "At noon my boots hurt, since we had already done {shown} on the way to {city}.",
    "For the last {shown} to {city} I sat next to {name} in an old lorry.",
    "My map says that {name} and I still have {shown} to go before {city}.",
    "We lost our way near {city} and went {shown} too far, but {name} only laughed.",
    "They told us in {city} that the next village is {shown} away, so {name} bought bread.",
    "Because of the mud, the {shown} to {city} took {name} and me the whole day.",
    "By sunset we were {shown} away from {city}, and {name} began to sing.",
    "While {name} slept, I went {shown} along the coast of {city} in the moonlight.",
    "Over the hills behind {city} it was {shown} of climbing, and {name} carried the tent.",
    "{name} wants to ride {shown} tomorrow, although the road to {city} is steep.",
    "Later {name} drew our route of {shown} through {city} into the small red book.",
)
