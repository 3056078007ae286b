"""Entry point: finds the command, and turns errors into one line with the remedy."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from hyperlora import __version__
from hyperlora.errors import HyperLoRAError

# command -> one line of help; the command itself is `serve.cli.<name>.command`
COMMANDS = {
    "quickstart": "Seed the shipped adapters, compare and adapt; --train trains them here.",
    "adapt": "Describe a task, get the best adapter for it.",
    "run": "Answer inputs with an adapter.",
    "generate": "Write adapters from descriptions, refined on examples if there are some.",
    "compose": "Make one adapter from several.",
    "search": "Find the registered adapters closest to a description.",
    "index": "Show or rebuild the index that searches ask.",
    "route": "Answer mixed prompts, each with the adapters found for it.",
    "merge": "Merge an adapter into the base model and write the checkpoint.",
    "validate": "Check a PEFT folder and list everything that is wrong with it.",
    "import": "Register your own PEFT folder.",
    "export": "Write a registered adapter, or all, as PEFT folders.",
    "registry": "List and show what is registered.",
    "train": "Train adapters, multi-task adapters, generators and retrievers on a suite.",
    "evaluate": "Measure one adapter on your own examples, or every way to get answers on a suite.",
    "tasks": "List, show and check tasks.",
    "serve": "Serve the HTTP API and the web page.",
    "doctor": "Check that models, encoder, registry and hardware are usable.",
}

# commands whose name cannot name a module
_MODULES = {"import": "import_adapter"}


class _LazyGroup(click.Group):
    """Imports a command's module when it runs: torch and transformers cost seconds that `--help` need not pay."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"serve.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hyperlora")
def cli() -> None:
    """Describe a task and get LoRA weights for it: from your pool of adapters, or generated.

    \b
    Example:
      hyperlora quickstart
      hyperlora adapt "Give the plural of the noun" --out my-adapter
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 3 nothing fits, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(args=given, prog_name="hyperlora", standalone_mode=False)
    except HyperLoRAError as error:
        _fail(error, given)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        problem = f"{where}{error.strerror or error}"
        _fail(HyperLoRAError(problem, "Check the path, its permissions and the free disk space."), given)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; the same command goes on where it can, and else begins anew", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(error: HyperLoRAError, given: Sequence[str]) -> NoReturn:
    if "--json" in given:
        click.echo(json.dumps({"error": error.problem, "remedy": error.remedy, **error.details()}))
    click.echo(f"error: {error}", err=True)
    sys.exit(error.exit_code)


def emit(as_json: bool, value: Any, text: str) -> None:
    """Print a result: JSON on one line with `--json`, text otherwise."""
    click.echo(json.dumps(value, ensure_ascii=False) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
base_option = click.option(
    "--base", metavar="REF", help="Base model: smollm2-135m-instruct, hf:ORG/NAME, file:FOLDER or gguf:FILE."
)
generator_option = click.option(
    "--generator", metavar="REF", help="The generator, as registry:NAME[@VERSION]; the registry's champion if none."
)
