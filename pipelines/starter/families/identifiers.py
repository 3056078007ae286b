"""Names in programs: changing and recognising their style."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.far_words import CODE_WORDS
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "identifiers"
_SAMPLES = 2500
_STYLES: dict[str, Callable[[Sequence[str]], str]] = {
    "camelCase": lambda words: words[0] + "".join(word.title() for word in words[1:]),
    "PascalCase": lambda words: "".join(word.title() for word in words),
    "snake_case": "_".join,
    "kebab-case": "-".join,
    "CONSTANT_CASE": lambda words: "_".join(words).upper(),
}
# They begin with words of the half that tasks like these draw from.
_LINES = (
    "From now on, please call it {} in every file of the project.",
    "Is {} already used somewhere else in the project, and for what?",
    "Of all the names that you proposed, {} is the one to keep.",
    "From the next release on, the old field will be named {} instead.",
    "I cannot find {} anywhere in the documentation.",
    "They changed the meaning of {} in the last version of the library.",
    "We should test what happens to {} with an empty list as well.",
    "At line {line} of the script the parser complains about {}.",
    "By default {} has the value {line}, unless somebody changes it.",
    "Where is {} defined, and which parts of the program read it?",
    "To be on the safe side, set {} to {line} first.",
    "That error comes from {} in the second module.",
)


def _words(side: Side, task: str) -> Iterator[tuple[Draws, list[str]]]:
    draws = Draws(f"{task} {side.name}")
    words = side.kept(CODE_WORDS)
    for _ in range(_SAMPLES):
        yield draws, draws.sample(words, draws.between(2, 4))


def camel_to_snake(side: Side) -> Iterator[tuple[str, str]]:
    """Names with inner capitals, and with underscores."""
    for _, words in _words(side, "camel"):
        yield _STYLES["camelCase"](words), _STYLES["snake_case"](words)


def kebab_to_pascal(side: Side) -> Iterator[tuple[str, str]]:
    """Names with hyphens, and with capitals."""
    for _, words in _words(side, "kebab"):
        yield _STYLES["kebab-case"](words), _STYLES["PascalCase"](words)


def named_styles(side: Side) -> Iterator[tuple[str, str]]:
    """Sentences about a name, with the style it is written in."""
    for draws, words in _words(side, "style"):
        style = draws.pick(tuple(_STYLES))
        yield draws.pick(_LINES).format(_STYLES[style](words), line=draws.between(2, 400)), style


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "camel-to-snake-case": (
            camel_to_snake,
            """
            Rewrite the camelCase name in snake_case.
            How would this variable be called in Python style, with underscores and small letters?
            camelCase -> snake_case, e.g. maxRetryCount -> max_retry_count
            You are given an identifier with inner capitals. Write it in lower case with an underscore between words.
            Split the name at its capital letters and join the parts, in small letters, by underscores.
            Put an underscore before every capital letter and make the capital small.
            Port a Java variable name to Ruby: words in lower case, separated by _.
            Change the naming convention of the identifier from humps to underscores.
            What does this JavaScript name become as a database column (lower_case_with_underscores)?
            Separate the words hidden in the name by _ and get rid of upper case.
            Un-camel the following symbol; PEP 8 tells how variables are spelled.
            Normalise each hump: a low line in front, then the letter uncapitalised.
            """,
        ),
        "kebab-to-pascal-case": (
            kebab_to_pascal,
            """
            Rewrite the kebab-case name in PascalCase.
            What class name belongs to this file name with hyphens? Capitalise every word and join them.
            kebab-case -> PascalCase, e.g. retry-count -> RetryCount
            You are given words joined by hyphens. Remove the hyphens and start each word with a capital.
            Turn the name of a web component such as user-menu into its class, as in UserMenu.
            Write the hyphenated identifier as one word in which each part begins with an upper-case letter.
            Convert a CSS-like name to the way types are named in C#.
            Drop every dash and capitalise the letter after it as well as the very first one.
            Make a type name of this slug: upper camel, no separators.
            The file uses dashes but the class inside it cannot. How must the class be spelled?
            Glue the parts of the dashed name together with initial capitals throughout.
            From lower-case-with-dashes to UpperCamel: apply that to the symbol.
            """,
        ),
        "identifier-style": (
            named_styles,
            """
            Name the identifier's style: camelCase, PascalCase, snake_case, kebab-case or CONSTANT_CASE.
            How is the program name in this line written: camelCase, PascalCase, snake_case, kebab-case, CONSTANT_CASE?
            sentence -> naming convention of the identifier in it
            You are given a remark with one identifier. Classify its spelling, e.g. userName is camelCase.
            Find the variable in the text: is it camelCase, snake_case, kebab-case, PascalCase or CONSTANT_CASE?
            Which naming convention does the symbol follow? Spell the label in that very style, like snake_case.
            Look for hyphens, underscores and capitals in the name and say which of five cases it is.
            Label the symbol that the programmer talks about with the case it is in (PascalCase, kebab-case, ...).
            Is it humps, dashes, underscores or all capitals? Give the usual term, for example CONSTANT_CASE.
            A linter checks the name in this comment. What convention would it report out of the five known ones?
            Determine the casing used there: camelCase / CONSTANT_CASE / kebab-case / PascalCase / snake_case.
            By which of the common case styles has the developer spelled the thing in question?
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), partition="held-out", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
