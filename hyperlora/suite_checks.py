"""What can be wrong with a suite although each of its files is well formed: leaks, repeats, twins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from hyperlora.prompts import render_prompt
from hyperlora.tasks import SPLITS, Suite, Task

# Two tasks are compared only where they meet often enough for it not to be chance.
_SHARE_THAT_COUNTS = 0.1
_AGREEMENT_OF_TWINS = 0.9


def _plain(text: str) -> str:
    """Text as a reader compares it: case, spacing and a closing full stop do not tell two apart."""
    return " ".join(text.split()).casefold().rstrip(".!")


def _task_problems(task: Task, sizes: Mapping[str, int]) -> Iterator[str]:
    places: dict[str, tuple[str, str]] = {}
    for split, examples in task.splits().items():
        if len(examples) < sizes[split]:
            yield f"{task.name}: {split} has {len(examples)} examples, fewer than {sizes[split]}"
        for example in examples:
            prompt = " ".join(render_prompt(task.prompt_template, example.input).split())
            if (known := places.get(prompt)) is None:
                places[prompt] = (split, example.input)
            elif known[1] != example.input:
                yield f"{task.name}: inputs {known[1]!r} and {example.input!r} differ only in spaces"
            elif known[0] == split:
                yield f"{task.name}: input {example.input!r} occurs twice in {split}"
            else:
                yield f"{task.name}: input {example.input!r} is in both {known[0]} and {split}"


def _description_problems(tasks: Iterable[Task]) -> Iterator[str]:
    places: dict[str, tuple[str, str]] = {}
    for task in tasks:
        for kind in ("descriptions", "unseen_descriptions"):
            for text in getattr(task, kind):
                if (known := places.get(_plain(text))) is None:
                    places[_plain(text)] = (task.name, kind)
                elif known[0] != task.name:
                    yield f"{task.name}: description {text!r} is also one of {known[0]}"
                elif known[1] != kind:
                    yield f"{task.name}: description {text!r} is both seen and unseen"
                else:
                    yield f"{task.name}: description {text!r} occurs twice in {kind}"


def _twin_problems(tasks: Iterable[Task]) -> Iterator[str]:
    answers = {
        task.name: {example.input: example.output for part in task.splits().values() for example in part}
        for task in tasks
    }
    pairs = {name: set(answer.items()) for name, answer in answers.items()}
    for one, other in combinations(answers, 2):
        fewest = _SHARE_THAT_COUNTS * min(len(answers[one]), len(answers[other]))
        shared = len(answers[one].keys() & answers[other].keys())
        same = len(pairs[one] & pairs[other])
        if shared and shared >= fewest and same >= _AGREEMENT_OF_TWINS * shared:
            yield f"{one} and {other}: {same} of the {shared} inputs they share have the same output"
        swapped = {(output, text) for text, output in pairs[one] if output != text}
        inverse = len(swapped & pairs[other])
        if inverse and inverse >= fewest:
            yield f"{one} and {other}: {inverse} pairs of one are the other's, swapped"


def check_suite(
    suite: Suite,
    *,
    train: int = 200,
    validation: int = 50,
    test: int = 100,
    smaller: Mapping[str, tuple[int, int, int]] | None = None,
) -> list[str]:
    """Every problem of a suite, one line each, beginning with the task's name; empty for a clean suite.

    Looked for: an input twice in a split or in two splits (or but for spaces the same prompt), a description
    used twice, splits that are too small, and two tasks that are one another's copy or inverse. The same
    inputs with other outputs in another task are no problem.

    Args:
        suite: the suite to check.
        train, validation, test: the fewest examples a split may have.
        smaller: the fewest (train, validation, test) for tasks whose source has no more.
    """
    sizes = dict.fromkeys(suite.tasks, (train, validation, test)) | dict(smaller or {})
    problems: list[str] = [f"{name}: is not in the suite" for name in sizes if name not in suite.tasks]
    for task in suite:
        problems += _task_problems(task, dict(zip(SPLITS, sizes[task.name], strict=True)))
    problems += _description_problems(suite)
    problems += _twin_problems(suite)
    return problems
