"""Subjects, actions, words in two spellings and sentence shapes of the rewriting tasks; all people are invented."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.strip().splitlines() for part in (p.strip() for p in line.split(",")) if part)


# Sentences of other than seen tasks begin only with those that no seen task may ask about as single words.
DETERMINERS = _lines("the, our, her, his, my, their")
PEOPLE = _lines("""
    teacher, farmer, aunt, neighbour, nurse, pilot, baker, brother, uncle, sister, student, gardener, secretary, painter
    cousin, waiter, dentist, friend, driver, mayor, grandmother, singer, librarian, niece, nephew, postman, coach
    engineer, captain, tourist, cook, plumber, electrician, grandfather, manager, artist, guest, visitor
    actor, scientist, mechanic, butcher, tailor, musician, doctor, landlady, caretaker, receptionist, lawyer, daughter
    colleague, boss, flatmate, lodger, trainer, accountant, assistant, chef, goldsmith
""")
# Transitive verbs in their base form with objects in the singular, ...
ACTIONS = _lines("""
    open the window, close the gate, write the letter, drink the lemonade, eat the sandwich, buy the carpet
    sell the piano, build the shed, break the vase, find the key, lose the ticket, catch the ball, bring the ladder
    throw the stone, draw the map, drive the van, feed the parrot, sing the song, fly the kite, hide the parcel
    hold the rope, pay the bill, send the postcard, shake the bottle, sweep the floor, take the photo, tell the story
    choose the wallpaper, climb the tower, paint the fence, clean the mirror, cook the soup, bake the cake
    wash the blanket, carry the suitcase, repair the clock, water the lawn, visit the museum, watch the film
    answer the phone, borrow the umbrella, cross the bridge, fill the bucket, finish the report, fold the towel
    invite the class, kick the football, lock the door, move the table, order the pizza, pack the bag, pick the apple
    plant the tree, polish the mirror, pour the tea, print the poster, push the trolley, rent the boat
    return the book, save the file, sign the contract, solve the puzzle, start the engine, stir the sauce
    taste the cheese, test the machine, touch the wall, use the computer, wrap the present, copy the address
    count the money, brush the horse, explain the rule, follow the path, mix the paint
    share the pie, type the message, unlock the cupboard, translate the poem, measure the room
    photograph the castle, decorate the hall, study the menu, dry the jacket, peel the orange, iron the shirt
    record the concert, publish the article, weigh the parcel, examine the coin, check the list, collect the post
    deliver the newspaper, describe the picture, destroy the wall, discover the cave, empty the basket
    load the lorry, mend the roof, park the car, roast the chicken, serve the dessert
    steer the ship, store the grain, train the dog, lift the box, update the website
""")
PLACES = _lines("""
    in the village, near the station, behind the school, at the market, beside the river, in the old town
    next to the bakery, by the harbour, at the camp, near the bridge, on the island, outside the city, in the park
    across the road, near the lighthouse, at the office, in the garden, in front of the house
""")
HABITS = _lines("""
    every morning, every Monday, after lunch, before breakfast, on Sundays, every summer, at the weekend, once a month
    twice a week, at night, every evening, after work, in winter, each spring, before dinner, on Fridays
""")
# Without adjectives: the tasks that remove the only adjective of a sentence use these too, and the habits.
MANNERS = _lines("""
    with care, without help, with a smile, without a word, with a friend, in a hurry, for a neighbour
    together with a colleague, without a break, with the others, for a guest, with patience, without any noise
    for the guests, with friends, at the request of a neighbour
""")
TRAITS = _lines("""
    tall, young, friendly, tired, clever, cheerful, famous, shy, busy, happy, polite, curious, lazy, nervous, proud
    brave, patient, hungry, lonely, quiet, elderly, blond, wealthy, grumpy, careful, elegant, gentle, honest, sleepy
    talented
""")
LOOKS = _lines("""
    large, dusty, expensive, beautiful, heavy, strange, cheap, pretty, ugly, tiny, enormous, new, lovely, simple, huge
    wonderful, ordinary, unusual, special, perfect, fantastic, modest, awful, impressive, nice, charming, terrible
    splendid, boring
""")
# What a place may be called in between "in the" and the place itself.
SITES = _lines("""
    village, station, school, market, harbour, museum, bakery, library, office, hotel, theatre, hospital, castle
    stadium, factory, kitchen, cinema, restaurant, airport, supermarket
""")
SITE_LOOKS = _lines("""
    old, crowded, famous, empty, noisy, modern, quiet, small, dark, local, sunny, cosy, historic, spacious, deserted
    dirty, shabby, colourful, gloomy, bright
""")
OWN_THINGS = _lines("""
    bicycle, umbrella, notebook, wallet, guitar, camera, diary, suitcase, jacket, keys, glasses, gloves, laptop
    violin, lunch box, watch, boots, ticket, passport, hat, scarf, car, phone, backpack, helmet, drawings, stamps
    homework, letters, bag, coat, tent, rucksack, shoes, photos, medicine, sandwich, bus pass, toolbox, magazine
""")
RELATIVES = _lines("""
    mother, father, sister, brother, uncle, aunt, cousin, neighbour, boss, teacher, best friend, grandmother
    grandfather, colleague, coach, dentist, landlord, flatmate, tutor, doctor, niece, nephew
""")
REASONS = _lines("""
    it was very hot, the guests were hungry, nobody else had time, the bus was late, there was a storm
    the shop was closed, it smelled strange, the children asked for it, the weather was fine, somebody had to do it
    the rain had stopped, the old one was broken, everyone was tired, it looked dangerous, there was enough money
    the room was too dark, the boss wanted it, the party was about to begin, it was cheap, the radio was too loud
    it was a present, the lights were off, the neighbours complained, the dog was afraid, it was her birthday
""")
CITIES = _lines("""
    Amsterdam, Athens, Barcelona, Berlin, Boston, Bristol, Brussels, Budapest, Cairo, Chicago, Cologne, Copenhagen
    Dublin, Edinburgh, Geneva, Glasgow, Hamburg, Helsinki, Istanbul, Lisbon, Liverpool, London, Madrid, Manchester
    Melbourne, Milan, Montreal, Munich, Naples, Osaka, Oslo, Paris, Prague, Rome, Seville, Stockholm, Tokyo, Toronto
    Vancouver, Venice, Vienna, Warsaw, Zagreb, Zurich
""")
LANGUAGES = _lines("""
    Arabic, Czech, Danish, Dutch, English, Finnish, French, German, Greek, Hungarian, Italian, Japanese, Korean
    Norwegian, Polish, Portuguese, Russian, Spanish, Swedish, Turkish, Welsh
""")
SAYINGS = _lines("""
    says, says on the phone, writes in a letter, explains to us, admits, claims in a loud voice, answers with a smile
    tells the other guests, writes to an old friend, repeats in the evening, complains, says again and again
""")
WEEKDAYS = _lines("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
# British and American spelling of nouns that one can see or talk about, ...
SPELLED_NOUNS = _lines("""
    colour/color, harbour/harbor, neighbour/neighbor, flavour/flavor, rumour/rumor, behaviour/behavior, humour/humor
    favour/favor, honour/honor, labour/labor, theatre/theater, centre/center, fibre/fiber, metre/meter, litre/liter
    sabre/saber, lustre/luster, tyre/tire, pyjamas/pajamas, jewellery/jewelry, moustache/mustache, aeroplane/airplane
    plough/plow, aluminium/aluminum, catalogue/catalog, defence/defense, licence/license, offence/offense
    traveller/traveler, jeweller/jeweler, counsellor/counselor, armour/armor, odour/odor, vapour/vapor, parlour/parlor
    saviour/savior, neighbourhood/neighborhood, programme/program, organisation/organization, cheque/check, kerb/curb
    calibre/caliber, spectre/specter, marvellous view/marvelous view, woollen hat/woolen hat, grey coat/gray coat
    colourful poster/colorful poster, favourite song/favorite song, mouldy bread/moldy bread, harbour wall/harbor wall
    theatre ticket/theater ticket, shopping centre/shopping center, modelling job/modeling job
    travelling circus/traveling circus, honourable man/honorable man, sulphur/sulfur, grey horse/gray horse
    colour picture/color picture, labelled box/labeled box, organised trip/organized trip, flavoured tea/flavored tea
    jewellery box/jewelry box, snow plough/snow plow, town centre/town center, good humour/good humor
""")
# ... and of verbs with an object.
SPELLED_VERBS = _lines("""
    organise the party/organize the party, recognise the tune/recognize the tune, analyse the data/analyze the data
    apologise to the guests/apologize to the guests, memorise the poem/memorize the poem
    paralyse the traffic/paralyze the traffic, summarise the report/summarize the report
    criticise the plan/criticize the plan, realise the danger/realize the danger
    modernise the house/modernize the house, colour the map/color the map, honour the winner/honor the winner
    favour the new plan/favor the new plan, memorise the rules/memorize the rules, organise the trip/organize the trip
    recognise the voice/recognize the voice, specialise in maps/specialize in maps
    emphasise the point/emphasize the point, visualise the idea/visualize the idea
    fulfil the promise/fulfill the promise, minimise the risk/minimize the risk, harbour a grudge/harbor a grudge
    savour the soup/savor the soup, catalogue the books/catalog the books, plough the field/plow the field
    sterilise the bottle/sterilize the bottle, publicise the event/publicize the event
    standardise the forms/standardize the forms, finalise the list/finalize the list
    equalise the score/equalize the score
""")
