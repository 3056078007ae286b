"""A conversation as an example: the last answer, and what was said before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from hyperlora.errors import TaskFormatError

_ROLE_NAMES = {
    "system": ("system", "developer"),
    "user": ("user", "human"),
    "assistant": ("assistant", "gpt", "model", "bot", "chatgpt"),
}
_ROLE_OF = {name: role for role, names in _ROLE_NAMES.items() for name in names}
# What tools put in front of every conversation says nothing of the task.
_SAYS_NOTHING = frozenset({"", "you are a helpful assistant"})


@dataclass(frozen=True)
class Chat:
    """A conversation up to its last answer.

    Attributes:
        system: what the system turns say; empty where that is nothing about the task.
        input: what the user says, or all turns before the answer with who speaks, where there are several.
        answer: the assistant's last turn.
        earlier_answers: how many there are before it.
    """

    system: str
    input: str
    answer: str
    earlier_answers: int


def is_chat(value: object) -> bool:
    """Whether a cell holds turns rather than text or several answers."""
    return isinstance(value, list) and bool(value) and all(isinstance(turn, dict) for turn in value)


def read_chat(place: str, turns: Sequence[object]) -> Chat:
    """The last answer of the turns, `{"role", "content"}` or `{"from", "value"}` each, and what comes before it.

    Turns of the user after the last answer are passed over.

    Raises:
        TaskFormatError: a turn is malformed or of somebody else, a tool for instance, or nobody answers.
    """
    told = [_turn(f"{place}, turn {number}", turn) for number, turn in enumerate(turns, start=1)]
    answered = [number for number, (role, _) in enumerate(told) if role == "assistant"]
    if not answered:
        raise TaskFormatError(f"{place}: no turn is the assistant's", "Add the answer as the last turn.")
    before: list[tuple[str, str]] = []
    for role, text in told[: answered[-1]]:
        if role == "system":
            continue
        if before and before[-1][0] == role:
            before[-1] = (role, f"{before[-1][1]}\n{text}")
        else:
            before.append((role, text))
    alone = len(before) == 1 and before[0][0] == "user"
    return Chat(
        _about_the_task([text for role, text in told if role == "system"]),
        before[0][1] if alone else "\n".join(f"{role.capitalize()}: {text}" for role, text in before),
        told[answered[-1]][1],
        len(answered) - 1,
    )


def _turn(place: str, turn: object) -> tuple[str, str]:
    """Who speaks, in our words, and what they say."""
    keys = next((keys for keys in (("role", "content"), ("from", "value")) if _has(turn, keys[0])), None)
    if keys is None:
        raise TaskFormatError(f"{place}: says not who speaks", 'Write turns as {"role": …, "content": …}.')
    fields = cast("dict[str, object]", turn)
    name = str(fields[keys[0]]).strip().lower()
    if (role := _ROLE_OF.get(name)) is None:
        raise TaskFormatError(
            f"{place}: a turn of {name[:40]!r} is not read",
            "Leave the conversation out, or keep only user and assistant.",
        )
    return role, _content(place, fields.get(keys[1]))


def _has(turn: object, key: str) -> bool:
    return isinstance(turn, dict) and turn.get(key) is not None


def _content(place: str, value: object) -> str:
    """The text of a turn, which may come in parts."""
    if value is None or isinstance(value, str):
        return value or ""
    parts = value if isinstance(value, list) else [value]
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type", "text") == "text"]
    if len(texts) < len(parts) or not all(isinstance(text, str) for text in texts):
        raise TaskFormatError(f"{place}: holds something else than text", "Leave the conversation out.")
    return "".join(map(str, texts))


def _about_the_task(texts: Sequence[str]) -> str:
    text = "\n".join(text.strip() for text in texts if text.strip())
    return "" if " ".join(text.split()).casefold().rstrip(".!") in _SAYS_NOTHING else text
