"""Examples of a source as three splits that share no input, the same ones every time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from hyperlora.tasks.examples import LONGEST_LINE, Example, make_example
from hyperlora.tasks.readers.source_task import SourceExample
from hyperlora.tasks.task import SPLITS

# At most so many examples, and at most that part of all of them.
_TEST = (100, 25)
_VALIDATION = (50, 15)

_REPEATED = "repeated"
_IN_ANOTHER_SPLIT = "whose input is also in a later split"
_SEVERAL_LINES = "with an answer of several lines"


@dataclass(frozen=True)
class Splits:
    """The examples of a task by split, and what was left out of it on the way, in words."""

    examples: Mapping[str, tuple[Example, ...]]
    remarks: tuple[str, ...]

    def __len__(self) -> int:
        return sum(map(len, self.examples.values()))


def split_examples(source: Mapping[str, Sequence[SourceExample]]) -> Splits:
    """The usable examples of a source in three splits.

    A split that the source has stays what it is. Otherwise the examples are ordered by the hash of their input and the
    first ones become the test split (100, or 25 % if that is fewer), the next the validation split (50, or 15 %). An
    input stays in one place: in the test split rather than in validation, there rather than in training. Answers that
    one split gives for one input are all accepted.
    """
    counts: Counter[str] = Counter()
    several: list[str] = []
    kept: dict[str, dict[str, Example]] = {split: {} for split in SPLITS}
    for split in reversed(SPLITS):
        later = [kept[other] for other in SPLITS if other != split]
        for each in source.get(split, ()):
            example = _usable(each)
            if isinstance(example, str):
                counts[example] += 1
            elif any(_key(example) in others for others in later):
                counts[_IN_ANOTHER_SPLIT] += 1
            else:
                _merge(kept[split], example, counts, several)
    remarks = _in_words(counts, sum(map(len, source.values())), several)
    declared = [split for split in SPLITS if split in source]
    if len(declared) == 1 and declared[0] != "train":
        remarks.append(f"the source has nothing but a {declared[0]} split, which was divided")
        kept = {"train": kept[declared[0]]}
        declared = ["train"]
    pool = kept["train"]
    order = sorted(pool, key=lambda key: sha256(key.encode()).digest())
    for split, (most, percent) in (("test", _TEST), ("validation", _VALIDATION)):
        # an empty test split is an error of the source, and validation can be had from training
        if split in declared and (kept[split] or split == "test"):
            continue
        count = max(1, min(most, len(pool) * percent // 100))
        taken, order = set(order[:count]), order[count:]
        kept[split] = {key: example for key, example in pool.items() if key in taken}
    left = set(order)
    kept["train"] = {key: example for key, example in pool.items() if key in left}
    return Splits({split: tuple(kept[split].values()) for split in SPLITS}, tuple(remarks))


def _key(example: Example) -> str:
    """What makes two inputs one: a reader does not see how many spaces there are."""
    return " ".join(example.input.split())


def _merge(into: dict[str, Example], example: Example, counts: Counter[str], several: list[str]) -> None:
    known = into.setdefault(_key(example), example)
    if known is example:
        return
    if new := tuple(answer for answer in example.answers if answer not in known.answers):
        into[_key(example)] = replace(known, also=known.also + new)
        several.append(example.input)
    else:
        counts[_REPEATED] += 1


def _usable(example: SourceExample) -> Example | str:
    """The example with its one-line answers, or what keeps it from being used."""
    answers = list(dict.fromkeys(answer.strip() for answer in example.answers if answer.strip()))
    if not example.input.strip():
        return "without an input"
    if not answers:
        return "without an answer"
    lines = [answer for answer in answers if "\n" not in answer and "\r" not in answer]
    if not lines:
        return _SEVERAL_LINES
    try:
        made = make_example(example.input, lines[0], tuple(lines[1:]))
    except ValueError:
        return "with characters that UTF-8 cannot write"
    if len(json.dumps(made.record(), ensure_ascii=False).encode()) > LONGEST_LINE:
        return f"longer than {LONGEST_LINE // 1024} KiB"
    return made


def _in_words(counts: Counter[str], total: int, several: Sequence[str]) -> list[str]:
    left_out = [f"{count} {reason}" for reason, count in sorted(counts.items())]
    remarks = [f"left out of {total} examples: {', '.join(left_out)}"] if left_out else []
    if several:
        remarks.append(f"{len(several)} inputs with several answers, such as {several[0][:40]!r}, all of them accepted")
    return remarks
