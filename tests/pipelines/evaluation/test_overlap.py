"""What the seen tasks hold of others' data."""

from __future__ import annotations

from hyperlora.tasks.task import Example, Task
from pipelines.evaluation.overlap import overlaps


def task(name: str, pairs: list[tuple[str, str]]) -> Task:
    """A task whose examples are all of its three splits."""
    examples = tuple(Example(*pair) for pair in pairs)
    return Task(
        name=name,
        family="words",
        descriptions=(f"Do {name}.",),
        unseen_descriptions=(),
        train=examples[:1],
        validation=examples[1:2],
        test=examples[2:],
    )


def numbered(prefix: str, count: int, answer: str) -> list[tuple[str, str]]:
    return [(f"{prefix}{number}", answer) for number in range(count)]


SEEN = [
    task("barks", [*numbered("dog", 12, "woof"), *numbered("puppy", 2, "yap")]),
    task("purrs", [*numbered("Cat", 12, "purr"), *numbered("dog", 12, "hiss")]),
]


def test_the_same_task_is_told_from_known_inputs_and_from_new_ones() -> None:
    mixed = [("x", "-"), ("y", "-"), *numbered("dog", 4, "woof"), *numbered("new", 4, "woof")]
    others = [("x", "-"), ("y", "-"), *numbered("DOG", 5, "grr"), *numbered("new", 5, "woof")]
    fresh = [("x", "-"), ("y", "-"), *numbered("new", 11, "woof"), ("dog3", "woof")]
    found = overlaps([task("mixed", mixed), task("others", others), task("fresh", fresh)], SEEN)
    assert (found["mixed"].label, found["mixed"].task) == ("seen-task", "barks")
    assert (found["mixed"].inputs, found["mixed"].pairs) == (0.5, 0.5)
    assert (found["others"].label, found["others"].task, found["others"].pairs) == ("seen-inputs", "", 0.0)
    assert (found["fresh"].label, found["fresh"].task) == ("new", "barks")
    assert found["fresh"].inputs == found["fresh"].pairs == 1 / 12


def test_inputs_are_compared_without_case_and_answers_with_it() -> None:
    inputs = [("x", "-"), ("y", "-"), *numbered("cat", 10, "purr")]
    answers = [("x", "-"), ("y", "-"), *numbered("cat", 10, "PURR")]
    found = overlaps([task("inputs", inputs), task("answers", answers)], SEEN)
    assert (found["inputs"].label, found["inputs"].pairs, found["inputs"].task) == ("seen-task", 1.0, "purrs")
    assert (found["answers"].label, found["answers"].pairs, found["answers"].inputs) == ("seen-inputs", 0.0, 1.0)
