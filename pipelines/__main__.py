"""`python -m pipelines quickstart`: a pipeline as a plain process, e.g. the entrypoint of a Ray job."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from hyperlora.errors import HyperLoRAError


def main() -> int:
    """Run the named pipeline; 0 if it ended well."""
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    quick = commands.add_parser("quickstart", help="seed or train a pool and a generator, compare and adapt")
    quick.add_argument("--recipe", type=Path, help="a quickstart recipe (YAML); the shipped one when left out")
    quick.add_argument("--train", action="store_true", help="train adapters and generator instead of the shipped ones")
    quick.add_argument("--json", action="store_true", help="print the report as JSON")
    arguments = parser.parse_args()
    from pipelines.quickstart import quickstart
    from pipelines.recipes import load_recipe, shipped_recipe
    from pipelines.report import quickstart_text

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201

    chosen = arguments.recipe or shipped_recipe("quickstart" if arguments.train else "demo")
    try:
        report = quickstart(load_recipe(chosen), say, train=arguments.train)
    except HyperLoRAError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write((json.dumps(report.to_json()) if arguments.json else quickstart_text(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
