"""`instruction-induction:FOLDER`: the tasks of Honovich et al. 2022 (arXiv:2205.10782).

`induce/` holds what an instruction is found from, our training examples; `execute/` what it is tried on, our test;
`annotations/` the descriptions that people wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.json_file import field_of, read_json
from hyperlora.tasks.readers.gathering import Gathering
from hyperlora.tasks.readers.source_task import SourceExample, SourceTask, source_example
from hyperlora.tasks.readers.task_files import files_in
from hyperlora.tasks.task import Metric

_ANY = (object,)
# The keys under which some tasks list every accepted answer.
_ANSWER_LISTS = ("other_rhymes", "possible_translations", "possible_outputs")
# The paper scores these by the words that answer and reference share, the others by exact match.
_OPEN_TASKS = ("common_concept", "informal_to_formal")


def read_instruction_induction(path: Path, gathering: Gathering) -> None:
    """Add every task that has a file in `execute/`.

    Raises:
        TaskFormatError: the folder is not laid out so, or a task's file is missing or malformed.
    """
    # the authors' own repository keeps the examples one folder below the descriptions
    data = path / "raw" if (path / "raw" / "execute").is_dir() else path
    if missing := [name for name in ("induce", "execute") if not (data / name).is_dir()]:
        raise TaskFormatError(
            f"{path} has no folder {' and no folder '.join(missing)}",
            "Name the folder that holds induce/ and execute/.",
        )
    names = {file.stem for folder in ("induce", "execute") for file in files_in(data / folder, ".json")}
    for name in sorted(names):
        with gathering.attempt(name):
            gathering.add(_task(name, data, path / "annotations" / f"{name}.json"))


def _task(name: str, data: Path, annotations: Path) -> SourceTask:
    train, test = data / "induce" / f"{name}.json", data / "execute" / f"{name}.json"
    metric: Metric = "rouge_l" if name in _OPEN_TASKS else "exact_match"
    return SourceTask(
        name,
        str(test),
        {"train": list(_examples(train, both_orders=False)), "test": list(_examples(test, both_orders=True))},
        descriptions=_descriptions(annotations) if annotations.exists() else (),
        metric=metric,
        case_sensitive=False,
        source="instruction induction, Honovich et al. 2022",
    )


def _descriptions(file: Path) -> list[str]:
    texts = field_of(read_json(file), "annotations", list, str(file))
    if wrong := [number for number, text in enumerate(texts, start=1) if not isinstance(text, str)]:
        raise TaskFormatError(f"{file}, annotation {wrong[0]}: is not text", "Correct it.")
    return texts


def _examples(file: Path, *, both_orders: bool) -> Iterator[SourceExample]:
    for number, item in field_of(read_json(file), "examples", dict, str(file)).items():
        place = f"{file}, example {number}"
        if isinstance(item, dict) and {"cause", "effect"} <= item.keys():
            yield from _cause_and_effect(place, item, both_orders=both_orders)
        elif isinstance(item, dict) and {"items", "all_common_concepts"} <= item.keys():
            things = field_of(item, "items", list, place)
            yield source_example(place, ", ".join(map(str, things)), item["all_common_concepts"])
        else:
            yield _input_and_output(place, item)


def _cause_and_effect(place: str, item: dict[str, Any], *, both_orders: bool) -> list[SourceExample]:
    """The two sentences in both orders, or in one that looks drawn: the two are one example for a split."""
    cause, effect = (field_of(item, key, str, place) for key in ("cause", "effect"))
    inputs = [f"Sentence 1: {one} Sentence 2: {two}" for one, two in ((cause, effect), (effect, cause))]
    if not both_orders:
        inputs = [inputs[sha256(inputs[0].encode()).digest()[0] % 2]]
    return [source_example(place, text, cause) for text in inputs]


def _input_and_output(place: str, item: object) -> SourceExample:
    text, output = (field_of(item, key, _ANY, place) for key in ("input", "output"))
    example = source_example(place, text, output)
    further = [
        answer
        for key in _ANSWER_LISTS
        if isinstance(item, dict) and key in item
        for answer in source_example(place, "", field_of(item, key, list, place)).answers
        # every word is in the list of its own rhymes, and whoever repeats it has answered nothing
        if answer.strip().casefold() != example.input.strip().casefold()
    ]
    return SourceExample(example.input, (*example.answers, *further))
