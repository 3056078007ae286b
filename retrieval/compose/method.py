"""Composition methods by name: a decorator on the function that combines the changes of modules of one shape."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hyperlora.errors import InputError
from retrieval.compose.changes import Product

Number = int | float | bool


Combine = Callable[..., Product]
"""From changes and a rank (the method's own when None), and options by keyword, to one change a module."""


@dataclass(frozen=True)
class Method:
    """One way to make one adapter from several.

    Attributes:
        name: as recipes and commands name it.
        title: as the field names it.
        paper: where it comes from, an address; empty for what is common knowledge.
        combine: the function.
        options: its own settings with their defaults, read from its signature.
        fits_weights: its weights are fitted on examples, always.
    """

    name: str
    title: str
    paper: str
    combine: Combine
    options: Mapping[str, Number]
    fits_weights: bool = False

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return (inspect.getdoc(self.combine) or "").partition("\n\n")[0].replace("\n", " ")

    def checked(self, given: Mapping[str, Number]) -> dict[str, Number]:
        """All options, the given ones over the defaults.

        Raises:
            InputError: the method has no such option, or its value is of another type or out of range.
        """
        if unknown := sorted(set(given) - set(self.options)):
            has = ", ".join(self.options) or "none"
            raise InputError(f"{self.name} has no option {unknown[0]!r}", f"Its options: {has}.")
        for name, value in given.items():
            default = self.options[name]
            whole = isinstance(default, int)
            if isinstance(value, bool) != isinstance(default, bool) or (whole and not isinstance(value, int)):
                raise InputError(f"{name} is {value!r}", f"Give a value like {default!r}.")
        options = dict(self.options) | dict(given)
        if not 0 < options.get("density", 1) <= 1:
            raise InputError(f"density is {options['density']}", "Give the share to keep, above 0 and at most 1.")
        if not 0 <= options.get("seed", 0) < 2**32:
            raise InputError(f"seed is {options['seed']}", "Give a whole number of 32 bits, not below 0.")
        return options


METHODS: dict[str, Method] = {}


def composition(name: str, *, title: str, paper: str = "", fits_weights: bool = False) -> Callable[[Combine], Combine]:
    """Register a function as a composition method; its keyword-only arguments become the method's options.

    Raises:
        ValueError: there is one of this name.
    """

    def register(combine: Combine) -> Combine:
        if name in METHODS:
            raise ValueError(f"two composition methods are named {name}")
        parameters = inspect.signature(combine).parameters.values()
        options = {each.name: each.default for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}
        METHODS[name] = Method(name, title, paper, combine, options, fits_weights)
        return combine

    return register


def find_method(name: str) -> Method:
    """The method of this name.

    Raises:
        InputError: there is none.
    """
    if name not in METHODS:
        raise InputError(f"there is no composition method {name!r}", f"Use one of {', '.join(sorted(METHODS))}.")
    return METHODS[name]
