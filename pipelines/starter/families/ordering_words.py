"""People, places and sentence shapes of the ordering tasks; all of them invented."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.strip().splitlines() for part in (p.strip() for p in line.split(",")) if part)


MEN_AND_WOMEN = _lines("""
    Adam, Agnes, Albert, Alice, Amelia, Andrew, Anna, Arthur, Barbara, Beatrice, Benjamin, Brian, Bruno, Carla, Carol
    Caroline, Charles, Clara, Colin, Daniel, David, Diana, Dora, Edgar, Edith, Eleanor, Emily, Eric, Felix, Fiona
    Frances, Frederick, George, Gloria, Greta, Harold, Harriet, Helen, Henry, Hugo, Ida, Irene, Isaac, Ivan, Jack
    Jacob, Jane, Jasper, Joan, Julian, Karen, Keith, Kevin, Laura, Leo, Linda, Louis, Lucy, Mabel, Marcus, Martha
    Michael, Molly, Nathan, Nicholas, Nora, Olga, Oliver, Olivia, Oscar, Patrick, Paula, Peter, Philip, Rachel
    Raymond, Robert, Rupert, Samuel, Sarah, Simon, Sophie, Stella, Susan, Teresa, Theodore, Tobias, Ursula, Vera
    Victor, Walter, Wanda, William, Xavier, Yvonne, Zoe
""")
# The first thing, every other thing, and how the sentence ends.
PRICE_SHAPES = (
    ("The {} costs ${}", "the {} ${}", "."),
    ("Today we sell the {} for ${}", "the {} for ${}", "."),
    ("At the flea market the {} is ${}", "the {} ${}", "."),
    ("On the list we read: {} ${}", "{} ${}", "."),
    ("For the {} they ask ${}", "for the {} ${}", "."),
    ("I paid ${1} for the {0}", "${1} for the {0}", "."),
    ("You can have the {} for ${}", "the {} for ${}", " if you like."),
    ("They offer us ${1} for the {0}", "${1} for the {0}", ", nothing else."),
    ("She sold the {} for ${}", "the {} for ${}", " at the auction."),
    ("In this shop a used {} is ${}", "a used {} ${}", "."),
    ("My friend bought the {} for ${}", "the {} for ${}", "."),
    ("He will give us the {} for ${}", "the {} for ${}", "."),
)
AGE_SHAPES = (
    ("{} is {}", "{} is {}", "."),
    ("{} is {} years old", "{} is {}", "."),
    ("Of the cousins, {} is {}", "{} is {}", "."),
    ("In our team {} is {}", "{} is {}", " years old."),
    ("{} has just turned {}", "{} is {}", "."),
    ("Last week {} celebrated turning {}", "{} turned {}", "."),
    ("In the chess club we have {} ({})", "{} ({})", "."),
    ("The form says that {} is {}", "{} is {}", "."),
    ("{0}, aged {1}", "{0}, aged {1}", ", share a flat."),
    ("On this photo {} is {}", "{} is {}", "."),
)
BUILT = _lines("""
    airport, aquarium, bakery, bathhouse, boathouse, bridge, brewery, canal, castle, cathedral, chapel, cinema, clinic
    concert hall, courthouse, dam, dockyard, factory, fire station, fountain, gallery, gatehouse, granary, greenhouse
    harbour, hospital, hotel, ice rink, inn, kindergarten, laboratory, library, lighthouse, mansion, market hall, mill
    monastery, museum, observatory, opera house, orphanage, palace, pavilion, pier, police station, post office
    power station, pump house, railway station, reservoir, restaurant, school, shipyard, stadium, swimming pool
    theatre, tollhouse, tower, town hall, tunnel, university, viaduct, villa, warehouse, windmill
""")
BUILT_SHAPES = (
    "The {} was built in {}, the {} in {} and the {} in {}.",
    "In {1} they opened the {0}, in {3} the {2} and in {5} the {4}.",
    "Our guide dated the {} to {}, the {} to {} and the {} to {}.",
    "The {} dates from {}, the {} from {} and the {} from {}.",
    "While the {} goes back to {}, the {} was finished in {} and the {} in {}.",
    "According to the signs, the {} is from {}, the {} from {} and the {} from {}.",
    "The town completed the {} in {}, the {} in {} and the {} in {}.",
    "You can visit the {} of {}, the {} of {} and the {} of {}.",
    "Work on the {} ended in {}, on the {} in {} and on the {} in {}.",
    "The old plan gives {1} for the {0}, {3} for the {2} and {5} for the {4}.",
)
