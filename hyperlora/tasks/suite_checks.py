"""What can be wrong with a suite although each of its files is well formed: leaks, repeats, twins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from hyperlora.tasks.prompts import render_prompt
from hyperlora.tasks.task import SPLITS, Suite, Task

# Two tasks are compared only where they meet often enough for it not to be chance.
LEAST_SHARED = 0.1
LEAST_AGREEMENT = 0.9
# Each of fewer test examples moves a score by more than five points.
FEW_TESTS = 20


def plain_text(text: str) -> str:
    """Text as a reader compares it: case, spacing and a closing full stop do not tell two apart."""
    return " ".join(text.split()).casefold().rstrip(".!")


def _task_problems(task: Task, sizes: Mapping[str, int]) -> Iterator[str]:
    places: dict[str, tuple[str, str, str]] = {}
    for split, examples in task.splits().items():
        if len(examples) < sizes[split]:
            yield f"{task.name}: {split} has {len(examples)} examples, fewer than {sizes[split]}"
        for example in examples:
            prompt = " ".join(render_prompt(task.prompt_template, example.input).split())
            if (known := places.get(prompt)) is None:
                places[prompt] = (split, example.input, example.output)
            elif known[1] != example.input:
                yield f"{task.name}: inputs {known[1]!r} and {example.input!r} differ only in spaces"
            else:
                place = f"occurs twice in {split}" if known[0] == split else f"is in both {known[0]} and {split}"
                unlike = f", with the answers {known[2]!r} and {example.output!r}" if known[2] != example.output else ""
                yield f"{task.name}: input {example.input!r} {place}{unlike}"


def _description_problems(tasks: Iterable[Task]) -> Iterator[str]:
    places: dict[str, tuple[str, str]] = {}
    for task in tasks:
        for kind in ("descriptions", "unseen_descriptions"):
            for text in getattr(task, kind):
                if (known := places.get(plain_text(text))) is None:
                    places[plain_text(text)] = (task.name, kind)
                elif known[0] != task.name:
                    yield f"{task.name}: description {text!r} is also one of {known[0]}"
                elif known[1] != kind:
                    yield f"{task.name}: description {text!r} is both seen and unseen"
                else:
                    yield f"{task.name}: description {text!r} occurs twice in {kind}"


def word_prefixes(text: str) -> set[str]:
    """The proper beginnings of a text that end where a word ends, without surrounding spaces."""
    ends = (end for end in range(1, len(text)) if not (text[end - 1].isalnum() and text[end].isalnum()))
    return {text[:end].strip() for end in ends} - {text, ""}


def _copy_problems(tasks: Iterable[Task]) -> Iterator[str]:
    """Pairs of tasks that are one task under two names."""
    answers = {task.name: _answers(task) for task in tasks}
    places: dict[str, list[str]] = defaultdict(list)
    for name, outputs in answers.items():
        for text in outputs:
            places[text].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    same: Counter[tuple[str, str]] = Counter()
    for text, names in places.items():
        for one, other in combinations(names, 2):
            shared[one, other] += 1
            same[one, other] += answers[one][text] == answers[other][text]
    for (one, other), count in shared.items():
        fewest = LEAST_SHARED * min(len(answers[one]), len(answers[other]))
        if count >= fewest and same[one, other] >= LEAST_AGREEMENT * count:
            yield f"{one} and {other}: {same[one, other]} of the {count} inputs they share have the same output"


def _leak_problems(suite: Suite) -> Iterator[str]:
    """What a task that is not seen shares with one that is: inputs, beginnings of inputs, pairs the other way round."""
    inputs: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    swapped: dict[tuple[str, str], str] = {}
    for task in suite.part("seen"):
        for text, output in _answers(task).items():
            plain = text.casefold()
            inputs.setdefault(plain, task.name)
            swapped.setdefault((output.casefold(), plain), task.name)
            for prefix in word_prefixes(plain):
                beginnings.setdefault(prefix, task.name)
    for task in suite.part("dev", "held-out"):
        for text, output in _answers(task).items():
            plain = text.casefold()
            if plain in inputs:
                yield f"{task.name}: input {text!r} is also one of the seen task {inputs[plain]}"
            elif plain in beginnings:
                yield f"{task.name}: input {text!r} begins one of the seen task {beginnings[plain]}"
            elif known := next((inputs[prefix] for prefix in word_prefixes(plain) if prefix in inputs), None):
                yield f"{task.name}: input {text!r} begins with one of the seen task {known}"
            elif (plain, output.casefold()) in swapped:
                name = swapped[plain, output.casefold()]
                yield f"{task.name}: {text!r} and {output!r} are a pair of the seen task {name}, swapped"


def _partition_problems(suite: Suite) -> Iterator[str]:
    families = {task.family for task in suite.part("seen")}
    if not families:
        # others' data, all of it held out: there is nothing to be related to
        return
    for task in suite:
        twin = suite.tasks.get(task.twin_of)
        if task.partition == "seen":
            if task.relation or task.twin_of:
                yield f"{task.name}: a seen task has no relation to seen tasks"
        elif not task.relation:
            yield f"{task.name}: says not whether it is twin, near or far"
        elif task.relation == "twin" and (twin is None or twin.partition != "seen"):
            yield f"{task.name}: twin_of names no seen task ({task.twin_of!r})"
        elif (task.relation == "far") == (task.family in families):
            yield f"{task.name}: is {task.relation}, but the family {task.family} has seen tasks or lacks them"


def _answers(task: Task) -> dict[str, str]:
    return {example.input: example.output for part in task.splits().values() for example in part}


def check_suite(
    suite: Suite,
    *,
    train: int = 200,
    validation: int = 50,
    test: int = 100,
    smaller: Mapping[str, tuple[int, int, int]] | None = None,
) -> list[str]:
    """Every problem of a suite that is to measure by, one line each, beginning with the task's name.

    Looked for, beside what `check_own_suite` finds: splits that are too small, and, where the suite has dev or held-out
    tasks, what these share with seen ones: an input, the beginning of one, or a pair the other way round. The same
    inputs with other outputs in another seen task are no problem.

    Args:
        suite: the suite to check.
        train, validation, test: the fewest examples a split may have.
        smaller: the fewest (train, validation, test) for tasks whose source has no more.
    """
    sizes = dict.fromkeys(suite.tasks, (train, validation, test)) | dict(smaller or {})
    problems: list[str] = [f"{name}: is not in the suite" for name in sizes if name not in suite.tasks]
    problems += _common_problems(suite, sizes)
    if suite.part("dev", "held-out"):
        problems += _partition_problems(suite)
        problems += _leak_problems(suite)
    return problems


def check_own_suite(suite: Suite) -> list[str]:
    """Every problem of a suite of somebody's own, of any size, one line each, beginning with the task's name.

    Looked for: tasks that could not be used, an input twice in a split or in two splits (or but for spaces the same
    prompt), a description used twice, tasks that are one another's copy, and twins of nothing.
    """
    problems = [f"{name}: was left out: {why}" for name, why in suite.rejected.items()]
    problems += _common_problems(suite, dict.fromkeys(suite.tasks, (1, 1, 1)))
    for task in suite:
        if task.twin_of and task.twin_of not in suite.tasks:
            problems.append(f"{task.name}: twin_of names no task ({task.twin_of!r})")
    return problems


def own_suite_notes(suite: Suite) -> list[str]:
    """What somebody with a suite of their own should know although nothing is wrong, one line each."""
    notes = [f"{name}: {note}" for name, note in suite.notes.items()]
    for task in suite:
        if plain_text(task.description) == task.name.replace("-", " "):
            notes.append(f"{task.name}: its description is its name; say what is to be done, and it is found by that")
        elif len({plain_text(text) for text in task.descriptions}) == 1:
            notes.append(f"{task.name}: is described in one wording; generators and retrievers learn more from several")
        if len(task.test) < FEW_TESTS:
            notes.append(f"{task.name}: {len(task.test)} test examples, so a score is a rough one")
    return notes


def _common_problems(suite: Suite, sizes: Mapping[str, tuple[int, int, int]]) -> list[str]:
    problems: list[str] = []
    for task in suite:
        problems += _task_problems(task, dict(zip(SPLITS, sizes[task.name], strict=True)))
    problems += _description_problems(suite)
    problems += _copy_problems(suite)
    return problems
