"""`hyperlora quickstart`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import emit, json_option


@click.command()
@click.option("--recipe", type=click.Path(path_type=Path), help="A quickstart recipe (YAML); the shipped one if none.")
@click.option("--train", is_flag=True, help="Train adapters and generator here instead of taking the shipped ones.")
@json_option
def command(recipe: Path | None, train: bool, as_json: bool) -> None:
    """Seed the shipped adapters, compare every way to get answers on a few tasks, then adapt to new descriptions.

    Takes about a minute on two CPU cores; with --train under ten. It goes on after an interruption, and a second run
    takes its results from the first.

    \b
    Example:
      hyperlora quickstart
      hyperlora quickstart --train
    """
    from pipelines.quickstart import quickstart
    from pipelines.recipes import load_recipe, shipped_recipe
    from pipelines.report import quickstart_text

    chosen = load_recipe(recipe or shipped_recipe("quickstart" if train else "demo"))
    report = quickstart(chosen, lambda line: click.echo(line, err=True), train=train)
    emit(as_json, report.to_json(), quickstart_text(report))
