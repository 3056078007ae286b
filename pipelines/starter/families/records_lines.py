"""Lines of structured text with an answer each: JSON, CSV, logs, HTML, Markdown, addresses, tables, settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from pipelines.starter.draft import Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.frames import fill, opens_apart, phrases, words
from pipelines.starter.families.slot_words import FIRM_BEGINNINGS
from pipelines.starter.families.slots import slots

Line = Callable[[Side, Draws], tuple[str, str]]
Value = str | int
_LINES = 1900
# The slot behind each kind of field, and the keys under which it may stand.
_FIELDS = {
    "name": words("name user owner contact author sender guest"),
    "city": words("city town location origin destination"),
    "colour": words("colour shade paint cover_colour"),
    "product": words("item product article goods"),
    "weekday": words("day weekday delivery_day opens"),
    "language": words("language lang locale spoken"),
    "company": words("company firm supplier vendor maker"),
    "order": words("code ref order_id ticket"),
    "email": words("email mail reply_to"),
    "number": words("amount count age size rank level points"),
    "status": words("status state stage phase"),
}
_STATES = words("open closed pending active paused shipped paid late draft new old done failed ready busy")
_TAGS = words("h1 h2 h3 p li td th span strong em button label caption")
_CLASSES = words("intro main note wide small title box menu card hint lead first top footer news")
_COMPONENTS = words(
    "auth backup billing cache calendar camera cart catalog chat cleanup config courier database deploy disk dns "
    "editor export feed firewall gateway import index inventory invoice kernel ledger login mailer metrics monitor "
    "network notifier parser payment printer profile proxy queue render report router scanner scheduler search sensor "
    "session shipping signup spooler storage sync thermostat translator upload video wallet watchdog webhook worker"
)
_EVENTS = phrases(
    "connection to {city} lost, {number} files copied, job {number} finished, user {name} signed in, "
    "order {order} accepted, order {order} refused, timeout after {number} seconds, retry {number} of 99, "
    "password of {name} changed, could not open file {number}, disk {number} percent full, mail to {name} sent, "
    "mail to {name} bounced, {city} server not found, worker {number} restarted, key {number} expired, "
    "label for {product} printed, no {product} left in stock, report for {weekday} ready, backup to {city} started, "
    "{name} signed out, price of {product} updated, queue holds {number} jobs, memory below {number} megabytes"
)
_SETTINGS = {
    "number": words("max_retries timeout port cache_size font_size workers batch_size volume interval page_limit"),
    "weekday": words("backup_day report_day first_day"),
    "name": words("admin user_name author operator"),
    "city": words("time_zone region start_place branch"),
    "language": words("language locale subtitles spelling"),
    "colour": words("theme background highlight_colour"),
    "status": words("default_state filter after_upload"),
}
_COMMENTS = phrases(
    "do not change, see the manual, default is 10, added by {name}, used in {city}, needs a restart, in seconds, "
    "was 20 before, only for tests, ask {name} first, new since {weekday}, keep it small, optional"
)
_PATHS = words("list items search shop help news blog map guide menu tours prices photos events jobs team")
_TITLES = (
    "[Opening hours|Prices|Menu|Tickets|News|Courses|Directions|Parking] [on|from|until|for] {weekday}",
    "[Guide to|Hotels in|Weather in|Maps of|Tours of|Flights to|Museums in|Trains to] {city}",
    "[Buy|Sell|Rent|Repair|Clean|Compare] [a|your|this] {product}",
    "[Contact|About|Ask|Follow|Meet|Thank] {name}",
    "[Learn|Speak|Practise|Read] {language} [fast|today|with us|at home]",
    "[The|Our|A|My] {colour} {product}",
    "[Page|Chapter|Room|Step|Lesson|Part] {number}",
    "[Jobs|Offers|Orders] at {company}",
)
_AROUND_LINKS = (
    "Please read {link} before you [call|write to|visit] {name}.",
    "More about this can be found under {link}, says {name}.",
    "See {link} or ask at our shop in {city}.",
    "{link} was last changed on {weekday} by {name}.",
    "For [help|details|a map] go to {link} and choose {language}.",
    "On {weekday} {name} sent me {link} from {city}.",
    "- {link}: {number} pages, [new|free|in {language}]",
    "You will find {link} on the website of {company}.",
    "From {link} {name} learnt a lot about {city}.",
    "At {link} there is more about {city}, says {name}.",
    "{name} saved {link} on {weekday}.",
    "All prices are under {link}, says {name}.",
    "{company} has a page called {link} on its website.",
    "Today {name} shared {link} with everybody in {city}.",
)
_COSTS = words("price shipping tax fee deposit rent tip postage wrapping insurance repair fuel lunch parking")


def _value(kind: str, side: Side, draws: Draws) -> Value:
    if kind == "number":
        return draws.between(2, 99)
    if kind == "status":
        return draws.pick(_STATES)
    return slots(side)[kind](draws)


def _record(side: Side, draws: Draws, fewest: int, most: int) -> list[tuple[str, Value]]:
    kinds = draws.sample(list(_FIELDS), draws.between(fewest, most))
    return [(draws.pick(_FIELDS[kind]), _value(kind, side, draws)) for kind in kinds]


def _values(side: Side, draws: Draws, fewest: int, most: int) -> list[str]:
    return [str(value) for _, value in _record(side, draws, fewest, most)]


def _filled(frame: str, side: Side, draws: Draws, **more: str) -> str:
    extra = {name: lambda _, text=text: text for name, text in more.items()}
    text, _ = fill(frame, {**slots(side), "number": lambda draws: str(draws.between(2, 99)), **extra}, draws)
    return text


def _json(record: list[tuple[str, Value]]) -> str:
    return json.dumps(dict(record), ensure_ascii=False)


def json_value(side: Side, draws: Draws) -> tuple[str, str]:
    """A key before a JSON object, and the value of this key."""
    record = _record(side, draws, 3, 5)
    key, value = draws.pick(record)
    return f"{key}: {_json(record)}", str(value)


def json_key(side: Side, draws: Draws) -> tuple[str, str]:
    """A value before a JSON object, and the key that has it."""
    record = _record(side, draws, 3, 5)
    key, value = draws.pick(record)
    return f"{value} in {_json(record)}", key


def separated_second(separator: str) -> Line:
    """A line of fields and the second of them."""

    def line(side: Side, draws: Draws) -> tuple[str, str]:
        values = _values(side, draws, 4, 6)
        return separator.join(values), values[1]

    return line


def csv_count(side: Side, draws: Draws) -> tuple[str, str]:
    """A line of comma-separated fields and how many there are: three to eight, each as often."""
    values = _values(side, draws, 3, 8)
    return ",".join(values), str(len(values))


def pair_value(side: Side, draws: Draws) -> tuple[str, str]:
    """A key before key=value pairs, and the value of this key."""
    record = _record(side, draws, 3, 5)
    key, value = draws.pick(record)
    return f"{key}? " + "; ".join(f"{known}={said}" for known, said in record), str(value)


def log_part(part: str) -> Line:
    """A log line and its level, component or message."""

    def line(side: Side, draws: Draws) -> tuple[str, str]:
        said = {
            "level": draws.pick(words("DEBUG INFO WARN ERROR")),
            "component": draws.pick(side.kept(_COMPONENTS)),
            "message": _filled(draws.pick(_EVENTS), side, draws),
        }
        time = f"{draws.below(24):02}:{draws.below(60):02}:{draws.below(60):02}"
        day = f"20{draws.between(10, 39)}-{draws.between(1, 12):02}-{draws.between(1, 28):02}"
        layout = draws.pick(
            (
                "{day} {time} [{level}] {component}: {message}",
                "[{day}] {level} {component} - {message}",
                "{level} {time} ({component}) {message}",
                "{time} | {component} | {level} | {message}",
                "<{level}> {component} {time}: {message}",
                "{component} {day} {level}: {message}",
            )
        )
        return layout.format(day=day, time=time, **said), said[part]

    return line


def tag_text(side: Side, draws: Draws) -> tuple[str, str]:
    """An HTML element with attributes and the text in it."""
    tag, text = draws.pick(_TAGS), _filled(draws.pick(_TITLES), side, draws)
    name, number = draws.pick(_CLASSES), draws.between(1, 99)
    attributes = draws.pick((f'class="{name}"', f'id="{name}{number}"', f'class="{name}" id="n{number}"', "hidden"))
    return f"<{tag} {attributes}>{text}</{tag}>", text


def attribute_value(side: Side, draws: Draws) -> tuple[str, str]:
    """An HTML tag with the name of one of its attributes after a dot, and this attribute's value."""
    kinds = {
        "src": f"{draws.pick(_PATHS)}{draws.between(1, 99)}.{draws.pick(('png', 'jpg', 'svg'))}",
        "alt": _filled(draws.pick(_TITLES), side, draws),
        "width": str(draws.between(20, 960)),
        "height": str(draws.between(20, 960)),
        "class": draws.pick(_CLASSES),
        "id": f"{draws.pick(_CLASSES)}{draws.between(1, 99)}",
        "lang": draws.pick(words("en de fr es it pt nl sv pl cs fi da")),
        "title": _filled(draws.pick(_TITLES), side, draws),
    }
    names = draws.sample(list(kinds), draws.between(3, 4))
    tag = draws.pick(words("img video iframe object embed"))
    asked = draws.pick(names)
    return f"<{tag} " + " ".join(f'{name}="{kinds[name]}"' for name in names) + f">.{asked}", kinds[asked]


def _link(side: Side, draws: Draws) -> tuple[str, str]:
    ending = draws.pick(("", f"/{draws.between(2, 99)}", f"/{draws.pick(_PATHS)}"))
    url = f"https://{draws.pick(FIRM_BEGINNINGS).lower()}.example/{draws.pick(_PATHS)}{ending}"
    return _filled(draws.pick(_TITLES), side, draws), url


def link_part(part: int) -> Line:
    """A line with a Markdown link, and its text (0) or its address (1)."""

    def line(side: Side, draws: Draws) -> tuple[str, str]:
        link = _link(side, draws)
        return _filled(draws.pick(_AROUND_LINKS), side, draws, link=f"[{link[0]}]({link[1]})"), link[part]

    return line


def query_value(side: Side, draws: Draws) -> tuple[str, str]:
    """The name of a parameter before an address with a query, and the parameter's value."""
    record = [(key, str(value).replace(" ", "+")) for key, value in _record(side, draws, 3, 4) if "@" not in str(value)]
    record = [(key, value.lstrip("#")) for key, value in record]
    key, value = draws.pick(record)
    _, url = _link(side, draws)
    return f"{key} in {url}?" + "&".join(f"{known}={said}" for known, said in record), value


def third_cell(side: Side, draws: Draws) -> tuple[str, str]:
    """A row of a Markdown table and its third cell."""
    values = _values(side, draws, 4, 6)
    return "| " + " | ".join(values) + " |", values[2]


def setting_value(side: Side, draws: Draws) -> tuple[str, str]:
    """A line of a settings file with a section and a comment, and the value that is set."""
    kind = draws.pick(("number", "number", *_SETTINGS))
    key, value = draws.pick(_SETTINGS[kind]), str(_value(kind, side, draws))
    comment = _filled(draws.pick(_COMMENTS), side, draws)
    section = draws.pick(side.kept(_COMPONENTS))
    layout = draws.pick(
        (
            "[{section}] {key} = {value} ; {comment}",
            "[{section}] {key}={value} # {comment}",
            "{section}.{key} = {value} # {comment}",
            "{section}_{key}: {value} # {comment}",
            "{section}/{key} := {value} // {comment}",
            "set {section}.{key} = {value} ; {comment}",
        )
    )
    return layout.format(section=section, key=key, value=value, comment=comment), value


def sum_of_two(side: Side, draws: Draws) -> tuple[str, str]:
    """A record with two whole amounts among other fields, and their sum."""
    kinds = draws.sample(("name", "city", "product", "weekday", "colour", "company"), draws.between(1, 3))
    one, other = draws.between(3, 40), draws.between(1, 9)
    costs = draws.sample(_COSTS, 2)
    fields = [f"{draws.pick(_FIELDS[kind])}={_value(kind, side, draws)}" for kind in kinds]
    amounts = draws.shuffled([f"{costs[0]}={one}", f"{costs[1]}={other}"])
    return ", ".join(draws.shuffled([*fields, *amounts])), str(one + other)


def lines(name: str, line: Line, side: Side) -> Iterator[tuple[str, str]]:
    """Many lines of one kind, with their answers."""
    draws = Draws(f"{name} {side.name}")
    made = (line(side, draws) for _ in range(_LINES if side.name == "seen" else 2 * _LINES))
    return (pair for pair in made if opens_apart(pair[0], side))
