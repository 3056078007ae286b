"""`hyperlora search`."""

from __future__ import annotations

from pathlib import Path

import click

from serve.cli.main import base_option, emit, json_option

_UNSURE = "probably none of them is for this task: train one, or see what hyperlora adapt makes of it"


@click.command()
@click.argument("text", default="")
@click.option("--prompt", is_flag=True, help="TEXT is a prompt, with an instruction, an input or both.")
@click.option(
    "--examples", type=click.Path(path_type=Path), help="Search by solved examples: a .jsonl, .json, .csv or .tsv file."
)
@click.option("--like", metavar="REF", help="Search by an adapter's weight change: registry:NAME or file:FOLDER.")
@click.option("-k", type=click.IntRange(max=1000), default=3, show_default=True, help="How many adapters.")
@click.option("--tag", "tags", multiple=True, metavar="KEY[=VALUE]", help="Only adapters with this tag.")
@click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help="Only trained, imported or composed ones.")
@base_option
@json_option
def command(
    text: str,
    prompt: bool,
    examples: Path | None,
    like: str | None,
    k: int,
    tags: tuple[str, ...],
    origins: tuple[str, ...],
    base: str | None,
    as_json: bool,
) -> None:
    """Find the registered adapters that fit a description, a prompt, solved examples or an adapter.

    Where the retriever is calibrated, each comes with the probability that it is for the task asked for.

    \b
    Example:
      hyperlora search "what is the capital of this country" -k 5
      hyperlora search --prompt "Name the capital. Input: Peru"
      hyperlora search --examples few.jsonl
      hyperlora search --like registry:noun-plural
    """
    from pipelines.api import search
    from retrieval.calibration import KNOWN

    wanted = {key: value if said else None for key, said, value in (tag.partition("=") for tag in tags)}
    hits = search(
        text,
        k,
        kind="prompt" if prompt else "description",
        examples=examples or (),
        like=like or "",
        tags=wanted,
        origins=origins,
        base=base,
    )
    value = [hit.summary() for hit in hits]
    lines = []
    for hit in hits:
        sure = "" if hit.confidence is None else f"  {hit.confidence:4.0%}"
        lines.append(f"{hit.score:.3f}{sure}  {hit.entry.reference:<32}  {hit.entry.description}")
    if hits and hits[0].confidence is not None and hits[0].confidence < KNOWN:
        lines.append(_UNSURE)
    such = "such " if tags or origins or examples or like else ""
    emit(as_json, value, "\n".join(lines) or f"the registry has no {such}adapters for this base model")
