"""Record tasks of the shipped suite, parsed again with the standard library."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest


def _json_value(text: str) -> str:
    key, _, rest = text.partition(": ")
    return str(json.loads(rest)[key])


def _json_key(text: str) -> str:
    value, rest = re.split(r" in (?=\{)", text)
    (key,) = (key for key, said in json.loads(rest).items() if str(said) == value)
    return key


def _fields(text: str, delimiter: str) -> list[str]:
    (row,) = csv.reader([text], delimiter=delimiter)
    return row


def _pairs(text: str) -> str:
    key, rest = text.split("? ", 1)
    return dict(pair.split("=", 1) for pair in rest.split("; "))[key]


def _query(text: str) -> str:
    name, url = text.split(" in ", 1)
    return dict(part.split("=") for part in url.split("?")[1].split("&"))[name]


def _log(text: str) -> tuple[str, str, str]:
    (level,) = re.findall(r"\b(?:DEBUG|INFO|WARN|ERROR)\b", text)
    rest = re.sub(r"[\[<]?\d{4}-\d\d-\d\d\]?|\d\d:\d\d:\d\d|[\[<]?\b(?:DEBUG|INFO|WARN|ERROR)\b[\]>]?", "", text)
    component, message = re.fullmatch(r"[\s|(]*(\w+)[\s|):-]*(.*)", rest).groups()
    return level, component, message


class _Html(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes = dict(attrs)

    def handle_data(self, data):
        self.words.append(data)


def _attribute(text: str) -> str | None:
    tag, _, name = text.rpartition(".")
    return _Html(tag).attributes[name]


_PARSERS: dict[str, Callable[[str], str | None]] = {
    "json-value-of-key": _json_value,
    "json-key-of-value": _json_key,
    "csv-second-field": lambda text: _fields(text, ",")[1],
    "csv-field-count": lambda text: str(len(_fields(text, ","))),
    "semicolon-second-field": lambda text: _fields(text, ";")[1],
    "pair-value-of-key": _pairs,
    "query-parameter-value": _query,
    "log-level": lambda text: _log(text)[0],
    "log-component": lambda text: _log(text)[1],
    "log-message": lambda text: _log(text)[2],
    "html-tag-text": lambda text: "".join(_Html(text).words),
    "html-attribute-value": _attribute,
    "markdown-link-text": lambda text: re.search(r"\[(.*?)\]\(", text)[1],
    "table-row-third-cell": lambda text: text.split("|")[3].strip(),
    "setting-line-value": lambda text: re.search(r"\S[=:]{1,2} ?(.*?) (?:#|;|//)|:?= (.*?) (?:#|;|//)", text).expand(
        r"\1\2"
    ),
    "record-sum-of-two": lambda text: str(sum(map(int, re.findall(r"=(\d+)(?:,|$)", text)))),
}


@pytest.mark.parametrize("name", sorted(_PARSERS))
def test_another_parser_reads_the_same_answer(name, answers):
    for text, answer in answers(name).items():
        assert _PARSERS[name](text) == answer, text
