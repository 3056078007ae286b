"""Money: currencies and their codes, after Unicode CLDR, and amounts in several ways of writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib import import_module

from hyperlora.tasks.task import Partition
from pipelines.starter.draft import Draft, Pairs, Side
from pipelines.starter.draws import Draws
from pipelines.starter.families.cldr_names import clear_names, locale_of
from pipelines.starter.families.currencies_wordings import AMOUNT_SENTENCES, ITEMS, OFFER_SENTENCES, WORDINGS
from pipelines.starter.families.inflection_words import left_out
from pipelines.starter.families.openings import opens_on
from pipelines.starter.families.slot_words import CITIES, FIRM_BEGINNINGS
from pipelines.starter.sources import data_package

FAMILY = "currencies"
_BABEL = ("babel",)
_COUNT = 3000
_SIZES = (100, 20, 40)

_LEFT_OUT = {
    "no money that one pays with": (
        "XXX XTS XBA XBB XBC XBD XEU XFO XFU XRE XSU XUA XPD XPT XAG XAU XDR BOV CHE CHW CLF COU MXV UYI UYW"
    ),
    "a country's former money beside its better known one, or money used for a short time": (
        "ADP ALK ARA BEC BEL BGL BGM BOP BUK CLE CNX CSK DDM GEK GNS GQE GWE GWP HRD KRH LTT LUC LUL LVR MAF MCF MDC "
        "MGF MLF MTP MZE PEI SRG TJR TPE UAK VED YDD ZWG"
    ),
    "territories that are disputed": "FKP TWD",
    "the code is a word, with which other tasks' inputs begin": ("ALL BOB COP CUP MAD MOP MUR PEN SIT SOS SUR TOP TRY"),
    "CLDR spells the name unlike others": "GYD KGS XCG",
}

# Whole and hundredth part of currencies: (code, one, several, hundredths).
_SPOKEN = (
    ("EUR", "euro", "euros", "cents"),
    ("USD", "US dollar", "US dollars", "cents"),
    ("GBP", "pound", "pounds", "pence"),
    ("CHF", "Swiss franc", "Swiss francs", "centimes"),
    ("SEK", "Swedish krona", "Swedish kronor", "öre"),
    ("INR", "Indian rupee", "Indian rupees", "paise"),
)
_SYMBOLS = (("EUR", "€"), ("USD", "$"), ("GBP", "£"), ("INR", "₹"))


@cache
def currency_names() -> Mapping[str, str]:
    """The English names of currencies by ISO 4217 code."""
    names = locale_of("en").currencies
    return clear_names(names, sorted(set(names) - left_out(_LEFT_OUT)))


def codes_with_names(_: Side) -> Iterator[tuple[str, str]]:
    """Codes of currencies with their English names."""
    return iter(currency_names().items())


def names_with_codes(_: Side) -> Iterator[tuple[str, str]]:
    """English names of currencies with their codes."""
    return ((name, code) for code, name in currency_names().items())


def formatted(amount: Decimal, currency: str, locale: str) -> str:
    """An amount as it is written in a country, with ordinary spaces and straight apostrophes."""
    data_package("babel")
    text: str = import_module("babel.numbers").format_currency(amount, currency, locale=locale)
    return " ".join(text.split()).replace("’", "'")


def _amount(draws: Draws) -> str:
    """Mostly thousands, so that the separator between groups occurs; with none, one or two decimals."""
    whole = str(draws.pick((draws.between(15, 999), draws.between(1000, 9999), draws.between(1000, 99999))))
    decimals = draws.pick(("", f".{draws.between(1, 9)}", f".{draws.between(1, 99):02}"))
    return whole + decimals


def amounts(currency: str, locale: str) -> Pairs:
    """Plain amounts with a currency's code, and as they are written in a country."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"amounts {currency} {locale}")
        for _ in range(_COUNT):
            amount = _amount(draws)
            if opens_on(side, amount):
                yield f"{amount} {currency}", formatted(Decimal(amount), currency, locale)

    return pairs


def amounts_in_words(_side: Side) -> Iterator[tuple[str, str]]:
    """Dollars and cents in figures and in words."""
    in_words = data_package("num2words").num2words
    draws = Draws("amounts in words")
    for _ in range(_COUNT):
        dollars, cents = draws.between(1, 99), draws.between(1, 99)
        parts = [
            f"{in_words(count)} {unit}{'s' * (count > 1)}" for count, unit in ((dollars, "dollar"), (cents, "cent"))
        ]
        yield f"${dollars}.{cents:02}", " and ".join(parts)


def _spoken_amount(draws: Draws) -> tuple[str, str]:
    code, one, several, hundredths = draws.pick(_SPOKEN)
    whole, rest = draws.between(1, 400), draws.between(2, 99)
    return f"{whole} {one if whole == 1 else several} and {rest} {hundredths}", f"{whole}.{rest:02} {code}"


def _symbol_amount(draws: Draws) -> tuple[str, str]:
    code, symbol = draws.pick(_SYMBOLS)
    amount = f"{draws.between(1, 400)}.{draws.between(0, 99):02}"
    return f"{symbol}{amount}", f"{amount} {code}"


def in_sentences(made: Callable[[Draws], tuple[str, str]]) -> Pairs:
    """Sentences that hold an amount, with the amount in figures and the currency's code."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws = Draws(f"amount sentences {side.name}")
        usable = [shape for shape in AMOUNT_SENTENCES if opens_on(side, shape)]
        for _ in range(_COUNT):
            amount, output = made(draws)
            yield draws.pick(usable).format(amount=amount, item=draws.pick(ITEMS), city=draws.pick(CITIES)), output

    return pairs


def offers(shapes: Sequence[str]) -> Pairs:
    """Sentences about one thing at two shops, and the shop where it is cheaper."""

    def pairs(side: Side) -> Iterator[tuple[str, str]]:
        draws, shops = Draws(f"offers {side.name}"), side.kept(FIRM_BEGINNINGS)
        for _ in range(_COUNT):
            one, other = draws.sample(shops, 2)
            cheap = draws.between(300, 20000)
            dear = cheap + draws.between(20, 3000)
            costs = {one: cheap, other: dear} if draws.below(2) else {one: dear, other: cheap}
            prices = {shop: f"{cents // 100}.{cents % 100:02}" for shop, cents in costs.items()}
            yield (
                draws.pick(shapes).format(
                    one=one, other=other, one_price=prices[one], other_price=prices[other], item=draws.pick(ITEMS)
                ),
                one if costs[one] == cheap else other,
            )

    return pairs


def drafts() -> tuple[Draft, ...]:
    """The tasks of the family."""
    whole = (("currency-name", codes_with_names), ("currency-code", names_with_codes))
    seen: tuple[tuple[str, Pairs, tuple[str, ...]], ...] = (
        ("amount-german", amounts("EUR", "de"), _BABEL),
        ("amount-french", amounts("EUR", "fr"), _BABEL),
        ("amount-american", amounts("USD", "en_US"), _BABEL),
        ("amount-in-words", amounts_in_words, ("num2words",)),
        ("sentence-amount-to-code", in_sentences(_spoken_amount), ()),
        ("cheaper-shop", offers(OFFER_SENTENCES), ()),
    )
    unseen: tuple[tuple[str, Pairs, tuple[str, ...], Partition, str], ...] = (
        ("amount-swiss", amounts("CHF", "de_CH"), _BABEL, "dev", ""),
        ("dollar-amount-german", amounts("USD", "de"), _BABEL, "held-out", ""),
        ("sentence-symbol-amount-to-code", in_sentences(_symbol_amount), (), "held-out", ""),
    )
    return (
        *(
            Draft(name, pairs=pairs, packages=_BABEL, sizes=_SIZES, whole=True, **WORDINGS[name])
            for name, pairs in whole
        ),
        *(Draft(name, pairs=pairs, packages=packages, **WORDINGS[name]) for name, pairs, packages in seen),
        *(
            Draft(name, pairs=pairs, packages=packages, partition=partition, twin_of=twin, **WORDINGS[name])
            for name, pairs, packages, partition, twin in unseen
        ),
    )
