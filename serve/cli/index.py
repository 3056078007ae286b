"""`hyperlora index`."""

from __future__ import annotations

import click

from serve.cli.main import base_option, emit, json_option


@click.group()
def command() -> None:
    """The index that searches ask; it follows the registry by itself.

    \b
    Example:
      hyperlora index show
      hyperlora index build
    """


@command.command("show")
@base_option
@json_option
def show(base: str | None, as_json: bool) -> None:
    """What is indexed for the base model, and what embeds it; brings the index up to date first."""
    from pipelines.runtime import Runtime

    runtime = Runtime(base)
    retriever = runtime.retriever()
    value = {"adapters": retriever.count(), "encoder": retriever.encoder.id, "folder": str(retriever.folder)}
    emit(as_json, value, f"{value['adapters']} adapters by {value['encoder']}, in {value['folder']}")


@command.command("build")
@base_option
@json_option
def build(base: str | None, as_json: bool) -> None:
    """Embed the whole pool anew."""
    from pipelines.runtime import Runtime

    retriever = Runtime(base).retriever()
    retriever.rebuild()
    count = retriever.count()
    emit(as_json, {"adapters": count}, f"{count} adapters indexed")
