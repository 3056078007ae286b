"""Answer inputs with one adapter, through the template it was trained on, beside the bare base model if wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperlora.bank import Choice, Factors, stack_adapters
from hyperlora.errors import InputError
from hyperlora.inference.decoding import Generated, generate
from hyperlora.inference.sampling import Sampling
from hyperlora.inference.shared_base import SharedBase, base_of_adapter, shared_base
from hyperlora.lora.adapter import Adapter
from hyperlora.peft_io.folder.record import RECORD_FILE
from hyperlora.tasks.prompts import DEFAULT_TEMPLATE, check_template, render_prompt
from hyperlora.tasks.run_inputs import check_inputs

RAW = "{input}"
_AT_A_TIME = 64
_LARGEST_SCALE = (2 - 2**-23) * 2.0**127  # of float32, in which rows are weighted
_WHERE = "Say where it is with --base file:FOLDER or hf:ORG/NAME, or set HYPERLORA_BASE_MODEL."


@dataclass(frozen=True)
class RunAnswer:
    """What was answered to one input.

    Attributes:
        input: as given.
        answer: the first line that the model wrote, or all of it if that was asked for.
        text: all that the model wrote.
        cut: it stopped only because it had written as many tokens as it may.
        base: what the bare base model answers to the same prompt; None if that was not asked for.
    """

    input: str
    answer: str
    text: str
    cut: bool
    base: str | None = None

    def summary(self) -> dict[str, Any]:
        """What `--json` shows of it."""
        shown = {"input": self.input, "answer": self.answer, "text": self.text, "cut": self.cut}
        return shown if self.base is None else {**shown, "base": self.base}


def template_of(adapter: Adapter, reference: str, given: str = "") -> tuple[str, str]:
    """The template that inputs go through, and what has to be said of it, or an empty text.

    A plain PEFT folder does not say on which prompts it was trained: then inputs are taken as whole prompts, as PEFT
    takes them, and not put into a template that nobody chose.

    Args:
        reference: by which the adapter was opened.
        given: what the caller wants instead of the adapter's own.

    Raises:
        InputError: what is given is no template.
    """
    if given:
        return check_template(given), ""
    stated = (
        reference.startswith("registry:")
        or adapter.card.prompt_template != DEFAULT_TEMPLATE
        or (Path(reference.removeprefix("file:")).expanduser() / RECORD_FILE).is_file()
    )
    if stated:
        return adapter.card.prompt_template, ""
    note = (
        f"{reference} does not say what prompts it was trained on: each input is the whole prompt; --template sets one"
    )
    return RAW, note


def run_adapter(
    adapter: Adapter,
    inputs: Sequence[str],
    *,
    template: str,
    scale: float = 1.0,
    sampling: Sampling | None = None,
    compare: bool = False,
    full: bool = False,
    base: str = "",
) -> Iterator[RunAnswer]:
    """Answer inputs in batches, in their order; the base model is loaded now, each answer comes when its batch is done.

    Args:
        template: holds `{input}` once.
        scale: factor of the adapter's weight change; 0 is the bare base model.
        sampling: greedy when None.
        compare: answer with the bare base model, too, in the same batch.
        full: the answer is all that the model writes, not its first line.
        base: reference of the base model; found by the adapter's record when empty.

    Raises:
        InputError: there is no input, one is empty, or the scale is not a finite number.
        BaseModelError: the base model is not found, or is not the one that the adapter was made for.
    """
    asked = check_inputs(inputs)
    if not abs(scale) <= _LARGEST_SCALE:
        raise InputError(
            f"scale is {scale}",
            "Give a finite number that float32 can hold: 1 is the adapter as it is, 0 the base model.",
        )
    shared = shared_base(base_of_adapter(adapter, base, _WHERE))
    factors = stack_adapters([adapter], shared.base.device)
    return _answers(shared, factors, asked, template, scale, sampling or Sampling(), compare, full)


def _answers(
    shared: SharedBase,
    factors: Factors,
    asked: Sequence[str],
    template: str,
    scale: float,
    sampling: Sampling,
    compare: bool,
    full: bool,
) -> Iterator[RunAnswer]:
    for start in range(0, len(asked), _AT_A_TIME):
        part = asked[start : start + _AT_A_TIME]
        prompts = [render_prompt(template, text) for text in part]
        choices: list[Choice] = [((0, scale),)] * len(part)
        if compare:
            prompts, choices = prompts * 2, [*choices, *[None] * len(part)]
        wrote = generate(shared.base, prompts, bank=shared.bank, factors=factors, choices=choices, sampling=sampling)
        for at, text in enumerate(part):
            plain = _answer(wrote[len(part) + at], full) if compare else None
            cut = len(wrote[at].tokens) == sampling.max_new_tokens and (full or not _ends_a_line(wrote[at]))
            yield RunAnswer(text, _answer(wrote[at], full), wrote[at].text, cut, plain)


def _answer(wrote: Generated, full: bool) -> str:
    return wrote.text.strip() if full else wrote.answer


def _ends_a_line(wrote: Generated) -> bool:
    return "\n" in wrote.text.lstrip("\n")
