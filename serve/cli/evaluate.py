"""`hyperlora evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from serve.cli.main import base_option, emit, generator_option, json_option

if TYPE_CHECKING:
    from hyperlora.tasks.task import Metric

_OF_ADAPTER = frozenset({"--adapter", "--examples", "--metric", "--ignore-case", "--template"})


@click.command()
@click.option(
    "--adapter", metavar="REF", help="Measure this one on --examples: registry:NAME[@VERSION] or file:FOLDER."
)
@click.option(
    "--examples",
    type=click.Path(path_type=Path),
    help="With --adapter: a .jsonl, .json, .csv or .tsv file; see docs/data.md.",
)
@click.option(
    "--metric",
    type=click.Choice(["exact_match", "rouge_l"]),
    help="With --adapter: how answers are scored; by default as the adapter's card measures, else exact_match.",
)
@click.option("--ignore-case", is_flag=True, help="With --adapter: case does not count in an exact match.")
@click.option(
    "--template",
    default="",
    help='With --adapter: the prompt around an input, e.g. "Q: {input}\\nA:"; its own if none.',
)
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
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for a suite's results, which need one."
)
@generator_option
@base_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    adapter: str | None,
    examples: Path | None,
    metric: Metric | None,
    ignore_case: bool,
    template: str,
    suite: str,
    partitions: tuple[str, ...],
    names: tuple[str, ...],
    methods: str,
    test_examples: int | None,
    recipe: Path | None,
    out: Path | None,
    generator: str | None,
    base: str | None,
    as_json: bool,
) -> None:
    """Measure one adapter on your own examples, or every way to get answers on a suite's tasks.

    With --adapter: what it writes for each input of --examples is scored, beside the base model. A PEFT folder that
    does not say its template gets each input as the whole prompt.

    With --suite, or by default on the starter suite: writes OUT/results.json and OUT/report.html; run it again after an
    interruption. Held-out tasks are for the record of a release, not for choices.

    \b
    Example:
      hyperlora evaluate --adapter registry:noun-plural --examples mine.jsonl
      hyperlora evaluate --split dev --methods base,icl-5,retrieved-1,generated --out dev
      hyperlora evaluate --suite function-vectors:FOLDER --methods all --out fv
    """
    _check_together(context, adapter, examples, out)
    if adapter is not None and examples is not None:
        _evaluate_adapter(adapter, examples, metric, ignore_case, template, base, as_json)
    elif out is not None:
        _evaluate_suite(suite, partitions, names, methods, test_examples, recipe, out, generator, base, as_json)


def _check_together(context: click.Context, adapter: str | None, examples: Path | None, out: Path | None) -> None:
    """Raise `UsageError` unless all options that were given are of the one measurement or of the other."""
    given = {
        str(option.opts[0])
        for option in context.command.params
        if option.name is not None and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    }
    if adapter is None:
        if alone := sorted(given & _OF_ADAPTER):
            raise click.UsageError(f"{alone[0]} goes with --adapter REF.")
        if out is None:
            raise click.UsageError("Missing option '--out', or --adapter REF with --examples FILE.")
    elif examples is None:
        raise click.UsageError("--adapter needs --examples FILE.")
    elif other := sorted(given - _OF_ADAPTER - {"--base", "--json"}):
        raise click.UsageError(f"{other[0]} does not go with --adapter.")


def _evaluate_adapter(
    adapter: str,
    examples: Path,
    metric: Metric | None,
    ignore_case: bool,
    template: str,
    base: str | None,
    as_json: bool,
) -> None:
    from pipelines.api import evaluate_adapter
    from pipelines.report import evaluated_text

    result = evaluate_adapter(
        adapter,
        examples,
        metric=metric,
        case_sensitive=not ignore_case,
        template=template.replace("\\n", "\n"),
        base=base,
    )
    emit(as_json, result.summary(), evaluated_text(result))


def _evaluate_suite(
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
    from dataclasses import asdict

    from hyperlora.settings import get_settings
    from pipelines.evaluation.methods import find_methods
    from pipelines.evaluation.report import results_text
    from pipelines.evaluation.run import evaluate
    from pipelines.evaluation.selection import select_tasks
    from pipelines.recipes import EvaluationRecipe, read_recipe, shipped_recipe
    from pipelines.runtime import Runtime
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
        Runtime(base, dtype=get_settings().scoring_dtype(), generator=generator),
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
