"""The options that choose entries, shared by the commands that browse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from hyperlora.lora.card import ORIGINS
from hyperlora.registry.entry import KINDS


def _base(_context: click.Context, _parameter: click.Parameter, given: str | None) -> str | None:
    """A base model that lies here is known by its weights, whatever it was called when an adapter was registered."""
    from hyperlora.references.base_names import base_names

    path = next(
        (Path(name.removeprefix("file:")) for name in base_names(given or "") if name.startswith("file:")), None
    )
    if given is None or path is None or not (path / "config.json").is_file():
        return given
    from hyperlora.errors import BaseModelError
    from hyperlora.models import locate_base

    try:
        return locate_base(f"file:{path}").identity.fingerprint
    except BaseModelError:  # without weights it is known by its path alone
        return given


_CHOOSING = [
    click.option("--base", metavar="ID", callback=_base, help="Base model, by a name, its path or its fingerprint."),
    click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help=f"One of {', '.join(ORIGINS)}."),
    click.option("--family", "families", multiple=True, metavar="FAMILY", help="Task family."),
    click.option("--tag", "tags", multiple=True, metavar="KEY[=VALUE]", help="A tag it has."),
    click.option("--alias", metavar="ALIAS", help="An alias it has."),
    click.option("--metric", "metrics", multiple=True, metavar="RANGE", help='"accuracy>=0.8" or "accuracy=0.5..0.9".'),
    click.option("--since", metavar="WHEN", help="Registered since: 2026-11-22, 2026-11-22T10:00, 7d, 12h."),
    click.option("--until", metavar="WHEN", help="Registered until."),
    click.option("--licence", metavar="SPDX", help="Its licence."),
    click.option("--parent", metavar="REF", help="Made from this entry."),
]
_BROWSING = [
    click.option("--kind", type=click.Choice([*KINDS, "any"]), default="adapter", show_default=True),
    *_CHOOSING,
    click.option("--archived", is_flag=True, help="What is archived, instead of what is not."),
    click.option("--newest", is_flag=True, help="Of each name the newest version alone, not the older ones beside it."),
    click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many."),
    click.option("--cursor", help="Go on where the page before ended."),
    click.option("--counts", is_flag=True, help="Count by base model, origin, family, …, instead."),
]


def choosing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose entries of one kind."""
    return _with(command, _CHOOSING)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all the options that choose entries, and those that page through them."""
    return _with(command, _BROWSING)


def _with(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command
