"""The tasks about names in programs, by regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable

Answers = Callable[[str], dict[str, str]]

_STYLES = {
    "camelCase": r"[a-z]+(?:[A-Z][a-z]+)+",
    "PascalCase": r"(?:[A-Z][a-z]+){2,}",
    "snake_case": r"[a-z]+(?:_[a-z]+)+",
    "kebab-case": r"[a-z]+(?:-[a-z]+)+",
    "CONSTANT_CASE": r"[A-Z]+(?:_[A-Z]+)+",
}


def test_camel_to_snake(answers: Answers) -> None:
    for text, output in answers("camel-to-snake-case").items():
        assert re.sub("([A-Z])", lambda match: "_" + match[1].lower(), text) == output


def test_kebab_to_pascal(answers: Answers) -> None:
    for text, output in answers("kebab-to-pascal-case").items():
        assert text.title().replace("-", "") == output


def test_exactly_the_named_style_occurs(answers: Answers) -> None:
    for text, output in answers("identifier-style").items():
        found = {style for style, form in _STYLES.items() if re.search(rf"(?<![\w-]){form}(?![\w-])", text)}
        assert found == {output}, text
