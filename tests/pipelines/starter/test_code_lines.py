"""The lines of code, read by Python itself where they are Python."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout

Answers = Callable[[str], dict[str, str]]


def test_python_prints_the_answer(answers: Answers) -> None:
    for line, output in answers("python-print").items():
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(line.removeprefix(">>> "), {})
        assert printed.getvalue() == f"{output}\n", line


def test_the_called_name_stands_before_a_bracket(answers: Answers) -> None:
    for line, output in answers("called-function").items():
        assert re.findall(r"(\w+)\(", line.replace("if (", "if ")) == [output], line


def _is_python(line: str) -> bool:
    source = f"{line}\n    pass" if line.endswith(":") else line
    source = f"if x:\n    pass\n{source}" if line.startswith("elif") else source
    source = f"def f():\n    {line}" if line.startswith("return") else source
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def test_python_lines_are_python_and_markup_and_queries_are_not(answers: Answers) -> None:
    for line, language in answers("code-language").items():
        if language == "Python":
            assert _is_python(line), line
        elif language in ("HTML", "SQL"):
            assert not _is_python(line), line


def test_each_language_is_common(answers: Answers) -> None:
    labels = list(answers("code-language").values())
    assert set(labels) == {"Python", "JavaScript", "C", "SQL", "HTML", "CSS"}
    assert all(labels.count(label) > 0.08 * len(labels) for label in set(labels))
