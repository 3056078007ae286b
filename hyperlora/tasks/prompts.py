"""The prompt template: how an input becomes a prompt, everywhere an adapter is trained, scored or served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator

from hyperlora.errors import InputError

DEFAULT_TEMPLATE = "Input: {input}\nOutput:"
_FIELD = "{input}"
_LONGEST = 4096
# Files and tools disagree on whether these end a line, so a template with one would not survive being stored.
_ODD_BREAKS = frozenset("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class Solved(Protocol):
    """An input with its answer."""

    @property
    def input(self) -> str:
        """What is asked."""

    @property
    def output(self) -> str:
        """The answer."""


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


def described_prompt(template: str, description: str, text: str) -> str:
    """The prompt for one input behind a description of the task, for a model that was trained to read one."""
    return f"{description}\n\n{render_prompt(template, text)}"


def shown_prompt(template: str, shots: Sequence[Solved], text: str) -> str:
    """The prompt for one input behind solved examples."""
    solved = [render_prompt(template, shot.input) + render_completion(template, shot.output) for shot in shots]
    return "\n\n".join([*solved, render_prompt(template, text)])


def chat_prompt(tokenizer: Any, content: str) -> str | None:
    """A user's message through the model's own chat template; None if it has none."""
    if tokenizer.chat_template is None:
        return None
    text: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )
    # the tokenizer puts its own beginning-of-sequence token in front where it uses one
    starts = tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
    return text.removeprefix(tokenizer.bos_token) if starts else text


def read_answer(generated: str) -> str:
    """The answer in generated text: its first line, without surrounding spaces."""
    return generated.lstrip("\n").partition("\n")[0].strip()
