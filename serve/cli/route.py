"""`hyperlora route`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from serve.cli.main import base_option, emit, json_option


@click.command()
@click.argument("prompts", nargs=-1, metavar="PROMPT...")
@click.option(
    "--policy",
    default="selection",
    show_default=True,
    help="selection (the closest adapter alone; it measures best: docs/retrieval.md), or several at once: mixture (of "
    "their outputs), fusion (averaged factors), arrow (every token chooses).",
)
@click.option(
    "-k",
    type=click.IntRange(max=1000),
    default=3,
    show_default=True,
    help="Adapters of a prompt, at most; selection takes one.",
)
@click.option("--temperature", type=float, help="Weigh adapters by a softmax over scores; else all alike.")
@click.option("--instruction", default="", help="What the prompts ask for; it helps to find adapters.")
@click.option("--file", type=click.Path(path_type=Path), help='JSONL of {"input": …}, perhaps with an "instruction".')
@click.option("--template", default="", help=r'What prompts are read in, e.g. "Q: {input}\nA:"; their own if none.')
@base_option
@json_option
def command(
    prompts: tuple[str, ...],
    policy: str,
    k: int,
    temperature: float | None,
    instruction: str,
    file: Path | None,
    template: str,
    base: str | None,
    as_json: bool,
) -> None:
    """Answer mixed prompts, each with the adapters found for it, in one batch.

    \b
    Example:
      hyperlora route "house" "city" --instruction "Give the plural of the noun"
      hyperlora route --file prompts.jsonl --policy arrow -k 5 --json
    """
    if not prompts and file is None:
        raise click.UsageError("Give prompts, or a --file of them.")
    k_given = click.get_current_context().get_parameter_source("k") is ParameterSource.COMMANDLINE
    if policy == "selection" and k_given and k > 1:
        note = f"note: selection takes one adapter a prompt; for {k} add --policy mixture, fusion or arrow"
        click.echo(note, err=True)
    from pipelines.adapt.route import read_prompts
    from pipelines.api import route
    from pipelines.report import routed_text

    given = [(instruction, prompt) for prompt in prompts]
    if file is not None:
        given += read_prompts(file, instruction)
    answers = route(
        given, policy=policy, k=k, temperature=temperature, template=template.replace("\\n", "\n"), base=base
    )
    emit(as_json, [answer.summary() for answer in answers], routed_text(answers))
