"""`hyperlora registry`: one module for what belongs together; each command's function imports what it needs."""

from __future__ import annotations

import click

from serve.cli.registry import backup, browsing, changes, upkeep


@click.group()
def command() -> None:
    """Browse, change, check and back up the registry.

    \b
    Example:
      hyperlora registry list --origin trained --metric "exact_match.validation>=0.8" --order -created
      hyperlora registry search "capital city"
      hyperlora registry alias registry:noun-plural@2 champion
      hyperlora registry export --out pool.tar
    """


for found in (browsing, changes, upkeep, backup):
    for each in found.COMMANDS:
        command.add_command(each)
