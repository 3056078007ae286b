"""Rows in the shapes that people have, read to the same examples as a file, as Python values and as a suite."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hyperlora.errors import InputError, TaskFormatError
from hyperlora.tasks.given_examples import read_examples
from hyperlora.tasks.readers import read_suite
from hyperlora.tasks.task import Example

Row = dict[str, Any]
DATES = [(f"19{n:02}-01-02", f"01/02/19{n:02}") for n in range(10, 30)]
WANTED = tuple(Example(one, other) for one, other in DATES)
TOLD = "Write the date as Americans do"


def turns(*said: tuple[str, str], keys: tuple[str, str] = ("role", "content")) -> list[Row]:
    return [{keys[0]: who, keys[1]: text} for who, text in said]


def shares(*said: tuple[str, str]) -> list[Row]:
    return turns(*said, keys=("from", "value"))


# shape -> how a pair is written in it, and what the rows say of the task
SHAPES: dict[str, tuple[Callable[[str, str], Row], str]] = {
    "input/output": (lambda x, y: {"input": x, "output": y}, ""),
    "capitals": (lambda x, y: {" Input": x, "OUTPUT": y}, ""),
    "input/target": (lambda x, y: {"input": x, "target": y}, ""),
    "prompt/completion": (lambda x, y: {"prompt": x, "completion": y}, ""),
    "prompt/response": (lambda x, y: {"prompt": x, "response": y}, ""),
    "question/answer": (lambda x, y: {"question": x, "answer": y}, ""),
    "query/response": (lambda x, y: {"query": x, "response": y}, ""),
    "text/label": (lambda x, y: {"text": x, "label": y}, ""),
    "source/target": (lambda x, y: {"source": x, "target": y}, ""),
    "alpaca": (lambda x, y: {"instruction": TOLD, "input": x, "output": y}, TOLD),
    "dolly": (lambda x, y: {"instruction": TOLD, "context": x, "response": y}, TOLD),
    "alpaca without inputs": (lambda x, y: {"instruction": x, "input": "", "output": y}, ""),
    "instruction/output": (lambda x, y: {"instruction": x, "output": y}, ""),
    "messages": (lambda x, y: {"messages": turns(("system", TOLD), ("user", x), ("assistant", y))}, TOLD),
    "messages without a system": (lambda x, y: {"messages": turns(("user", x), ("assistant", y))}, ""),
    "a system that says nothing": (
        lambda x, y: {
            "messages": turns(("system", "You are a helpful assistant."), ("user", x), ("assistant", y)),
        },
        "",
    ),
    "messages in parts": (
        lambda x, y: {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": x}]},
                {"role": "assistant", "content": [{"type": "text", "text": y}]},
            ]
        },
        "",
    ),
    "conversations": (lambda x, y: {"conversations": shares(("human", x), ("gpt", y))}, ""),
    "conversations with a system": (
        lambda x, y: {"conversations": shares(("system", TOLD), ("human", x), ("gpt", y), ("human", "Thanks."))},
        TOLD,
    ),
    "conversational prompt/completion": (
        lambda x, y: {"prompt": turns(("system", TOLD), ("user", x)), "completion": turns(("assistant", y))},
        TOLD,
    ),
    "a prompt in turns": (lambda x, y: {"prompt": turns(("user", x)), "completion": y}, ""),
}
CELLS = {name: shape for name, shape in SHAPES.items() if all(isinstance(v, str) for v in shape[0]("x", "y").values())}


def rows(name: str) -> list[Row]:
    return [SHAPES[name][0](one, other) for one, other in DATES]


def write_lines(path: Path, items: list[Row]) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return path


def write_table(path: Path, items: list[Row], sign: str) -> Path:
    lines = [items[0], *(item.values() for item in items)]
    path.write_text("".join(sign.join(line) + "\n" for line in lines))
    return path


def remarks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "hyperlora.tasks.given_examples"]


def examples_of(reference: str) -> tuple[tuple[Example, ...], str]:
    """Every example of a suite of one task, by input, and what its task is called."""
    (task,) = read_suite(reference)
    found = [example for part in task.splits().values() for example in part]
    return tuple(sorted(found, key=lambda example: example.input)), task.description


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_read_alike_by_every_door(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    told = SHAPES[name][1]
    lines = write_lines(tmp_path / "us-date.jsonl", rows(name))
    assert read_examples(lines) == WANTED
    note = [f"note: {lines}: their instruction, {TOLD!r}, is left aside for the description"] if told else []
    assert remarks(caplog) == note
    assert read_examples(rows(name)) == WANTED
    assert examples_of(f"jsonl:{lines}") == (WANTED, told or "us date")
    listed = tmp_path / "us-date.json"
    listed.write_text(json.dumps(rows(name), indent=1))
    assert read_examples(listed) == WANTED
    assert examples_of(f"jsonl:{listed}") == (WANTED, told or "us date")


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(("ending", "sign"), [("csv", ","), ("csv", ";"), ("tsv", "\t")])
def test_tables_have_the_same_shapes(tmp_path: Path, name: str, ending: str, sign: str) -> None:
    path = write_table(tmp_path / f"us-date.{ending}", rows(name), sign)
    assert read_examples(path) == WANTED
    assert examples_of(f"csv:{path}") == (WANTED, SHAPES[name][1] or "us date")


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_are_passed_over(tmp_path: Path) -> None:
    for name, text in (
        ("lines.jsonl", '\r\n{"input": "a", "output": "b"}\r\n\r\n{"input": "c", "output": "d"}'),
        ("list.json", '\n [{"input": "a", "output": "b"},\r\n {"input": "c", "output": "d"}]\r\n'),
        ("table.csv", "input,output\r\na,b\r\n\r\n,\r\nc,d\r\n"),
    ):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert read_examples(tmp_path / name) == (Example("a", "b"), Example("c", "d"))


def test_numbers_count_as_text_and_a_list_as_several_answers(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "n.jsonl", [{"input": 0, "output": 1.5}, {"input": "x", "output": ["one", 2], "also": ["three"]}]
    )
    assert read_examples(path) == (Example("0", "1.5"), Example("x", "one", ("2", "three")))


def test_other_columns_are_passed_over_and_named_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    items = [{"id": n, "input": one, "output": other, "meta": {}} for n, (one, other) in enumerate(DATES)]
    path = write_lines(tmp_path / "us-date.jsonl", items)
    assert read_examples(path) == WANTED
    assert remarks(caplog) == [f"note: {path}: the columns 'id', 'meta' are not read"]
    assert read_suite(f"jsonl:{path}").notes == {"us-date": "the columns 'id', 'meta' are not read"}
    # pandas writes its index as a column without a name
    table = tmp_path / "pandas.csv"
    table.write_text(",instruction,output\n" + "".join(f"{n},{x},{y}\n" for n, (x, y) in enumerate(DATES)))
    assert read_examples(table) == WANTED


def test_an_instruction_that_differs_is_part_of_the_input(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    items = [
        {"instruction": "Name the capital", "input": "France", "output": "Paris"},
        {"instruction": "Say hello", "input": "", "output": "hello"},
    ]
    assert read_examples(items) == (Example("Name the capital\nFrance", "Paris"), Example("Say hello", "hello"))
    assert remarks(caplog) == ["note: examples: the instruction differs between rows and is read as part of the input"]
    path = write_lines(tmp_path / "mix.jsonl", [{**items[n % 2], "input": str(n)} for n in range(20)])
    found, description = examples_of(f"jsonl:{path}")
    assert description == "mix"
    assert {example.input.split("\n")[0] for example in found} == {"Name the capital", "Say hello"}


def test_each_task_of_a_file_has_its_own_instruction(tmp_path: Path) -> None:
    items = [
        {"task": name, "instruction": f"Do {name}", "input": f"{name} {n}", "output": "x"}
        for n in range(12)
        for name in ("one", "two")
    ]
    suite = read_suite(f"jsonl:{write_lines(tmp_path / 'both.jsonl', items)}")
    assert [task.description for task in suite] == ["Do one", "Do two"]


def test_of_several_turns_the_last_answer_is_learned(caplog: pytest.LogCaptureFixture) -> None:
    said = turns(("user", "Hi"), ("assistant", "Hello"), ("user", "And"), ("user", "bye?"), ("assistant", " Bye "))
    made = read_examples([{"messages": said}])
    assert made == (Example("User: Hi\nAssistant: Hello\nUser: And\nbye?", "Bye"),)
    assert remarks(caplog) == [
        "note: examples: of 1 conversations of several turns the last answer is learned, the rest is the input"
    ]


def test_one_input_with_two_outputs_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    items = [{"input": "ox", "output": "oxen"}, {"input": "ox", "output": "oxes"}, {"input": "ox", "output": "oxen"}]
    assert len(read_examples(items)) == 3
    assert remarks(caplog) == ["note: examples: the input 'ox' is there with 'oxen' and with 'oxes'"]
    caplog.clear()
    read_examples([items[0], {**items[1], "also": ["oxen"]}])
    assert remarks(caplog) == []


BAD = [
    ('{"word": "a", "tag": "b"}', "line 2: is no example in a shape that is read; it has 'word', 'tag'"),
    ('{"input": "a"}', "line 2: has no 'output'; it has 'input'"),
    ('{"completion": "a"}', "line 2: has no 'prompt'; it has 'completion'"),
    ('{"prompt": "a", "completion": "b"}', "line 2: is prompt/completion, where line 1 is input/output"),
    ('{"messages": []}', "line 2: is messages, where line 1 is input/output"),
    ("[1]", "line 2: is list, not an object"),
    ('{"input": "a", "output": }', "line 2, column 26: is not JSON"),
    ('{"input": "a", "output": {}}', "line 2: the output is dict, not text"),
    ('{"input": " ", "output": "b"}', "line 2: cannot be used: 'input' is empty"),
    ('{"input": "a", "output": null}', "line 2: cannot be used: 'output' is empty"),
    (
        '{"input": "a", "output": "b\\nc"}\n{"input": "d", "output": "e\\nf"}',
        "line 2: cannot be used: 'output' holds a line break, and answers are one line (2 of 3 rows)",
    ),
]


@pytest.mark.parametrize(("text", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_a_row_that_cannot_be_used_is_named_by_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"input": "x", "output": "y"}\n' + text + "\n")
    with pytest.raises(TaskFormatError) as caught:
        read_examples(path)
    assert caught.value.problem.startswith(f"{path}, {problem}")
    assert caught.value.remedy


def test_a_row_of_no_shape_says_which_shapes_are_read() -> None:
    with pytest.raises(InputError) as caught:
        read_examples([{"word": "a"}])
    assert caught.value.problem == "example 1: is no example in a shape that is read; it has 'word'"
    for shape in ("input and output", "prompt/completion", "instruction/input/output", "messages", "conversations"):
        assert shape in caught.value.remedy


CHATS = [
    (turns(("user", "a")), "no turn is the assistant's"),
    (turns(("user", "a"), ("tool", "b"), ("assistant", "c")), "turn 2: a turn of 'tool' is not read"),
    ([{"role": "user", "content": [{"type": "image_url"}]}], "turn 1: holds something else than text"),
    ([{"text": "a"}], "turn 1: says not who speaks"),
    ("hello", "'messages' is str, not a list of turns"),
    (turns(("assistant", "c")), "cannot be used: 'input' is empty"),
]


@pytest.mark.parametrize(("said", "problem"), CHATS, ids=[problem for _, problem in CHATS])
def test_a_conversation_that_cannot_be_used_is_refused_by_name(said: object, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        read_examples([{"messages": said}])
    assert problem in caught.value.problem
    assert caught.value.problem.startswith("example 1")


@pytest.mark.parametrize("name", ["x.parquet", "x.xlsx", "x.jsonl.gz", "x.yaml"])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(TaskFormatError, match="files are not read as examples"):
        read_examples(tmp_path / name)


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_a_file_without_examples_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(TaskFormatError, match=r"x\.json: holds no example"):
        read_examples(tmp_path / "x.json")


def test_columns_that_are_named_come_before_the_shapes(tmp_path: Path) -> None:
    items = [{"input": "no", "output": "no", "from": one, "to": other} for one, other in DATES]
    path = write_lines(tmp_path / "dates.jsonl", items)
    (tmp_path / "tasks.yaml").write_text("dates: {input_column: from, output_column: to}\n")
    assert examples_of(f"jsonl:{path}") == (WANTED, "dates")
    write_lines(path, rows("messages"))
    (tmp_path / "tasks.yaml").write_text("dates: {input_column: messages, output_column: messages}\n")
    assert examples_of(f"jsonl:{path}") == (WANTED, TOLD)
    (tmp_path / "tasks.yaml").write_text("dates: {input_column: word}\n")
    with pytest.raises(TaskFormatError, match="has no 'word' and no 'output'; it has 'messages'") as caught:
        read_suite(f"jsonl:{path}")
    assert "tasks.yaml" in caught.value.remedy


def test_the_wrong_scheme_is_told_the_right_one(tmp_path: Path) -> None:
    write_table(tmp_path / "dates.csv", rows("input/output"), ",")
    with pytest.raises(TaskFormatError) as caught:
        read_suite(f"jsonl:{tmp_path}")
    assert caught.value.remedy == "Read its .csv files by csv:PATH."
    with pytest.raises(TaskFormatError) as caught:
        read_suite(f"jsonl:{tmp_path}/dates.csv")
    assert caught.value.remedy == f"Read it by csv:{tmp_path}/dates.csv"


def test_a_json_file_beside_lines_of_data_is_not_data(tmp_path: Path) -> None:
    write_lines(tmp_path / "dates.jsonl", rows("input/output"))
    (tmp_path / "dataset_info.json").write_text('{"rows": 20}')
    assert list(read_suite(f"jsonl:{tmp_path}").tasks) == ["dates"]


@pytest.fixture(autouse=True)
def _logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="hyperlora.tasks.given_examples")
