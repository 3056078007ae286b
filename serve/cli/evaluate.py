"""`hyperlora evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import base_option, emit, generator_option, json_option


@click.command()
@click.option("--suite", default="starter", show_default=True, help="starter, or SCHEME:PATH as in hyperlora tasks.")
@click.option(
    "--split",
    "partitions",
    multiple=True,
    type=click.Choice(["seen", "dev", "held-out", "all"]),
    help="Which part of the suite; by default dev, where every choice is made.",
)
@click.option("--task", "names", multiple=True, help="Only these tasks of it.")
@click.option(
    "--methods", default="all", show_default=True, help="Names joined by commas; all, controls, composed, routed."
)
@click.option("--test-examples", type=click.IntRange(min=1), help="Test examples per task; else the recipe's.")
@click.option("--recipe", type=click.Path(path_type=Path), help="An evaluation recipe (YAML); the shipped one if none.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the results.")
@generator_option
@base_option
@json_option
def command(
    suite: str,
    partitions: tuple[str, ...],
    names: tuple[str, ...],
    methods: str,
    test_examples: int | None,
    recipe: Path | None,
    out: Path,
    generator: str | None,
    base: str | None,
    as_json: bool,
) -> None:
    """Measure every way to get answers on a suite's tasks; run it again after an interruption.

    Writes OUT/results.json and OUT/report.html. Held-out tasks are for the record of a release, not for choices.

    \b
    Example:
      hyperlora evaluate --split dev --methods base,icl-5,retrieved-1,generated --out dev
      hyperlora evaluate --suite function-vectors:FOLDER --methods all --out fv
    """
    from dataclasses import asdict

    from hyperlora.settings import get_settings
    from pipelines.evaluation.methods import find_methods
    from pipelines.evaluation.report import results_text
    from pipelines.evaluation.run import evaluate
    from pipelines.evaluation.selection import select_tasks
    from pipelines.recipes import EvaluationRecipe, read_recipe, shipped_recipe
    from pipelines.session import Session
    from pipelines.starter import open_suite

    chosen = find_methods([name.strip() for name in methods.split(",") if name.strip()])
    settings = read_recipe(EvaluationRecipe, recipe or shipped_recipe("evaluation"))
    if test_examples is not None:
        settings = settings.model_copy(update={"test_examples": test_examples})
    bad: list[str] = []
    opened = open_suite(suite, on_error=lambda name, error: bad.append(str(error)))
    for problem in bad:
        click.echo(f"left out: {problem}", err=True)
    tasks = select_tasks(opened, partitions, names)
    outcome = evaluate(
        Session(base, dtype=get_settings().scoring_dtype(), generator=generator),
        opened,
        tasks,
        chosen,
        settings,
        out,
        lambda line: click.echo(line, err=True),
    )
    value = {
        "out": str(out),
        "report": str(outcome.report),
        "summary": outcome.results["summary"],
        "generation": outcome.results["generation"],
        "failures": [asdict(failure) for failure in outcome.failures],
        "left_out": bad,
    }
    emit(as_json, value, f"{results_text(outcome.results)}\n{outcome.report}")
    if bad or outcome.failures:
        raise click.exceptions.Exit(1)
