"""`hyperlora quickstart`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import emit, json_option


@click.command()
@click.option("--recipe", type=click.Path(path_type=Path), help="A quickstart recipe (YAML); the shipped one if none.")
@json_option
def command(recipe: Path | None, as_json: bool) -> None:
    """Train, register, generate and compare on the starter suite; then adapt to unseen descriptions.

    Takes under ten minutes on two CPU cores the first time and continues after an interruption; a second run takes
    its results from the first.

    \b
    Example:
      hyperlora quickstart
    """
    from pipelines.quickstart import quickstart
    from pipelines.recipes import load_recipe
    from pipelines.report import quickstart_text

    report = quickstart(load_recipe(recipe), lambda line: click.echo(line, err=True))
    emit(as_json, report.to_json(), quickstart_text(report))
