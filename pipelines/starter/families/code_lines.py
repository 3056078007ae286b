"""Lines of program text: their value, the function they call, the language they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.starter.draft import Draft, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.far_words import CODE_WORDS, THINGS
from pipelines.starter.families.openings import opening_pairs
from pipelines.starter.families.wordings import wordings

FAMILY = "code"
_SAMPLES = 3000
_VERBS_TEXT = (
    "add build check clean close collect compare compute convert copy count create draw fetch fill find format get "
    "handle join load make merge move open parse pick plot print read remove render reset rotate save scale search "
    "select send set show sort split start stop store swap sum test trim update validate wrap write"
)
_VERBS = _VERBS_TEXT.split()
_CALLS = (
    "{a}_{d} = {f}({b}, {c}_{a})  # {d} {c}",
    "{a} = {f}({b}, {c}_{d}, {n})",
    "return {f}({a}_{b}, {c}, {d}={n})",
    "let {a}{D} = {f}({b}, {c}, {n}); // {d} {b}",
    "var {a}{D} = {f}({b}.{c}, {n});",
    "for {a}_{d} in {f}({b}, {c}, {n}):",
    "if {f}({a}_{b}, {n}) > {c}_{d}:",
    "if ({f}({a}.{d}, {n})) return {b}.{c};",
    "{a}.{d} += {f}({b}, {c}, {n})",
    "{a}[{n}].{d} = {f}({b}, {c})",
    "let {a} = await {f}({b}.{c}, {n});",
    "return {a}.{d} + {f}({b}, {c}) - {n}",
)
# What the lines at Python's prompt call their value.
_VARIABLES = ("x", "y", "value", "result", "answer", "item", "found")
# Words that mean something themselves in one of the languages.
_RESERVED_TEXT = (
    "button cache close column content count cursor date first group index input join key last level limit link load "
    "lock map max min mode name number object open option order output print range read reset row select source start "
    "string style sum table text time title trace update user value view week window word write year"
)
_RESERVED = frozenset(_RESERVED_TEXT.split())
_LANGUAGE_LINES = {
    "Python": (
        "def {f}({a}, {b}=None):",
        "for {a} in range({n}):",
        "from {a} import {b}",
        "elif {a} is not None:",
        "if {a} not in {b}:",
        "{a} = [{b} for {b} in {c} if {b} > {n}]",
        "with open({a}) as {b}:",
        "return {{{a}: {b} for {a}, {b} in {c}.items()}}",
        "{a} = lambda {b}: {b} ** {n}",
    ),
    "JavaScript": (
        "const {a} = ({b}) => {b} * {n};",
        "let {a} = document.getElementById('{b}');",
        "{a}.addEventListener('click', {f});",
        "function {f}({a}) {{ return {a} === {n}; }}",
        "var {a} = await fetch('/{b}/{n}');",
        "if ({a} === undefined) console.log('{b}');",
        "export default function {f}({a}) {{",
        "{a}.forEach({b} => console.log({b}));",
        "const {{ {a}, {b} }} = require('./{c}');",
    ),
    "C": (
        "#include <{a}.h>",
        "int {f}(char *{a}, int {b});",
        "struct {a} {{ int {b}; char {c}[{n}]; }};",
        "{a} = malloc({n} * sizeof(int));",
        'printf("{a}: %d\\n", {b});',
        "typedef struct {a} {{ double {b}; }} {c}_t;",
        "#define {A} {n}",
        "static int *{a} = NULL;",
        "for (int i = 0; i < {n}; i++) {a}->{b}[i] = 0;",
        "if ({a}->{b} == NULL) exit({n});",
    ),
    "SQL": (
        "SELECT {a}, {b} FROM {c} WHERE {a} > {n};",
        "INSERT INTO {a} ({b}, {c}) VALUES ({n}, '{b}');",
        "UPDATE {a} SET {b} = {n} WHERE {c} = '{b}';",
        "DELETE FROM {a} WHERE {b} < {n};",
        "CREATE TABLE {a} ({b} INTEGER, {c} VARCHAR({n}));",
        "ALTER TABLE {a} ADD COLUMN {b} INTEGER;",
        "SELECT COUNT(*) FROM {a} GROUP BY {b};",
        "DROP TABLE {a}_{b};",
        "FROM {a} LEFT JOIN {b} ON {a}.{c} = {b}.{c}",
    ),
    "HTML": (
        '<div class="{a}">{b} {c}</div>',
        '<a href="/{a}/{n}">{b}</a>',
        '<img src="{a}.png" alt="{b}">',
        "<li>{a} {b}</li>",
        '<input type="text" name="{a}" value="{n}">',
        "<h1>{a} {b}</h1>",
        '<p id="{a}">{b} {c}</p>',
        "<td>{n}</td><td>{a}</td>",
        '<button type="submit">{a}</button>',
    ),
    "CSS": (
        ".{a} {{ margin: {n}px; }}",
        "#{a} {{ color: red; padding: {n}px; }}",
        ".{a} .{b} {{ display: none; }}",
        ".{a}:hover {{ background-color: #{n}0; }}",
        "@media (max-width: {n}0px) {{ .{a} {{ display: block; }} }}",
        "#{a} > li {{ font-size: {n}px; }}",
        ".{a}-{b} {{ border: 1px solid black; }}",
        "#{a}, #{b} {{ width: {n}%; }}",
        ".{a} {{ font-weight: bold; text-align: center; }}",
    ),
}


def _numbers(draws: Draws) -> list[int]:
    return draws.sample(range(1, 60), draws.between(3, 4))


def _python_values(draws: Draws, words: list[str]) -> tuple[str, object]:
    """An expression and its value."""
    one, other, third = draws.sample(words, 3)
    numbers = _numbers(draws)
    place = draws.below(len(numbers))
    few, less = draws.between(2, 9), draws.between(1, 9)
    makers: tuple[Callable[[], tuple[str, object]], ...] = (
        lambda: (f'len("{one}")', len(one)),
        lambda: (f'"{one}".upper()', one.upper()),
        lambda: (f'"{one}" + "{other}"', one + other),
        lambda: (f'"{one}"[0]', one[0]),
        lambda: (f'"{one}"[-1]', one[-1]),
        lambda: (f"{numbers}[{place}]", numbers[place]),
        lambda: (f"max({numbers})", max(numbers)),
        lambda: (f"min({numbers})", min(numbers)),
        lambda: (f"len({numbers})", len(numbers)),
        lambda: (f'"{one}-{other}".split("-")[1]', other),
        lambda: (f'" ".join(["{one}", "{other}"])', f"{one} {other}"),
        lambda: (f'"{one}" in ["{other}", "{third}"]', False),
        lambda: (f'"{one}" in ["{other}", "{one}"]', True),
        lambda: (f"{few} * {less}", few * less),
        lambda: (f"{few + less} - {less}", few),
        lambda: (f'["{one}", "{other}", "{third}"][{place % 3}]', (one, other, third)[place % 3]),
        lambda: (f'"{one}".replace("{one[0]}", "z")', one.replace(one[0], "z")),
        lambda: (f'"{one}".startswith("{one[0]}")', True),
        lambda: (f"{few} > {less}", few > less),
    )
    return draws.pick(makers)()


def expression_values(side: Side) -> Iterator[tuple[str, str]]:
    """Expressions as typed at Python's prompt with what print would show."""
    draws = Draws(f"expression {side.name}")
    words = [word for word in side.kept([*CODE_WORDS, *THINGS]) if len(word) <= 6]
    for _ in range(_SAMPLES):
        text, value = _python_values(draws, words)
        shape = draws.pick((">>> print({0})", ">>> {1} = {0}; print({1})", ">>> {1} = {0}; print({1})  # {2}"))
        yield shape.format(text, draws.pick(_VARIABLES), draws.pick(words)), str(value)


def called_functions(side: Side) -> Iterator[tuple[str, str]]:
    """Lines in which one function is called, with its name."""
    draws = Draws(f"call {side.name}")
    words = side.kept(CODE_WORDS)
    for _ in range(_SAMPLES):
        a, b, c, d, noun = draws.sample(words, 5)
        verb = draws.pick(_VERBS)
        name = f"{verb}_{noun}" if draws.below(2) else f"{verb}{noun.title()}"
        yield draws.pick(_CALLS).format(a=a, b=b, c=c, d=d, D=d.title(), f=name, n=draws.between(1, 99)), name


def languages(side: Side) -> Iterator[tuple[str, str]]:
    """Lines with the language they can only be in, as many of each of six."""
    draws = Draws(f"language {side.name}")
    words = [word for word in side.kept(CODE_WORDS) if word not in _RESERVED]
    for _ in range(_SAMPLES):
        language = draws.pick(tuple(_LANGUAGE_LINES))
        a, b, c = draws.sample(words, 3)
        function = f"{draws.pick(_VERBS)}{c.title()}"
        values = {"a": a, "b": b, "c": c, "A": a.upper(), "f": function, "n": draws.between(2, 99)}
        yield draws.pick(_LANGUAGE_LINES[language]).format(**values), language


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    texts = {
        "python-print": (
            expression_values,
            """
            Write what the line of Python prints.
            What appears on the screen after this Python line is run?
            Python print call -> its output, e.g. >>> print(len("plum")) -> 4
            You are given one line typed at the Python prompt. Reply with its output, strings without quotation marks.
            Evaluate the expression in the brackets of print and show the result.
            Act as a Python interpreter: answer with the printed value alone.
            Run the code in your head and note the output (a number, a word, True or False).
            Find the value of the Python expression; indices begin at 0.
            Simulate the console: what does it say in return?
            The program consists of this single statement. Give what it puts out.
            Trace the call and state the text that is displayed.
            Tell a beginner what they will read below the prompt after pressing Enter.
            """,
        ),
        "called-function": (
            called_functions,
            """
            Name the function that the line of code calls.
            Which function is called here? Answer with its name, without the brackets.
            line of code -> name of the called function, e.g. total = sum_prices(cart) -> sum_prices
            You are given a line of a program. Copy the identifier in front of the opening bracket of the call.
            Find the call in the code and write just what is being invoked.
            What does the statement call? Leave out arguments and parentheses.
            Extract the callee from the source line, spelled exactly as there.
            Look for name(...) in the line and give that name, e.g. loadUser from x = loadUser(3).
            Somebody wants to know the routine used by this statement; tell its identifier.
            To set a breakpoint I need the subroutine that gets executed in the following line.
            Report whichever symbol has an argument list directly behind it.
            Pull out of the code the one function it depends on.
            """,
        ),
        "code-language": (
            languages,
            """
            Name the language of the line of code: Python, JavaScript, C, SQL, HTML or CSS.
            Which language is this line written in: C, CSS, HTML, JavaScript, Python or SQL?
            line of code -> Python / JavaScript / C / SQL / HTML / CSS
            You are given one line from a source file. Recognise the programming or markup language among six.
            Should this go in a .py, .js, .c, .sql, .html or .css file? Answer with the language's name.
            Classify code snippets as Python, C, SQL, HTML, CSS or JavaScript by their syntax.
            What do you call the language with lines like this: HTML, SQL, C, Python, CSS or JavaScript?
            Label the snippet for syntax highlighting, e.g. SQL for a database query or CSS for a style rule.
            An editor must guess the syntax of what was pasted. Give its guess: Python, SQL, C, CSS, HTML or JavaScript.
            Does a web page, style sheet, query, script or program contain the line? Reply by naming its language.
            Identify the computer's tongue in which this is phrased; there are six to choose from, like C or HTML.
            In what language has the programmer written the following? Possible: CSS, Python, C, JavaScript, SQL, HTML.
            """,
        ),
    }
    return tuple(
        Draft(name, pairs=opening_pairs(pairs), partition="dev", **wordings(text))
        for name, (pairs, text) in texts.items()
    )
