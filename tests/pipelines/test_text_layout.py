"""Text fits its terminal: lines are broken between words, cells are cut."""

from __future__ import annotations

import pytest

from pipelines.text_layout import cut, table, terminal_width, wrapped


def test_the_width_is_the_terminal_s_or_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert terminal_width() == 72
    monkeypatch.setenv("COLUMNS", "3")
    assert terminal_width() == 40


def test_a_long_line_is_broken_between_words_and_indented() -> None:
    line = "  note: " + "word " * 40 + "--keep-whole " * 3
    lines = wrapped(line, 60)
    assert len(lines) > 3
    assert all(len(each) <= 60 for each in lines)
    assert lines[0].startswith("  note: word")
    assert all(each.startswith("      ") and each[6] != " " for each in lines[1:])
    assert " ".join(" ".join(lines).split()) == " ".join(line.split())
    path = "  PEFT folder: /" + "x" * 80
    assert "/" + "x" * 80 in "".join(wrapped(path, 60)), "a path stays whole, to be copied"


@pytest.mark.parametrize(
    "command",
    [
        "hyperlora registry alias registry:adapt-give-the-plural-0a1b@1 ALIAS",
        "hyperlora train generator --kind cvae --pool --base file:base",
        "hyperlora registry delete registry:x@1 --force",
    ],
)
def test_a_command_stays_on_one_line(command: str) -> None:
    for words in range(1, 12):
        lines = wrapped("  note: " + "word " * words + f"for good: {command}", 90)
        assert sum(command in line for line in lines) == 1
        assert all(len(line) <= 90 for line in lines)


def test_a_text_is_cut_on_one_line() -> None:
    assert cut("a\n b", 9) == "a b"
    assert cut("one two three", 8) == "one two…"
    assert len(cut("x" * 50, 10)) == 10


def test_rows_fit_and_short_cells_stay_whole() -> None:
    rows = [("x" * 300, "short", "y" * 90), ("in\nput", "base", "z")]
    lines = table(("input", "base model", "adapted"), rows, 80)
    assert all(len(line) <= 80 for line in lines)
    assert "short" in lines[1]
    assert lines[1].count("…") == 2
    assert lines[2].split() == ["in", "put", "base", "z"]
    assert lines[0].index("base model") == lines[1].index("short") == lines[2].index("base")
    assert table(("a", "b"), [("1", "2")], 80) == ["     a   b", "     1   2"]
