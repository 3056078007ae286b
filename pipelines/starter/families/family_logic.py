"""Small deductions: kinship over two steps, one rule applied to one case, and truth values."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.far_words import MEN, NONSENSE, WOMEN
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "logic"
_SAMPLES = 2500

# What A is to B, and B to C, each as (woman, man); then what A is to C.
_KINSHIP = (
    ("parent", "parent", ("grandmother", "grandfather")),
    ("sibling", "parent", ("aunt", "uncle")),
    ("child", "sibling", ("niece", "nephew")),
    ("child", "child", ("granddaughter", "grandson")),
    ("parent", "spouse", ("mother-in-law", "father-in-law")),
    ("sibling", "spouse", ("sister-in-law", "brother-in-law")),
)
_ROLES = {
    "parent": ("mother", "father"),
    "sibling": ("sister", "brother"),
    "child": ("daughter", "son"),
    "spouse": ("wife", "husband"),
}
_KIN_SHAPES = (
    "{a} is the {ab} of {b}. {b} is the {bc} of {c}. What is {a} to {c}?",
    "{a} is {b}'s {ab}, and {b} is {c}'s {bc}. How is {a} related to {c}?",
    "{b} is the {bc} of {c}. {a} is the {ab} of {b}. What is {a} to {c}?",
    "{c} has a {bc} called {b}, whose {ab} is {a}. What is {a} to {c}?",
    "{a}, the {ab} of {b}, meets {c}. {b} is the {bc} of {c}. What is {a} to {c}?",
    "If {b} is {c}'s {bc} and {a} is {b}'s {ab}, what is {a} to {c}?",
    "Given that {a} is the {ab} of {b} and {b} the {bc} of {c}, what is {a} to {c}?",
    "Suppose {c}'s {bc} is {b} and {b}'s {ab} is {a}. How is {a} related to {c}?",
)
# What is said of two kinds and of one case, what is asked, and the answer.
_DEDUCTIONS = {
    "yes": (
        ("every {x} is a {y}", "{n} is a {x}", "is {n} a {y}"),
        ("anything that is a {x} is also a {y}", "{n} is a {x}", "is {n} a {y}"),
        ("every {x} is a {y} and every {y} is a {z}", "{n} is a {x}", "is {n} a {z}"),
        ("only a {y} can be a {x}", "{n} is a {x}", "is {n} a {y}"),
    ),
    "no": (
        ("no {x} is a {y}", "{n} is a {x}", "is {n} a {y}"),
        ("no {x} is a {y}", "{n} is a {y}", "is {n} a {x}"),
        ("every {x} is a {y}", "{n} is not a {y}", "is {n} a {x}"),
        ("every {x} is a {y} and no {y} is a {z}", "{n} is a {x}", "is {n} a {z}"),
    ),
    "unknown": (
        ("every {x} is a {y}", "{n} is a {y}", "is {n} a {x}"),
        ("every {x} is a {y}", "{n} is not a {x}", "is {n} a {y}"),
        ("no {x} is a {y}", "{n} is not a {x}", "is {n} a {y}"),
        ("every {x} is a {y}", "{n} is a {x}", "is {n} a {z}"),
    ),
}
_DEDUCTION_SHAPES = (
    "Suppose {rule}. {case}. {question}?",
    "Given: {rule}. {case}. {question}?",
    "If {rule} and {case}, {question}?",
    "{case}, and {rule}. {question}?",
    "We know that {rule}. We also know that {case}. {question}?",
    "They say that {rule}, and that {case}. {question}?",
    "Let us assume that {rule}. {case}. {question}?",
    "I was told two things: {rule}; {case}. {question}?",
)


def kinship(side: Side) -> Iterator[tuple[str, str]]:
    """Three people, two relations, and the relation that follows."""
    draws = Draws(f"kinship {side.name}")
    women, men = side.kept(WOMEN), side.kept(MEN)
    for _ in range(_SAMPLES):
        first, second, result = draws.pick(_KINSHIP)
        ladies, gentlemen = draws.sample(women, 3), draws.sample(men, 3)
        man_a, man_b, man_c = (draws.below(2) for _ in range(3))
        # The wife of a man, the husband of a woman.
        if second == "spouse":
            man_c = 1 - man_b
        a, b, c = ((gentlemen if man else ladies)[place] for place, man in enumerate((man_a, man_b, man_c)))
        shape = draws.pick(_KIN_SHAPES)
        yield shape.format(a=a, b=b, c=c, ab=_ROLES[first][man_a], bc=_ROLES[second][man_b]), result[man_a]


def deductions(side: Side) -> Iterator[tuple[str, str]]:
    """A rule about invented kinds, a case, and whether something follows: yes, no or unknown, as many of each."""
    draws = Draws(f"deduction {side.name}")
    kinds, names = side.kept(NONSENSE), side.kept([*WOMEN, *MEN])
    for turn in range(_SAMPLES):
        answer = tuple(_DEDUCTIONS)[turn % 3]
        x, y, z = draws.sample(kinds, 3)
        parts = draws.pick(_DEDUCTIONS[answer])
        name = draws.pick(names)
        rule, case, question = (part.format(x=x, y=y, z=z, n=name) for part in parts)
        shape = draws.pick(_DEDUCTION_SHAPES)
        asked = question if ", {question}" in shape else question[0].upper() + question[1:]
        yield shape.format(rule=rule, case=case, question=asked), answer


def _formula(draws: Draws, names: list[str], values: dict[str, bool]) -> tuple[str, bool]:
    """Two or three of the names joined by and, or and not, with its value."""
    terms = []
    for name in names:
        denied = draws.below(3) == 0
        terms.append((f"not {name}" if denied else name, values[name] != denied))
    text, value = terms[0]
    for place, (other, other_value) in enumerate(terms[1:]):
        word = draws.pick(("and", "or"))
        value = value and other_value if word == "and" else value or other_value
        left = f"({text})" if place else text
        text = f"{left} {word} {other}"
    return text, value


def truth_values(side: Side) -> Iterator[tuple[str, str]]:
    """The truth of two or three statements, and of a formula made of them."""
    draws = Draws(f"truth {side.name}")
    shapes = ("{given}: {formula}", "If {given}: {formula}", "Let {given}. {formula}?", "Given {given}, {formula}")
    for _ in range(_SAMPLES):
        names = draws.sample("pqrsxyz", draws.between(2, 3))
        values = {name: bool(draws.below(2)) for name in names}
        formula, value = _formula(draws, draws.shuffled(names), values)
        given = ", ".join(f"{name} = {str(truth).lower()}" for name, truth in values.items())
        yield draws.pick(shapes).format(given=given, formula=formula), str(value).lower()


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "kinship-two-steps": (
            kinship,
            """
            Work out how the first person asked about is related to the other, e.g. grandmother or uncle.
            What is one person to the other, given two family relations? Answer with one kinship word.
            two relations -> the relation that follows, e.g. mother of a father -> grandmother
            You are told about three people of a family. Name the relationship that the question asks for in one word.
            Combine both family ties and write the term for the result, such as nephew or mother-in-law.
            Solve the family puzzle: reply only with the word for the relation.
            Follow the family tree over two steps and say who the one is for the other.
            Infer the kinship: grandparent, aunt, uncle, niece, nephew, grandchild or in-law, in the right gender.
            A riddle about relatives ends with a question. Its solution is a single noun.
            How would the last-named person describe the one in question: as an aunt, a grandson, a brother-in-law ...?
            Deduce the missing link among the relatives mentioned and give its English name.
            Read who is whose child, spouse, parent or sibling; print the derived term for the pair in the question.
            """,
        ),
        "rule-and-case": (
            deductions,
            """
            Say whether the conclusion follows: yes, no or unknown.
            Does the rule decide the question about this case? Answer yes, no or unknown.
            rule, case and question -> yes / no / unknown
            You are given a rule about invented kinds and one individual. Reply yes, no, or unknown if it is open.
            Reason only from what is stated: yes when it must be so, no when it cannot be so, unknown otherwise.
            Judge the syllogism; the made-up nouns have no meaning. Possible answers: yes, no, unknown.
            Is the individual of the kind in question? Write unknown when the premises leave it open, else yes or no.
            Draw the logical consequence from both premises and answer the question with yes, no or unknown.
            Answer a question of pure logic with a single word, admitting "unknown" if there is not enough to go on.
            Certainly so: yes. Certainly not: no. Either is possible: unknown. Which applies to the last sentence?
            Nobody knows what these creatures are, but logic may tell. Yes, no or unknown?
            Apply the general claim to the particular one and give a verdict of yes, no or unknown.
            """,
        ),
        "truth-value": (
            truth_values,
            """
            Evaluate the logical formula: true or false.
            Is the formula true or false for the given values?
            values and a formula with and, or, not -> true / false
            You are given the truth of some letters. Work out the truth of the expression behind them.
            Compute the Boolean expression and write true or false in small letters.
            Put the values in for the letters; what does the whole statement come to, true or false?
            Apply not, and, or (brackets first) and report the resulting truth value.
            Decide if the compound proposition holds under this assignment (true) or fails (false).
            What would a circuit of these gates output, true or false?
            Substitute and simplify until just one of the words true and false remains.
            Say true when the condition after the assignments is met, otherwise false.
            For a lesson in propositional logic, find the value of the last expression.
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), partition="held-out", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
