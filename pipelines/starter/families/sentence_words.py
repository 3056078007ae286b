"""Words and sentence shapes for tasks whose inputs are phrases or sentences; all people in them are invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.strip().splitlines() for part in (p.strip() for p in line.split(",")) if part)


# A verb in its base form and what follows it; all of them have one past form, which differs from the base.
VERB_PHRASES = _lines("""
    open the window, close the heavy door, write a long letter, drink a glass of milk
    eat a green apple, buy a new coat, sell old books, build a wooden boat, break the red cup, find a golden coin
    lose the front door key, catch the early train, teach the younger children, bring a warm blanket
    throw a small stone, draw a picture of a horse, ride a white pony, drive a blue van, feed the hungry ducks
    sing an old song, swim across the lake, run along the beach, speak to the new neighbour, sleep on the sofa
    fly a paper kite, grow tomatoes in pots, hide the birthday presents, hold the little kitten, leave the office
    meet an old friend, make a cheese sandwich, pay the electricity bill, send a postcard to a cousin
    shake the juice bottle, sit on the wooden bench, stand at the bus stop, sweep the kitchen floor
    take a photo of the bridge, tell a funny story, think about the summer holiday, wear a woollen hat
    win a small prize, begin the first lesson, choose a yellow tie, climb the steep hill, paint the garden fence
    clean the bathroom mirror, cook a pot of soup, bake a chocolate cake, wash the dirty plates
    carry a heavy bag, repair the broken bike, water the tall plants, walk to the public library
    wait for the next bus, call a taxi, visit the city museum, watch a film about whales, play a game of chess
    answer the phone, borrow a black umbrella, collect old stamps
    cross the busy street, dance with a good friend, fill the bucket with water, finish the homework
    fold the clean towels, help the lost tourists, invite the whole team, jump over the puddle, kick the ball
    knock on the front door, laugh at the joke, listen to the radio, lock the iron gate, look at the map
    miss the last tram, move the round table, order a large pizza, pack a small suitcase, pick some flowers
    plant an apple tree, polish the brown shoes, pour the hot tea, print the concert tickets
    push the shopping trolley, rent a sailing boat, return the library books, save the important file
    show the guests the garden, sign the long form, smile at the camera, solve the difficult puzzle
    start the engine, stir the tomato sauce, study the lunch menu, talk about the weather, taste the fresh bread
    test the new brakes, touch the cold wall, try the new recipe, use a sharp knife
    whisper a secret, wrap the gift in blue paper, count the silver coins, copy the address, check the tyres
    chase the neighbour's cat, brush the brown dog, enjoy the quiet evening, explain the rules of the game
    follow the narrow path, guess the right answer, join the tennis club, mix the paint
    notice the strange noise, offer the visitors some cake, practise the violin, remember the old code
    search for the lost glove, share the last orange, stay at a small hotel, thank the bus driver
    turn off the lamp, type a short message, understand the question, unlock the shed, win the card game
""")
_PEOPLE = _lines("""
    the teacher, the farmer, my aunt, our neighbour, the young nurse, the pilot, the old baker, my brother, her uncle
    his sister, the tall student, the gardener, the new secretary, the painter, our cousin, the friendly waiter
    the dentist, my best friend, the tired driver, the mayor, their grandmother, the shy singer, the librarian
    the clever girl, the little boy, the postman, our coach, the engineer, the captain, the violin teacher
    Anna, Peter, Laura, Thomas, Sophie, Martin, Emma, Oscar, Nina, Victor, Julia, Simon
""")
_PLACES = _lines("""
    in the village, near the station, behind the school, at the market, beside the river, in the old town
    next to the bakery, in front of the theatre, by the harbour, at the camp, close to the bridge, on the island
    outside the city, at home, in the park, across the road, near the lighthouse, at the office
""")
_HABITS = _lines("""
    every morning, every Monday, after lunch, before breakfast, on Sundays, every summer, at the weekend, once a month
    twice a week, on rainy days, every evening, after work, during the holidays, in winter, each spring
""")
_COMPANIONS = _lines("""
    with two colleagues, with a group of friends, with the twins, without any help, together with a neighbour
    with great care, with a big smile, as quickly as possible, without a word, with a cousin from Norway
""")
# Nouns that stand for persons.
PERSONS = _lines("""
    teacher, farmer, doctor, nurse, pilot, painter, singer, driver, student, uncle, sister, brother, child, woman, man
    policeman, fisherman, king, queen, actor, artist, lawyer, soldier, dancer, writer, scientist, journalist, tourist
    guest, neighbor, boy, girl, friend, cousin, captain, judge, priest, manager, owner, player, coach, architect
    engineer, servant, prince, lady, gentleman, customer, visitor, musician, poet, wizard, fireman, grandchild
    salesman, worker, monk, sailor, hunter, daughter, hero, waiter, baker, gardener
    officer, author, professor, employee, citizen, photographer, producer, publisher, colleague, composer, builder
    dentist, economist, physician, surgeon, chef, bride, cowboy, chairman, businessman, postman, milkman, snowman
    instructor, designer, developer, commander, governor, senator, administrator, journalist
""")
# Adjectives and nouns that go together well enough in any combination.
_ADJECTIVES = _lines("""
    wooden, electric, orange, ancient, elegant, modern, golden, silver, plastic, foreign, expensive, enormous, famous
    beautiful, important, antique, empty, local, Italian, Spanish, invisible, awful, honest, unusual, useful
    interesting, colourful, medical, metallic, magic, portable, broken, hidden, painted, rotten, royal, secret
    spare, striped, square, oval, open, urgent, unique, urban, upper, universal, original, official, outdoor
    indoor, edible, Indian, Irish, American, European, Mexican, Turkish, Polish, Danish, woollen, woven, heated
    frozen, folded, carved, cracked, digital, domestic, double, perfect, peaceful, private, public, single, special
    typical, valuable, vintage, yearly, imported, exotic, extra, excellent, amazing, annual, average, artificial
    automatic, authentic, impressive, incredible, innocent, international, inflatable, ideal, organic, ordinary
    outstanding, obvious, odourless, ornamental, used, useless, unfinished, unfamiliar, upright
    historic, handmade, hollow, honourable, leather, marble, musical, northern, southern, western, eastern
""")
NOUNS = _lines("""
    table, house, car, garden, bridge, window, letter, island, picture, garage, hotel, camera, kitchen, tower, ladder
    bicycle, carpet, engine, office, uniform, umbrella, apple, egg, orange, animal, artist, actor, aunt, uncle
    hour, ocean, oven, owl, idea, event, answer, album, arrow, airport, army, hospital, hat, university, unicorn
    village, train, ticket, toy, sofa, shop, school, river, recipe, radio, puzzle, poem, pencil, museum, mirror
    market, map, lamp, kettle, jacket, helmet, guitar, fountain, festival, doll, desk, curtain, cottage, coin, clock
    castle, candle, bottle, boat, blanket, basket, bag, bakery, story, theatre, temple, statue, vase, wallet, zoo
""")
_FIRST_NAMES = _lines("""
    Adam, Agnes, Albert, Alice, Amelia, Andrew, Arthur, Barbara, Beatrice, Benjamin, Brian, Caroline, Charles, Clara
    Colin, Daniel, David, Diana, Dorothy, Edgar, Edith, Eleanor, Emily, Eric, Felix, Florence, Frances, Frederick
    George, Gloria, Grace, Harold, Harriet, Helen, Henry, Hugo, Ida, Irene, Isaac, Ivan, Jack, Jacob, Jane, Jasper
    Joan, Julian, Karen, Keith, Kevin, Laura, Leo, Linda, Louis, Lucy, Mabel, Marcus, Martha, Max, Michael, Molly
    Nathan, Nicholas, Nora, Olga, Oliver, Olivia, Oscar, Patrick, Paula, Philip, Quentin, Rachel, Raymond, Robert
    Rose, Rupert, Samuel, Sarah, Simon, Stella, Susan, Teresa, Theodore, Tobias, Ursula, Vera, Victor, Violet, Walter
    Wanda, William, Xavier, Yvonne, Zachary, Zoe
""")
_LAST_NAMES = _lines("""
    Adams, Archer, Baker, Barnes, Bennett, Bishop, Brooks, Carter, Chapman, Clarke, Collins, Cooper, Dawson, Dixon
    Eaton, Edwards, Ellis, Fisher, Fletcher, Foster, Gardner, Gibson, Graham, Harris, Hudson, Hughes, Ingram, Irving
    Jackson, Jenkins, Jordan, Kelly, Kennedy, King, Lambert, Lawson, Lewis, Mason, Miller, Morgan, Nelson, Newton
    Norris, Oakley, Osborne, Owen, Palmer, Parker, Porter, Quinn, Reed, Roberts, Russell, Sanders, Spencer, Stone
    Taylor, Thornton, Turner, Underwood, Vaughan, Vincent, Walker, Watson, Webster, Young, York, Zimmerman
""")


class Habit(NamedTuple):
    """What an invented person does: "my aunt", "bake", "a cake", "with a smile", "at the market", "after lunch"."""

    who: str
    verb: str
    rest: str
    companion: str
    place: str
    when: str


def habits(side: Side, seed: str, count: int) -> Iterator[Habit]:
    """Habits with verbs of a side, drawn; some may repeat.

    Args:
        side: whose verbs are used.
        seed: names the draws.
        count: how many are drawn.
    """
    draws = Draws(f"habits {seed}")
    phrases = [phrase for phrase in VERB_PHRASES if side.has(phrase.split()[0])]
    for _ in range(count):
        verb, _, rest = draws.pick(phrases).partition(" ")
        yield Habit(draws.pick(_PEOPLE), verb, rest, draws.pick(_COMPANIONS), draws.pick(_PLACES), draws.pick(_HABITS))


_LONG_SHAPES = (
    "{Who} will {verb} {rest} {companion} {place} {when}.",
    "We all hope that {who} will soon {verb} {rest} {companion} {place}.",
    "I often see how {who} tries to {verb} {rest} {place} {when}.",
    "Do you know whether {who} can {verb} {rest} {companion} {place}?",
    "Please ask if {who} would like to {verb} {rest} {place} {when}.",
    "Yesterday {who} told us to {verb} {rest} {companion} {place}.",
    "If it rains, {who} cannot {verb} {rest} {place} {when}.",
    "Last year {who} began to {verb} {rest} {companion} {when}.",
    "Nobody was there when {who} had to {verb} {rest} {place}.",
    "It is a pity that {who} must {verb} {rest} {companion} {when}.",
)


def long_sentences(side: Side, seed: str, count: int) -> Iterator[str]:
    """Sentences of about 12 to 16 words with verbs of a side, drawn."""
    draws = Draws(f"long {seed}")
    for habit in habits(side, f"long {seed}", count):
        yield draws.pick(_LONG_SHAPES).format(Who=capitalised(habit.who), **habit._asdict())


_REGIONS = _lines("""
    Northern, Southern, Eastern, Western, Central, United, National, International, Royal, Rural, Urban, Global, Lower
    Upper, Independent, Modern, Ancient, General, Happy, Young, Free, Open, Junior, Senior, Coastal, Valley, Island
    Quiet, Golden, Joint
""")
_TOPICS = _lines("""
    Garden, Music, Chess, Railway, Ocean, Forest, Theatre, Kitchen, History, Literature, Animal, Energy, Water, Travel
    Football, Swimming, Yoga, Dance, Film, Photography, Jazz, Umbrella, Keyboard, Insect, Volcano, Zoo, Quilt, Honey
    Language, Puzzle, Climbing, Environment, Education, Opera, Bicycle, Radio, Vegetable, Weather
""")
_BODIES = _lines("""
    Society, Club, Association, Union, Committee, Institute, Network, Council, Foundation, Academy, Group, League
    Museum, Office, Team, Board, Trust, Federation, Project, Alliance, Hall, Yard, Exhibition, Festival
""")


def club_names(side: Side, seed: str, count: int) -> Iterator[tuple[str, ...]]:
    """Invented names of clubs and bodies in three to five words: ("Royal", "Jazz", "Garden", "Society")."""
    draws = Draws(f"clubs {seed}")
    regions, topics, bodies = side.kept(_REGIONS), side.kept(_TOPICS), side.kept(_BODIES)
    for _ in range(count):
        yield (
            *draws.sample(regions, 1),
            *draws.sample(topics, draws.between(1, 2)),
            *draws.sample(bodies, draws.between(1, 2)),
        )


def noun_phrases(side: Side, seed: str, count: int) -> Iterator[tuple[str, str]]:
    """An adjective and a noun of a side, drawn."""
    draws = Draws(seed)
    adjectives, nouns = side.kept(_ADJECTIVES), side.kept(NOUNS)
    for _ in range(count):
        yield draws.pick(adjectives), draws.pick(nouns)


def full_names(side: Side, seed: str, count: int) -> Iterator[tuple[str, ...]]:
    """Invented people's names: one or two first names and a last name, or two."""
    draws = Draws(seed)
    first, last = side.kept(_FIRST_NAMES), side.kept(_LAST_NAMES)
    for _ in range(count):
        yield (*draws.sample(first, draws.between(1, 2)), *draws.sample(last, draws.between(1, 2)))


def capitalised(text: str) -> str:
    """The text with its first letter in upper case and nothing else changed."""
    return text[:1].upper() + text[1:]
