"""Task folders: what is read, what is refused and with which words, and what a suite check finds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlora.errors import TaskFormatError
from hyperlora.tasks.examples import LONGEST_LINE
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE
from hyperlora.tasks.suite_checks import check_own_suite, check_suite, own_suite_notes, word_prefixes
from hyperlora.tasks.task import Example, Suite, Task, load_examples, load_suite, load_task, write_task

TINY = {"train": 1, "validation": 1, "test": 1}


def make_task(name: str = "plural", offset: int = 0, **changes: object) -> Task:
    """A task of 6 + 3 + 3 examples whose inputs are numbered from `offset` on."""
    examples = [Example(f"{name} {number}", f"answer {number}") for number in range(offset, offset + 12)]
    task = Task(
        name=name,
        family="toys",
        descriptions=(f"Do {name}.", f"Please do {name}."),
        unseen_descriptions=(f"Have {name} done.",),
        train=tuple(examples[:6]),
        validation=tuple(examples[6:9]),
        test=tuple(examples[9:]),
    )
    return replace(task, **changes)


def suite_of(*tasks: Task) -> Suite:
    return Suite.of("toys", tasks)


# --- examples -----------------------------------------------------------------------------------------


def test_examples_are_read_in_order_past_blank_lines_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"input": "cat", "output": " cats "}\r\n\r\n'
        + '{"output": "Käse", "input": " a {input} b\\n"}'.encode()
    )
    assert load_examples(path) == (Example("cat", "cats"), Example(" a {input} b\n", "Käse"))


GOOD = b'{"input": "cat", "output": "cats"}\n'
BAD_LINES = {
    b"\xff\xfe": "is not UTF-8",
    b"cat,cats": "column 1: is not JSON (Expecting value)",
    b'{"input": "a", "output": "b"} {}': "column 31: is not JSON (Extra data)",
    b"[" * 60_000: "is not JSON that can be read",
    b"9" * 6_000: "is not JSON that can be read",
    b'["cat", "cats"]': "is list, not an object",
    b"{}": "has no 'input' and no 'output'",
    b'{"input": "cat"}': "has no 'output'",
    b'{"input": "cat", "output": "cats", "label": 1}': "has unknown keys: 'label'",
    b'{"input": "cat", "input": "dog", "output": "cats"}': "is not JSON that can be read (the field 'input'",
    b'{"input": 1, "output": "one"}': "cannot be used: 'input' must be a string, not int",
    b'{"input": "cat", "output": null}': "cannot be used: 'output' must be a string, not NoneType",
    b'{"input": " \\t", "output": "cats"}': "cannot be used: 'input' is empty",
    b'{"input": "cat", "output": ""}': "cannot be used: 'output' is empty",
    b'{"input": "cat", "output": "a\\nb"}': "cannot be used: 'output' holds a line break",
    b'{"input": "\\ud800", "output": "cats"}': "holds half of a surrogate pair, which UTF-8 cannot write",
    b'{"input": "' + b"a" * LONGEST_LINE + b'", "output": "b"}': "is longer than 64 KiB",
}


@pytest.mark.parametrize(("line", "problem"), BAD_LINES.items(), ids=list(BAD_LINES.values()))
def test_a_bad_line_is_refused_by_file_and_line(tmp_path: Path, line: bytes, problem: str) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_bytes(GOOD + b"\n" + line + b"\n" + GOOD)
    with pytest.raises(TaskFormatError) as caught:
        load_examples(path)
    assert caught.value.problem.startswith((f"{path}, line 3: {problem}", f"{path}, line 3, {problem}"))
    assert caught.value.remedy


def test_the_longest_line_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    frame = b'{"input": "", "output": "b"}'
    path.write_bytes(frame.replace(b'""', b'"' + b"a" * (LONGEST_LINE - len(frame)) + b'"', 1) + b"\r\n" + GOOD)
    assert [example.output for example in load_examples(path)] == ["b", "cats"]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_examples_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    with pytest.raises(TaskFormatError, match=r"empty\.jsonl: holds no example"):
        load_examples(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskFormatError, match=r"nothing\.jsonl cannot be read: No such file"):
        load_examples(tmp_path / "nothing.jsonl")
    with pytest.raises(TaskFormatError, match="cannot be read: Is a directory"):
        load_examples(tmp_path)


# --- task folders -------------------------------------------------------------------------------------

LINE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and len(text.splitlines()) == 1
)
EXAMPLE = st.builds(Example, st.text(min_size=1, max_size=30).filter(str.strip), LINE)
EXAMPLES = st.lists(EXAMPLE, min_size=1, max_size=4).map(tuple)
TASK = st.builds(
    Task,
    name=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
    family=LINE,
    descriptions=st.lists(LINE, min_size=1, max_size=3).map(tuple),
    train=EXAMPLES,
    validation=EXAMPLES,
    test=EXAMPLES,
    unseen_descriptions=st.lists(LINE, max_size=3).map(tuple),
    case_sensitive=st.booleans(),
    prompt_template=st.lists(LINE | st.just(""), max_size=3).map("\n".join).map(lambda text: text + "{input}"),
    source=LINE | st.just(""),
    licence=LINE | st.just(""),
)


@settings(max_examples=60, deadline=None)
@given(task=TASK)
def test_what_is_written_is_read_back_and_written_again_the_same(task: Task) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        write_task(task, first)
        again = load_task(first)
        assert again == task
        assert again.identity == task.identity
        write_task(again, second)
        names = ["task.yaml", "test.jsonl", "train.jsonl", "validation.jsonl"]
        assert sorted(path.name for path in first.iterdir()) == names
        assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_defaults_are_filled_in_and_the_first_description_is_the_description(tmp_path: Path) -> None:
    write_task(make_task(), tmp_path / "plural")
    (tmp_path / "plural/task.yaml").write_text("name: plural\nfamily: toys\ndescriptions: [Do it., Do that.]\n")
    task = load_task(tmp_path / "plural")
    assert (task.description, task.unseen_descriptions) == ("Do it.", ())
    assert (task.metric, task.case_sensitive, task.prompt_template) == ("exact_match", True, DEFAULT_TEMPLATE)
    assert (task.source, task.licence) == ("", "")


def test_the_identity_covers_every_field() -> None:
    task = make_task()
    changes = {
        "name": "other",
        "family": "other",
        "descriptions": task.descriptions[::-1],
        "unseen_descriptions": (),
        "train": task.train[::-1],
        "validation": task.validation[:2],
        "test": (replace(task.test[0], output="x"), *task.test[1:]),
        "metric": "other",
        "case_sensitive": False,
        "prompt_template": "{input} is",
        "source": "a book",
        "licence": "MIT",
        "partition": "dev",
        "relation": "twin",
        "twin_of": "another",
    }
    assert set(changes) == {field.name for field in fields(Task)}
    identities = {replace(task, **{name: value}).identity for name, value in changes.items()} | {task.identity}
    assert len(identities) == len(changes) + 1


BASE = "name: plural\nfamily: toys\ndescriptions: [Do it.]\n"
BAD_TASK_FILES = {
    BASE + "examples: []\n": "examples: Extra inputs are not permitted",
    "name: plural\nfamily: toys\n": "descriptions: Field required",
    BASE.replace("plural", "Plural Nouns"): "name: String should match pattern",
    BASE.replace("[Do it.]", "[]"): "descriptions: List should have at least 1 item",
    BASE.replace("[Do it.]", "Do it."): "descriptions: Input should be a valid list",
    BASE.replace("[Do it.]", "[Do it., 3]"): "descriptions.1: Input should be a valid string",
    BASE.replace("[Do it.]", "['  ']"): "descriptions.0: must be one non-empty line",
    BASE.replace("[Do it.]", '["\\ud800"]'): "is not YAML (found invalid Unicode character",
    BASE + 'source: "\\ud800"\n': "is not YAML (found invalid Unicode",
    BASE + 'licence: "one\\ntwo"\n': "licence: must be one non-empty line",
    BASE + 'prompt_template: "{input}\\x85"\n': "breaks lines with other characters",
    BASE + "metric: bleu\n": "metric: Input should be 'exact_match'",
    BASE + "case_sensitive: 'no'\n": "case_sensitive: Input should be a valid boolean",
    BASE + "prompt_template: 'Q:'\n": "prompt_template: prompt template 'Q:' must hold {input} once",
    BASE + "1: 2\n": "1: Keys should be strings",
    BASE + "name: again\n": "line 4: is not YAML (the key 'name' is given twice)",
    BASE + "source: [\n": "line 5: is not YAML",
    BASE + "source: !!python/object/apply:os.getcwd []\n": "line 4: is not YAML (could not determine a constructor",
    "- plural\n": "is not a mapping of fields",
    "": "is not a mapping of fields",
    "a: " + "[" * 5_000: "is not YAML",
    "a: " + "[" * 400_000 + "]" * 400_000: "is not YAML (maximum recursion",
    "- " * 400_000: "is not YAML (maximum recursion",
    "#" * (1024 * 1024 + 1): "is longer than 1 MiB",
}


@pytest.mark.parametrize(("text", "problem"), BAD_TASK_FILES.items(), ids=list(BAD_TASK_FILES.values()))
def test_a_bad_task_file_is_refused_by_name(tmp_path: Path, text: str, problem: str) -> None:
    write_task(make_task(), tmp_path)
    (tmp_path / "task.yaml").write_text(text)
    with pytest.raises(TaskFormatError) as caught:
        load_task(tmp_path)
    assert str(tmp_path / "task.yaml") in caught.value.problem
    assert problem in caught.value.problem


def test_every_wrong_field_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "task.yaml").write_text("name: X\ndescriptions: []\ncolour: red\n")
    with pytest.raises(TaskFormatError) as caught:
        load_task(tmp_path)
    assert all(f"{name}: " in caught.value.problem for name in ("name", "family", "descriptions", "colour"))


@pytest.mark.parametrize("name", ["task.yaml", "train.jsonl", "validation.jsonl", "test.jsonl"])
def test_each_file_of_a_task_is_needed(tmp_path: Path, name: str) -> None:
    write_task(make_task(), tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(TaskFormatError, match=f"{name} cannot be read: No such file"):
        load_task(tmp_path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"test": ()}, "test.jsonl would be empty"),
        ({"train": (Example("a", "b"), Example("a", "c\nd"))}, "train.jsonl, line 2: 'output' holds a line break"),
        ({"train": (Example("a" * LONGEST_LINE, "b"),)}, "train.jsonl, line 1: is longer than 64 KiB"),
        ({"name": "Not A Slug"}, "task.yaml: name: String should match pattern"),
        ({"prompt_template": "Q:"}, "task.yaml: prompt_template: "),
    ],
)
def test_a_task_that_could_not_be_read_back_is_not_written(
    tmp_path: Path, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(TaskFormatError) as caught:
        write_task(replace(make_task(), **change), tmp_path / "task")
    assert problem in caught.value.problem
    assert list(tmp_path.iterdir()) == []


# --- suites -------------------------------------------------------------------------------------------


def test_a_suite_is_read_in_the_order_of_its_folders(tmp_path: Path) -> None:
    tasks = [make_task(name) for name in ("beta", "alpha", "gamma")]
    for task in tasks:
        write_task(task, tmp_path / "mine" / task.name)
    (tmp_path / "mine/.cache").mkdir()
    (tmp_path / "mine/README.md").write_text("Mine.")
    suite = load_suite(tmp_path / "mine")
    assert (suite.name, list(suite.tasks), len(suite)) == ("mine", ["alpha", "beta", "gamma"], 3)
    assert list(suite) == sorted(tasks, key=lambda task: task.name)
    assert suite.identity != Suite.of("mine", tasks).identity


def test_folders_that_are_no_suite_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TaskFormatError, match="has no task folder"):
        load_suite(tmp_path)
    with pytest.raises(TaskFormatError, match="absent is not a folder"):
        load_suite(tmp_path / "absent")
    write_task(make_task(), tmp_path / "one")
    with pytest.raises(TaskFormatError, match="is a task, not a suite"):
        load_suite(tmp_path / "one")
    write_task(make_task(), tmp_path / "two")
    with pytest.raises(TaskFormatError, match="two tasks named 'plural'"):
        load_suite(tmp_path)
    (tmp_path / "three").mkdir()
    with pytest.raises(TaskFormatError, match=r"three/task\.yaml cannot be read"):
        load_suite(tmp_path)


def test_a_clean_suite_has_no_problems() -> None:
    same_inputs = replace(make_task(), train=tuple(Example(e.input, e.output + "!") for e in make_task().train))
    other = replace(same_inputs, name="other", descriptions=("Other.",), unseen_descriptions=("Another.",))
    other = replace(other, validation=make_task("v").validation, test=make_task("t").test)
    assert check_suite(suite_of(make_task(), other), **TINY) == []


def with_examples(**changes: tuple[Example, ...]) -> Task:
    task = make_task()
    return replace(task, **{split: getattr(task, split) + extra for split, extra in changes.items()})


FIRST = make_task().train[0]
OTHER = make_task("other")
PLANTED = [
    ((with_examples(train=(FIRST,)),), "plural: input 'plural 0' occurs twice in train"),
    ((with_examples(test=(FIRST,)),), "plural: input 'plural 0' is in both train and test"),
    (
        (with_examples(validation=(Example(FIRST.input, "x"),)),),
        "plural: input 'plural 0' is in both train and validation, with the answers 'answer 0' and 'x'",
    ),
    (
        (with_examples(train=(Example(FIRST.input, "x"),)),),
        "plural: input 'plural 0' occurs twice in train, with the answers 'answer 0' and 'x'",
    ),
    (
        (with_examples(validation=(Example("plural  0 ", "x"),)),),
        "plural: inputs 'plural 0' and 'plural 0 ' differ only in spaces",
    ),
    ((make_task(descriptions=("Do A.", "do  a")),), "plural: description 'do a' occurs twice in descriptions"),
    (
        (make_task(unseen_descriptions=("DO PLURAL.",)),),
        "plural: description 'DO PLURAL.' is both seen and unseen",
    ),
    (
        (make_task(), replace(OTHER, unseen_descriptions=("Do Plural.",))),
        "other: description 'Do Plural.' is also one of plural",
    ),
    (
        (make_task(), replace(OTHER, train=make_task().train, validation=make_task().validation)),
        "plural and other: 9 of the 9 inputs they share have the same output",
    ),
]


def held_out(train: Sequence[Example] = OTHER.train, **changes: Any) -> Task:
    return replace(
        OTHER, train=tuple(train), **({"partition": "held-out", "relation": "near", "family": "toys"} | changes)
    )


def kept_apart(first: str, output: str = "x") -> tuple[Example, ...]:
    return (Example(first, output), *OTHER.train[1:])


LEAKS = [
    (held_out(kept_apart("Plural 0")), "other: input 'Plural 0' is also one of the seen task plural"),
    (held_out(kept_apart("plural")), "other: input 'plural' begins one of the seen task plural"),
    (
        held_out(kept_apart("plural 0, plural 1")),
        "other: input 'plural 0, plural 1' begins with one of the seen task plural",
    ),
    (
        held_out(kept_apart(FIRST.output, FIRST.input)),
        f"other: {FIRST.output!r} and {FIRST.input!r} are a pair of the seen task plural, swapped",
    ),
    (held_out(relation=""), "other: says not whether it is twin, near or far"),
    (held_out(relation="twin", twin_of="plurals"), "other: twin_of names no seen task ('plurals')"),
    (held_out(relation="far"), "other: is far, but the family toys has seen tasks or lacks them"),
    (held_out(family="games"), "other: is near, but the family games has seen tasks or lacks them"),
]


@pytest.mark.parametrize(("task", "problem"), LEAKS, ids=[problem for _, problem in LEAKS])
def test_what_a_held_out_task_shares_with_a_seen_one_is_found(task: Task, problem: str) -> None:
    assert problem in check_suite(suite_of(make_task(), task), **TINY)
    assert check_suite(suite_of(make_task(), replace(task, partition="seen", relation="", twin_of="")), **TINY) == []


def test_held_out_tasks_apart_from_the_seen_ones_are_no_problem() -> None:
    far = held_out(relation="far", family="games")
    twin = held_out(relation="twin", twin_of="plural")
    assert check_suite(suite_of(make_task(), far), **TINY) == []
    assert check_suite(suite_of(make_task(), twin), **TINY) == []
    assert check_suite(suite_of(replace(twin, relation="", twin_of="")), **TINY) == [], "others' data, nothing seen"


def test_a_word_begins_a_text_only_where_a_word_ends() -> None:
    assert word_prefixes("12 + 7") == {"12", "12 +"}
    assert word_prefixes("dog, cat") == {"dog", "dog,"}
    assert word_prefixes("carpet") == set()


@pytest.mark.parametrize(("tasks", "problem"), PLANTED, ids=[problem for _, problem in PLANTED])
def test_a_planted_problem_is_the_one_found(tasks: tuple[Task, ...], problem: str) -> None:
    for found in (check_suite(suite_of(*tasks), **TINY), check_own_suite(suite_of(*tasks))):
        assert [" ".join(each.split()) for each in found] == [problem]


def test_all_problems_are_found_at_once() -> None:
    broken = with_examples(train=(FIRST,), test=(FIRST,))
    problems = check_suite(suite_of(replace(broken, descriptions=("A.", "a")), make_task("other")))
    assert sum("fewer than 200" in each for each in problems) == 2
    assert sum("fewer than 50" in each for each in problems) == 2
    assert sum("fewer than 100" in each for each in problems) == 2
    assert len(problems) == 6 + 3


def test_sizes_can_be_lowered_for_all_or_for_one_task() -> None:
    suite = suite_of(make_task(), make_task("other"))
    assert check_suite(suite, train=6, validation=3, test=3) == []
    problems = check_suite(suite, train=7, validation=3, test=3, smaller={"other": (6, 3, 3), "absent": (1, 1, 1)})
    assert problems == ["absent: is not in the suite", "plural: train has 6 examples, fewer than 7"]


def test_a_suite_of_ones_own_may_be_small_and_share_inputs_between_its_parts() -> None:
    apart = held_out(kept_apart("Plural 0"), relation="", family="games")
    assert check_own_suite(suite_of(make_task(), apart)) == []
    twin = held_out(relation="twin", twin_of="plurals")
    assert check_own_suite(suite_of(make_task(), twin)) == ["other: twin_of names no task ('plurals')"]


def test_what_an_own_suite_lacks_is_told_apart_from_what_is_wrong_in_it() -> None:
    named = make_task("one-two", descriptions=("One two.",))
    once = make_task("once", descriptions=("Do it.",), test=tuple(Example(f"x {n}", "y") for n in range(20)))
    suite = Suite("mine", suite_of(named, once).tasks, {"few": "8 usable examples"}, {"once": "1 repeated"})
    assert check_own_suite(suite) == ["few: was left out: 8 usable examples"]
    assert own_suite_notes(suite) == [
        "once: 1 repeated",
        "one-two: its description is its name; say what is to be done, and it is found by that",
        "one-two: 3 test examples, so a score is a rough one",
        "once: is described in one wording; generators and retrievers learn more from several",
    ]
