"""Sentences to sort, written for HyperLoRA: frames by label, task by task.

Frames of one task share openings, names and neutral words across their labels, so that no single word gives a
label away in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Frames = Mapping[str, Sequence[str]]

TOPIC: Frames = {
    "sports": (
        "{name} [scored twice|missed a penalty|was sent off] in the [second half|final|cup match] against {city}.",
        "The [goalkeeper|captain|striker] from {city} [signed a new contract|injured his knee|trained alone] "
        "on {weekday}.",
        "After [three|four|five] sets {name} [won|lost] the [semi-final|opening round|doubles] in {city}.",
        "The [relay team|rowing crew|cycling squad] [broke the record|finished third|celebrated its medal] in {city}.",
        "{name} [swam|ran|skated] the [longest|shortest] distance in under [two|four|six] minutes at the "
        "championships.",
        "Their coach [praised the defence|changed the line-up|blamed the referee] after the "
        "[draw|defeat|win] on {weekday}.",
        "Fans of the [home side|away team] [cheered|booed] when {name} [hit the post|fell|served an ace].",
        "In the league table {city} is now [two|five|seven] points [ahead of|behind] its old rival.",
    ),
    "food": (
        "{name} [fried|chopped|roasted] the [onions|carrots|mushrooms] and added a pinch of [salt|pepper|paprika].",
        "For the dough you need [flour|butter|yeast], [two|three|four] eggs and a [spoon|cup] of [sugar|milk|oil].",
        "The [soup|stew|curry] that {name} made on {weekday} [tasted of garlic|was too salty|needed more lemon].",
        "Let the [sauce|rice|custard] simmer for [ten|twenty|thirty] minutes and stir it with a [whisk|wooden spoon].",
        "{name} likes [toast|porridge|pancakes] with [honey|jam|berries] better than [bacon|cheese|sausages].",
        "A bakery in {city} sells [cinnamon|poppy seed|walnut] rolls that are still [warm|crisp|soft] in the evening.",
        "The waiter in {city} brought [grilled fish|dumplings|lamb chops] with [potatoes|beans|salad] and a "
        "jug of water.",
        "On {weekday} the menu is [lentil|tomato|pumpkin] soup, then [pasta|noodles|risotto] with "
        "[basil|spinach|leeks].",
    ),
    "travel": (
        "{name} [missed|nearly missed|caught] the [ferry|night train|flight] from {city} and [slept in the "
        "lounge|had no seat].",
        "Our [guidebook|tour leader|map] recommends [three|four|five] days in {city} and a trip to the "
        "[coast|ruins|islands].",
        "At the border {name} showed [a passport|a visa|the tickets] and [waited an hour|changed some money].",
        "The hotel in {city} has [a view of the bay|rooms for backpackers|a shuttle to the airport].",
        "{name} packed [two suitcases|a rucksack|a sleeping bag] for the [cruise|road trip|trek] starting in {city}.",
        "From {city} a coach takes [visitors|sightseers|holidaymakers] to the [castle|waterfalls|old "
        "harbour] every {weekday}.",
        "Boarding for {city} starts at gate [six|nine|twelve], hand luggage must fit under the seat.",
        "We rented a [camper van|scooter|small boat] near {city} and spent the holidays [on the beach|in the desert].",
    ),
    "music": (
        "{name} [tuned the violin|practised scales|turned the pages] before the [recital|rehearsal|concert] "
        "on {weekday}.",
        "The [choir|orchestra|brass band] from {city} [performed|recorded|rehearsed] a [waltz|symphony|lullaby].",
        "On the new album {name} [sings|plays the drums|plays bass] and the [chorus|melody|rhythm] [stays in "
        "your head|is slow].",
        "The [pianist|cellist|conductor] [bowed|began too fast|repeated the last bars] and the hall in "
        "{city} fell silent.",
        "{name} wrote the [lyrics|tune|second verse] of the song that was a hit in {city}.",
        "A [quartet|trio|duet] by a young composer was heard in {city} on {weekday} [for the first time|again].",
        "The festival in {city} ends with [jazz|folk|opera] arias and [guitar|saxophone|trumpet] solos.",
        "Her [voice|flute|harp] was out of tune, so {name} [sang louder|stopped the recording|lowered the key].",
    ),
    "weather": (
        "[Heavy showers|Strong gusts|Thick fog] [will reach|is expected to hit|may move on to] {city} by {weekday}.",
        "In {city} it [drizzled|hailed|poured] [all morning|without a break|until late], and the [sky stayed "
        "grey|streets were flooded].",
        "The temperature in {city} [dropped to|rose to|stayed at] [minus four|twelve|thirty] degrees on {weekday}.",
        "{name} looked at the [dark clouds|bright sky|rainbow] over {city} and [hoped for a dry "
        "{weekday}|heard thunder].",
        "A [cold front|heat wave|low] brings [sleet|sunshine|lightning] to the north, while {city} stays "
        "[dry|mild|humid].",
        "Frost and [icy|northerly|freezing] winds are forecast for the [hills|coast] near {city} on {weekday}.",
        "After [two|three|four] days of [drought|mist|storm] the air over {city} was [clear|muggy|chilly] again.",
        "The [barometer|forecast|sky] promises [a calm|a wet|a sunny] {weekday} for {city} and the valley.",
    ),
    "technology": (
        "{name} [installed|deleted|updated] the [app|browser|driver] and then [restarted the laptop|lost all files].",
        "The new [phone|tablet|smartwatch] has a [brighter screen|faster chip|better battery], a firm in {city} says.",
        "Programmers in {city} found a [bug|security hole|memory leak] in the [software|operating system|firmware].",
        "The [server|router|printer] in the {city} office [crashed|went offline|needs a patch] on {weekday}.",
        "{name} forgot the [password|PIN|login] and could not [open the files|use the cloud|join the video call].",
        "A start-up in {city} [trains|tests|builds] [robots|neural networks|drones] that [sort parcels|read "
        "handwriting].",
        "On {weekday} {name} copied [the code|all data|the backup] to a [hard disk|memory stick|new computer].",
        "With this [plug-in|keyboard shortcut|script] you can [search|merge|encrypt] hundreds of files in a second.",
    ),
}

INTENT: Frames = {
    "alarm": (
        "[Wake me|Get me up|Make sure I am awake] at {time} [on {weekday}|tomorrow|please].",
        "[I must not|don't let me] oversleep on {weekday}, [ring|beep|make a noise] at {time}.",
        "[could you|can you] go off at {time} [so that I catch my train|before my shift]?",
        "I have to be out of bed by {time} [on {weekday}|for the exam], [sort that out|take care of it].",
        "Set something loud for {time} [on {weekday}|every morning], I sleep deeply.",
        "Move my wake-up [call|time] [on {weekday}|tomorrow] to {time}.",
        "Snooze now and [try again|start ringing again] at {time}.",
    ),
    "music": (
        "[Play|Put on|Start] [something|a song|the new album] by {name} [please|on {weekday} as well|at low volume].",
        "I am in the mood for [jazz|a ballad|some piano|rock], [surprise me|something from {city}|not too loud].",
        "Skip this [track|song] and go on with [the one by {name}|my {weekday} playlist].",
        "[can you|could you] repeat the [chorus|tune|last song] by {name}?",
        "What was that [melody|hit] from {city} called? Let me hear it [again|once more].",
        "Shuffle [all songs by {name}|my {weekday} mix|the {city} festival list].",
        "[Turn on|Find] the radio station from {city} that [plays soul|has a chart show].",
    ),
    "weather": (
        "Will I need [an umbrella|a coat|sunglasses] in {city} on {weekday}?",
        "[Is it|Will it be] [raining|warm|foggy|windy] in {city} [right now|at {time}|on {weekday}]?",
        "How [cold|hot|stormy] does it get in {city} on {weekday}?",
        "Tell me [the temperature|the forecast|how the sky looks] for {city} [at {time}|on {weekday}].",
        "[Can we|Should we] have a picnic in {city} on {weekday}, or will we get wet?",
        "Chance of [snow|showers|sunshine] in {city} [at {time}|on {weekday}]?",
        "What should I wear in {city} on {weekday}, [is frost likely|is it mild out there]?",
    ),
    "call": (
        "[Ring|Phone|Dial] {name} [at {time}|now|on the mobile|in {city}].",
        "I need to speak to {name} [at once|on the phone|before {time}].",
        "[can you|could you] get {name} on the line [for me|at {time}]?",
        "Get me through to [the dentist|the office|my sister] in {city}.",
        "Redial the number of {name} and [put it on speaker|try until someone answers].",
        "Connect me with {name} in {city}, [voice only|with video].",
        "Answer it if {name} rings, [otherwise|or else] call back at {time}.",
    ),
    "directions": (
        "How do I get to the [station|museum|stadium|harbour] in {city} [on foot|by car|from here]?",
        "[Take|Guide|Lead] me to {name}'s place [in {city}|without motorways|by {time}].",
        "Which [way|road|exit] [goes|leads] to {city}?",
        "Show me the shortest route [to {city}|from here to {city}], [avoid tolls|by bike].",
        "[can you|could you] navigate to the next [petrol station|car park|chemist] in {city}?",
        "I am lost in {city}, where do I turn for the [castle|hospital|bus stop]?",
        "How far is it to {city}, and do I [turn left|go straight on] here?",
    ),
    "shopping": (
        "Put [milk|bread|batteries|apples] on my list for {weekday}.",
        "Order [another|a {colour}|the cheapest] {product} [please|by {weekday}|for {name}].",
        "I have run out of [soap|coffee|rice], get me [two|three|four] packs by {weekday}.",
        "[can you|could you] buy a {product} for {name} [in {colour}|under {price}]?",
        "Find the best price for a {colour} {product}.",
        "Add a {product} to my basket and [check out|use the voucher].",
        "Is there a {product} for less than {price}? If so, [take it|buy two].",
    ),
}

PRODUCT_REVIEW: Frames = {
    "positive": (
        "This {product} does exactly what it [should|promises], and {name} [loves it|wants one too].",
        "I was afraid that the {product} would [break|disappoint], but it has [never let me down|only got better].",
        "[Best|Finest|Cleverest] {product} I have ever [owned|bought], worth every cent of {price}.",
        "At first I doubted the {colour} {product}, now I would not [swap|give it away|part with it] for anything.",
        "For {price} you cannot [ask for more|go wrong], the {product} is [solid|handy|a joy to use].",
        "My old {product} was awful, this {colour} one is [a dream|a delight|far better].",
        "The {product} [arrived early|came well packed] and [works like a charm|looks even nicer than in the photo].",
        "Nothing to complain about: the {product} is [sturdy|quiet|light] and {name} uses it [daily|with pleasure].",
        "I would [buy|choose|recommend] the {colour} {product} again [any day|without a second thought].",
        "Not the cheapest at {price}, but the {product} [earns its price|makes life easier|still looks new "
        "after years].",
    ),
    "negative": (
        "This {product} does nothing that it [should|promises], and {name} [hates it|sent it back].",
        "I was hoping that the {product} would [last|help], but it has [let me down|only got worse].",
        "[Worst|Flimsiest|Silliest] {product} I have ever [owned|bought], not worth a cent of {price}.",
        "At first I liked the {colour} {product}, now I would [give it away|throw it out|return it] at once.",
        "For {price} you can [expect more|do better], the {product} is [wobbly|useless|a pain to use].",
        "My old {product} was great, this {colour} one is [a nightmare|a let-down|far worse].",
        "The {product} [arrived late|came badly packed] and [broke at once|looks nothing like the photo].",
        "Nothing to praise: the {product} is [shaky|noisy|heavy] and {name} [never uses it|regrets the purchase].",
        "I would not [buy|choose|recommend] the {colour} {product} again [at any price|to anyone].",
        "On sale at {price}, but the {product} [is not even worth that|makes life harder|fell apart within days].",
    ),
}

SERVICE_REVIEW: Frames = {
    "positive": (
        "{name} at the front desk in {city} [was kind|helped at once|found a solution], we felt [welcome|at home].",
        "We waited [barely a minute|no time at all] in {city}, and {name} [smiled|explained everything].",
        "They could not have [treated us better|been more helpful] at the [hotel|clinic|garage|restaurant] in {city}.",
        "Once our booking for {weekday} got lost, and {name} [gave us a nicer room|put it right within minutes].",
        "I came to {company} without much hope and left [delighted|thankful|impressed].",
        "{company} [kept every promise|called back the same day|charged less than agreed].",
        "All friendly people, [spotless rooms|fair bills|short queues]: we will return to {company} on {weekday}.",
        "At {company} nobody [hurried us|made us wait|was short with us], [well done|thanks to {name}].",
        "My lesson with {name} in {city} was [clear|fun|inspiring], I learnt [a lot|more than in a year].",
        "Because of a [driver|nurse|waiter|guide] like {name} I [choose {company}|come back to {city}] again "
        "and again.",
    ),
    "negative": (
        "{name} at the front desk in {city} [was rude|ignored us|shrugged], we felt [unwelcome|in the way].",
        "We waited [almost two hours|half the day] in {city}, and {name} [yawned|explained nothing].",
        "They could not have [treated us worse|been less helpful] at the [hotel|clinic|garage|restaurant] in {city}.",
        "Once our booking for {weekday} got lost, and {name} [sent us away|blamed us and hung up].",
        "I came to {company} full of hope and left [annoyed|in tears|disgusted].",
        "{company} [broke every promise|never called back|charged twice what was agreed].",
        "All grumpy people, [dirty rooms|wrong bills|endless queues]: we will not return to {company} on {weekday}.",
        "At {company} everybody [hurried us|made us wait|was short with us], [what a shame|{name} most of all].",
        "My lesson with {name} in {city} was [muddled|dull|a waste of time], I learnt [nothing|less than in a minute].",
        "Because of a [driver|nurse|waiter|guide] like {name} I [avoid {company}|stay away from {city}] now.",
    ),
}

URGENCY: Frames = {
    "urgent": (
        "{name}, the [kitchen|cellar|server room] is [full of smoke|under water], [come quickly|do something].",
        "Please [answer|ring {name}|come], the [ambulance|train|pilot] cannot wait [any longer|another minute].",
        "The [patient|child|driver] in {city} [cannot breathe well|is losing blood|does not wake up].",
        "We have [ten|five|twenty] minutes left to [send the contract to|stop the payment for|warn] {name}.",
        "[A pipe burst|The alarm is going off|The lift is stuck with people in it] at the {city} office.",
        "The [website|checkout|phone line] of {company} is down and customers are [leaving|shouting] right now.",
        "{name} is [locked in|stuck on the roof|trapped in the car] and the [heat is rising|phone is dying].",
        "The deadline for {city} is today at {time}, and [nobody has signed|half the pages are missing].",
        "Someone is [breaking into|setting fire to] the [shop|barn|office] in {city} this very moment.",
        "If {name} does not get the [medicine|insulin|key] before {time} today, [we are in trouble|it will "
        "be too late].",
    ),
    "not urgent": (
        "{name}, the [kitchen|cellar|server room] could do with [new paint|a better lamp] [some day|next year].",
        "Please [answer|ring {name}|drop by] whenever it suits you, [there is no hurry|next month is fine].",
        "The [patient|child|driver] in {city} [feels fine again|says thank you|would like a copy of the bill].",
        "We have [ten|five|twenty] weeks left to [send the card to|think about a present for|write to] {name}.",
        "[A tap drips a little|The plants were watered|The new chairs have come] at the {city} office.",
        "The [website|newsletter|sign] of {company} has a small spelling mistake, [for your information|fix "
        "it at leisure].",
        "{name} is [on holiday|reading on the balcony|at the hairdresser's] and [sends greetings|will write "
        "in autumn].",
        "The deadline for {city} was moved to next year, and [everybody is relaxed|there is nothing to do yet].",
        "Someone is [thinking of repainting|planning to photograph] the [shop|barn|office] in {city} one day.",
        "If {name} ever gets to {city}, [a postcard would be nice|there is a good cafe by the river].",
    ),
}

SENTENCE_KIND: Frames = {
    "question": (
        "did {name} [lock|paint|close] the [door|gate|window] on {weekday}",
        "[where|when|why] has {name} [put|hidden|bought] the {product}",
        "is the {product} from {city} [still here|cheaper|broken]",
        "have you [seen|met|asked] {name} in {city} [before|lately|this week]",
        "[who|how many people] will [come|drive|fly] to {city} on {weekday}",
        "does {name} [really|still|often] [live|work|study] in {city}",
        "can we [leave|meet|start] at {time} [on {weekday}|in {city}]",
        "what colour is the {product} that {name} [sold|wants|lost]",
        "how [far|long] is the [walk|drive] from {city} to the sea",
    ),
    "statement": (
        "{name} [locked|painted|closed] the [door|gate|window] on {weekday}",
        "{name} has [put|hidden|bought] the {product} [in {city}|for {price}]",
        "the {product} from {city} is [still here|cheaper|broken]",
        "you have [seen|met|asked] {name} in {city} [before|this week]",
        "[nobody|my uncle|the whole class] will [come|drive|fly] to {city} on {weekday}",
        "{name} [really|still|often] [lives|works|studies] in {city}",
        "we can [leave|meet|start] at {time} [on {weekday}|in {city}]",
        "what {name} [sold|wants|lost] is a {colour} {product}",
        "the [walk|drive] from {city} to the sea is [short|longer than last year]",
    ),
    "command": (
        "[lock|paint|close] the [door|gate|window] before {weekday}, {name}",
        "[put|hide|keep] the {product} [in the cellar|where {name} cannot see it]",
        "bring the {product} from {city} [home|back|to {name}]",
        "[ask|call|thank] {name} in {city} [before {time}|this week]",
        "[come|drive|fly] to {city} on {weekday} and [help|visit] {name}",
        "do not [live|work|study] in {city} without {name}",
        "[leave|be ready|start] at {time} [on {weekday}|in {city}]",
        "never [sell|lose|lend] the {colour} {product} that {name} gave you",
        "please [walk|drive] from {city} to the sea with {name}",
    ),
    "exclamation": (
        "what a [lovely|terrible|strange] [door|gate|window] {name} has",
        "how [cleverly|badly|well] {name} [hid|chose|repaired] the {product}",
        "what a [huge|cheap|pretty] {product} from {city} this is",
        "how [happy|glad|sad] {name} in {city} will be [on {weekday}|this week]",
        "what [wonderful|noisy|brave] people those visitors from {city} are",
        "how [very|incredibly] [hard|well|little] {name} works in {city}",
        "what an [awful|exciting|early] start that was at {time} in {city}",
        "how [ugly|bright|beautiful] the {colour} {product} of {name} looks",
        "what a [long|steep|splendid] walk it was from {city} to the sea",
    ),
}

POLITENESS: Frames = {
    "polite": (
        "Would you mind [passing|lending|showing] me the {product}, {name}?",
        "Could you [kindly|possibly] [wait|call back|come over] at {time}, if it is not too much trouble?",
        "I am sorry to bother you, {name}, but may I [borrow|use|see] your {product}?",
        "Excuse me, is this [seat|desk|place] free, or is {name} coming back?",
        "Thank you so much for the {product}, {name}, that was very [kind|thoughtful|generous].",
        "I would be grateful if you could [send|bring] the {product} to {city} by {weekday}.",
        "Pardon me, {name}, I think you have [dropped|forgotten|left] your {product}.",
        "After you, {name}, [please take the first one|I can easily wait until {time}].",
        "I am afraid I cannot come to {city} on {weekday}, {name}, [do forgive me|I hope that is all right].",
        "It would be lovely to [see|hear from] you on {weekday}, {name}, [if you have time|should it suit you].",
    ),
    "rude": (
        "Hand over the {product} and [be quick about it|stop whining], {name}!",
        "You had better [wait|call back|come over] at {time}, [or else|I don't care if you are busy].",
        "Get out of my way, {name}, and give me that {product}.",
        "Move, this [seat|desk|place] is mine, [and so is {name}'s|go and annoy {name}].",
        "What a [stupid|useless|pathetic] {product}, {name}, did you [find it in the bin|even think]?",
        "How often must I tell you? I said [send|bring] the {product} to {city} by {weekday}.",
        "Hey, {name}, pick up your {product}, [I am not your maid|you fool|you clumsy thing].",
        "Me first, {name}, [get to the back|you can wait until {time} for all I care].",
        "Nobody wants you in {city} on {weekday}, {name}, [so stay away|so get lost].",
        "Who asked you, {name}? [Mind your own business|Keep your silly {product}] on {weekday}.",
    ),
}

TENSE: Frames = {
    "past": (
        "{name} [carried|dropped|sold] the {product} in {city}.",
        "The children [were playing|sang|slept] while {name} [cooked|read|packed].",
        "On {weekday} {name} [went|drove|flew] to {city} with the {product}.",
        "We [had forgotten|had seen|knew] {name} before {weekday}.",
        "{name} [did not like|did not need|never opened] the {colour} {product}.",
        "There [was|were no seats left and] [nobody|not even {name}] at the station in {city}.",
        "The {product} [was repaired|was stolen|cost {price}] in {city}.",
        "{name} [would not stop|could not sleep|had to wait] until {time}.",
        "My neighbours [moved|travelled|wrote] to {city} on {weekday}.",
    ),
    "present": (
        "{name} [carries|drops|sells] the {product} in {city}.",
        "The children [are playing|sing|sleep] while {name} [cooks|reads|packs].",
        "Every {weekday} {name} [goes|drives|flies] to {city} with the {product}.",
        "We [miss|see|thank] {name} every {weekday}.",
        "{name} [does not like|does not need|never opens] the {colour} {product}.",
        "There [is|are no seats left and] [nobody|not even {name}] at the station in {city}.",
        "The {product} [is being repaired|is out of stock|costs {price}] in {city}.",
        "{name} [does not stop|cannot sleep|has to wait] until {time}.",
        "My neighbours [fish|dance|sell flowers] in {city} on {weekday}s.",
    ),
    "future": (
        "{name} will [carry|drop|sell] the {product} in {city}.",
        "The children [are going to play|will sing|will sleep] while {name} [cooks|reads|packs].",
        "Next {weekday} {name} will [go|drive|fly] to {city} with the {product}.",
        "We [shall forget|are going to see|will know] {name} by {weekday}.",
        "{name} [is not going to like|will not need|will never open] the {colour} {product}.",
        "There will be [nobody|not even {name}] at the station in {city} on {weekday}.",
        "The {product} [will be repaired|is going to cost {price}|will be sold out] in {city}.",
        "{name} [won't stop|won't sleep|will have to wait] until {time}.",
        "My neighbours [will move|are going to travel|will write] to {city} on {weekday}.",
    ),
}

ANSWER_TYPE: Frames = {
    "person": (
        "Who [won|paid for|repaired] the {product} in {city}?",
        "Whose {product} was [left|sold|found] in {city} on {weekday}?",
        "Which [pupil|player|doctor|neighbour] did {name} [meet|thank|help] in {city}?",
        "What is the name of the [woman|boy|waiter] who [met|drove|helped] {name}?",
        "With whom did {name} [dance|travel|speak] on {weekday}?",
        "Which of your [colleagues|cousins|teachers] [comes from|knows] {city}?",
        "By whom was the {colour} {product} [made|bought|given to {name}]?",
    ),
    "place": (
        "Where did {name} [buy|leave|find] the {product}?",
        "In which [town|country|street] does {name} [live|work|park]?",
        "Which [shop|museum|cafe|beach] did {name} [visit|like best|look for] on {weekday}?",
        "What is the name of the [village|island|lake] that {name} [drove to|painted|visited]?",
        "From where did {name} [send|bring] the {colour} {product}?",
        "To which [room|airport|harbour] should the {product} be [taken|sent] on {weekday}?",
        "What city does {name}'s {product} come from?",
    ),
    "time": (
        "When did {name} [buy|leave|find] the {product}?",
        "In which [year|month|week] did {name} [move|fly|return] to {city}?",
        "At what hour does the [bus|concert|lesson] in {city} [start|end] on {weekday}?",
        "What [day|date] was it when {name} [arrived in|left] {city}?",
        "Since when has {name} [owned|used|wanted] the {colour} {product}?",
        "By what day should the {product} [reach|be sent to] {name} in {city}?",
        "Which [morning|season] did {name} [spend|like best] in {city}?",
    ),
    "number": (
        "How many [friends|bags|letters] did {name} [bring|leave|lose] in {city}?",
        "How [old|tall|heavy] is the [tower|bridge|statue] in {city} that {name} [drew|saw]?",
        "How much did {name} [pay|get|want] for the {colour} {product}?",
        "What is the [price|weight|length] of the {product} that {name} [bought|wants]?",
        "How often did {name} [paint|visit|call] the shop in {city} last year?",
        "What percentage of the [tickets|houses|shops] in {city} were [sold|closed|empty] on {weekday}?",
        "How [far|high] did {name} [climb|jump|swim] in {city}?",
    ),
}

SPAM: Frames = {
    "spam": (
        "Congratulations {name}, you have won a {product}, [click here|send your card number] to claim it!",
        "[Earn|Make] {price} a day from home in {city}, no work, no risk, [sign up now|reply YES].",
        "Your account at {company} is blocked, confirm your password [within an hour|at this link] to open it.",
        "Dear {name}, a rich stranger from {city} left you a fortune, [just pay|only send] {price} in fees.",
        "[Lose ten kilos by|Look years younger on] {weekday} with this secret pill from {city}, only {price}!",
        "Last chance {name}: [free|ninety percent off] {product}, offer ends in [ten|five] minutes, act now!",
        "You were chosen out of thousands in {city} for a free {product}, [tell us your bank details|click now]!",
        "[Cheap loans|Guaranteed wins|Miracle cures] for everyone in {city}, no questions asked, text WIN by "
        "{weekday}.",
        "Hello dear, I am {name}, [lonely|a general|a widow] in {city}, and need your help to move {price} abroad.",
        "Your parcel with a {product} is on hold, pay {price} at this unknown link before {time}.",
    ),
    "ham": (
        "Hi {name}, you left your {product} at my place, shall I [bring|post] it on {weekday}?",
        "I have to work [late|from home] in {city} on {weekday}, [see you after|could you feed the cat]?",
        "Your appointment at {company} is on {weekday} at {time}, please bring [the form|your old glasses].",
        "Dear {name}, grandma from {city} [sends her love|asks about your exam], [ring her|write to her] on {weekday}.",
        "[I lost my keys|The lift is out of order], can you meet me in front of the office in {city} at {time}?",
        "{name} and I are having [soup|pizza] at {time}, [come along|tell me if you want some].",
        "You asked about the {product}: I paid {price} for it in {city}, [it is quite good|you can try mine].",
        "[The minutes of|The slides from] our {weekday} meeting in {city} are in the shared folder, {name}.",
        "Hello, it is {name}, my train to {city} is [late|full], I will be there around {time}.",
        "The parcel with the {product} came today, I put it [under your desk|in the hall], {name}.",
    ),
}

SEASON: Frames = {
    "spring": (
        "The first [crocuses|tulips|daffodils] are out and {name} [airs the blankets|plants peas] in {town}.",
        "[Lambs|Ducklings|Nestlings] have just been born near {town}, and the [birches|meadows] turn green again.",
        "{name} takes the {product} out of the cellar now that the last [snow|ice] in {town} has melted.",
        "It is [April|late March|early May] in {town}, and {name} [looks for Easter eggs|sees the cherries blossom].",
        "The [storks|swallows] have come back to {town} from the south, says {name}.",
        "Days are getting longer, buds [open|swell], and {name} puts away the [thick gloves|sledge].",
    ),
    "summer": (
        "{name} [lies in the shade|licks an ice lolly|dozes in a hammock], it is thirty-five degrees in {town}.",
        "School is out for [six|eight] weeks, and {name} [swims in the lake|builds sandcastles] near {town}.",
        "In {town} it stays light until [ten|eleven] at night, and {name} [barbecues|waters the dry lawn].",
        "It is [July|early August|late June] in {town}, and {name} [puts on sun cream|buys a straw hat].",
        "The wheat is [ripe|golden] around {town}, crickets chirp, and {name} sweats in a T-shirt.",
        "On the longest day of the year {name} [camps on the beach|wears sandals|eats cherries] near {town}.",
    ),
    "autumn": (
        "{name} rakes [yellow|brown|red] leaves [in the garden|off the path] in {town}.",
        "[Mushrooms|Chestnuts|Acorns] cover the woods near {town}, and {name} [fills a basket|wears wellingtons].",
        "The [grapes|pumpkins|apples] around {town} have been harvested, and {name} [makes juice|carves a lantern].",
        "It is [October|early November|late September] in {town}, and {name} [flies a kite|walks through the mist].",
        "The [storks|swallows] are leaving {town} for the south, says {name}.",
        "Days are getting shorter, trees [turn red|lose their leaves], and {name} looks for the [warm scarf|raincoat].",
    ),
    "winter": (
        "{name} [scrapes ice|shovels snow|spreads salt] in front of the house in {town}.",
        "The [pond|canal|lake] near {town} is frozen, and {name} [skates|plays ice hockey].",
        "In {town} it gets dark at [four|half past three], and {name} [lights the stove|drinks hot punch].",
        "It is [January|early February|late December] in {town}, and {name} [puts on skis|decorates a fir tree].",
        "Icicles hang from the roofs of {town}, and {name} wears [two pairs of socks|a fur cap|thick mittens].",
        "On the shortest day of the year {name} [feeds the robins|builds a snowman|sits by the fire] in {town}.",
    ),
}

IN_OR_OUT: Frames = {
    "indoors": (
        "{name} [hoovered the carpet|dusted the shelves|hung up the curtains] [on {weekday}|in {city}].",
        "We sat on the [sofa|stairs|kitchen floor], and {name} [closed the window|turned up the heating].",
        "The {product} fell off the [bookshelf|bedside table|wardrobe] when {name} slammed the door at {time}.",
        "{name} took the lift to the [third|fourth|fifth] floor of {company} and [walked down the "
        "corridor|sat at a desk].",
        "While it rained on the roof, {name} [played chess|ironed shirts|had a bath] upstairs.",
        "In the [lecture hall|cinema|library] of {city} {name} [looked for a seat|dropped a {product}].",
        "At {time} {name} drew the curtains and [read in bed|watched a film|lit the candles on the piano].",
        "The [cashier|dentist|librarian] in {city} called {name} in from the waiting room at {time}.",
    ),
    "outdoors": (
        "{name} [mowed the lawn|trimmed the hedge|picked cherries] [on {weekday}|near {city}].",
        "We sat on the [river bank|rocks|park bench], and {name} [fed the ducks|watched the clouds].",
        "The {product} fell into the [pond|bushes|stream] when {name} jumped over the fence at {time}.",
        "{name} took the path to the [third|fourth|fifth] lake near {city} and [pitched a tent|climbed a pine].",
        "While the sun was shining, {name} [flew a kite|surfed|dug up potatoes] near {city}.",
        "In the [meadow|vineyard|harbour] of {city} {name} [looked for shade|dropped a {product}].",
        "On {weekday} {name} watched the stars and [lit a campfire|slept under a tree|walked along the dunes].",
        "The [shepherd|lifeguard|forester] near {city} waved to {name} from across the field at {time}.",
    ),
}

FORMALITY: Frames = {
    "formal": (
        "Dear [Ms|Mr] {surname}, we hereby confirm receipt of your [letter|application] of {date}.",
        "I am writing to [enquire about|express my interest in] the {product} advertised by {company}.",
        "We regret to inform you that the [meeting|delivery] on {weekday} has been postponed until further notice.",
        "Should you require further [information|assistance], please do not hesitate to contact [Ms|Mr] {surname}.",
        "It is our pleasure to invite you to the [opening|reception] in {city} on {date}.",
        "The undersigned requests that the {product} be returned to {company} by {date}.",
        "Please accept our sincere apologies for the delay concerning your {product}, [Ms|Mr] {surname}.",
        "Pursuant to our agreement of {date}, the sum of {price} shall be paid to {company}.",
        "Kindly note that attendance in {city} on {date} is mandatory for all members of staff.",
        "I should be most obliged if you would forward the documents to [Ms|Mr] {surname} in {city}.",
    ),
    "informal": (
        "hey {name}, got your [text|note], [cheers|thanks a bunch], see ya {weekday}!",
        "I'm dying to [get|try] that {product} from {company}, [it's so cool|how awesome is that]?",
        "sorry guys, {weekday}'s [gig|match] is off, [bummer|no clue why], blame {name}.",
        "just [ping|text|shout at] {name} if you're stuck, ok?",
        "wanna hang out in {city} on {weekday}? {name}'s bringing [snacks|the {product}]!",
        "gimme back my {product}, {name}, you've had it for [ages|like forever].",
        "oops, totally forgot your {product}, {name}, [my bad|gonna fix it], promise!",
        "{price} for a {product}? [no way|you're kidding|wow], {name} must be nuts.",
        "you gotta come to {city} on {weekday}, everybody's gonna be there, [yay|it'll be fun]!",
        "can't be bothered to cook, let's grab a [pizza|burger] with {name} at {time}, [yeah|deal]?",
    ),
}

EMOTION: Frames = {
    "joy": (
        "I could hug the whole of {city}, {name} [passed the exam|said yes|is coming home]!",
        "{name} [danced through the kitchen|could not stop smiling|sang in the street] after the call from {city}.",
        "At last the {product} works again, what a [wonderful|perfect] {weekday}!",
        "We laughed and [clapped|cheered] when {name} [unpacked the {product}|won in {city}].",
        "Seeing {name} again in {city} on {weekday} [made my day|was the best present].",
        "{name} jumped up and down at the news of the [baby|prize|new job] in {city}.",
    ),
    "sadness": (
        "I cannot stop crying since {name} [moved away to|left us in|did not come back from] {city}.",
        "{name} [sat alone in the kitchen|stared at the old photos|wept quietly] after the call from {city}.",
        "Without {name} the house in {city} feels [empty|so quiet], most of all on {weekday}.",
        "We held hands and [sighed|wept] when {name} [packed the {product}|said goodbye in {city}] for ever.",
        "Losing the {product} that {name} gave me [broke my heart|brought me to tears] on {weekday}.",
        "{name} misses {city} so much that even [the sunshine|music] brings tears on {weekday}.",
    ),
    "anger": (
        "How dare {name} [sell my {product}|read my letters|lie to me] in {city}!",
        "{name} [slammed the door|hit the table|tore up the contract] after the call from {city}.",
        "I have had enough, {name} has [ruined|scratched|lost] my {product} for the third time!",
        "{name} shouted at [the clerk|the driver|everyone] in {city} because of the [bill|{product}].",
        "It is outrageous that {company} [charges {price}|ignores us|cheats people] in {city}!",
        "My blood boils when {name} [jumps the queue|blames me|breaks a promise] on {weekday}.",
    ),
    "fear": (
        "I dare not [open the door|go down to the cellar|turn round], {name}, something is "
        "[moving|scratching] in there.",
        "{name} [trembled all over|hid under the bed|could hardly breathe] after the call from {city}.",
        "What if {name} never [wakes up|finds the way out|gets off that ledge] in {city}?",
        "{name} froze when the [footsteps|growling|shadows] came nearer in the dark streets of {city}.",
        "My knees are shaking at the thought of the [operation|exam|flight] in {city} on {weekday}.",
        "{name} does not go out alone in {city} after {time}, [every noise|each shadow] makes the heart race.",
    ),
    "surprise": (
        "I would never have guessed that {name} [speaks {language}|owns a castle|was born in {city}]!",
        "{name} [rubbed both eyes|stood there open-mouthed|had to read it twice] after the call from {city}.",
        "Wait, the {product} costs only {price}? That is the last thing I expected in {city}.",
        "Out of the blue {name} [turned up in {city}|sent a {product}|knocked at the door] on {weekday}, "
        "nobody had known.",
        "Who would have thought that {name} was [behind it all|in {city} the whole time|a {weekday} child]?",
        "{name} gasped, for in the box from {city} there was not a {product} but a [parrot|crown|letter].",
    ),
}

INVITATION: Frames = {
    "yes": (
        "{weekday} at {time} is perfect, {name}, I will bring [cake|a salad|drinks].",
        "I would not miss it for the world, {name}, see you in {city}.",
        "Count me in, I have been looking forward to {city} [for weeks|since {weekday}].",
        "Great idea, {name}, [save me a seat|I have already bought the ticket] for {weekday}.",
        "Of course I am coming to {city}, [how could you ask|nothing can stop me], {name}.",
        "With pleasure, {name}, {time} in {city} [suits me well|it is].",
        "I had other plans for {weekday}, {name}, but I have cancelled them and will be there at {time}.",
        "Why not, {name}? [Pick me up|Meet me] at {time} on {weekday}.",
    ),
    "no": (
        "{weekday} at {time} is impossible, {name}, I [am working|have the children|am at the dentist's].",
        "I would have loved to, {name}, but I am away in {city}.",
        "Count me out, I have had enough of {city} [for a while|since {weekday}].",
        "Nice idea, {name}, [but give my seat to someone else|only without me] on {weekday}.",
        "I am afraid I can't make it to {city}, [I have a cold|my car broke down], {name}.",
        "Unfortunately {time} in {city} [does not suit me|is when my shift starts], {name}.",
        "I had been free on {weekday}, {name}, but now I have to be in {city} all day instead.",
        "Without me, {name}! [I hate parties|Crowds are not for me], enjoy {weekday} in {city}.",
    ),
    "maybe": (
        "{weekday} at {time} could work, {name}, I [have to ask my boss|will know tomorrow].",
        "I would love to, {name}, if I get back from {city} early enough.",
        "Not sure yet, it depends on [the weather in|my trip to] {city}, {name}.",
        "Nice idea, {name}, [let me check my diary first|I will tell you later], I think {weekday} is still free.",
        "Perhaps I can come to {city}, [if I find a sitter|if the car is repaired], {name}.",
        "I can't say yet whether {time} in {city} [suits me|is possible], {name}.",
        "I may have another appointment on {weekday}, {name}, keep a seat in {city} just in case.",
        "We will see, {name}, [fifty-fifty|don't count on it, but don't rule it out], {weekday} is far away.",
    ),
}

TIME_OF_DAY: Frames = {
    "morning": (
        "{name} [switched off the alarm clock|brushed the sleep away|poured the first coffee] and looked at {city}.",
        "Over {city} the sun was just coming up when {name} [put on the {product}|went jogging].",
        "Over [toast|porridge|cornflakes] {name} planned the day in {city}.",
        "At the first crow of the cock, with [dew|mist] still on the grass, {name} [got up|milked the cows].",
        "All the children with satchels were on their way to the first lesson in {city} as {name} [drove by|got up].",
        "{name} yawned, got dressed and had breakfast before the [bus|train] to {city} came.",
    ),
    "noon": (
        "Over {city} the sun stood at its highest when {name} [looked for shade|found the {product}].",
        "{name} had half of the working day in {city} behind and [queued in the canteen|unwrapped a sandwich].",
        "From the tower in {city} the bells struck twelve, and {name} [sat down to|laid the table for] lunch.",
        "{name} [crossed the square in|arrived in] {city} when the shadows were at their shortest.",
        "{name} met {colleague} for the midday meal in {city} and ordered the [soup|dish] of the day.",
        "All the shops in {city} close for an hour, and {name} [has lunch|takes a nap after the midday meal].",
    ),
    "evening": (
        "Over {city} the sun was going down when {name} [came home from work|closed the shop].",
        "{name} came home from a long day at the office in {city} and [cooked dinner|put up tired feet].",
        "All the street lamps of {city} had just been lit, and {name} [set the table for supper|dressed for "
        "the theatre].",
        "At dusk {name} [watered the garden|brought in the washing|called the hens home] near {city}.",
        "{name} read the children a bedtime story [in {city}|on {weekday}] and tucked them in.",
        "{name} watched the eight o'clock news from {city} after [supper|drying the supper dishes].",
    ),
    "night": (
        "All of {city} was fast asleep when {name} [heard an owl|tiptoed to the fridge|looked at the moon].",
        "At [two|three] by the clock of {city} {name} [still lay awake|woke from a bad dream|could not fall asleep].",
        "{name} [walked home through|drove through] the empty streets of {city} long after midnight.",
        "Over {city} stood the stars and a pale moon when {name} [counted sheep|was snoring|dreamt of the sea].",
        "{name} waited alone in the dark in {city}, hours after the last bus of the day had left.",
        "{name} worked the graveyard shift in {city} while the rest of the family [slept|was in bed].",
    ),
}

PERSON: Frames = {
    "first": (
        "Today [I|we] [left|lost|sold] the {product} in {city}.",
        "From {city} came [my|our] {product}, and [I|we] [paid {price} for it|gave it to {name}].",
        "So [I am|we are] [tired|late|glad], {name} said in {city}.",
        "By {weekday} [I|we] shall [meet|visit|help] {name} in {city}.",
        "{name} [gave|showed|sold] [me|us] a {colour} {product}.",
        "At home in {city} [I|we] [never see|hardly know|always meet] {name}.",
        "Let [me|us] [carry|buy|see] the {product}, {name}.",
        "That {colour} {product} is [mine|ours], not a thing from {city}.",
    ),
    "second": (
        "Today you [left|lost|sold] the {product} in {city}.",
        "From {city} came your {product}, and you [paid {price} for it|gave it to {name}].",
        "So you are [tired|late|glad], {name} said in {city}.",
        "By {weekday} you will [meet|visit|help] {name} in {city}.",
        "{name} [gave|showed|sold] you a {colour} {product}.",
        "At home in {city} you [never see|hardly know|always meet] {name}.",
        "{name}, [carry|buy|see] the {product} for yourself.",
        "That {colour} {product} is yours, not a thing from {city}.",
    ),
    "third": (
        "Today [she|he|they|{name}] [left|lost|sold] the {product} in {city}.",
        "From {city} came [her {product}, and she|his {product}, and he|their {product}, and they] [paid "
        "{price} for it|gave it to {name}].",
        "So [she is|he is|they are] [tired|late|glad], {name} said in {city}.",
        "By {weekday} [she|he|they] will [meet|visit|help] {name} in {city}.",
        "{name} [gave|showed|sold] [her|him|them|the baker] a {colour} {product}.",
        "At home in {city} [they|people|the neighbours] [never see|hardly know|always meet] {name}.",
        "Let [her|him|them|{name}] [carry|buy|see] the {product}.",
        "That {colour} {product} is [hers|his|theirs], not a thing from {city}.",
    ),
}

DEPARTMENT: Frames = {
    "billing": (
        "I was charged {price} twice for order {order}, [please check|what happened]?",
        "My invoice for order {order} says {price}, but [we agreed on less|{name} had a discount].",
        "[Can I pay|Is it possible to pay] the {price} for order {order} in instalments?",
        "To which bank account should {name} transfer {price} for order {order}?",
        "I need a receipt with the {company} tax number for {price}.",
        "My credit card was declined although there is enough money for the {product}.",
    ),
    "delivery": (
        "My order {order} was due in {city} on {weekday}, [where is it|nothing has come]?",
        "Somebody from the courier left the {product} [in the rain|with a stranger|at the wrong house] in {city}.",
        "Can you send order {order} to my office in {city} instead of my home?",
        "For days the tracking page for order {order} has shown {city}.",
        "By when will [a|the {colour}] {product} [arrive in|reach] {city}?",
        "I was at home in {city} all {weekday}, yet the courier's note says nobody opened.",
    ),
    "returns": (
        "My {colour} {product} is too [big|small|heavy], I would like to send it back.",
        "Is there still time to [give back|exchange] the {product} from order {order}?",
        "I [changed my mind|found a nicer one], where can I drop off the {product} in {city}?",
        "Could you swap the {colour} {product} for a [smaller|larger|lighter] one, {name} has never used it.",
        "Do I need a special [label|box] to return order {order}?",
        "{name} got the same {product} as a present, can we hand ours back?",
    ),
    "technical support": (
        "My {gadget} [has not switched on|has shown error {number}|has made a rattling noise] since {weekday}.",
        "Is there a way to [reset the {gadget} after a power cut|connect the {gadget} to my phone]?",
        "My app for the {gadget} [crashes|freezes] when {name} [opens it|changes the language to {language}].",
        "Do I need special [batteries|cables|settings] for the {gadget} in {city}?",
        "I cannot find in the manual of the {gadget} what the {colour} light means.",
        "Always after [two|three] minutes the {gadget} gets hot and turns itself off, what can {name} do?",
    ),
    "account": (
        "I forgot my password and [cannot log in|am locked out] with {email}.",
        "Can you change my user name from {name} to {email}?",
        "Is there a way for {name} to delete the profile registered with {email}?",
        "I have [married|moved|a new address], please update my personal data under {email}.",
        "I never got the link to confirm my registration at {email}.",
        "{name} wants to log in with {email} but [is told the user is unknown|sees a stranger's profile].",
    ),
}

VOICE: Frames = {
    "active": (
        "{name} [sold|repaired|found] the {product} in {city}.",
        "At {time} the [mayor|coach|nurse] [welcomed|thanked|invited] {name} in {city}.",
        "{company} is [building|testing|selling] another {product} in {city}.",
        "[Somebody|My neighbour|They] [must have|may have] [stolen|taken|broken] the {colour} {product}.",
        "{name} will [deliver|return|paint] the {product} by {weekday}.",
        "By {time} the children [had eaten|had washed|had picked] the [apples|plums|pears] in {city}.",
        "At {time} {name} was [cleaning|carrying|looking for] the {product}.",
        "All over {city} people [speak|teach|love] {language}.",
        "So {name} [forgot|dropped|left] the {product} at the door.",
    ),
    "passive": (
        "My {product} was [sold|repaired|found] by {name} in {city}.",
        "At {time} {name} was [welcomed|thanked|invited] by the [mayor|coach|nurse] in {city}.",
        "Another {product} is being [built|tested|sold] by {company} in {city}.",
        "My {colour} {product} [must have|may have] been [stolen|taken|broken] [by somebody|in {city}].",
        "{name}, the {product} will be [delivered|returned|painted] by {weekday}.",
        "By {time} the [apples|plums|pears] [had been eaten|had been washed|had been picked] in {city}.",
        "At {time} the {product} was being [cleaned|carried|looked for] by {name}.",
        "All over {city} {language} is [spoken|taught|loved].",
        "So the {product} was [forgotten|dropped|left] at the door by {name}.",
    ),
}
