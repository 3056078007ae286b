"""`hyperlora run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.cli.main import base_option, emit, json_option

if TYPE_CHECKING:
    from hyperlora.inference.running import RunAnswer

_INPUT_WIDTH, _ANSWER_WIDTH = 40, 36


@click.command()
@click.argument("adapter")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="Inputs from a file: one a line, or the field input of a .jsonl or .csv.",
)
@click.option("--compare", is_flag=True, help="Show what the base model answers without the adapter, too.")
@click.option("--full", is_flag=True, help="Print all that the model writes, not its first line alone.")
@click.option("--scale", default=1.0, show_default=True, help="Strength of the adapter; 0 is the base model alone.")
@click.option("--max-new-tokens", default=32, show_default=True, help="Tokens of an answer, at most.")
@click.option("--temperature", default=0.0, show_default=True, help="Of sampling; 0 takes the likeliest token.")
@click.option("--top-k", default=0, show_default=True, help="Sample among so many likeliest tokens; 0: all.")
@click.option("--top-p", default=1.0, show_default=True, help="Sample among tokens of this much probability.")
@click.option("--seed", default=0, show_default=True, help="Of sampling.")
@click.option("--template", default="", help='The prompt around an input, e.g. "Q: {input}\\nA:"; its own if none.')
@base_option
@json_option
def command(
    adapter: str,
    inputs: tuple[str, ...],
    file: Path | None,
    compare: bool,
    full: bool,
    scale: float,
    max_new_tokens: int,
    temperature: float,
    top_k: int,
    top_p: float,
    seed: int,
    template: str,
    base: str | None,
    as_json: bool,
) -> None:
    """Answer each INPUT with an ADAPTER, in the prompt template it was trained on; one line an answer.

    ADAPTER is registry:NAME[@VERSION|@ALIAS] or file:FOLDER. Inputs may also come from --file, or from standard input,
    one a line. All are answered in batches. A PEFT folder that does not say its template gets each
    input as the whole prompt, and all that it writes is printed.

    \b
    Example:
      hyperlora run registry:noun-plural child city
      hyperlora run registry:noun-plural --file words.txt > plurals.txt
      hyperlora run registry:noun-plural child city --compare
      hyperlora run file:my-lora --template "Question: {input}\\nAnswer:" "What is LoRA?" --max-new-tokens 100
    """
    asked = _inputs(inputs, file)
    from hyperlora.inference.running import RAW, run_adapter, template_of
    from hyperlora.inference.sampling import Sampling
    from hyperlora.progress import progress
    from hyperlora.registry.open_adapter import open_adapter

    sampling = Sampling(max_new_tokens, temperature, top_k, top_p, seed)
    opened = open_adapter(adapter, base)
    used, note = template_of(opened, adapter, template.replace("\\n", "\n"))
    if note:
        click.echo(f"note: {note}", err=True)
    full = full or used == RAW
    written = run_adapter(
        opened, asked, template=used, scale=scale, sampling=sampling, compare=compare, full=full, base=base or ""
    )
    answers: list[RunAnswer] = []
    with progress(len(asked), "run", "input", delay=2) as bar:
        for answer in written:
            if not as_json:
                for line in _lines(answer, asked, first=not answers, full=full):
                    bar.write(line, file=sys.stdout)
            answers.append(answer)
            bar.update(1)
    if cut := sum(answer.cut for answer in answers):
        click.echo(
            f"note: {cut} of {len(answers)} answers end after {max_new_tokens} tokens; --max-new-tokens allows more",
            err=True,
        )
    if as_json:
        value = {"adapter": adapter, "template": used, "scale": scale}
        emit(as_json, {**value, "answers": [answer.summary() for answer in answers]}, "")


def _inputs(inputs: tuple[str, ...], file: Path | None) -> list[str]:
    from hyperlora.tasks.run_inputs import check_inputs, input_lines, read_inputs

    if file is not None:
        return check_inputs([*inputs, *read_inputs(file)])
    if not inputs and not sys.stdin.isatty():
        return check_inputs(input_lines(sys.stdin.read()))
    if not inputs:
        raise click.UsageError("Give inputs, a --file of them, or pipe them in.")
    return check_inputs(inputs)


def _lines(answer: RunAnswer, asked: list[str], *, first: bool, full: bool) -> list[str]:
    if answer.base is None:
        # whole answers may have several lines, so that only a blank line tells one from the next
        return [answer.answer] if first or not full else ["", answer.answer]
    width = min(_INPUT_WIDTH, max(len("input"), *map(len, asked)))
    row = f"{_cell(answer.input, width)}  {_cell(answer.base, _ANSWER_WIDTH)}  {_cell(answer.answer, None)}"
    heading = f"{'input':<{width}}  {'base model':<{_ANSWER_WIDTH}}  with the adapter"
    return [heading, row] if first else [row]


def _cell(text: str, width: int | None) -> str:
    text = " ".join(text.split())
    if width is None:
        return text
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 1]}…"
