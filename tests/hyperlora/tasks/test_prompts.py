"""Prompt templates: the input goes in unchanged, the answer comes out clean."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hyperlora.errors import InputError
from hyperlora.lora.card import Card
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, check_template, read_answer, render_completion, render_prompt

AROUND = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"))


@given(AROUND, st.text(), AROUND)
@example("Input: ", "{input}", "\nOutput:")
@example("{", "{0} {input} {input!r} }}{{ %s \\1", "}")
def test_the_input_goes_in_unchanged_whatever_braces_it_holds(before: str, text: str, after: str) -> None:
    template = f"{before}{{input}}{after}"
    if template.count("{input}") == 1:
        assert render_prompt(check_template(template), text) == before + text + after


@pytest.mark.parametrize("template", ["", "Output:", "{input} and {input}", "{ input }", "{input}" + "x" * 4096])
def test_a_template_without_exactly_one_input_or_too_long_is_refused(template: str) -> None:
    with pytest.raises(InputError, match="prompt template"):
        check_template(template)
    with pytest.raises((InputError, ValueError), match="prompt template"):
        Card(description="x", prompt_template=template)


def test_there_is_one_space_between_prompt_and_answer() -> None:
    assert render_completion(DEFAULT_TEMPLATE, "cats") == " cats"
    assert render_completion("{input} => ", "cats") == "cats"
    assert render_completion("{input}\n", "cats") == "cats"


@pytest.mark.parametrize(
    ("generated", "answer"),
    [(" cats", "cats"), ("\n\n cats \nInput: dog", "cats"), ("", ""), ("\n", ""), (" two words\n", "two words")],
)
def test_the_answer_is_the_first_line_without_spaces(generated: str, answer: str) -> None:
    assert read_answer(generated) == answer


@pytest.mark.parametrize("character", ["\r", "\x85", "\u2028"])
def test_a_line_break_that_files_read_differently_is_refused(character: str) -> None:
    with pytest.raises(InputError, match="breaks lines"):
        check_template("Input: {input}" + character)
