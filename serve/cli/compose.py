"""`hyperlora compose`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from serve.cli.main import base_option, emit, json_option


class _ManyValues(click.Command):
    """Lets one `--weights` or `--option` be followed by several values, which click knows of arguments only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        taking = ""
        for arg in args:
            if arg in ("--weights", "--option"):
                taking = arg
            elif taking and _is_value(taking, arg):
                spread += [taking, arg]
            else:
                taking = ""
                spread.append(arg)
        return super().parse_args(ctx, spread)


def _is_value(option: str, text: str) -> bool:
    if option == "--option":
        return "=" in text and not text.startswith("-")
    return text in ("uniform", "similarity", "examples") or _number(text) is not None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@click.command(cls=_ManyValues)
@click.argument("adapters", nargs=-1, metavar="ADAPTER...")
@click.option("--method", help="How; svd if none is given. --methods lists them.")
@click.option(
    "--weights",
    multiple=True,
    metavar="W...",
    help="A number for each adapter, or one of: uniform; similarity, to --description; examples, fitted to --examples.",
)
@click.option("--rank", type=int, help="The largest rank of the result.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE...", help="The method's own, e.g. density=0.3.")
@click.option("--recipe", type=click.Path(path_type=Path), help="All of these from a YAML file instead.")
@click.option("--description", help="What the result does, in words.")
@click.option(
    "--examples",
    type=click.Path(path_type=Path),
    help="Solved examples: a .jsonl, .json, .csv or .tsv file; see docs/data.md.",
)
@click.option("--template", help=r'The prompts the result answers, e.g. "Q: {input}\nA:", where adapters differ.')
@click.option("--out", type=click.Path(path_type=Path), help="Write the adapter here as a PEFT folder.")
@click.option("--name", help="Register the adapter under this name.")
@click.option("--explain", "explained", is_flag=True, help="Show what was kept and how the adapters get on.")
@click.option("--methods", "listed", is_flag=True, help="List the methods and their options, and exit.")
@base_option
@json_option
def command(
    adapters: tuple[str, ...],
    method: str | None,
    weights: tuple[str, ...],
    rank: int | None,
    options: tuple[str, ...],
    recipe: Path | None,
    description: str | None,
    examples: Path | None,
    template: str | None,
    out: Path | None,
    name: str | None,
    explained: bool,
    listed: bool,
    base: str | None,
    as_json: bool,
) -> None:
    """Make one adapter from several.

    ADAPTER is registry:NAME or file:FOLDER; ranks, scalings and modules may differ. Give --out, --name or both.

    \b
    Example:
      hyperlora compose registry:noun-plural registry:verb-past --method svd --weights 0.7 0.3 --rank 8 --out both
      hyperlora compose --recipe mix.yaml --name mix --explain
    """
    if listed:
        _list_methods(as_json)
        return
    given = {
        "adapters": adapters,
        "method": method,
        "weights": _weights(weights),
        "rank": rank,
        "options": dict(map(_option, options)),
        "description": description,
        "examples": None if examples is None else str(examples),
        "prompt_template": None if template is None else template.replace("\\n", "\n"),
    }
    settings = {key: value for key, value in given.items() if value not in (None, (), {})}
    if out is None and name is None:
        raise click.UsageError("Say where the result goes: --out FOLDER, --name NAME, or both.")
    if recipe is not None and settings:
        raise click.UsageError(f"--recipe says all; leave out {', '.join(settings)}.")
    if recipe is None and not adapters:
        raise click.UsageError("Name the adapters, or a --recipe.")
    from pipelines.adapt.compose import run_composition
    from pipelines.recipes import read_recipe
    from pipelines.recipes.composition import CompositionRecipe, composition_recipe
    from pipelines.report import composition_text
    from pipelines.runtime import Runtime

    chosen = read_recipe(CompositionRecipe, recipe) if recipe is not None else composition_recipe(settings)
    result = run_composition(chosen, out=out, name=name, runtime=Runtime(base))
    emit(as_json, result.summary(), composition_text(result, chosen, explained=explained))


def _weights(given: tuple[str, ...]) -> tuple[float, ...] | str | None:
    if not given:
        return None
    numbers = [_number(text) for text in given]
    if len(given) == 1 and numbers[0] is None:
        return given[0]
    if None in numbers:
        raise click.UsageError("--weights takes numbers, or one of uniform, similarity and examples.")
    return tuple(number for number in numbers if number is not None)


def _option(text: str) -> tuple[str, Any]:
    import yaml

    name, _, value = text.partition("=")
    return name, yaml.safe_load(value)


def _list_methods(as_json: bool) -> None:
    from retrieval.compose import METHODS

    value = [
        {
            "name": each.name,
            "title": each.title,
            "summary": each.summary,
            "options": dict(each.options),
            "paper": each.paper,
        }
        for each in METHODS.values()
    ]
    lines = []
    for each in METHODS.values():
        own = "".join(f" {name}={default}" for name, default in each.options.items())
        lines.append(f"{each.name:16}{each.summary}{f' Options:{own}.' if own else ''}")
    emit(as_json, value, "\n".join(lines))
