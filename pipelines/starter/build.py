"""Build the starter suite's task folders: `python -m pipelines.starter.build [--out DIR]`.

The result depends on nothing but this code and the package versions named in `sources`.
"""

from __future__ import annotations

from pathlib import Path

import click

from hyperlora.errors import HyperLoRAError, TaskFormatError
from hyperlora.suite_checks import check_suite
from hyperlora.tasks import Suite, write_task
from pipelines.starter import SMALLER_TASKS, TASKS_FOLDER, geography, inflection, letters, lists, numbers

_FAMILIES = (inflection, geography, numbers, letters, lists)


def build_suite() -> Suite:
    """The starter suite, made from the data packages and checked.

    Raises:
        InputError: a data package is missing or of another version.
        TaskFormatError: the suite has problems; the first is named.
    """
    tasks = sorted((task for family in _FAMILIES for task in family.tasks()), key=lambda task: task.name)
    suite = Suite.of("starter", tasks)
    if problems := check_suite(suite, smaller=SMALLER_TASKS):
        raise TaskFormatError(
            f"the starter suite has {len(problems)} problems, first: {problems[0]}", "Correct its module."
        )
    return suite


@click.command(help="Build the starter suite's task folders from the data packages.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=TASKS_FOLDER,
    help="Folder for the task folders; by default the shipped ones are rewritten.",
)
def main(out: Path) -> None:
    """Build, check and write; one line a task."""
    try:
        for task in build_suite():
            write_task(task, out / task.name)
            sizes = ", ".join(f"{split} {len(examples)}" for split, examples in task.splits().items())
            click.echo(f"{task.name}: {sizes}")
    except HyperLoRAError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
