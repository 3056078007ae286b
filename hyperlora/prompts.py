"""The prompt template: how an input becomes a prompt, everywhere an adapter is trained, scored or served."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from hyperlora.errors import InputError

DEFAULT_TEMPLATE = "Input: {input}\nOutput:"
_FIELD = "{input}"
_LONGEST = 4096
# Files and tools disagree on whether these end a line, so a template with one would not survive being stored.
_ODD_BREAKS = frozenset("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def check_template(template: str) -> str:
    """Return the template, or raise `InputError` unless it holds `{input}` exactly once."""
    if template.count(_FIELD) != 1:
        raise InputError(f"prompt template {template!r} must hold {_FIELD} once", "Correct prompt_template.")
    if _ODD_BREAKS & set(template):
        raise InputError(f"prompt template {template!r} breaks lines with other characters than \\n", "Use \\n.")
    if len(template) > _LONGEST:
        raise InputError(f"prompt template is longer than {_LONGEST} characters", "Shorten prompt_template.")
    return template


def _valid_template(template: str) -> str:
    try:
        return check_template(template)
    except InputError as error:
        raise ValueError(error.problem) from error


# A field of a pydantic model that holds a prompt template.
PromptTemplate = Annotated[str, AfterValidator(_valid_template)]


def render_prompt(template: str, text: str) -> str:
    """The prompt for one input. Braces in the input are left alone."""
    return template.replace(_FIELD, text, 1)


def render_completion(template: str, output: str) -> str:
    """What the model should write after the prompt: the output, one space before it unless one is there."""
    return output if template[-1:].isspace() else f" {output}"


def read_answer(generated: str) -> str:
    """The answer in generated text: its first line, without surrounding spaces."""
    return generated.lstrip("\n").partition("\n")[0].strip()
