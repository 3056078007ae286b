"""Common words by the kind of thing that they name; no word names things of two of these kinds."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.strip().splitlines() for part in (p.strip() for p in line.split(",")) if part)


ANIMALS = _lines("""
    alligator, ant, antelope, ape, baboon, badger, bear, beaver, bee, beetle, bison, buffalo, butterfly, camel, canary
    cat, caterpillar, cheetah, chimpanzee, cobra, cockroach, cow, coyote, crocodile, crow, cuckoo, deer, dog, dolphin
    donkey, dove, dragonfly, duckling, eagle, elephant, falcon, ferret, flamingo, fox, frog, gazelle, giraffe, goat
    goldfish, goose, gorilla, grasshopper, hamster, hare, hawk, hedgehog, hen, heron, hippopotamus, horse, hyena
    iguana, jackal, jellyfish, kangaroo, kitten, koala, ladybird, leopard, lion, lizard, llama, magpie, monkey, moose
    mosquito, moth, mule, octopus, ostrich, otter, owl, panda, panther, parrot, peacock, pelican, penguin, pheasant
    pig, pigeon, pony, porcupine, puppy, python, rabbit, raccoon, rat, raven, reindeer, rhinoceros, rooster, seagull
    shark, sheep, skunk, sloth, snail, snake, sparrow, squirrel, stork, swan, tiger, toad, tortoise, turtle, viper
    vulture, walrus, wasp, weasel, whale, wolf, woodpecker, worm, zebra
""")
FRUITS = _lines("""
    apple, apricot, banana, bilberry, blackberry, blackcurrant, blueberry, boysenberry, cantaloupe, cherry, clementine
    cloudberry, coconut, cranberry, damson, dragon fruit, elderberry, fig, gooseberry, grape, grapefruit, guava
    honeydew melon, jackfruit, kiwi fruit, kumquat, lemon, lime, lingonberry, loganberry, lychee, mango, melon
    mulberry, nectarine, papaya, passion fruit, peach, pear, persimmon, pineapple, plum, pomegranate, quince
    raspberry, redcurrant, satsuma, star fruit, strawberry, tangerine, watermelon
""")
VEGETABLES = _lines("""
    artichoke, asparagus, aubergine, beetroot, broccoli, broad bean, cabbage, carrot, cauliflower, celery, chicory
    courgette, fennel, garlic, green bean, kale, leek, lettuce, onion, parsnip, pea, potato, radish, red cabbage
    runner bean, shallot, spinach, spring onion, swede, sweet potato, turnip
""")
COLOURS = _lines("""
    beige, black, blue, bright blue, bright green, bright pink, bright red, bright yellow, brown, crimson, cyan
    dark blue, dark brown, dark green, dark grey, dark pink, dark purple, dark red, deep blue, deep green, deep purple
    deep red, green, grey, indigo, khaki, light blue, light brown, light green, light grey, light pink, light purple
    light yellow, magenta, maroon, mauve, navy blue, off-white, pale blue, pale green, pale grey, pale pink
    pale purple, pale yellow, pink, purple, red, royal blue, scarlet, sky blue, snow white, jet black, turquoise
    white, yellow
""")
TOOLS = _lines("""
    axe, bolt cutter, bradawl, chainsaw, chisel, circular saw, clamp, crowbar, drill, electric drill, fretsaw
    garden fork, glue gun, hacksaw, hammer, hand drill, handsaw, hatchet, hoe, jackhammer, mallet, nail gun
    paint roller, paintbrush, pickaxe, pitchfork, pliers, pruning shears, putty knife, rake, sander, saw, screwdriver
    scythe, shears, shovel, sickle, sledgehammer, socket wrench, soldering iron, spanner, spirit level, staple gun
    tape measure, trowel, wire cutter, wrench, blowtorch, pincers, secateurs
""")
PROFESSIONS = _lines("""
    accountant, actor, actress, architect, astronaut, astronomer, baker, banker, barber, bartender, biologist
    blacksmith, bricklayer, builder, butcher, carpenter, cashier, chef, cleaner, clerk, composer, dancer, dentist
    designer, detective, diplomat, doctor, economist, editor, electrician, engineer, farmer, firefighter, fisherman
    florist, gardener, geologist, goldsmith, hairdresser, historian, housekeeper, interpreter, janitor, jeweller
    journalist, lawyer, lecturer, librarian, lifeguard, locksmith, magician, mathematician, mechanic, midwife, miner
    musician, nanny, notary, novelist, nurse, optician, painter, pharmacist, photographer, physicist, pianist, pilot
    plumber, poet, police officer, professor, programmer, psychologist, receptionist, reporter, researcher, roofer
    sailor, salesman, scientist, sculptor, secretary, shoemaker, singer, soldier, surgeon, tailor, taxi driver
    teacher, translator, violinist, waiter, waitress, welder, writer, zoologist
""")
COUNTRIES = _lines("""
    Albania, Algeria, Angola, Argentina, Australia, Austria, Bangladesh, Belgium, Bolivia, Botswana, Brazil, Bulgaria
    Cambodia, Cameroon, Canada, Chile, China, Colombia, Croatia, Cuba, Cyprus, Denmark, Ecuador, Egypt, Estonia
    Ethiopia, Fiji, Finland, France, Germany, Ghana, Greece, Haiti, Honduras, Hungary, Iceland, India, Indonesia, Iran
    Iraq, Ireland, Italy, Jamaica, Japan, Kazakhstan, Kenya, Laos, Latvia, Lebanon, Libya, Lithuania, Malaysia, Malta
    Mexico, Moldova, Mongolia, Morocco, Mozambique, Namibia, Nepal, New Zealand, Nicaragua, Nigeria, Norway, Oman
    Pakistan, Paraguay, Peru, Poland, Portugal, Qatar, Romania, Rwanda, Senegal, Serbia, Slovakia, Slovenia, Somalia
    South Africa, Spain, Sri Lanka, Sudan, Sweden, Switzerland, Syria, Tanzania, Thailand, Tunisia, Uganda, Ukraine
    Uruguay, Venezuela, Vietnam, Yemen, Zambia, Zimbabwe
""")
BODY_PARTS = _lines("""
    ankle, armpit, backbone, belly, big toe, brain, cheek, cheekbone, chin, collarbone, ear, earlobe, elbow, eye
    eyeball, eyebrow, eyelash, eyelid, finger, fingernail, fingertip, fist, forearm, forehead, hip, index finger
    intestine, jaw, jawbone, kidney, knee, kneecap, knuckle, leg, lip, little finger, lung, mouth, neck, nose, nostril
    pancreas, pelvis, rib, scalp, shin, shinbone, shoulder, shoulder blade, skull, spine, spleen, stomach, thigh
    throat, thumb, thumbnail, toe, toenail, tongue, tonsil, tooth, upper arm, waist, windpipe, wrist
""")
VEHICLES = _lines("""
    aeroplane, airliner, airship, ambulance, barge, bicycle, biplane, bulldozer, bus, camper van, canoe, car, caravan
    cargo ship, catamaran, dinghy, double-decker bus, dumper truck, ferry, fire engine, fishing boat, forklift
    freighter, glider, go-kart, helicopter, hovercraft, jeep, kayak, limousine, lorry, minibus, minivan, moped
    motorbike, motorboat, motorcycle, oil tanker, police car, quad bike, racing car, raft, rickshaw, rowing boat
    sailing boat, scooter, seaplane, ship, sledge, sleigh, snowmobile, spaceship, speedboat, sports car, steamboat
    steamship, submarine, taxi, tow truck, tractor, tram, tricycle, trolleybus, truck, tugboat, unicycle, van, wagon
    yacht
""")
INSTRUMENTS = _lines("""
    accordion, acoustic guitar, bagpipes, balalaika, banjo, bass clarinet, bass drum, bass guitar, bassoon, bongos
    bugle, castanets, celesta, cello, church organ, clarinet, concertina, cymbals, didgeridoo, double bass, drum
    dulcimer, electric guitar, fiddle, flute, French horn, glockenspiel, gong, grand piano, guitar, harmonica, harp
    harpsichord, hurdy-gurdy, kazoo, kettledrum, lute, lyre, mandolin, maracas, marimba, mouth organ, oboe, ocarina
    pan flute, piano, piccolo, saxophone, sitar, snare drum, spinet, steel drum, synthesizer, tambourine, timpani
    tin whistle, trombone, trumpet, tuba, ukulele, vibraphone, viola, violin, xylophone, zither
""")
CLOTHES = _lines("""
    anorak, apron, bathing suit, beret, blazer, blouse, boot, bow tie, cardigan, cloak, coat, dress, dressing gown
    dungarees, evening gown, fur coat, glove, hat, hoodie, jacket, jeans, jumper, kilt, kimono, leather jacket
    leggings, mitten, nightdress, nightshirt, overalls, overcoat, parka, pullover, pyjamas, raincoat, sandal, sari
    scarf, shawl, shirt, shoe, shorts, skirt, slipper, sneaker, sock, stocking, straw hat, sun hat, sweater
    sweatshirt, tights, tracksuit, trousers, tuxedo, underpants, vest, waistcoat, wedding dress, woolly hat
""")
FURNITURE = _lines("""
    armchair, bar stool, bed, bedside table, bookcase, bookshelf, bunk bed, camp bed, chair, chest of drawers
    coffee table, couch, cradle, cupboard, deckchair, desk, dining chair, dining table, display cabinet, double bed
    dressing table, filing cabinet, folding chair, footstool, four-poster bed, futon, garden bench, high chair
    kitchen cabinet, kitchen table, magazine rack, nightstand, office chair, park bench, recliner, rocking chair
    settee, shoe rack, sideboard, sofa, sofa bed, stool, swivel chair, table, wardrobe, wicker chair, writing desk
""")
DRINKS = _lines("""
    apple juice, beer, black tea, cappuccino, carrot juice, champagne, cider, cocoa, coffee, cola, cranberry juice
    espresso, fruit juice, ginger ale, grape juice, grapefruit juice, green tea, herbal tea, hot chocolate
    iced coffee, iced tea, lager, lemonade, milk, milkshake, mineral water, orange juice, peppermint tea
    pineapple juice, red wine, smoothie, sparkling water, tap water, tea, tomato juice, tonic water, white wine
""")
BUILDINGS = _lines("""
    apartment block, art gallery, bakery, barn, bus station, bungalow, castle, cathedral, chapel, cinema, concert hall
    cottage, country house, courthouse, department store, factory, farmhouse, fire station, flower shop, garage
    greenhouse, grocery store, hospital, hotel, ice rink, kindergarten, library, lighthouse, log cabin, mansion
    monastery, museum, nursing home, observatory, office block, opera house, palace, petrol station, pharmacy
    police station, post office, power station, primary school, railway station, restaurant, school, skyscraper
    stadium, supermarket, swimming hall, theatre, toy shop, town hall, university, villa, warehouse, windmill
    youth hostel
""")
SPORTS = _lines("""
    archery, badminton, baseball, basketball, beach volleyball, boxing, cross-country skiing, curling, cycling
    fencing, figure skating, football, golf, gymnastics, handball, high jump, hockey, horse racing, ice hockey, judo
    karate, lacrosse, long jump, marathon running, netball, pole vault, rock climbing, rowing, rugby, sailing, skiing
    ski jumping, snowboarding, softball, speed skating, surfing, swimming, synchronized swimming, table tennis, tennis
    triathlon, volleyball, water polo, weightlifting, windsurfing, wrestling
""")
KITCHENWARE = _lines("""
    baking tray, bread knife, butter dish, cake tin, casserole dish, chopping board, coffee cup, coffee pot, colander
    corkscrew, dessert spoon, egg cup, fish knife, frying pan, gravy boat, jug, kettle, kitchen scales, ladle
    measuring cup, milk jug, mixing bowl, mug, oven dish, pepper mill, potato peeler, rolling pin, salad bowl
    salt shaker, saucepan, saucer, serving dish, sieve, soup bowl, soup plate, soup spoon, spatula, steak knife
    sugar bowl, tablespoon, teacup, teapot, teaspoon, tin opener, toaster, waffle iron, whisk, wine glass, wok
    wooden spoon
""")
DISHES = _lines("""
    apple pie, bacon, baguette, beef stew, biscuit, bread roll, brownie, burger, butter, cheese, cheesecake
    chicken curry, chicken soup, chocolate cake, cornflakes, croissant, custard, doughnut, fish pie, fried egg
    fried rice, garlic bread, goulash, gravy, ham, hot dog, ice cream, jam, lasagne, macaroni, marmalade
    mashed potatoes, meatball, muesli, muffin, mushroom soup, mustard, noodle soup, omelette, pancake, peanut butter
    pizza, popcorn, porridge, pretzel, risotto, roast beef, salami, sandwich, sausage, spaghetti, steak, tomato sauce
    waffle, yoghurt
""")
# No countries, no names of people, no languages.
CITIES = _lines("""
    Amsterdam, Ankara, Athens, Baghdad, Bangkok, Barcelona, Beijing, Berlin, Bogota, Boston, Bristol, Brussels
    Budapest, Cairo, Cape Town, Caracas, Chicago, Cologne, Copenhagen, Dallas, Damascus, Dublin, Edinburgh, Geneva
    Glasgow, Hamburg, Hanoi, Havana, Helsinki, Istanbul, Jakarta, Kyoto, Lagos, Lisbon, Liverpool, London, Los Angeles
    Madrid, Manchester, Manila, Marseille, Melbourne, Milan, Montreal, Moscow, Mumbai, Munich, Nairobi, Naples
    New York, Osaka, Oslo, Ottawa, Paris, Prague, Rome, San Francisco, Seoul, Seville, Shanghai, Stockholm, Tehran
    Tokyo, Toronto, Toulouse, Vancouver, Venice, Vienna, Warsaw, Zagreb, Zurich
""")
LANGUAGES = _lines("""
    Arabic, Danish, Dutch, English, Finnish, French, German, Greek, Hebrew, Hindi, Hungarian, Icelandic, Italian
    Latin, Korean, Norwegian, Polish, Portuguese, Romanian, Russian, Spanish, Swahili, Swedish, Turkish, Welsh
""")

# By the singular name of the kind.
WORDS_OF_KIND = {
    "animal": ANIMALS,
    "body part": BODY_PARTS,
    "building": BUILDINGS,
    "city": CITIES,
    "colour": COLOURS,
    "country": COUNTRIES,
    "dish": DISHES,
    "drink": DRINKS,
    "fruit": FRUITS,
    "kitchen utensil": KITCHENWARE,
    "language": LANGUAGES,
    "musical instrument": INSTRUMENTS,
    "piece of clothing": CLOTHES,
    "piece of furniture": FURNITURE,
    "profession": PROFESSIONS,
    "sport": SPORTS,
    "tool": TOOLS,
    "vegetable": VEGETABLES,
    "vehicle": VEHICLES,
}
# Kinds that some people would not tell apart, or of which some word has another sense (peach is also a colour).
CLASHES = {
    frozenset(pair)
    for pair in (
        ("fruit", "vegetable"),
        ("fruit", "colour"),
        ("vegetable", "colour"),
        ("drink", "colour"),
        ("dish", "colour"),
        ("fruit", "drink"),
        ("fruit", "dish"),
        ("vegetable", "dish"),
        ("drink", "dish"),
        ("tool", "kitchen utensil"),
        ("tool", "piece of furniture"),
        ("kitchen utensil", "piece of furniture"),
        ("sport", "vehicle"),
        ("animal", "dish"),
        ("dish", "kitchen utensil"),
        ("drink", "kitchen utensil"),
    )
}


def kinds_apart_from(kind: str) -> list[str]:
    """The kinds of lower-case words that cannot be confused with this one; of the names, for a kind of names."""
    named = ("city", "country", "language")
    return [
        other
        for other in WORDS_OF_KIND
        if other != kind and (other in named) == (kind in named) and frozenset((kind, other)) not in CLASHES
    ]
