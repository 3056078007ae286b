"""The words that fill the slots of sentences and records."""

from __future__ import annotations

from pipelines.starter.families.frames import phrases, words

# Faker's first and last names that are also ordinary words, months, colours or places.
NOT_A_NAME_ALONE = frozenset(
    words(
        "Alexandria Amber Angel April Ashton August Austin Autumn Bailey Bill Bishop Brandy Brooke Brooklyn Candy "
        "Carolina Chad Charity Charlotte Chase Chelsea Cherry Cheyenne Christian Clay Cole Crystal Daisy Dakota Dale "
        "Dallas Dawn Day Denver Destiny Devon Diamond Drew Ebony England Faith Florence Francisco Frank Gene Georgia "
        "Glen Grace Grant Guy Hope Houston Hunter Ivy Jade Jean Jordan Joy June King Lance Lane Lincoln Madison Mark "
        "Mason Max May Mercedes Miles Misty Norman Orlando Oxford Paris Parker Pat Patience Patty Penny Phoenix "
        "Preston Price Randy Raven Ray Rich Robin Rose Ruby Sandy Santiago Savannah Sierra Sky Sterling Stone Stuart "
        "Sue Summer Sydney Tanner Troy Victor Victoria Virginia Wade Wayne Will York Young Small Long Short Church "
        "Hill Park Wood Woods Rivers Lake Street Hall House Field Farm Mills Bridges Banks West North Bird Fish Fox "
        "Wolf Rice Pearl Flowers Love Best Good Rich Case Cash Bush Blackburn Greene Cook Baker Butler Carpenter "
        "Farmer Fisher Gardener Judge Knight Marshall Page Pace Potter Porter Shepherd Taylor Turner Weaver Wheeler "
        "Walker Mayor Duke Prince Pope Berlin London Holland French German Irish Welch Welsh Christensen Montgomery "
        "Jackson Cleveland Richmond Salinas Golden Short Sharp Strong Swift Wise Winters Frost Snow Rain Nixon "
        "Kennedy Hoover Clinton Castro Gay Gross Petty Sexton Le Li Lam Key Gray Little Waters Moon Branch Horn "
        "Glass"
    )
)

CITIES = phrases(
    "Amsterdam, Ankara, Antwerp, Athens, Auckland, Baltimore, Bangkok, Barcelona, Basel, Belgrade, Bergen, Berlin, "
    "Bilbao, Birmingham, Bologna, Bordeaux, Boston, Bratislava, Bremen, Brisbane, Bristol, Brussels, Bucharest, "
    "Budapest, Cairo, Calgary, Cape Town, Cardiff, Casablanca, Chicago, Cologne, Copenhagen, Cork, Dakar, Delhi, "
    "Denver, Detroit, Dresden, Dublin, Durban, Edinburgh, Florence, Frankfurt, Gdansk, Geneva, Genoa, Ghent, "
    "Glasgow, Granada, Graz, Hamburg, Hanoi, Havana, Helsinki, Honolulu, Istanbul, Jakarta, Karachi, Kyoto, Lagos, "
    "Leeds, Leipzig, Lille, Lima, Lisbon, Liverpool, Ljubljana, London, Los Angeles, Luxembourg, Lyon, Madrid, "
    "Malaga, Manchester, Manila, Marseille, Melbourne, Memphis, Miami, Milan, Minneapolis, Montreal, Mumbai, Munich, "
    "Nairobi, Nantes, Naples, Nashville, New Orleans, Nice, Nottingham, Nuremberg, Osaka, Oslo, Ottawa, Palermo, "
    "Paris, Perth, Philadelphia, Pittsburgh, Porto, Portland, Prague, Quebec, Quito, Reykjavik, Riga, Rome, "
    "Rotterdam, Salzburg, San Diego, Santiago, Sarajevo, Seattle, Seoul, Seville, Sheffield, Singapore, Sofia, "
    "Stockholm, Stuttgart, Sydney, Tallinn, Tampa, Tokyo, Toronto, Toulouse, Trieste, Tunis, Turin, Valencia, "
    "Vancouver, Venice, Verona, Vienna, Vilnius, Warsaw, Wellington, Winnipeg, Zagreb, Zurich"
)

# Where it snows in winter and the fields are bare.
NORTHERN_CITIES = phrases(
    "Aachen, Augsburg, Basel, Bergen, Berlin, Boston, Bratislava, Bremen, Brno, Buffalo, Chicago, Cologne, Copenhagen, "
    "Detroit, Dresden, Edinburgh, Erfurt, Gdansk, Gothenburg, Graz, Hamburg, Hanover, Helsinki, Innsbruck, Kassel, "
    "Leeds, Leipzig, Linz, Ljubljana, Malmo, Minneapolis, Montreal, Munich, Nuremberg, Oslo, Ottawa, Poznan, Prague, "
    "Quebec, Regensburg, Riga, Rostock, Salzburg, Sheffield, Stockholm, Stuttgart, Tallinn, Tampere, Toronto, "
    "Trondheim, Turku, Ulm, Uppsala, Vienna, Vilnius, Warsaw, Wroclaw, Zagreb, Zurich"
)

FIRM_BEGINNINGS = words(
    "Acorn Alder Anchor Arrow Aspen Beacon Birch Bluestone Brightwater Bridgeway Cascade Cedar Clearview Cobalt "
    "Comet Copperfield Crestline Driftwood Eastgate Ember Evergreen Fairway Falcon Fernhill Foxglove Glenmore "
    "Granite Greenleaf Harbour Hawthorn Highland Hilltop Ironbridge Juniper Keystone Lakeside Lantern Larkspur "
    "Lighthouse Maplewood Meridian Millstone Moonrise Northwind Oakfield Orchard Pinecrest Quarry Redwood Riverbend "
    "Rosewood Sandstone Silverline Skylark Southgate Starling Stonebridge Summit Sunfield Thornbury Timberland "
    "Tidewater Westbrook Whitecliff Willow Windmill Woodland"
)
FIRM_KINDS = words(
    "Analytics Bakery Books Builders Capital Catering Cleaning Clinic Consulting Couriers Design Electronics Energy "
    "Engineering Farms Foods Freight Furniture Gardens Insurance Interiors Labs Logistics Media Motors Networks "
    "Outfitters Partners Pharmacy Publishing Robotics Software Sports Studios Systems Textiles Tools Toys Travel "
    "Yachts"
)

PRODUCTS = phrases(
    "backpack, bathroom scale, bedside table, bicycle helmet, bicycle pump, blender, board game, bookcase, bread "
    "bin, camping stove, card reader, carpet, ceiling fan, chess set, coffee grinder, coffee maker, cooking pot, "
    "corkscrew, curtain rail, cutting board, desk lamp, digital camera, doormat, dressing gown, drill, fish tank, "
    "flower pot, fountain pen, frying pan, garden chair, garden hose, guitar, hair dryer, hammock, headlamp, "
    "kettle, keyboard, kitchen clock, laptop bag, lawn mower, leather belt, loudspeaker, mixing bowl, mountain "
    "bike, music stand, notebook, paper shredder, picnic basket, picture frame, pillow, pocket knife, printer, "
    "raincoat, rice cooker, rucksack, saddle, sandwich toaster, screwdriver, sewing machine, shower curtain, "
    "sleeping bag, sofa bed, space heater, steam iron, suitcase, sweater, tea towel, telescope, tennis racket, "
    "tent, toaster, tool kit, travel mug, tripod, vacuum cleaner, violin case, waffle maker, walking stick, "
    "wardrobe, wheelbarrow, wine rack, woollen hat, bracelet, yoga mat"
)

# Those of the products that need power.
GADGETS = phrases(
    "bathroom scale, blender, card reader, ceiling fan, coffee grinder, coffee maker, desk lamp, digital camera, "
    "drill, hair dryer, headlamp, kettle, keyboard, kitchen clock, lawn mower, loudspeaker, paper shredder, printer, "
    "rice cooker, sandwich toaster, sewing machine, space heater, steam iron, toaster, vacuum cleaner, waffle maker"
)

# None of them begins with a vowel, so that "a" fits.
COLOURS = phrases(
    "beige, black, blue, bright green, bright red, brown, cream, crimson, dark blue, dark green, dark grey, dark "
    "red, gold, green, grey, lavender, light blue, light brown, light green, lilac, lime green, magenta, maroon, "
    "mint green, mustard yellow, navy blue, pale blue, pale green, pale pink, pale yellow, pink, purple, red, royal "
    "blue, scarlet, silver, sky blue, tan, turquoise, violet, white, yellow"
)

LANGUAGES = words(
    "Albanian Arabic Armenian Basque Bengali Bulgarian Catalan Croatian Czech Danish Dutch English Estonian Finnish "
    "French Georgian German Greek Gujarati Hausa Hebrew Hindi Hungarian Icelandic Indonesian Irish Italian Japanese "
    "Kazakh Khmer Korean Lao Latvian Lithuanian Malay Maltese Mandarin Marathi Mongolian Nepali Norwegian Persian "
    "Polish Portuguese Punjabi Romanian Russian Serbian Slovak Slovene Spanish Swahili Swedish Tagalog Tamil Telugu "
    "Thai Turkish Ukrainian Urdu Vietnamese Welsh Yoruba Zulu"
)

MONTHS = words("January February March April May June July August September October November December")
WEEKDAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
NUMBER_WORDS = words(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty"
)

QUOTED_FIRST = phrases(
    "beyond, no, only, behind, under, the last, the first, our, without, between, the secret, around, just, inside, "
    "after, before, the lost, across, our own, against, among, her, his, more, some, their, those, through, towards"
)
QUOTED_MIDDLE = phrases(
    "quiet, golden, broken, hidden, winter, summer, silver, frozen, empty, wooden, paper, distant, gentle, wild, "
    "crooked, velvet, burning, sleeping, forgotten, midnight, hollow, northern, southern, electric, painted, "
    "floating"
)
QUOTED_LAST = phrases(
    "doors, rivers, mornings, gardens, letters, mountains, promises, shadows, bridges, windows, stories, islands, "
    "mirrors, lanterns, roads, voices, stars, tides, harbours, orchards, dreams, footsteps, echoes, feathers, "
    "clocks, castles, candles, trains, valleys, whispers"
)

TAG_BEGINNINGS = words(
    "Slow Green Happy Daily City Home Wild Simple Cosy Local Urban Little Fresh Early Open Healthy Sunny Crazy "
    "Clever Tiny Quiet Weekend Morning Summer Winter Street Mountain Ocean Vintage Modern"
)
TAG_ENDS = words(
    "Travel Kitchen Reading Garden Cooking Running Baking Market Moments Cycling Coffee Music Photos Fashion Fitness "
    "Sunrise Trails Books Recipes Football Film Yoga Camping Living Knitting Painting Dance Adventure Festival "
    "Design"
)

# How a sentence can go on: nothing in these endings is an answer to any task.
OCCASIONS = phrases(
    "after the meeting, before the holidays, during the lunch break, for the new office, for the summer party, "
    "without any delay, as agreed last week, with a friendly smile, to everyone's surprise, as a small thank you, in "
    "spite of the bad weather, for the first time, at very short notice, after a long discussion, just in time"
)
PLACES = phrases(
    "at the railway station, in front of the library, near the market hall, at the back of the shop, next to the "
    "post office, in the school yard, on the ground floor, by the old bridge, outside the town hall, in the "
    "conference room, at the bus stop, in the hotel lobby, behind the museum, in the waiting room, at the front desk"
)
